"""Sums over position intervals in closed form, without attention."""

import itertools
import operator
from dataclasses import replace

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import (
    MIXED,
    WORDS,
    alone,
    as_graph,
    breaks,
    differing,
    layers,
    le,
    length,
    lowered,
    lt,
    stays,
    words,
)  # fmt: skip

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis import Analysis
from raspir.analysis.bool_int import bool_int_agnostic
from raspir.ir import Graph
from raspir.passes.depth.closed_forms import REDUCTIONS, RULES
from raspir.passes.depth.extraction import extracted
from raspir.passes.depth.search import Search, SearchLimits
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.cases.closed_forms import BEGINS_WITHIN, NEVER_CROSS, NEVER_OVERLAP, WITHIN
from raspir.testing.proofs.cases.programs import ADDS_INTEGERS
from raspir.testing.proofs.proving import replaced

CLOSED, *_, CONDITION = (*RULES, *REDUCTIONS)
COUNT = le.value(where(tokens == "a", 1, 0))
EVERYTHING = key(1) == query(1)
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]
KEYS = [indices, 2 * indices, indices + 3, 1 - indices, 3 * indices - 2, indices + length, -2 * indices]
QUERIES = [COUNT, COUNT - 2, length - COUNT, 2 * COUNT - indices, indices + COUNT, where(tokens == "a", COUNT, 1)]
VALUES = [
    1, 7, -2, indices, indices + 5, 3 - 2 * indices, indices * indices, (indices + 1) * (indices - 2),
    length, length - indices, length * indices + 1, indices * indices * 2 - length,
]  # fmt: skip
condition = st.builds(
    lambda compare, k, q: compare(key(k), query(q)), st.sampled_from(COMPARISONS), st.sampled_from(KEYS),
    st.sampled_from(QUERIES),
)  # fmt: skip
selectors = st.one_of(
    condition,
    st.builds(operator.and_, condition, condition),
    st.builds(operator.or_, condition, condition),
    condition.map(operator.invert),
)


@examples(150)
@given(selectors, st.sampled_from(VALUES), st.sampled_from([0, 1, -5, 0.5, -0.0, "_", True, False]), words)
def test_the_ends_of_intervals_may_be_as_deep_as_they_like(selector, value, default, word):
    before, after = alone(CLOSED, selector.value(value, default))
    assert layers(before) == (2,)
    assert layers(after) <= (2,)
    assert not differing(before, after, [word, "", "a", "b", "ab"])


@pytest.mark.parametrize("compare", COMPARISONS)
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("default", [0, 3, "_"])
def test_one_comparison_costs_no_layer(compare, value, default):
    lowered(CLOSED, compare(key(indices), query(COUNT)).value(value, default), (2, 1), [*WORDS, *MIXED])


@pytest.mark.parametrize("k", KEYS)
def test_multiples_of_the_position(k):
    lowered(CLOSED, (key(k) <= query(COUNT)).value(indices), (2, 1), WORDS)


def test_a_band_and_what_overlaps():
    band = (key(indices) >= query(COUNT - 2)) & (key(indices) <= query(COUNT + 1))
    lowered(CLOSED, band.value(indices), (2, 1), WORDS)
    lowered(CLOSED, (band | (key(indices) == query(COUNT))).value(indices), (2, 1), WORDS)


def test_within_the_input_the_length_is_not_needed():
    lowered(CLOSED, le.value(indices), (1, 0), WORDS)
    lowered(CLOSED, (key(indices) > query(indices - 3)).value(1) - length, (1, 0), WORDS)


def test_intervals_end_at_the_ends_of_the_input():
    program = (key(indices) <= query(COUNT + 2)).value(1)
    lowered(CLOSED, program, (2, 1), WORDS)
    breaks(CLOSED, program, WORDS, WITHIN)


def test_intervals_begin_at_the_first_position():
    program = (key(indices) >= query(COUNT - 2)).value(1)
    lowered(CLOSED, program, (2, 1), WORDS)
    breaks(CLOSED, program, WORDS, BEGINS_WITHIN)


def test_no_interval_has_fewer_than_no_positions():
    program = ((key(indices) >= query(COUNT)) & (key(indices) <= query(COUNT - 3))).value(1)
    deep = ((key(indices) >= query(COUNT)) & (key(indices) <= query(length - COUNT - 1))).value(indices)
    lowered(CLOSED, program, (2, 0), WORDS)
    lowered(CLOSED, deep, (2, 1), WORDS)
    breaks(CLOSED, deep, WORDS, NEVER_CROSS)


def test_what_overlaps_counts_once():
    program = ((key(indices) < query(COUNT)) | (key(indices) == query(length - 1 - COUNT))).value(1)
    lowered(CLOSED, program, (2, 1), WORDS)
    breaks(CLOSED, program, WORDS, NEVER_OVERLAP)


@pytest.mark.parametrize(("value", "naive"), [(0.1, 0.1 * COUNT), (where(indices >= 0, 0.1, 0), 0.1 * COUNT)])
def test_floats_are_added_in_their_order(value, naive):
    program = (key(indices) < query(COUNT)).value(value)
    stays(CLOSED, program, WORDS)
    assert differing(as_graph(program), as_graph(naive), ["aaa", "aaaaaa"])


def test_one_boolean_is_no_integer():
    ones = where(tokens == "a", True, True)
    program = (key(indices) < query(COUNT)).value(ones).map(str)
    stays(CLOSED, program, WORDS)
    assert differing(as_graph(program), as_graph(COUNT.map(str)), ["a"])


def test_a_default_other_than_zero():
    program = (key(indices) < query(COUNT)).value(1, 9)
    assert differing(as_graph(program), as_graph(COUNT), WORDS)
    assert differing(as_graph(program), as_graph(COUNT + 9), WORDS)
    typed = (key(indices) < query(COUNT)).value(1, False).map(str)
    lowered(CLOSED, typed, (2, 1), WORDS)
    assert differing(as_graph(typed), as_graph(COUNT.map(str)), WORDS)


@pytest.mark.parametrize(
    "program",
    [
        (key(indices) < query(COUNT)).value(indices * indices * indices),
        (key(indices + COUNT) < query(COUNT)).value(1),
        (key(indices * indices) < query(COUNT)).value(1),
        (key(indices) < query(COUNT * 0.5)).value(1),
        (key(indices) < query(COUNT)).value(COUNT),
        (key(indices) < query(COUNT)).mean(1),
        (key(indices) < query(COUNT)).value(indices // 2),
    ],
)
def test_no_closed_form_is_known(program):
    stays(CLOSED, program, WORDS)


def test_too_many_intervals():
    selector = key(indices) == query(COUNT)
    for by in (2, 4, 6, 8, 10):
        selector = selector | (key(indices) == query(COUNT + by))
    stays(CLOSED, selector.value(1), [*WORDS, "aabbaabbaabb"])


def test_large_integers_stay_exact():
    program = (key(indices) < query(COUNT)).value(2**70 * indices + 2**64 + 1)
    lowered(CLOSED, program, (2, 1), WORDS)


def test_the_pass_uses_it():
    program = (key(indices) < query(COUNT)).value(1)
    assert raspir.optimize(program).stats().layers == 1


POSITIONAL = [
    where(indices > 1, 3, -1), where(indices > 1, indices, 0), where((indices > 0) & (indices < 3), 1, indices),
    indices > 1, where(indices == 2, 0, where(indices > 2, indices, 7)), ~(indices == 1),
]  # fmt: skip


@pytest.mark.parametrize("value", POSITIONAL)
@pytest.mark.parametrize("selector", [key(indices) < query(COUNT), key(indices) >= query(COUNT)])
def test_values_chosen_by_position(value, selector):
    how = (CONDITION, CLOSED)
    graph = as_graph(selector.value(value) + 0)
    found = searched(graph, how)
    assert layers(graph, found) == (2, 1)
    assert not differing(graph, found, [*WORDS, "aabaa"])
    assert layers(searched(graph, (CLOSED,))) == (2,)


RANK = ((key(tokens) < query(tokens)) | ((key(tokens) == query(tokens)) & (key(indices) < query(indices)))).value(1)
SORTED = (key(RANK) == query(indices)).value(tokens)
A = where(tokens == "a", 1, 0)


@pytest.mark.parametrize(
    ("program", "vocab"),
    [
        (EVERYTHING.value(SORTED * indices), [0, 1, 2]),
        (le.value(SORTED * (indices + 2) - 3 * indices), [0, 1]),
        (EVERYTHING.value(where(tokens == "a", length - indices, 0)), None),
        (EVERYTHING.value(where(tokens == "a", length - indices, where(tokens == "b", length * A, 2))), None),
        (le.value(3 - 2 * where(tokens == "a", length * indices, 1)), None),
        (EVERYTHING.value(where(tokens == 2, length - indices, 0) * tokens), [0, 1, 2]),
    ],
)
def test_products_and_terms_that_are_chosen(program, vocab):
    optimized = raspir.optimize(program, vocab)
    assert optimized.stats().layers == 1
    inputs = WORDS if vocab is None else [list(word) for n in range(5) for word in itertools.product(vocab, repeat=n)]
    assert not differing(raspir.lower(program, vocab), optimized, inputs)


def searched(graph, how):
    """Return the graph after a search with some rules."""
    search = Search(Algebra(Analysis.of(graph)), how, SearchLimits("select"), bool_int_agnostic(graph))
    return extracted(graph, search)[0]


@pytest.mark.parametrize("value", [
    where(tokens == "a", 1, 0), where(indices > 1, 0.1, 0.2), where(indices > 1, True, 5), where(indices > 1, "b", 0),
    where(length > 2, 1, where(tokens == "a", 1, 2)),
])  # fmt: skip
def test_other_choices_are_left(value):
    graph = as_graph((key(indices) < query(COUNT)).value(value).map(str))
    assert layers(searched(graph, (CONDITION, CLOSED))) == (2,)
    assert not differing(graph, searched(graph, (CONDITION, CLOSED)), WORDS)


@pytest.mark.parametrize("default", [3, "_", 0.0])
def test_a_default_for_none_is_not_added_twice(default):
    program = (key(indices) < query(COUNT)).value(where(indices > 1, 3, -1), default).map(str)
    stays(CONDITION, program, WORDS)
    graph = as_graph(program)
    with replaced(ADDS_INTEGERS):
        found = searched(graph, (CONDITION, CLOSED))
    assert differing(graph, found, WORDS)


def test_booleans_chosen_by_position_stay_where_their_type_matters():
    typed = (key(indices) < query(COUNT)).value(indices < 1, False)
    graph = as_graph(typed.map(str))
    assert layers(searched(graph, (CONDITION, CLOSED))) == (2,)
    assert layers(searched(as_graph(typed > 0), (CONDITION, CLOSED))) == (1,)
    assert not differing(as_graph(typed > 0), searched(as_graph(typed > 0), (CONDITION, CLOSED)), WORDS)


def test_a_closed_form_as_deep_is_taken_if_it_needs_no_more_heads():
    taken = as_graph((key(indices) > query(indices)).value(1))
    for rule, expected in ((CLOSED, False), (replace(CLOSED, accept_ties=False), True)):
        low = settled(taken, rule)
        assert ("select.gt" in str(low)) == expected
        assert not differing(taken, low, WORDS)


def settled(graph, rule):
    """Return the graph of the shallowest form that a search with one rule finds, whatever else it needs."""
    search = Search(Algebra(Analysis.of(graph)), (rule,), SearchLimits("select"))
    return Graph({"out": search.shallowest(graph.outputs["out"])}, graph.inputs.values(), graph.functions)


def test_a_constant_boolean_is_one_where_nobody_tells():
    asked = (key(indices) < query(COUNT)).value(True)
    lowered(CLOSED, asked > 1, (2, 1), WORDS)
    stays(CLOSED, asked.map(str), WORDS)
    assert differing(as_graph(asked.map(str)), as_graph((key(indices) < query(COUNT)).value(1).map(str)), WORDS)


@examples(60)
@given(st.sampled_from(VALUES), st.sampled_from([0, 0.5, None, "_"]), words)
def test_means_over_intervals(value, default, word):
    for selector in (key(indices) <= query(indices), key(indices) < query(indices)):
        program = selector.mean(value, default)
        assert raspir.optimize(program).stats().layers <= 1
        assert raspir.compile(program)(word) == raspir.compile(program, backend="reference", optimize=False)(word)


def test_a_mean_of_positions_so_far_needs_no_attention():
    program = (key(1) == query(1)).mean(3 * indices + 1)
    assert raspir.optimize(program, causal=True).stats().layers == 0
    assert raspir.compile(program, causal=True)("abcd") == [1, 2.5, 4, 5.5]


def test_a_mean_of_one_huge_integer_is_itself():
    program = (key(1) == query(1)).mean(indices + 2**1100)
    assert raspir.compile(program, causal=True)("a") == [2**1100]


@pytest.mark.parametrize("default", [5, -1, "_", None, 0.5])
def test_a_default_of_an_outer_sum_stands_apart(default):
    program = lt.value(le.value(where(tokens == "a", 1, 0)), default)
    optimized = raspir.optimize(program)
    assert optimized.stats().layers == 1
    assert not differing(program, optimized, WORDS)
