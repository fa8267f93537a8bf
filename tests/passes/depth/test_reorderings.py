"""Aggregates of sorted and reversed sequences, rewritten to aggregates of the sequences themselves."""

import operator

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import FLOATS, MIXED, NUMBERS, WORDS, breaks, differing, everything, gt, layers, le, length, lt, stays

import raspir
from raspir import indices, key, query, tokens
from raspir.passes.depth.reorderings import RULES
from raspir.testing.proofs.cases.reorderings import ONCE, SYMMETRIC

ABSORBED, QUERIES = RULES
number = tokens.round()


def at(value, position, default=0):
    return (key(indices) == query(position)).value(value, default)


def flip(value):
    return at(value, length - 1 - indices)


def rank(of, first=operator.lt, ties=lt):
    return (first(key(of), query(of)) | ((key(of) == query(of)) & ties)).value(1)


def sort(value, first=operator.lt, ties=lt, offset=0):
    return (key(rank(value, first, ties)) == query(indices + offset)).value(value)


def descending(value):
    return sort(value, operator.gt)


PROGRAMS = {
    "sorted twice": (sort(sort(tokens)), 2),
    "sorted three times": (sort(sort(sort(tokens))), 2),
    "sorted in reverse": (sort(flip(tokens)), 2),
    "sorted both ways": (sort(descending(tokens)), 2),
    "with ties from the right": (sort(sort(tokens), ties=gt), 2),
    "sorted, reversed and sorted": (sort(flip(sort(tokens))), 2),
    "the rank of a sorted sequence": (rank(sort(tokens)), 0),
    "the rank of a reversed sequence": (rank(flip(tokens)), 2),
    "the total of a sorted sequence": (everything.value(sort(number)), 1),
    "a running total of a sorted sequence": (le.value(sort(number)), 2),
    "a histogram of a sorted sequence": ((key(sort(tokens)) == query(sort(tokens))).value(1), 2),
    "occurrences in a sorted sequence": ((key(sort(tokens)) == query(tokens)).value(1), 1),
    "values that are mapped": (sort(-sort(number)), 2),
}


@pytest.mark.parametrize(("program", "expected"), PROGRAMS.values(), ids=PROGRAMS)
def test_fewer_layers(program, expected):
    before, after = raspir.lower(program), raspir.optimize(program)
    assert layers(before)[0] > expected == layers(after)[0]
    assert not differing(before, after, NUMBERS if "round" in str(before) else [*WORDS, *NUMBERS])


@pytest.mark.parametrize("program", [sort(flip(tokens)), sort(sort(tokens)), sort(descending(tokens), ties=gt)])
def test_equal_atoms_keep_their_types(program):
    shown = program.map(repr)
    before, after = raspir.lower(shown), raspir.optimize(shown)
    assert layers(after)[0] < layers(before)[0]
    assert not differing(before, after, [*FLOATS, [True, 1, 0, 1.0], [1, True, 1.0, False, 0], *MIXED])


ORDERS = st.tuples(
    st.sampled_from([operator.lt, operator.gt]), st.sampled_from([lt, gt]), st.sampled_from([0, 0, 1, -1])
)


@examples(40)
@given(st.lists(ORDERS, min_size=1, max_size=2), st.booleans(), st.sampled_from(["", "total", "hist", "rank"]))
def test_sorted_sequences(orders, flipped, how):
    value = flip(number) if flipped else number
    for order in orders:
        value = sort(value, *order)
    ends = {
        "total": le.value(value),
        "hist": (key(value) == query(value)).value(indices),
        "rank": rank(value),
    }
    program = ends.get(how, value)
    before, after = raspir.lower(program), raspir.optimize(program)
    assert layers(after) <= layers(before)
    assert not differing(before, after, NUMBERS)


def test_other_programs_stay():
    beyond = (key(rank(tokens)) == query(indices + 1)).value(number)
    for rule in RULES:
        stays(rule, everything.value(beyond), NUMBERS)
        stays(rule, (key(number) == query(beyond)).value(1), NUMBERS)
        stays(rule, everything.value(sort(tokens * 0.5)), FLOATS)


def test_guards():
    beyond = (key(rank(tokens)) == query(indices + 1)).value(number)
    breaks(ABSORBED, everything.value(beyond), NUMBERS, ONCE)
    breaks(ABSORBED, everything.best(sort(tokens), sort(tokens) % 2), NUMBERS, SYMMETRIC)
