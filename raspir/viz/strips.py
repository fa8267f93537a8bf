"""Strips: rows and columns of cells, each with one atom, and the axis on which several stand aligned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from raspir.ir import Atom
from raspir.viz.shown import Shown
from raspir.viz.svg import Figure, tooltip, width_of
from raspir.viz.theme import Part
from raspir.viz.widths import WIDTH, atom_literal, atom_text

HEIGHT = 26.0
"""Of a cell; its least width too."""
_FAINT, _SIZE = 9.0, 13.0  # sizes of position numbers and of atoms
_PADDING = 10.0
_GAP = 18.0
_HELD = ((10, 8), (16, 6), (24, 5))  # up to so many positions, so many columns in a cell of a row
_FEWEST = 4


class Axis:
    """Where the cells of each shown position lie along a row, or along a column.

    Args:
        shown: the positions.
        cell: how long a cell is in this direction.
    """

    def __init__(self, shown: Shown, cell: float = HEIGHT) -> None:
        self.shown = shown
        self.cell = cell
        self.length = len(shown.positions) * cell + (_GAP if shown.hidden else 0) if shown.n else cell

    def start(self, number: int) -> float:
        """Return where the cell of the shown position of this number begins."""
        return number * self.cell + (_GAP if number >= self.shown.split else 0)

    def middle(self, number: int) -> float:
        """Return where its middle is."""
        return self.start(number) + self.cell / 2

    @property
    def gap(self) -> float | None:
        """The middle of the gap, where positions are left out."""
        return self.shown.split * self.cell + _GAP / 2 if self.shown.hidden else None


def across(shown: Shown, rows: Iterable[Sequence[Atom]]) -> Axis:
    """Return the axis of rows of atoms that stand one above the other: its cells hold the widest atom."""
    most = _held(shown)
    return Axis(shown, max((cell_width(shown, row, most) for row in rows), default=HEIGHT))


def cell_width(shown: Shown, atoms: Sequence[Atom], most: int = WIDTH) -> float:
    """Return how wide the cells of ``atoms`` are, which hold so many columns."""
    widths = (width_of(atom_text(atoms[position], most), _SIZE) for position in shown.positions)
    return max(HEIGHT, max(widths, default=0) + _PADDING)


def number_width(shown: Shown) -> float:
    """Return how wide position numbers are, with the space after them."""
    return width_of(str(max(shown.n - 1, 0)), _FAINT) + 6


def _held(shown: Shown) -> int:
    """Return the columns of a cell of a row: fewer of many cells."""
    return next((held for most, held in _HELD if len(shown.positions) <= most), _FEWEST)


def row(figure: Figure, x: float, y: float, axis: Axis, atoms: Sequence[Atom], part: Part) -> None:
    """Draw atoms side by side."""
    held = _held(axis.shown)
    for number, position in enumerate(axis.shown.positions):
        at = x + axis.start(number)
        _cell(figure, at, y, axis.cell, position, atoms[position], held, part)
    _ending(figure, axis, x, y, x + (axis.gap or 0), y + HEIGHT / 2, "⋯", part)
    figure.grow(x + axis.length, y + HEIGHT)


def column(figure: Figure, x: float, y: float, axis: Axis, width: float, atoms: Sequence[Atom], part: Part) -> None:
    """Draw atoms one below the other, in cells of some width."""
    for number, position in enumerate(axis.shown.positions):
        _cell(figure, x, y + axis.start(number), width, position, atoms[position], WIDTH, part)
    _ending(figure, axis, x, y, x + width / 2, y + (axis.gap or 0), "⋮", part)
    figure.grow(x + width, y + axis.length)


def numbers(figure: Figure, x: float, y: float, axis: Axis, *, down: bool = False) -> None:
    """Write position numbers: centred on ``y`` along a row, or (``down``) ending at ``x`` along a column."""
    for number, position in enumerate(axis.shown.positions):
        middle = axis.middle(number)
        at = (x, y + middle) if down else (x + middle, y)
        anchor = "end" if down else "middle"
        figure.text(*at, str(position), Part.UNSELECTED, size=_FAINT, anchor=anchor, font="sans")


def _cell(figure: Figure, x: float, y: float, width: float, position: int, atom: Atom, held: int, part: Part) -> None:
    data: dict[str, object] = {"position": position}
    box = figure.rect(x + 0.5, y + 0.5, width - 1, HEIGHT - 1, part, data=data)
    text = atom_text(atom, held)
    written = figure.text(x + width / 2, y + HEIGHT / 2, text, part, size=_SIZE, anchor="middle")
    if text != atom and (type(atom) is not int or "…" in text):  # it is shortened, or written in another way
        for element in (box, written):
            tooltip(element, f"{position}: {atom_literal(atom)}")


def _ending(figure: Figure, axis: Axis, x: float, y: float, gap_x: float, gap_y: float, mark: str, part: Part) -> None:
    if axis.gap is not None:
        figure.text(gap_x, gap_y, mark, Part.BAND, size=_SIZE, anchor="middle")
    elif axis.shown.n == 0:
        figure.rect(x + 0.5, y + 0.5, HEIGHT - 1, HEIGHT - 1, part)
        figure.text(x + HEIGHT / 2, y + HEIGHT / 2, "∅", part, size=_SIZE, anchor="middle")
