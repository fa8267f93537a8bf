"""Rewrites of programs before they become transformers: equal results, and what they are for."""

import itertools

import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis import Analysis
from raspir.ir.views import Aggregate, Sum
from raspir.transformer.domains import Domains
from raspir.transformer.ends import with_best_for_last
from raspir.transformer.narrowing import with_fetched_combinations, with_fetched_tests
from raspir.transformer.quotients import choices, with_quotients
from raspir.transformer.sides import with_uniform_queries
from raspir.transformer.signs import with_sums_for_signs

length = (key(1) == query(1)).value(1)
before = key(indices) < query(indices)
previous = (key(indices) == query(indices - 1)).value(tokens, default="_")


def graph_of(program, vocab="ab", longest=4):
    return raspir.lower(program, vocab, longest)


def same(first, second):
    one, other = (raspir.compile(graph, backend="reference", optimize=False) for graph in (first, second))
    vocab = next(iter(first.inputs.values())).vocabulary
    for n in range(first.max_length + 1):
        for each in itertools.product(vocab, repeat=n):
            assert list(map(repr, one(list(each)))) == list(map(repr, other(list(each))))
    return first != second


def narrowed(program, **assumed):
    graph = graph_of(program, **assumed)
    return graph, with_fetched_tests(graph, Analysis.of(graph))


TESTED = {
    "equality": where(previous == "a", 1, 2),
    "membership": where(previous.has(["a", "_"]), 1, 2),
    "two tests": where(previous == "a", 1, where(previous != "b", 2, 3)),
    "best": where((key(1) == query(1)).best(tokens, indices) == "a", indices, 0),
}


@pytest.mark.parametrize("name", TESTED)
def test_tests_of_fetches_are_fetched_tests(name):
    graph, new = narrowed(TESTED[name])
    assert same(graph, new)
    fetched = [node.operands[1] for node in new if node.operation.name in ("sum", "best")]
    assert fetched
    assert all(node.operation.name in ("eq", "ne", "has") for node in fetched)


@pytest.mark.parametrize(
    "program",
    [
        where(previous == "a", 1, previous),
        where((key(tokens) == query(tokens)).value(indices) == 2, 1, 2),
        where(previous == tokens, 1, 2),
        previous,
    ],
    ids=["read otherwise, too", "a sum of several", "another value", "an output"],
)
def test_other_values_stay(program):
    graph, new = narrowed(program)
    assert new == graph


def test_uniform_terms_of_keys_stand_in_queries():
    graph = graph_of((key(length - 1 - indices) == query(indices)).value(tokens))
    new = with_uniform_queries(graph, Analysis.of(graph))
    assert same(graph, new)
    facts = Analysis.of(new)
    keys = [facts.linear(node.operands[0]) for node in new if node.operation.name == "select.eq"]
    moved = [form for form in keys if not all(facts[term].uniform for term in form.terms)]
    assert moved
    assert not any(facts[term].uniform for form in moved for term in form.terms)


SUMS = {
    "default": before.value(indices, default=-2),
    "default of another kind": before.value(indices, default=None),
    "booleans": before.value(tokens == "a", default=False),
    "booleans and integers": before.value(where(indices == 0, True, indices), default=True),
    "mean": before.mean(indices),
    "mean of booleans": before.mean(tokens == "a", default="none"),
    "mean of booleans and integers": before.mean(where(indices == 0, True, 1), default=0),
    "floats": before.value(where(tokens == "a", 0.5, 1.25)),
    "floats and integers": before.value(where(tokens == "a", 0.5, 1)),
}


@pytest.mark.parametrize("name", SUMS)
def test_quotients(name):
    graph = graph_of(SUMS[name])
    last = choices(graph, Domains(graph), Analysis.of(graph))[-1]
    assert last or name == "floats"
    assert same(graph, with_quotients(graph, Domains(graph), last)) == bool(last)


def rewritten(program, by, **assumed):
    graph = graph_of(program, **assumed)
    return graph, by(graph, Analysis.of(graph))


until = key(indices) <= query(indices)
everywhere = key(1) == query(1)
is_a, is_b = tokens == "a", tokens == "b"
balance = until.mean(is_a) - until.mean(is_b)
SIGNS = {
    "a difference": where(until.mean(is_a) - until.mean(is_b) < 0, 1, 2),
    "two means": where(until.mean(is_a) >= until.mean(is_b), 1, 2),
    "one mean": where(before.mean(indices - 1, default=False) != 0, 1, 2),
    "used twice": where(
        until.mean(is_a) - until.mean(is_b) < 0, 1, where(until.mean(is_a) - until.mean(is_b) == 0, 2, 3)
    ),
}


@pytest.mark.parametrize("name", SIGNS)
def test_signs_of_means_are_those_of_sums(name):
    graph, new = rewritten(SIGNS[name], with_sums_for_signs)
    assert same(graph, new)
    assert {node.operation.name for node in new if isinstance(node, Aggregate)} == {"sum"}
    assert sum(isinstance(node, Aggregate) for node in new) == 1


OTHER_MEANS = {
    "another number": where(until.mean(is_a) - until.mean(is_b) < 0.2, 1, 2),
    "another default": where(before.mean(indices, default=-1) < 0, 1, 2),
    "other heads": where(until.mean(is_a) < before.mean(is_b), 1, 2),
    "floats": where(until.mean(where(is_a, 0.1, -0.1)) == 0, 1, 2),
    "an output": until.mean(is_a),
    "read otherwise, too": where(until.mean(is_a) == 0, 1, until.mean(is_a)),
}


@pytest.mark.parametrize("name", OTHER_MEANS)
def test_other_means_stay(name):
    graph, new = rewritten(OTHER_MEANS[name], with_sums_for_signs)
    assert new == graph


def test_disjunctions_whose_sum_is_only_tested_are_added_up():
    some = until.value(is_a | (tokens == previous) | (indices == 2))
    graph, new = rewritten(where(some == 0, 1, where(some > 0, 2, 3)), with_sums_for_signs)
    assert same(graph, new)
    assert [
        node.value.operation.name for node in new if isinstance(node, Sum) and node.selector.comparison == "le"
    ] == ["add"]
    graph, new = rewritten(where(some == 1, 1, 2), with_sums_for_signs)
    assert new == graph


def test_the_last_position_is_the_best_one():
    last = key(indices + length) == query(2 * length - 1)
    graph, new = rewritten(last.value(tokens, default="_"), with_best_for_last)
    assert same(graph, new)
    assert [node.operation.name for node in new if isinstance(node, Aggregate)] == ["best"]


def test_in_causal_programs_the_last_position_is_not_the_best_one():
    graph = raspir.lower((key(indices) == query(length - 1)).value(tokens, default="_"), "ab", 3, causal=True)
    assert with_best_for_last(graph, Analysis.of(graph)) == graph


@pytest.mark.parametrize("select", [key(indices) == query(length - 2), key(indices) == query(indices), until])
def test_other_positions_are_not_the_last_one(select):
    graph, new = rewritten(select.value(1), with_best_for_last)
    assert new == graph


def test_bits_of_one_position_are_combined_before_they_are_fetched():
    fetch = key(indices) == query(indices - 1)
    both = fetch.value(is_a, default=False) & fetch.value(indices == 1, default=True)
    graph, new = rewritten(where(both, 1, 2), with_fetched_combinations)
    assert same(graph, new)
    assert sum(isinstance(node, Aggregate) for node in new) == 1
    apart = fetch.value(is_a, default=False) & (key(indices) == query(indices - 2)).value(is_b, default=False)
    graph, new = rewritten(where(apart, 1, 2), with_fetched_combinations)
    assert new == graph


def test_tables_of_fetched_values_are_fetched():
    number = {"a": 3, "b": -1, "_": 7}
    looked_up = raspir.elementwise(number.get)(previous)
    graph = raspir.optimize(graph_of(looked_up + indices))
    new = with_fetched_tests(graph, Analysis.of(graph))
    assert same(graph, new)
    (fetch,) = [node for node in new if isinstance(node, Aggregate)]
    assert fetch.value.operation.name == "lookup"
    assert fetch.default == 7


def test_long_disjunctions_are_taken_apart_without_recursion():
    condition = is_a
    for number in range(3000):
        condition = condition | (tokens == previous) | (indices == number)
    graph = raspir.lower(where(until.value(condition) == 0, 1, 2), "ab", 4)
    new = with_sums_for_signs(graph, Analysis.of(graph))
    assert sum(node.operation.name == "add" for node in new) == 3001
