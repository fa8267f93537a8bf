"""The pass ``fuse``: elementwise work that in the end depends on one value of few atoms becomes a table.

The work of one layer is one feed-forward block as it stands (``graph.layering.mlps``). This pass makes the blocks
smaller: where several operations on the way from one value, its *root*, lead to a result, and nothing else needs what
lies between, the result is looked up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from raspir.analysis import Analysis
from raspir.analysis.domains import LIMIT, TooLargeError, applied
from raspir.ir import Atom, Graph, Location, Node, Role, build, make
from raspir.ir.describe import Describer
from raspir.ir.scalar import function_of
from raspir.ir.types import NOTHING
from raspir.passes.base import PassContext, Remark

Column = tuple[Atom | None, ...]
"""The value of a node for each atom of its root; ``None`` where it fails."""


@dataclass(frozen=True)
class Fuse:
    """Replaces elementwise work that depends on one value of at most 256 known atoms by lookups of that value.

    The atoms are known of inputs with a vocabulary, of lookups, and of booleans. Each result that something else
    reads becomes one lookup, if that leaves fewer elementwise nodes; so no work is done twice. The lookup is in the
    layer of its root, so no value moves to a later layer. An atom for which the work fails is not in the table: there
    the result may be anything.
    """

    name = "fuse"
    summary = "replaces chains and meshes of elementwise operations on few possible atoms by lookups"

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` with lookups where they leave fewer nodes; it has its schedule only if nothing changed."""
        while True:  # types that a table makes narrower can make more atoms known; each round leaves fewer nodes
            tables = _Tables(graph, context.analysis(graph))
            lookups = tables.lookups()
            fused = _rebuilt(graph, lookups) if lookups else None
            if fused is None:
                return graph
            context.remarks.extend(tables.remarks(lookups))
            graph = fused


class _Tables:
    """What each elementwise node of a graph yields for each atom of its root, where it has one.

    The root of a node is the value furthest back that is all that the node depends on (besides constants) and whose
    atoms are known.
    """

    def __init__(self, graph: Graph, analysis: Analysis) -> None:
        self._graph = graph
        self._facts = analysis
        self._atoms: dict[Node, Column] = {}
        self._roots: dict[Node, Node] = {}
        self._columns: dict[Node, Column] = {}
        self._known: dict[Node, Atom | None] = {}
        self._inner: set[Node] = set()
        for node in graph:
            if node.operation.name == "const":
                value = node["value"]
                assert not isinstance(value, tuple)
                self._known[node] = value
            elif node.operation.role is Role.ELEMENTWISE:
                self._tabulate(node)
        self._find_inner()

    def lookups(self) -> dict[Node, Node]:
        """Return the lookup for each node that is to become one."""
        return {
            node: self._lookup(node)
            for node in self._roots
            if node not in self._inner and any(operand in self._inner for operand in node.operands)
        }

    def remarks(self, lookups: Mapping[Node, Node]) -> list[Remark]:
        """Return what replacing nodes by ``lookups`` gains: a remark for each root, at the first of its results."""
        describer = Describer(self._graph)
        gone = Counter(self._roots[node] for node in self._inner)
        results: dict[Node, list[Node]] = {}
        for node in lookups:
            results.setdefault(self._roots[node], []).append(node)
        remarks = []
        for root, nodes in results.items():
            first, more = nodes[0], len(nodes) - 1
            subject = (describer.name(first) or describer(first)) + (f" and {more} more" if more else "")
            tables = f"{len(nodes)} tables" if more else "a table"
            gain = f"{gone[root] + len(nodes)} operations → {tables}"
            remarks.append(Remark("fuse", subject, gain, self._graph.locations.get(first)))
        return remarks

    def _find_inner(self) -> None:
        """Find the nodes with a root that only nodes of the same root read, and that are no outputs."""
        outer = set(self._graph.outputs.values())
        for node in self._graph:
            root = self._roots.get(node)
            outer.update(operand for operand in node.operands if root is None or self._roots.get(operand) is not root)
        self._inner = {node for node in self._roots if node not in outer}

    def _tabulate(self, node: Node) -> None:
        """Find the root of ``node`` and what it yields for each of the root's atoms."""
        operands = [operand for operand in node.operands if operand not in self._known]
        roots = {self._roots.get(operand, operand) for operand in operands}
        function = function_of(node, self._graph.functions)
        if function is None or len(roots) > 1:
            return
        root = next(iter(roots), None)
        atoms = (None,) if root is None else self._atoms_of(root)
        if not 0 < len(atoms) <= LIMIT:
            return
        columns = [atoms if operand is root else self._column(operand, len(atoms)) for operand in node.operands]
        try:
            column = tuple(_apply(node, function, row) for row in zip(*columns, strict=True))
        except TooLargeError:
            return
        if root is None:
            self._known[node] = column[0]
        elif any(value is not None for value in column) and not _is_reported(node, column):
            self._roots[node], self._columns[node] = root, column

    def _column(self, operand: Node, length: int) -> Column:
        return self._columns[operand] if operand in self._columns else (self._known[operand],) * length

    def _atoms_of(self, root: Node) -> Column:
        """Return the atoms that ``root`` can hold, or nothing where they are not known."""
        if root not in self._atoms:
            self._atoms[root] = self._facts[root].domain.atoms or ()
        return self._atoms[root]

    def _lookup(self, node: Node) -> Node:
        root = self._roots[node]
        pairs = zip(self._atoms_of(root), self._columns[node], strict=True)
        table = [(key, value) for key, value in pairs if key is not None and value is not None]
        keys, values = tuple(key for key, _ in table), tuple(value for _, value in table)
        return build("lookup", root, otherwise=values[0], keys=keys, values=values)


def _apply(node: Node, function: Callable[..., Any], atoms: Sequence[Atom | None]) -> Atom | None:
    """Return what ``node`` yields for the atoms of its operands; ``None`` where it or one of them fails.

    Raises:
        TooLargeError: if that is too large for a table.
    """
    known = [atom for atom in atoms if atom is not None]
    return applied(node.operation.name, function, known) if len(known) == len(atoms) else None


def _is_reported(node: Node, column: Column) -> bool:
    """Tell whether ``node`` applies an opaque function to an atom of the vocabulary that it fails on.

    It stays as it is, so that the author can be told.
    """
    return None in column and node.operation.name == "map" and node.operands[0].operation.name == "input"


def _rebuilt(graph: Graph, lookups: Mapping[Node, Node]) -> Graph | None:
    """Return ``graph`` with ``lookups`` in place of nodes; ``None`` if what reads them cannot work with their types."""
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
        new[node] = same = make(made.operation, operands, made.attributes, result)
        names[same] = tuple(dict.fromkeys((*names.get(same, ()), *graph.names.get(node, ()))))
        if node in graph.locations:
            locations.setdefault(same, graph.locations[node])
    outputs = {name: new[node] for name, node in graph.outputs.items()}
    return Graph(outputs, graph.inputs.values(), graph.functions, names, locations, graph.max_length)
