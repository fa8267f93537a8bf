"""Where a value, a condition or a pattern occurs, and what stands there."""

from __future__ import annotations

from collections.abc import Iterable

from raspir.frontends.python.embedded import SOp, indices, tokens, where
from raspir.frontends.source import mistake
from raspir.ir import Atom, InputError, read_sequence
from raspir.library.building import Value, after, before, count_all, equal, fetch, library


def _outermost(seq: Value, condition: SOp, default: Atom, leftmost: bool) -> SOp:
    """Return the value at the leftmost or rightmost position where ``condition`` is true."""
    marks = where(condition, 1, 0)
    beyond = before() if leftmost else after()
    outermost = where(condition, beyond.value(marks) == 0, False)
    return equal(outermost, True).value(seq, default)


@library
def first(seq: SOp = tokens, condition: SOp | None = None, default: Atom = 0) -> SOp:
    """Return the value at the first position where ``condition`` is true, at every position.

    Args:
        seq: the sequence.
        condition: which positions count; by default, all of them, which takes one layer.
        default: the value if there is no such position.

    Layers: 2; with ``best`` 1.
    """
    return fetch(seq, 0, default) if condition is None else _outermost(seq, condition, default, leftmost=True)


@library
def last(seq: SOp = tokens, condition: SOp | None = None, default: Atom = 0) -> SOp:
    """Return the value at the last position where ``condition`` is true, at every position.

    The arguments are those of :func:`first`.

    Layers: 2; with ``best`` 1.
    """
    if condition is None:
        return fetch(seq, count_all() - 1, default)
    return _outermost(seq, condition, default, leftmost=False)


@library
def index_of(seq: SOp, value: Atom, default: Atom = -1) -> SOp:
    """Return the first position that has ``value``, an int, at every position.

    The puzzle ``first`` asks for ``index_of(seq, q, default=99)``.

    Args:
        seq: the sequence.
        value: the value to look for.
        default: the result if no position has it.

    Layers: 2; with ``best`` 1.
    """
    return _outermost(indices, seq == value, default, leftmost=True)


@library
def last_index_of(seq: SOp, value: Atom, default: Atom = -1) -> SOp:
    """Return the last position that has ``value``; the arguments are those of :func:`index_of`.

    Layers: 2; with ``best`` 1.
    """
    return _outermost(indices, seq == value, default, leftmost=False)


@library
def first_occurrence(seq: SOp = tokens) -> SOp:
    """Return, at each position, whether no earlier position has its value, a bool.

    Layers: 1.
    """
    return (before() & equal(seq, seq)).width() == 0


@library
def last_occurrence(seq: SOp = tokens) -> SOp:
    """Return, at each position, whether no later position has its value, a bool.

    Layers: 1.
    """
    return (after() & equal(seq, seq)).width() == 0


@library
def detect_pattern(seq: SOp, pattern: Iterable[Atom]) -> SOp:
    """Return, at each position, whether an occurrence of ``pattern`` ends there, a bool.

    Args:
        seq: the sequence.
        pattern: the atoms that follow each other: a list, or the characters of a ``str``.

    Raises:
        ProgramError: if ``pattern`` is empty or is not a sequence of atoms.

    Layers: 1.
    """
    try:
        *earlier, end = read_sequence(pattern)
    except InputError as error:
        mistake(f"detect_pattern: {error.message}")
    except ValueError:
        mistake("detect_pattern: the pattern is empty")
    found = seq == end
    for distance, atom in enumerate(reversed(earlier), start=1):
        found = found & fetch(seq == atom, indices - distance, default=False)
    return found


@library
def induction(seq: SOp = tokens, default: Atom = 0) -> SOp:
    """Return, at each position, what followed the closest earlier occurrence of its value: an induction head.

    Args:
        seq: the sequence.
        default: the value where its value has not occurred before.

    Layers: 2.
    """
    earlier = (before() & equal(seq, seq)).width()
    return (equal(seq, seq) & equal(earlier, earlier - 1)).value(fetch(seq, indices + 1), default)
