"""What each layer does on an input, as data that the page's script draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from raspir.ir import Node
from raspir.ir.atoms import show
from raspir.ir.layers import Head
from raspir.ir.operations import Role
from raspir.ir.text.describe import Describer
from raspir.viz.cells import cell, clean, shortened, whole
from raspir.viz.selectors import drawable
from raspir.viz.shown import Shown
from raspir.viz.trace import Trace

Data = dict[str, Any]

_FULL = 80  # characters of an atom that is told in full
_WORDS = 160  # characters of what a value is made of
_LAYERS, _HEADS, _RESULTS, _COMPARISONS = 32, 12, 16, 8
_PAIRS = 500_000  # pairs of positions that are looked at to say how many a row selects, shown or not


class Steps:
    """Makes the data of one program on one input."""

    def __init__(self, trace: Trace) -> None:
        self._trace, self._graph = trace, trace.graph
        self._describe = Describer(trace.graph)
        self._shown = Shown.of(trace.n)
        self._numbers: dict[Node, int] = {}
        self._sequences: list[Data] = []

    @property
    def _may_count(self) -> bool:
        """Whether there are few enough positions and heads to look at all that each shown row selects."""
        heads = sum(map(len, self._graph.layering.heads))
        return self._trace.n * len(self._shown.positions) * heads <= _PAIRS

    def data(self) -> Data:
        """Return the steps: sequences once each, and what refers to them by number."""
        trace, graph = self._trace, self._graph
        sources = [node for node in graph if node.operation.role is Role.SOURCE and node.operation.name != "const"]
        layers = self._layers()
        done = trace.failure is None
        results = [self._row(node, name) for name, node in graph.outputs.items()] if done else []
        return {
            "n": trace.n,
            "positions": list(self._shown.positions),
            "split": self._shown.split if self._shown.hidden else None,
            "note": self._shown.note("positions"),
            "sources": [self._row(node) for node in sources if trace.known(node)],
            "layers": layers,
            "results": results,
            "failure": self._failure(),
            "sequences": self._sequences,
        }

    def _layers(self) -> list[Data]:
        made: list[Data] = []
        failure = self._trace.failure
        last = len(self._graph.layering.heads)
        for number in range(last + 1):
            heads = self._graph.layering.heads[number - 1] if number else ()
            drawn = [self._head(head) for head in heads[:_HEADS] if self._is_known(head)]
            rows, more = self._results(number)
            if drawn or rows:
                hidden = max(0, len(heads) - _HEADS)
                made.append({"number": number, "heads": drawn, "rows": rows, "hidden": hidden, "more": more})
            complete = all(self._trace.known(node) for head in heads for node in head.aggregates)
            if failure is not None and (number > failure.layer or not complete):
                break
            if len(made) == _LAYERS and number < last:
                made.append({"number": None, "skipped": last - number})
                break
        return made

    def _is_known(self, head: Head) -> bool:
        """Tell whether a head has a matrix that can be shown, and all that it reads."""
        read = (node for aggregate in head.aggregates for node in aggregate.operands[1:])
        return drawable(self._trace, head.selector) and all(map(self._trace.known, read))

    def _failure(self) -> str | None:
        """Say in which layer the program fails, and why."""
        failure = self._trace.failure
        if failure is None:
            return None
        is_selector = failure.node is not None and failure.node.operation.role in (Role.SELECT, Role.SELECTOR_ALGEBRA)
        layer = failure.layer + is_selector
        where = f"Layer {layer}" if layer else "The work before attention"
        return clean(f"{where} fails: {failure.message}")

    def _results(self, layer: int) -> tuple[list[Data], int]:
        """Return the rows of what a feed-forward block yields, and names, and how many more there are."""
        block = next((mlp for mlp in self._graph.layering.mlps if mlp.layer == layer), None)
        if block is None:
            return [], 0
        outputs = set(block.outputs)
        nodes = [node for node in block.nodes if node in outputs or self._describe.name(node)]
        rows = [self._row(node) for node in nodes[:_RESULTS] if self._trace.known(node)]
        return rows, max(0, len(nodes) - _RESULTS)

    def _row(self, node: Node, name: str | None = None) -> Data:
        """Return a sequence with its name, and how it is made."""
        label = self._describe.label(node)
        told = label if name is None or len(self._graph.outputs) == 1 else name
        how = "" if node.operation.role is Role.SOURCE else self._describe(node)
        return {"name": clean(told), "how": self._words("" if how == told else how), "seq": self._sequence(node)}

    def _words(self, told: str) -> str:
        return shortened(clean(told), _WORDS)

    def _sequence(self, node: Node) -> int:
        """Return the number of a sequence's data."""
        if node not in self._numbers:
            atoms = [self._trace.values[node][position] for position in self._shown.positions]
            self._numbers[node] = len(self._sequences)
            full = [shortened(whole(atom), _FULL) for atom in atoms]
            self._sequences.append({"short": [cell(atom, 6) for atom in atoms], "full": full})
        return self._numbers[node]

    def _head(self, head: Head) -> Data:
        first = head.aggregates[0]
        told = self._words(self._describe(head.selector))
        choice = self._describe.choice(first) if first.operation.name == "best" else ""
        if choice:
            told = f"{choice} of {told}"
        compared = head.comparisons
        return {
            "selector": told,
            "choice": clean(choice),
            "name": self._describe.name(head.selector),
            "rows": self._matrix(head.selector),
            "counts": self._counts(head.selector),
            "title": [clean(self._describe.label(node)) for node in head.aggregates[:_COMPARISONS]],
            "more": max(0, len(compared) - _COMPARISONS),
            "comparisons": [self._comparison(node) for node in compared[:_COMPARISONS]],
            "values": [self._value(node) for node in dict.fromkeys(node.operands[1] for node in head.aggregates)],
            "scores": [self._value(node) for node in first.operands[2:]],
            "results": [self._aggregate(node) for node in head.aggregates if self._trace.known(node)],
        }

    def _matrix(self, selector: Node) -> list[str]:
        matrix = self._trace.matrix(selector, self._shown.positions, self._shown.positions)
        return ["".join("1" if entry else "0" for entry in row) for row in matrix]

    def _counts(self, selector: Node) -> list[int] | None:
        """Return how many positions each shown row selects in all; ``None`` where all are shown, or too many."""
        if not self._shown.hidden or not self._may_count:
            return None
        return [len(self._trace.selected(selector, row)) for row in self._shown.positions]

    def _comparison(self, node: Node) -> Data:
        key, query = node.operands
        is_opaque = node.operation.name == "select.by"
        return {
            "symbol": str(node["function"]) if is_opaque else node.operation.symbol,
            "opaque": is_opaque,
            "key": self._value(key),
            "query": self._value(query),
            "rows": self._matrix(node),
        }

    def _value(self, node: Node) -> Data:
        return {"name": self._words(self._describe.part(node)), "seq": self._sequence(node)}

    def _aggregate(self, node: Node) -> Data:
        return {
            "name": clean(self._describe.label(node)),
            "kind": node.operation.name,
            "default": clean(show(node["default"])),
            "value": self._sequence(node.operands[1]),
            "seq": self._sequence(node),
            "chosen": self._chosen(node) if node.operation.name == "best" else None,
        }

    def _chosen(self, best: Node) -> list[int] | None:
        """Return the position that each shown row fetches from, -1 for none; ``None`` where there are too many."""
        if not self._may_count:
            return None
        scores = self._trace.values[best.operands[2]]
        choose: Callable[..., Any] = max if best["pick"] == "highest" else min
        found = []
        for row in self._shown.positions:
            selected = self._trace.selected(best.operands[0], row)
            if best["ties"] == "right":
                selected.reverse()  # of equals, max and min take the first
            found.append(choose(selected, key=scores.__getitem__, default=-1))
        return found
