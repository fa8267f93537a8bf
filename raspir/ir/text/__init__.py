"""Textual IR: lexer, parser and printer, and descriptions of nodes in source notation."""
