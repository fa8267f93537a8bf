"""Selectors that are order relations, as a disjoint union of heads, one for each digit of the compared numbers.

A number is below another if it is so in some digit, and equal to it in all higher ones. A head for a digit needs few
dimensions, so that their number grows with the logarithm of that of classes instead of with the number itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Selected = NDArray[np.bool_]
Numbers = list[int]

_BASES = range(2, 9)
_FEW = 6  # classes below which one head is always smaller
_OTHERS = 5  # directions that are assumed beside those of digits, to price heads


@dataclass(frozen=True)
class Part:
    """A head of the union: for each dimension the number of each query class and of each key class."""

    dimensions: tuple[tuple[Numbers, Numbers], ...]


def digits(selected: Selected) -> list[Part] | None:
    """Return a disjoint union of heads that is smaller than one head; ``None`` if there is none.

    Args:
        selected: whether each query class selects each key class.
    """
    ordered = _ordered(selected)
    if ordered is None:
        return None
    limits, keys = ordered
    count = max(keys) + 1
    own = min(limits) > 0  # no row is empty: then compare with the last key that is selected, which may be equal
    numbers = [limit - own for limit in limits]
    best, base = min((_price(count, max(numbers), base), base) for base in _BASES)
    return _parts(numbers, keys, base, own) if best < _price_of_one(count) else None


def _ordered(selected: Selected) -> tuple[Numbers, Numbers] | None:
    """Return numbers by which a query selects the keys below its own, ``None`` if there are none or few."""
    sizes = selected.sum(axis=0)
    order = np.argsort(-sizes, kind="stable")
    limits = np.zeros(len(selected), dtype=np.int64)
    keys = np.zeros(selected.shape[1], dtype=np.int64)
    number = -1
    previous: Selected | None = None
    for at in order.tolist():
        column = selected[:, at]
        if previous is None or not np.array_equal(previous, column):
            if previous is not None and (column & ~previous).any():
                return None
            number, previous = number + 1, column
            limits += column
        keys[at] = number
    return (limits.tolist(), keys.tolist()) if number >= _FEW else None


def _levels(most: int, base: int) -> int:
    levels = 1
    while base**levels <= most:
        levels += 1
    return levels


def _price(count: int, most: int, base: int) -> float:
    """Return an estimate of the parameters of heads for digits."""
    levels = _levels(most, base)
    directions = levels * (base - 1) + max(0, levels - 2)
    sizes = base + (levels - 1) * (base + 2)
    return directions * (count + 8) + (4 * (directions + _OTHERS) + 3) * sizes if levels > 1 else np.inf


def _price_of_one(count: int) -> float:
    return (count - 1) * (count + 8) + (4 * (count - 1 + _OTHERS) + 3) * count


def _parts(numbers: Sequence[int], keys: Sequence[int], base: int, own: bool) -> list[Part]:
    levels = _levels(max(*numbers, *keys), base)
    return [_part(numbers, keys, base, level, own and level == 0) for level in reversed(range(levels))]


def _part(numbers: Sequence[int], keys: Sequence[int], base: int, level: int, equal: bool) -> Part:
    """Return the head of one digit: higher ones are equal, and this one is below, or equal if ``equal``."""
    unit = base**level
    high_q, high_k = [n // (unit * base) for n in numbers], [n // (unit * base) for n in keys]
    dimensions: list[tuple[Numbers, Numbers]] = []
    if any(high_q) or any(high_k):
        ones_q, ones_k = [1] * len(numbers), [1] * len(keys)
        dimensions += [
            ([2 * n for n in high_q], high_k),
            (ones_q, [-n * n for n in high_k]),
            ([-n * n for n in high_q], ones_k),
        ]
    for digit in range(base):
        q = [int(n // unit % base < digit + (not equal)) for n in numbers]
        k = [-int(n // unit % base == digit) for n in keys]
        if any(q) and any(k):
            dimensions.append((q, k))
    return Part(tuple(dimensions))
