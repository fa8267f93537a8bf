"""Proof cases of the rule on sums over positions chosen by a running count of members."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from raspir.analysis import Analysis, Conjunct
from raspir.analysis.ranks import Rank
from raspir.ir import Node
from raspir.ir.types import ATOM, INT
from raspir.passes.depth import members as rules
from raspir.testing.proofs.cases.programs import ADDS_INTEGERS, AFTER, BEFORE, FROM, UP_TO, both
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.cases.scores import IS_A, MARK, RANK
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, leaf, make, select, total
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

(MEMBERS,) = map(Searched, rules.RULES)

X, Y, V, W = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("w", INT)
A = make("eq", X, "a")
SIDES = {"j < i": BEFORE, "j <= i": UP_TO, "j > i": AFTER, "j >= i": FROM}
COUNTS = {side: total(selector, MARK) for side, selector in SIDES.items()}
ALL_MEMBERS = total(EVERYTHING, MARK)


def _where(test: Node, value: Node | int = INDICES, other: Node | int = 0) -> Node:
    return make("where", test, value, other)


def _cases() -> Iterator[ProofCase]:
    for (side, count), (where, selector) in product(COUNTS.items(), {"all": EVERYTHING, **SIDES}.items()):
        none, some = make("eq", count, 0), make("gt", count, 0)
        yield MEMBERS.case(f"the positions of {where} with no 'a' in {side}", total(selector, _where(none)))
        yield MEMBERS.case(f"the number in {where} with an 'a' in {side}", total(selector, _where(some, 1, 3)))
    for side, count in COUNTS.items():
        every = make("eq", count, ALL_MEMBERS)
        yield MEMBERS.case(f"the positions with all 'a' in {side}", total(EVERYTHING, _where(every)))
        own = int("=" in side)
        first = make("and", A, make("eq", count, own))
        yield MEMBERS.case(f"v at the 'a' that counts {side} as {own}", total(FROM, _where(first, V, 0)))
        yield MEMBERS.case(f"w, but v at the 'a' that counts {side} as {own}", total(BEFORE, _where(first, V, W)))
    either = make("or", A, make("eq", X, 1))
    none = make("eq", total(BEFORE, _where(either, 1)), 0)
    yield MEMBERS.case("v at the first 'a' or 1", total(EVERYTHING, _where(make("and", either, none), V)))
    yield MEMBERS.case("the number of positions before the first 'a' or 1", total(UP_TO, _where(none, 1)))
    positive = make("gt", COUNTS["j <= i"], 0)
    yield MEMBERS.case("v where x == 'a' and the count is positive", total(both(IS_A, BEFORE), _where(positive, V)))
    doubled = make("add", make("mul", make("eq", COUNTS["j < i"], 0), 2), 1)
    yield MEMBERS.case("2 where no 'a' is before, plus 1", total(EVERYTHING, doubled))
    selected = select("eq", COUNTS["j >= i"], 0)
    yield MEMBERS.case("the number of j < i after the last 'a'", total(both(selected, BEFORE), 1))


def _as_inclusive(facts: Analysis, node: Node) -> Rank | None:
    """Return the rank of a count as if each member counted itself."""
    rank = _rank(facts, node)
    return rank and replace(rank, inclusive=True)


def _as_by_position(facts: Analysis, node: Node) -> Rank | None:
    """Return the rank of a count, as if the position alone decided the order."""
    rank = _rank(facts, node)
    return rank and replace(rank, order=replace(rank.order, by=None))


_rank = Analysis.rank
INCLUSIVE: Patch = (Analysis, "rank", _as_inclusive)
BEFORE_B = make("and", make("eq", Y, 1), make("eq", COUNTS["j <= i"], 0))
MUTATIONS = (
    GuardMutation(
        "integers are summed with default 0", total(AFTER, _where(make("eq", COUNTS["j <= i"], 0)), 5), ADDS_INTEGERS
    ),
    GuardMutation(
        "a member counts itself",
        total(EVERYTHING, _where(make("and", A, make("eq", COUNTS["j < i"], 0)), V)),
        [INCLUSIVE],
    ),
    GuardMutation(
        "the selected positions are members",
        total(EVERYTHING, _where(BEFORE_B, V)),
        [(Conjunct, "implies", always(True))],
    ),
    GuardMutation(
        "the count is by position alone",
        total(EVERYTHING, _where(make("eq", RANK, 0))),
        [(Analysis, "rank", _as_by_position)],
    ),
    GuardMutation(
        "members depend on their keys alone",
        total(EVERYTHING, _where(make("eq", total(both(BEFORE, select("eq", X, X)), 1), 0))),
        [(Analysis, "of_keys", lambda facts, pair: not pair.is_index)],
    ),
    GuardMutation(
        "the side of the first member is looked at",
        total(both(UP_TO, select("gt", INDICES, 0)), _where(make("eq", COUNTS["j <= i"], 0))),
        [(rules, "_first_member", lambda search, rank, places: rules._member(search, rank, places, "lowest"))],
    ),
)

RULES = (MEMBERS.provable(*_cases(), mutations=MUTATIONS),)
