"""Quoted labels, escaped so that Mermaid renders any text literally."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from raspir.ir import Atom
from raspir.ir.atoms import show

_PLAIN = frozenset(" ()[]{}+-=/,.!?_'|~→…")
"""Non-alphanumeric characters without special meaning in quoted Mermaid and Markdown text."""

_MARKER = re.compile(r"\s*(\d+[.)]|[-+])\s")  # the start of a Markdown list
_DECODED = {"#92;n": "#92;#8203;n", "#36;": "#36;#8203;", "#58;fa-": "#58;#8203;fa-"}
"""Sequences that Mermaid interprets even if escaped (line breaks, formulas, icons), split by zero-width spaces."""

_WIDTH = 60  # the most characters per line


def label(lines: Iterable[str]) -> str:
    """Return lines as one label, quoted and with all Mermaid syntax escaped.

    A leading number or dash would start a Markdown list, so a non-breaking space follows it.
    """
    return f'"{"<br/>".join(_escaped(_shortened(line)) for line in lines)}"'


def title(text: str) -> str:
    """Return a title as a YAML string, for the front matter."""
    return json.dumps("".join(each if each.isprintable() else ascii(each)[1:-1] for each in text))


def sequence(atoms: Sequence[Atom], shown: int) -> str:
    """Return a sequence for a label, truncated if long: a string if it consists of characters, else a list."""
    first = list(atoms[:shown])
    more = f" … {len(atoms)} in all" if len(atoms) > shown else ""
    if first and all(isinstance(atom, str) and len(atom) == 1 for atom in first):
        return f"{''.join(map(str, first))!r}{more}"
    return f"[{', '.join(map(show, first))}]{more}"


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
    """Return a character as itself, as a numeric entity, or, if unprintable, as its Python escape sequence."""
    if (character.isalnum() and character.isprintable()) or character in _PLAIN:
        return character
    if character.isprintable():
        return f"#{ord(character)};"
    return "".join(map(_entity, ascii(character)[1:-1]))
