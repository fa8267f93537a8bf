"""Syntax errors of the language, which show the line with a caret below the place."""

from __future__ import annotations

import unicodedata

from raspir.ir.errors import RaspirError
from raspir.ir.location import Location
from raspir.ir.text.visible import visible

WIDTH = 100
"""The most characters of a line that an excerpt shows."""


class RaspSyntaxError(RaspirError, ValueError):
    """A text that is no program of the paper's language.

    Attributes:
        message: the problem, on one line.
        location: file, line and column of the first word that cannot stand where it does.
        excerpt: the line of the source and, on a second line, a caret below the place.
    """

    def __init__(self, message: str, location: Location, excerpt: str = "") -> None:
        super().__init__(message, location)
        self.args = (message, location, excerpt)
        self.excerpt = excerpt


def syntax_error(message: str, place: Location, line: str) -> RaspSyntaxError:
    """Return the error at ``place``, with the excerpt of ``line``, the text of its line."""
    return RaspSyntaxError(message, place, excerpt(line, place.column or 1))


def excerpt(line: str, column: int) -> str:
    """Return ``line``, clipped to :data:`WIDTH` characters around the 1-based column, and a caret below that column."""
    line = line.rstrip("\r\n").replace("\t", " ")
    start = max(0, min(column - 1 - WIDTH // 2, len(line) - WIDTH))
    before, after = visible(line[start : column - 1]), visible(line[column - 1 : start + WIDTH])
    before = f"…{before}" if start else before
    after = f"{after}…" if start + WIDTH < len(line) else after
    return f"{before}{after}\n{' ' * _columns(before)}^"


def _columns(text: str) -> int:
    """Return how many columns of a terminal ``text`` takes."""
    return sum(
        0 if unicodedata.combining(each) else 2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text
    )
