"""Sums of one value over two selectors as one sum."""

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import WORDS, differing, everything, le, lt

import raspir
from raspir import indices, key, query, tokens, where

A = where(tokens == "a", 1, 0)
ge, gt = key(indices) >= query(indices), key(indices) > query(indices)
before_one = key(indices) == query(indices - 1)


@pytest.mark.parametrize(
    ("program", "layers"),
    [
        (le.value(A) - lt.value(A), 0),
        (lt.value(A) + ge.value(A) - everything.value(A), 0),
        (3 * ge.value(A) - 3 * gt.value(A) + 1, 0),
        (le.value(A - before_one.value(A)), 0),
        ((key(indices) == query(lt.value(A) + ge.value(A))).value(tokens, default="_"), 2),
        (le.value(A) - gt.value(A), 1),
        (le.value(A) - lt.value(where(tokens == "b", 1, 0)), 1),
    ],
)
def test_layers(program, layers):
    optimized = raspir.optimize(program)
    assert optimized.stats().layers == layers
    assert not differing(program, optimized, WORDS)


@examples(40)
@given(st.lists(st.tuples(st.sampled_from([le, lt, ge, gt, everything]), st.integers(-2, 2)), min_size=2, max_size=5))
def test_combinations(terms):
    program = sum((factor * selector.value(A) for selector, factor in terms), start=indices * 0)
    assert not differing(program, raspir.optimize(program), WORDS)


def test_sums_of_floats_stay():
    graph = raspir.lower(le.value(tokens) - lt.value(tokens))
    assert raspir.optimize(graph).stats().layers == 1
