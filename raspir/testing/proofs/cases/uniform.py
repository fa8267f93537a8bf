"""Proof cases of the rules on uniform and query-only values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

from raspir.analysis import Analysis
from raspir.ir import Node
from raspir.ir.types import ATOM, BOOL, INT, NUMBER
from raspir.passes.depth import uniform as rules
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.cases.programs import (
    ADDS_INTEGERS,
    AFTER,
    AT_MOST_ONE,
    BEFORE,
    NEVER_FAILS,
    UP_TO,
    at,
    best,
    both,
    either,
    mean,
    provable,
    schema,
)
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
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

CONDITION, CHOICE, TERMS, VALUE, SCORE = rules.RULES

K, Q, C = leaf("k", ATOM), leaf("q", ATOM), leaf("c", INT)
S = some_selector("S", K, Q)
X, Y, V, W, Z = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("w", INT), leaf("z", NUMBER)
U, T, F = leaf("u", INT), leaf("t", ATOM), leaf("f", NUMBER)
B, UB = leaf("b", BOOL), leaf("ub", BOOL)
M = leaf("m", INT, (-2, 0, 3))
"""Small integers, whose mean is always a finite float."""


# Condition on the query


ONE = select("eq", 1, C)
ON_QUERY = {
    "s & c == 1": both(S, ONE),
    "s & ~(c < 1)": both(S, make("selector.not", select("gt", 1, C))),
    "s & x == a string": both(S, select("eq", "b", X)),
    "s & x != a string": both(S, select("ne", "b", X)),
    "j <= i & -1 <= c < 3": both(UP_TO, both(select("le", -1, C), select("gt", 3, C))),
    "j < i & 1 < c | k != q & 1 < c": either(
        both(BEFORE, select("lt", 1, C)), both(select("ne", K, Q), select("lt", 1, C))
    ),
}  # fmt: skip
AGGREGATES: dict[str, Callable[[Node], Node]] = {
    "a sum": lambda s: total(s, V, 3), "a mean": lambda s: mean(s, M, "_"), "the best": lambda s: best(s, X, V, True)
}  # fmt: skip
ON_THE_QUERY: tuple[Patch, ...] = (
    (Analysis, "of_queries", always(True)),
    (Algebra, "holds", lambda algebra, sets: algebra.const(True)),
)
UNCHECKED_CONDITIONS = (
    GuardMutation(
        "whether the aggregate can fail without the condition", total(both(UP_TO, select("eq", 9, C)), X, "_"),
        NEVER_FAILS,
    ),
    GuardMutation(
        "whether the condition is on the query alone", total(both(UP_TO, select("eq", V, C)), W),
        ON_THE_QUERY,
    ),
    GuardMutation(
        "whether all alternatives share the condition",
        total(either(both(BEFORE, ONE), select("eq", INDICES, INDICES)), V),
        [(rules, "_shared", lambda formula: formula[0].sets)],
    ),
)  # fmt: skip


CONDITIONS = tuple(
    schema(
        CONDITION, f"agg({text}, v, d) = where(c, agg(s, v, d), d), {kind}", aggregate(selector),
        unchecked=UNCHECKED_CONDITIONS if place == 0 else (),
    )
    for place, ((text, selector), (kind, aggregate)) in enumerate(product(ON_QUERY.items(), AGGREGATES.items()))
)  # fmt: skip


# Uniform condition

CHOSEN = {
    "a sum": total(S, make("where", T, V, W), "_"),
    "a mean": mean(S, make("where", T, M, 1), 0.5),
    "the best": best(S, make("where", T, X, Y), V, 7),
    "a fetch": at(V, make("where", T, X, Y), "_"),
}
UNCHECKED_CHOICES = (
    GuardMutation("whether a branch that is not chosen can fail", total(UP_TO, make("where", T, V, X)), NEVER_FAILS),
)
CHOICES = tuple(
    schema(
        CHOICE, f"agg(s, where(u, a, b)) = where(u, agg(s, a), agg(s, b)), {kind}", node, uniform(T, "u"),
        unchecked=UNCHECKED_CHOICES if kind == "a sum" else (),
    )
    for kind, node in CHOSEN.items()
)  # fmt: skip


# Uniform term

PRODUCT = make("mul", U, V)
UNCHECKED_TERMS = tuple(
    GuardMutation(f"whether integers are added up, with 0 for none: {text}", node, ADDS_INTEGERS)
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
        shown = f"sum(s, {text}) is summed without u"
        checks = UNCHECKED_TERMS if text == "u" else ()
        yield schema(TERMS, shown, total(S, value), uniform(U, "u"), BELOW_THE_LIMIT, unchecked=checks)
    of_integers = (of_kinds(Z, "v", INT), uniform(U, "u"), BELOW_THE_LIMIT)
    yield schema(TERMS, "sum(s, u + v) = u * width(s) + sum(s, v)", total(S, make("add", U, Z)), *of_integers)
    yield schema(TERMS, "sum(s, u * v) = u * sum(s, v)", total(UP_TO, make("mul", U, Z)), *of_integers)
    boolean = make("add", UB, B)
    yield schema(
        TERMS, "sum(s, u + v) for booleans", total(S, boolean, False), uniform(UB, "u"), bool_int_agnostic=True
    )
    yield schema(TERMS, "sum(s, u) for a boolean", total(S, UB, False), uniform(UB, "u"), bool_int_agnostic=True)


# Uniform value

UNCHECKED_VALUES = (GuardMutation("whether one position at most is added up", total(UP_TO, X), [AT_MOST_ONE]),)
VALUES = tuple(
    schema(
        VALUE, f"best(s, u, d) = where(width(s) > 0, u, d), {text}", node, uniform(X, "u"),
        unchecked=UNCHECKED_VALUES if text == "a fetch" else (),
    )
    for text, node in {
        "a fetch": at(V, X, "_"),
        "the mean of one": mean(select("eq", make("mul", INDICES, 2), V), X, True),
        "the highest": best(S, X, V, 3),
        "the lowest of strings and numbers": best(S, X, Y, 3, "lowest", "right"),
    }.items()
)  # fmt: skip


# Uniform score

SCORED = {"score + u": make("add", V, U), "score - 2 * u + 3": make("add", make("sub", V, make("mul", U, 2)), 3),
          "u - 2 * score + w": make("add", make("sub", U, make("mul", V, 2)), W), "u": U}  # fmt: skip


def _scores() -> Iterator[ProofCase]:
    sides = list(product(("highest", "lowest"), ("left", "right")))
    for place, (text, score) in enumerate(SCORED.items()):
        for pick, ties in sides if place == 0 else sides[place - 1 : place]:
            shown = f"best(s, v, {text}) is as good without u, the {ties}most {pick}"
            yield schema(SCORE, shown, best(S, X, score, "_", pick, ties), uniform(U, "u"))
    conditions = (of_kinds(F, "score", INT), uniform(U, "u"))
    yield schema(SCORE, "best(s, v, score + u) = best(s, v, score)", best(S, X, make("add", F, U)), *conditions)
    yield schema(SCORE, "a boolean score and u", best(S, X, make("add", B, UB)), uniform(UB, "u"))


RULES = (
    provable(CONDITION, *CONDITIONS),
    provable(CHOICE, *CHOICES),
    provable(TERMS, *_terms()),
    provable(VALUE, *VALUES),
    provable(SCORE, *_scores()),
)
