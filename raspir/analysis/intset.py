"""Sets of integers as unions of intervals: the lattice in which comparisons are decided."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from raspir.ir.ranges import Bound, plus


class IntSet:
    """A set of integers: a finite union of intervals, closed under union, intersection and complement.

    Args:
        intervals: closed intervals in any order, possibly overlapping or unbounded.
    """

    __slots__ = ("intervals",)

    intervals: tuple[tuple[Bound, Bound], ...]
    """The normal form: disjoint, non-adjacent intervals in increasing order."""

    def __init__(self, intervals: Iterable[tuple[Bound, Bound]]) -> None:
        found = [interval for interval in intervals if interval[0] <= interval[1]]
        if len(found) < 2:  # the most frequent case
            self.intervals = tuple(found)
            return
        merged: list[tuple[Bound, Bound]] = []
        for low, high in sorted(found):
            if merged and low <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
            else:
                merged.append((low, high))
        self.intervals = tuple(merged)

    @staticmethod
    def where(comparison: str, bound: int = 0) -> IntSet:
        """Return the integers ``d`` that satisfy ``d comparison bound``, for a comparison of the IR."""
        parts: dict[str, tuple[Bound, Bound]] = {
            "lt": (-inf, bound - 1),
            "eq": (bound, bound),
            "gt": (bound + 1, inf),
        }
        kept = {"eq": "eq", "ne": "lt gt", "lt": "lt", "le": "lt eq", "gt": "gt", "ge": "eq gt"}
        return IntSet(parts[part] for part in kept[comparison].split())

    def __and__(self, other: IntSet) -> IntSet:
        return IntSet(
            [
                (a if a > c else c, b if b < d else d)  # quicker than max and min
                for a, b in self.intervals
                for c, d in other.intervals
            ]
        )

    def __or__(self, other: IntSet) -> IntSet:
        return IntSet((*self.intervals, *other.intervals))

    def __invert__(self) -> IntSet:
        ends: list[Bound] = [-inf]
        for low, high in self.intervals:
            ends += [low - 1, high + 1]
        ends.append(inf)
        return IntSet(
            (a, b) for a, b in zip(ends[::2], ends[1::2], strict=True) if (a, b) not in ((-inf, -inf), (inf, inf))
        )

    def __neg__(self) -> IntSet:
        return IntSet((-high, -low) for low, high in self.intervals)

    def shift(self, by: int) -> IntSet:
        """Return the set of ``d + by`` for each member ``d``."""
        return IntSet((plus(low, by), plus(high, by)) for low, high in self.intervals)

    def divided(self, by: int) -> IntSet:
        """Return the set of all ``d`` such that ``by * d`` is a member, for a positive ``by``."""
        if by == 1:
            return self
        return IntSet(
            (low if low == -inf else -(-low // by), high if high == inf else high // by) for low, high in self.intervals
        )

    def __le__(self, other: IntSet) -> bool:
        return (self & other) == self

    def __contains__(self, value: int) -> bool:
        return any(low <= value <= high for low, high in self.intervals)

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IntSet) and self.intervals == other.intervals

    def __hash__(self) -> int:
        return hash(self.intervals)

    def __repr__(self) -> str:
        return "IntSet(" + ", ".join(f"{low}…{high}" for low, high in self.intervals) + ")"

    @property
    def by_sign(self) -> bool:
        """Whether membership depends on the sign of an integer alone."""
        signs = (IntSet.where("lt"), IntSet.where("eq"), IntSet.where("gt"))
        return all(sign <= self or not sign & self for sign in signs)

    @property
    def single(self) -> int | None:
        """The only member, or ``None`` if there are none or several."""
        if len(self.intervals) == 1 and self.intervals[0][0] == self.intervals[0][1]:
            return int(self.intervals[0][0])
        return None
