"""Bounds of the change of an integer value from one position to the next."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from raspir.analysis.intset import Bound, plus, times


@dataclass(frozen=True, slots=True)
class Steps:
    """Bounds of what an integer value gains from any position to the next: the lattice of intervals.

    Attributes:
        low: it never gains less.
        high: it never gains more.
    """

    low: Bound
    high: Bound

    @property
    def rising(self) -> bool:
        """Whether the value never falls."""
        return self.low >= 0

    @property
    def falling(self) -> bool:
        """Whether the value never rises."""
        return self.high <= 0

    @property
    def injective(self) -> bool:
        """Whether the value differs from each position to any other, since it always rises or always falls."""
        return self.low > 0 or self.high < 0

    def plus(self, other: Steps) -> Steps:
        """Return the steps of a sum."""
        return Steps(plus(self.low, other.low), plus(self.high, other.high))

    def scaled(self, factor: int) -> Steps:
        """Return the steps of a multiple."""
        ends = times(self.low, factor), times(self.high, factor)
        return Steps(min(ends), max(ends))

    def join(self, other: Steps) -> Steps:
        """Return bounds of what is a step of either."""
        return Steps(min(self.low, other.low), max(self.high, other.high))

    def meet(self, other: Steps) -> Steps:
        """Return bounds of what is a step of both; ``self`` where nothing is, as there then is no next position."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Steps(low, high) if low <= high else self


NONE, ONE, ANY = Steps(0, 0), Steps(1, 1), Steps(-inf, inf)
