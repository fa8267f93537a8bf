"""Case splitting on queries with few possible atoms."""

import math
import operator

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import (
    MIXED,
    WORDS,
    alone,
    breaks,
    differing,
    everything,
    layers,
    le,
    length,
    lowered,
    stays,
    words,
)

from raspir import indices, key, query, select, tokens, where
from raspir.passes.depth.split import RULES
from raspir.testing.proofs.cases.programs import COMPARABLE, IS_TOTAL, NEVER_FAILS
from raspir.testing.proofs.cases.split import TELLS_APART

(SPLIT,) = RULES
COUNT = (key(tokens) == query(tokens)).value(1)
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
few = st.sampled_from(
    [
        where(COUNT > 1, "a", "b"), where(COUNT > 2, "a", where(COUNT > 1, "c", "")),
        where(length > 2, "b", "a"), where(length > 2, where(COUNT > 1, "a", "b"), "c"),
    ]
)  # fmt: skip
defaults = st.sampled_from([0, 1, -3, 0.5, True, "_"])


@examples(120)
@given(few, st.sampled_from(COMPARISONS), st.sampled_from([1, indices, where(tokens == "a", 2, -1)]), defaults, words)
def test_a_query_of_few_atoms(asked, compare, value, default, word):
    before, after = alone(SPLIT, compare(key(tokens), query(asked)).value(value, default))
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *WORDS])


@examples(60)
@given(
    st.sampled_from([where(length > 2, 1, 0), where(length > 2, 0, where(length > 1, 5, -1)), length > 1]),
    st.sampled_from([lambda u: u * indices, lambda u: where(tokens == "a", u, 3), lambda u: indices + u]),
    defaults,
    words,
)
def test_uniform_values_of_few_atoms(uniform, value, default, word):
    before, after = alone(SPLIT, le.value(value(uniform), default))
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *WORDS])


def test_values_of_any_type_are_fetched():
    at = key(indices) == query(where(COUNT > 1, 0, 1))
    lowered(SPLIT, at.value(tokens, "_"), (2, 1), [*WORDS, *MIXED])
    lowered(SPLIT, le.best(tokens, where(length > 2, 1, -1) * indices, default="_"), (2, 1), [*WORDS, *MIXED])


def test_no_more_heads_than_the_budget_allows():
    asked = where(COUNT > 3, "a", where(COUNT > 2, "b", where(COUNT > 1, "c", "d")))
    program = (key(tokens) == query(asked)).value(1)
    for most in range(1, 6):
        before, after = alone(SPLIT, program, max_heads=most)
        assert layers(before, after) == (2, 1 if most >= 4 else 2)
        assert not differing(before, after, WORDS)
    two = ((key(tokens) == query(asked)) & (key(tokens) != query(where(COUNT > 1, "a", "z")))).value(1)
    assert layers(*alone(SPLIT, two, max_heads=7)) == (2, 2)
    assert layers(*alone(SPLIT, two, max_heads=8)) == (2, 1)


def test_no_time_gives_the_graph_back():
    before, after = alone(SPLIT, (key(tokens) == query(where(COUNT > 1, "a", "b"))).value(1), deadline=0.0)
    assert after == before


def below(a, b):
    return a < b


def test_opaque_predicates_are_not_asked_what_they_were_not():
    stays(SPLIT, select(tokens, where(COUNT > 1, "a", "b"), below).value(1), WORDS)


@pytest.mark.parametrize("program", [
    select(where(length > 2, "a", 1), tokens, below).value(1),
    (key(tokens) < query(where(length > 2, "a", 1))).value(1),
])  # fmt: skip
def test_atoms_must_be_comparable_in_every_case(program):
    inputs = [[2], [0, 5], "aaa", "bac"]
    stays(SPLIT, program, inputs)
    breaks(SPLIT, program, inputs, COMPARABLE)


def test_atoms_of_one_kind_are_comparable():
    program = (key(tokens) < query(where(length > 2, "c", "b"))).value(1)
    lowered(SPLIT, program, (2, 1), [*WORDS, ["a", 1]])


@pytest.mark.parametrize("atoms", [(True, 1), (0, False), (1, 0, True)])
def test_atoms_must_differ(atoms):
    uniform = where(length > 3, atoms[0], where(length > 2, atoms[1], atoms[-1]))
    program = le.value(~(uniform & (tokens == "a")))
    inputs = ["aa", "aaa", "aaaa", "abab"]
    stays(SPLIT, program, inputs)
    breaks(SPLIT, program, inputs, TELLS_APART)


def test_no_case_adds_up_what_the_program_does_not():
    at = (key(tokens) == query(where(COUNT > 1, "b", "a"))) & (key(indices) < query(2))
    program = at.value(tokens, "_")
    stays(SPLIT, program, ["ab", "ba", "aab", "bcc", "abb"])
    breaks(SPLIT, program, ["bba", "cbb", "bbcc", "aabb", "aabbcc"], *NEVER_FAILS)


def test_no_case_adds_infinities():
    value = where(tokens == "a", math.inf, where(tokens == "b", -math.inf, 0.0))
    program = (key(tokens) <= query(where(COUNT > 2, "b", "a"))).value(value)
    stays(SPLIT, program, WORDS)
    breaks(SPLIT, program, WORDS, *NEVER_FAILS)


def test_no_case_divides_by_zero():
    program = le.value(12 // (where(length > 2, 1, 0) + where(tokens == "a", 0, where(tokens == "b", 1, 2))))
    inputs = ["", "b", "aaa", "aab", "bb"]
    stays(SPLIT, program, inputs)
    breaks(SPLIT, program, ["aaa", "aab"], IS_TOTAL)


def test_what_differs_between_positions_is_no_case():
    program = le.value(where(COUNT > 1, 1, 0) * indices)
    stays(SPLIT, program, WORDS)
    program = (key(where(COUNT > 1, "a", "b")) == query(tokens)).value(1)
    stays(SPLIT, program, WORDS)


def test_what_can_be_anything_is_no_case():
    stays(SPLIT, (key(indices) == query(COUNT)).value(tokens), [*WORDS, *MIXED])
    stays(SPLIT, everything.value(length * indices), WORDS)
