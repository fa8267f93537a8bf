"""The values of each layer on an input, as data for the script of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from raspir.ir import Node
from raspir.ir.atoms import show
from raspir.ir.views import Aggregate, Best, Mean, Select, SelectBy
from raspir.viz.heads import DrawnHead, DrawnLayer, DrawnProgram, Value
from raspir.viz.shown import Shown
from raspir.viz.trace import Trace, is_selector
from raspir.viz.widths import atom_literal, atom_text, clean, fitted

Data = dict[str, Any]

_FULL = 80  # columns of the literal of an atom
_FORMULA = 160  # columns
_LAYERS, _HEADS, _RESULTS, _COMPARISONS = 32, 12, 16, 8
_PAIRS = 500_000  # the most pairs of positions that are evaluated to count what the visible rows select


class Steps:
    """Builds the data of a program on an input."""

    def __init__(self, trace: Trace) -> None:
        self._trace, self._program = trace, DrawnProgram(trace.graph, trace)
        self._shown = Shown.of(trace.n)
        self._numbers: dict[Node, int] = {}
        self._sequences: list[Data] = []

    @property
    def _may_count(self) -> bool:
        """Whether positions and heads are few enough to count the keys that each visible row selects."""
        heads = sum(len(layer.heads) for layer in self._program.layers)
        return self._trace.n * len(self._shown.positions) * heads <= _PAIRS

    def data(self) -> Data:
        """Return the layers, which refer to sequences by number, and the sequences, each once."""
        shown, program = self._shown, self._program
        layers = self._layers()
        done = self._trace.failure is None
        return {
            "n": shown.n,
            "causal": self._trace.graph.causal,
            "positions": list(shown.positions),
            "split": shown.split if shown.hidden else None,
            "note": shown.note("positions"),
            "sources": [self._row(value) for value in program.sources if value.atoms is not None],
            "layers": layers,
            "results": [self._row(value, name) for name, value in program.outputs.items()] if done else [],
            "failure": self._failure(),
            "sequences": self._sequences,
        }

    def _layers(self) -> list[Data]:
        made: list[Data] = []
        failure, last = self._trace.failure, len(self._program.layers) - 1
        for layer in self._program.layers:
            data = self._layer(layer)
            if data["heads"] or data["rows"]:
                made.append(data)
            complete = all(result.atoms is not None for head in layer.heads for result in head.results)
            if failure is not None and (layer.number > failure.layer or not complete):
                break
            if len(made) == _LAYERS and layer.number < last:
                made.append({"number": None, "skipped": last - layer.number})
                break
        return made

    def _layer(self, layer: DrawnLayer) -> Data:
        return {
            "number": layer.number,
            "heads": [self._head(head) for head in layer.heads[:_HEADS] if head.complete],
            "rows": [self._row(value) for value in layer.results[:_RESULTS] if value.atoms is not None],
            "hidden": max(0, len(layer.heads) - _HEADS),
            "more": max(0, len(layer.results) - _RESULTS),
        }

    def _failure(self) -> str | None:
        """Return a message with the layer that fails and the reason."""
        failure = self._trace.failure
        if failure is None:
            return None
        layer = failure.layer + (failure.node is not None and is_selector(failure.node))
        where = f"Layer {layer}" if layer else "The work before attention"
        return clean(f"{where} fails: {failure.message}")

    def _row(self, value: Value, output: str | None = None) -> Data:
        """Return a sequence with its formula and its name, or the name of the output if there are several."""
        name = value.name if output is None or len(self._program.outputs) == 1 else output
        formula = "" if value.formula == name else value.formula
        return {"name": clean(name), "how": _formula(formula), "seq": self._sequence(value)}

    def _sequence(self, value: Value) -> int:
        """Return the number of a sequence, whose data is added once."""
        if value.node not in self._numbers:
            atoms = [value.known[position] for position in self._shown.positions]
            self._numbers[value.node] = len(self._sequences)
            full = [atom_literal(atom, _FULL) for atom in atoms]
            self._sequences.append({"short": [atom_text(atom, 6) for atom in atoms], "full": full})
        return self._numbers[value.node]

    def _head(self, head: DrawnHead) -> Data:
        first = head.aggregates[0]
        choice = head.reduction(first) if isinstance(first, Best) else ""
        ports, compared = head.ports, head.comparisons
        return {
            "selector": _formula(f"{choice} of {head.formula}" if choice else head.formula),
            "choice": clean(choice),
            "name": head.name,
            "rows": self._matrix(head.selector),
            "counts": self._counts(head.selector),
            "title": [clean(result.name) for result in head.results[:_COMPARISONS]],
            "more": max(0, len(compared) - _COMPARISONS),
            "comparisons": [self._comparison(node) for node in compared[:_COMPARISONS]],
            "values": [self._port(port) for port in ports["value"]],
            "scores": [self._port(port) for port in ports["score"]],
            "results": [
                self._result(node, result)
                for node, result in zip(head.aggregates, head.results, strict=True)
                if result.atoms is not None
            ],
        }

    def _matrix(self, selector: Node) -> list[str]:
        matrix = self._trace.matrix(selector, self._shown.positions, self._shown.positions)
        return ["".join("1" if entry else "0" for entry in row) for row in matrix]

    def _counts(self, selector: Node) -> list[int] | None:
        """Return how many positions each visible row selects; ``None`` if all are visible, or too many to count."""
        if not self._shown.hidden or not self._may_count:
            return None
        return [len(self._trace.selected(selector, row)) for row in self._shown.positions]

    def _comparison(self, node: Select) -> Data:
        return {
            "symbol": node.function if isinstance(node, SelectBy) else node.operation.symbol,
            "opaque": isinstance(node, SelectBy),
            "key": self._port(self._program.operand("key", node.key)),
            "query": self._port(self._program.operand("query", node.query)),
            "rows": self._matrix(node),
        }

    def _port(self, port: Value) -> Data:
        return {"name": _formula(port.name), "seq": self._sequence(port)}

    def _result(self, node: Aggregate, result: Value) -> Data:
        return {
            "name": clean(result.name),
            "kind": "mean" if isinstance(node, Mean) else node.operation.name,
            "default": clean(show(node.default)),
            "value": self._sequence(self._program.operand("value", node.value)),
            "seq": self._sequence(result),
            "chosen": self._chosen(node) if isinstance(node, Best) else None,
        }

    def _chosen(self, best: Best) -> list[int] | None:
        """Return the position that each visible row fetches from, -1 for none; ``None`` if there are too many."""
        if not self._may_count:
            return None
        scores = self._trace.values[best.score]
        choose: Callable[..., Any] = max if best.pick == "highest" else min
        found = []
        for row in self._shown.positions:
            selected = self._trace.selected(best.selector, row)
            if best.ties == "right":
                selected.reverse()  # max and min take the first of equal scores
            found.append(choose(selected, key=scores.__getitem__, default=-1))
        return found


def _formula(text: str) -> str:
    return fitted(clean(text), _FORMULA)
