"""What stands in the cards of a diagram: heads, feed-forward blocks, sources and outputs, with values if traced."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from raspir.ir import Atom, Graph, Node
from raspir.ir.atoms import show
from raspir.ir.layers import Head, Mlp
from raspir.ir.operations import Role
from raspir.ir.text.describe import Describer
from raspir.viz.cells import cell as shown_atom
from raspir.viz.diagram.cards import NORMAL, Card, Cell, Row, short, text_width
from raspir.viz.selectors import drawable
from raspir.viz.theme import Part
from raspir.viz.trace import Trace
from raspir.viz.widths import bounded

POSITIONS = 22
"""Positions that are shown of a longer input."""

SEQUENCES = 3
"""Keys, queries and values of one head that are shown."""

RESULTS = 8
"""Named results of one block that are shown."""

_SIDE = 15.0  # of a cell of a matrix
_TITLE = 18.0


class Contents:
    """Makes the cards of one graph.

    Args:
        graph: the program.
        trace: its values on an input; ``None`` for a diagram without an input.
    """

    def __init__(self, graph: Graph, trace: Trace | None = None) -> None:
        self._graph, self._trace, self._describe = graph, trace, Describer(graph)
        n = trace.n if trace is not None else 0
        head = (POSITIONS + 1) // 2
        self._shown: list[int | None] = [*range(n)]
        if n > POSITIONS:
            self._shown = [*range(head), None, *range(n - POSITIONS + head, n)]

    def source(self, node: Node) -> Card:
        """Return the card of an input, the indices, or a raw sequence."""
        name = short(self._describe.part(node), 40)
        return self._valued((Cell(name, bold=True, mono=True, size=NORMAL),), node, Part.SOURCE, "source", name)

    def output(self, name: str, node: Node) -> Card:
        """Return the card of an output of the program."""
        label = self._graph.name_of(node)
        only = len(self._graph.outputs) == 1
        told = short(name if label in (None, name) else label if only and label else f"{name}: {label}", 40)
        return self._valued((Cell(told, bold=True, size=NORMAL),), node, Part.RESULT, "output", told)

    def _valued(self, cells: tuple[Cell, ...], node: Node, part: Part, kind: str, told: str) -> Card:
        return Card((Row(cells, stretch=True), *self._values(node, part)), part, kind, told)

    def failure(self, message: str) -> Card:
        """Return the card that says why the program ends here."""
        lines = textwrap.wrap(short(message, 240), 60)
        rows = [Row((Cell("✗ fails here", ink=Part.FAILURE, bold=True, size=NORMAL, left=True),))]
        rows += [Row((Cell(line, ink=Part.FAILURE, left=True, height=14),)) for line in lines]
        return Card(tuple(rows), Part.FAILURE, "failure", f"fails: {message}")

    def more(self, text: str) -> Card:
        """Return a card that stands for what is not shown."""
        return Card((Row((Cell(text, ink=Part.BAND, height=22),)),), Part.DEFAULT, "more", text)

    def mlp(self, mlp: Mlp, critical: bool) -> Card:
        """Return the card of a feed-forward block, with its named results."""
        listed = self.results(mlp)
        count = len(mlp.nodes)
        names = ", ".join(short(self._describe.part(node), 16) for node in listed[:3]) + (", …" if listed[3:] else "")
        title = f"{'◆ ' if critical else ''}MLP: {f'{count} operations → {names}' if count > 1 else '1 operation'}"
        rows = [Row((Cell(short(title, 64), ink=Part.MLP, bold=True, left=True, height=_TITLE),))]
        for node in listed[:RESULTS]:
            name, what = self._graph.name_of(node), short(self._describe(node))
            named = () if name is None else (Cell(short(name, 20), Part.MLP, bold=True, inset=1.5),)
            rows.append(Row((*named, Cell(what, mono=True, left=True, size=8.5))))
            rows += self._values(node, Part.MLP)
        if listed[RESULTS:]:
            rows.append(Row((Cell(f"and {len(listed) - RESULTS} more results", ink=Part.BAND, left=True),)))
        return Card(tuple(rows), Part.MLP, "mlp", title, critical)

    def results(self, mlp: Mlp) -> list[Node]:
        """Return what a block lists: what others read of it, and what has a name."""
        outputs = set(mlp.outputs)
        return [node for node in mlp.nodes if node in outputs or self._graph.name_of(node)]

    def head(self, head: Head, number: int, critical: bool) -> Card:
        """Return the card of a head; the first row holds its ports, as :func:`ports` says."""
        ports = ports_of(head)
        top = [self._port(kind, node) for kind, node in ports]
        title = f"{'◆ critical · ' if critical else ''}head {number}"
        rows = [
            Row(tuple(top), stretch=True),
            Row((Cell(title, ink=Part.CRITICAL if critical else Part.BAND, bold=True, left=True, height=_TITLE),)),
            *self._algebra(head.selector),
        ]
        results = [row for aggregate in head.aggregates[:SEQUENCES] for row in self._result(aggregate)]
        if self._trace is not None and drawable(self._trace, head.selector):
            rows += _centred(self._matrix(head, self._trace), max(row.natural for row in [*rows, *results]))
        rows += results
        if head.aggregates[SEQUENCES:]:
            hidden = len(head.aggregates) - SEQUENCES
            rows.append(Row((Cell(f"and {hidden} more values", ink=Part.BAND, left=True),)))
        told = f"head {number} of layer {head.layer}: {self._describe(head.selector)}"
        return Card(tuple(rows), Part.RESULT, "head", told, critical, ports=len(ports))

    def _port(self, kind: str, node: Node | None) -> Cell:
        name = "…" if node is None else short(self._describe.part(node), 22)
        return Cell(f"{kind} {name}", _PARTS[kind], mono=True, size=8.5, inset=1, kind=f"port {kind}")

    def _algebra(self, selector: Node) -> list[Row]:
        """Return what a selector is, on lines of their own where it combines several."""
        text = self._describe(selector)
        if len(text) <= 56:
            return [Row((Cell(short(text, 56), mono=True, left=True, size=9.5),))]
        lines = textwrap.wrap(short(text, 180), 56)
        return [Row((Cell(line, mono=True, left=True, height=13),)) for line in lines]

    def _result(self, aggregate: Node) -> list[Row]:
        name = short(self._describe.label(aggregate), 22)
        what = "sum" if aggregate.operation.name == "sum" else aggregate.operation.name
        if what == "best":
            what = f"best: {short(self._describe.choice(aggregate), 24)}"
        told = f"{what}, default {short(show(aggregate['default']), 12)}"
        cells = (Cell(name, Part.RESULT, bold=True, inset=1.5, kind="result"), Cell(told, ink=Part.BAND, left=True))
        return [Row(cells), *self._values(aggregate, Part.RESULT)]

    def _values(self, node: Node, part: Part) -> list[Row]:
        """Return a row of the atoms of a sequence, if they are known."""
        if self._trace is None or node not in self._trace.values:
            return []
        atoms = self._trace.values[node]
        cells = [self._atom(atoms, at, part, "value", self._width([node])) for at in self._shown]
        hidden = self._trace.n - len([at for at in self._shown if at is not None])
        if not cells:
            cells = [Cell("no positions", ink=Part.BAND)]
        if hidden and node.operation.role is Role.SOURCE:
            cells.append(Cell(f"{hidden} of {self._trace.n} positions hidden", ink=Part.BAND))
        return [Row(tuple(cells)), Row((Cell(height=4),))]

    def _atom(self, atoms: Sequence[Atom], at: int | None, part: Part, kind: str, width: float) -> Cell:
        if at is None:
            return Cell("…", width=width, height=_SIDE)
        text = _shown_atom(atoms[at], 6)
        return Cell(text, part, width, _SIDE, 8, mono=True, kind=kind)

    def _width(self, nodes: Sequence[Node]) -> float:
        """Return how wide a column is that holds atoms of all of ``nodes``."""
        assert self._trace is not None
        texts = [
            _shown_atom(self._trace.values[node][at], 6)
            for node in nodes
            if node in self._trace.values
            for at in self._shown
            if at is not None
        ]
        return max([_SIDE, *(text_width(text, 8) + 10 for text in texts)])

    def _matrix(self, head: Head, trace: Trace) -> list[Row]:
        """Return keys on top, queries at the left, values at the bottom and the result at the right."""
        found = ports_of(head)
        keys, queries, values, scores = (
            [node for kind, node in found if kind == k and node in trace.values and node is not None]
            for k in ("key", "query", "value", "score")
        )
        results = [aggregate for aggregate in head.aggregates[:SEQUENCES] if aggregate in trace.values]
        column, side = self._width([*keys, *values, *scores]), [self._width([node]) for node in queries]
        beside = [self._width([node]) for node in results]
        rows = [self._across("key", node, sum(side), column) for node in keys]
        for at in self._shown:
            cells = [Cell(width=_LABEL, height=_SIDE)]
            cells += [
                self._atom(trace.values[q], at, Part.QUERY, "query", w) for q, w in zip(queries, side, strict=True)
            ]
            cells += [self._entry(trace, head.selector, at, key, column) for key in self._shown]
            cells.append(Cell(width=4, height=_SIDE))
            cells += [
                self._atom(trace.values[r], at, Part.RESULT, "result", w) for r, w in zip(results, beside, strict=True)
            ]
            rows.append(Row(tuple(cells)))
        rows += [self._across("value", node, sum(side), column) for node in values]
        rows += [self._across("score", node, sum(side), column) for node in scores]
        return [*rows, Row((Cell(height=5),))]

    def _across(self, kind: str, node: Node, side: float, column: float) -> Row:
        assert self._trace is not None
        label = Cell(kind, ink=_PARTS[kind], width=_LABEL + side, size=8, height=_SIDE)
        atoms = self._trace.values[node]
        return Row((label, *(self._atom(atoms, at, _PARTS[kind], kind, column) for at in self._shown)))

    def _entry(self, trace: Trace, selector: Node, row: int | None, key: int | None, width: float) -> Cell:
        if row is None or key is None:
            return Cell("…" if row is None and key is None else "", width=width, height=_SIDE)
        chosen = trace.entry(selector, row, key)
        part, mark = (Part.SELECTED, "●") if chosen else (Part.UNSELECTED, "")
        return Cell(mark, part, width, _SIDE, 7, kind=f"entry entry-{row}-{key}")


def _shown_atom(atom: Atom, width: int) -> str:
    """Return what a cell shows for ``atom``; the cell itself keeps its direction from its neighbours."""
    return shown_atom(bounded(atom), width).strip("\u2068\u2069")


_LABEL = 30.0  # of what stands before a row of keys or values


def _centred(matrix: list[Row], width: float) -> list[Row]:
    """Return the rows of a matrix with room before them, so that it is in the middle of what is ``width`` wide."""
    room = (width - max(row.natural for row in matrix) - _LABEL) / 2
    return [Row((Cell(width=room, height=0), *row.cells)) for row in matrix] if room > 0 else matrix


_PARTS = {"key": Part.KEY, "query": Part.QUERY, "value": Part.VALUE, "score": Part.VALUE}


def ports_of(head: Head) -> list[tuple[str, Node | None]]:
    """Return the keys, queries, values and score of a head, each once; ``None`` stands for those left out."""
    found: dict[str, dict[Node, None]] = {"key": {}, "query": {}, "value": {}, "score": {}}
    for comparison in head.comparisons:
        found["key"].setdefault(comparison.operands[0])
        found["query"].setdefault(comparison.operands[1])
    for aggregate in head.aggregates:
        found["value"].setdefault(aggregate.operands[1])
        for score in aggregate.operands[2:]:
            found["score"].setdefault(score)
    ports: list[tuple[str, Node | None]] = []
    for kind, nodes in found.items():
        ports += [(kind, node) for node in list(nodes)[:SEQUENCES]]
        ports += [(kind, None)] if len(nodes) > SEQUENCES else []
    return ports


def reads(head: Head) -> list[tuple[str, Node, int]]:
    """Return each sequence that a head reads, as what, and the number of its port."""
    ports = ports_of(head)
    shown = {(kind, node): number for number, (kind, node) in enumerate(ports)}
    rest = {kind: number for number, (kind, node) in enumerate(ports) if node is None}
    found: list[tuple[str, Node, int]] = []
    wanted: dict[tuple[str, Node], None] = {}
    for comparison in head.comparisons:
        wanted.update(dict.fromkeys([("key", comparison.operands[0]), ("query", comparison.operands[1])]))
    for aggregate in head.aggregates:
        wanted["value", aggregate.operands[1]] = None
        wanted.update(dict.fromkeys(("score", score) for score in aggregate.operands[2:]))
    for kind, node in wanted:
        found.append((kind, node, shown.get((kind, node), rest.get(kind, 0))))
    return found
