"""Values that are the same at all positions."""

import math

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import (
    ALL_UNIFORM,
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

from raspir import indices, key, query, tokens, where
from raspir.passes.depth.uniform import RULES
from raspir.testing.proofs.cases.programs import ADDS_INTEGERS, AT_MOST_ONE, NEVER_FAILS

CHOICE, TERMS, VALUE, SCORE = RULES
COUNT = le.value(where(tokens == "a", 1, 0))
ALL = [*WORDS, *NUMBERS, *FLOATS, *MIXED]
same = key(tokens) == query(tokens)
defaults = st.sampled_from([0, 1, -3, 0.5, -0.0, True, False, "_", ""])


@examples(50)
@given(
    st.sampled_from(
        [length > 2, length == 1, (length > 1) & (length < 4), everything.value(tokens == "a") > 1, length]
    ),
    st.sampled_from([indices, tokens == "a", where(tokens == "b", 3, 0), indices * 2]),
    st.sampled_from([1, indices - 3, False, -2]),
    st.sampled_from([le, same, ~same]),
    defaults,
    words,
)
def test_a_choice_by_a_uniform_condition(test, a, b, selector, default, word):
    before, after = alone(CHOICE, selector.value(where(test, a, b), default))
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *WORDS])


@pytest.mark.parametrize("kind", ["mean", "best"])
def test_fetches_choose_strings_too(kind):
    value = where(length > 2, tokens, "z")
    if kind == "best":
        lowered(CHOICE, le.best(value, indices, default=0), (2, 1), ALL)
    else:
        at = key(indices) == query(indices - 1)
        lowered(CHOICE, at.mean(value, 0), (2, 1), ALL)


def test_the_condition_must_be_uniform():
    program = le.value(where(COUNT > 1, indices, 1))
    stays(CHOICE, program, WORDS)
    breaks(CHOICE, program, WORDS, ALL_UNIFORM)


def test_the_branch_that_is_not_chosen_must_not_fail():
    program = le.value(where(length > 2, 1, where(tokens == "a", math.inf, -math.inf)))
    stays(CHOICE, program, WORDS)
    breaks(CHOICE, program, WORDS, *NEVER_FAILS)


def test_strings_of_the_branch_that_is_not_chosen():
    program = le.value(where(length > 1, 1, tokens))
    stays(CHOICE, program, WORDS)
    breaks(CHOICE, program, WORDS, *NEVER_FAILS)


@examples(70)
@given(
    st.sampled_from([length, 2 * length, length - 3, everything.value(where(tokens == "a", 1, 0)), length * length]),
    st.sampled_from([1, indices, where(tokens == "b", 2, -1), indices + 4]),
    st.sampled_from([0, 5, indices, where(tokens == "c", 1, 0)]),
    st.sampled_from([le, same, lt, ~same, everything]),
    words,
)
def test_uniform_terms_are_added_afterwards(factor, value, term, selector, word):
    for program in (selector.value(factor + value), selector.value(factor * value + term)):
        before, after = alone(TERMS, program)
        assert layers(before, after) == (2, 1)
        assert not differing(before, after, [word, *WORDS])


def test_the_term_must_be_uniform():
    program = le.value(indices + COUNT)
    stays(TERMS, program, WORDS)
    breaks(TERMS, program, WORDS, ALL_UNIFORM)


@pytest.mark.parametrize("default", [5, "_", 2.5, False])
def test_a_term_and_a_default(default):
    program = lt.value(length + indices, default).map(str)
    stays(TERMS, program, WORDS)
    breaks(TERMS, program, WORDS, *ADDS_INTEGERS)


def test_floats_keep_their_order():
    program = le.value(length * 0.1 + where(tokens == "a", 1e16, 1.0))
    stays(TERMS, program, WORDS)
    naive = length * 0.1 * (indices + 1) + le.value(where(tokens == "a", 1e16, 1.0))
    assert differing(as_graph(program), as_graph(naive), WORDS)


def test_means_are_no_sums():
    program = le.mean(50 * length + where(tokens == "a", 2**60 + 100, 0))
    stays(TERMS, program, WORDS)
    breaks(TERMS, program, ["aa"], *ADDS_INTEGERS)


def test_booleans_whose_type_matters():
    one = everything.value(tokens == "a") > 0
    program = lt.value(one).map(str)
    stays(TERMS, program, WORDS)
    naive = (where(one, 1, 0) * indices).map(str)
    assert differing(as_graph(program), as_graph(naive), WORDS)
    lowered(TERMS, lt.value(one), (2, 1), WORDS)
    for sensitive in (~lt.value(one), lt.value(one) & True):
        stays(TERMS, sensitive, WORDS)


@examples(60)
@given(
    st.sampled_from([length, length > 2, where(length > 2, "x", 0.5), length * 0.5]),
    st.sampled_from(["left", "right"]), st.sampled_from(["highest", "lowest"]), defaults, words,
)  # fmt: skip
def test_the_best_of_what_is_all_the_same(value, ties, pick, default, word):
    for selector in (lt, same, everything):
        before, after = alone(VALUE, selector.best(value, indices, ties, default, pick))
        assert layers(before, after) == (2, 1)
        assert not differing(before, after, [word, *WORDS])
    before, after = alone(VALUE, (key(indices) == query(indices - 1)).value(value, default))
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *WORDS])


def test_the_sum_of_what_is_all_the_same_is_another():
    program = le.value(length)
    stays(VALUE, program, WORDS)
    breaks(VALUE, program, WORDS, AT_MOST_ONE)


def test_the_value_must_be_uniform():
    program = lt.best(COUNT, indices, default=0)
    stays(VALUE, program, WORDS)
    breaks(VALUE, program, WORDS, ALL_UNIFORM)


@examples(60)
@given(
    st.sampled_from([indices + length, length - indices, 2 * indices - 3 * length + 1, (tokens == "a") + length]),
    st.sampled_from([le, same, everything]), st.sampled_from(["left", "right"]),
    st.sampled_from(["highest", "lowest"]), defaults, words,
)  # fmt: skip
def test_a_score_without_its_uniform_part(score, selector, ties, pick, default, word):
    before, after = alone(SCORE, selector.best(tokens, score, ties, default, pick))
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *ALL])


def test_scores_that_are_floats_may_become_equal():
    program = everything.best(tokens, indices + where(length > 0, 1e300, 0.0), default=0)
    stays(SCORE, program, WORDS)
    naive = everything.best(tokens, indices, default=0)
    assert differing(as_graph(program), as_graph(naive), WORDS)


def test_the_part_must_be_uniform():
    program = everything.best(indices, 2 * COUNT - indices, default=0)
    stays(SCORE, program, WORDS)
    breaks(SCORE, program, WORDS, ALL_UNIFORM)
