"""Proof cases of counting sort."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from raspir.ir import Atom, Node
from raspir.ir.types import ATOM, BOOL, INT, STR
from raspir.passes.depth import order_statistics
from raspir.testing.proofs.cases.permutations import ordered
from raspir.testing.proofs.cases.programs import AFTER, FROM, NEVER_FAILS, UP_TO, beside, both
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, LENGTH, const, leaf, make, select, total
from raspir.testing.proofs.proving import GuardMutation, Patch

(BY_COUNTS,) = map(Searched, order_statistics.RULES)

X, N, Q = leaf("x", STR, ("a", "c", "b")), leaf("n", INT, (2, 0)), leaf("q", INT, (-1, 0, 1, 2, 5))
Y, V = leaf("y", ATOM), leaf("v", INT)
BY_X, LAST_BY_X = ordered(X), ordered(X, "gt", UP_TO)
NEGATED = make("sub", 1, N)
IS_A, IS_B, SAME = select("eq", Y, "a"), select("eq", X, "b"), select("eq", Y, Y)
SORTED = total(select("eq", BY_X, INDICES), X)


def _from(rank: Node, place: Node, value: Node, default: Atom = 0, among: Node = EVERYTHING) -> Node:
    fetch = select("eq", rank, place)
    return total(fetch if among is EVERYTHING else both(among, fetch), value, default)


def _programs() -> Iterator[tuple[str, Node]]:
    yield "sorted x", SORTED
    yield "falling x, inclusive", _from(LAST_BY_X, beside(1), X)
    yield "x with rank q", _from(BY_X, Q, X, "_")
    yield "x with rank length - i, whatever ties", _from(ordered(X, then=AFTER), make("sub", LENGTH, INDICES), X, None)
    yield (
        "where(x == 'b', q's length, 3) with rank 1",
        _from(BY_X, const(1), make("where", make("eq", X, "b"), LENGTH, 3), "_"),
    )
    yield "n sorted by 1 - n", _from(ordered(NEGATED), INDICES, N)
    yield "falling 1 - n with rank q, from the right", _from(ordered(NEGATED, "gt", FROM), Q, NEGATED, 5)
    yield "x with rank q among a", _from(ordered(X, among=IS_A), Q, X, 7, IS_A)
    yield "x with rank q among the same y", _from(ordered(X, among=SAME), Q, X, None, SAME)
    yield "x == 'c' with rank q if x == 'b'", _from(BY_X, Q, make("ne", X, "c"), False, IS_B)


EITHER = leaf("e", INT | BOOL, (True, 0, 1))


def _as_if_distinct(rows: Sequence[tuple[Atom, Node]], falling: bool) -> list[tuple[Atom, Node]]:
    """Return one row for each class of equal atoms, whether their values differ or not."""
    return list(dict(rows).items())


DISTINCT: Patch = (order_statistics, "_grouped", _as_if_distinct)
MUTATIONS = (
    GuardMutation("equal atoms have equal values", _from(ordered(EITHER), INDICES, EITHER), [DISTINCT]),
    GuardMutation("no atom fails", _from(ordered(N), Q, make("floordiv", 4, N), "_"), NEVER_FAILS),
)

RULES = (
    BY_COUNTS.provable(*(BY_COUNTS.case(f"{text} by counts", node) for text, node in _programs()), mutations=MUTATIONS),
)
