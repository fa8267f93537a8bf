"""The model of programs, layers and heads that all drawings share, with their values if there is a trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from raspir.ir import Atom, Graph, Layer, LayeredProgram, Node
from raspir.ir.lazy import cached_property
from raspir.ir.operations import Role
from raspir.ir.text.describe import Describer
from raspir.ir.views import Aggregate, Best, Mean, Select
from raspir.viz.causality import comparisons, sources
from raspir.viz.shown import Shown, counted
from raspir.viz.theme import Part
from raspir.viz.trace import Failure, Trace
from raspir.viz.widths import atom_literal

MOST_SIDES = 6
"""The most keys, and the most queries, of one selector that a picture shows; more are rare."""

_ROWS, _KEYS, _WIDTH = 12, 12, 14  # the limits of a description: rows, keys per row, columns per atom


@dataclass(frozen=True, eq=False)
class Value:
    """A sequence as drawings show it.

    Attributes:
        kind: its role: ``key``, ``query``, ``value``, ``score``, ``result``, ``mlp`` or ``source``.
        node: the sequence.
        name: its name; a formula or an identifier if it has none.
        formula: the computation behind the name.
        named: whether the author named it.
        atoms: its atoms on the input; ``None`` if they are unknown.
    """

    kind: str
    node: Node
    name: str
    formula: str
    named: bool
    atoms: Sequence[Atom] | None

    @property
    def part(self) -> Part:
        """The part whose colors it has."""
        return Part.VALUE if self.kind == "score" else Part(self.kind)

    @property
    def known(self) -> Sequence[Atom]:
        """Its atoms, which must be known."""
        assert self.atoms is not None, self.name
        return self.atoms


@dataclass(frozen=True, eq=False)
class DrawnHead:
    """A selector with the aggregates that share it, or a selector alone.

    Attributes:
        program: its program.
        selector: which keys each query attends to.
        aggregates: its results.
        number: its number in its layer, from 1.
    """

    program: DrawnProgram
    selector: Node
    aggregates: tuple[Aggregate, ...]
    number: int = 1

    @cached_property
    def comparisons(self) -> tuple[Select, ...]:
        """The distinct comparisons of a key with a query, without the mask of a causal program."""
        return comparisons(self.program.graph, self.selector)

    @cached_property
    def ports(self) -> Mapping[str, tuple[Value, ...]]:
        """The distinct sequences that it reads, by kind: keys, queries, values and scores."""
        read = {
            "key": [node.key for node in self.comparisons],
            "query": [node.query for node in self.comparisons],
            "value": [node.value for node in self.aggregates],
            "score": [node.score for node in self.aggregates if isinstance(node, Best)],
        }
        operand = self.program.operand
        return {kind: tuple(operand(kind, node) for node in dict.fromkeys(nodes)) for kind, nodes in read.items()}

    @cached_property
    def results(self) -> tuple[Value, ...]:
        """The results of its aggregates."""
        return tuple(self.program.result("result", node) for node in self.aggregates)

    @property
    def known_results(self) -> list[Value]:
        """The results whose atoms are known."""
        return [result for result in self.results if result.atoms is not None]

    @property
    def formula(self) -> str:
        """Its selector as the author would write it."""
        return self.program.describe(self.selector)

    @property
    def name(self) -> str | None:
        """The name of its selector, if it has one."""
        return self.program.describe.name(self.selector)

    def reduction(self, aggregate: Aggregate) -> str:
        """Return how an aggregate combines the selected values; an empty string for their sum."""
        if isinstance(aggregate, Best):
            return self.program.describe.choice(aggregate)
        return "mean" if isinstance(aggregate, Mean) else ""

    @property
    def suffix(self) -> str:
        """How its aggregates combine the selected values, to follow its formula; empty for their sum."""
        reductions = ", ".join(filter(None, dict.fromkeys(map(self.reduction, self.aggregates))))
        return f" → {reductions}" if reductions else ""

    @property
    def attends(self) -> str:
        """Its selector, after its name if it has one."""
        return f"{self.name}: {self.formula}" if self.name else self.formula

    @property
    def reads(self) -> list[str]:
        """A line for each result, with the value that it combines."""
        forms = {"sum": "{1}", "mean": "mean of {1}", "average": "mean of {1}", "best": "{0}: {1}"}
        part, label = self.program.describe.part, self.program.describe.label
        return [
            f"{forms[node.operation.name].format(self.reduction(node), part(node.value))} → {label(node)}"
            for node in self.aggregates
        ]

    @property
    def has_matrix(self) -> bool:
        """Whether its entries are known on the input."""
        return self.program.trace is not None and self.program.trace.known(self.selector)

    @property
    def complete(self) -> bool:
        """Whether its entries and the sequences that it reads are known on the input."""
        return self.has_matrix and all(port.atoms is not None for ports in self.ports.values() for port in ports)

    def description(self, shown: Shown) -> str:
        """Return a description of the keys that each query selects, short enough for a screen reader."""
        rows = shown.positions[:_ROWS]
        matrix = self.program.traced.matrix(self.selector, rows, shown.positions)
        kind = "causal attention" if self.program.graph.causal else "attention"
        parts = [f"{kind} of {shown.n} queries over {shown.n} keys"]
        for position, entries in zip(rows, matrix, strict=True):
            atoms = ", ".join(atom_literal(query.known[position], _WIDTH) for query in self.ports["query"][:MOST_SIDES])
            chosen = [key for key, entry in zip(shown.positions, entries, strict=True) if entry]
            parts.append(f"query {position} {atoms} selects {_listed(chosen)}")
        return "; ".join([*parts, *(["and so on"] if len(rows) < shown.n else [])])


def _listed(keys: list[int]) -> str:
    if not keys:
        return "nothing"
    rest = len(keys) - _KEYS
    listed = ", ".join(map(str, keys[:_KEYS])) + (f" and {rest} more" if rest > 0 else "")
    return f"{'key' if len(keys) == 1 else 'keys'} {listed}"


@dataclass(frozen=True, eq=False)
class DrawnLayer:
    """One layer.

    Attributes:
        program: its program.
        layer: its heads and its feed-forward block.
    """

    program: DrawnProgram
    layer: Layer

    @property
    def number(self) -> int:
        """Its number; 0 for the work before the first attention."""
        return self.layer.number

    @property
    def title(self) -> str:
        """Its heading."""
        return f"layer {self.number}" if self.number else "before attention"

    @property
    def heading(self) -> str:
        """Its title, with the word causal if its heads are."""
        return f"{self.title}, causal" if self.number and self.program.graph.causal else self.title

    @cached_property
    def heads(self) -> tuple[DrawnHead, ...]:
        """Its heads."""
        return tuple(
            DrawnHead(self.program, head.selector, head.aggregates, number)
            for number, head in enumerate(self.layer.heads, 1)
        )

    @cached_property
    def results(self) -> tuple[Value, ...]:
        """The results of its feed-forward block that are read outside it, or have a name."""
        mlp = self.layer.mlp
        if mlp is None:
            return ()
        outputs, name = set(mlp.outputs), self.program.describe.name
        return tuple(self.program.result("mlp", node) for node in mlp.nodes if node in outputs or name(node))

    @property
    def known_results(self) -> list[Value]:
        """The named results whose atoms are known."""
        return [value for value in self.results if value.named and value.atoms is not None]

    @property
    def work(self) -> str:
        """A summary of its feed-forward work; empty if there is none."""
        if self.layer.mlp is None:
            return ""
        names = [value.name for value in self.results if value.named] or [value.formula for value in self.results]
        return f"{counted(len(self.layer.mlp.nodes), 'operation')} → {', '.join(names)}"

    @property
    def failure(self) -> Failure | None:
        """The failure of the program, if this layer fails."""
        failure = self.program.failure
        return failure if failure is not None and failure.layer == self.number else None


@dataclass(frozen=True, eq=False)
class DrawnProgram:
    """A program, alone or with its values on an input.

    Attributes:
        graph: the program.
        trace: its values; ``None`` without an input.
    """

    graph: Graph
    trace: Trace | None = None

    @cached_property
    def describe(self) -> Describer:
        """The description of its nodes."""
        return Describer(self.graph)

    @property
    def traced(self) -> Trace:
        """Its values on the input, which must be known."""
        assert self.trace is not None
        return self.trace

    @property
    def failure(self) -> Failure | None:
        """Its failure on the input."""
        return None if self.trace is None else self.trace.failure

    def _value(self, kind: str, node: Node, name: str, formula: str) -> Value:
        atoms = None if self.trace is None else self.trace.values.get(node)
        return Value(kind, node, name, formula, bool(self.describe.name(node)), atoms)

    def operand(self, kind: str, node: Node) -> Value:
        """Return a sequence as an operand of a formula."""
        return self._value(kind, node, self.describe.part(node), "")

    def result(self, kind: str, node: Node) -> Value:
        """Return a sequence as the result of a formula, which is empty for a source."""
        formula = "" if node.operation.role is Role.SOURCE else self.describe(node)
        return self._value(kind, node, self.describe.label(node), formula)

    @cached_property
    def sources(self) -> tuple[Value, ...]:
        """Its sources: inputs, indices and raw sequences, without indices that only the mask of a program reads."""
        return tuple(self.operand("source", node) for node in sources(self.graph))

    @cached_property
    def outputs(self) -> Mapping[str, Value]:
        """Its outputs by name."""
        return {name: self.result("result", node) for name, node in self.graph.outputs.items()}

    @cached_property
    def layers(self) -> tuple[DrawnLayer, ...]:
        """Its layers; layer 0 is the work before the first attention."""
        return tuple(DrawnLayer(self, layer) for layer in LayeredProgram(self.graph).layers)

    @property
    def reached(self) -> tuple[DrawnLayer, ...]:
        """Its layers up to the one that fails on the input, or all."""
        return self.layers if self.failure is None else self.layers[: self.failure.layer + 1]

    @property
    def working(self) -> list[DrawnLayer]:
        """Its layers, without layer 0 if it has no work."""
        return [layer for layer in self.layers if layer.number or layer.work]
