"""The lines of statements in a ``.rasp`` file, found from brackets and semicolons: a file with errors has them, too."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORD = re.compile(r's-op\b|"[^"\n]*"|#[^\n]*|\w+|\n|\S')
_COMMANDS = frozenset(("set", "show", "examples", "full", "exit", "quit", "s-op", "selector"))
"""The first words of commands, which end with their line."""

_BLOCKS = frozenset(("def", "for"))
"""The first words of statements that end with a brace."""


def rasp_statements(text: str) -> list[tuple[int, int]]:
    """Return the first and last line of each statement."""
    return list(_extents(text))


def _extents(text: str) -> Iterator[tuple[int, int]]:
    line, depth = 1, 0
    first: int | None = None
    opening = ""
    for word in _WORD.findall(text):
        if word == "\n":
            if first is not None and depth == 0 and opening in _COMMANDS:
                yield first, line
                first = None
            line += 1
        elif not word.startswith("#"):
            if first is None:
                first, opening = line, word
            depth = max(0, depth + (word in "([{") - (word in ")]}"))
            if depth == 0 and word == ("}" if opening in _BLOCKS else ";"):
                yield first, line
                first = None
