"""Data movement for all kinds of atoms: shifts, flips, gathers, first and last."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.frontends.python.embedded import SOp, indices, key, query, tokens, where
from raspir.testing.conformance.case import ATOMS, Case, trial
from raspir.testing.conformance.features.common import EVERYTHING

GROUP = "moving atoms"
LONG = ["", "a", "ab", "long string " * 3, "é", "e\u0301", "\U0001f600", "a\0", "a", "x" * 1000]


def moves() -> dict[str, SOp]:
    """Return programs that move atoms between positions."""
    length = EVERYTHING.value(1)
    return {
        "shift right": (key(indices) == query(indices - 1)).value(tokens, "_"),
        "shift left": (key(indices) == query(indices + 2)).value(tokens, "_"),
        "flip": (key(indices) == query(length - 1 - indices)).value(tokens, "_"),
        "flip by keys": (key(length - 1 - indices) == query(indices)).value(tokens, "_"),
        "gather": (key(indices) == query(indices * 2 % 5)).value(tokens, "_"),
        "first": (key(indices) == query(0)).value(tokens, "_"),
        "last": (key(indices) == query(length - 1)).value(tokens, "_"),
        "last again": (key(indices) == query(length - 1)).value((key(indices) == query(0)).value(tokens)),
        "by a value": (key(indices) == query(where(indices > 2, 0, 2))).mean(tokens, "_"),
    }


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name, program in moves().items():
        inputs = [[], *(list(atoms[:n]) for atoms in ATOMS.values() for n in (1, 4, 9))]
        yield Case(GROUP, name, (trial(program, inputs),), ("sum",))
        yield Case(GROUP, f"{name} of long strings", (trial(program, [LONG, LONG[:3], LONG[::-1]]),), ("sum",), "str")
    shifted = trial(moves()["shift right"], ["hello", LONG, [True, 0.0]], [[*"_hell"], ["_", *LONG[:-1]], ["_", True]])
    flipped = trial(moves()["flip"], ["abc", LONG, [-0.0, 2**64]], [[*"cba"], LONG[::-1], [2**64, -0.0]], layers=2)
    yield Case(GROUP, "by hand", (shifted, flipped), ("sum",))
