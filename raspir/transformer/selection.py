"""What each query may select: the values, and from how many positions at most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from raspir.analysis import Analysis
from raspir.ir import Node
from raspir.ir.layers import comparisons, selector_parts
from raspir.ir.views import Aggregate, Indices, Select
from raspir.transformer.atomsets import Atoms, canonical
from raspir.transformer.grids import Joint, combinations
from raspir.transformer.numbering import Codes, distinct
from raspir.transformer.reachable import Reach

_ENTRIES = 1 << 21  # most entries of a selector between combinations of atoms
_REACHES = 64  # most different reaches, beyond which they are united


class Known(Protocol):
    """What is known about values, as :class:`~raspir.transformer.domains.Domains` has it."""

    lengths: range

    def __getitem__(self, node: Node) -> Atoms: ...
    def joint(self, nodes: Sequence[Node]) -> Joint | None:
        """Return values as functions of shared roots, if there are few enough combinations of their atoms."""

    def outcomes(self, select: Select) -> Codes | None:
        """Return the outcomes of a comparison, of shape [atoms of the query, atoms of the key], if they are few."""


def reaches(known: Known, aggregate: Aggregate, facts: Analysis) -> list[Reach] | None:
    """Return what the queries of an aggregate may select; ``None`` if there are too many combinations of atoms.

    A query selects at most one position for each index at which its selector may hold, and only values that are
    possible with a key that it selects. Values that are the same at all positions are so for key and query.
    """
    compared = comparisons(aggregate.selector)
    tables = {select: known.outcomes(select) for select in compared}
    keys = known.joint([*(select.key for select in compared), aggregate.value])
    queries = known.joint([select.query for select in compared]) if compared else Joint((), (), [])
    if keys is None or queries is None or any(table is None for table in tables.values()):
        return None
    shared = [node for node in keys.nodes if node in queries.nodes and facts[node].uniform]
    index = [node for node in keys.nodes if isinstance(node, Indices)]
    key_rows = _distinct(keys, [*shared, *index])
    query_rows = _distinct(queries, shared)
    if len(key_rows) * len(query_rows) > _ENTRIES:
        return None
    parts = selector_parts(aggregate.selector)
    possible = np.ones((len(query_rows), len(key_rows)), dtype=bool)
    for at in range(len(shared)):
        possible &= query_rows[:, len(compared) + at, None] == key_rows[None, :, len(compared) + 1 + at]
    entries: dict[Node, NDArray[np.bool_]] = {}
    for part in parts:
        if isinstance(part, Select):
            at, table = compared.index(part), tables[part]
            assert table is not None
            outcome = table[query_rows[:, at, None], key_rows[None, :, at]]
            possible &= outcome >= 0
            entries[part] = outcome > 0
        else:
            entries[part] = _COMBINED[part.operation.name](*(entries[operand] for operand in part.operands))
    selected = entries[aggregate.selector] & possible
    chosen = key_rows[:, [len(compared), *([-1] if index else [])]]
    return _Reaches(known, aggregate.value, facts[aggregate.value].uniform, chosen).of(selected)


_COMBINED = {"selector.and": np.logical_and, "selector.or": np.logical_or, "selector.not": np.logical_not}


def _distinct(joint: Joint, nodes: Sequence[Node]) -> Codes:
    """Return the distinct combinations of the values of ``joint`` and some of its roots: a row for each."""
    columns = [*joint.columns, *map(joint.along, nodes)]
    return combinations(columns)[0] if columns else np.zeros((1, 0), dtype=np.int64)


class _Reaches:
    """The reaches of queries that select some of the possible pairs of a value and its position.

    Args:
        known: what is known about values.
        value: the selected value.
        uniform: whether it is the same at all positions.
        pairs: the code of the value and, if known, its position, of shape [pairs, 1 or 2].
    """

    def __init__(self, known: Known, value: Node, uniform: bool, pairs: Codes) -> None:
        self._longest = known.lengths[-1]
        self._atoms = known[value]
        self._uniform = uniform
        self._pairs = pairs

    def of(self, selected: NDArray[np.bool_]) -> list[Reach]:
        """Return the distinct reaches of queries, given the pairs that each may select: of shape [queries, pairs]."""
        sets = {row.tobytes(): row for row in selected if row.any()}
        if len(sets) > _REACHES:
            most = max(self._count(row) for row in sets.values())
            return [self._reach(np.logical_or.reduce(list(sets.values())), most)]
        widest: dict[bytes, NDArray[np.bool_]] = {}  # of each set of values, where they do not depend on the position
        for row in sorted(sets.values(), key=self._count):
            widest[self._placed(row).tobytes()] = row
        return [self._reach(row, self._count(row)) for row in widest.values()]

    def _count(self, row: NDArray[np.bool_]) -> int:
        """Return at how many positions the pairs of ``row`` may be."""
        return self._longest if self._pairs.shape[1] == 1 else len(np.unique(self._pairs[row, 1]))

    def _placed(self, row: NDArray[np.bool_]) -> Codes:
        """Return the distinct pairs of ``row``; their values alone if these are the same at each position."""
        pairs, _ = distinct(self._pairs[row])
        values = np.unique(pairs[:, 0])
        everywhere = self._uniform or pairs.shape[1] == 1 or len(pairs) == len(values) * len(np.unique(pairs[:, 1]))
        return values if everywhere else pairs

    def _reach(self, row: NDArray[np.bool_], most: int) -> Reach:
        pairs = self._placed(row)
        if pairs.ndim == 1:
            return Reach(self._of_codes(pairs), most, uniform=self._uniform)
        places = (self._of_codes(pairs[pairs[:, 1] == place, 0]) for place in np.unique(pairs[:, 1]))
        return Reach(self._of_codes(pairs[:, 0]), most, tuple(places))

    def _of_codes(self, codes: Codes) -> Atoms:
        return canonical(self._atoms[code] for code in np.unique(codes).tolist())
