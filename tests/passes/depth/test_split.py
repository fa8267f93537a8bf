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
    lt,
    stays,
    words,
)

import raspir
from raspir import indices, key, query, select, tokens, where
from raspir.passes.depth.budget import Budget
from raspir.passes.depth.split import RULES
from raspir.testing.proofs.cases.programs import COMPARABLE, IS_TOTAL, NEVER_FAILS
from raspir.testing.proofs.cases.split import TELLS_APART

(SPLIT,) = RULES
alike = key(tokens) == query(tokens)
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


@examples(60)
@given(
    st.sampled_from([
        where(COUNT > 1, indices, length - 1), where(COUNT > 1, 0, where(indices > 1, COUNT, length - 2)),
        where(tokens == "a", 1, length - 1), length - 1 - COUNT % 2,
    ]),
    st.sampled_from(COMPARISONS),
    st.sampled_from([0, 1, -3, 0.5, True, "_"]),
    words,
)  # fmt: skip
def test_queries_only_partly_of_few_atoms(asked, compare, default, word):
    program = compare(key(indices), query(asked)).value(le.value(where(tokens == "a", 2, 1)), default)
    before = raspir.lower(program)
    for attention in ("select", "best"):
        assert not differing(before, raspir.optimize(program, attention=attention), [word, *WORDS])


def test_what_a_choice_does_not_ask_for_needs_no_layer():
    count = le.value(where(tokens == "a", 1, 0))
    for asked, heads in ((where(count > 1, indices, length - 1), 2), (where(indices > 2, 0, length - 1), 2)):
        program = (key(indices) == query(asked)).value(count)
        optimized = raspir.optimize(program)
        assert (program.layers, optimized.stats().layers, optimized.stats().heads) == (2, 1, heads)


def test_no_more_heads_than_the_budget_allows():
    asked = where(COUNT > 3, "a", where(COUNT > 2, "b", where(COUNT > 1, "c", "d")))
    program = (key(tokens) == query(asked)).value(1)
    for most in range(1, 6):
        before, after = alone(SPLIT, program, max_heads=most)
        assert layers(before, after) == (2, 1 if most >= 4 else 2)
        assert not differing(before, after, WORDS)
    two = ((key(tokens) == query(asked)) & (key(tokens) != query(where(COUNT > 1, "a", "z")))).value(1)
    assert layers(*alone(SPLIT, two, max_heads=6)) == (2, 2)
    assert layers(*alone(SPLIT, two, max_heads=7)) == (2, 1)


def test_no_time_gives_the_graph_back():
    before, after = alone(
        SPLIT, (key(tokens) == query(where(COUNT > 1, "a", "b"))).value(1), budget=Budget(deadline=0.0)
    )
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
    first = where(tokens == "a", atoms[0], where(tokens == "b", atoms[1], atoms[-1]))
    uniform = (key(indices) == query(0)).value(first, atoms[0])
    program = le.value(~(uniform & (tokens == "a")))
    inputs = ["aa", "baa", "ca", "abab", "cbab"]
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


@examples(150)
@given(
    st.sampled_from([COUNT > 1, COUNT % 2 == 1, (COUNT > 1) & (indices > 0), le.value(tokens == "a") > 1]),
    st.sampled_from(
        [
            lambda c: where(c, indices, indices - 1), lambda c: indices + where(c, 1, -1), lambda c: indices + c,
            lambda c: where(c, where(tokens == "a", 0, indices), where(tokens == "b", 1, indices + 2)),
        ]
    ),
    defaults,
    words,
)  # fmt: skip
def test_a_choice_within_a_query(condition, position, default, word):
    program = (key(indices) == query(position(condition))).value(tokens, default)
    before, after = alone(SPLIT, program)
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *WORDS])


def test_a_few_integers_within_a_query():
    for number in (2, 3, 5):
        program = (key(indices) == query(indices + COUNT % number)).value(tokens, "_")
        lowered(SPLIT, program, (2, 1), [*WORDS, *MIXED])
        assert layers(*alone(SPLIT, program, max_heads=number - 1)) == (2, 2)


def test_a_chain_of_choices_takes_a_head_for_each_answer():
    position = indices
    for number in range(2, 7):
        position = where(number == COUNT, indices - number, position)
    program = (key(indices) == query(position)).value(tokens, "_")
    lowered(SPLIT, program, (2, 1), [*WORDS, "abcabcabab", "aaaaaaa"])
    assert layers(*alone(SPLIT, program, max_heads=4)) == (2, 2)


@pytest.mark.parametrize("combine", [operator.or_, operator.and_])
@pytest.mark.parametrize("bound", [1, 2, 3])
def test_a_condition_of_the_query_among_others(combine, bound):
    condition = key(bound) < query(COUNT)
    for program in (combine(le, condition).value(tokens == "a"), combine(~le, ~condition).mean(indices, -1)):
        lowered(SPLIT, program, (2, 1), [*WORDS, "aaaabb"])
    lowered(SPLIT, (combine(le, condition) | (key(tokens) == query("b"))).best(tokens, indices), (2, 1), WORDS)


def test_a_condition_may_compare_what_is_the_same_everywhere():
    program = (le | (key(length) == query(COUNT * 2))).value(indices)
    lowered(SPLIT, program, (2, 1), [*WORDS, "aabb", "ab"])


def test_the_branch_that_is_not_taken_must_not_fail():
    value = where(tokens == "a", math.inf, where(tokens == "b", -math.inf, 0.0))
    program = (le & (key(1) < query(COUNT))).mean(value)
    stays(SPLIT, program, ["ab", "aab", "ccc"])


CONDITIONS = [
    key(1) == query(COUNT), key(1) < query(COUNT), key(2) != query(COUNT), query(COUNT) <= key(2),
    ~(key(1) == query(COUNT)), (key(0) < query(COUNT)) & (key(3) > query(COUNT)),
    key("b") == query(where(COUNT > 1, "b", "c")), key(0.5) < query(COUNT), key(True) == query(COUNT > 1),
]  # fmt: skip


@examples(70)
@given(st.sampled_from(CONDITIONS), st.sampled_from([le, alike, lt & alike, ~alike]), defaults, words)
def test_a_condition_on_the_query(condition, selector, default, word):
    before, after = alone(SPLIT, (selector & condition).value(indices, default))
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word, *WORDS])


def test_a_condition_of_some_alternatives():
    program = ((lt & (key(1) == query(COUNT))) | (key(indices) == query(indices))).value(1)
    lowered(SPLIT, program, (2, 1), WORDS)


def test_the_condition_must_be_on_the_query():
    stays(SPLIT, (le & (key(COUNT) == query(1))).value(1), WORDS)
    stays(SPLIT, (le & (key(COUNT) == query(COUNT))).value(1), WORDS)


def test_no_strings_are_added_that_were_not_selected():
    program = (le & (key(9) == query(COUNT))).value(tokens, "_")
    stays(SPLIT, program, WORDS)
    breaks(SPLIT, program, WORDS, *NEVER_FAILS)


def test_no_infinities_are_added_that_were_not_selected():
    program = (le & (key(9) == query(COUNT))).value(where(tokens == "a", math.inf, -math.inf))
    stays(SPLIT, program, WORDS)
    breaks(SPLIT, program, WORDS, *NEVER_FAILS)
