"""Sums by classes, and aggregates as choices by queries of few atoms."""

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import WORDS, differing, everything, layers, le, lt, stays, words

import raspir
from raspir import indices, key, query, tokens, where
from raspir.passes.depth.classes import RULES
from raspir.passes.depth.gathers import RULES as GATHERS

BY_CLASSES, BEST = RULES
COMPOSE = next(rule for rule in GATHERS if rule.name == "gathers compose")
VOCAB = "abc"
alike = key(tokens) == query(tokens)
hist, earlier = alike.value(1), (alike & lt).value(1)


def optimized(program, vocab=VOCAB, **options):
    """Return the graph as written and optimized, with a vocabulary."""
    return raspir.lower(program, vocab=vocab), raspir.optimize(program, vocab=vocab, **options)


@pytest.mark.parametrize(
    ("program", "vocab"),
    [
        (everything.value(hist), "ab"),
        (everything.value(hist), "abc"),
        (le.value(hist * 2 + indices), "abc"),
        ((key(hist) > query(indices)).value(1), "abc"),
        (((key(hist) > query(hist)) | ((key(hist) == query(hist)) & lt)).value(1), "abc"),
        ((key(hist) == query(hist)).value(indices), "ab"),
        (everything.value(where(tokens == "a", hist, 0)), "ab"),
    ],
    ids=str,
)
def test_one_layer_is_enough(program, vocab):
    before, after = optimized(program, vocab)
    assert layers(before, after) == (2, 1)
    assert not differing(before, after, [word for word in WORDS if set(word) <= set(vocab)])


def test_sort_by_frequency_takes_two():
    rank = ((key(hist) > query(hist)) | ((key(hist) == query(hist)) & lt)).value(1)
    before, after = optimized((key(rank) == query(indices)).value(tokens))
    assert layers(before, after) == (3, 2)
    assert not differing(before, after, WORDS)


def test_a_histogram_is_fetched_by_the_token_fetched():
    for offset in (-1, 1, 2):
        at = key(indices) == query(indices + offset)
        for program in (at.value(hist), at.value(hist, default=5), at.value((alike & le).value(1))):
            before, after = optimized(program)
            assert layers(before, after) == (2, 1)
            assert not differing(before, after, WORDS)


@examples(80)
@given(
    st.sampled_from([everything, le, lt, alike, key(tokens) < query(tokens), key(indices) > query(indices + 1)]),
    st.sampled_from(
        [hist, earlier, hist * indices, where(hist > 2, earlier, 1), where(tokens == "b", hist, 0), hist - earlier]
    ),
    words,
)  # fmt: skip
def test_sums_of_counts(selector, value, word):
    before, after = optimized(selector.value(value))
    assert not differing(before, after, [word, *WORDS])


def test_the_classes_are_limited():
    program = everything.value(where(hist > 1, 1, 0))
    assert layers(*optimized(program, max_heads=2)) == (2, 2)
    assert layers(*optimized(program, max_heads=3)) == (2, 1)


def test_there_are_no_classes_without_a_vocabulary():
    stays(BY_CLASSES, everything.value(hist), WORDS)
    stays(COMPOSE, (key(indices) == query(indices - 1)).value(hist), WORDS)


def test_floats_are_not_summed_by_classes():
    program = everything.value(hist * 0.1)
    before, after = optimized(program)
    assert layers(before, after) == (2, 2)
    assert not differing(before, after, WORDS)


def test_other_values_of_that_layer_stay():
    program = everything.value(hist * (key(indices) == query(indices - 1)).value(indices * where(tokens == "a", 2, 1)))
    before, after = optimized(program)
    assert not differing(before, after, WORDS)


@examples(60)
@given(
    st.sampled_from([everything, le, lt, alike, key(indices) > query(indices)]),
    st.sampled_from([tokens, hist, indices, hist - indices]),
    st.sampled_from([hist, -hist, hist * 2 + indices, where(tokens == "a", hist, 1)]),
    st.sampled_from(["highest", "lowest"]),
    st.sampled_from(["left", "right"]),
    words,
)
def test_the_best_by_counts(selector, value, score, pick, ties, word):
    program = selector.best(value, score, pick=pick, ties=ties, default="_")
    before, after = optimized(program, attention="best")
    assert layers(after) <= layers(before)
    assert not differing(before, after, [word, *WORDS])


def test_the_most_frequent_letter_takes_few_heads():
    before, after = optimized(everything.best(tokens, hist), attention="best")
    assert layers(before, after) == (2, 1)
    assert after.stats().heads <= 4
    assert layers(*optimized(everything.best(hist, hist))) == (2, 1)
