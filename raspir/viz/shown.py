"""What drawings show: the positions of a long input, which are the first ones and the last few, and counts."""

from __future__ import annotations

from dataclasses import dataclass

from raspir.ir import Stats

FIGURES = {
    "layer": "layers",
    "head": "heads",
    "value": "values",
    "feed-forward block": "mlps",
    "transformer block": "blocks",
}
"""The figures of a program that texts count: the noun, and the attribute of :class:`raspir.ir.Stats`."""

MOST = 40
"""The most positions that a picture shows individually."""


@dataclass(frozen=True)
class Shown:
    """The positions that a picture shows.

    Attributes:
        n: the number of positions of the input.
        positions: the visible ones, in order.
        split: the number of visible positions before the gap; all of them without a gap.
    """

    n: int
    positions: tuple[int, ...]
    split: int

    @staticmethod
    def of(n: int, most: int = MOST, reduced: int | None = None, last: int = 3) -> Shown:
        """Return all of ``n`` positions, or ``reduced`` of more than ``most``, of which ``last`` are after the gap.

        By default, ``reduced`` is half of ``most``.
        """
        if n <= most:
            return Shown(n, tuple(range(n)), n)
        kept = min(reduced if reduced is not None else max(most // 2, 2), n - 1)
        last = min(last, kept - 1)
        return Shown(n, (*range(kept - last), *range(n - last, n)), kept - last)

    @property
    def hidden(self) -> int:
        """The number of omitted positions."""
        return self.n - len(self.positions)

    @property
    def places(self) -> tuple[int | None, ...]:
        """The visible positions, with ``None`` for the gap."""
        return (*self.positions[: self.split], *((None,) if self.hidden else ()), *self.positions[self.split :])

    def note(self, what: str) -> str:
        """Return a note such as ``… and 60 more rows and columns``; empty if all positions are visible."""
        if not self.hidden:
            return ""
        return f"… and {self.hidden} more {what} between positions {self.split - 1} and {self.positions[self.split]}"


def counted(count: int, what: str) -> str:
    """Return a count with its noun: ``1 head``, ``2 heads``."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def totals(stats: Stats) -> str:
    """Return the figures of a program in one line."""
    return ", ".join(counted(getattr(stats, attribute), noun) for noun, attribute in FIGURES.items())
