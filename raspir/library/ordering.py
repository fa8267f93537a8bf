"""Order and extremes. All values are numbers or all are strings; the order of equal values is that of positions."""

from __future__ import annotations

from raspir.frontends.python.embedded import SOp, indices, key, query, tokens, where
from raspir.ir import Atom
from raspir.library.building import before, count_all, equal, everywhere, fetch, library, natural


def ranks(seq: SOp, reverse: bool = False) -> SOp:
    """Return the place of each value in the order of values, and of positions among equal values."""
    preceding = key(seq) > query(seq) if reverse else key(seq) < query(seq)
    return (preceding | (before() & equal(seq, seq))).width().name("rank")


@library
def rank(seq: SOp = tokens, reverse: bool = False) -> SOp:
    """Return the position of each value in the sorted sequence, an int from 0; equal values keep their order.

    Args:
        seq: the sequence.
        reverse: whether the largest value is the first one.

    Layers: 1.
    """
    return ranks(seq, reverse)


@library
def sort(seq: SOp = tokens, key: SOp | None = None, reverse: bool = False) -> SOp:
    """Return the values in ascending order of ``key``; equal ones keep their order, as with Python's ``sorted``.

    Args:
        seq: the sequence.
        key: what to sort by, position by position; by default, the values themselves.
        reverse: whether to sort in descending order; equal ones still keep their order.

    Layers: 2.
    """
    return equal(ranks(seq if key is None else key, reverse), indices).value(seq)


@library
def argsort(seq: SOp = tokens, reverse: bool = False) -> SOp:
    """Return the positions of the values in sorted order, ints; the order is that of :func:`sort`.

    Layers: 2.
    """
    return equal(ranks(seq, reverse), indices).value(indices)


@library
def sort_by_frequency(seq: SOp = tokens) -> SOp:
    """Return the values in descending order of how often they occur; equally frequent ones keep their order.

    Layers: 3.
    """
    return equal(ranks(equal(seq, seq).width(), reverse=True), indices).value(seq)


@library
def minimum(seq: SOp = tokens) -> SOp:
    """Return the smallest value, at every position; of equal ones, the leftmost.

    Layers: 2; with ``best`` 1.
    """
    return equal(ranks(seq), 0).value(seq)


@library
def maximum(seq: SOp = tokens) -> SOp:
    """Return the largest value, at every position; of equal ones, the leftmost.

    Layers: 2; with ``best`` 1.
    """
    return equal(ranks(seq, reverse=True), 0).value(seq)


@library
def argmin(seq: SOp = tokens) -> SOp:
    """Return the position of the smallest value, an int, at every position; of equal ones, the leftmost.

    Layers: 2; with ``best`` 1.
    """
    return equal(ranks(seq), 0).value(indices)


@library
def argmax(seq: SOp = tokens) -> SOp:
    """Return the position of the largest value, an int, at every position; of equal ones, the leftmost.

    Layers: 2; with ``best`` 1.
    """
    return equal(ranks(seq, reverse=True), 0).value(indices)


@library
def kth_smallest(seq: SOp, k: int, default: Atom = 0) -> SOp:
    """Return the value that sorting puts at position ``k``, from 0, at every position.

    Args:
        seq: the sequence.
        k: the position in the sorted sequence.
        default: the value if the sequence is shorter.

    Raises:
        ProgramError: if ``k`` is not a natural number.

    Layers: 2.
    """
    natural("kth_smallest", "k", k)
    return equal(ranks(seq), k).value(seq, default)


@library
def median(seq: SOp = tokens) -> SOp:
    """Return the middle value of the sorted sequence, at every position; of two, the smaller one.

    Layers: 2.
    """
    return equal(ranks(seq), (count_all() - 1) // 2).value(seq)


@library
def most_frequent(seq: SOp = tokens) -> SOp:
    """Return the value that occurs most often, at every position; of several, the one that occurs first.

    Layers: 3; with ``best`` 2.
    """
    return equal(ranks(equal(seq, seq).width(), reverse=True), 0).value(seq)


@library
def is_sorted(seq: SOp = tokens) -> SOp:
    """Return whether no value is smaller than the one before it, a bool, at every position.

    Layers: 2.
    """
    # The first value has no predecessor; it is compared with itself.
    previous = fetch(seq, where(indices == 0, 0, indices - 1))
    return everywhere().value(where(previous <= seq, 0, 1)) == 0


@library
def is_palindrome(seq: SOp = tokens) -> SOp:
    """Return whether the sequence equals its reverse, a bool, at every position.

    Layers: 3.
    """
    flipped = fetch(seq, count_all() - 1 - indices)
    return everywhere().value(where(seq == flipped, 0, 1)) == 0
