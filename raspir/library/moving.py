"""Values moved to other positions. They keep their types; characters move as well as numbers."""

from __future__ import annotations

from raspir.frontends.python.embedded import SOp, indices, key, query, tokens, where
from raspir.frontends.source import mistake
from raspir.ir import Atom
from raspir.ir.atoms import show
from raspir.library.building import Value, after, before, count_all, equal, fetch, library, natural


@library
def flip(seq: SOp = tokens) -> SOp:
    """Return the sequence in reverse order.

    Layers: 2.
    """
    return fetch(seq, count_all() - 1 - indices)


@library
def shift(seq: SOp, by: Value, default: Atom = 0) -> SOp:
    """Return the sequence moved to the right by ``by`` positions, or to the left if that is negative.

    Args:
        seq: the sequence.
        by: an integer, or a program: position i then receives the value at position ``i - by``.
        default: the value where nothing arrives.

    Layers: 1.
    """
    return fetch(seq, indices - by, default)


@library
def rotate(seq: SOp, by: Value) -> SOp:
    """Return the sequence moved as by :func:`shift`; what leaves it at one end enters at the other.

    Layers: 2.
    """
    return fetch(seq, (indices - by) % count_all())


@library
def index(seq: SOp, position: Value, default: Atom = 0) -> SOp:
    """Return the value at ``position``, at every position.

    Args:
        seq: the sequence.
        position: an integer, where -1 is the last position, which takes a second layer; or a program: each position
            then fetches from the position that it computes, counted from 0.
        default: the value if there is no such position.

    Layers: 1.
    """
    if type(position) is int and position < 0:
        return fetch(seq, count_all() + position, default)
    return fetch(seq, position, default)


@library
def swap(seq: SOp, i: int, j: int) -> SOp:
    """Return the sequence with the values at positions ``i`` and ``j`` exchanged, or unchanged without either.

    Raises:
        ProgramError: if a position is not a natural number.

    Layers: 1.
    """
    natural("swap", "i", i)
    natural("swap", "j", j)
    source = equal(indices, where(indices == i, j, where(indices == j, i, indices)))
    return where(source.width() > 0, source.value(seq), seq)


@library
def repeat(seq: SOp, size: int) -> SOp:
    """Return the first ``size`` values, over and over.

    Raises:
        ProgramError: if ``size`` is not a positive integer.

    Layers: 1.
    """
    natural("repeat", "size", size, least=1)
    return fetch(seq, indices % size)


@library
def segment(seq: SOp, start: int, stop: int, default: Atom = 0) -> SOp:
    """Return the values at positions ``start`` to ``stop - 1``, moved to the front.

    Args:
        seq: the sequence.
        start: the first position, from 0.
        stop: the position after the last one; positions outside the input are left out.
        default: the value at the positions that remain.

    Raises:
        ProgramError: if ``start`` or ``stop`` is not a natural number.

    Layers: 1.
    """
    natural("segment", "start", start)
    natural("segment", "stop", stop)
    return fetch(seq, where(indices + start < stop, indices + start, -1), default)


@library
def compact(seq: SOp, keep: SOp, default: Atom = 0) -> SOp:
    """Return the values where ``keep`` is true, in their order and without gaps, from the first position on.

    Args:
        seq: the sequence.
        keep: which values to keep.
        default: the value at the positions that remain.

    Layers: 2.
    """
    place = before().value(where(keep, 1, 0))
    return equal(where(keep, place, -1), indices).value(seq, default)


@library
def ralign(seq: SOp = tokens, pad: Atom = "_", default: Atom = "-") -> SOp:
    """Return a sequence that ends in ``pad``, aligned to the right.

    Args:
        seq: a sequence with ``pad`` at its end alone.
        pad: the value that fills the end.
        default: the value at the positions before the first value.

    Layers: 2.
    """
    return equal(indices + equal(seq, pad).width(), indices).value(seq, default)


@library
def split_first(seq: SOp, separator: Atom, default: Atom = "0") -> SOp:
    """Return the values before ``separator``, aligned to the right.

    Args:
        seq: a sequence with at most one separator.
        separator: the value that separates; if there is none, the first part is empty.
        default: the value at the other positions.

    Layers: 2.
    """
    found = equal(seq, separator).value(indices, default=-1)
    return equal(indices + count_all() - found, indices).value(seq, default)


@library
def split_second(seq: SOp, separator: Atom, default: Atom = "0") -> SOp:
    """Return the values after ``separator``, in their places; the arguments are those of :func:`split_first`.

    If there is no separator, the second part is the whole sequence.

    Layers: 1.
    """
    return where(indices > equal(seq, separator).value(indices, default=-1), seq, default)


@library
def slide(seq: SOp, match: SOp, default: Atom = 0, side: str = "right") -> SOp:
    """Return the sequence with each value that does not match replaced by that of the closest match beside it.

    Args:
        seq: the sequence.
        match: which positions match.
        default: the value where there is no match on that side.
        side: the side on which to look for a match: ``"right"``, or ``"left"``.

    Raises:
        ProgramError: if ``side`` is neither.

    Layers: 2; with ``best`` 1.
    """
    if side not in ("left", "right"):
        mistake(f"slide: side must be 'left' or 'right', not {show(side)}")
    beyond = after() if side == "right" else before()
    matches = key(where(match, True, False)) == query(True)
    # How many matches there are on that side of a key, or of a query; the closest one has one fewer than the query.
    left = (beyond & matches).width()
    closest = matches & (key(left) == query(left - 1))
    return where(match, seq, closest.value(seq, default))
