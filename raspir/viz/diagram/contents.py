"""The contents of the cards of a diagram: heads, feed-forward blocks, sources and outputs, with values if traced."""

from __future__ import annotations

from collections.abc import Sequence

from raspir.ir.atoms import show
from raspir.ir.operations import Role
from raspir.ir.views import Aggregate, Best
from raspir.viz.diagram.cards import SMALL, Card, Cell, Row
from raspir.viz.heads import DrawnHead, DrawnLayer, DrawnProgram, Value
from raspir.viz.shown import Shown, counted
from raspir.viz.svg import LABEL, width_of
from raspir.viz.theme import Part
from raspir.viz.widths import atom_part, atom_text, label, part_of_label, wrapped

POSITIONS = 22
"""The most positions of an input that are shown."""

SEQUENCES = 3
"""The most keys, queries and values of a head that are shown."""

RESULTS = 8
"""The most results of a feed-forward block that are shown."""

_SIDE = 15.0  # the height and least width of a cell of a matrix
_ATOM = 8.0  # the font size of its text
_TITLE = 18.0
_LABEL = 30.0  # the width of the label of a row of keys or values
_FORMULA, _LINE = 46, 56  # columns of a formula, and of a line of a selector
_FEWEST = 4  # columns of a text


class Contents:
    """Builds the cards of a program, with its values if it is traced.

    Args:
        program: the program.
        width: the width to which texts are shortened; ``None`` for no limit but that of each text.
    """

    def __init__(self, program: DrawnProgram, width: int | None = None) -> None:
        self._program, self._limit = program, width
        n = 0 if program.trace is None else program.trace.n
        self._shown = Shown.of(n, POSITIONS, POSITIONS, POSITIONS // 2)

    def _most(self, columns: int, size: float = SMALL, share: float = 1) -> int:
        """Return the most columns of a text that usually has at most ``columns``, in a share of the width of a card."""
        if self._limit is None:
            return columns
        return min(columns, max(int((self._limit * share - 20) / width_of(" ", size)), _FEWEST))

    def source(self, source: Value) -> Card:
        """Return the card of an input, the indices, or a raw sequence."""
        return self._valued(source.name, source, "source")

    def output(self, name: str, value: Value) -> Card:
        """Return the card of an output of the program."""
        named = value.name if value.named else name
        title = named if len(self._program.outputs) == 1 or named == name else f"{name}: {named}"
        return self._valued(title, value, "output")

    def result(self, value: Value) -> Card:
        """Return the card of a result of a head that is drawn alone."""
        return self._valued(value.name, value, "output")

    def _valued(self, title: str, value: Value, kind: str) -> Card:
        heading = Row((Cell(label(title, self._most(40, LABEL)), bold=True, mono=True, size=LABEL),), stretch=True)
        return Card((heading, *self._values(value)), value.part, kind, title)

    def failure(self, message: str) -> Card:
        """Return the card of the failure at which the diagram ends."""
        lines = wrapped(message, 240, self._most(60))
        rows = [Row((Cell("✗ fails here", ink=Part.FAILURE, bold=True, size=LABEL, left=True),))]
        rows += [Row((Cell(line, ink=Part.FAILURE, left=True, height=14),)) for line in lines]
        return Card(tuple(rows), Part.FAILURE, "failure", f"fails: {message}")

    def more(self, text: str) -> Card:
        """Return a card in place of omitted ones."""
        return Card((Row((Cell(text, ink=Part.BAND, height=22),)),), Part.DEFAULT, "more", text)

    def mlp(self, layer: DrawnLayer, critical: bool) -> Card:
        """Return the card of a feed-forward block, with its named results."""
        listed, count = layer.results, len(layer.layer.mlp.nodes if layer.layer.mlp else ())
        parts = [self._program.operand("mlp", value.node) for value in listed[:3]]
        names = ", ".join([part_of_label(part.name, 48 // len(parts)) for part in parts] + ["…"] * bool(listed[3:]))
        title = f"{'◆ ' if critical else ''}MLP: {counted(count, 'operation')}{f' → {names}' if count > 1 else ''}"
        rows = [
            Row((Cell(label(title, self._most(64, SMALL * 1.15)), ink=Part.MLP, bold=True, left=True, height=_TITLE),))
        ]
        for value in listed[:RESULTS]:
            name, share = label(value.name, self._most(20, share=0.4)), 0.6 if value.named else 1
            named = (Cell(name, Part.MLP, bold=True, mono=True, inset=1.5),) if value.named else ()
            formula = label(value.formula, self._most(_FORMULA, 8.5, share))
            rows.append(Row((*named, Cell(formula, mono=True, left=True, size=8.5))))
            rows += self._values(value)
        if listed[RESULTS:]:
            rows.append(_note(f"and {counted(len(listed) - RESULTS, 'more result')}"))
        return Card(tuple(rows), Part.MLP, "mlp", title, critical)

    def head(self, head: DrawnHead, layer: int, critical: bool) -> Card:
        """Return the card of a head; its first row has the ports of :func:`ports_of`."""
        ports = ports_of(head)
        top = [self._port(kind, port, 1 / len(ports)) for kind, port in ports]
        title = f"{'◆ critical · ' if critical else ''}head {head.number}"
        rows = [
            Row(tuple(top), stretch=True),
            Row((Cell(title, ink=Part.CRITICAL if critical else Part.BAND, bold=True, left=True, height=_TITLE),)),
            *self._selector(head.formula),
        ]
        drawn = list(zip(head.aggregates, head.results, strict=True))[:SEQUENCES]
        results = [row for aggregate, result in drawn for row in self._result(head, aggregate, result)]
        if head.has_matrix:
            rows += _centered(self._matrix(head), max(row.natural for row in [*rows, *results]))
        rows += results
        if head.results[SEQUENCES:]:
            rows.append(_note(f"and {counted(len(head.results) - SEQUENCES, 'more value')}"))
        description = f"head {head.number} of layer {layer}: {head.formula}"
        return Card(tuple(rows), Part.RESULT, "head", description, critical, ports=len(ports))

    def _port(self, kind: str, port: Value | None, share: float) -> Cell:
        """Return a port, which has a share of the first row of its card."""
        most = self._most(len(kind) + 23, 8.5, share) - len(kind) - 1
        name = "…" if port is None else label(port.name, max(most, _FEWEST))
        part = Part.VALUE if kind == "score" else Part(kind)
        return Cell(f"{kind} {name}", part, mono=True, size=8.5, inset=1, kind=f"port {kind}")

    def _selector(self, formula: str) -> list[Row]:
        """Return the formula of a selector, on several lines if it is long."""
        line = self._most(_LINE, 9.5)
        if len(formula) <= line:
            return [Row((Cell(label(formula, line), mono=True, left=True, size=9.5),))]
        return [Row((Cell(each, mono=True, left=True, height=13),)) for each in wrapped(formula, 180, line)]

    def _result(self, head: DrawnHead, aggregate: Aggregate, result: Value) -> list[Row]:
        aggregation = aggregate.operation.name
        if isinstance(aggregate, Best):
            aggregation = f"best: {label(head.reduction(aggregate), self._most(24, share=0.3))}"
        text = f"{aggregation}, default {label(show(aggregate.default), 12)}"
        name = Cell(
            label(result.name, self._most(22, share=0.4)), Part.RESULT, bold=True, mono=True, inset=1.5, kind="result"
        )
        return [Row((name, Cell(text, ink=Part.BAND, left=True))), *self._values(result)]

    def _values(self, value: Value) -> list[Row]:
        """Return a row of the atoms of a sequence, if they are known."""
        if value.atoms is None:
            return []
        cells = self._atoms(value, self._width([value]), "value")
        shown = self._shown
        if not cells:
            cells = [Cell("no positions", ink=Part.BAND)]
        if shown.hidden and value.node.operation.role is Role.SOURCE:
            cells.append(Cell(f"{shown.hidden} of {shown.n} positions hidden", ink=Part.BAND))
        return [Row(tuple(cells)), Row((Cell(height=4),))]

    def _atoms(self, value: Value, width: float, kind: str = "") -> list[Cell]:
        """Return a cell for each place of a sequence."""
        return [_atom(value, place, width, kind) for place in self._shown.places]

    def _width(self, values: Sequence[Value]) -> float:
        """Return the width of a column of atoms of ``values``."""
        texts = [atom_text(value.known[position], 6) for value in values for position in self._shown.positions]
        return max([_SIDE, *(width_of(text, _ATOM) + 10 for text in texts)])

    def _matrix(self, head: DrawnHead) -> list[Row]:
        """Return keys on top, queries on the left, values at the bottom and results on the right."""
        keys, queries, values, scores = (
            [port for port in ports[:SEQUENCES] if port.atoms is not None] for ports in head.ports.values()
        )
        results = [result for result in head.results[:SEQUENCES] if result.atoms is not None]
        column = self._width([*keys, *values, *scores])
        left, right = ([(each, self._width([each])) for each in beside] for beside in (queries, results))
        side = _LABEL + sum(width for _, width in left)
        rows = [self._across(key, side, column) for key in keys]
        for place in self._shown.places:
            cells = [Cell(width=_LABEL, height=_SIDE), *(_atom(query, place, width) for query, width in left)]
            cells += [self._entry(head, place, key, column) for key in self._shown.places]
            cells += [Cell(width=4, height=_SIDE), *(_atom(result, place, width) for result, width in right)]
            rows.append(Row(tuple(cells)))
        rows += [self._across(value, side, column) for value in [*values, *scores]]
        return [*rows, Row((Cell(height=5),))]

    def _across(self, port: Value, side: float, column: float) -> Row:
        name = Cell(port.kind, ink=port.part, width=side, size=_ATOM, height=_SIDE)
        return Row((name, *self._atoms(port, column)))

    def _entry(self, head: DrawnHead, row: int | None, key: int | None, width: float) -> Cell:
        if row is None or key is None:
            return Cell("…" if row is None and key is None else "", width=width, height=_SIDE)
        selected = self._program.traced.entry(head.selector, row, key)
        part, mark = (Part.SELECTED, "●") if selected else (Part.UNSELECTED, "")
        return Cell(mark, part, width, _SIDE, 7, kind=f"entry entry-{row}-{key}")


def _atom(value: Value, place: int | None, width: float, kind: str = "") -> Cell:
    if place is None:
        return Cell("…", width=width, height=_SIDE)
    atom, part = value.known[place], value.part
    text, shade = atom_text(atom, 6), atom_part(atom, part)
    return Cell(text, shade, width, _SIDE, _ATOM, mono=True, kind=kind or value.kind, border=part)


def _note(text: str) -> Row:
    return Row((Cell(text, ink=Part.BAND, left=True),))


def _centered(matrix: list[Row], width: float) -> list[Row]:
    """Return the rows of a matrix centered in a card of this width."""
    room = (width - max(row.natural for row in matrix) - _LABEL) / 2
    return [Row((Cell(width=room, height=0), *row.cells)) for row in matrix] if room > 0 else matrix


def ports_of(head: DrawnHead) -> list[tuple[str, Value | None]]:
    """Return the ports of a head's card: the first sequences of each kind, and ``None`` for the others."""
    ports: list[tuple[str, Value | None]] = []
    for kind, values in head.ports.items():
        ports += [(kind, value) for value in values[:SEQUENCES]]
        ports += [(kind, None)] if values[SEQUENCES:] else []
    return ports
