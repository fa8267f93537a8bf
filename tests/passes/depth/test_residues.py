"""Sums of values that depend on the remainder of the position, rewritten to sums for each remainder."""

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import WORDS, differing, everything, layers, le, lt, stays

import raspir
from raspir import indices, key, query, tokens, where
from raspir.passes.depth.residues import RULES

(BY_RESIDUES,) = RULES
LENGTHS = ["a" * size for size in range(9)]
ones = where(tokens == "a", 1, 0)
ZERO_LAYERS = {
    "odd positions so far": le.value(indices % 2),
    "positions of a remainder": (le & (key(indices % 3) == query(1))).value(indices),
    "two divisors": lt.value(indices % 2 * indices + (indices + 1) // 3),
    "a multiple": le.value((3 - 2 * indices) % 5),
    "truths": le.value(indices % 2 == 1),
}


@pytest.mark.parametrize("program", ZERO_LAYERS.values(), ids=ZERO_LAYERS)
def test_no_layer_is_needed(program):
    before, after = raspir.lower(program), raspir.optimize(program)
    assert layers(before, after) == (1, 0)
    assert not differing(before, after, LENGTHS)


def test_members_of_odd_rank():
    program = everything.value(where((tokens == "a") & (le.value(ones) % 2 == 1), 1, 0))
    before, after = raspir.lower(program), raspir.optimize(program)
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, WORDS)


@examples(60)
@given(
    st.sampled_from([everything, le, lt, key(indices) > query(indices + 1), key(indices % 2) <= query(indices // 2)]),
    st.integers(2, 4),
    st.integers(-2, 2).filter(bool),
    st.integers(-3, 3),
    st.sampled_from([lambda x: x, lambda x: where(x == 1, indices, 2), lambda x: x * indices, lambda x: 5 // (x + 9)]),
    st.sampled_from([lambda x, by: x % by, lambda x, by: x // by]),
)
def test_sums(selector, by, multiple, offset, value, divided):
    program = selector.value(value(divided(multiple * indices + offset, by)))
    before, after = raspir.lower(program), raspir.optimize(program)
    assert layers(after) <= layers(before)
    assert not differing(before, after, LENGTHS)


def test_other_sums_stay():
    stays(BY_RESIDUES, le.value(indices % 2 * 0.5), LENGTHS)
    stays(BY_RESIDUES, le.value(indices % 2, default=3), LENGTHS)
    stays(BY_RESIDUES, le.value(indices % 2 * ones), WORDS)
    stays(BY_RESIDUES, le.value(indices % 17), LENGTHS)
