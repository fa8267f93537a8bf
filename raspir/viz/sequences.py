"""Sequences drawn on their own: as a row, as a key, or as a query."""

from __future__ import annotations

from collections.abc import Sequence

from raspir.ir import Atom
from raspir.viz import strips
from raspir.viz.shown import Shown, counted
from raspir.viz.strips import HEIGHT, Axis
from raspir.viz.svg import Figure, document
from raspir.viz.theme import Part
from raspir.viz.widths import atom_literal, label

_NAME = 40


def sequence_svg(atoms: Sequence[Atom]) -> str:
    """Return the picture of a sequence: a row of cells under their positions. Of long ones only the ends are read."""
    return _alone("sequence", atoms, Part.RESULT, "")


def key_svg(atoms: Sequence[Atom], name: str) -> str:
    """Return the picture of a key: a row with its name."""
    return _alone("key", atoms, Part.KEY, f"key({label(name, _NAME)})")


def query_svg(atoms: Sequence[Atom], name: str) -> str:
    """Return the picture of a query: a column with its name."""
    return _alone("query", atoms, Part.QUERY, f"query({label(name, _NAME)})")


def _alone(what: str, atoms: Sequence[Atom], part: Part, name: str) -> str:
    figure = Figure(what)
    shown = Shown.of(len(atoms))
    (_downwards if part is Part.QUERY else _across)(figure, shown, atoms, part, name)
    if shown.hidden:
        figure.note(shown.note("positions"))
    listed = ", ".join(atom_literal(atoms[position], 20) for position in shown.positions)
    told = f"{counted(len(atoms), 'atom')}: {listed}" if atoms else "nothing, as the input is empty"
    return document(figure, name or what, told)


def _across(figure: Figure, shown: Shown, atoms: Sequence[Atom], part: Part, name: str) -> None:
    axis = strips.across(shown, [atoms])
    strips.numbers(figure, 0, 6, axis)
    strips.row(figure, 0, 14, axis, atoms, part)
    if name:
        figure.text(axis.length + 8, 14 + HEIGHT / 2, name, Part.PAGE)


def _downwards(figure: Figure, shown: Shown, atoms: Sequence[Atom], part: Part, name: str) -> None:
    axis, left = Axis(shown), strips.number_width(shown)
    width = strips.cell_width(shown, atoms)
    figure.text(0, 8, name, Part.PAGE)
    strips.numbers(figure, left - 3, 20, axis, down=True)
    strips.column(figure, left, 20, axis, width, atoms, part)
