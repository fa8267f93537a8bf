"""Counts and averages of a whole sequence, the same at every position unless the description says otherwise."""

from __future__ import annotations

from raspir.frontends.expressions import unlocated
from raspir.frontends.python.embedded import SOp, tokens, where
from raspir.library.building import Value, before, count_all, equal, everywhere, library

length: SOp = unlocated(count_all())  # its line would be that of the first import
"""The number of positions: a program, as ``tokens`` and ``indices`` are.

Layers: 1.
"""


@library
def count(seq: SOp, value: Value) -> SOp:
    """Return the number of positions where ``seq`` has ``value``, an int.

    Args:
        seq: the sequence.
        value: an atom, or a program: each position then counts its own value.

    Layers: 1.
    """
    return equal(seq, value).width()


@library
def contains(seq: SOp, value: Value) -> SOp:
    """Return whether ``seq`` has ``value`` at any position, a bool; ``value`` is as for :func:`count`.

    Layers: 1.
    """
    return equal(seq, value).width() > 0


@library
def fraction(seq: SOp, value: Value) -> SOp:
    """Return the fraction of the positions where ``seq`` has ``value`` at the same position, from 0 to 1.

    Layers: 1.
    """
    return everywhere().mean(where(seq == value, 1, 0))


@library
def total(seq: SOp = tokens) -> SOp:
    """Return the sum of all values, from left to right; a single value is returned unchanged.

    Layers: 1.
    """
    return everywhere().value(seq)


@library
def mean(seq: SOp = tokens) -> SOp:
    """Return the mean of all values, a float; a single value is returned unchanged.

    Layers: 1.
    """
    return everywhere().mean(seq)


@library
def exists(condition: SOp) -> SOp:
    """Return whether ``condition`` is true at any position, a bool.

    Layers: 1.
    """
    return everywhere().value(where(condition, 1, 0)) > 0


@library
def forall(condition: SOp) -> SOp:
    """Return whether ``condition`` is true at every position, a bool.

    Layers: 1.
    """
    return everywhere().value(where(condition, 0, 1)) == 0


@library
def same(a: SOp, b: Value) -> SOp:
    """Return whether two sequences are equal at every position, a bool.

    Layers: 1.
    """
    return everywhere().value(where(a == b, 0, 1)) == 0


@library
def hist(seq: SOp = tokens) -> SOp:
    """Return, at each position, the number of positions that have its value, an int.

    Layers: 1.
    """
    return equal(seq, seq).width()


@library
def double_hist(seq: SOp = tokens) -> SOp:
    """Return, at each position, how many different values occur as often as its value does, an int.

    Layers: 2.
    """
    representative = (before() & equal(seq, seq)).width() == 0
    often = hist(seq)
    return equal(where(representative, often, 0), often).width()


@library
def distinct(seq: SOp = tokens) -> SOp:
    """Return the number of different values, an int.

    Layers: 2.
    """
    return everywhere().value(where((before() & equal(seq, seq)).width() == 0, 1, 0))
