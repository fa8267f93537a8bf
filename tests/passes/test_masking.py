"""Sums over one selector but for conditions on the keys, as values of one head."""

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from rewriting import FLOATS, MIXED, WORDS, differing, everything, layers, le, length, lt, words
from test_merge import heads, merged

import raspir
from raspir import indices, key, query, select, tokens, where
from raspir.passes.masking import RULE

same = key(tokens) == query(tokens)
is_a, is_b = key(tokens) == query("a"), key(tokens) == query("b")
CONDITIONS = [
    is_a, is_b, ~is_a, key(tokens) != query("c"), is_a | is_b,
]  # fmt: skip


@examples(100)
@given(
    st.sampled_from([everything, lt, le, same, same & lt]),
    st.lists(st.sampled_from(CONDITIONS), min_size=2, max_size=4, unique=True),
    st.sampled_from([1, indices, where(tokens == "a", 3, -1)]),
    words,
)
def test_one_head_for_several(selector, conditions, value, word):
    program = {str(number): (selector & each).value(value) for number, each in enumerate(conditions)}
    before, after, rules = merged(raspir.lower(program))
    assert layers(before) == layers(after)
    assert heads(after) < heads(before)
    assert RULE in rules
    assert not differing(before, after, [word, *WORDS])


def test_the_selector_without_conditions_may_serve_other_kinds():
    program = {"a": (le & is_a).value(1), "b": le.mean(indices)}
    before, after, rules = merged(raspir.lower(program))
    assert (heads(before), heads(after)) == (2, 1)
    assert rules == {RULE}
    assert not differing(before, after, WORDS)


def test_in_each_layer_by_itself():
    first, second = is_a.value(1), is_b.value(1)
    deep = key(first) < query(second)
    program = {"a": (deep & is_a).value(1), "b": (deep & is_b).value(first)}
    before, after, _ = merged(raspir.lower(program))
    assert before.stats().heads_per_layer == [2, 2]
    assert after.stats().heads_per_layer == [1, 1]
    assert not differing(before, after, WORDS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (is_a.value(1), is_b.value(0.5)),
        (is_a.value(1), is_b.mean(indices)),
        (is_a.value(1), is_b.value(1, default=2)),
        (is_a.value(1), is_b.best(tokens, indices)),
        (is_a.value(1), is_b.value(tokens == "b")),
        ((key(indices) == query(0)).value(1), (key(indices) == query(indices)).value(length)),
        ((key(indices) < query(3)).value(length), (key(indices) < query(4)).value(length)),
        ((key(tokens) < query(indices)).value(1), everything.value(1)),
        (select(tokens, 1, lambda k, q: k != "b" or q > 1).value(1), everything.value(1)),
    ],
    ids=str,
)
def test_what_is_no_mask(one, other):
    _, _, rules = merged(raspir.lower({"x": one, "y": other}))
    assert RULE not in rules


def test_a_head_that_has_to_stay_is_not_masked():
    program = {"a": is_a.value(1), "b": is_b.value(1), "c": is_a.mean(indices), "d": is_b.best(indices, indices)}
    before, after, rules = merged(raspir.lower(program))
    assert RULE not in rules
    assert heads(after) == heads(before)


def test_conditions_that_fail_fail_as_before():
    program = {"a": (key(tokens) < query("b")).value(1), "b": is_a.value(1)}
    before, after, rules = merged(raspir.lower(program))
    assert RULE in rules
    assert not differing(before, after, [*WORDS, *MIXED, *FLOATS])


@pytest.mark.parametrize(
    "first", [lt.value(indices, default=7), lt.mean(indices, default="_"), lt.value(0.5, -1)], ids=str
)
def test_values_without_a_condition_keep_their_defaults(first):
    program = {"a": (lt & is_a).value(1), "b": first}
    before, after, rules = merged(raspir.lower(program))
    assert (heads(before), heads(after)) == (2, 1)
    assert rules == {RULE}
    assert not differing(before, after, WORDS)
