"""Bundles: what several aggregates of one head are together, as they add up values of the same positions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from raspir.ir import Atom, Node
from raspir.ir.atoms import atom_key
from raspir.ir.views import Aggregate, Mean
from raspir.transformer.atomsets import Atoms, as_range, is_negative_zero
from raspir.transformer.numbering import Codes, distinct

_FINEST = 2.0**-16  # floats that are multiples of it add up exactly, in any order
_EXACT = 1 << 53  # integers up to which a quotient is the one of Python
_WORK = 1 << 21  # most additions for one number of positions


@dataclass(frozen=True, eq=False)
class Bundle:
    """The combinations of atoms that several aggregates of one head may have at one position.

    Attributes:
        columns: the code of each aggregate's atom in its domain, of shape [combinations].
    """

    columns: dict[Node, Codes]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def holds(self, root: Node | Bundle) -> bool:
        """Return whether ``root`` is one of the aggregates, or a bundle of some of them."""
        return root in self.columns if isinstance(root, Node) else root.columns.keys() <= self.columns.keys()

    def codes(self, root: Node | Bundle) -> Codes:
        """Return the code of a root that this bundle holds for each combination; -1 for none."""
        if isinstance(root, Node):
            return self.columns[root]
        rows = {
            row: at for at, row in enumerate(zip(*(codes.tolist() for codes in root.columns.values()), strict=True))
        }
        own = zip(*(self.columns[member].tolist() for member in root.columns), strict=True)
        return np.array([rows.get(row, -1) for row in own], dtype=np.int64)


def bundled(
    members: Sequence[Aggregate],
    domain: Callable[[Node], Atoms],
    values: Codes,
    counts: range,
    may_be_empty: bool,
    most: int,
) -> Bundle | None:
    """Return the bundle of aggregates of one head; ``None`` if there are too many combinations, or floats to add.

    Args:
        members: the aggregates, all of which pick the same positions.
        domain: returns the atoms of a value.
        values: the possible combinations of their values' atoms at one position, of shape [combinations, members].
        counts: the positive numbers of positions that a query may select.
        may_be_empty: whether it may select none.
        most: the limit on the number of combinations.
    """
    numbers = [{atom_key(atom): code for code, atom in enumerate(domain(member))} for member in members]
    blocks = [np.array([[held.get(atom_key(m.default), -1) for m, held in zip(members, numbers, strict=True)]])]
    if not may_be_empty:
        blocks.clear()
    if 1 in counts:
        alone = [
            np.array([held.get(atom_key(atom), -1) for atom in domain(m.value)])
            for m, held in zip(members, numbers, strict=True)
        ]
        blocks.append(np.stack([codes[column] for codes, column in zip(alone, values.T, strict=True)], axis=-1))
    if counts.stop > 2 and counts:
        added = _added(members, domain, values, counts, most)
        if added is None:
            return None
        for count, totals in added:
            units = [_FINEST if isinstance(domain(member.value)[0], float) else None for member in members]
            found = [
                _results(member, held, column, count, unit)
                for member, held, column, unit in zip(members, numbers, totals.T, units, strict=True)
            ]
            blocks.append(np.stack(found, axis=-1))
    rows = np.concatenate(blocks) if blocks else np.zeros((0, len(members)), dtype=np.int64)
    rows, _ = distinct(rows[(rows >= 0).all(axis=1)].astype(np.int64))
    return Bundle(dict(zip(members, rows.T, strict=True))) if len(rows) <= most else None


def _added(
    members: Sequence[Aggregate], domain: Callable[[Node], Atoms], values: Codes, counts: range, most: int
) -> list[tuple[int, Codes]] | None:
    """Return the combinations of sums over each number of positions, of shape [combinations, members]."""
    columns = []
    for member, column in zip(members, values.T, strict=True):
        numbers = _integers(domain(member.value))
        if numbers is None or np.abs(numbers).max(initial=0) * counts.stop > _EXACT:
            return None
        columns.append(numbers[column])
    each, _ = distinct(np.stack(columns, axis=-1))
    totals, size, found = each, 0, list[tuple[int, Codes]]()
    for count in range(2, counts.stop):
        if len(totals) * len(each) > _WORK:
            return None
        totals, _ = distinct((totals[:, None] + each[None]).reshape(-1, len(members)))
        size += len(totals)
        if size > most:
            return None
        if count in counts:
            found.append((count, totals))
    return found


def _integers(atoms: Atoms) -> Codes | None:
    """Return integers and booleans, or multiples of :data:`_FINEST` all of which are floats, as integers.

    Negative zeros have none, as their sums are negative zeros.
    """
    if as_range(atoms).integral:
        integers = [int(atom) for atom in atoms if isinstance(atom, int)]
        return np.array(integers, dtype=np.int64) if all(abs(each) < _EXACT for each in integers) else None
    multiples = [atom / _FINEST for atom in atoms if isinstance(atom, float) and not is_negative_zero(atom)]
    if len(multiples) < len(atoms) or not all(each.is_integer() and abs(each) < _EXACT for each in multiples):
        return None
    return np.array(multiples, dtype=np.int64)


def _results(
    member: Aggregate, numbers: dict[tuple[object, ...], int], totals: Codes, count: int, unit: float | None
) -> Codes:
    """Return the codes of what an aggregate makes of sums over several positions, in units if they are of floats."""
    distinct, inverse = np.unique(totals, return_inverse=True)
    added: Iterator[int | float] = (total if unit is None else total * unit for total in distinct.tolist())
    atoms: Iterator[Atom] = ((total / count if isinstance(member, Mean) else total) for total in added)
    return np.array([numbers.get(atom_key(atom), -1) for atom in atoms], dtype=np.int64)[inverse.reshape(-1)]
