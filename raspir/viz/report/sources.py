"""Excerpts of the source of a program: the statements that made it, with the relevant lines marked."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from raspir.ir import Graph, Location
from raspir.viz.report.extents import rasp_statements

_AROUND = 2  # lines of context around a line outside all statements
_LARGEST = 4_000_000  # the size in bytes up to which files are read


@dataclass(frozen=True)
class Excerpt:
    """Parts of a file.

    Attributes:
        path: the path of the file, as in locations.
        file: the name of the file, as in messages.
        parts: runs of numbered lines.
        marked: the numbers of the lines that made nodes of the program.
    """

    path: str
    file: str
    parts: tuple[tuple[tuple[int, str], ...], ...]
    marked: frozenset[int]


def excerpts(graph: Graph) -> list[Excerpt]:
    """Return an excerpt of each readable file that made ``graph``."""
    found: dict[str, dict[int, Location]] = {}
    for node in graph:
        location = graph.locations.get(node)
        if location is not None:
            found.setdefault(location.file, {})[location.line] = location
    made = []
    for file, lines in found.items():
        text = _read(file)
        if text is not None:
            name = str(Location(file, 1)).rsplit(":", 1)[0]
            made.append(Excerpt(file, name, _parts(text, lines, file.endswith(".rasp")), frozenset(lines)))
    return made


def _read(file: str) -> str | None:
    path = Path(file)
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        return None


def _parts(text: str, marked: Iterable[int], is_rasp: bool) -> tuple[tuple[tuple[int, str], ...], ...]:
    """Return the statements with marked lines, and the comments directly above them."""
    lines = text.split("\n")  # as Python counts lines: other separators do not end one
    shown: set[int] = set()
    statements = rasp_statements(text) if is_rasp else _statements(text)
    for line in marked:
        first, last = next(((a, b) for a, b in statements if a <= line <= b), (line - _AROUND, line + _AROUND))
        while first > 1 and first - 2 < len(lines) and lines[first - 2].lstrip().startswith("#"):
            first -= 1
        shown.update(range(max(first, 1), min(last, len(lines)) + 1))
    runs: list[list[tuple[int, str]]] = []
    for number in sorted(shown):
        if not runs or runs[-1][-1][0] != number - 1:
            runs.append([])
        runs[-1].append((number, lines[number - 1]))
    return tuple(map(tuple, runs))


def _statements(text: str) -> list[tuple[int, int]]:
    """Return the first and last line of each statement of a Python file; none for other files."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return []
    found = []
    for statement in body:
        first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))])
        found.append((first, statement.end_lineno or statement.lineno))
    return found
