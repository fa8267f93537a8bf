"""Aggregates over ranks, rewritten to aggregates over positions."""

import itertools
import operator

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import MIXED, NUMBERS, WORDS, breaks, differing, everything, ge, gt, layers, le, length, lt, stays, words

import raspir
from raspir import indices, key, query, tokens, where
from raspir.passes.depth.permutations import RULES
from raspir.testing.proofs.cases.permutations import ANY_MEMBERS, SYMMETRIC

(ENUMERATED,) = RULES
is_a = tokens == "a"
a = key(is_a) == query(True)
alike = key(tokens) == query(tokens)
ones = where(is_a, 1, 0)
SIDES = {"lt": lt, "le": le, "gt": gt, "ge": ge}
ALL_WORDS = ["".join(word) for size in range(5) for word in itertools.product("ab", repeat=size)]


def rank(of, first=operator.lt, ties=lt, among=None):
    ahead = first(key(of), query(of)) | ((key(of) == query(of)) & ties)
    return (ahead if among is None else among & ahead).value(1)


def optimized(program, **options):
    return raspir.lower(program, **options), raspir.optimize(program, **options)


ONE_LAYER = {
    "the total of all ranks": everything.value(rank(tokens)),
    "the total of squares": everything.value(rank(tokens, operator.gt, ge) ** 2),
    "the mean of ranks": everything.mean(rank(tokens), -1),
    "how many ranks are even": everything.value(rank(tokens) % 2 == 0),
    "ranks below one's own": (key(rank(tokens)) < query(rank(tokens))).value(rank(tokens)),
    "the first member so far": le.value(where((le.value(ones) == 1), ones, 0)),
    "members with fewer": (key(le.value(ones)) < query(le.value(ones))).value(ones),
    "any member but the first": (lt & a).value(where(le.value(ones) == 0, 0, 1)) > 0,
    "members of a window": (a & le & (key(indices) >= query(indices - 2))).value(le.value(ones)),
    "members from the right": (a & ge).value(gt.value(ones) * 2 + 1),
    "the rank within the class": alike.value((alike & lt).value(1)),
    "classes so far": (alike & lt).value((alike & lt).value(1)),
    "a product with a mask": everything.value(le.value(ones) * ones),
    "other terms beside": everything.value(le.value(ones) * ones + indices),
    "the opposite rank of a rank": (key(rank(tokens)) == query(3)).value(rank(tokens, operator.gt, gt), "_"),
    "the value of a rank": (key(rank(tokens)) == query(3)).value(rank(tokens) * 2, "_"),
}


@pytest.mark.parametrize("program", ONE_LAYER.values(), ids=ONE_LAYER)
def test_one_layer_is_enough(program):
    before, after = optimized(program)
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [*ALL_WORDS, *WORDS])


@pytest.mark.parametrize(
    ("order", "most"),
    [
        (rank(tokens) * rank(tokens), 0),
        (-rank(tokens), 1),
        (3 - 2 * rank(tokens, operator.gt, ge), 1),
        (indices // 2, 0),
        (-(indices // 2), 2),
        (indices - indices // 3, 0),
    ],
)
def test_sorts_of_what_follows_ranks_or_positions(order, most):
    before, after = optimized((key(rank(order)) == query(indices)).value(order))
    assert layers(after) == (most,)
    assert not differing(before, after, WORDS)


def test_an_interval_of_the_order():
    program = everything.value(where(is_a, rank(tokens), 0))
    before, after = optimized(program, vocab="abc")
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, WORDS)
    stays(ENUMERATED, program, [*WORDS, *MIXED])  # other tokens may not compare with "a"


def test_causal_programs_do_not_count_ahead():
    program = le.value(where(le.value(ones) == 1, ones, 0))
    before, after = optimized(program, causal=True)
    assert layers(before, after) == (2, 1)
    assert after.causal
    assert not differing(before, after, WORDS)


@examples(150)
@given(
    st.sampled_from([None, a, key(tokens) != query("b"), alike]),
    st.sampled_from(list(SIDES)),
    st.sampled_from([None, "lt", "le", "gt", "ge"]),
    st.sampled_from(
        [lambda r: r, lambda r: r == 0, lambda r: r % 2, lambda r: where(r > 1, r, -1), lambda r: 6 // (r + 1)]
    ),
    st.sampled_from([None, lambda r: key(r) < query(r), lambda r: key(r + 1) >= query(indices)]),
    st.sampled_from([0, None, "_", 2.5]),
    words,
)
def test_counts_of_members(members, side, scope, value, condition, default, word):
    within = everything if members is None else members
    counted = (within & SIDES[side]).value(1)
    selector = within if scope is None else within & SIDES[scope]
    selector = selector if condition is None else selector & condition(counted)
    before, after = optimized(selector.value(value(counted), default))
    assert layers(after) <= layers(before)
    assert not differing(before, after, [word, "abba", *WORDS[:7]])


@pytest.mark.parametrize(
    "program",
    [
        everything.value(le.value(ones)),  # positions that are no members have counts, too
        (key(tokens) == query("b")).value(le.value(ones)),
        everything.value((alike & lt).value(1)),
        everything.value(where(is_a, rank(tokens), 0) * 0.5),
        everything.best(tokens, rank(tokens)),
    ],
)
def test_other_programs_stay(program):
    stays(ENUMERATED, program, WORDS)


def test_guards():
    breaks(ENUMERATED, everything.value(le.value(ones)), WORDS, ANY_MEMBERS)
    breaks(ENUMERATED, everything.best(rank(tokens), (rank(tokens) + 1) % 2), NUMBERS, SYMMETRIC)
    stays(ENUMERATED, everything.value(le.value(ones) + length), WORDS)
