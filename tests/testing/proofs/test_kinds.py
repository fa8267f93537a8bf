"""Equality of values in rewrite proofs: kinds of atoms, and signs of means."""

import pytest

from raspir.ir import build
from raspir.ir.types import BOOL, FLOAT, INT, NUMBER
from raspir.testing.proofs.leaves import const, leaf, of_kinds
from raspir.testing.proofs.proving import ProofCase, differing, proved

B, V, R = leaf("b", BOOL), leaf("v", INT), leaf("r", NUMBER)
AS_INTEGER = build("add", B, const(0))
ALL = build("select.eq", const(1), const(1))


def test_a_boolean_is_an_integer_unless_kinds_count():
    assert differing(2, B, AS_INTEGER) is False
    found = differing(2, B, AS_INTEGER, exact=True)
    assert found.before != found.after
    assert differing(2, V, build("add", V, const(0)), exact=True) is False


def test_a_proof_case_says_whether_kinds_count_and_how_far_it_goes():
    case = ProofCase("rule", "b = b + 0", B, lambda analysis, node: [AS_INTEGER], most=2)
    assert proved(case, 4, 10).lengths == (0, 1, 2)
    exact = ProofCase("rule", "b = b + 0", B, lambda analysis, node: [AS_INTEGER], exact=True)
    assert proved(exact, 4, 10).counterexample.length == 1


def test_both_know_a_condition_on_kinds():
    condition = of_kinds(R, "r", INT)
    assert condition.facts[R]["domain"].kinds is INT
    doubled, added = build("mul", R, const(2)), build("add", R, R)
    assert differing(1, doubled, added, [condition]) is False
    assert differing(1, doubled, added).length == 1


@pytest.mark.parametrize("comparison", ["gt", "lt", "eq"])
def test_a_mean_of_integers_has_the_sign_of_their_sum(comparison):
    asked = [build(comparison, build(kind, ALL, V, default=0), const(0)) for kind in ("mean", "sum")]
    assert differing(3, *asked) is False


@pytest.mark.parametrize("bound", [1, -1, 2])
def test_nothing_else_is_known_of_a_mean(bound):
    asked = [build("ge", build(kind, ALL, V, default=0), const(bound)) for kind in ("mean", "sum")]
    assert differing(3, *asked).length == 3


def test_means_of_floats_may_round_to_zero():
    value = leaf("f", FLOAT)
    asked = [build("gt", build(kind, ALL, value, default=0), const(0)) for kind in ("mean", "sum")]
    assert differing(2, *asked).length == 2
