"""Sums over shifted sequences, which are sums over the originals and a term for the boundary."""

import pytest
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
from raspir.analysis import Analysis, Linear
from raspir.passes.depth import aggregates, shifts
from raspir.passes.depth.search import Search
from raspir.passes.depth.shifts import RULES

ABSORB, REVERSAL, FACTOR = RULES
same = key(tokens) == query(tokens)
COUNT = same.value(1)
offsets = st.integers(-3, 3).filter(bool)


def shift(value, by=1, default=0):
    return (key(indices) == query(indices - by)).value(value, default)


@settings(max_examples=40, deadline=None)
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


def test_the_boundary_has_a_term_of_its_own(monkeypatch):
    program = everything.value(shift(COUNT, 1, 7))
    lowered(ABSORB, program, (3, 2), WORDS)
    monkeypatch.setattr(shifts, "_within", lambda search, position: search.algebra.everything)
    breaks(ABSORB, program, WORDS)


def test_all_positions_must_be_shifted_alike(monkeypatch):
    there = where(tokens == "a", indices, indices - 1)
    program = le.value((key(indices) == query(there)).value(COUNT))
    stays(ABSORB, program, WORDS)
    original = shifts.reach_of

    def claimed(search, node):
        is_fetch = node.operation.name == "sum" and node["default"] == 0
        return original(search, node) or (shifts.Reach(1, Linear({}, -1)) if is_fetch else None)

    monkeypatch.setattr(shifts, "reach_of", claimed)
    breaks(ABSORB, program, WORDS)


def test_floats_keep_their_order(monkeypatch):
    program = everything.value(shift(where(COUNT > 1, 0.2, 0.3), 1, 0.1))
    stays(ABSORB, program, WORDS)
    monkeypatch.setattr(Search, "adds_integers", lambda self, aggregate: True)
    monkeypatch.setattr(Analysis, "succeeds", lambda self, node, operands: True)
    breaks(ABSORB, program, ["aba"])


@pytest.mark.parametrize("default", [3, "_", False])
def test_a_default_that_is_not_zero(default, monkeypatch):
    program = lt.value(shift(COUNT), default).map(str)
    stays(ABSORB, program, WORDS)
    monkeypatch.setattr(Search, "adds_integers", lambda self, aggregate: True)
    breaks(ABSORB, program, WORDS)


def test_means_are_no_sums(monkeypatch):
    program = everything.mean(shift(COUNT, 1, 3))
    stays(ABSORB, program, WORDS)
    monkeypatch.setattr(Search, "adds_integers", lambda self, aggregate: True)
    breaks(ABSORB, program, WORDS)


def test_booleans_whose_type_matters():
    shifted = shift(COUNT > 1, 1, False)
    lowered(ABSORB, le.value(shifted), (3, 2), WORDS)
    stays(ABSORB, le.value(shifted).map(str), WORDS)
    stays(ABSORB, ~le.value(shifted), WORDS)
    naive = (le & (key(shifted) == query(True))).value(1)
    assert differing(as_graph(le.value(shifted).map(str)), as_graph(naive.map(str)), WORDS)


def test_what_is_shifted_out_must_not_fail(monkeypatch):
    program = le.value(12 // shift((lt & same).value(1) - 1, 1, 1))
    stays(ABSORB, program, ["aa", "abb", "ab"])
    monkeypatch.setattr(Analysis, "succeeds", lambda self, node, operands: True)
    breaks(ABSORB, program, ["aa", "abb"])


def below(a, b):
    return a < b


@pytest.mark.parametrize("selector", [lambda x: key(x) < query("b"), lambda x: select(x, "b", below)])
@pytest.mark.parametrize("by", [1, -1])
def test_what_is_shifted_out_must_be_comparable(selector, by, monkeypatch):
    program = selector(shift(where(COUNT > 1, "a", tokens), by, "a")).value(1)
    odd = [1, "a"] if by < 0 else ["a", 1]
    stays(ABSORB, program, [odd, "ab", "ba"])
    monkeypatch.setattr(aggregates, "_compares", lambda *_: True)
    breaks(ABSORB, program, [odd])


def test_strings_are_comparable_with_a_vocabulary():
    program = (key(shift(where(COUNT > 1, "a", tokens), 1, "a")) < query("b")).value(1)
    lowered(ABSORB, program, (3, 2), WORDS, vocab="abc")


@pytest.mark.parametrize("inputs", [NUMBERS, FLOATS, WORDS])
def test_sums_of_what_may_be_no_integers_stay(inputs):
    stays(ABSORB, le.value(shift(tokens)), inputs)
    lowered(ABSORB, le.value(shift(where(tokens == "a", 1, 0))), (2, 1), inputs)
