"""Columns: what elementwise work makes of each atom of the one value that it depends on in the end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from raspir.analysis import Analysis
from raspir.analysis.domains import LIMIT, TooLargeError, applied
from raspir.ir import Atom, Node, Role
from raspir.ir.atoms import atom_key, is_zero
from raspir.ir.walks import postorder

Column = tuple[Atom | None, ...]
"""The value of a node for each atom of its root; ``None`` where it fails."""


class Columns:
    """What each elementwise node yields for each atom of its root, where it has one.

    The root of a node is the value furthest back that is all that the node depends on (besides constants) and whose
    atoms are known. An opaque function that fails on an atom has no root, so that it stays and fails when the program
    runs; what works with its results may have it as their root.

    Args:
        analysis: the facts about the nodes.

    Attributes:
        roots: the root of each node that has one and has been looked at.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.roots: dict[Node, Node] = {}
        self._facts = analysis
        self._columns: dict[Node, Column] = {}
        self._known: dict[Node, Column] = {}
        self._reached: dict[Node, frozenset[object]] = {}

    def look_at(self, node: Node) -> None:
        """Find the roots and columns of ``node`` and of all that its atoms come from."""
        for each in postorder(node, _sources, self._reached):
            self._find(each)
            self._reached[each] = self._reached_by(each)

    def atoms(self, node: Node) -> Column:
        """Return what ``node`` yields for each atom of its root, else the atoms that it can hold, if they are known."""
        self.look_at(node)
        return self._columns.get(node) or self._known.get(node) or self._facts[node].domain.atoms or ()

    def of(self, node: Node) -> list[tuple[Atom, Atom]]:
        """Return the pairs of an atom of the root of ``node`` and what ``node`` yields for it, where it yields any."""
        pairs = zip(self.atoms(self.roots[node]), self._columns[node], strict=True)
        return [(atom, value) for atom, value in pairs if atom is not None and value is not None]

    def table(self, node: Node) -> list[tuple[Atom, Atom]] | None:
        """Return the pairs of an atom and what the opaque function of a ``map`` makes of it.

        ``None`` if the atoms are not known, or the function fails on one that may be met. The default 0 of an aggregate
        is not taken for such: an aggregate that always selects has one, too, and that it does is seldom known.
        """
        operand = node.operands[0]
        self.look_at(node)
        if node not in self._columns and node not in self._known:
            return None
        pairs = zip(self.atoms(operand), self._columns.get(node) or self._known[node], strict=True)
        return [(atom, value) for atom, value in pairs if atom is not None and value is not None]

    def _find(self, node: Node) -> None:
        """Find the root and the column of ``node``."""
        if node.operation.name == "const":
            value = node.atom("value")
            self._known[node] = (value,)
        if node.operation.role is not Role.ELEMENTWISE:
            return
        function = self._facts.function(node)
        roots = {self.roots.get(operand, operand) for operand in node.operands if operand not in self._known}
        if function is None or not _is_one_root(roots):
            return
        root = next(iter(roots), None)
        size = 1 if root is None else len(self.atoms(root))
        if not 0 < size <= LIMIT:
            return
        columns = [self._known[o] * size if o in self._known else self.atoms(o) for o in node.operands]
        try:
            column = tuple(_apply(node, function, row) for row in zip(*columns, strict=True))
        except TooLargeError:
            return
        if all(value is None for value in column) or self._fails_itself(node, column):
            return
        if root is None:
            self._known[node] = column
        else:
            self.roots[node], self._columns[node] = root, column

    def _fails_itself(self, node: Node, column: Column) -> bool:
        """Tell whether ``node`` applies an opaque function to an atom that may be met and that it fails on."""
        if node.operation.name != "map":
            return False
        met = self._reached[node.operands[0]]
        given = zip(self.atoms(node.operands[0]), column, strict=True)
        return any(value is None and atom is not None and atom_key(atom) in met for atom, value in given)

    def _reached_by(self, node: Node) -> frozenset[object]:
        """Return the keys of the atoms of ``node`` that may be met: all but the default 0 of an aggregate."""
        root = self.roots.get(node)
        if root is not None:
            met = self._reached[root]
            pairs = zip(self.atoms(root), self._columns[node], strict=True)
            return frozenset(atom_key(v) for a, v in pairs if a is not None and v is not None and atom_key(a) in met)
        if node.operation.name == "where":
            return self._reached[node.operands[1]] | self._reached[node.operands[2]]
        if node.operation.role is Role.AGGREGATE and is_zero(node["default"]):
            return self._reached[node.operands[1]]
        return frozenset(map(atom_key, self._facts[node].domain.atoms or ()))


def _is_one_root(roots: Collection[Node]) -> bool:
    """Return whether there is one root at most."""
    return len(roots) <= 1


def _sources(node: Node) -> tuple[Node, ...]:
    """Return what the atoms of ``node`` come from."""
    if node.operation.role is Role.AGGREGATE:
        return node.operands[1:2]
    return node.operands if node.operation.role is Role.ELEMENTWISE else ()


def _apply(node: Node, function: Callable[..., Any], atoms: Sequence[Atom | None]) -> Atom | None:
    """Return what ``node`` yields for the atoms of its operands; ``None`` where it or one of them fails.

    Raises:
        TooLargeError: if that is too large for a table.
    """
    known = [atom for atom in atoms if atom is not None]
    return applied(node.operation.name, function, known) if len(known) == len(atoms) else None
