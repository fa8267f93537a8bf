"""Members of a given rank in an order of few atoms, found by counts."""

import operator

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import differing, gt, layers, length, lt, stays, words

import raspir
from raspir import indices, key, query, tokens, where
from raspir.passes.depth.order_statistics import RULES

(BY_COUNTS,) = RULES
is_a = key(tokens) == query("a")
VOCAB = "abc"
WORDS = ["", "a", "b", "c", "ba", "cab", "abc", "bbab", "cabab", "ccbbaa"]


def rank(of, first=operator.lt, ties=lt, among=None):
    ahead = first(key(of), query(of)) | ((key(of) == query(of)) & ties)
    return (ahead if among is None else among & ahead).value(1)


def ranked(of, value, place=indices, default=0, among=None, **order):
    found = key(rank(of, among=among, **order)) == query(place)
    return (found if among is None else among & found).value(value, default)


mapped = tokens.map({"a": 2, "b": 0, "c": 1}.__getitem__)
PROGRAMS = {
    "sorted": ranked(tokens, tokens),
    "in descending order": ranked(tokens, tokens, first=operator.gt, ties=gt),
    "the second smallest": ranked(tokens, tokens, 1, "_"),
    "the next larger one": ranked(tokens, tokens, rank(tokens) + 1, None),
    "from beyond the ends": ranked(tokens, tokens, indices - 2, "_"),
    "by another sequence": ranked(mapped, tokens),
    "another value": ranked(tokens, where(tokens == "b", length, 7)),
    "among some": ranked(tokens, tokens, indices, "_", among=key(tokens) != query("b")),
    "among those of the same parity": ranked(tokens, tokens, 0, "_", among=key(indices % 2) == query(indices % 2)),
    "only if it is one": (is_a & (key(rank(tokens)) == query(indices))).value(tokens, "_"),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_one_layer_is_enough(program):
    before, after = raspir.lower(program, vocab=VOCAB), raspir.optimize(program, vocab=VOCAB)
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, WORDS)


def test_one_head_is_enough():
    assert raspir.optimize(PROGRAMS["sorted"], vocab=VOCAB).stats().heads == 1


@examples(60)
@given(
    st.sampled_from([tokens, mapped, tokens == "b", where(tokens == "a", 2.5, -1)]),
    st.sampled_from([tokens, tokens == "b", mapped * 2, indices, length]),
    st.sampled_from([indices, indices - 1, length - indices, 1, 5, rank(tokens) - 1]),
    st.sampled_from([operator.lt, operator.gt]),
    st.sampled_from([lt, gt]),
    st.sampled_from([0, "_", None, True]),
    words,
)
def test_members_of_a_rank(of, value, place, first, ties, default, word):
    program = ranked(of, value, place, default, first=first, ties=ties)
    before, after = raspir.lower(program, vocab=VOCAB), raspir.optimize(program, vocab=VOCAB)
    assert layers(after) <= layers(before)
    assert not differing(before, after, [word, *WORDS])


def test_equal_atoms_with_other_values_stay():
    vocab = [0, 1, True]
    stays(BY_COUNTS, ranked(tokens, tokens.map(repr)), [[], [0, 1], [True, 1], [1, True]], vocab=vocab)


def test_positions_are_no_values():
    stays(BY_COUNTS, ranked(tokens, indices), WORDS, vocab=VOCAB)
    stays(BY_COUNTS, ranked(tokens, tokens), WORDS)


def test_the_atoms_are_limited():
    program = PROGRAMS["sorted"]
    assert layers(raspir.optimize(program, vocab=VOCAB, max_heads=3)) == (1,)
    assert layers(raspir.optimize(program, vocab=VOCAB, max_heads=2)) == (2,)
