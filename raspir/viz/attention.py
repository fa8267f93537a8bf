"""Attention drawn as a matrix: queries at the left, keys on top, values at the bottom and the results at the right."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass

from raspir.ir import Atom, Node
from raspir.ir.text.describe import Describer
from raspir.viz import strips
from raspir.viz.selectors import Sides, told
from raspir.viz.shown import Shown
from raspir.viz.strips import HEIGHT, LABEL, Axis
from raspir.viz.svg import Figure, advance, document, tooltip
from raspir.viz.theme import Part
from raspir.viz.trace import Trace
from raspir.viz.widths import columns, label

_NAME, _FORMULA = 28, 72  # their columns
_SPACE = 5.0  # between the matrix and what stands around it
_NUMBERS = 16.0
_DOT = 3.6


@dataclass(frozen=True)
class _Strip:
    """A sequence beside the matrix: what it is called, its atoms and its colour."""

    name: str
    told: str
    atoms: Sequence[Atom]
    part: Part

    @property
    def width(self) -> float:
        """Return how wide its name is."""
        return advance(columns(self.name), LABEL)


def attention(
    trace: Trace, describe: Describer, selector: Node, aggregates: Sequence[Node] = (), shown: Shown | None = None
) -> Figure:
    """Draw a selector, and the values and results of the head that it belongs to.

    Args:
        trace: the values; the selector must be known in it.
        describe: of the trace's graph.
        selector: whom each position attends to.
        aggregates: of one head: what it fetches or adds up.
        shown: the positions that are drawn.
    """
    return _Head(trace, describe, selector, tuple(aggregates), shown or Shown.of(trace.n)).draw()


class _Head:
    """Where the parts of one attention picture lie."""

    def __init__(
        self, trace: Trace, describe: Describer, selector: Node, aggregates: tuple[Node, ...], shown: Shown
    ) -> None:
        self.trace, self.describe, self.selector, self.aggregates = trace, describe, selector, aggregates
        self.shown = shown
        sides = Sides.of(selector)
        self.hidden = sides.hidden
        self.keys = [self._strip("key({})", node, Part.KEY) for node in sides.keys]
        self.queries = [self._strip("query({})", node, Part.QUERY) for node in sides.queries]
        values = dict.fromkeys(node.operands[1] for node in aggregates)
        self.values = [self._strip("value {}", node, Part.VALUE) for node in values]
        scores = dict.fromkeys(node.operands[2] for node in aggregates if len(node.operands) > 2)
        self.values += [self._strip("score {}", node, Part.VALUE) for node in scores]
        self.results = [self._strip("{}", node, Part.RESULT) for node in aggregates if trace.known(node)]
        self.across = strips.across(shown, [strip.atoms for strip in [*self.keys, *self.values]])
        self.down = Axis(shown)
        self.figure = Figure("attention")
        self.dots = Figure("marks").inked(Part.SELECTED)

    def _strip(self, form: str, node: Node, part: Part) -> _Strip:
        text = form.format("{}")
        named = self.describe.label(node) if part is Part.RESULT else self.describe.part(node)
        full = text.replace("{}", named)
        short = text.replace("{}", label(named, _NAME - len(text) + 2))
        return _Strip(short, full, self.trace.values[node], part)

    def draw(self) -> Figure:
        figure = self.figure
        top = self._heading() + _NUMBERS
        rows = max(len(self.keys), len(self.queries))
        widths = [strips.cell_width(self.shown, strip.atoms) for strip in self.queries]
        x, y = self._left(widths) + _SPACE, top + rows * HEIGHT + _SPACE
        self._draw_keys(x, y)
        self._draw_queries(x, y, top, widths)
        self._matrix(x, y)
        below = y + self.down.length + _SPACE
        for number, strip in enumerate(self.values):
            strips.row(figure, x, below + number * HEIGHT, self.across, strip.atoms, strip.part)
            self._name(strip, x - _SPACE - 3, below + (number + 0.5) * HEIGHT, "end")
        self._draw_results(x + self.across.length + _SPACE, y, below)
        for note in filter(None, (self.shown.note("rows and columns"), self._left_out())):
            figure.text(x, figure.height + 14, note, Part.BAND, size=LABEL, anchor="start", font="sans")
            figure.grow(x + advance(len(note), LABEL), figure.height + 22)
        return figure

    def _left_out(self) -> str:
        return f"… and {self.hidden} more keys and queries that are compared" if self.hidden else ""

    def _heading(self) -> float:
        """Write what is drawn: its name, and its formula."""
        formula = self.describe(self.selector)
        how = {self._taken(node): None for node in self.aggregates}
        if any(how):
            formula += f" → {', '.join(filter(None, how))}"
        nodes = self.aggregates or (self.selector,)
        names = ", ".join(filter(None, dict.fromkeys(self.describe.name(node) for node in nodes)))
        height = 0.0
        for text, bold, part in ((names, True, Part.PAGE), (formula, False, Part.BAND)):
            if text:
                short = label(text, _FORMULA)
                size = LABEL + 2 * bold
                written = self.figure.text(0, height + 8, short, part, size=size, anchor="start", bold=bold)
                _full(written, short, text)
                height += 19
                self.figure.grow(advance(columns(short), size), height)
        return height

    def _taken(self, aggregate: Node) -> str:
        """Say what is done with what is selected, where it is not added up."""
        name = aggregate.operation.name
        return {"sum": "", "mean": "mean"}.get(name) or (self.describe.choice(aggregate) if name == "best" else "")

    def _left(self, widths: list[float]) -> float:
        """Return how much room the queries, and the names of queries and values, need at the left of the matrix."""
        least = strips.number_width(self.shown) + sum(widths)
        right = 0.0
        for strip, width in zip(self.queries, widths, strict=True):
            over = 0 if len(widths) == 1 else width / 2 + 6
            least = max(least, right + over + strip.width)
            right += width
        return max([least, *(strip.width + 3 for strip in self.values)])

    def _draw_keys(self, x: float, y: float) -> None:
        top = y - _SPACE - len(self.keys) * HEIGHT
        strips.numbers(self.figure, x, top - 7, self.across)
        for number, strip in enumerate(self.keys):
            strips.row(self.figure, x, top + number * HEIGHT, self.across, strip.atoms, strip.part)
            self._name(strip, x + self.across.length + _SPACE + 3, top + (number + 0.5) * HEIGHT, "start")

    def _draw_queries(self, x: float, y: float, top: float, widths: list[float]) -> None:
        """Draw queries from the matrix to the left, so that each name has its line and no line crosses a name."""
        top = y - _SPACE - len(self.queries) * HEIGHT
        right = x - _SPACE
        for number, (strip, width) in enumerate(zip(self.queries, widths, strict=True)):
            strips.column(self.figure, right - width, y, self.down, width, strip.atoms, strip.part)
            middle, height = right - width / 2, top + (number + 0.5) * HEIGHT
            if len(widths) == 1:
                self._name(strip, right, height, "end")
            else:
                self._name(strip, middle - 6, height, "end")
                self.figure.path(f"M{middle - 4:.1f} {height:.1f}H{middle:.1f}V{y - 1:.1f}", strip.part)
            right -= width
        strips.numbers(self.figure, right - 3, y, self.down, down=True)

    def _matrix(self, x: float, y: float) -> None:
        figure, shown = self.figure, self.shown
        if not shown.n:
            figure.rect(x, y, HEIGHT, HEIGHT, Part.UNSELECTED, radius=0)
        halves = [range(shown.split), range(shown.split, len(shown.positions))]
        for rows in filter(None, halves):
            for held in filter(None, halves):
                self._block(x + self.across.start(held[0]), y + self.down.start(rows[0]), len(held), len(rows))
        matrix = self.trace.matrix(self.selector, shown.positions, shown.positions)
        cells = Figure("selected").painted(Part.SELECTED)
        for i, (row, entries) in enumerate(zip(shown.positions, matrix, strict=True)):
            for j, (column, entry) in enumerate(zip(shown.positions, entries, strict=True)):
                if entry:
                    self._select(cells, x + self.across.start(j), y + self.down.start(i), row, column)
        figure.place(cells, 0, 0)
        figure.place(self.dots, 0, 0)

    def _block(self, x: float, y: float, across: int, down: int) -> None:
        """Draw the cells of a part of the matrix in which nothing is left out."""
        width, height = across * self.across.cell, down * HEIGHT
        self.figure.rect(x, y, width, height, Part.UNSELECTED, radius=0)
        lines = [f"M{x + i * self.across.cell:.2f} {y:.1f}v{height:.1f}" for i in range(1, across)]
        lines += [f"M{x:.1f} {y + i * HEIGHT:.2f}h{width:.1f}" for i in range(1, down)]
        if lines:
            self.figure.path("".join(lines), Part.UNSELECTED)

    def _select(self, cells: Figure, x: float, y: float, row: int, column: int) -> None:
        width = self.across.cell
        data: dict[str, object] = {"row": row, "column": column}
        box = cells.rect(x + 1, y + 1, width - 2, HEIGHT - 2, None, radius=2, data=data)
        self.dots.dot(x + width / 2, y + HEIGHT / 2, _DOT)
        if self.shown.n <= 16:
            tooltip(box, f"the query at position {row} selects the key at position {column}")

    def _draw_results(self, x: float, y: float, below: float) -> None:
        for number, strip in enumerate(self.results):
            width = strips.cell_width(self.shown, strip.atoms)
            strips.column(self.figure, x, y, self.down, width, strip.atoms, strip.part)
            # The last name comes first, so that no line to a name crosses another name.
            height = below + (len(self.results) - number - 0.5) * HEIGHT
            if len(self.results) == 1:
                self._name(strip, x, height, "start")
            else:
                self._name(strip, x + width / 2 + 6, height, "start")
                start = y + self.down.length + 1
                self.figure.path(f"M{x + width / 2:.1f} {start:.1f}V{height:.1f}h4", strip.part)
            x += width

    def _name(self, strip: _Strip, x: float, y: float, anchor: str) -> None:
        written = self.figure.text(x, y, strip.name, Part.PAGE, size=LABEL, anchor=anchor)
        _full(written, strip.name, strip.told)
        self.figure.grow(x + (strip.width if anchor == "start" else 0), y + HEIGHT / 2)


def _full(written: ET.Element, short: str, text: str) -> None:
    if "…" in short:
        tooltip(written, label(text, 400))


def selector_svg(trace: Trace, selector: Node) -> str:
    """Return the picture of a selector, which must be known in ``trace``."""
    shown = Shown.of(trace.n)
    describe = Describer(trace.graph)
    figure = attention(trace, describe, selector, (), shown)
    return document(figure, "selector", told(trace, selector, shown))


def head_svg(trace: Trace, aggregates: Sequence[Node]) -> str:
    """Return the picture of a head: its aggregates, which must be known in ``trace``, share a selector."""
    shown = Shown.of(trace.n)
    describe = Describer(trace.graph)
    selector = aggregates[0].operands[0]
    figure = attention(trace, describe, selector, aggregates, shown)
    return document(figure, "attention head", told(trace, selector, shown))
