"""Proof cases of the case split: one answer for each possible atom of a query or a uniform value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

from raspir.ir import Node
from raspir.ir.types import ATOM, BOOL, INT, NONE, STR
from raspir.ir.views import Select
from raspir.passes.depth import split
from raspir.passes.depth.split import Case, Split
from raspir.testing.proofs.cases.programs import (
    BEFORE,
    COMPARABLE,
    IS_TOTAL,
    NEVER_FAILS,
    UP_TO,
    at,
    best,
    both,
    either,
    mean,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import INDICES, LENGTH, leaf, make, select, some_selector, total, uniform
from raspir.testing.proofs.proving import GuardMutation, ProofCase, always

(SPLIT,) = map(Searched, split.RULES)

K, X, V = leaf("k", ATOM), leaf("x", ATOM), leaf("v", INT)
TEXT, M = leaf("text", STR), leaf("m", INT, (-1, 0, 2))
Q = leaf("q", STR | INT, ("a", "b", 2))
R, P = leaf("r", INT, (0, 1)), leaf("p", INT | NONE, (1, None))
U, W = leaf("u", INT | STR, (0, 2, "a")), leaf("w", INT, (1, 3))
DEEP = dict.fromkeys((Q, R, P, U, W), 1)
S = some_selector("S", K, X)

BY_QUERY = {
    "agg(k == q, v)": total(select("eq", K, Q), V, "_"),
    "agg(k != q & m <= r, v)": total(both(select("ne", K, Q), select("le", M, R)), V),
    "agg(v < r | s, m)": total(either(select("lt", V, R), S), M, 5),
    "agg(~(v > r), v), a mean": mean(make("selector.not", select("gt", V, R)), M, 0.5),
    "agg(v >= r, x), the best": best(select("ge", V, R), X, V),
    "fetch(x, r)": at(R, X, "_"),
    "agg(k == p, v), where both may be None": total(select("eq", K, P), V, None),
}
T, E, D, Y = leaf("t", BOOL, (False, True)), leaf("e", INT), leaf("d", INT, (0, 1, 2)), leaf("y", ATOM)
DEEP |= dict.fromkeys((T, E, D, Y), 1)
WITHIN_QUERY = {
    "fetch(x, where(t, i, v))": at(make("where", T, INDICES, V), X, "_"),
    "fetch(x, i + d)": at(make("add", INDICES, D), X),
    "agg(k == where(t, x, 0) & m <= r, v)": total(
        both(select("eq", K, make("where", T, X, 0)), select("le", M, R)), V, 5
    ),
    "agg(v < where(t, v, 2) | s, m), a mean": mean(either(select("lt", V, make("where", T, V, 2)), S), M, 0.5),
}
PARTLY = {
    "fetch(x, where(t, i, e))": at(make("where", T, INDICES, E), X, "_"),
    "sum(v <= where(t, where(m > i, e, 0), v), m)": total(
        select("le", V, make("where", T, make("where", make("gt", M, INDICES), E, 0), V)), M, 5
    ),
    "fetch(e, length - d)": at(make("sub", LENGTH, D), E),
    "mean(v <= length + d & m <= where(t, e, r), m)": mean(
        both(select("le", V, make("add", LENGTH, D)), select("le", M, make("where", T, E, R))), M
    ),
}
ONE = select("eq", 1, E)
BY_CONDITION = {
    "s & e == 1": both(S, ONE),
    "s & ~(e < 1)": both(S, make("selector.not", select("gt", 1, E))),
    "s & y == a string": both(S, select("eq", "b", Y)),
    "s & y != a string": both(S, select("ne", "b", Y)),
    "j <= i & -1 <= e < 3": both(UP_TO, both(select("le", -1, E), select("gt", 3, E))),
    "j < i & 1 < e | k != x & 1 < e": either(
        both(BEFORE, select("lt", 1, E)), both(select("ne", K, X), select("lt", 1, E))
    ),
    "s | 2 < e": either(S, select("lt", 2, E)),
    "(s | 0 <= e) & (m <= i | 3 > e)": both(
        either(S, select("le", 0, E)), either(select("le", M, INDICES), select("gt", 3, E))
    ),
}
AGGREGATES: dict[str, Callable[[Node], Node]] = {
    "a sum": lambda s: total(s, V, 3), "a mean": lambda s: mean(s, M, None), "the best": lambda s: best(s, X, V, True)
}  # fmt: skip
DIGIT = make("mod", V, 3)  # a product of an unbounded value would not be split
BY_UNIFORM = {
    "sum(s, v + w)": (total(S, make("add", V, W)), [W]),
    "sum(s, where(x == u, v, 3))": (total(S, make("where", make("eq", X, U), V, 3), "_"), [U]),
    "best(s, where(w < 2, x, u), v % 3 * w)": (
        best(S, make("where", make("lt", W, 2), X, U), make("mul", DIGIT, W)), [W, U]
    ),
    "sum(v + w <= m, v)": (total(select("le", make("add", V, W), M), V), [W]),
    "sum(v % 3 * w == r, v + w)": (total(select("eq", make("mul", DIGIT, W), R), make("add", V, W), True), [W]),
}  # fmt: skip
TELLS_APART = (split, "_is_same", always(True))


def _any_condition(split: Split, node: Select) -> Case:
    """Return a comparison as a condition of the query, as if every key were uniform."""
    return Case(make(node.comparison, node.key, node.query), (False, True), node)


QUERY_MUTATIONS = (
    GuardMutation("no case can fail", total(both(select("eq", K, Q), select("lt", INDICES, 2)), TEXT), NEVER_FAILS),
    GuardMutation(
        "the head cannot fail where a condition does not hold",
        total(both(UP_TO, select("eq", 9, E)), X, "_"),
        NEVER_FAILS,
    ),
    GuardMutation(
        "a condition of the query has a uniform key",
        total(both(UP_TO, select("eq", V, E)), M),
        [(Split, "_condition", _any_condition)],
    ),
    GuardMutation("each case compares comparable atoms", total(select("lt", K, Q), V), [COMPARABLE]),
)
UNIFORM_MUTATIONS = (
    GuardMutation("no case divides by zero", total(UP_TO, make("floordiv", 12, make("add", V, W))), [IS_TOTAL]),
    GuardMutation(
        "no opaque predicate gets other arguments",
        total(some_selector("P", make("add", V, W), X), V),
        [COMPARABLE],
    ),
    GuardMutation(
        "comparisons distinguish the atoms",
        total(S, make("where", make("eq", W, 1), True, 1)),
        [TELLS_APART],
    ),
)


def _cases() -> Iterator[ProofCase]:
    for text, node in BY_QUERY.items():
        yield SPLIT.case(f"{text} for each atom of the query", node, layers=DEEP)
    for text, node in WITHIN_QUERY.items():
        yield SPLIT.case(f"{text} for each atom within the query", node, layers=DEEP)
    for text, node in PARTLY.items():
        yield SPLIT.case(f"{text} for each atom within the query, but for other values there", node, layers=DEEP)
    for (text, selector), (kind, aggregate) in zip(BY_CONDITION.items(), cycle(AGGREGATES.items()), strict=False):
        yield SPLIT.case(f"agg({text}, v) for both outcomes on the query, {kind}", aggregate(selector), layers=DEEP)
    for place, (text, (node, same)) in enumerate(BY_UNIFORM.items()):
        text = f"{text} for each atom that is the same everywhere"
        conditions = [uniform(each, str(each["name"])) for each in same]
        mutations = UNIFORM_MUTATIONS if place == 0 else ()  # they need the conditions of this case
        yield SPLIT.case(text, node, *conditions, mutations=mutations, layers=DEEP)


RULES = (SPLIT.provable(*_cases(), mutations=QUERY_MUTATIONS),)
