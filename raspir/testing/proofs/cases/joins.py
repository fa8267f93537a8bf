"""Proof cases of the rule that joins two sums of one value where that saves layers."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Analysis
from raspir.ir.types import INT
from raspir.passes.depth import joins as rules
from raspir.testing.proofs.cases.merge import (
    CONTAINED,
    DISJOINT,
    SUBTRACT_MUTATIONS,
    UNITE_MUTATIONS,
    A,
    B,
    D,
    S,
    U,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, make, of_kinds, select, total
from raspir.testing.proofs.proving import GuardMutation, ProofCase, always

(JOIN,) = map(Searched, rules.RULES)

MUTATIONS = [
    GuardMutation(
        "no position is selected by both",
        make("add", total(select("lt", A, B), D), total(select("le", A, B), D)),
        [(Analysis, "are_disjoint", always(True))],
    ),
    *UNITE_MUTATIONS[2:],
    *SUBTRACT_MUTATIONS[1:],
    GuardMutation(
        "the default is 0",
        make("sub", total(select("le", A, B), D, 1), total(select("eq", A, B), D, 1)),
        [(rules, "is_zero", always(True))],
    ),
]


def _cases() -> Iterator[ProofCase]:
    for text, a, b in (DISJOINT[0], DISJOINT[2]):
        yield JOIN.case(f"the sum of those over {text}", make("add", total(a, D), total(b, D)))
    for text, a, b in CONTAINED:
        yield JOIN.case(f"the difference of those over {text}", make("sub", total(a, D), total(b, D)))
    others = make("add", make("mul", 3, total(EVERYTHING, U)), make("sub", U, make("mul", 3, total(S, U))))
    yield JOIN.case("3 * a sum over everything + u - 3 * one over s", others, of_kinds(U, "u", INT))


RULES = (JOIN.provable(*_cases(), mutations=MUTATIONS),)
