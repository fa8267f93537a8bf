"""Proof cases of the rules on sums over intervals of positions, and on values chosen by a condition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from raspir.analysis.selectors import Conjunct
from raspir.ir import Atom, Node
from raspir.ir.types import ATOM, BOOL, INT, NUMBER
from raspir.passes.depth import closed_forms
from raspir.passes.depth.closed_forms import Polynomial, _Sums
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.cases.programs import ADDS_INTEGERS, MIRRORED, UP_TO, beside, both, either, mean
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import (
    BELOW_THE_LIMIT,
    INDICES,
    LENGTH,
    const,
    leaf,
    make,
    of_kinds,
    select,
    some_selector,
    total,
    uniform,
)
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

CLOSED, MEAN, DEFAULT, CONDITION = map(Searched, (*closed_forms.RULES, *closed_forms.REDUCTIONS))

A, U, R, Q = leaf("a", INT), leaf("u", INT), leaf("r", NUMBER), leaf("q", BOOL | INT)
X, V, W = leaf("x", ATOM), leaf("v", INT), leaf("w", INT)
SQUARE = make("mul", INDICES, INDICES)
S = some_selector("S", X, V)
POSITIONAL = make("gt", INDICES, 1)
DEFAULTS: tuple[Atom, ...] = (0, None)
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")


ENDS = tuple(range(-2, 7))
E, F = leaf("e", INT, ENDS), leaf("f", INT, ENDS)
"""Integers within and on both sides of all inputs considered: products of larger ones take the solver too long."""


# Closed form

VALUES = {
    "1": const(1),
    "3 - 2 * j": make("sub", 3, make("mul", INDICES, 2)),
    "j * j - j + 2": beside(2, make("sub", SQUARE, INDICES)),
}
KEYS = {
    "2 * j": make("mul", INDICES, 2),
    "j + 3": beside(3),
    "1 - j": make("sub", 1, INDICES),
    "j + length": make("add", INDICES, LENGTH),
    "-3 * j": make("mul", INDICES, -3),
}
SELECTORS = {
    "e <= j <= f": both(select("ge", INDICES, E), select("le", INDICES, F)),
    "e <= j < length - e": both(select("ge", INDICES, E), select("lt", INDICES, make("sub", LENGTH, E))),
    "j < e | j == f": either(select("lt", INDICES, E), select("eq", INDICES, F)),
    "j != e & j < f": both(select("ne", INDICES, E), select("lt", INDICES, F)),
    "j > i - 3": select("gt", INDICES, beside(-3)),
}


def _twice(sums: _Sums, clauses: list[Conjunct], polynomial: Polynomial) -> Node:
    """Return the sum of the sums over each clause, as if the clauses were disjoint."""
    result = sums.algebra.const(0)
    for clause in clauses:
        result = sums.algebra("add", result, _over(sums, [clause], polynomial))
    return result


_over, _polynomial_of = _Sums.over, closed_forms.polynomial_of
FLIPPED_END = select("lt", INDICES, make("sub", LENGTH, A))
WITHIN: Patch = (_Sums, "_within", always(True))
BEGINS_WITHIN: Patch = (_Sums, "_low", lambda sums, lows: lows[0] if lows else const(0))
NEVER_CROSS: Patch = (Algebra, "largest", lambda algebra, a, b: a)
NEVER_OVERLAP: Patch = (_Sums, "over", _twice)
CLOSED_MUTATIONS = (
    GuardMutation("the interval ends within the input", total(select("le", INDICES, A), 1), [WITHIN]),
    GuardMutation("the interval begins within the input", total(select("ge", INDICES, A), 1), [BEGINS_WITHIN]),
    GuardMutation(
        "the ends of the interval do not cross",
        total(both(select("ge", INDICES, A), FLIPPED_END), INDICES),
        [NEVER_CROSS],
    ),
    GuardMutation(
        "the alternatives do not overlap",
        total(either(select("lt", INDICES, A), select("eq", INDICES, MIRRORED)), 1),
        [NEVER_OVERLAP],
    ),
    GuardMutation(
        "the value is a polynomial of the position",
        total(select("lt", INDICES, A), V),
        [(closed_forms, "polynomial_of", lambda algebra, value: _polynomial_of(algebra, INDICES))],
    ),
    GuardMutation(
        "the key is a multiple of the position",
        total(select("lt", SQUARE, A), 1),
        [(closed_forms, "position_multiple", always(1))],
    ),
    GuardMutation("the constant is an integer, or may be one", total(select("lt", INDICES, A), True), ADDS_INTEGERS),
)


def _closed() -> Iterator[ProofCase]:
    for place, (comparison, default) in enumerate(product(COMPARISONS, DEFAULTS)):
        text, summed = list(VALUES.items())[place % 2]
        node = total(select(comparison, INDICES, A), summed, default)
        yield CLOSED.case(f"sum(j {comparison} a, {text}, {default!r}) from the ends", node)
    for text, key in KEYS.items():
        limit = [BELOW_THE_LIMIT] if "*" in text else []  # the interval end is divided
        yield CLOSED.case(f"sum({text} <= a, j) from the ends", total(select("le", key, A), INDICES), *limit)
    for place, ((text, selector), (shown, summed)) in enumerate(product(SELECTORS.items(), VALUES.items())):
        node = total(selector, summed, DEFAULTS[place % 2])
        yield CLOSED.case(f"sum({text}, {shown}) from the ends", node)
    below, beyond = select("lt", INDICES, A), select("ge", INDICES, A)
    polynomial = make("add", make("mul", U, INDICES), W)
    same = (uniform(U, "u"), uniform(W, "w"), BELOW_THE_LIMIT)
    yield CLOSED.case("sum(j < a, u * j + w) from the ends", total(below, polynomial), *same)
    moving = select("lt", make("add", INDICES, U), A)
    yield CLOSED.case("sum(j + u < a, -j) from the ends", total(moving, make("neg", INDICES)), uniform(U, "u"))
    integers = (uniform(R, "r"), of_kinds(R, "r", INT), BELOW_THE_LIMIT)
    yield CLOSED.case("sum(j >= a, r) from the ends", total(beyond, R), *integers)
    yield CLOSED.agnostic_case("sum(j >= a, True) where True may be 1", total(beyond, True, False))


# Mean by sum


def _means() -> Iterator[ProofCase]:
    booleans = of_kinds(Q, "q", BOOL)
    for text, selector in {"j <= i": UP_TO, "j < i - 1": select("lt", INDICES, beside(-1))}.items():
        for default in (0.5, None):
            yield MEAN.case(f"mean({text}, r, {default!r}) is a quotient", mean(selector, R, default))
        yield MEAN.case(f"mean({text}, x) is a quotient", mean(selector, X))
        yield MEAN.case(f"mean({text}, q) is a quotient of a count", mean(selector, Q), booleans)


# Condition on the value

VALUE_MUTATIONS = tuple(
    GuardMutation(f"integers are summed with default 0: {text}", node, ADDS_INTEGERS)
    for text, node in {
        "another default": total(S, make("where", POSITIONAL, V, W), 3),
        "a float as default": total(S, make("where", POSITIONAL, V, W), 0.0),
        "a string as default": total(S, make("where", POSITIONAL, V, 1), False),
        "a mean": mean(UP_TO, make("where", POSITIONAL, V, W)),
    }.items()
)
TESTS = {
    "j > 1": make("gt", INDICES, 1),
    "0 < j & j != 2": make("and", make("gt", INDICES, 0), make("ne", INDICES, 2)),
    "~(j == 1)": make("not", make("eq", INDICES, 1)),
    "j": INDICES,
    "j % 2": make("mod", INDICES, 2),
}


def _values() -> Iterator[ProofCase]:
    for text, test in TESTS.items():
        yield CONDITION.case(
            f"sum(s, where({text}, v, w)) is a sum for each branch", total(S, make("where", test, V, W))
        )
    kinds = (of_kinds(R, "r", INT), of_kinds(Q, "q", INT))
    chosen = make("where", POSITIONAL, Q, R)
    yield CONDITION.case("sum(s, where(j > 1, q, r)) is a sum for each branch", total(S, chosen), *kinds)
    choice = make("where", POSITIONAL, V, W)
    some = make("sub", A, make("mul", choice, 2))
    yield CONDITION.case("sum(s, a - 2 * where(j > 1, v, w)) is a sum for each term and branch", total(S, some))
    product = make("mul", A, choice)
    yield CONDITION.case("sum(s, a * where(j > 1, v, w)) is a sum for each branch", total(S, product), BELOW_THE_LIMIT)
    moving = make("where", make("gt", A, 2), make("sub", LENGTH, INDICES), W)
    yield CONDITION.case("sum(s, where(a > 2, length - j, w)) is a sum for each branch", total(S, moving))
    for text in ("j > 1", "~(j == 1)"):
        yield CONDITION.agnostic_case(f"sum(s, {text}) is a count", total(S, TESTS[text], False))


def _defaults() -> Iterator[ProofCase]:
    for default in (5, "_", None):
        yield DEFAULT.case(f"sum(s, v, {default!r})", total(S, V, default))
        yield DEFAULT.case(f"sum(j <= i, v, {default!r})", total(UP_TO, V, default))


RULES = (
    CLOSED.provable(*_closed(), mutations=CLOSED_MUTATIONS),
    MEAN.provable(*_means()),
    DEFAULT.provable(*_defaults()),
    CONDITION.provable(*_values(), mutations=VALUE_MUTATIONS),
)
