"""The rules on fetches: gathers that compose, fetches where a position is found, and from the last position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from raspir.analysis import Analysis
from raspir.ir import Atom, Node
from raspir.ir.types import ATOM, INT, STR
from raspir.passes.algebra import Algebra
from raspir.passes.depth import gathers
from raspir.passes.depth.gathers import Fetch
from raspir.verification.leaves import leaf, some_selector, uniform
from raspir.verification.proving import Schema, Unchecked
from raspir.verification.schemas.programs import (
    AFTER,
    AT_MOST_ONE,
    BEFORE,
    EVERYTHING,
    INDICES,
    LENGTH,
    MIRRORED,
    UP_TO,
    always,
    at,
    beside,
    best,
    both,
    flipped,
    make,
    mean,
    provable,
    schema,
    select,
    total,
)

COMPOSE, FOUND, LAST = gathers.RULES

X, Y, V, P, Q = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("p", INT), leaf("q", ATOM)
U, TEXT = leaf("u", ATOM), leaf("text", STR)
IS_A = select("eq", X, "a")


# Gathers compose

OFFSETS = [(-1, -1), (1, 2), (-1, 1), (2, -1), (-2, 1)]
DEFAULTS: list[tuple[Atom, Atom]] = [("_", "_"), (0, 7), (0, False)]


def _shifts() -> Iterator[Schema]:
    for (by, inner), (default, other) in product(OFFSETS, DEFAULTS):
        text = f"fetch(fetch(x, i + {inner}, {other!r}), i + {by}, {default!r}) fetches once"
        yield schema(COMPOSE, text, at(beside(by), at(beside(inner), X, other), default))


INSIDE = {
    "where(fetch(y) == 'b', x, 3)": make("where", make("eq", at(beside(1), Y), "b"), X, 3),
    "fetch(v) * 2 - i": make("sub", make("mul", at(beside(1), V), 2), INDICES),
    "length - i": make("sub", LENGTH, INDICES),
    "sum(j <= i & x == 'a', v)": total(both(UP_TO, IS_A), V),
    "sum(j < i & x == 'a', 1, 5)": total(both(BEFORE, IS_A), 1, 5),
    "sum(j > i & x == 'a', v)": total(both(AFTER, IS_A), V),
    "sum(j >= i - 1 & x == fetch(y), v)": total(
        both(select("ge", INDICES, beside(-1)), select("eq", X, at(beside(-1), Y))), V
    ),
    "best(j < i, x, v)": best(BEFORE, X, V, "_", "lowest", "right"),
}
OUTSIDE = {
    "i - 1": beside(-1), "i + 1": beside(1), "2 * i": make("mul", INDICES, 2), "length - i": make("sub", LENGTH, INDICES),
    "length - 1 - i": MIRRORED, "p": P, "0": 0,
}  # fmt: skip
