"""Atoms, names and formulas as one line of text, safe in any document and of limited width."""

from __future__ import annotations

import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable

from raspir.ir import Atom
from raspir.ir.atoms import is_packed, show_int
from raspir.viz.theme import Part

WIDTH = 8
"""The columns of a cell, by default."""

MISSING = "–"
"""The mark of an empty cell, whose atom is ``None``."""

_LONGEST = 2000  # the characters of a string that are processed; pictures show far fewer
_ZERO = frozenset({"Mn", "Me", "Cf"})
_CONTROL_PICTURES = 0x2400
_BLANKS = {" ": "␣", "\n": "␤", "\t": "␉", "\r": "␍", "\x7f": "␡"}
_ISOLATE, _POP = "\u2068", "\u2069"  # keep right-to-left text from reordering its surroundings
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def columns(text: str) -> int:
    """Return the width of ``text`` in columns of a terminal, or advances of a monospaced font."""
    if text.isascii():
        return len(text)
    return sum(map(_advance, text))


def _advance(character: str) -> int:
    if unicodedata.category(character) in _ZERO:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def clean(text: str) -> str:
    """Return ``text`` with visible characters in place of those that are forbidden or would change the layout.

    Control characters become their pictures; lone surrogates, unassigned characters and direction marks become
    replacement characters.
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


def fitted(text: str, width: int) -> str:
    """Return ``text`` shortened to ``width`` columns, with an ellipsis in the middle or at the end."""
    short, size = _shortened(text, width), width
    while columns(short) > width and size > 1:
        size -= 1
        short = _shortened(text, size)
    return short


def _shortened(text: str, width: int) -> str:
    """Return ``text`` shortened to ``width`` characters."""
    if len(text) <= width:
        return text
    tail = (width - 1) // 3 if width >= 7 else 0
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"


def isolated(text: str) -> str:
    """Return ``text`` with right-to-left parts isolated from the text beside it."""
    turns = any(unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text)
    return f"{_ISOLATE}{text}{_POP}" if turns else text


def label(text: str, width: int) -> str:
    """Return a name or a formula, safe in any document and shortened to ``width`` columns."""
    return isolated(part_of_label(text, width))


def labels(texts: Iterable[str], width: int) -> list[str]:
    """Return names or formulas as labels that all differ: where shortening makes some equal, they are numbered."""
    texts = list(texts)
    short = [label(text, width) for text in texts]
    seen = Counter[str]()
    for number, text in enumerate(short):
        if short.count(text) > 1 and text:
            seen[text] += 1
            suffix = f" ({seen[text]})"
            short[number] = label(texts[number], max(width - len(suffix), 1)) + suffix
    return short


def part_of_label(text: str, width: int) -> str:
    """Return a name or a formula as part of a longer label."""
    return fitted(clean(text[:_LONGEST]), width)


def wrapped(text: str, most: int, width: int) -> list[str]:
    """Return text wrapped to lines of ``width`` columns, shortened to ``most`` columns in total."""
    return [isolated(line) for line in textwrap.wrap(part_of_label(text, most), width)]


def atom_text(atom: Atom, width: int = WIDTH) -> str:
    """Return ``atom`` for a cell of ``width`` columns: characters unchanged, blanks as pictures.

    Booleans are ``T`` and ``F``, floats have at most four significant digits, and ``None`` is a mark.
    """
    return isolated(fitted(_plain(_bounded(atom)), width))


def atom_literal(atom: Atom, width: int = 400) -> str:
    """Return the Python literal of ``atom``, for tooltips and screen readers, shortened to ``width`` columns."""
    atom = _bounded(atom)
    if is_packed(atom):
        return fitted(clean(atom[1:]), width)
    return fitted(clean(show_int(atom) if type(atom) is int else repr(atom)), width)


def _bounded(atom: Atom) -> Atom:
    """Return ``atom``, without the middle of a very long string, which would take long to process."""
    if isinstance(atom, str) and len(atom) > _LONGEST:
        return f"{atom[: _LONGEST // 2]}…{atom[-_LONGEST // 2 :]}"
    return atom


def atom_part(atom: Atom, part: Part) -> Part:
    """Return the part whose colors the cell of ``atom`` has, in a sequence in the colors of ``part``: none if empty."""
    return Part.UNSELECTED if atom is None else part


def _plain(atom: Atom) -> str:
    if atom is None:
        return MISSING
    if type(atom) is bool:
        return "T" if atom else "F"
    if type(atom) is float:
        return f"{atom:.4g}"
    if type(atom) is int:
        return show_int(atom)
    if not isinstance(atom, str):  # a tuple of a result
        return clean(repr(atom))
    if is_packed(atom):
        return clean(atom[1:])
    if atom == "":
        return "''"
    return "".join(_BLANKS.get(character, "␣") for character in atom) if atom.isspace() else clean(atom)
