"""Chains of choices, ``where(c1, x1, where(c2, x2, …))``, in which each condition implies the next one.

The conditions are comparisons of numbers, as when a position is compared with counts that only grow. It is enough to
look at two of them at a time, so that a chain may depend on more values than have a table together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Atom, Node
from raspir.ir.atoms import atom_key
from raspir.ir.views import Compare, Const, Where
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Column, Columns, Values
from raspir.transformer.grids import Joint


@dataclass(frozen=True, eq=False)
class Chain:
    """A chain of choices.

    Attributes:
        differences: for each condition, from the last one to the first, a number that is above 0 where it holds and
            below 0 elsewhere; none is less than the next one.
        atoms: the atom of the chain by the number of conditions that hold.
        least: the least magnitude of the numbers.
    """

    differences: tuple[Column, ...]
    atoms: tuple[Atom, ...]
    least: float


def chain_of(columns: Columns, node: Node) -> Chain | None:
    """Return a value as a chain of choices; ``None`` if it is none, or two conditions depend on too many values."""
    conditions, atoms = _choices(node)
    if len(conditions) < 2 or len(set(map(atom_key, atoms))) < len(atoms):
        return None
    signs = [_sign(columns, condition) for condition in conditions]
    known = [each for each in signs if each is not None]
    if len(known) < len(signs):
        return None
    for first, second in pairwise(zip(conditions, known, strict=True)):
        compared = _compared(columns, [first[0], second[0]])
        if compared is None:
            return None
        a, b = (sign * of + offset for of, (sign, offset, _) in zip(compared[2], (first[1], second[1]), strict=True))
        if not (a <= b).all():
            return None
    return Chain(tuple(column for _, _, column in reversed(known)), tuple(reversed(atoms)), _least(known))


def _least(signs: Sequence[tuple[float, float, Column]]) -> float:
    return min(float(np.nanmin(np.abs(column.values))) for _, _, column in signs)


def _choices(node: Node) -> tuple[list[Node], list[Atom]]:
    """Return the conditions of a chain, and its atoms; nothing if it has others than constants."""
    conditions: list[Node] = []
    atoms: list[Atom] = []
    while isinstance(node, Where) and isinstance(node.condition, Compare) and isinstance(node.a, Const):
        conditions.append(node.condition)
        atoms.append(node.a.value)
        node = node.b
    return (conditions, [*atoms, node.value]) if isinstance(node, Const) else ([], [])


def _sign(columns: Columns, condition: Node) -> tuple[float, float, Column] | None:
    """Return a factor of the compared difference, what is added to it, and the result as a column."""
    compared = _compared(columns, [condition])
    if compared is None:
        return None
    joint, valid, (difference,), outcome = compared
    holds, fails = difference[outcome], difference[~outcome]
    for sign in (1.0, -1.0) if len(holds) and len(fails) else ():
        low, high = float((sign * holds).min()), float((sign * fails).max())
        if low > high:
            values = np.full(joint.shape, np.nan)
            values[valid] = sign * difference - (low + high) / 2
            return sign, -(low + high) / 2, columns.reduced(Column(joint.roots, values))
    return None


def _compared(
    columns: Columns, conditions: Sequence[Node]
) -> tuple[Joint, NDArray[np.bool_], list[Values], NDArray[np.bool_]] | None:
    """Return the differences that conditions compare, and the outcome of the first, in all combinations of atoms."""
    domains = columns.domains
    nodes = [node for condition in conditions for node in (*condition.operands, condition)]
    joint = domains.joint(nodes)
    if joint is None or not all(isinstance(atom, int | float) for node in nodes for atom in domains[node]):
        return None
    valid = np.logical_and.reduce([codes >= 0 for codes in joint.columns])
    numbers = [
        numbers_of(domains[node], distinct=False)[codes[valid]]
        for node, codes in zip(nodes, joint.columns, strict=True)
    ]
    return joint, valid, [a - b for a, b in zip(numbers[::3], numbers[1::3], strict=True)], numbers[2] > 0
