"""What each query may select: the values, and from how many positions at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from raspir.analysis import Analysis
from raspir.ir import Node
from raspir.ir.layers import comparisons, selector_parts
from raspir.ir.views import Aggregate, Indices, Select
from raspir.transformer.atomsets import Atoms, canonical
from raspir.transformer.grids import Codes, Joint, combinations

_ENTRIES = 1 << 21  # most entries of a selector between combinations of atoms
_REACHES = 64  # most different reaches, beyond which they are united


@dataclass(frozen=True)
class Reach:
    """What a query may select.

    Attributes:
        values: the possible atoms of the value at a selected position.
        most: the most positions that may be selected.
    """

    values: Atoms
    most: int


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
    shared = [root for root in keys.roots if root in queries.roots and facts[root].uniform]
    index = [root for root in keys.roots if isinstance(root, Indices)]
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
    places = key_rows[:, -1] if index else None
    return _united(known, aggregate.value, selected, key_rows[:, len(compared)], places)


_COMBINED = {"selector.and": np.logical_and, "selector.or": np.logical_or, "selector.not": np.logical_not}


def _distinct(joint: Joint, roots: Sequence[Node]) -> Codes:
    """Return the distinct combinations of the values of ``joint`` and some of its roots: a row for each."""
    columns = [*joint.columns, *map(joint.axis, roots)]
    return combinations(columns)[0] if columns else np.zeros((1, 0), dtype=np.int64)


def _united(known: Known, value: Node, selected: NDArray[np.bool_], values: Codes, places: Codes | None) -> list[Reach]:
    """Return the distinct reaches of the rows of ``selected``, the most positions for each set of values."""
    most: dict[bytes, int] = {}
    for row in {row.tobytes(): row for row in selected}.values():
        held = np.unique(values[row])
        count = known.lengths[-1] if places is None else len(np.unique(places[row]))
        if len(held):
            most[held.tobytes()] = max(count, most.get(held.tobytes(), 0))
    atoms = known[value]
    found = {key: np.frombuffer(key, dtype=np.int64).tolist() for key in most}
    if len(most) > _REACHES:
        codes = {code for held in found.values() for code in held}
        return [Reach(canonical(atoms[code] for code in codes), max(most.values()))]
    return [Reach(canonical(atoms[code] for code in found[key]), count) for key, count in most.items()]
