"""Rewrites of programs before they become transformers: equal results, and what they are for."""

import itertools

import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis import Analysis
from raspir.transformer.domains import Domains
from raspir.transformer.narrowing import with_fetched_tests
from raspir.transformer.quotients import choices, with_quotients
from raspir.transformer.sides import with_uniform_queries

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
