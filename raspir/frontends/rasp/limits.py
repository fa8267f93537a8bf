"""Limits on what a program may use, so that no line exhausts the memory or the stack."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits on a run of a program.

    Attributes:
        items: the most items of a list or dict, those of lists and dicts in it counted, too; 16 characters of a string
            count as one.
        nesting: the deepest nesting of lists and dicts.
        calls: the deepest nesting of calls.
        file: the most bytes of a file.
    """

    items: int = 1_000_000
    nesting: int = 200
    calls: int = 200
    file: int = 16_000_000
