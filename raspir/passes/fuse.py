"""The pass ``fuse``: tables for elementwise work that depends on one value of few atoms.

The work of a layer is already one feed-forward block (``graph.layering.mlps``). This pass shrinks the blocks: where
several operations from one value, the *root*, lead to a result, and their intermediate values have no other users,
the result becomes a lookup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from raspir.analysis.domains import LIMIT
from raspir.ir import Graph, Location, Node, build, make
from raspir.ir.text.describe import Describer
from raspir.ir.types import NOTHING
from raspir.passes.base import PassContext, Remark
from raspir.rewriting.columns import Columns


@dataclass(frozen=True)
class Fuse:
    """A fusion of elementwise work on one value of at most 256 known atoms into lookups of that value.

    The atoms are known for inputs with a vocabulary, lookups and booleans. Each result with an outside user becomes one
    lookup, if that leaves fewer elementwise nodes; so no work is duplicated. The lookup is in the layer of its root, so
    no value moves to a later layer. An atom for which an operation fails is not in the table: the result may then be
    anything. An opaque function that fails on an atom is never fused, so that it still fails when the program runs.

    Attributes:
        max_table: the maximum number of rows of a lookup.
    """

    max_table: int = LIMIT

    name = "fuse"
    summary = "replaces elementwise operations on a value of few possible atoms by lookups"

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` with profitable lookups; it keeps its schedule only if nothing changed."""
        while True:  # types that a table narrows can make more atoms known; each round leaves fewer nodes
            tables = _Tables(graph, Columns(context.analysis(graph), self.max_table))
            lookups = tables.lookups()
            fused = _rebuilt(graph, lookups) if lookups else None
            if fused is None:
                return context.kept_causal(graph)
            context.remarks.extend(tables.remarks(lookups))
            graph = fused


class _Tables:
    """The elementwise nodes of a graph to replace by lookups of their root."""

    def __init__(self, graph: Graph, columns: Columns) -> None:
        self._graph = graph
        self._columns = columns
        self._roots = self._columns.roots
        for node in graph:
            self._columns.visit(node)
        self._inner = self._found_inner()

    def lookups(self) -> dict[Node, Node]:
        """Return the lookup that replaces each fused result."""
        return {
            node: self._lookup(node)
            for node in self._roots
            if node not in self._inner and any(operand in self._inner for operand in node.operands)
        }

    def remarks(self, lookups: Mapping[Node, Node]) -> list[Remark]:
        """Return a remark on the gain of ``lookups`` for each root, located at the first of its results."""
        describer = Describer(self._graph)
        gone = Counter(self._roots[node] for node in self._inner)
        results: dict[Node, list[Node]] = {}
        for node in lookups:
            results.setdefault(self._roots[node], []).append(node)
        remarks = []
        for root, nodes in results.items():
            first, more = nodes[0], len(nodes) - 1
            subject = describer.subject(first) + (f" and {more} more" if more else "")
            tables = f"{len(nodes)} tables" if more else "a table"
            gain = f"{gone[root] + len(nodes)} operations → {tables}"
            remarks.append(Remark("fuse", subject, gain, self._graph.locations.get(first)))
        return remarks

    def _found_inner(self) -> set[Node]:
        """Return the non-output nodes with a root whose users all have the same root."""
        outer = set(self._graph.outputs.values())
        for node in self._graph:
            root = self._roots.get(node)
            outer.update(operand for operand in node.operands if root is None or self._roots.get(operand) is not root)
        return {node for node in self._roots if node not in outer}

    def _lookup(self, node: Node) -> Node:
        table = self._columns.of(node)
        keys, values = tuple(key for key, _ in table), tuple(value for _, value in table)
        return build("lookup", self._roots[node], otherwise=values[0], keys=keys, values=values)


def _rebuilt(graph: Graph, lookups: Mapping[Node, Node]) -> Graph | None:
    """Return ``graph`` with ``lookups`` substituted, or ``None`` if their types do not suit their users."""
    needed = {*graph.inputs.values(), *graph.outputs.values()}
    for node in reversed(graph.nodes):
        if node in needed:
            needed.update(lookups.get(node, node).operands)
    new: dict[Node, Node] = {}
    names: dict[Node, tuple[str, ...]] = {}
    locations: dict[Node, Location] = {}
    for node in graph:
        if node not in needed:
            continue
        made = lookups.get(node, node)
        operands = [new[operand] for operand in made.operands]
        result = made.operation.infer(tuple(operand.type for operand in operands), made.attributes)
        if result is NOTHING:
            return None
        new[node] = same = make(made.operation, operands, made.attributes, result) if operands else made
        names[same] = tuple(dict.fromkeys((*names.get(same, ()), *graph.names.get(node, ()))))
        if node in graph.locations:
            locations.setdefault(same, graph.locations[node])
    outputs = {name: new[node] for name, node in graph.outputs.items()}
    return graph.derived(outputs=outputs, names=names, locations=locations)
