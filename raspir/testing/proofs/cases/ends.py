"""Proof cases of the rules on values at the first or the last of the selected positions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from raspir.analysis import Analysis, IntSet
from raspir.ir.types import ATOM, INT
from raspir.passes.depth import ends as rules
from raspir.passes.depth.closed_forms import Interval
from raspir.passes.depth.ends import _AtMember
from raspir.testing.proofs.cases.programs import AFTER, BEFORE, FROM, UP_TO, beside, best, both, mean
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.cases.scores import IS_A
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, LENGTH, const, leaf, make, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

ONE, END, MEMBER = map(Searched, rules.RULES)

X, Y, V, W = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("w", INT)
E = leaf("e", INT, tuple(range(-2, 6)))
PICKS = ("highest", "lowest")
FINDS_SOME: Patch = (Analysis, "selects_some", always(True))


# One position

LAST = beside(-1, LENGTH)
ONES = {
    "j >= length - 1": select("ge", INDICES, LAST),
    "j < 1": select("lt", INDICES, 1),
    "j + 1 >= length & x == 'a'": both(select("ge", beside(1), LENGTH), IS_A),
    "j <= i & j <= 0": both(UP_TO, select("le", INDICES, 0)),
}
ONE_MUTATIONS = (
    GuardMutation(
        "an inequality selects one position",
        total(select("ge", INDICES, beside(-2, LENGTH)), V),
        [(rules, "IntSet", always(IntSet([(-1, -1)])))],
    ),
)


def _ones() -> Iterator[ProofCase]:
    for (text, selector), (kind, make_) in product(ONES.items(), {"sum": total, "mean": mean}.items()):
        yield ONE.case(f"the {kind} over {text} is that at one position", make_(selector, V, "_"))


# Best at an end

INTERVALS = {
    "all": EVERYTHING,
    "j <= i": UP_TO,
    "j > i": AFTER,
    "e <= j <= i": both(select("ge", INDICES, E), UP_TO),
}
VALUES = {
    "a running sum": total(UP_TO, V),
    "2 * a suffix sum + i": make("add", make("mul", total(AFTER, V), 2), INDICES),
}
END_MUTATIONS = (
    GuardMutation("some position is selected", best(AFTER, total(FROM, V), INDICES, "_"), [FINDS_SOME]),
    GuardMutation(
        "the selected positions are an interval",
        best(IS_A, total(UP_TO, V), INDICES),
        [(rules, "interval_of", lambda algebra, clause: Interval(const(0), beside(-1, LENGTH)))],
    ),
)


def _ends() -> Iterator[ProofCase]:
    for (where, selector), (text, value), pick in product(INTERVALS.items(), VALUES.items(), PICKS):
        shown = f"{text} at the {pick} position of {where} is computed there"
        yield END.case(shown, best(selector, value, INDICES, "_", pick))


# Sum at a member

ADDED = {
    "v where x == 'a'": make("where", make("eq", X, "a"), V, 0),
    "v where x == 'a' and y == 1": make("where", make("and", make("eq", X, "a"), make("eq", Y, 1)), V, 0),
}
SIDES = {"j < i": BEFORE, "j <= i": UP_TO, "j > i": AFTER, "j >= i": FROM}
EVEN = some_selector("even", Y, const(3))
ADDS_MEMBERS: Patch = (_AtMember, "_adds_members", always(True))
MEMBER_MUTATIONS = (
    GuardMutation("members alone are summed", best(IS_A, total(UP_TO, V), INDICES), [ADDS_MEMBERS]),
    GuardMutation(
        "all positions up to the one found are selected",
        best(both(IS_A, FROM), total(UP_TO, ADDED["v where x == 'a'"]), INDICES),
        [(_AtMember, "_bounds_end", always(True)), ADDS_MEMBERS],
    ),
    GuardMutation(
        "the default of the sum is 0",
        best(IS_A, total(both(BEFORE, IS_A), V, 5), INDICES),
        [(rules, "is_zero", always(True))],
    ),
    GuardMutation(
        "members depend on their keys alone",
        best(IS_A, total(both(both(UP_TO, IS_A), select("lt", V, W)), 1), INDICES),
        [(_AtMember, "_is_of_key", always(True))],
    ),
    GuardMutation("some position is a member", best(IS_A, total(both(UP_TO, IS_A), V), INDICES, 7), [FINDS_SOME]),
)


def _members() -> Iterator[ProofCase]:
    for (text, value), (side, selector), pick in product(ADDED.items(), SIDES.items(), PICKS):
        found = best(IS_A, total(selector, value), INDICES, -1, pick)
        yield MEMBER.case(f"the sum over {side} of {text} at the {pick} 'a' is one of all", found)
    for side, within, pick in (("j <= i", UP_TO, "highest"), ("j >= i", FROM, "lowest")):
        counted = make("sub", make("mul", total(both(within, IS_A), 1), 2), W)
        found = best(both(within, IS_A), counted, INDICES, None, pick)
        yield MEMBER.case(f"twice the count over {side} minus w at the {pick} 'a' of these", found)


RULES = (
    ONE.provable(*_ones(), mutations=ONE_MUTATIONS),
    END.provable(*_ends(), mutations=END_MUTATIONS),
    MEMBER.provable(*_members(), mutations=MEMBER_MUTATIONS),
)
