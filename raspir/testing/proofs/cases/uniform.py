"""Proof cases of the rules on uniform and query-only values."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from raspir.ir.types import ATOM, BOOL, INT, NUMBER
from raspir.passes.depth import uniform as rules
from raspir.testing.proofs.cases.programs import (
    ADDS_INTEGERS,
    AFTER,
    AT_MOST_ONE,
    NEVER_FAILS,
    UP_TO,
    at,
    best,
    mean,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import (
    BELOW_THE_LIMIT,
    INDICES,
    leaf,
    make,
    of_kinds,
    select,
    some_selector,
    total,
    uniform,
)
from raspir.testing.proofs.proving import GuardMutation, ProofCase

CHOICE, TERMS, VALUE, SCORE = map(Searched, rules.RULES)

K, Q, C = leaf("k", ATOM), leaf("q", ATOM), leaf("c", INT)
S = some_selector("S", K, Q)
X, Y, V, W, Z = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("w", INT), leaf("z", NUMBER)
U, T, F = leaf("u", INT), leaf("t", ATOM), leaf("f", NUMBER)
B, UB = leaf("b", BOOL), leaf("ub", BOOL)
M = leaf("m", INT, (-2, 0, 3))
"""Small integers, whose mean is always a finite float."""


# Uniform condition

CHOSEN = {
    "a sum": total(S, make("where", T, V, W), "_"),
    "a mean": mean(S, make("where", T, M, 1), 0.5),
    "the best": best(S, make("where", T, X, Y), V, 7),
    "a fetch": at(V, make("where", T, X, Y), "_"),
}
CHOICE_MUTATIONS = (
    GuardMutation("the branch that is not chosen cannot fail", total(UP_TO, make("where", T, V, X)), NEVER_FAILS),
)
CHOICES = [
    CHOICE.case(f"agg(s, where(u, a, b)) = where(u, agg(s, a), agg(s, b)), {kind}", node, uniform(T, "u"))
    for kind, node in CHOSEN.items()
]


# Uniform term

PRODUCT = make("mul", U, V)
TERM_MUTATIONS = tuple(
    GuardMutation(f"integers are summed with default 0: {text}", node, ADDS_INTEGERS)
    for text, node in {
        "another default": total(AFTER, make("add", U, V), 5),
        "False as default": total(AFTER, make("add", U, V), False),
        "a mean": mean(UP_TO, make("add", U, V)),
    }.items()
)
TERMS_OF = {
    "u": U,
    "u + v": make("add", U, V),
    "u * v": PRODUCT,
    "v * u + w": make("add", make("mul", V, U), W),
    "2 * u * v - w + 2": make("add", make("sub", make("mul", PRODUCT, 2), W), 2),
    "2 * u - u * v": make("sub", make("mul", U, 2), PRODUCT),
    "-u": make("neg", U),
}


def _terms() -> Iterator[ProofCase]:
    for text, value in TERMS_OF.items():
        yield TERMS.case(f"sum(s, {text}) is summed without u", total(S, value), uniform(U, "u"), BELOW_THE_LIMIT)
    of_integers = (of_kinds(Z, "v", INT), uniform(U, "u"), BELOW_THE_LIMIT)
    yield TERMS.case("sum(s, u + v) = u * width(s) + sum(s, v)", total(S, make("add", U, Z)), *of_integers)
    yield TERMS.case("sum(s, u * v) = u * sum(s, v)", total(UP_TO, make("mul", U, Z)), *of_integers)
    for text, value in (("u + v) for booleans", make("add", UB, B)), ("u) for a boolean", UB)):
        yield TERMS.agnostic_case(f"sum(s, {text}", total(S, value, False), uniform(UB, "u"))


# Uniform value

VALUE_MUTATIONS = (GuardMutation("at most one position is summed", total(UP_TO, X), [AT_MOST_ONE]),)
VALUES = [
    VALUE.case(f"best(s, u, d) = where(width(s) > 0, u, d), {text}", node, uniform(X, "u"))
    for text, node in {
        "a fetch": at(V, X, "_"),
        "the mean of one": mean(select("eq", make("mul", INDICES, 2), V), X, True),
        "the highest": best(S, X, V, None),
        "the lowest of strings and numbers": best(S, X, Y, 3, "lowest", "right"),
    }.items()
]


# Uniform score

SCORED = {"score + u": make("add", V, U), "score - 2 * u + 3": make("add", make("sub", V, make("mul", U, 2)), 3),
          "u - 2 * score + w": make("add", make("sub", U, make("mul", V, 2)), W), "u": U}  # fmt: skip


def _scores() -> Iterator[ProofCase]:
    sides = list(product(("highest", "lowest"), ("left", "right")))
    for place, (text, score) in enumerate(SCORED.items()):
        for pick, ties in sides if place == 0 else sides[place - 1 : place]:
            shown = f"best(s, v, {text}) is the same without u, the {ties}most {pick}"
            yield SCORE.case(shown, best(S, X, score, "_", pick, ties), uniform(U, "u"))
    conditions = (of_kinds(F, "score", INT), uniform(U, "u"))
    yield SCORE.case("best(s, v, score + u) = best(s, v, score)", best(S, X, make("add", F, U)), *conditions)
    yield SCORE.case("a boolean score and u", best(S, X, make("add", B, UB)), uniform(UB, "u"))


RULES = (
    CHOICE.provable(*CHOICES, mutations=CHOICE_MUTATIONS),
    TERMS.provable(*_terms(), mutations=TERM_MUTATIONS),
    VALUE.provable(*VALUES, mutations=VALUE_MUTATIONS),
    SCORE.provable(*_scores()),
)
