"""Textual IR: lexer, parser and printer, and nodes described in their author's words."""
