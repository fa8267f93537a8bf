"""Proof cases of aggregates over the ranks of members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from raspir.analysis import Analysis, Conjunct
from raspir.analysis.ranks import Rank
from raspir.ir import Node
from raspir.ir.types import ATOM, INT
from raspir.passes.depth import permutations
from raspir.testing.proofs.cases.programs import (
    ADDS_INTEGERS,
    AFTER,
    BEFORE,
    FROM,
    IS_TOTAL,
    UP_TO,
    beside,
    best,
    both,
    either,
    mean,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, LENGTH, leaf, make, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, Patch, always

(ENUMERATED,) = map(Searched, permutations.RULES)

X, Y, V, W = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("w", INT)
IS_A, SAME = select("eq", X, "a"), select("eq", X, X)
IN_A = make("eq", X, "a")
A_BEFORE, A_UP_TO = total(both(BEFORE, IS_A), 1), total(both(UP_TO, IS_A), 1)
A_AFTER, LIKE_BEFORE = total(both(AFTER, IS_A), 1), total(both(BEFORE, SAME), 1)


def ordered(by: Node, first: str = "lt", then: Node = BEFORE, among: Node = EVERYTHING) -> Node:
    """Return the rank of each position, among some, in the order of ``by``."""
    ahead = either(select(first, by, by), both(select("eq", by, by), then))
    return total(ahead if among is EVERYTHING else both(among, ahead), 1)


BY_V, LAST_BY_V = ordered(V), ordered(V, "gt", UP_TO)
A_BY_V = ordered(V, among=IS_A)
FROM_LAST_BY_V = ordered(V, "gt", AFTER)
BAND = both(UP_TO, select("ge", INDICES, beside(-1)))


def _programs() -> Iterator[tuple[str, Node]]:
    yield "total(rank by v)", total(EVERYTHING, BY_V)
    yield "total(falling rank by v, inclusive)", total(EVERYTHING, LAST_BY_V, None)
    yield "total(rank by v > i) by an opaque predicate", total(some_selector("S", BY_V, Y), BY_V)
    yield "width(rank by v <= w)", total(select("le", BY_V, W), 1)
    yield "the rank of the position of rank w", total(select("eq", BY_V, W), make("mod", BY_V, 2), "_")
    yield "the opposite rank of the position of rank w", total(select("eq", BY_V, W), FROM_LAST_BY_V, "_")
    yield "total(opposite rank & rank <= w)", total(select("le", BY_V, W), make("mod", FROM_LAST_BY_V, 2))
    yield "the best by rank", best(EVERYTHING, make("eq", BY_V, 1), BY_V)
    yield "sum(a, rank in a)", total(IS_A, A_BEFORE)
    yield "sum(a, rank in a by v)", total(IS_A, A_BY_V, 3)
    yield "sum(a & j <= i, where(rank in a == 0, 1, 0))", total(both(IS_A, UP_TO), make("eq", A_BEFORE, 0), 3)
    yield "sum(a & j > i, count from a on)", total(both(IS_A, AFTER), A_UP_TO)
    yield "sum(a & j >= i, members after)", total(both(IS_A, FROM), A_AFTER)
    yield "sum(a & j < i, members after)", total(both(IS_A, BEFORE), A_AFTER)
    yield "sum(a & i - 1 <= j <= i, count of a)", total(both(IS_A, BAND), A_UP_TO)
    yield "sum(a & j < length - 1, count of a)", total(both(IS_A, select("lt", INDICES, beside(-1, LENGTH))), A_UP_TO)
    yield "sum(same, rank in same)", total(SAME, LIKE_BEFORE)
    yield "sum(same & j < i, rank in same)", total(both(SAME, BEFORE), LIKE_BEFORE)
    yield "total(where(a, count of a, 0))", total(EVERYTHING, make("where", IN_A, A_UP_TO, 0))
    yield "total(2 * where(a, count of a, w))", total(EVERYTHING, make("mul", make("where", IN_A, A_UP_TO, W), 2))
    yield (
        "sum(j <= i, where(a & count of a == 1, 1, 0))",
        total(UP_TO, make("where", make("and", IN_A, make("eq", A_UP_TO, 1)), 1, 0)),
    )
    yield "sum(count of a < count of a, a)", total(select("lt", A_UP_TO, A_UP_TO), make("where", IN_A, 1, 0))
    yield "sum(v <= w, rank by v)", total(select("le", V, W), BY_V)
    yield "sum(v == w, falling rank by v)", total(select("eq", V, W), LAST_BY_V)
    before = either(select("lt", V, V), both(select("eq", V, V), BEFORE))
    yield "sum(before by v, rank by v)", total(before, BY_V)
    yield "sum(a & from i by v, rank in a by v)", total(both(IS_A, make("selector.not", before)), A_BY_V)


_rank = Analysis.rank


def _as_of_everyone(facts: Analysis, node: Node | None) -> Rank | None:
    """Return the rank of a count, as if all positions were counted."""
    rank = _rank(facts, node)
    return rank and replace(rank, members=Conjunct({}))


ANY_MEMBERS: Patch = (Analysis, "rank", _as_of_everyone)
SYMMETRIC: Patch = (permutations._Enumeration, "_is_symmetric", always(True))
COMPARES: Patch = (permutations._Enumeration, "_compares", always(True))
MUTATIONS = (
    GuardMutation("all counted positions are members", total(EVERYTHING, A_BEFORE), [ANY_MEMBERS]),
    GuardMutation(
        "orders are the same or opposite",
        total(select("eq", BY_V, W), LAST_BY_V),
        [(permutations._Enumeration, "_place", lambda enumeration, rank: INDICES)],
    ),
    GuardMutation(
        "the order of positions does not matter",
        best(EVERYTHING, BY_V, make("mod", beside(1, BY_V), 2)),
        [SYMMETRIC],
    ),
    GuardMutation("no rank fails", total(IS_A, make("floordiv", 12, make("sub", A_BEFORE, 2))), [IS_TOTAL]),
    GuardMutation(
        "ranks are comparable",
        total(both(IS_A, select("lt", make("where", make("gt", A_BEFORE, 1), "a", 1), W)), 1),
        [COMPARES],
    ),
    GuardMutation(
        "what is equal to a query also compares with it", total(select("eq", X, "a"), ordered(X)), [COMPARES]
    ),
    *(
        GuardMutation(f"integers are summed with default 0: {text}", node, ADDS_INTEGERS)
        for text, node in {
            "another default": total(BEFORE, make("where", IN_A, A_UP_TO, 0), 3),
            "a mean": mean(UP_TO, make("where", IN_A, A_UP_TO, 0)),
        }.items()
    ),
)

RULES = (
    ENUMERATED.provable(
        *(ENUMERATED.case(f"{text} over the ranks", node) for text, node in _programs()), mutations=MUTATIONS
    ),
)
