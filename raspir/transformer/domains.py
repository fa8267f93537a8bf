"""Domains: the finite set of atoms that each value may have, and how it depends on other values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, prod
from typing import Any, NoReturn

import numpy as np

from raspir.analysis import Analysis
from raspir.analysis.domains import TooLargeError, applied
from raspir.ir import Atom, Graph, Node, build
from raspir.ir.atoms import FAILED, Failed, atom_key
from raspir.ir.errors import reason
from raspir.ir.evaluation import checked, function_of
from raspir.ir.node import operands_of
from raspir.ir.text.describe import Describer
from raspir.ir.types import BOOL, INT, SELECTOR
from raspir.ir.views import (
    Aggregate,
    Const,
    Input,
    Item,
    Lookup,
    Raw,
    Select,
    Where,
)
from raspir.ir.walks import computed
from raspir.runtime import messages
from raspir.transformer.admitted import Admitted
from raspir.transformer.assumptions import lengths_of
from raspir.transformer.atomsets import Atoms, as_range, canonical, clipped, described, hull, joined, size
from raspir.transformer.errors import TransformerError
from raspir.transformer.grids import Grid, Joint, Root, aligned, combinations
from raspir.transformer.heads import Heads, TooManyError
from raspir.transformer.numbering import Codes
from raspir.transformer.positional import positional

LIMIT = 1 << 17
"""The most atoms of a domain that is not an arithmetic progression of integers."""

_ROWS = 1 << 19  # most combinations of atoms for which an elementwise operation is evaluated
_WIDEST = 1 << 53  # most integers of an arithmetic progression: floats distinguish no more


@dataclass(frozen=True, eq=False)
class _Value:
    """What is known about one value.

    Attributes:
        atoms: its domain.
        grid: how it depends on its roots; ``None`` if it has too many atoms.
    """

    atoms: Atoms
    grid: Grid | None


class Domains:
    """The domain of each value of a graph: the atoms that it may have at some position of some input.

    Inputs are those that satisfy the assumptions and on which the program succeeds, so atoms on which an operation
    fails are left out. Domains may hold atoms that no input leads to, but lack none. Values that depend on the same
    few others at their position are evaluated for each combination of those, their *roots*: inputs, positions, lengths
    and aggregates. Values that depend on the position and the length alone are exact for inputs of moderate length.

    Args:
        graph: a program with a vocabulary for each input and a maximum length, whose symbols are bound.
        analysis: its analysis, if it is at hand.
        limit: the most atoms of a domain, except for an arithmetic progression of integers.

    Attributes:
        lengths: the lengths of non-empty inputs: a fixed sequence admits only its own.
        failures: for each elementwise operation and comparison of keys with queries, the combinations of its operands'
            atoms on which it fails, where there are any. On inputs with one of them the program has no result.

    Raises:
        TransformerError: if an assumption is missing, a domain is too large or unknown, or an operation fails on all
            atoms that it may meet; the message names the value and what would help.
    """

    def __init__(self, graph: Graph, analysis: Analysis | None = None, limit: int = LIMIT) -> None:
        self.lengths = lengths_of(graph)
        self.failures: dict[Node, tuple[tuple[Atom, ...], ...]] = {}
        self._graph = graph
        self._facts = analysis if analysis is not None else Analysis.of(graph)
        self._limit = limit
        self._heads = Heads(self, self._facts, limit, _ROWS)
        self._admitted = Admitted(self._facts, self.__getitem__)
        self._order: dict[Root, int] = {}
        self._tables: dict[Node, Codes | None] = {}
        self._memo: dict[Node, _Value | None] = {}
        self._indices, self._length = build("indices"), self._facts.length
        for node, atoms in ((self._indices, range(max(self.lengths, default=0))), (self._length, self.lengths)):
            self._memo[node] = self._root(node, canonical(atoms))
        self._positional = positional(graph, self._facts, self.lengths)
        for node in graph:
            self._find(node)

    def __getitem__(self, node: Node) -> Atoms:
        """Return the domain of ``node``, a node of the graph or one built from such nodes.

        It is empty if only the empty input is possible: under a maximum length of 0, or with an empty fixed sequence.

        Raises:
            KeyError: if it is a selector.
            TransformerError: as for the graph.
        """
        return self._known(node).atoms

    def grid(self, node: Node) -> Grid:
        """Return how ``node`` depends on its roots at the same position: on itself alone if nothing else is known.

        Raises:
            KeyError: if it is a selector, or has too many atoms.
        """
        grid = self._known(node).grid
        if grid is None:
            raise KeyError(node)
        return grid

    def outcomes(self, select: Select) -> Codes | None:
        """Return the outcomes of a comparison: 1, 0, or -1 where it fails; ``None`` if there are too many.

        They are of shape [atoms of the query, atoms of the key].
        """
        self._find(select)
        return self._tables[select]

    def joint(self, nodes: Sequence[Node]) -> Joint | None:
        """Return values as functions of shared roots, ``None`` if there are too many combinations of their atoms.

        Where there are, values are taken for roots themselves: first one of them, then all.
        """
        distinct = list(dict.fromkeys(nodes))
        for cut in ([], *([node] for node in distinct), distinct):
            grids = [self._own(node) if node in cut else self._known(node).grid for node in distinct]
            known = [grid for grid in grids if grid is not None]
            if len(known) < len(grids):
                continue
            merged = self._heads.merged(dict.fromkeys(root for grid in known for root in grid.roots))
            roots = tuple(sorted(merged, key=lambda root: self._order.setdefault(root, len(self._order))))
            shape = tuple(len(self[root]) if isinstance(root, Node) else len(root) for root in roots)
            if prod(shape) <= _ROWS:
                held = dict(zip(distinct, (aligned(grid, roots, shape) for grid in known), strict=True))
                valid = np.logical_and.reduce(
                    [self._admitted.mask(roots, shape), *(codes >= 0 for codes in held.values())]
                )
                return Joint(roots, shape, [np.where(valid, held[node], -1) for node in nodes])
        return None

    def most_selected(self, aggregate: Aggregate) -> int:
        """Return the most positions that a query of ``aggregate`` selects, on inputs on which it yields something."""
        return self._heads.most(aggregate)

    # Values

    def _known(self, node: Node) -> _Value:
        value = self._find(node)
        if value is None:
            raise KeyError(node)
        return value

    def _find(self, node: Node) -> _Value | None:
        return computed(node, operands_of, self._computed, self._memo)

    def _computed(self, node: Node) -> _Value | None:
        if isinstance(node, Select):
            self._tables[node] = self._compared(node)
        if node.type is SELECTOR:
            return None
        found = self._source(node) if not node.operands else self._derived(node)
        if not found.atoms and self.lengths:
            raise self._error(
                node, "fails wherever it is computed, so the program fails on every input but the empty one"
            )
        count = size(found.atoms)
        if count <= self._limit or (isinstance(found.atoms, range) and count <= _WIDEST):
            return found
        wide = hull([found.atoms])
        if wide is None or size(wide) > _WIDEST:
            self._refuse(node, described(found.atoms))
        return self._root(node, wide)

    def _root(self, node: Node, atoms: Atoms) -> _Value:
        """Return a value that depends on nothing but itself."""
        return _Value(atoms, Grid((node,), np.arange(len(atoms))) if size(atoms) <= _ROWS else None)

    def _own(self, node: Node) -> Grid | None:
        return self._root(node, self[node]).grid

    def _source(self, node: Node) -> _Value:
        if not self.lengths:
            return self._root(node, ())
        if isinstance(node, Input):
            return self._root(node, canonical(node.vocabulary or ()))
        assert isinstance(node, Raw | Const)
        atoms = node.values if isinstance(node, Raw) else (node.value,)
        found = canonical(atoms)
        number = {atom_key(atom): code for code, atom in enumerate(found)}
        codes = np.array([number[atom_key(atom)] for atom in atoms], dtype=np.int64)
        return _Value(found, Grid((self._indices,), codes) if isinstance(node, Raw) else Grid((), codes.reshape(())))

    def _derived(self, node: Node) -> _Value:
        if not self.lengths:
            return self._root(node, ())
        if isinstance(node, Aggregate):
            if node in self._positional:
                atoms, codes = self._positional[node]
                return _Value(atoms, Grid((self._indices, self._length), codes))
            return self._root(node, self._kept(node, self._aggregate(node)))
        joint = self.joint(node.operands)
        if joint is None:
            return self._root(node, self._kept(node, self._estimated(node)))
        return self._evaluated(node, joint)

    def _kept(self, node: Node, atoms: Atoms) -> Atoms:
        """Return the ones of ``atoms`` that the analysis of the graph admits."""
        domain = self._facts[node].domain
        if domain.atoms is not None:
            admitted = set(map(atom_key, domain.atoms))
            atoms = canonical(atom for atom in atoms if atom_key(atom) in admitted)
        if domain.integral and atoms:
            low, high = self._facts.bounds(self._facts.linear(node))
            return clipped(atoms, max(low, domain.low), min(high, domain.high))
        return atoms

    # Elementwise work

    def _evaluated(self, node: Node, joint: Joint) -> _Value:
        """Return an elementwise value, evaluated on each distinct combination of its operands' atoms."""
        rows, numbers = combinations(joint.columns)
        results = self._results(node, self._rows(node, rows))
        atoms = self._kept(node, canonical(each for each in results if each is not FAILED))
        number: dict[object, int] = {atom_key(atom): code for code, atom in enumerate(atoms)}
        codes = [-1 if each is FAILED else number.get(atom_key(each), -1) for each in results]
        return _Value(atoms, Grid(joint.roots, np.array([*codes, -1], dtype=np.int64)[numbers]))

    def _rows(self, node: Node, rows: Codes) -> list[tuple[Atom, ...]]:
        """Return rows of codes of the operands of ``node`` as rows of atoms."""
        domains = [self[operand] for operand in node.operands]
        columns = ([atoms[code] for code in column] for atoms, column in zip(domains, rows.T.tolist(), strict=True))
        return list(zip(*columns, strict=True))

    def _results(self, node: Node, rows: Sequence[tuple[Atom, ...]]) -> list[Atom | Failed]:
        """Return the result of ``node`` for each row of atoms, and record the rows on which it fails."""
        function = function_of(node, self._graph.functions)
        assert function is not None, node
        try:
            results = [applied(node.operation, function, row) for row in rows]
        except TooLargeError:
            self._refuse(node, "integers or strings of more than 1,000 digits or characters")
        failed = tuple(row for row, result in zip(rows, results, strict=True) if result is FAILED)
        if failed and len(failed) == len(rows):
            raise self._error(node, _fails(function, failed))
        if failed:
            self.failures[node] = failed
        return results

    def _estimated(self, node: Node) -> Atoms:
        """Return the domain of an elementwise value whose operands have too many combinations of atoms."""
        operands = [self[operand] for operand in node.operands]
        known = self._facts[node].domain.atoms
        if isinstance(node, Lookup | Item):
            known = (*node.values, node.otherwise) if isinstance(node, Lookup) else node.values
        if known is not None:
            return canonical(known)
        if isinstance(node, Where):
            either = joined(operands[1:], self._limit)
            return either if either is not None else self._refuse(node, "too many atoms of both branches")
        ranges = [as_range(operand) for operand in operands]
        kinds = node.operation.infer(tuple(each.kinds for each in ranges), node.attributes)
        low, high = node.operation.bounded(ranges)
        if kinds is BOOL:
            return False, True
        if kinds is not INT or not -inf < low <= high < inf:
            several = " and ".join(f"{size(operand):,}" for operand in operands)
            self._refuse(node, f"any {kinds or node.type}; its operands have {several} atoms, too many to try all")
        return canonical(range(int(low), int(high) + 1))

    # Attention

    def _compared(self, node: Select) -> Codes | None:
        """Return the table of a comparison of a key with a query."""
        keys, queries = self[node.key], self[node.query]
        if size(keys) * size(queries) > _ROWS:
            return None
        pairs = [(key, query) for query in queries for key in keys]
        results = self._results(node, pairs) if pairs else []
        codes = [-1 if each is FAILED else bool(each) for each in results]
        return np.array(codes, dtype=np.int64).reshape(len(queries), len(keys))

    def _aggregate(self, node: Aggregate) -> Atoms:
        try:
            return self._heads.atoms(node)
        except TooManyError as error:
            self._refuse(node, str(error))

    # Errors

    def _error(self, node: Node, what: str) -> TransformerError:
        return TransformerError(f"{messages.operation_of(self._graph, node)} {what}", self._graph.place(node))

    def _refuse(self, node: Node, known: str) -> NoReturn:
        """Refuse a value with too many atoms, of which this is known."""
        subject = Describer(self._graph).subject(node)
        raise TransformerError(
            f"`{subject}` has no known domain of at most {self._limit:,} atoms ({known}): a smaller vocabulary or "
            "maximum length would help",
            self._graph.place(node),
        )


def _fails(function: Callable[..., Any], rows: Sequence[tuple[Atom, ...]]) -> str:
    """Return that a function fails on all of ``rows``, and why on the first."""
    try:
        checked(function(*rows[0]))
        why = ""
    except (Exception, SystemExit) as error:  # an opaque function may raise anything
        why = f": {reason(error)}"
    such = (
        f"all {len(rows):,} combinations of atoms that it may meet, such as"
        if len(rows) > 1
        else "all that it may meet,"
    )
    return f"fails on {such} {messages.joined(rows[0])}{why}"
