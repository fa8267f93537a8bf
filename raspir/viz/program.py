"""The picture of a program: its input, each layer with its heads and named feed-forward results, and its result."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from raspir.ir import Atom
from raspir.ir.operations import Role
from raspir.viz import sequences
from raspir.viz.attention import attention
from raspir.viz.heads import DrawnHead, DrawnLayer, DrawnProgram
from raspir.viz.sequences import HEIGHT
from raspir.viz.shown import Shown, counted
from raspir.viz.svg import LABEL, ROOM, Figure, columns_in, document, width_of
from raspir.viz.theme import Part
from raspir.viz.trace import Failure, Trace
from raspir.viz.widths import atom_literal, label, labels, wrapped

_POSITIONS, _REDUCED = 20, 13  # the most positions shown, and the number shown of more
_LAYERS, _HEADS, _RESULTS = 12, 8, 12  # the most layers, and heads and feed-forward results per layer
_NAME, _FORMULA, _MESSAGE = 40, 40, 96  # _FORMULA: the columns that formulas keep in any case
_INSIDE, _BETWEEN = 12.0, 14.0
_MOST_WORDS = 600  # columns of an error message in a description


_Row = tuple[str, str, Sequence[Atom], Part]
"""A row of a table: name, formula, atoms and their color."""


def program_svg(trace: Trace) -> str:
    """Return the picture of a program on an input, up to the failure and its reason if it fails."""
    program = DrawnProgram(trace.graph, trace)
    kind = "causal program" if trace.graph.causal else "program"
    title = f"{kind} of {counted(len(program.layers) - 1, 'layer')}"
    return document(_Program(program).draw(), title, "; ".join(_words(program)))


def _words(program: DrawnProgram) -> Iterator[str]:
    """Yield descriptions of the inputs of a program, the results of its layers, and its outputs."""
    trace = program.traced
    for name, atoms in trace.inputs.items():
        yield f"input {label(name, _NAME)} {_listed(atoms)}"
    for layer in program.layers[: _LAYERS + 1]:
        for value in (value for head in layer.heads[:_HEADS] for value in head.known_results):
            yield f"{layer.title} {label(value.name, _NAME)} {_listed(value.known)}"
    if trace.failure is not None:
        yield f"fails in layer {trace.failure.layer}: {label(trace.failure.message, _MOST_WORDS)}"
        return
    for name, value in program.outputs.items():
        yield f"result {label(name, _NAME)} {_listed(value.known)}"


def _listed(atoms: Sequence[Atom]) -> str:
    places = Shown.of(len(atoms), _POSITIONS, _REDUCED).places
    return f"[{', '.join('…' if place is None else atom_literal(atoms[place], 20) for place in places)}]"


class _Program:
    """The picture of one program on one input."""

    def __init__(self, program: DrawnProgram) -> None:
        self.program = program
        self.shown = Shown.of(program.traced.n, _POSITIONS, _REDUCED)
        self.figure = Figure("program")
        self.bands: list[ET.Element] = []

    def draw(self) -> Figure:
        trace, layers = self.program.traced, self.program.reached
        self._add(self._table([(name, "", atoms, Part.SOURCE) for name, atoms in trace.inputs.items()]))
        hidden = max(len(layers) - _LAYERS - 1, 0)
        for layer in layers[:_LAYERS] if hidden else layers[:-1]:
            self._layer(layer)
        if hidden:
            self.figure.note(f"… and {hidden} more layers")
        self._layer(layers[-1])
        if trace.failure is None:
            self._add(self._table([*self._outputs()], numbered=False))
        if self.shown.hidden and len(self.program.layers) == 1:  # pictures of heads have this note
            self.figure.note(self.shown.note("positions"))
        for band in self.bands:
            band.set("width", f"{self.figure.width - 1:.1f}")
        return self.figure

    def _outputs(self) -> Iterator[_Row]:
        outputs, describe = self.program.outputs, self.program.describe
        taken = {describe.name(node) for node in self.program.graph}
        for name, value in outputs.items():
            own = "result" if len(outputs) == 1 else f"result {name}" if name in taken else name
            formula = value.formula if value.node.operation.role is Role.ELEMENTWISE else ""
            shown = value.name if value.named or not formula else formula  # a named value has its formula further up
            yield own, shown, value.known, Part.RESULT

    def _layer(self, layer: DrawnLayer) -> None:
        """Draw a layer on its band; the work before the first attention only if it has visible results."""
        results, failure = layer.known_results, layer.failure
        if not layer.heads and not results and failure is None:
            return
        inner = Figure()
        inner.text(0, 6, layer.heading, Part.BAND, size=12, font="sans", bold=True)
        inner.grow(80, 20)
        self._heads(inner, layer.heads)
        if results:
            rows = [(value.name, value.formula, value.known, value.part) for value in results[:_RESULTS]]
            inner.place(self._table(rows, numbered=not layer.heads), 0, inner.height + _BETWEEN)
        if len(results) > _RESULTS:
            inner.note(f"… and {len(results) - _RESULTS} more feed-forward results")
        if failure is not None:
            inner.place(self._failure(failure), 0, inner.height + _BETWEEN)
        band = _banded(inner)
        self.bands.append(band.element[0])
        self._add(band)

    def _heads(self, inner: Figure, heads: Sequence[DrawnHead]) -> None:
        """Draw heads side by side, in rows of limited width."""
        ready = [head for head in heads if head.complete]
        x, top = 0.0, inner.height + 4
        for head in ready[:_HEADS]:
            figure = attention(head, self.shown)
            if x and x + figure.width > ROOM:
                x, top = 0.0, inner.height + 2 * _BETWEEN
            inner.place(figure, x, top)
            x += figure.width + 2.5 * _BETWEEN
        if len(ready) > _HEADS:
            inner.note(f"… and {len(ready) - _HEADS} more heads")
        if len(ready) < len(heads):
            inner.note(f"{counted(len(heads) - len(ready), 'head')} not reached")

    def _table(self, rows: Sequence[_Row], *, numbered: bool = True) -> Figure:
        """Draw aligned rows of atoms, each with its name on the left and its formula on the right."""
        figure = Figure("rows")
        names = labels([name for name, _, _, _ in rows], _NAME)
        left = max(width_of(name, LABEL) for name in names) + 8
        axis = sequences.row_axis(self.shown, [atoms for _, _, atoms, _ in rows])
        y = 14.0 if numbered else 0.0
        if numbered:
            sequences.numbers(figure, left, 6, axis)
        right = left + axis.length + 10
        room = max(columns_in(ROOM - right), _FORMULA)
        for shown, (name, formula, atoms, part) in zip(names, rows, strict=True):
            figure.label(left - 8, y + HEIGHT / 2, shown, name, Part.PAGE, anchor="end")
            sequences.row(figure, left, y, axis, atoms, part)
            if formula:
                figure.text(right, y + HEIGHT / 2, f"= {formula}", Part.BAND, most=room)
            y += HEIGHT + 4
        return figure

    def _failure(self, failure: Failure) -> Figure:
        """Draw a failure with its reason."""
        inner = Figure("failure")
        name = label(self.program.describe.label(failure.node), _NAME) if failure.node else "this layer"
        inner.text(0, 8, f"✗ {name} fails", Part.FAILURE, size=12, font="sans", bold=True)
        inner.grow(0, 18)
        for number, line in enumerate(wrapped(failure.message, 4 * _MESSAGE, _MESSAGE)):
            inner.text(0, 28 + 17 * number, line, Part.FAILURE)
            inner.grow(0, 38 + 17 * number)
        return _banded(inner, Part.FAILURE)

    def _add(self, figure: Figure) -> None:
        self.figure.place(figure, 0, self.figure.height + (_BETWEEN if self.figure.height else 0))


def _banded(inner: Figure, part: Part = Part.BAND) -> Figure:
    """Return a figure on an area in the colors of ``part``."""
    figure = Figure("layer" if part is Part.BAND else "failure")
    figure.rect(0.5, 0.5, inner.width + 2 * _INSIDE, inner.height + 2 * _INSIDE, part, radius=6)
    figure.place(inner, _INSIDE, _INSIDE)
    return figure
