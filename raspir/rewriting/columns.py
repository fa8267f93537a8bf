"""Columns: the results of elementwise work for each atom of the one value on which it depends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from raspir.analysis import Analysis
from raspir.analysis.domains import LIMIT, TooLargeError, applied
from raspir.ir import Atom, Node
from raspir.ir.atoms import atom_key, is_zero
from raspir.ir.views import Aggregate, Const, Elementwise, Map, Where
from raspir.ir.walks import postorder
from raspir.rewriting.graphs import all_or_none

Column = tuple[Atom | None, ...]
"""The value of a node for each atom of its root; ``None`` where it fails."""


class Columns:
    """The column of each elementwise node that has a root.

    The root of a node is the most distant ancestor with known atoms on which alone, besides constants, the node
    depends. An opaque function that fails on an atom has no root, so that it stays and fails when the program runs; its
    users may have it as their root.

    Args:
        analysis: the facts about the nodes.

    Attributes:
        roots: the root of each visited node that has one.
    """

    def __init__(self, analysis: Analysis) -> None:
        self.roots: dict[Node, Node] = {}
        self._facts = analysis
        self._columns: dict[Node, Column] = {}
        self._known: dict[Node, Column] = {}
        self._reached: dict[Node, frozenset[object]] = {}

    def visit(self, node: Node) -> None:
        """Compute the roots and columns of ``node`` and of the nodes from which its atoms derive."""
        for each in postorder(node, _sources, self._reached):
            self._find(each)
            self._reached[each] = self._reached_by(each)

    def atoms(self, node: Node) -> Column:
        """Return the column of ``node``, or else its possible atoms, if known."""
        self.visit(node)
        return self._columns.get(node) or self._known.get(node) or self._facts[node].domain.atoms or ()

    def of(self, node: Node) -> list[tuple[Atom, Atom]]:
        """Return the pairs of an atom of the root of ``node`` and the result for it, where defined."""
        pairs = zip(self.atoms(self.roots[node]), self._columns[node], strict=True)
        return [(atom, value) for atom, value in pairs if atom is not None and value is not None]

    def table(self, node: Map) -> list[tuple[Atom, Atom]] | None:
        """Return the pairs of an atom and the result of the opaque function of a ``map`` for it.

        Return ``None`` if the atoms are unknown, or the function fails on a reachable one. The default 0 of an
        aggregate does not count as reachable: an aggregate that always selects has one too, and that is seldom known.
        """
        self.visit(node)
        if node not in self._columns and node not in self._known:
            return None
        pairs = zip(self.atoms(node.operands[0]), self._columns.get(node) or self._known[node], strict=True)
        return [(atom, value) for atom, value in pairs if atom is not None and value is not None]

    def _find(self, node: Node) -> None:
        """Compute the root and the column of ``node``."""
        if isinstance(node, Const):
            self._known[node] = (node.value,)
        if not isinstance(node, Elementwise):
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
            column = tuple(apply(node, function, row) for row in zip(*columns, strict=True))
        except TooLargeError:
            return
        if all(value is None for value in column) or self._fails_itself(node, column):
            return
        if root is None:
            self._known[node] = column
        else:
            self.roots[node], self._columns[node] = root, column

    def _fails_itself(self, node: Node, column: Column) -> bool:
        """Return whether ``node`` applies an opaque function to a reachable atom on which it fails."""
        if not isinstance(node, Map):
            return False
        met = self._reached[node.operands[0]]
        given = zip(self.atoms(node.operands[0]), column, strict=True)
        return any(value is None and atom is not None and atom_key(atom) in met for atom, value in given)

    def _reached_by(self, node: Node) -> frozenset[object]:
        """Return the keys of the reachable atoms of ``node``: all but the default 0 of an aggregate."""
        root = self.roots.get(node)
        if root is not None:
            met = self._reached[root]
            pairs = zip(self.atoms(root), self._columns[node], strict=True)
            return frozenset(atom_key(v) for a, v in pairs if a is not None and v is not None and atom_key(a) in met)
        if isinstance(node, Where):
            return self._reached[node.a] | self._reached[node.b]
        if isinstance(node, Aggregate) and is_zero(node.default):
            return self._reached[node.value]
        return frozenset(map(atom_key, self._facts[node].domain.atoms or ()))


def _is_one_root(roots: Collection[Node]) -> bool:
    """Return whether there is at most one root."""
    return len(roots) <= 1


def _sources(node: Node) -> tuple[Node, ...]:
    """Return the operands from which the atoms of ``node`` derive."""
    if isinstance(node, Aggregate):
        return node.operands[1:2]
    return node.operands if isinstance(node, Elementwise) else ()


def apply(node: Node, function: Callable[..., Any], atoms: Iterable[Atom | None]) -> Atom | None:
    """Return the result of ``node`` on the atoms of its operands, or ``None`` if it or one of them fails.

    Raises:
        TooLargeError: if the result is too large for a table.
    """
    known: list[Atom] | None = all_or_none(atoms)
    return None if known is None else applied(node.operation, function, known)
