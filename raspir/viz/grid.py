"""Aligned rows of atoms and matrices as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from raspir.ir import Atom, Node
from raspir.viz.shown import Shown
from raspir.viz.theme import Part
from raspir.viz.trace import Trace
from raspir.viz.widths import WIDTH, atom_part, atom_text, columns, labels

Span = tuple[str, Part | None]
"""A part of a line, with the part of the picture whose colors it has."""

Line = list[Span]

MARKS = {True: ("1", Part.SELECTED), False: ("·", Part.UNSELECTED)}
"""The entries of a matrix."""

_INDENT = 4
_GUTTER = 1  # between queries and the matrix
_CELLS = (WIDTH, 5, 3, 5)  # the most columns of an atom: the first with which all positions fit, or the last
_LABEL = 20  # the columns that labels keep in any case, if they need them
_SAMPLE = 40  # the positions of a long input whose atoms determine the width of a cell


@dataclass(frozen=True)
class Row:
    """A sequence with its label."""

    label: str
    atoms: Sequence[Atom]
    part: Part


@dataclass(frozen=True)
class Block:
    """Lines of text, and rows below them.

    Attributes:
        title: the heading; empty without one.
        notes: the lines below it.
        keys: the rows above the matrix.
        queries: the columns to the left of the matrix.
        selector: the matrix, if there is one.
        rows: the rows below the matrix.
    """

    title: str = ""
    notes: Sequence[Span] = ()
    keys: Sequence[Row] = ()
    queries: Sequence[Row] = ()
    selector: Node | None = None
    rows: Sequence[Row] = ()

    @property
    def labels(self) -> list[str]:
        """The labels of the rows above the matrix, of the queries as a whole, and of the rows below the matrix."""
        asked = [f"query {', '.join(row.label for row in self.queries)}"] if self.queries else []
        return [*(row.label for row in self.keys), *asked, *(row.label for row in self.rows)]


class Grid:
    """The columns of all blocks of a picture.

    Labels are shortened first, then positions are omitted, until everything fits.

    Args:
        blocks: the blocks.
        trace: the entries of their matrices.
        width: the columns of the screen.

    Attributes:
        shown: the visible positions.
    """

    def __init__(self, blocks: Sequence[Block], trace: Trace, width: int) -> None:
        self._trace = trace
        rows = [row for block in blocks for row in (*block.keys, *block.queries, *block.rows)]
        sample = Shown.of(trace.n, _SAMPLE).positions
        widest = max((columns(atom_text(row.atoms[at])) for row in rows for at in sample), default=1)
        for most in _CELLS:
            self._cell = min(widest, most)
            room = width - trace.n * (self._cell + 1)
            self._labels = max(min(room - self._left(blocks, 0), max(map(_label_width, blocks))), _LABEL)
            fit = (width - self._left(blocks, self._labels)) // (self._cell + 1)
            if trace.n <= fit:
                break
        self.shown = Shown.of(trace.n, max(fit, 3), max(fit - 1, 2))

    def _left(self, blocks: Iterable[Block], most: int) -> int:
        """Return the columns to the left of the positions of blocks, with labels of at most this width."""
        return max(
            _INDENT + min(_label_width(block), most) + _GUTTER + len(block.queries) * (self._cell + 1)
            for block in blocks
        )

    def lines(self, blocks: Sequence[Block]) -> Iterator[Iterator[Line]]:
        """Yield the rows of each block, with its matrix among them, where the rows of all blocks are aligned."""
        left = self._left(blocks, self._labels)
        yield from (self._block(block, left) for block in blocks)

    def _block(self, block: Block, left: int) -> Iterator[Line]:
        names = iter(labels(block.labels, left - _INDENT - _GUTTER - len(block.queries) * (self._cell + 1)))
        yield from (self._row(row, next(names), left) for row in block.keys)
        if block.selector is not None:
            yield from self._matrix(block.selector, block.queries, next(names), left)
        yield from (self._row(row, next(names), left) for row in block.rows)

    def _row(self, row: Row, name: str, left: int) -> Line:
        places = self.shown.places if self.shown.n else (None,)
        return [_label(name, left), *(self._atom(row, place) for place in places)]

    def _atom(self, row: Row, place: int | None) -> Span:
        if place is None:
            return self._right("…" if self.shown.n else "∅", row.part)
        atom = row.atoms[place]
        return self._right(atom_text(atom, self._cell), atom_part(atom, row.part))

    def _right(self, text: str, part: Part) -> Span:
        return (" " * (self._cell + 1 - columns(text)) + text, part)

    def _matrix(self, selector: Node, queries: Sequence[Row], name: str, left: int) -> Iterator[Line]:
        beside = len(queries) * (self._cell + 1) + _GUTTER
        entries = iter(self._trace.matrix(selector, self.shown.positions, self.shown.positions))
        gap = self._right("…", Part.UNSELECTED)
        for row in self.shown.places:
            marks = [gap] * len(self.shown.places)
            if row is not None:
                found = iter(next(entries))
                marks = [gap if place is None else self._right(*MARKS[next(found)]) for place in self.shown.places]
            yield [
                _label(name, left - beside),
                *(self._atom(each, row) for each in queries),
                (" " * _GUTTER, None),
                *marks,
            ]
            name = ""


def _label(name: str, width: int) -> Span:
    return (" " * _INDENT + name + " " * (width - _INDENT - columns(name)), None)


def _label_width(block: Block) -> int:
    return max(map(columns, block.labels), default=0)
