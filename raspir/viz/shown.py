"""Which positions of a long input a picture shows: the first ones, and the last few."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 40
"""Positions that a picture shows one by one."""


@dataclass(frozen=True)
class Shown:
    """The positions that a picture shows.

    Attributes:
        n: the number of positions.
        positions: those shown, in order.
        split: how many of them stand before the gap; all where nothing is left out.
    """

    n: int
    positions: tuple[int, ...]
    split: int

    @staticmethod
    def of(n: int, most: int = MOST, reduced: int | None = None, last: int = 3) -> Shown:
        """Return all of ``n`` positions if they are at most ``most``, else ``reduced`` of them (by default half).

        Of the reduced ones ``last`` stand after the gap.
        """
        if n <= most:
            return Shown(n, tuple(range(n)), n)
        kept = min(reduced if reduced is not None else max(most // 2, 2), n - 1)
        last = min(last, kept - 1)
        return Shown(n, (*range(kept - last), *range(n - last, n)), kept - last)

    @property
    def hidden(self) -> int:
        """How many positions are left out."""
        return self.n - len(self.positions)

    @property
    def places(self) -> tuple[int | None, ...]:
        """The positions, with ``None`` for the gap."""
        return (*self.positions[: self.split], *((None,) if self.hidden else ()), *self.positions[self.split :])

    def note(self, what: str) -> str:
        """Say how many of what is left out, such as ``… and 60 more rows and columns``; nothing where all is shown."""
        if not self.hidden:
            return ""
        return f"… and {self.hidden} more {what} between positions {self.split - 1} and {self.positions[self.split]}"


def counted(count: int, what: str) -> str:
    """Return a number of things in words: ``1 head``, ``2 heads``."""
    return f"{count} {what}{'' if count == 1 else 's'}"
