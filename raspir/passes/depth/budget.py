"""The budget of the search, counted in work so that results do not depend on the speed of the machine."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import inf

SPARE = 50
"""The number of values that a program counts as having beyond its own, so that small programs can be searched well."""


@dataclass
class Budget:
    """The work that a search may do.

    Each value is granted its share when its turn comes; what it leaves is for later ones. So a part of the program that
    takes too much work cannot take the shares of what follows.

    Attributes:
        max_work: the number of values that may be built for each value of the program, on average.
        values: the number of values of the program, each of which is granted its share once.
        granted: the number of values that may be built in all, instead of these shares.
        deadline: the ``time.monotonic`` time after which no further rule is tried, as a last resort.
        spent: the number of values built so far.
        is_exceeded: whether some rules were not tried because too many values had been built.
        is_late: whether some rules were not tried because the deadline had passed.
    """

    max_work: float = inf
    deadline: float = inf
    values: float = inf
    granted: float | None = None
    spent: int = 0
    is_exceeded: bool = False
    is_late: bool = False
    _values: int = 0
    _limit: float = field(init=False)

    def __post_init__(self) -> None:
        self._limit = SPARE * self.max_work if self.granted is None else self.granted

    def grant(self, number: int) -> None:
        """Grant the share of a value of the program, by its number from 1, unless an earlier round has granted it."""
        if self._values < number <= self.values and self.granted is None:
            self._values = number
            self._limit = max(self._limit, self.spent) + self.max_work

    @property
    def left(self) -> float:
        """The number of values that may still be built."""
        return max(0.0, self._limit - self.spent)

    def is_spent(self, built: int) -> bool:
        """Add ``built`` values to those spent, and return whether to try no further rule for now."""
        self.spent += built
        if self.spent > self._limit:
            self.is_exceeded = True
        elif time.monotonic() > self.deadline:
            self.is_late = True
        else:
            return False
        return True
