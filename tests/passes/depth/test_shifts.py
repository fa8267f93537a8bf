"""Sums over shifted sequences as sums over the originals plus a boundary term."""

import pytest
from daily import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from rewriting import (
    FLOATS,
    MIXED,
    NUMBERS,
    WORDS,
    alone,
    as_graph,
    breaks,
    differing,
    everything,
    layers,
    le,
    length,
    lowered,
    lt,
    stays,
    words,
)  # fmt: skip

from raspir import indices, key, query, select, tokens, where
from raspir.passes.depth.shifts import RULES
from raspir.testing.proofs.cases.programs import ADDS_INTEGERS, AT_MOST_ONE, COMPARABLE, IS_TOTAL, NEVER_FAILS
from raspir.testing.proofs.cases.shifts import ALL_SHIFTED, ONE_POSITION, SURE, TIES_KEPT, WITHIN

ABSORB, REVERSAL, FACTOR = RULES
same = key(tokens) == query(tokens)
COUNT = same.value(1)
offsets = st.integers(-3, 3).filter(bool)


def shift(value, by=1, default=0):
    return (key(indices) == query(indices - by)).value(value, default)


@examples(40)
@given(
    offsets, st.sampled_from([0, 1, -4, True]), st.sampled_from([le, lt, same, ~same, everything, lt & same]),
    st.sampled_from([lambda x: x, lambda x: 2 * x + indices, lambda x: where(x > 1, 1, 0), lambda x: -x * indices]),
    words,
)  # fmt: skip
def test_a_sum_of_what_is_shifted(by, default, selector, around, word):
    before, after = alone(ABSORB, selector.value(around(shift(COUNT, by, default))))
    assert layers(before, after) == (3, 2)
    assert not differing(before, after, [word, *WORDS[:7]])


@settings(max_examples=25, deadline=None)
@given(offsets, st.sampled_from([0, 2, "a", 1.0, False]), st.sampled_from([le, lt & same, everything]), words)
def test_a_count_of_keys_that_are_shifted(by, default, within, word):
    deep = where(COUNT > 1, "a", where(tokens == "b", 2, tokens))
    shifted = key(shift(deep, by, default))
    for selector in (shifted == query(tokens), shifted != query("a"), (shifted == query(2)) | (shifted == query("a"))):
        before, after = alone(ABSORB, (selector & within).value(indices + 1))
        assert layers(before, after) == (3, 2)
        assert not differing(before, after, [word, *WORDS[:6], *MIXED])


def test_offsets_that_are_known_at_run_time():
    far = (key(indices) == query(indices - length + 2)).value(COUNT, 5)
    before, after = alone(ABSORB, le.value(far))
    assert layers(before, after) == (3, 2)
    assert not differing(before, after, WORDS)


def test_the_boundary_has_a_term_of_its_own():
    program = everything.value(shift(COUNT, 1, 7))
    lowered(ABSORB, program, (3, 2), WORDS)
    breaks(ABSORB, program, WORDS, WITHIN)


def test_all_positions_must_be_shifted_alike():
    there = where(tokens == "a", indices, indices - 1)
    program = le.value((key(indices) == query(there)).value(COUNT))
    stays(ABSORB, program, WORDS)
    breaks(ABSORB, program, WORDS, ALL_SHIFTED)


def test_floats_keep_their_order():
    program = everything.value(shift(where(COUNT > 1, 0.2, 0.3), 1, 0.1))
    stays(ABSORB, program, WORDS)
    breaks(ABSORB, program, ["aba"], *ADDS_INTEGERS, IS_TOTAL)


@pytest.mark.parametrize("default", [3, "_", False])
def test_a_default_that_is_not_zero(default):
    program = lt.value(shift(COUNT), default).map(str)
    stays(ABSORB, program, WORDS)
    breaks(ABSORB, program, WORDS, *ADDS_INTEGERS)


def test_means_are_no_sums():
    program = everything.mean(shift(COUNT, 1, 3))
    stays(ABSORB, program, WORDS)
    breaks(ABSORB, program, WORDS, *ADDS_INTEGERS)


def test_booleans_whose_type_matters():
    shifted = shift(COUNT > 1, 1, False)
    lowered(ABSORB, le.value(shifted), (3, 2), WORDS)
    stays(ABSORB, le.value(shifted).map(str), WORDS)
    stays(ABSORB, ~le.value(shifted), WORDS)
    naive = (le & (key(shifted) == query(True))).value(1)
    assert differing(as_graph(le.value(shifted).map(str)), as_graph(naive.map(str)), WORDS)


def test_what_is_shifted_out_must_not_fail():
    program = le.value(12 // shift((lt & same).value(1) - 1, 1, 1))
    stays(ABSORB, program, ["aa", "abb", "ab"])
    breaks(ABSORB, program, ["aa", "abb"], IS_TOTAL)


def below(a, b):
    return a < b


@pytest.mark.parametrize("selector", [lambda x: key(x) < query("b"), lambda x: select(x, "b", below)])
@pytest.mark.parametrize("by", [1, -1])
def test_what_is_shifted_out_must_be_comparable(selector, by):
    program = selector(shift(where(COUNT > 1, "a", tokens), by, "a")).value(1)
    odd = [1, "a"] if by < 0 else ["a", 1]
    stays(ABSORB, program, [odd, "ab", "ba"])
    breaks(ABSORB, program, [odd], COMPARABLE)


def test_strings_are_comparable_with_a_vocabulary():
    program = (key(shift(where(COUNT > 1, "a", tokens), 1, "a")) < query("b")).value(1)
    lowered(ABSORB, program, (3, 2), WORDS, vocab="abc")


@pytest.mark.parametrize("inputs", [NUMBERS, FLOATS, WORDS])
def test_sums_of_what_may_be_no_integers_stay(inputs):
    stays(ABSORB, le.value(shift(tokens)), inputs)
    lowered(ABSORB, le.value(shift(where(tokens == "a", 1, 0))), (2, 1), inputs)


def flip(value, default=0):
    return (key(indices) == query(length - 1 - indices)).value(value, default)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from([0, -1, 1]),
    st.sampled_from([le, lt, everything, same, lt & same]),
    st.sampled_from([0, 3, True]),
    words,
)
def test_a_sum_of_what_is_reversed(by, selector, default, word):
    mirrored = (key(indices) == query(length - 1 + by - indices)).value(COUNT, default)
    before, after = alone(ABSORB, selector.value(2 * mirrored + indices))
    # To move a key that is ready early takes a layer too.
    assert layers(before, after) == (3, 2 if any(selector is each for each in (le, lt, everything)) else 3)
    assert not differing(before, after, [word, *WORDS[:5]])


@pytest.mark.parametrize("asks", [lambda x: x, lambda x: x > 0])
def test_a_sum_of_booleans_that_are_moved_is_an_integer(asks):
    for moved in (shift(COUNT > 1, 1, False), flip(COUNT > 1, False), shift(COUNT > 1, -1, True)):
        lowered(ABSORB, asks(le.value(moved)), (3, 2), WORDS)


def best(of, score, within=everything, default="_", **how):
    return within.best(of, score, default=default, **how)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["left", "right"]), st.sampled_from(["highest", "lowest"]), st.sampled_from([0, "_", True]),
    st.sampled_from([everything, le, lt, same, lt & same]), words,
)  # fmt: skip
def test_the_best_of_what_is_reversed(ties, pick, default, within, word):
    program = best(flip(tokens), flip(COUNT), within, default, ties=ties, pick=pick)
    before, after = alone(REVERSAL, program)
    assert layers(before, after) == (3, 2 if any(within is each for each in (le, lt, everything)) else 3)
    assert not differing(before, after, [word, *WORDS[:6]])


@pytest.mark.parametrize("program", [
    best(tokens, flip(COUNT)), best(flip(tokens), COUNT), best(tokens, tokens, key(flip(COUNT)) == query(2)),
    best(tokens, indices + flip(COUNT), lt), best(where(flip(COUNT) > 1, tokens, "z"), flip(COUNT)),
])  # fmt: skip
def test_whatever_part_is_reversed(program):
    before, after = alone(REVERSAL, program)
    assert not differing(before, after, [*WORDS, "abcab", "cbbaac"])


def test_ties_are_on_the_other_side():
    program = best(flip(tokens), flip(COUNT))
    assert differing(as_graph(program), as_graph(best(flip(tokens), flip(COUNT), ties="right")), WORDS)
    breaks(REVERSAL, program, WORDS, TIES_KEPT)


def test_a_fetch_of_what_is_reversed():
    found = (key(flip(where(COUNT > 1, indices, -1))) == query(0)) & (key(indices) == query(1))
    before, after = alone(REVERSAL, found.value(flip(COUNT), "_"))
    assert layers(after) <= layers(before)
    assert not differing(before, after, [*WORDS, "aabb"])


@pytest.mark.parametrize("by", [1, -1])
def test_a_reversal_that_leaves_the_input_is_left(by):
    mirrored = (key(indices) == query(length - 1 + by - indices)).value(COUNT, 9)
    program = best(mirrored, mirrored)
    stays(REVERSAL, program, WORDS)
    breaks(REVERSAL, program, WORDS, SURE)


def test_the_best_of_what_is_shifted_is_left():
    stays(REVERSAL, best(tokens, shift(COUNT)), WORDS)
    assert differing(as_graph(best(tokens, shift(COUNT))), as_graph(best(tokens, flip(COUNT))), WORDS)


@pytest.mark.parametrize("inputs", [[[0.1, 0.2, 0.3], [1e16, 1.0, -1e16]]])
def test_sums_of_floats_are_not_reversed(inputs):
    program = everything.value(flip(tokens))
    stays(REVERSAL, program, inputs)
    assert differing(as_graph(program), as_graph(everything.value(tokens)), inputs)
    breaks(REVERSAL, program, inputs, AT_MOST_ONE)


@pytest.mark.parametrize("by", [1, -1, 2])
@pytest.mark.parametrize("default", [0, 2, "a"])
@pytest.mark.parametrize(("make", "missing"), [
    (lambda s: s.value(indices + 1), 0), (lambda s: s.value(1), 3), (lambda s: s.best(tokens, indices, default="_"), 0),
    (lambda s: (s & (key(tokens) != query("b"))).value(1), 0),
])  # fmt: skip
def test_queries_that_are_shifted(by, default, make, missing):
    moved = shift(where(COUNT > 1, tokens, 2), by, default)
    program = make(key(tokens) == query(moved))
    before, after = alone(FACTOR, program)
    assert layers(before) == (3,)
    assert layers(after) <= (3,)
    assert not differing(before, after, [*WORDS, *MIXED, *NUMBERS])


def mirrored(value, by, default="a"):
    return (key(indices) == query(length - 1 + by - indices)).value(value, default)


@pytest.mark.parametrize("make", [
    lambda s: s.value(1), lambda s: s.mean(where(tokens == "a", 1, 4), "_"),
    lambda s: s.best(tokens, indices, default="_"),
    lambda s: (s & (key(tokens) != query("c"))).value(1, 7),
])  # fmt: skip
@pytest.mark.parametrize("by", [0, 1, 2, -1])
def test_an_aggregate_is_fetched_instead_of_its_queries(make, by):
    program = make(key(tokens) == query(mirrored(tokens, by)))
    lowered(FACTOR, program, (3, 2), [*WORDS, "aabcc"])
    if by:
        breaks(FACTOR, program, [*WORDS, "aabcc"], SURE)


def test_all_queries_must_be_fetched_from_one_position():
    program = ((key(tokens) == query(mirrored(tokens, 0))) & (key(tokens) <= query(tokens))).value(1)
    stays(FACTOR, program, WORDS)
    breaks(FACTOR, program, WORDS, ONE_POSITION)


def test_what_is_fetched_from_nowhere_must_not_fail():
    program = (key(tokens) == query(mirrored(tokens, 2, "b"))).value(tokens)
    stays(FACTOR, program, ["aab", "ab", "ba"])
    breaks(FACTOR, program, ["aab"], *NEVER_FAILS)
