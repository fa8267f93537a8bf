"""What assumptions tell never costs layers."""

import warnings
from random import Random

import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.passes.options import Target
from raspir.passes.pipeline import run_passes
from raspir.testing.deep import DEEP
from raspir.testing.generate import fitting
from raspir.testing.maker import MODERATE, Maker

everywhere, before = key(1) == query(1), key(indices) < query(indices)
length = everywhere.value(1)


def at(value, place):
    return (key(indices) == query(place)).value(value)


def rank(x):
    return ((key(x) < query(x)) | ((key(x) == query(x)) & before)).value(1)


def falling(x):
    return ((key(x) > query(x)) | ((key(x) == query(x)) & before)).value(1)


def sort(x, rank=rank):
    return (key(rank(x)) == query(indices)).value(x)


mirrored = at(tokens, length - 1 - indices)
other = tokens != "b"
alike = (key(other) == query(other)).value(where(other, 1, 0)) > 0
nearby = (key(indices) >= query(indices - 1)) & (key(indices) <= query(indices + 1))


@pytest.mark.parametrize(
    ("program", "assumed"),
    [
        (sort(mirrored), {"max_length": 4}),
        (sort(mirrored), {"max_length": 8}),
        (sort(sort(tokens, falling), falling), {"max_length": 6, "vocab": "abcdef"}),
        (everywhere.value(1 - at(where(indices >= 0, 1, 0), indices + 1)) > 0, {"max_length": 4}),
        (nearby.value(where(alike, 1, 0)) > 0, {"vocab": "abc"}),
    ],
)
@pytest.mark.parametrize("attention", ["select", "best"])
def test_an_assumption_costs_no_layer(program, assumed, attention):
    vocab = assumed.get("vocab")
    without = raspir.optimize(program, attention=attention, vocab=vocab if len(assumed) > 1 else None)
    assert raspir.optimize(program, attention=attention, **assumed).stats().layers <= without.stats().layers


@pytest.mark.parametrize("seed", range(12))
def test_no_assumption_on_generated_programs_costs_a_layer(seed):
    random = Random(seed)
    maker = Maker(random, ("a", "b"), 0.0, None, MODERATE, False)
    random.choice(DEEP)(maker)
    graph = raspir.lower(maker.known["any"][-1])
    fitting(graph, ("a", "b"))
    layers = [
        raspir.optimize(graph, vocab=vocab, max_length=longest).stats().layers
        for vocab, longest in ((None, None), (None, 6), ("ab", 6))
    ]
    assert layers == sorted(layers, reverse=True)


def test_a_search_that_ended_early_is_followed_by_another_of_what_it_found():
    after = key(indices) > query(indices)
    place = before.value(1)
    rank = ((key(place) >= query(place)) & after).value(1)
    fetched = (key(rank) == query(indices)).value(place)
    graph = raspir.lower((key(tokens) == query(fetched)).value(1), max_length=12)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", raspir.BudgetWarning)
        once = run_passes(graph, "depth")
        assert once.stats().layers == 1
        assert run_passes(once, "depth") == once


def test_a_search_is_followed_by_another_of_what_it_found():
    some = (key(indices) <= query(indices)).value(tokens == "a") > 0
    own = (key(indices) == query(indices)).value(where(some, 1, 0))
    graph = raspir.lower((key(some) == query(some)).value(own))
    once = run_passes(graph, "depth", Target(attention="best"))
    assert once.stats().layers == 1
    assert run_passes(once, "depth", Target(attention="best")) == once
