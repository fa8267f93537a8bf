"""Atoms as they stand in the cells of a picture: short, on one line, and safe to be written anywhere."""

from __future__ import annotations

import unicodedata

from raspir.ir import Atom
from raspir.ir.atoms import show_int

WIDTH = 8
"""Characters of an atom that a cell holds, unless it is told otherwise."""

_CONTROL_PICTURES = 0x2400
_BLANKS = {" ": "␣", "\n": "␤", "\t": "␉", "\r": "␍", "\x7f": "␡"}
_ISOLATE, _POP = "\u2068", "\u2069"  # keep text from the right to the left from turning what is around it


def clean(text: str) -> str:
    """Return ``text`` with a visible character for each that no document may hold, or that would change its layout.

    Control characters become their pictures; lone surrogates, what is not assigned, and marks that set the direction
    of text become a replacement character.
    """
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    if character == "\x7f":
        return _BLANKS[character]
    if unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co") or unicodedata.bidirectional(character) in _TURNS:
        return "\ufffd"
    return "␤" if character in "\u2028\u2029" else character


_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def shortened(text: str, width: int) -> str:
    """Return ``text`` in at most ``width`` characters, with an ellipsis for what is left out in the middle or end."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 3 if width >= 7 else 0
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def isolated(text: str) -> str:
    """Return ``text`` so that what in it is written from right to left does not turn what stands beside it."""
    turns = any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
    return f"{_ISOLATE}{text}{_POP}" if turns else text


def cell(atom: Atom, width: int = WIDTH) -> str:
    """Return what a cell shows for ``atom``: characters as they are, blanks as pictures, long ones shortened.

    Booleans are ``T`` and ``F``, floats have at most four significant digits.
    """
    return isolated(shortened(_plain(atom), width))


def whole(atom: Atom) -> str:
    """Return all of ``atom`` on one line, as Python writes it, for a tooltip or a screen reader."""
    return clean(show_int(atom)) if type(atom) is int else clean(repr(atom))


def _plain(atom: Atom) -> str:
    if type(atom) is bool:
        return "T" if atom else "F"
    if type(atom) is float:
        return f"{atom:.4g}"
    if type(atom) is int:
        return show_int(atom)
    assert isinstance(atom, str)
    if atom == "":
        return "''"
    if atom.isspace():
        return "".join(_BLANKS.get(character, "␣") for character in atom)
    return clean(atom)
