"""Frontends: the source languages of programs, lowered to the IR."""
