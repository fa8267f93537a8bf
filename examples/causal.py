"""Causal programs: as in a language model, no position sees a later one. None of them writes the mask itself.

Try: raspir run examples/causal.py:occurrence --input hello --causal
"""

from puzzles import shift

from raspir import SOp, indices, key, query, tokens, where

everything_so_far = key(1) == query(1)
same = key(tokens) == query(tokens)

position = everything_so_far.width().name("position")
"""The number of positions so far: without the mask, the length of the input."""

occurrence = same.width().name("occurrence")
"""How often the token has occurred, this time included."""

is_new = (occurrence == 1).name("is_new")
"""Whether the token occurs for the first time."""

different = everything_so_far.value(where(is_new, 1, 0)).name("different")
"""The number of different tokens so far."""

total = everything_so_far.value(tokens).name("total")
"""The sum of the values so far."""

sum_of_positions = everything_so_far.value(position).name("sum_of_positions")
"""The sum of the positions so far, counted from 1."""

fraction_of_x = everything_so_far.mean(tokens == "x").name("fraction_of_x")
"""The fraction of tokens so far that are ``x``."""

majority = (everything_so_far.value(tokens == "a") > everything_so_far.value(tokens == "b")).name("majority")
"""Whether ``a`` is more frequent than ``b`` so far."""

previous = shift(1).name("previous")
"""The previous token."""

two_before = shift(1, seq=previous).name("two_before")
"""The token before the previous one, by two steps."""

first_token = (key(indices) == query(position - indices - 1)).value(tokens).name("first_token")
"""The first token: without the mask, ``position`` is the length, and the program reverses its input."""


def after_last_occurrence() -> SOp:
    """Return what followed the token when it last occurred, else ``_``: an induction head."""
    return (key(previous) == query(tokens)).best(tokens, indices, default="_").name("after_last_occurrence")


def depth() -> SOp:
    """Return how many brackets are open."""
    change = where(tokens == "(", 1, where(tokens == ")", -1, 0))
    return everything_so_far.value(change).name("depth")


def well_formed() -> SOp:
    """Return whether each bracket so far closes one that was open."""
    return (everything_so_far.value(depth() < 0) == 0).name("well_formed")
