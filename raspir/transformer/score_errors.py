"""Bounds on the errors of scores, where functions of the same inexact values cancel each other's errors.

A key ``k`` that is off by ``e`` and its square, computed from it, are off together: ``2qk - k²`` is off by no more than
``(2|q - k| + 1)e``, which is little where ``q`` is near ``k``, and little beside the gap where it is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Node
from raspir.transformer.columns import Column, Values
from raspir.transformer.grids import Root

_ENTRIES = 1 << 22  # most pairs of rows, times dimensions, for which errors are followed


@dataclass(frozen=True, eq=False)
class Carried:
    """A number as a function of inexact values alone, in each combination of the atoms of its roots.

    Attributes:
        roots: the roots.
        values: the exact number; ``nan`` where any will do.
        errors: a bound on the error of each inexact value.
        slopes: for each of them bounds of the slope within the errors.
        own: a bound on the error that evaluation adds.
    """

    roots: tuple[Root, ...]
    values: Values
    errors: Mapping[Node, float]
    slopes: Mapping[Node, tuple[Values, Values]]
    own: float


@dataclass(frozen=True, eq=False)
class Part:
    """A summand of one dimension of queries or of keys.

    Attributes:
        dimension: the number of the dimension.
        column: the exact numbers.
        error: a bound on the error.
        carried: how the error comes about, if that is known.
    """

    dimension: int
    column: Column
    error: float
    carried: Carried | None


def score_error(parts: Sequence[Part], others: Sequence[Sequence[Column]], of_keys: bool, relative: bool) -> float:
    """Return a bound on the error of the sum over dimensions of products with the other side, whose least gap is 1.

    Args:
        parts: one side, queries or keys.
        others: the other side: for each dimension its summands.
        of_keys: whether the parts are of keys.
        relative: count the error of a pair relative to the gap between its score and the query's greatest one, if that
            is larger than 1.
    """
    magnitudes = [sum(each.magnitude for each in columns) for columns in others]
    groups: dict[tuple[Root, ...], list[tuple[Part, Carried]]] = {}
    total = 0.0
    for part in parts:
        if part.carried is not None:
            groups.setdefault(part.carried.roots, []).append((part, part.carried))
        else:
            total += magnitudes[part.dimension] * part.error
    if not groups:
        return total
    rows = _rows(others)
    alone = len(groups) == 1 and all(part.carried is not None or not part.column.roots for part in parts)
    for group in groups.values():
        size = len(group[0][1].values)
        if rows is None or len(rows) * size * len(group) > _ENTRIES:
            total += sum(magnitudes[part.dimension] * part.error for part, _ in group)
        else:
            gaps = _gaps(parts, rows, size, of_keys) if relative and alone else np.ones(1)
            total += float((_off(group, rows) / gaps).max(initial=0.0))
    return total


def _off(group: Sequence[tuple[Part, Carried]], rows: Values) -> Values:
    """Return a bound on the error for each row of the other side and each combination of the atoms of roots."""
    off = np.zeros((len(rows), len(group[0][1].values)))
    for node, error in {node: e for _, carried in group for node, e in carried.errors.items()}.items():
        low, high = np.zeros_like(off), np.zeros_like(off)
        for part, carried in group:
            if node in carried.slopes:
                ends = [rows[:, part.dimension, None] * slope for slope in carried.slopes[node]]
                low, high = low + np.minimum(*ends), high + np.maximum(*ends)
        off += error * np.maximum(np.abs(low), np.abs(high))
    for part, carried in group:
        off += np.abs(rows[:, part.dimension, None]) * carried.own
    return np.where(np.any([np.isnan(carried.values) for _, carried in group], axis=0), 0.0, off)


def _gaps(parts: Sequence[Part], rows: Values, size: int, of_keys: bool) -> Values:
    """Return by how much the score of each pair is below the greatest one of the query, at least 1."""
    scores, known = np.zeros((len(rows), size)), np.ones(size, dtype=bool)
    for part in parts:
        values = part.column.values if part.carried is None else part.carried.values
        scores += rows[:, part.dimension, None] * np.nan_to_num(values)
        known &= ~np.isnan(values)  # where any number will do, there is no pair
    own = np.where(known, scores, -np.inf)
    greatest = own.max(axis=1 if of_keys else 0, keepdims=True, initial=-np.inf)
    return np.where(known, np.maximum(1.0, greatest - scores), 1.0)


def _rows(sides: Sequence[Sequence[Column]]) -> Values | None:
    """Return the distinct combinations of the numbers of all dimensions; ``None`` if there are too many."""
    columns = [column for side in sides for column in side]
    roots = list(dict.fromkeys(root for column in columns for root in column.roots))
    sizes: dict[Root, int] = {}
    for column in columns:
        sizes |= dict(zip(column.roots, column.values.shape, strict=True))
    shape = [sizes[root] for root in roots]
    if np.prod(shape, dtype=np.float64) * max(len(sides), 1) > _ENTRIES:
        return None
    found: list[NDArray[np.float64]] = []
    for side in sides:
        total = np.zeros(shape)
        for column in side:
            order = sorted(range(len(column.roots)), key=lambda at: roots.index(column.roots[at]))
            held = np.transpose(column.values, order) if order else column.values
            total = total + held.reshape([sizes[root] if root in column.roots else 1 for root in roots])
        found.append(total.reshape(-1))
    rows = np.stack(found, axis=-1) if found else np.zeros((1, 0))
    return np.unique(rows[~np.isnan(rows).any(axis=1)], axis=0)
