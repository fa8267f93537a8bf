"""Labels: text in quotes that Mermaid reads as that text, whatever is in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from raspir.ir import Atom
from raspir.ir.atoms import show

_PLAIN = frozenset(" ()[]{}+-=/,.!?_'|~→…")
"""Besides letters and digits, what has no meaning of its own for Mermaid or Markdown within quotes."""

_MARKER = re.compile(r"\s*(\d+[.)]|[-+])\s")  # what Markdown takes for the start of a list
_DECODED = {"#92;n": "#92;#8203;n", "#36;": "#36;#8203;", "#58;fa-": "#58;#8203;fa-"}
"""Line breaks, formulas and icons, which Mermaid sees even in what is escaped, with a space of no width in them."""

_WIDTH = 60  # characters of a line


def label(lines: Iterable[str]) -> str:
    """Return lines as one label: quoted, with everything escaped that Mermaid could take for its own.

    A number or a dash at the start of a line would make it a list of Markdown, so the space after it is a fixed one.
    """
    return f'"{"<br/>".join(_escaped(_shortened(line)) for line in lines)}"'


def title(text: str) -> str:
    """Return a text as YAML, in which the front matter has the title."""
    return json.dumps("".join(each if each.isprintable() else ascii(each)[1:-1] for each in text))


def told(atoms: Sequence[Atom], shown: int) -> str:
    """Return a sequence as it stands in a label: a text if it is of characters, else a list; if long, its start."""
    held = list(atoms[:shown])
    more = f" … {len(atoms)} in all" if len(atoms) > shown else ""
    if held and all(isinstance(atom, str) and len(atom) == 1 for atom in held):
        return f"{''.join(map(str, held))!r}{more}"
    return f"[{', '.join(map(show, held))}]{more}"


def _shortened(line: str) -> str:
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"


def _escaped(line: str) -> str:
    marker = _MARKER.match(line)
    if marker:
        return f"{_escaped(marker[1])}#160;{_escaped(line[marker.end() :])}"
    text = "".join(map(_entity, line))
    for meant, written in _DECODED.items():
        text = text.replace(meant, written)
    return text


def _entity(character: str) -> str:
    """Return a character as Mermaid reads it: as itself, by its number, or as Python writes what cannot be printed."""
    if (character.isalnum() and character.isprintable()) or character in _PLAIN:
        return character
    if character.isprintable():
        return f"#{ord(character)};"
    return "".join(map(_entity, ascii(character)[1:-1]))
