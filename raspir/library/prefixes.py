"""Sums, counts and extremes of the prefix, or of the last few positions, that ends at each position."""

from __future__ import annotations

from raspir.frontends.python.embedded import SOp, indices, key, query, tokens
from raspir.library.building import Value, before, equal, library, natural, up_to_here


@library
def cumsum(seq: SOp = tokens) -> SOp:
    """Return, at each position, the sum of the values up to and including it; the first is returned unchanged.

    Layers: 1.
    """
    return up_to_here().value(seq)


@library
def cummean(seq: SOp = tokens) -> SOp:
    """Return, at each position, the mean of the values up to and including it; the first is returned unchanged.

    Layers: 1.
    """
    return up_to_here().mean(seq)


@library
def cummax(seq: SOp = tokens) -> SOp:
    """Return, at each position, the largest value up to and including it; of equal values, the leftmost.

    It is written with ``best``; with plain selectors alone it would take three layers.

    Layers: 1.
    """
    return up_to_here().best(seq, seq)


@library
def cummin(seq: SOp = tokens) -> SOp:
    """Return, at each position, the smallest value up to and including it; of equal values, the leftmost.

    It is written with ``best``; with plain selectors alone it would take three layers.

    Layers: 1.
    """
    return up_to_here().best(seq, seq, pick="lowest")


@library
def cumcount(seq: SOp, value: Value) -> SOp:
    """Return, at each position, how many of the positions up to and including it have ``value``, an int.

    Args:
        seq: the sequence.
        value: an atom, or a program: each position then counts its own value.

    Layers: 1.
    """
    return (up_to_here() & equal(seq, value)).width()


@library
def occurrence(seq: SOp = tokens) -> SOp:
    """Return, at each position, the number of earlier positions with its value, an int: 0 at the first of them.

    Layers: 1.
    """
    return (before() & equal(seq, seq)).width()


@library
def window_sum(seq: SOp, size: int) -> SOp:
    """Return, at each position, the sum of the values at it and the ``size - 1`` positions before it.

    Near the start the window has fewer values; a single value is returned unchanged.

    Raises:
        ProgramError: if ``size`` is not a positive integer.

    Layers: 1.
    """
    natural("window_sum", "size", size, least=1)
    return (up_to_here() & (key(indices) > query(indices - size))).value(seq)
