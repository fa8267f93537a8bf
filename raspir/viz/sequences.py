"""Sequences as rows and columns of cells, one per atom, aligned on an axis; and pictures of single sequences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from raspir.ir import Atom
from raspir.viz.shown import Shown, counted
from raspir.viz.svg import Figure, document, tooltip, width_of
from raspir.viz.theme import Part
from raspir.viz.widths import WIDTH, atom_literal, atom_part, atom_text, label

HEIGHT = 26.0
"""The height of a cell, and its least width."""

_NAME = 40  # columns of the name of a single sequence
_FAINT, _SIZE = 9.0, 13.0  # font sizes of position numbers and of atoms
_PADDING = 10.0
_GAP = 18.0
_CAPACITIES = ((10, 8), (16, 6), (24, 5))  # the most positions of a row, and the columns of its cells
_FEWEST = 4  # the columns of the cells of longer rows


class Axis:
    """The places of the visible positions along a row or a column.

    Args:
        shown: the positions.
        cell: the length of a cell along the axis.
    """

    def __init__(self, shown: Shown, cell: float = HEIGHT) -> None:
        self.shown = shown
        self.cell = cell
        self.length = len(shown.positions) * cell + (_GAP if shown.hidden else 0) if shown.n else cell

    def start(self, number: int) -> float:
        """Return the start of the cell of a visible position, given its number among them."""
        return number * self.cell + (_GAP if number >= self.shown.split else 0)

    @property
    def gap(self) -> float | None:
        """The middle of the gap in place of omitted positions, if there is one."""
        return self.shown.split * self.cell + _GAP / 2 if self.shown.hidden else None


def row_axis(shown: Shown, rows: Iterable[Sequence[Atom]]) -> Axis:
    """Return the axis of aligned rows of atoms, with cells as wide as the widest atom."""
    most = _capacity(shown)
    return Axis(shown, max((cell_width(shown, row, most) for row in rows), default=HEIGHT))


def cell_width(shown: Shown, atoms: Sequence[Atom], most: int = WIDTH) -> float:
    """Return the width of the cells of ``atoms``, for at most ``most`` columns of text."""
    widths = (width_of(atom_text(atoms[position], most), _SIZE) for position in shown.positions)
    return max(HEIGHT, max(widths, default=0) + _PADDING)


def number_width(shown: Shown) -> float:
    """Return the width of position numbers, with the space after them."""
    return width_of(str(max(shown.n - 1, 0)), _FAINT) + 6


def _capacity(shown: Shown) -> int:
    """Return the columns of the cells of a row, which are fewer if there are many cells."""
    return next((columns for most, columns in _CAPACITIES if len(shown.positions) <= most), _FEWEST)


def row(figure: Figure, x: float, y: float, axis: Axis, atoms: Sequence[Atom], part: Part) -> None:
    """Draw a row of atoms."""
    most = _capacity(axis.shown)
    for number, position in enumerate(axis.shown.positions):
        _cell(figure, x + axis.start(number), y, axis.cell, position, atoms[position], most, part)
    _special(figure, axis, x, y, x + (axis.gap or 0), y + HEIGHT / 2, "⋯", part)
    figure.grow(x + axis.length, y + HEIGHT)


def column(figure: Figure, x: float, y: float, axis: Axis, width: float, atoms: Sequence[Atom], part: Part) -> None:
    """Draw a column of atoms, in cells of this width."""
    for number, position in enumerate(axis.shown.positions):
        _cell(figure, x, y + axis.start(number), width, position, atoms[position], WIDTH, part)
    _special(figure, axis, x, y, x + width / 2, y + (axis.gap or 0), "⋮", part)
    figure.grow(x + width, y + axis.length)


def numbers(figure: Figure, x: float, y: float, axis: Axis, *, down: bool = False) -> None:
    """Draw position numbers: centered on ``y`` along a row, or (``down``) ending at ``x`` along a column."""
    for number, position in enumerate(axis.shown.positions):
        middle = axis.start(number) + axis.cell / 2
        at = (x, y + middle) if down else (x + middle, y)
        anchor = "end" if down else "middle"
        figure.text(*at, str(position), Part.UNSELECTED, size=_FAINT, anchor=anchor, font="sans")


def _cell(figure: Figure, x: float, y: float, width: float, position: int, atom: Atom, most: int, part: Part) -> None:
    data: dict[str, object] = {"position": position}
    shade = atom_part(atom, part)
    box = figure.rect(x + 0.5, y + 0.5, width - 1, HEIGHT - 1, shade, border=part, data=data)
    text = atom_text(atom, most)
    written = figure.text(x + width / 2, y + HEIGHT / 2, text, shade, size=_SIZE, anchor="middle")
    if text != atom and (type(atom) is not int or "…" in text):  # shortened, or not the literal of the atom
        for element in (box, written):
            tooltip(element, f"{position}: {atom_literal(atom)}")


def _special(figure: Figure, axis: Axis, x: float, y: float, gap_x: float, gap_y: float, mark: str, part: Part) -> None:
    """Draw the mark of a gap, or the cell of an empty sequence."""
    if axis.gap is not None:
        figure.text(gap_x, gap_y, mark, Part.BAND, size=_SIZE, anchor="middle")
    elif axis.shown.n == 0:
        figure.rect(x + 0.5, y + 0.5, HEIGHT - 1, HEIGHT - 1, part)
        figure.text(x + HEIGHT / 2, y + HEIGHT / 2, "∅", part, size=_SIZE, anchor="middle")


def sequence_svg(atoms: Sequence[Atom]) -> str:
    """Return the picture of a sequence: a row of cells below their positions. Only the ends of a long one are read."""
    return _picture("sequence", atoms, Part.RESULT, "")


def key_svg(atoms: Sequence[Atom], name: str) -> str:
    """Return the picture of a key: a row with its name."""
    return _picture("key", atoms, Part.KEY, f"key({label(name, _NAME)})")


def query_svg(atoms: Sequence[Atom], name: str) -> str:
    """Return the picture of a query: a column with its name."""
    return _picture("query", atoms, Part.QUERY, f"query({label(name, _NAME)})")


def _picture(kind: str, atoms: Sequence[Atom], part: Part, name: str) -> str:
    figure, shown = Figure(kind), Shown.of(len(atoms))
    if part is Part.QUERY:
        axis, left = Axis(shown), number_width(shown)
        figure.text(0, 8, name, Part.PAGE)
        numbers(figure, left - 3, 20, axis, down=True)
        column(figure, left, 20, axis, cell_width(shown, atoms), atoms, part)
    else:
        axis = row_axis(shown, [atoms])
        numbers(figure, 0, 6, axis)
        row(figure, 0, 14, axis, atoms, part)
        if name:
            figure.text(axis.length + 8, 14 + HEIGHT / 2, name, Part.PAGE)
    if shown.hidden:
        figure.note(shown.note("positions"))
    listed = ", ".join(atom_literal(atoms[position], 20) for position in shown.positions)
    description = f"{counted(len(atoms), 'atom')}: {listed}" if atoms else "nothing, as the input is empty"
    return document(figure, name or kind, description)
