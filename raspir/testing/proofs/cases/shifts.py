"""Proof cases of the rules that absorb shifts and reversals, or factor them out of queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from raspir.analysis import Analysis, Linear
from raspir.ir import Node
from raspir.ir.types import ATOM, BOOL, INT, NONE, NUMBER
from raspir.passes.depth import shifts
from raspir.passes.depth.gathers import Fetch, fetch_at
from raspir.passes.depth.search import Search
from raspir.passes.depth.shifts import Reach
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.cases.programs import (
    ADDS_INTEGERS,
    BEFORE,
    COMPARABLE,
    IS_TOTAL,
    MIRRORED,
    NEVER_FAILS,
    UP_TO,
    at,
    beside,
    best,
    both,
    either,
    flipped,
    mean,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import (
    EVERYTHING,
    INDICES,
    LENGTH,
    leaf,
    make,
    of_kinds,
    select,
    some_selector,
    total,
    uniform,
)
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase

ABSORB, REVERSAL, FACTOR = map(Searched, shifts.RULES)

X, Y, Z, V, W = leaf("x", ATOM), leaf("y", ATOM), leaf("z", ATOM), leaf("v", INT), leaf("w", INT)
U, R, B = leaf("u", INT), leaf("r", NUMBER), leaf("b", BOOL)
FEW, PERHAPS = leaf("m", INT, (-1, 0, 2)), leaf("o", INT | NONE)
DEEP = {**dict.fromkeys((X, V, R, B, FEW), 2), U: 1}
S = some_selector("S", Y, Z)
SAME = select("eq", Y, Z)

REACHES = {
    "i - 1": beside(-1), "i + 2": beside(2), "length - 1 - i": MIRRORED, "length - i": beside(1, MIRRORED),
    "i + 2 - length": beside(2, make("sub", INDICES, LENGTH)),
}  # fmt: skip


# Shift absorbed


DIGIT = make("mod", V, 3)


def _sums(position: Node) -> Iterator[tuple[str, Node]]:
    """Yield sums of values fetched from a position, with their names."""
    moved = at(position, V, 7)
    yield "sum(j <= i, fetch(v))", total(UP_TO, moved)
    twice = make("mul", at(position, DIGIT, 7), 2)  # a product of an unbounded value would not be absorbed
    yield "sum(y == z, 2 * fetch(v % 3) + i)", total(SAME, make("add", twice, INDICES))
    yield (
        "sum(y == z, where(fetch(x) == 'a', w, fetch(v)))",
        total(SAME, make("where", make("eq", at(position, X, "_"), "a"), W, moved)),
    )
    yield "sum(fetch(x) == z & j < i, w)", total(both(select("eq", at(position, X, "_"), Z), BEFORE), W)
    yield (
        "sum(fetch(v) < w | fetch(x) != 'a', 1)",
        total(either(select("lt", moved, W), select("ne", at(position, X), "a")), 1),
    )


def _is_shift(search: Search, node: Node) -> Reach | None:
    """Return the reach of a node, as if every fetch with default 0 were from the position before."""
    is_fetch = node.operation.name == "sum" and node["default"] == 0
    return _reach_of(search, node) or (Reach(1, Linear({}, -1)) if is_fetch else None)


_reach_of = shifts.reach_of
WITHIN: Patch = (shifts, "_within", lambda search, position: search.algebra.everything)
ALL_SHIFTED: Patch = (shifts, "reach_of", _is_shift)
SHIFTED, PAST = at(beside(-1), V, 7), at(beside(-1), V, 1)
SHIFT_MUTATIONS = (
    GuardMutation("the position lies inside the input", total(EVERYTHING, SHIFTED), [WITHIN]),
    GuardMutation(
        "all positions are shifted alike",
        total(UP_TO, at(make("where", make("eq", Y, "a"), INDICES, beside(-1)), V)),
        [ALL_SHIFTED],
    ),
    GuardMutation("the values shifted out cannot fail", total(UP_TO, make("floordiv", 12, PAST)), [IS_TOTAL]),
    GuardMutation(
        "the values shifted out are comparable", total(select("lt", at(beside(-1), X, 0), Y), 1), [COMPARABLE]
    ),
    GuardMutation(
        "the values shifted in are not None, where that is an error",
        total(make("select.eq", at(beside(-1), PERHAPS, 1), Y, none="error"), 1),
        [COMPARABLE],
    ),
    *(
        GuardMutation(f"integers are summed with default 0: {text}", node, ADDS_INTEGERS)
        for text, node in {
            "another default": total(BEFORE, SHIFTED, 3),
            "False as default": total(BEFORE, SHIFTED, False),
            "a string as default": total(BEFORE, SHIFTED, "_"),
            "a mean": mean(EVERYTHING, SHIFTED),
        }.items()
    ),
)


def _absorbed() -> Iterator[ProofCase]:
    for reach, position in REACHES.items():
        for text, node in _sums(position):
            yield ABSORB.case(f"{text} from {reach} is summed over the fetched values", node, layers=DEEP)
    far = at(make("add", INDICES, U), V, 7)
    text = "sum(j <= i, fetch(v)) from i + u is summed over the fetched values"
    yield ABSORB.case(text, total(UP_TO, far), uniform(U, "u"), layers=DEEP)
    integers = of_kinds(R, "r", INT)
    for reach in ("i - 1", "length - 1 - i"):
        fetched = total(SAME, at(REACHES[reach], R))
        text = f"sum(y == z, fetch(r)) from {reach} is summed over r"
        yield ABSORB.case(text, fetched, integers, layers=DEEP)
        fetched = total(SAME, at(REACHES[reach], B, True), False)
        text = f"sum(y == z, fetch(b)) from {reach} is summed over b, where True may be 1"
        yield ABSORB.agnostic_case(text, fetched, layers=DEEP)


# Reversal absorbed

WAYS = list(product(("highest", "lowest"), ("left", "right")))


def _bests(pick: str, ties: str) -> Iterator[tuple[str, Node]]:
    """Yield bests of reversed values, with their names."""

    def found(selector: Node, value: Node, score: Node) -> Node:
        return best(selector, value, score, "_", pick, ties)

    yield "best(j <= i, fetch(x), fetch(v))", found(UP_TO, flipped(X), flipped(V))
    yield "best(y == z, w, fetch(x))", found(SAME, W, flipped(X))
    yield (
        "best(fetch(x) == z, fetch(x), 2 * i)",
        found(select("eq", flipped(X), Z), flipped(X), make("mul", INDICES, 2)),
    )
    yield (
        "best(j < i, where(fetch(v) > 1, y, 'z'), fetch(v))",
        found(BEFORE, make("where", make("gt", flipped(V), 1), Y, "z"), flipped(V)),
    )
    yield (
        "fetch(fetch(v) == 1 & j == i + 1, fetch(x))",
        total(both(select("eq", flipped(V), 1), select("eq", INDICES, beside(1))), flipped(X), "_"),
    )


def _as_if_total(algebra: Algebra, position: Node) -> Fetch:
    """Return the fetch from a position as if it always lay inside the input."""
    return replace(fetch_at(algebra, position), total=True)


TIES_KEPT: Patch = (shifts, "_turned", lambda aggregate: aggregate.named_attributes)
SURE: Patch = (shifts, "fetch_at", _as_if_total)
LEAVING = at(beside(1, MIRRORED), V, 9)
REVERSAL_MUTATIONS = (
    GuardMutation("the side of ties is reversed", best(EVERYTHING, flipped(X), flipped(V)), [TIES_KEPT]),
    GuardMutation("all positions are reversed into the input", best(EVERYTHING, LEAVING, LEAVING), [SURE]),
    GuardMutation(
        "at most one position is summed, as floats have an order",
        total(select("ne", Y, "b"), flipped(R)),
        [(Analysis, "at_most_one", lambda facts, selector: not facts.selects_all(selector))],
    ),
)


def _reversed() -> Iterator[ProofCase]:
    for place, (pick, ties) in enumerate(WAYS):
        for text, node in _bests(pick, ties):
            if node.operation.name == "best" or place == 0:
                yield REVERSAL.case(f"{text} without the reversal, the {ties}most {pick}", node, layers=DEEP)


# Queries factored


def _queried(position: Node) -> Iterator[tuple[str, Node]]:
    """Yield aggregates of which all queries are fetched from a position, with their names."""
    asked = select("eq", Y, at(position, X, "a"))
    yield "sum(y == fetch(x), v)", total(asked, V, 3)
    yield "sum(w < fetch(v) & y != 'b', 1)", total(both(select("lt", W, at(position, V)), select("ne", Y, "b")), 1)
    yield "mean(y == fetch(x), m)", mean(asked, FEW, "_")
    yield "best(y != fetch(x), y, v)", best(select("ne", Y, at(position, X, "a")), Y, W, True, "lowest")
    yield "sum(y == fetch(x) & j <= i, w)", total(both(asked, UP_TO), W)


ONE_POSITION: Patch = (shifts, "_only_position", lambda algebra, back, query: query)
QUERY_MUTATIONS = (
    GuardMutation(
        "all queries are fetched from one position",
        total(both(select("eq", Y, flipped(X)), select("eq", Z, Y)), 1),
        [ONE_POSITION],
    ),
    GuardMutation(
        "all queries are fetched from inside the input",
        total(select("eq", Y, at(beside(1, MIRRORED), X)), 1),
        [SURE],
    ),
    GuardMutation(
        "the aggregate cannot fail where nothing is fetched",
        total(select("eq", Y, at(beside(2, MIRRORED), X, "b")), Y),
        NEVER_FAILS,
    ),
    GuardMutation(
        "queries that are not fetched are comparable",
        total(select("lt", Y, at(beside(-1), X)), 1),
        [COMPARABLE, *NEVER_FAILS],
    ),
)


def _factored() -> Iterator[ProofCase]:
    for reach, position in REACHES.items():
        for text, node in _queried(position):
            yield FACTOR.case(f"{text} from {reach} is fetched, and not its queries", node, layers=DEEP)
    far = total(both(select("eq", Y, at(make("add", INDICES, U), X)), UP_TO), V)
    text = "sum(y == fetch(x) & j <= i, v) from i + u is fetched, and not its queries"
    yield FACTOR.case(text, far, uniform(U, "u"), layers=DEEP)


RULES = (
    ABSORB.provable(*_absorbed(), mutations=SHIFT_MUTATIONS),
    REVERSAL.provable(*_reversed(), mutations=REVERSAL_MUTATIONS),
    FACTOR.provable(*_factored(), mutations=QUERY_MUTATIONS),
)
