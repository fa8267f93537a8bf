"""Attention as a matrix: queries on the left, keys on top, values at the bottom and results on the right."""

from __future__ import annotations

from collections.abc import Sequence

from raspir.ir import Node
from raspir.ir.views import Aggregate
from raspir.viz import sequences
from raspir.viz.causality import CAUSAL
from raspir.viz.heads import MOST_SIDES, DrawnHead, DrawnProgram, Value
from raspir.viz.sequences import HEIGHT, Axis
from raspir.viz.shown import Shown
from raspir.viz.svg import LABEL, ROOM, Figure, columns_in, document, tooltip, width_of
from raspir.viz.theme import Part
from raspir.viz.trace import Trace
from raspir.viz.widths import labels

_NAME = 28  # the columns that names keep in any case
_FORMULA = columns_in(ROOM)
_SPACE = 5.0  # between the matrix and its surroundings
_NUMBERS = 16.0
_DOT = 3.6
_FORMS = {"key": "key({})", "query": "query({})", "value": "value {}", "score": "score {}", "result": "{}"}


def attention(head: DrawnHead, shown: Shown) -> Figure:
    """Draw a head, or a selector alone, at the visible positions; its entries must be known."""
    return _Head(head, shown).draw()


class _Head:
    """The layout of one attention picture."""

    def __init__(self, head: DrawnHead, shown: Shown) -> None:
        self.head, self.shown = head, shown
        ports = head.ports
        self.keys, self.queries = ports["key"][:MOST_SIDES], ports["query"][:MOST_SIDES]
        self.hidden = len(ports["key"]) + len(ports["query"]) - len(self.keys) - len(self.queries)
        self.values, self.results = [*ports["value"], *ports["score"]], head.known_results
        self.across = sequences.row_axis(shown, [value.known for value in [*self.keys, *self.values]])
        self.down = Axis(shown)
        self.figure = Figure("attention")
        self.names = self._names()

    def _names(self) -> dict[Value, str]:
        """Return the labels of all sequences, which differ; they are shortened only where there is no room."""
        named = [*self.keys, *self.queries, *self.values, *self.results]
        beside = [sequences.cell_width(self.shown, value.known) for value in [*self.queries, *self.results]]
        room = columns_in((ROOM - self.across.length - sum(beside)) / 2)
        return dict(zip(named, labels(map(_name, named), max(room, _NAME)), strict=True))

    def draw(self) -> Figure:
        figure = self.figure
        top = self._heading() + _NUMBERS
        rows = max(len(self.keys), len(self.queries))
        widths = [sequences.cell_width(self.shown, value.known) for value in self.queries]
        x, y = self._left(widths) + _SPACE, top + rows * HEIGHT + _SPACE
        self._draw_keys(x, y)
        self._draw_queries(x, y, widths)
        self._matrix(x, y)
        below = y + self.down.length + _SPACE
        for number, value in enumerate(self.values):
            sequences.row(figure, x, below + number * HEIGHT, self.across, value.known, value.part)
            self._name(value, x - _SPACE - 3, below + (number + 0.5) * HEIGHT, "end")
        self._draw_results(x + self.across.length + _SPACE, y, below)
        if self.shown.hidden:
            figure.note(self.shown.note("rows and columns"), x)
        if self.hidden:
            figure.note(f"… and {self.hidden} more keys and queries", x)
        return figure

    def _heading(self) -> float:
        """Draw the name of the head and its formula, and return their height."""
        head = self.head
        formula = f"{head.formula}{head.suffix}"
        named = [value.name for value in head.results if value.named] if head.aggregates else [head.name or ""]
        names = ", ".join(dict.fromkeys(named))
        height = 0.0
        if names:
            self.figure.text(0, 8, names, Part.PAGE, size=LABEL + 2, bold=True, most=_FORMULA)
            height += 19
        self.figure.text(0, height + 8, formula, Part.BAND, most=_FORMULA)
        self.figure.grow(0, height + 19)
        return height + 19

    def _left(self, widths: list[float]) -> float:
        """Return the space that queries, and the names of queries and values, need to the left of the matrix."""
        least = sequences.number_width(self.shown) + sum(widths)
        right = 0.0
        for value, width in zip(self.queries, widths, strict=True):
            over = 0 if len(widths) == 1 else width / 2 + 6
            least = max(least, right + over + self._width(value))
            right += width
        return max([least, *(self._width(value) + 3 for value in self.values)])

    def _draw_keys(self, x: float, y: float) -> None:
        top = y - _SPACE - len(self.keys) * HEIGHT
        sequences.numbers(self.figure, x, top - 7, self.across)
        for number, value in enumerate(self.keys):
            sequences.row(self.figure, x, top + number * HEIGHT, self.across, value.known, value.part)
            self._name(value, x + self.across.length + _SPACE + 3, top + (number + 0.5) * HEIGHT, "start")

    def _draw_queries(self, x: float, y: float, widths: list[float]) -> None:
        """Draw queries from right to left, so that each name has its line and no line crosses a name."""
        top = y - _SPACE - len(self.queries) * HEIGHT
        right = x - _SPACE
        for number, (value, width) in enumerate(zip(self.queries, widths, strict=True)):
            sequences.column(self.figure, right - width, y, self.down, width, value.known, value.part)
            middle, height = right - width / 2, top + (number + 0.5) * HEIGHT
            if len(widths) == 1:
                self._name(value, right, height, "end")
            else:
                self._name(value, middle - 6, height, "end")
                self.figure.path(f"M{middle - 4:.1f} {height:.1f}H{middle:.1f}V{y - 1:.1f}", value.part)
            right -= width
        sequences.numbers(self.figure, right - 3, y, self.down, down=True)

    def _matrix(self, x: float, y: float) -> None:
        figure, shown = self.figure, self.shown
        if not shown.n:
            figure.rect(x, y, HEIGHT, HEIGHT, Part.UNSELECTED, radius=0)
        halves = [range(shown.split), range(shown.split, len(shown.positions))]
        for rows in filter(None, halves):
            for keys in filter(None, halves):
                self._block(x + self.across.start(keys[0]), y + self.down.start(rows[0]), len(keys), len(rows))
        cells, dots = Figure("selected", color="fill-selected"), Figure("marks", color="ink-selected")
        matrix = self.head.program.traced.matrix(self.head.selector, shown.positions, shown.positions)
        for i, (row, entries) in enumerate(zip(shown.positions, matrix, strict=True)):
            for j, (column, entry) in enumerate(zip(shown.positions, entries, strict=True)):
                if entry:
                    self._select(cells, dots, x + self.across.start(j), y + self.down.start(i), row, column)
        figure.place(cells, 0, 0)
        figure.place(dots, 0, 0)

    def _block(self, x: float, y: float, across: int, down: int) -> None:
        """Draw the cells of a part of the matrix without a gap."""
        width, height = across * self.across.cell, down * HEIGHT
        self.figure.rect(x, y, width, height, Part.UNSELECTED, radius=0)
        lines = [f"M{x + i * self.across.cell:.2f} {y:.1f}v{height:.1f}" for i in range(1, across)]
        lines += [f"M{x:.1f} {y + i * HEIGHT:.2f}h{width:.1f}" for i in range(1, down)]
        if lines:
            self.figure.path("".join(lines), Part.UNSELECTED)

    def _select(self, cells: Figure, dots: Figure, x: float, y: float, row: int, column: int) -> None:
        width = self.across.cell
        data: dict[str, object] = {"row": row, "column": column}
        box = cells.rect(x + 1, y + 1, width - 2, HEIGHT - 2, None, radius=2, data=data)
        dots.dot(x + width / 2, y + HEIGHT / 2, _DOT)
        if self.shown.n <= 16:
            tooltip(box, f"the query at position {row} selects the key at position {column}")

    def _draw_results(self, x: float, y: float, below: float) -> None:
        for number, value in enumerate(self.results):
            width = sequences.cell_width(self.shown, value.known)
            sequences.column(self.figure, x, y, self.down, width, value.known, value.part)
            # The last name comes first, so that no line to a name crosses another name.
            height = below + (len(self.results) - number - 0.5) * HEIGHT
            if len(self.results) == 1:
                self._name(value, x, height, "start")
            else:
                self._name(value, x + width / 2 + 6, height, "start")
                start = y + self.down.length + 1
                self.figure.path(f"M{x + width / 2:.1f} {start:.1f}V{height:.1f}h4", value.part)
            x += width

    def _name(self, value: Value, x: float, y: float, anchor: str) -> None:
        self.figure.label(x, y, self.names[value], _name(value), Part.PAGE, anchor)
        self.figure.grow(0, y + HEIGHT / 2)

    def _width(self, value: Value) -> float:
        return width_of(self.names[value], LABEL)


def _name(value: Value) -> str:
    return _FORMS[value.kind].format(value.name)


def selector_svg(trace: Trace, selector: Node) -> str:
    """Return the picture of a selector, which must be known in ``trace``."""
    return _picture(trace, "selector", selector)


def head_svg(trace: Trace, aggregates: Sequence[Aggregate]) -> str:
    """Return the picture of a head: its aggregates, which must be known in ``trace``, share a selector."""
    return _picture(trace, "attention head", aggregates[0].selector, aggregates)


def _picture(trace: Trace, title: str, selector: Node, aggregates: Sequence[Aggregate] = ()) -> str:
    head, shown = DrawnHead(DrawnProgram(trace.graph, trace), selector, tuple(aggregates)), Shown.of(trace.n)
    figure = attention(head, shown)
    if trace.graph.causal:
        figure.note(CAUSAL)
    return document(figure, title, head.description(shown))
