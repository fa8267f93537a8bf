"""How wide text is where every character takes one column or two, and how to make it fit."""

from __future__ import annotations

import unicodedata

from raspir.ir import Atom
from raspir.viz.cells import WIDTH, cell, clean, isolated, shortened, whole

_LONGEST = 2000  # characters of a string that are looked at: what a picture shows of it is far shorter
_ZERO = frozenset({"Mn", "Me", "Cf"})


def columns(text: str) -> int:
    """Return how many columns of a terminal, or advances of a monospaced font, ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_advance, text))


def _advance(character: str) -> int:
    if unicodedata.category(character) in _ZERO:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fitted(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` columns, with an ellipsis for what is left out."""
    short = shortened(text, width)
    size = width
    while columns(short) > width and size > 1:
        size -= 1
        short = shortened(text, size)
    return short


def label(text: str, width: int) -> str:
    """Return a name or a formula, safe to be written anywhere, in at most ``width`` columns."""
    return isolated(fitted(clean(text[:_LONGEST]), width))


def atom_text(atom: Atom, width: int = WIDTH) -> str:
    """Return what a cell of ``width`` columns shows for ``atom``."""
    short = cell(bounded(atom), width)
    size = width
    while columns(short) > width and size > 1:
        size -= 1
        short = cell(bounded(atom), size)
    return short


def atom_told(atom: Atom, width: int = 400) -> str:
    """Return ``atom`` as Python writes it, for a tooltip or a screen reader, in at most ``width`` characters."""
    return shortened(whole(bounded(atom)), width)


def bounded(atom: Atom) -> Atom:
    """Return ``atom`` with its end alone left of the middle where it is so long that looking at it takes time."""
    if isinstance(atom, str) and len(atom) > _LONGEST:
        return f"{atom[: _LONGEST // 2]}…{atom[-_LONGEST // 2 :]}"
    return atom
