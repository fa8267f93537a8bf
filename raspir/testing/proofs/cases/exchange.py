"""Proof cases of the rules that exchange and split sums, or subtract what a condition excludes."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Analysis
from raspir.ir import Node
from raspir.ir.graph import topological
from raspir.ir.types import BOOL, INT
from raspir.passes.depth import exchange
from raspir.passes.depth.regions import Regions
from raspir.rewriting.polynomials import Polynomials
from raspir.testing.proofs.cases.programs import (
    ADDS_INTEGERS,
    AFTER,
    BEFORE,
    FROM,
    MIRRORED,
    UP_TO,
    at,
    beside,
    both,
    either,
    mean,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import (
    BELOW_THE_LIMIT,
    EVERYTHING,
    INDICES,
    LENGTH,
    leaf,
    make,
    of_kinds,
    select,
    total,
    uniform,
)
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

EXCHANGE, COMPLEMENT = map(Searched, exchange.RULES)

V, W, U, B = leaf("v", INT), leaf("w", INT), leaf("u", INT), leaf("b", BOOL)
R = leaf("r", BOOL | INT)
ENDS = tuple(range(-2, 7))
E, F = leaf("e", INT, ENDS), leaf("f", INT, ENDS)
"""Integers within and on both sides of all inputs considered."""


def window(low: int, high: int) -> Node:
    """Return the selector of the positions from ``i + low`` to ``i + high``."""
    return both(select("ge", INDICES, beside(low)), select("le", INDICES, beside(high)))


# Exchange of sums

NARROW, WIDE = window(-1, 0), window(-1, 1)
MARKED = select("eq", B, True)
PAIRS = {
    "j <= i, j <= i": (UP_TO, UP_TO),
    "all, j < i": (EVERYTHING, BEFORE),
    "j > i, j >= i": (AFTER, FROM),
    "i - 1 <= j <= i, the same": (NARROW, NARROW),
    "i - 1 <= j <= i + 1, the same": (WIDE, WIDE),
    "i - 2 <= j <= i - 1, i <= j <= i + 1": (window(-2, -1), window(0, 1)),
    "j <= i, i - 1 <= j <= i + 1": (UP_TO, WIDE),
    "j < 3, j <= i": (select("lt", INDICES, 3), UP_TO),
    "j < 3, j < i": (select("lt", INDICES, 3), BEFORE),
    "1 <= j <= 2 & j < i, j <= i": (both(both(select("ge", INDICES, 1), select("le", INDICES, 2)), BEFORE), UP_TO),
    "j <= e, e <= j < i": (select("le", INDICES, E), both(select("ge", E, INDICES), BEFORE)),
    "j < e | j == f, j > i": (
        either(select("lt", INDICES, E), select("eq", INDICES, F)),
        AFTER,
    ),
    "all, e == i": (EVERYTHING, select("eq", E, INDICES)),
    "j <= i & f != 1, b & e <= i": (both(UP_TO, select("ne", 1, F)), both(MARKED, select("le", E, INDICES))),
    "j <= length - 1 - i, j == length - 1 - i": (select("le", INDICES, MIRRORED), select("eq", INDICES, MIRRORED)),
    "2 * j <= i + 1, j <= 2 * i": (
        select("le", make("mul", INDICES, 2), beside(1)),
        select("le", INDICES, make("mul", INDICES, 2)),
    ),
}
UNWEIGHTED = ("all, e == i", "j <= length - 1 - i, j == length - 1 - i")
"""Those in which each value is summed once, so that no product may exceed the limit."""

DEFAULTS = {
    "all, j < i": (EVERYTHING, BEFORE),
    "j <= i, j > i": (UP_TO, AFTER),
    "j <= i, i - 2 <= j < i": (UP_TO, window(-2, -1)),
}
PREFIX = total(UP_TO, V)
FACTORS = {
    "2 - i": make("sub", 2, INDICES),
    "i * (i + 1) // 2": make("floordiv", make("mul", INDICES, beside(1)), 2),
    "i * i - length": make("sub", make("mul", INDICES, INDICES), LENGTH),
}
TERMS = {
    "v - fetch(v, i - 1)": make("sub", V, at(beside(-1), V)),
    "fetch(v, i + 1) - 2 * prefix": make("sub", at(beside(1), V), make("mul", PREFIX, 2)),
    "fetch(v, i - 1, 7) + 3": make("add", at(beside(-1), V, 7), 3),
    "w + fetch(v, w) + prefix": make("add", W, make("add", at(W, V), PREFIX)),
    "i * (w - suffix)": make("mul", INDICES, make("sub", W, total(FROM, V))),
    "fetch(v, w) + fetch(w, v)": make("add", at(W, V), at(V, W)),
}


def _no_condition(regions: Regions, *_: object) -> bool:
    """Ignore a condition on the position between."""
    return True


UNCLIPPED: Patch = (Regions, "_clip", always([]))
EMPTY: Patch = (Regions, "_not_empty", lambda regions, region, low, high: region)
IGNORED: Patch = (Regions, "_add", _no_condition)
TWICE: Patch = (exchange, "_signed", lambda formula, splits: [(1, clause) for clause in formula])
INEXACT: Patch = (Polynomials, "is_integral", always(True))
EXCHANGE_MUTATIONS = (
    GuardMutation("the positions between lie within the input", total(EVERYTHING, total(WIDE, V)), [UNCLIPPED]),
    GuardMutation(
        "the interval is not empty",
        total(EVERYTHING, total(both(select("le", E, INDICES), select("ge", F, INDICES)), V)),
        [EMPTY],
    ),
    GuardMutation("the positions between form an interval", total(UP_TO, total(select("lt", V, W), V)), [IGNORED]),
    GuardMutation(
        "alternatives do not overlap",
        total(either(UP_TO, select("eq", INDICES, E)), total(AFTER, V)),
        [TWICE],
    ),
    GuardMutation(
        "a quotient is exact", total(UP_TO, make("mul", make("floordiv", INDICES, 2), total(UP_TO, V))), [INEXACT]
    ),
    GuardMutation(
        "an inner sum is the default and a difference only if it selects at most one",
        total(EVERYTHING, total(AFTER, V, 7)),
        [(Analysis, "at_most_one", lambda facts, selector: not facts.selects_all(selector))],
    ),
    *(
        GuardMutation(f"integers are summed with default 0: {text}", node, ADDS_INTEGERS)
        for text, node in {
            "another default": total(AFTER, PREFIX, 3),
            "a string as default": total(AFTER, PREFIX, "_"),
            "a mean": mean(UP_TO, PREFIX),
        }.items()
    ),
)


def _exchanged() -> Iterator[ProofCase]:
    for text, (outer, inner) in PAIRS.items():
        limit = [] if text in UNWEIGHTED else [BELOW_THE_LIMIT]
        node = total(outer, total(inner, V))
        most = 3 if E in topological([node]) else None
        yield EXCHANGE.case(f"sum(s, sum(t, v)) for {text} is one sum", node, *limit, most=most)
    for text, (outer, inner) in DEFAULTS.items():
        yield EXCHANGE.case(
            f"sum(s, sum(t, v, 7)) for {text} is one sum", total(outer, total(inner, V, 7)), BELOW_THE_LIMIT
        )
    for text, factor in FACTORS.items():
        node = total(UP_TO, make("mul", factor, PREFIX))
        yield EXCHANGE.case(f"sum(j <= i, ({text}) * prefix) is one sum", node, BELOW_THE_LIMIT)
    scaled = total(NARROW, make("mul", make("add", U, INDICES), PREFIX))
    yield EXCHANGE.case("sum(s, (u + i) * prefix) is one sum", scaled, uniform(U, "u"), BELOW_THE_LIMIT)
    mirrored = total(NARROW, make("mul", make("sub", LENGTH, INDICES), V))
    yield EXCHANGE.case("sum(s, (length - i) * v) is length * sum(s, v) - sum(s, i * v)", mirrored, BELOW_THE_LIMIT)
    for text, value in TERMS.items():
        limit = [BELOW_THE_LIMIT] if "fix" in text else []  # prefixes and suffixes are multiplied by positions
        yield EXCHANGE.case(f"sum(j <= i, {text}) is a sum for each term", total(UP_TO, value), *limit)
    moving = both(select("le", make("add", INDICES, U), INDICES), select("le", U, make("mul", INDICES, -1)))
    text = "sum(j <= i, sum(j + u <= i & u <= -i, v)) is one sum"
    yield EXCHANGE.case(text, total(UP_TO, total(moving, V)), uniform(U, "u"), BELOW_THE_LIMIT)
    integers = of_kinds(R, "r", INT)
    yield EXCHANGE.case("sum(s, sum(t, r)) is one sum", total(UP_TO, total(UP_TO, R)), integers, BELOW_THE_LIMIT)
    text, counted = "sum(s, sum(t, b)) is one sum, where True may be 1", total(BEFORE, total(WIDE, B), False)
    yield EXCHANGE.agnostic_case(text, counted)


# Complement

DEEP = {E: 1, V: 1}
EXCLUDING = {
    "j < length - 1": select("lt", INDICES, make("sub", LENGTH, 1)),
    "j != e": select("ne", INDICES, E),
    "j > 0 & v != e": both(select("gt", INDICES, 0), select("ne", V, E)),
}
COMPLEMENT_MUTATIONS = tuple(
    GuardMutation(f"integers are summed with default 0: {text}", node, ADDS_INTEGERS)
    for text, node in {
        "another default": total(EXCLUDING["j < length - 1"], V, 3),
        "a mean": mean(EXCLUDING["j < length - 1"], V),
    }.items()
)


def _complements() -> Iterator[ProofCase]:
    for text, selector in EXCLUDING.items():
        yield COMPLEMENT.case(f"sum({text}, w) without what it excludes", total(selector, W), layers=DEEP)
    integers, selector = of_kinds(R, "r", INT), EXCLUDING["j < length - 1"]
    yield COMPLEMENT.case("sum(j < length - 1, r) without the last", total(selector, R), integers, layers=DEEP)
    text = "sum(j < length - 1, b) without the last, where True may be 1"
    yield COMPLEMENT.agnostic_case(text, total(selector, B, False), layers=DEEP)


RULES = (
    EXCHANGE.provable(*_exchanged(), mutations=EXCHANGE_MUTATIONS),
    COMPLEMENT.provable(*_complements(), mutations=COMPLEMENT_MUTATIONS),
)
