"""A program drawn from its input to its result: each layer with its heads and its named feed-forward results."""

from __future__ import annotations

import textwrap
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence

from raspir.ir import Atom
from raspir.ir.layers import Head
from raspir.ir.operations import Role
from raspir.ir.text.describe import Describer
from raspir.viz import strips
from raspir.viz.attention import attention
from raspir.viz.cells import clean
from raspir.viz.selectors import drawable
from raspir.viz.shown import Shown
from raspir.viz.strips import HEIGHT, LABEL
from raspir.viz.svg import Figure, advance, document, tooltip
from raspir.viz.theme import Part
from raspir.viz.trace import Failure, Trace
from raspir.viz.widths import atom_told, columns, label

_POSITIONS, _REDUCED = 20, 13  # shown one by one; where there are more, so many of them
_WIDTH = 1080.0  # at which heads go on below
_LAYERS, _HEADS, _RESULTS = 12, 8, 12  # layers, heads of a layer and feed-forward results of it that are drawn
_NAME, _FORMULA, _MESSAGE = 24, 56, 96
_INSIDE, _BETWEEN = 12.0, 14.0
_TOLD = 600  # characters of a sequence that a description holds


def program_svg(trace: Trace) -> str:
    """Return the picture of a program on an input; where it fails, the picture ends there and says why."""
    figure = _Program(trace).draw()
    layers = len(trace.graph.layering.heads)
    title = f"program of {layers} layer{'' if layers == 1 else 's'}"
    return document(figure, title, "; ".join(told(trace)))


def told(trace: Trace) -> Iterator[str]:
    """Yield in words what a program is given, what it finds in its layers, and what it yields."""
    graph, describe = trace.graph, Describer(trace.graph)
    for name, atoms in trace.inputs.items():
        yield f"input {label(name, _NAME)} {_listed(atoms)}"
    for number, heads in enumerate(graph.layering.heads[:_LAYERS], 1):
        for node in (node for head in heads[:_HEADS] for node in head.aggregates if trace.known(node)):
            yield f"layer {number} {label(describe.label(node), _NAME)} {_listed(trace.values[node])}"
    if trace.failure is not None:
        yield f"fails in layer {trace.failure.layer}: {label(trace.failure.message, _TOLD)}"
        return
    for name, node in graph.outputs.items():
        yield f"result {label(name, _NAME)} {_listed(trace.values[node])}"


def _listed(atoms: Sequence[Atom]) -> str:
    shown = Shown.of(len(atoms), _POSITIONS, _REDUCED)
    parts = [atom_told(atoms[position], 20) for position in shown.positions]
    if shown.hidden:
        parts.insert(shown.split, "…")
    return f"[{', '.join(parts)}]"


class _Program:
    """The picture of one program on one input."""

    def __init__(self, trace: Trace) -> None:
        self.trace, self.graph, self.describe = trace, trace.graph, Describer(trace.graph)
        self.shown = Shown.of(trace.n, _POSITIONS, _REDUCED)
        self.figure = Figure("program")
        self.bands: list[ET.Element] = []
        failure = trace.failure
        self.last = len(self.graph.layering.heads) if failure is None else failure.layer

    def draw(self) -> Figure:
        trace, graph = self.trace, self.graph
        inputs = [(name, "", atoms, Part.SOURCE) for name, atoms in trace.inputs.items()]
        self._add(self._table(inputs, numbered=True))
        drawn = [*range(self.last + 1)]
        if len(drawn) > _LAYERS + 1:
            drawn = [*range(_LAYERS), self.last]
        before = -1
        for number in drawn:
            if number > before + 1:
                self._note(f"… and {number - before - 1} more layers")
            self._layer(number)
            before = number
        if trace.failure is None:
            self._add(self._table(list(self._outputs(graph.outputs)), numbered=False))
        if self.shown.hidden and not graph.layering.heads:  # each head says it too
            self._note(self.shown.note("positions"))
        for band in self.bands:
            band.set("width", f"{self.figure.width - 1:.1f}")
        return self.figure

    def _outputs(self, outputs: Iterable[str]) -> Iterator[tuple[str, str, Sequence[Atom], Part]]:
        for name in outputs:
            node = self.graph.outputs[name]
            own = self.describe.name(node) if len(self.graph.outputs) == 1 else name
            formula = self.describe(node) if node.operation.role is Role.ELEMENTWISE else ""
            yield own or "result", formula, self.trace.values[node], Part.RESULT

    def _layer(self, number: int) -> None:
        """Draw a layer on a band of its own; the one before the first attention only if it has something to show."""
        heads = self.graph.layering.heads[number - 1] if number else ()
        results = [node for node in self.graph.layering.mlp(number) if self.describe.name(node)]
        results = [node for node in results if self.trace.known(node)]
        failure = self.trace.failure
        fails = failure is not None and failure.layer == number
        if not heads and not results and not fails:
            return
        inner = Figure()
        title = f"layer {number}" if number else "before attention"
        inner.text(0, 6, title, Part.BAND, size=12, anchor="start", font="sans", bold=True)
        inner.grow(80, 20)
        self._heads(inner, heads)
        if results:
            rows = [(self.describe.label(node), self.describe(node)) for node in results[:_RESULTS]]
            values = [self.trace.values[node] for node in results[:_RESULTS]]
            table = [(*row, atoms, Part.MLP) for row, atoms in zip(rows, values, strict=True)]
            inner.place(self._table(table, numbered=not heads), 0, inner.height + _BETWEEN)
        if len(results) > _RESULTS:
            _remark(inner, f"… and {len(results) - _RESULTS} more feed-forward results")
        if fails and failure is not None:
            inner.place(self._failure(failure), 0, inner.height + _BETWEEN)
        band = _banded(inner)
        self.bands.append(band.element[0])
        self._add(band)

    def _heads(self, inner: Figure, heads: Sequence[Head]) -> None:
        """Draw heads side by side, and below where there is no more room."""
        ready = [head for head in heads if drawable(self.trace, head.selector) and self._read(head)]
        x, top = 0.0, inner.height + 4
        for head in ready[:_HEADS]:
            figure = attention(self.trace, self.describe, head.selector, head.aggregates, self.shown)
            if x and x + figure.width > _WIDTH:
                x, top = 0.0, inner.height + 2 * _BETWEEN
            inner.place(figure, x, top)
            x += figure.width + 2.5 * _BETWEEN
        if len(ready) > _HEADS:
            _remark(inner, f"… and {len(ready) - _HEADS} more heads")
        if len(ready) < len(heads):
            missing = len(heads) - len(ready)
            _remark(inner, f"{missing} head{'' if missing == 1 else 's'} not reached")

    def _read(self, head: Head) -> bool:
        """Tell whether all that a head reads is known."""
        return all(self.trace.known(operand) for node in head.aggregates for operand in node.operands[1:])

    def _table(self, rows: Sequence[tuple[str, str, Sequence[Atom], Part]], *, numbered: bool) -> Figure:
        """Draw rows of atoms one above the other, each with its name at the left and its formula at the right."""
        figure = Figure("rows")
        names = [label(name, _NAME) for name, _, _, _ in rows]
        left = max(advance(columns(name), LABEL) for name in names) + 8
        axis = strips.across(self.shown, [atoms for _, _, atoms, _ in rows])
        y = 14.0 if numbered else 0.0
        if numbered:
            strips.numbers(figure, left, 6, axis)
        for (name, formula, atoms, part), short in zip(rows, names, strict=True):
            written = figure.text(left - 8, y + HEIGHT / 2, short, Part.PAGE, size=LABEL, anchor="end")
            if "…" in short:
                tooltip(written, label(name, 400))
            strips.row(figure, left, y, axis, atoms, part)
            if formula:
                shown = label(f"= {formula}", _FORMULA)
                at = left + axis.length + 10
                written = figure.text(at, y + HEIGHT / 2, shown, Part.BAND, size=LABEL, anchor="start")
                if "…" in shown:
                    tooltip(written, label(formula, 400))
                figure.grow(at + advance(columns(shown), LABEL), 0)
            y += HEIGHT + 4
        return figure

    def _failure(self, failure: Failure) -> Figure:
        """Draw what fails, and why."""
        inner = Figure("failure")
        message = label(failure.message, 4 * _MESSAGE)
        lines = textwrap.wrap(message, _MESSAGE)
        what = f"✗ {label(self.describe.label(failure.node), _NAME)} fails" if failure.node else "✗ this layer fails"
        inner.text(0, 8, what, Part.FAILURE, size=12, anchor="start", font="sans", bold=True)
        inner.grow(advance(len(what), 12), 18)
        for number, line in enumerate(lines):
            inner.text(0, 28 + 17 * number, line, Part.FAILURE, size=LABEL, anchor="start")
            inner.grow(advance(columns(line), LABEL), 38 + 17 * number)
        return _banded(inner, Part.FAILURE)

    def _note(self, text: str) -> None:
        figure = Figure()
        _remark(figure, text)
        self._add(figure)

    def _add(self, figure: Figure) -> None:
        self.figure.place(figure, 0, self.figure.height + (_BETWEEN if self.figure.height else 0))


def _remark(figure: Figure, text: str) -> None:
    y = figure.height + 10
    figure.text(0, y, clean(text), Part.BAND, size=LABEL, anchor="start", font="sans")
    figure.grow(advance(len(text), LABEL), y + 8)


def _banded(inner: Figure, part: Part = Part.BAND) -> Figure:
    """Return a figure on an area in the colours of ``part``."""
    figure = Figure("layer" if part is Part.BAND else "failure")
    figure.rect(0.5, 0.5, inner.width + 2 * _INSIDE, inner.height + 2 * _INSIDE, part, radius=6)
    figure.place(inner, _INSIDE, _INSIDE)
    return figure
