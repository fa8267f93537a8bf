"""Comparisons of counts of positions with monotone conditions, and sums over positions beside members."""

import operator

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import WORDS, alone, breaks, differing, everything, layers, le, length, lowered, lt, stays, words

from raspir import indices, key, query, tokens, where
from raspir.passes.depth import members, monotone
from raspir.testing.proofs.cases.members import INCLUSIVE
from raspir.testing.proofs.cases.monotone import MONOTONE, NEITHER

COUNT, POSITIVE = monotone.RULES
(MEMBERS,) = members.RULES
isa, isb = tokens == "a", tokens == "b"
A, B = where(isa, 1, 0), where(isb, 1, 0)
IS_A = key(isa) == query(True)
ge, gt = key(indices) >= query(indices), key(indices) > query(indices)
SIDES = {"lt": lt, "le": le, "gt": gt, "ge": ge}
TEXTS = [*WORDS, "abba", "bab", "cabac", "aaaa", "baab"]
COMPARISONS = {name: getattr(operator, name) for name in ("lt", "le", "eq", "ne", "ge", "gt")}
compare = st.sampled_from([*COMPARISONS.values()])
sides = st.sampled_from([*SIDES.values()])
MARKED = st.sampled_from([lambda test: where(test, 1, 0), lambda test: test, lambda test: where(test, False, True)])
INTERVALS = st.sampled_from(
    [everything, *SIDES.values(), (key(indices) > query(indices - 3)) & le, gt & (key(indices) < query(length - 1))]
)
BOUNDS = st.sampled_from([0, 1, 2, 3, length, length - 1, indices, everything.value(B)])


@examples(120)
@given(sides, st.sampled_from([A, 2 * A, A + B]), compare, st.integers(0, 3), MARKED, INTERVALS, compare, BOUNDS, words)
def test_any_count_of_a_run(side, value, test, level, marked, selector, compared, bound, word):
    program = compared(selector.value(marked(test(side.value(value), level))), bound)
    before, after = alone(COUNT, program)
    assert layers(after) <= layers(before)
    assert not differing(before, after, [word, *TEXTS])


ASKS = [lambda n: n > 0, lambda n: n != 0, lambda n: n >= 1, lambda n: n == 0, lambda n: n < 1, lambda n: n <= 0]


@pytest.mark.parametrize("ask", ASKS)
def test_existence(ask):
    count = le.value(A)
    for test in (count > 2, count == 1, (count > 1) | (count == 0)):
        lowered(COUNT, ask(everything.value(where(test, 1, 0))), (2, 1), TEXTS)
        lowered(COUNT, ask(ge.value(test)), (2, 1), TEXTS)
    lowered(COUNT, ask(everything.value(count)), (2, 1), TEXTS)


def test_universality():
    count = le.value(A)
    lowered(COUNT, everything.value(where(count > 1, 1, 0)) == length, (2, 1), TEXTS)
    lowered(COUNT, everything.value(where(count > 1, 1, 0)) < length, (2, 1), TEXTS)
    lowered(COUNT, le.value(where(le.value(A) < 2, 1, 0)) == indices + 1, (2, 1), TEXTS)


def test_means_are_compared_with_zero():
    lowered(COUNT, le.mean(ge.value(A)) > 0, (2, 1), TEXTS)
    stays(COUNT, le.mean(ge.value(A)) > 1, TEXTS)


def test_counts_of_what_is_not_monotone():
    for test in (le.value(where(isa, 1, -1)) > 1, le.value(2 * A) == 3, (key(tokens) == query(tokens)).value(1) > 1):
        stays(COUNT, everything.value(where(test, 1, 0)) > 0, TEXTS)
    stays(COUNT, gt.value(le.value(A), 1) > 0, TEXTS)
    stays(COUNT, everything.value(le.value(A)) > 1, TEXTS)
    breaks(COUNT, everything.value(where(le.value(where(isa, 1, -1)) > 0, 1, 0)) > 0, TEXTS, MONOTONE)
    breaks(COUNT, everything.value(le.value(A)) > 1, TEXTS, NEITHER)


def test_existence_among_some():
    """The last of them tells, so a head that fetches from the last one can decide it."""
    before, after = alone(COUNT, IS_A.value(where(le.value(A) > 1, 1, 0)) > 0)
    assert "best" in str(after) or layers(before) == layers(after)
    assert not differing(before, after, TEXTS)
    stays(COUNT, IS_A.value(where(le.value(A) > 1, 1, 0)) > 0, TEXTS, attention="select")


def test_a_sum_of_positives():
    value = indices * everything.value(A)
    before, after = alone(POSITIVE, everything.value(where(value > 0, 1, 0)) > 0)
    assert not differing(before, after, TEXTS)


# First or last member


@examples(120)
@given(
    sides,
    compare,
    st.integers(0, 2),
    sides,
    st.sampled_from([1, indices, 3 - indices, A, tokens == "b"]),
    st.sampled_from([0, 2, indices]),
    st.booleans(),
    words,
)
def test_any_sum_by_a_count(side, test, level, selector, value, other, own, word):
    condition = test(side.value(A), level)
    program = selector.value(where(condition & isa if own else condition, value, other))
    before, after = alone(MEMBERS, program)
    assert layers(after) <= layers(before)
    assert not differing(before, after, [word, *TEXTS])


@pytest.mark.parametrize("side", SIDES)
def test_the_sides_of_the_first_and_the_last_member(side):
    count = SIDES[side].value(A)
    for condition in (count == 0, count > 0, count < 1, count == everything.value(A), count != everything.value(A)):
        before, after = alone(MEMBERS, everything.value(where(condition, indices, 0)))
        assert layers(before) == (2,)
        assert not differing(before, after, TEXTS)
    if side in ("le", "ge"):
        lowered(MEMBERS, everything.value(where(isa & (count != 0), 1, 0)), (2, 1), TEXTS)


def test_sums_that_are_left_alone():
    stays(MEMBERS, everything.value(where(le.value(A) == 0, 1, 0), 5), TEXTS)
    stays(MEMBERS, everything.value(where(le.value(A) == 0, 1.5, 0.0)), TEXTS)
    stays(MEMBERS, everything.value(where((le & (key(tokens) == query(tokens))).value(1) == 1, indices, 0)), TEXTS)
    breaks(MEMBERS, everything.value(where(isa & (lt.value(A) == 0), indices + 1, 0)), TEXTS, INCLUSIVE)
