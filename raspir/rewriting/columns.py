"""Columns: the results of elementwise work for each atom of the one value on which it depends; tables of functions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import starmap
from math import prod
from typing import Any

from raspir.analysis import Analysis
from raspir.analysis.domains import LIMIT, TooLargeError, applied
from raspir.ir import Atom, Node
from raspir.ir.atoms import FAILED, Failed, atom_key, is_zero
from raspir.ir.types import INT
from raspir.ir.views import Aggregate, Const, Elementwise, Map, Where
from raspir.ir.walks import postorder

Column = tuple[Atom | Failed, ...]
"""The value of a node for each atom of its root; :data:`~raspir.ir.atoms.FAILED` where it fails."""


@dataclass(frozen=True)
class Table:
    """The results of an opaque function.

    Attributes:
        operands: the values on which the results depend.
        rows: the distinct combinations of the operands' atoms on which the function succeeds, each with its result.
    """

    operands: tuple[Node, ...]
    rows: list[tuple[tuple[Atom, ...], Atom]]


class Columns:
    """The column of each elementwise node that has a root.

    The root of a node is the most distant ancestor with known atoms on which alone, besides constants, the node
    depends. An opaque function that fails on an atom has no root, so that it stays and fails when the program runs; its
    users may have it as their root.

    Args:
        analysis: the facts about the nodes.
        most: the maximum number of rows of a table, and so of the atoms of a root.

    Attributes:
        roots: the root of each visited node that has one.
    """

    def __init__(self, analysis: Analysis, most: int = LIMIT) -> None:
        self.roots: dict[Node, Node] = {}
        self._facts = analysis
        self._most = most
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
        return [(atom, value) for atom, value in pairs if atom is not FAILED and value is not FAILED]

    def table(self, node: Map) -> Table | None:
        """Return the table of the opaque function of a ``map`` of few known atoms: by its root, if it has one.

        Return ``None`` if the atoms are unknown or too many, or the function fails on reachable ones. The default 0
        of an aggregate does not count as reachable: one that always selects has it too, and that is seldom known.
        """
        self.visit(node)
        operands = tuple(dict.fromkeys(operand for operand in node.operands if operand not in self._known))
        column = self._known.get(node) or self._columns.get(node)
        if column is None:
            return self._joint(node)
        if len(operands) > 1:
            operands = (self.roots[node],)
        keys = zip(*map(self.atoms, operands), strict=True) if operands else [()]
        return Table(operands, _distinct(zip(keys, column, strict=True)))

    def _joint(self, node: Map) -> Table | None:
        """Return the table of an opaque function by its operands, or ``None`` if it fails on reachable atoms."""
        function, operands = self._facts.function(node), tuple(dict.fromkeys(node.operands))
        sets = [{atom_key(atom): atom for atom in self._possible(each) if atom is not FAILED} for each in operands]
        if function is None or not 0 < prod(map(len, sets)) <= self._most:
            return None
        varying = tuple(operand for operand in operands if operand not in self._known)
        rows: list[tuple[tuple[Atom, ...], Atom]] = []
        for atoms in itertools.product(*(each.values() for each in sets)):
            given = dict(zip(operands, atoms, strict=True))
            try:
                value = apply(node, function, [given[operand] for operand in node.operands])
            except TooLargeError:
                return None
            if value is not FAILED:
                rows.append((tuple(given[operand] for operand in varying), value))
            elif self._are_reached(operands, atoms):
                return None
        return Table(varying, rows) if rows else None

    def _possible(self, node: Node) -> Column | range:
        """Return the possible atoms of ``node``, if they are known or a short range of integers."""
        domain = self._facts[node].domain
        if domain.kinds is INT and domain.atoms is None and domain.high - domain.low < self._most:
            return range(int(domain.low), int(domain.high) + 1)
        return self.atoms(node)

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
        if not 0 < size <= self._most:
            return
        columns = [self._known[o] * size if o in self._known else self.atoms(o) for o in node.operands]
        try:
            column = tuple(apply(node, function, row) for row in zip(*columns, strict=True))
        except TooLargeError:
            return
        if all(value is FAILED for value in column) or self._fails_itself(node, column):
            return
        if root is None:
            self._known[node] = column
        else:
            self.roots[node], self._columns[node] = root, column

    def _fails_itself(self, node: Node, column: Column) -> bool:
        """Return whether ``node`` applies an opaque function to a reachable atom on which it fails."""
        if not isinstance(node, Map):
            return False
        rows = zip(
            *(self._known[o] * len(column) if o in self._known else self.atoms(o) for o in node.operands), strict=True
        )
        return any(v is FAILED and self._are_reached(node.operands, row) for row, v in zip(rows, column, strict=True))

    def _are_reached(self, operands: Sequence[Node], atoms: Iterable[Atom | Failed]) -> bool:
        """Return whether each of the operands may have its atom where the program runs."""
        return all(starmap(self._is_reached, zip(operands, atoms, strict=True)))

    def _is_reached(self, operand: Node, atom: Atom | Failed) -> bool:
        """Return whether a value may have an atom where the program runs: any in a range, else of those known."""
        if atom is FAILED:
            return False
        return atom_key(atom) in self._reached[operand] or isinstance(self._possible(operand), range)

    def _reached_by(self, node: Node) -> frozenset[object]:
        """Return the keys of the reachable atoms of ``node``: all but the default 0 of an aggregate."""
        root = self.roots.get(node)
        if root is not None:
            met = self._reached[root]
            pairs = zip(self.atoms(root), self._columns[node], strict=True)
            return frozenset(
                atom_key(v) for a, v in pairs if a is not FAILED and v is not FAILED and atom_key(a) in met
            )
        if isinstance(node, Where):
            return self._reached[node.a] | self._reached[node.b]
        if isinstance(node, Aggregate) and is_zero(node.default):
            return self._reached[node.value]
        return frozenset(map(atom_key, self._facts[node].domain.atoms or ()))


def _distinct(
    rows: Iterable[tuple[tuple[Atom | Failed, ...], Atom | Failed]],
) -> list[tuple[tuple[Atom, ...], Atom]]:
    """Return the distinct rows of a table without those that stand for failures."""
    found: dict[object, tuple[tuple[Atom, ...], Atom]] = {}
    for row, value in rows:
        atoms = all_or_failed(row)
        if atoms is not FAILED and value is not FAILED:
            found[tuple(map(atom_key, atoms))] = tuple(atoms), value
    return list(found.values())


def _is_one_root(roots: Collection[Node]) -> bool:
    """Return whether there is at most one root."""
    return len(roots) <= 1


def _sources(node: Node) -> tuple[Node, ...]:
    """Return the operands from which the atoms of ``node`` derive."""
    if isinstance(node, Aggregate):
        return node.operands[1:2]
    return node.operands if isinstance(node, Elementwise) else ()


def apply(node: Node, function: Callable[..., Any], atoms: Iterable[Atom | Failed]) -> Atom | Failed:
    """Return the result of ``node`` on the atoms of its operands; ``FAILED`` if it or the value of one of them fails.

    Raises:
        TooLargeError: if the result is too large for a table.
    """
    known = all_or_failed(atoms)
    return FAILED if known is FAILED else applied(node.operation, function, known)


def all_or_failed(atoms: Iterable[Atom | Failed]) -> list[Atom] | Failed:
    """Return all of ``atoms``, or :data:`~raspir.ir.atoms.FAILED` if one of them stands for a failure."""
    found = list(atoms)
    known = [atom for atom in found if atom is not FAILED]
    return known if len(known) == len(found) else FAILED
