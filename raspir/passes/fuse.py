"""The pass ``fuse``: elementwise work that in the end depends on one value of few atoms becomes a table.

The work of one layer is one feed-forward block as it stands (``graph.layering.mlps``). This pass makes the blocks
smaller: where several operations on the way from one value, its *root*, lead to a result, and nothing else needs what
lies between, the result is looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from raspir.ir import Atom, Graph, Node, Role, make
from raspir.ir.atoms import atom_key
from raspir.ir.describe import Describer
from raspir.ir.operations import OPERATIONS
from raspir.ir.scalar import checked, function_of
from raspir.ir.types import BOOL, NOTHING
from raspir.passes.base import PassContext, Remark

MOST_ATOMS = 256
"""The longest table."""

MOST_BITS = 10_000
"""The largest number, or the longest string in bytes, that goes into a table."""

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
            tables = _Tables(graph)
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

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._atoms: dict[Node, Column] = {}
        self._roots: dict[Node, Node] = {}
        self._columns: dict[Node, Column] = {}
        self._known: dict[Node, Atom | None] = {}
        for node in graph:
            if node.operation.name == "const":
                self._known[node] = node["value"]  # type: ignore[assignment]  # an atom, as the verifier holds
            elif node.operation.role is Role.ELEMENTWISE:
                self._tabulate(node)

    def lookups(self) -> dict[Node, Node]:
        """Return the lookup for each node that is to become one."""
        inner = self._inner()
        return {
            node: self._lookup(node)
            for node in self._roots
            if node not in inner and any(operand in inner for operand in node.operands)
        }

    def remarks(self, lookups: Mapping[Node, Node]) -> list[Remark]:
        """Return what replacing nodes by ``lookups`` gains."""
        describer = Describer(self._graph)
        remarks = []
        for node in lookups:
            count = len(self._between(node))
            subject, root = describer.name(node) or describer(node), describer.part(self._roots[node])
            gain = f"{count} operations → a table of {root}"
            remarks.append(Remark("fuse", subject, gain, self._graph.locations.get(node)))
        return remarks

    def _between(self, node: Node) -> set[Node]:
        """Return the operations on the way from the root of ``node`` to it, itself included."""
        found, left = {node}, [node]
        while left:
            new = {operand for operand in left.pop().operands if operand in self._roots} - found
            found |= new
            left += new
        return found

    def _inner(self) -> set[Node]:
        """Return the nodes with a root that only nodes of the same root read, and that are no outputs."""
        outer = set(self._graph.outputs.values())
        for node in self._graph:
            root = self._roots.get(node)
            outer.update(operand for operand in node.operands if root is None or self._roots.get(operand) is not root)
        return {node for node in self._roots if node not in outer}

    def _tabulate(self, node: Node) -> None:
        """Find the root of ``node`` and what it yields for each of the root's atoms."""
        operands = [operand for operand in node.operands if operand not in self._known]
        roots = {self._roots.get(operand, operand) for operand in operands}
        function = function_of(node, self._graph.functions)
        if function is None or len(roots) > 1:
            return
        if not roots:
            self._known[node] = _apply(node, function, [self._known[operand] for operand in node.operands])
            return
        (root,) = roots
        atoms = self._atoms_of(root)
        if not 0 < len(atoms) <= MOST_ATOMS:
            return
        rows = zip(*(self._column(operand, root, atoms) for operand in node.operands), strict=True)
        column = tuple(_apply(node, function, row) for row in rows)
        told = None in column and node.operation.name == "map" and root.operation.name == "input" in _names(operands)
        if not told and any(value is not None for value in column):
            self._roots[node], self._columns[node] = root, column

    def _column(self, operand: Node, root: Node, atoms: Column) -> Column:
        if operand is root:
            return atoms
        return self._columns[operand] if operand in self._columns else (self._known[operand],) * len(atoms)

    def _atoms_of(self, root: Node) -> Column:
        """Return the atoms that ``root`` can hold, or nothing where they are not known."""
        if root not in self._atoms:
            self._atoms[root] = _atoms_of(root)
        return self._atoms[root]

    def _lookup(self, node: Node) -> Node:
        root = self._roots[node]
        pairs = zip(self._atoms_of(root), self._columns[node], strict=True)
        table = [(key, value) for key, value in pairs if value is not None]
        keys, values = tuple(key for key, _ in table), tuple(value for _, value in table)
        operation, attributes = OPERATIONS["lookup"], (values[0], keys, values)
        return make(operation, (root,), attributes, operation.infer((root.type,), attributes))  # type: ignore[arg-type]
