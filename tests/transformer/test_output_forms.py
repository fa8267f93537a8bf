"""Outputs that are read without a hidden layer: conjunctions, and chains of choices over many values."""

import random

import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.transformer.chains import chain_of
from raspir.transformer.columns import Columns
from raspir.transformer.domains import Domains

everywhere = key(1) == query(1)
before = key(indices) < query(indices)


def shift(by, token):
    return (key(indices) == query(indices - by)).value(tokens, default="_") == token


CONJUNCTIONS = {
    "of bits": (tokens == "a") & shift(1, "b") & shift(2, "a"),
    "negated": ~((tokens == "a") & shift(1, "b")),
    "a disjunction": (tokens == "a") | shift(1, "b") | shift(2, "b"),
    "with positions": shift(1, "b") & (indices > 2) & (tokens == "b"),
    "none before": (before.value(tokens == "a") == 0) & shift(1, "b"),
}


@pytest.mark.parametrize("name", CONJUNCTIONS)
def test_conjunctions_take_no_hidden_layer(name):
    model = raspir.to_transformer(CONJUNCTIONS[name], "ab", 6)
    assert not any(model.config.d_mlp)
    assert model.blocks == 1
    assert model.check(200).ok


def test_what_is_no_conjunction_has_more_logits():
    model = raspir.to_transformer((tokens == "a") == shift(1, "b"), "ab", 6)
    assert model.weights.W_U.shape[1] > 2
    assert model.check(200).ok


def counts(*most):
    return [everywhere.value(where(tokens <= each, 1, 0)) for each in most]


def sorted_by_counting(*limits):
    found = 3
    for number, limit in reversed(list(enumerate(limits))):
        found = where(indices < limit, number, found)
    return found


def test_a_chain_over_many_counts_takes_no_hidden_layer():
    program = sorted_by_counting(*counts(0, 1, 2))
    model = raspir.to_transformer(program, range(4), 64)
    assert (model.blocks, model.heads) == (1, 1)
    assert not any(model.config.d_mlp)
    draw = random.Random(3)
    inputs = [[draw.randrange(4) for _ in range(draw.randint(0, 64))] for _ in range(60)]
    assert [list(each) for each in model.batch(inputs)] == [sorted(each) for each in inputs]


def chain(program, vocab=range(4), longest=5):
    graph = raspir.lower(program, vocab, longest)
    return chain_of(Columns(Domains(graph)), graph.outputs["out"])


def test_conditions_of_a_chain_imply_the_next_ones():
    small, large = counts(0, 2)
    found = chain(where(indices < small, "a", where(indices < large, "b", "c")))
    assert found is not None
    assert found.atoms == ("c", "b", "a")
    assert found.least == 0.5
    assert chain(where(indices < large, "a", where(indices < small, "b", "c"))) is None
    assert chain(where(indices < small, "a", where(indices >= large, "b", "c"))) is None


@pytest.mark.parametrize(
    "program",
    [
        where(indices < 2, "a", "b"),
        where(indices < 2, "a", where(indices < 3, "b", "a")),
        where(indices < 2, tokens, where(indices < 3, "b", "a")),
        where(tokens == 1, "a", where(tokens == 2, "b", "c")),
    ],
    ids=["one condition", "an atom twice", "an atom that is no constant", "no order"],
)
def test_other_values_are_no_chains(program):
    assert chain(program) is None
