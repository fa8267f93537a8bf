"""Ranks: recognition of counts that number a class's members in a strict total order."""

import pytest
from facts import Checked

import raspir
from raspir import indices, key, query, tokens, where

same = key(tokens) == query(tokens)
less, more = key(tokens) < query(tokens), key(tokens) > query(tokens)
before, after = key(indices) < query(indices), key(indices) > query(indices)
until = key(indices) <= query(indices)
marked = key(tokens) == query("a")


def rank_of(program):
    checked = Checked(raspir.lower(program))
    for given in ("", "a", "abab", "bbaca", "cbaab"):
        checked.check(given)
    (node,) = checked.graph.outputs.values()
    return checked.facts.rank(node)


@pytest.mark.parametrize(
    ("program", "falling", "reverse", "inclusive", "everyone"),
    [
        ((less | (same & before)).value(1), False, False, False, True),
        ((less | (same & ~after)).value(1), False, False, True, True),
        ((more | (same & after)).value(1), True, True, False, True),
        ((same & before).value(1), False, False, False, True),
        ((same & until).value(True), False, False, True, True),
        ((before & marked).value(1), False, False, False, False),
        (after.value(where(tokens == "a", 1, 0)), False, True, False, False),
        (until.value(tokens == "a"), False, False, True, False),
        ((same & (key(indices * 2) < query(indices * 2))).value(1), False, False, False, True),
    ],
)
def test_ranks(program, falling, reverse, inclusive, everyone):
    rank = rank_of(program)
    assert rank is not None
    assert (rank.order.falling, rank.order.reverse) == (falling, reverse)
    assert (rank.inclusive, rank.everyone) == (inclusive, everyone)


@pytest.mark.parametrize(
    "program",
    [
        same.value(1),
        less.value(1),
        (less | (marked & before)).value(1),
        before.value(2),
        before.value(1, default=1),
        before.value(indices),
        (key(indices) < query(indices - 1)).value(1),
        (less | before).value(1),
    ],
)
def test_what_is_no_rank(program):
    assert rank_of(program) is None
