"""Limits on what a program may use, so that no line exhausts the memory or the stack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on a run of a program.

    Attributes:
        items: the most items of a list.
        calls: the most calls inside each other.
    """

    items: int = 1_000_000
    calls: int = 200
