"""Exchange of sums: sums of sums as single sums, and sums of terms that cancel."""

import itertools
import operator

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import (
    NUMBERS,
    alone,
    as_graph,
    breaks,
    differing,
    everything,
    exact,
    ge,
    gt,
    layers,
    le,
    length,
    lowered,
    lt,
    stays,
)

import raspir
from raspir import indices, key, query, tokens, where
from raspir.passes.depth.exchange import RULES
from raspir.testing.proofs.cases.exchange import EMPTY, INEXACT, TWICE, UNCLIPPED

EXCHANGE, COMPLEMENT = RULES
A = where(tokens == 1, 1, 0)
NUMBER = tokens.round()
SHORT = [list(word) for size in range(5) for word in itertools.product([0, 1, 5], repeat=size)]


def at(value, position, default=0):
    return (key(indices) == query(position)).value(value, default)


def window(low, high):
    return (key(indices) >= query(indices + low)) & (key(indices) <= query(indices + high))


def rank(value):
    return ((key(value) < query(value)) | ((key(value) == query(value)) & lt)).value(1)


SORTED = (key(rank(NUMBER)) == query(indices)).value(NUMBER)
BANDS = [window(-1, 0), window(-1, 1), window(0, 2), window(-3, -1), window(1, 1)]
SIDES = [everything, le, lt, ge, gt, *BANDS, key(indices) != query(indices), key(indices) <= query(2 * indices)]

SINGLE = {
    "prefix sums of prefix sums": le.value(le.value(A)),
    "exclusive prefix sums of prefix sums": lt.value(lt.value(A)),
    "three deep": le.value(lt.value(le.value(A))),
    "four deep": le.value(le.value(le.value(le.value(A)))),
    "suffix sums of prefix sums": ge.value(le.value(A)),
    "all prefix sums": everything.value(le.value(A)),
    "all later and earlier": gt.value(lt.value(A)),
    "prefix sums of windows": le.value(window(-1, 1).value(NUMBER)),
    "windows of prefix sums": window(-1, 1).value(le.value(A)),
    "windows of windows": window(-1, 0).value(window(-1, 0).value(NUMBER)),
    "wider windows of windows": window(-1, 1).value(window(-2, 0).value(NUMBER)),
    "windows on either side": window(-3, -1).value(window(0, 2).value(NUMBER)),
    "windows three deep": window(-1, 0).value(window(-1, 0).value(window(-1, 0).value(NUMBER))),
    "weighted by the position": le.value((indices + 2) * le.value(A)),
    "weighted by a quotient": le.value((indices * (indices + 1) // 2) * le.value(A)),
    "weighted by the length": everything.value((length - indices) * le.value(A)),
    "a boolean": le.value(le.value(tokens == 1)) + 0,
    "a condition on the key": everything.value((le & (key(tokens) == query(1))).value(indices)),
    "a condition on the position": everything.value(where(indices > 1, le.value(A), 0)),
    "the first five": everything.value(where(indices < 5, le.value(A), 0)),
    "what is before the first five": (key(indices) < query(5)).value(lt.value(A)),
    "the first five so far": le.value(where(indices < 5, le.value(A), 0)),
    "some of the first five so far": lt.value(where((indices < 5) & (indices > 1), le.value(A), 0)),
    "all but one's own": everything.value((key(indices) != query(indices)).value(A)),
    "twice as far": everything.value((key(indices) <= query(2 * indices)).value(A)),
    "a uniform factor": everything.value(length * le.value(A)),
    "the next less one's own": le.value(at(NUMBER, indices + 1) - NUMBER),
    "second differences": le.value(NUMBER - 2 * at(NUMBER, indices - 1) + at(NUMBER, indices - 2)),
    "a default": le.value(at(NUMBER, indices - 1, 7)),
    "a default of all before": le.value(lt.value(A, 5)),
    "a default of all after": everything.value(gt.value(A, 7)),
    "a default of a window": le.value(window(-2, -1).value(A, 3)),
    "a default that is not met": le.value(le.value(A, 3)),
    "the mean of sums with a default": le.mean(lt.value(A, 5)),
    "all sorted": everything.value(SORTED),
    "the mean of prefix sums": everything.mean(le.value(A)),
}


@pytest.mark.parametrize("program", SINGLE.values(), ids=SINGLE)
@pytest.mark.parametrize("causal", [False, True])
def test_one_layer(program, causal):
    optimized = raspir.optimize(program, causal=causal)
    assert causal or optimized.stats().layers == 1
    before = raspir.compile(program, "reference", optimize=False, causal=causal)
    after = raspir.compile(optimized, "reference", optimize=False)
    for given_ in SHORT:
        assert exact(after(given_)) == exact(before(given_))


def test_heads():
    for program, heads in (
        (SINGLE["prefix sums of prefix sums"], 1),
        (SINGLE["windows of windows"], 2),
        (SINGLE["four deep"], 1),
        (SINGLE["the first five"], 2),
        (SINGLE["what is before the first five"], 2),
        (SINGLE["the first five so far"], 1),
        (SINGLE["some of the first five so far"], 2),
        (SINGLE["all but one's own"], 1),
        (SINGLE["all sorted"], 1),
    ):
        assert raspir.optimize(program).stats().heads == heads


def test_sums_of_differences_telescope():
    lowered(None, le.value(NUMBER - at(NUMBER, indices - 1)), (2, 2), NUMBERS)
    assert raspir.optimize(le.value(NUMBER - at(NUMBER, indices - 1))).stats().layers == 0


@pytest.mark.parametrize(
    ("program", "heads"),
    [
        (everything.value(NUMBER - at(NUMBER, indices - 1)), 1),
        (everything.value(A + at(A, indices - 1)), 2),
        ((key(indices) < query(length - 1)).value(NUMBER), 2),
        ((key(indices) != query(length - 1)).value(NUMBER), 2),
        ((key(rank(NUMBER)) != query(0)).value(NUMBER), 2),
        (everything.value(window(-1, 0).value(NUMBER)), 2),
    ],
)
def test_all_but_the_last(program, heads):
    optimized = raspir.optimize(program, attention="best")
    assert (optimized.stats().layers, optimized.stats().heads) == (1, heads)
    assert not differing(as_graph(program), optimized, SHORT)


weights = st.sampled_from(
    [1, -2, indices, indices + 1, length - indices, indices * indices, (indices * (indices + 1)) // 2]
)
values = st.sampled_from([A, NUMBER, A * indices, 2 * A - 1, tokens == 5])
sums = st.builds(lambda s, v: s.value(v), st.sampled_from(SIDES), values)
terms = st.builds(operator.mul, weights, st.one_of(sums, values))
summed = st.one_of(terms, st.builds(operator.add, terms, terms), st.builds(operator.sub, terms, terms))


@examples(80)
@given(st.sampled_from(SIDES), summed, st.lists(st.sampled_from([0, 1, 5]), max_size=6))
def test_sums_of_sums(selector, value, given_):
    before, after = alone(EXCHANGE, selector.value(value))
    assert layers(after) <= layers(before)
    assert not differing(before, after, [given_, [1], [1, 0], [5, 1, 1]])


@pytest.mark.parametrize(
    "program",
    [
        le.value(le.value(tokens)),
        le.value(le.value(A), 3),
        le.value((key(tokens) == query(tokens)).value(A)),
        (le & (key(tokens) == query(tokens))).value(le.value(A)),
        le.value((indices // 2) * le.value(A)),
        le.value(le.value(A) * le.value(A)),
        le.mean(le.value(0.5)),
    ],
)
def test_other_sums_stay(program):
    stays(EXCHANGE, program, NUMBERS)


def test_products_of_unbounded_integers_stay():
    assert raspir.optimize(le.value(le.value(NUMBER))).stats().layers == 2


def test_floats_are_added_in_their_order():
    stays(EXCHANGE, le.value(le.value(tokens)), [[0.1, 0.2, 0.3], [1e16, 1.0, -1e16]])


def test_guards():
    breaks(EXCHANGE, everything.value(window(-1, 1).value(A)), SHORT, UNCLIPPED)
    digit = NUMBER % 7
    band = (key(digit) <= query(indices)) & (key(2 - digit) >= query(indices))
    breaks(EXCHANGE, le.value(band.value(digit)), SHORT, EMPTY)
    breaks(EXCHANGE, (le | (key(indices) == query(2))).value(gt.value(A)), SHORT, TWICE)
    breaks(EXCHANGE, le.value((indices // 2) * le.value(A)), SHORT, INEXACT)


def test_what_is_not_excluded_alone_stays():
    stays(COMPLEMENT, (key(indices) < query(length - 2)).value(NUMBER), NUMBERS, attention="select")
    stays(COMPLEMENT, (key(indices) < query(length - 1)).mean(NUMBER), NUMBERS)


@pytest.mark.parametrize("depth", range(2, 9))
def test_nested_sums_have_one_weight_for_each_value(depth):
    program = where(tokens == "a", 1, 0)
    for _ in range(depth):
        program = (key(indices) <= query(indices)).value(program)
    before = raspir.lower(program)
    after = raspir.optimize(program)
    assert (after.stats().layers, after.stats().heads, after.stats().values) == (1, 1, depth)
    assert not differing(before, after, ["", "a", "ba", "abba", "bbabaa"])
