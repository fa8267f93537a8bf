"""Proof cases of sums by classes, and of aggregates as choices by their queries."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from raspir.ir import Node
from raspir.ir.types import ATOM, INT, STR
from raspir.passes.depth import classes, split
from raspir.testing.proofs.cases.programs import (
    ADDS_INTEGERS,
    BEFORE,
    COMPARABLE,
    IS_TOTAL,
    UP_TO,
    best,
    both,
    either,
    mean,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, leaf, make, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, Patch, always

BY_CLASSES, BEST = map(Searched, classes.RULES)

Q, R = leaf("q", STR, ("a", "b")), leaf("r", INT, (0, 2))
X, Y, K = leaf("x", ATOM), leaf("y", ATOM), leaf("k", INT)
V, M = leaf("v", INT), leaf("m", INT, (-1, 0, 2))
S = some_selector("S", X, Y)

ALIKE = select("eq", Q, Q)
HIST = total(ALIKE, 1)
EARLIER = total(both(ALIKE, BEFORE), 1)
"""How many positions before this one have the same token."""


def _programs() -> Iterator[tuple[str, Node]]:
    yield "total(hist)", total(EVERYTHING, HIST)
    yield "sum(s, where(earlier == 0, v, m))", total(S, make("where", make("eq", EARLIER, 0), V, M))
    yield (
        "sum(hist > hist | hist == hist & j < i, 1)",
        total(either(select("gt", HIST, HIST), both(select("eq", HIST, HIST), BEFORE)), 1),
    )
    yield "sum(hist + m <= i, v)", total(select("le", make("add", HIST, M), INDICES), V)
    yield "sum(j <= i, sum(k < r, v) + m)", total(UP_TO, make("add", total(select("lt", K, R), V), M))
    same = make("eq", best(select("eq", K, R), Q, V, "_"), Q)
    yield "sum(j <= i, where(best(k == r, q, v) == q, 1, 0))", total(UP_TO, make("where", same, 1, 0))
    moved = total(select("eq", K, make("add", R, INDICES)), V, 5)
    yield "sum(sum(k == r + i, v, 5) <= m, m)", total(select("le", moved, M), M)
    fewer = make("lt", HIST, total(select("eq", M, R), 1))
    yield "sum(j < i, where(hist < count of r, v, 0))", total(BEFORE, make("where", fewer, V, 0))


INTEGRAL: Patch = (classes, "_is_integral", always(True))
TELLS_APART: Patch = (classes, "_distinguishes_all", always(True))
ONE_ANSWER: Patch = (split, "_is_same", always(True))
EITHER = leaf("e", INT, (True, 1))
MUTATIONS = (
    GuardMutation(
        "no class divides by zero",
        total(UP_TO, make("floordiv", 12, make("add", total(select("eq", M, R), 1), make("sub", M, R)))),
        [IS_TOTAL],
    ),
    GuardMutation(
        "each class compares comparable atoms",
        total(select("lt", make("where", make("eq", HIST, 1), "a", 1), X), V),
        [COMPARABLE],
    ),
    GuardMutation(
        "comparison distinguishes the atoms", total(UP_TO, total(select("eq", K, EITHER), V)), [TELLS_APART, ONE_ANSWER]
    ),
    *(
        GuardMutation(f"integers are summed with default 0: {text}", node, ADDS_INTEGERS)
        for text, node in {
            "another default": total(BEFORE, HIST, 3),
            "a string as default": total(BEFORE, HIST, "_"),
            "a mean": mean(EVERYTHING, HIST),
        }.items()
    ),
)


def _best_programs() -> Iterator[tuple[str, Node]]:
    for pick, ties in product(("highest", "lowest"), ("left", "right")):
        yield f"the {ties}most of the {pick} hist", best(EVERYTHING, X, HIST, "_", pick, ties)
    yield "best(s, hist, hist)", best(S, HIST, HIST, 5)
    yield "best(s, v, hist + m)", best(S, V, make("add", HIST, M))
    yield "best(j <= i, earlier, m)", best(UP_TO, EARLIER, M, None)
    yield "best(hist > i, x, m)", best(select("gt", HIST, INDICES), X, M, True)


BEST_MUTATIONS = (
    GuardMutation("scores are integers", best(S, HIST, make("where", make("eq", HIST, 1), X, 1)), [INTEGRAL]),
    GuardMutation(
        "of one score, the first place counts",
        best(EVERYTHING, X, HIST),
        [(classes, "_have_value_of_score", always(True))],
    ),
    GuardMutation(
        "comparison distinguishes the atoms",
        best(UP_TO, EITHER, total(select("eq", K, EITHER), M)),
        [TELLS_APART, ONE_ANSWER],
    ),
)

RULES = (
    BY_CLASSES.provable(
        *(BY_CLASSES.case(f"{text} by classes", node) for text, node in _programs()), mutations=MUTATIONS
    ),
    BEST.provable(
        *(BEST.case(f"{text} by classes", node) for text, node in _best_programs()), mutations=BEST_MUTATIONS
    ),
)
