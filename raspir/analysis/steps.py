"""Steps: bounds of the change of an integer value from one position to the next."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from raspir.ir.ranges import Bound, plus, times


@dataclass(frozen=True, slots=True)
class Steps:
    """Bounds of the change of an integer value from any position to the next: the interval lattice.

    Attributes:
        low: the lower bound.
        high: the upper bound.
    """

    low: Bound
    high: Bound

    @property
    def rising(self) -> bool:
        """Whether the value is non-decreasing."""
        return self.low >= 0

    @property
    def falling(self) -> bool:
        """Whether the value is non-increasing."""
        return self.high <= 0

    @property
    def injective(self) -> bool:
        """Whether the value differs at any two positions, since it is strictly monotone."""
        return self.low > 0 or self.high < 0

    def plus(self, other: Steps) -> Steps:
        """Return the steps of the sum of two values."""
        return Steps(plus(self.low, other.low), plus(self.high, other.high))

    def scaled(self, factor: int) -> Steps:
        """Return the steps of a multiple of the value."""
        ends = times(self.low, factor), times(self.high, factor)
        return Steps(min(ends), max(ends))

    def join(self, other: Steps) -> Steps:
        """Return the convex hull of both intervals."""
        return Steps(min(self.low, other.low), max(self.high, other.high))

    def meet(self, other: Steps) -> Steps:
        """Return the intersection; ``self`` if that is empty, as there is no next position then."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Steps(low, high) if low <= high else self


NONE, ONE, ANY = Steps(0, 0), Steps(1, 1), Steps(-inf, inf)
