"""Proof cases of the rule that joins two sums of one value where that saves layers."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Analysis
from raspir.ir import Node
from raspir.ir.types import ATOM, INT, NUMBER
from raspir.passes.depth import joins as rules
from raspir.rewriting import joins
from raspir.testing.proofs.cases.programs import BEFORE, UP_TO
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, leaf, make, of_kinds, select, total
from raspir.testing.proofs.proving import GuardMutation, ProofCase, always

(JOIN,) = map(Searched, rules.RULES)

A, B, D, X, Y, U = leaf("a", INT), leaf("b", INT), leaf("d", INT), leaf("x", ATOM), leaf("y", ATOM), leaf("u", NUMBER)
BELOW, AT_LEAST = select("lt", A, B), select("ge", A, B)
OTHERS = select("ne", INDICES, INDICES)


def _sum(a: Node, b: Node) -> Node:
    return make("add", total(a, D), total(b, D))


def _difference(a: Node, b: Node) -> Node:
    return make("sub", total(a, D), total(b, D))


MUTATIONS = [
    GuardMutation(
        "no position is selected by both",
        _sum(select("le", A, B), AT_LEAST),
        [(Analysis, "are_disjoint", always(True))],
    ),
    GuardMutation(
        "both factors are equal",
        make("add", total(BELOW, D), make("mul", 2, total(AT_LEAST, D))),
        [(joins, "_have_same_coefficient", always(True))],
    ),
    GuardMutation(
        "both sums are of one value",
        make("add", total(BELOW, D), total(AT_LEAST, A)),
        [(joins, "_have_same_value", always(True))],
    ),
    GuardMutation(
        "the first selector contains the second", _difference(UP_TO, OTHERS), [(Analysis, "contains", always(True))]
    ),
    GuardMutation(
        "the default is 0",
        make("sub", total(UP_TO, D, 1), total(BEFORE, D, 1)),
        [(rules, "is_zero", always(True))],
    ),
]


def _cases() -> Iterator[ProofCase]:
    yield JOIN.case("the sum of those over a < b and a >= b", _sum(BELOW, AT_LEAST))
    yield JOIN.case("the sum of those over x == y and x != y", _sum(select("eq", X, Y), select("ne", X, Y)))
    yield JOIN.case("the difference of those over j <= i and j < i", _difference(UP_TO, BEFORE))
    yield JOIN.case("the difference of those over everything and j != i", _difference(EVERYTHING, OTHERS))
    others = make("add", make("mul", 3, total(EVERYTHING, U)), make("sub", U, make("mul", 3, total(OTHERS, U))))
    yield JOIN.case("3 * a sum over everything + u - 3 * one over j != i", others, of_kinds(U, "u", INT))


RULES = (JOIN.provable(*_cases(), mutations=MUTATIONS),)
