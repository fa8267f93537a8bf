"""Brackets: balanced strings, prefixes that can be balanced, and strings of several kinds of brackets."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterable

from raspir.frontends.python.embedded import SOp, tokens, where
from raspir.frontends.source import mistake
from raspir.ir.atoms import show
from raspir.library.building import equal, everywhere, library, up_to_here

Pair = tuple[str, str]


@library
def balance(seq: SOp = tokens, opener: str = "(", closer: str = ")") -> SOp:
    """Return, at each position, the number of opening minus that of closing brackets up to it, an int.

    Args:
        seq: the sequence; other values than brackets do not count.
        opener: the opening bracket; any of several characters.
        closer: the closing bracket; any of several characters.

    Layers: 1.
    """
    return _depth(seq, opener, closer)


@library
def is_balanced(seq: SOp = tokens, opener: str = "(", closer: str = ")") -> SOp:
    """Return whether each bracket has a partner, a bool, at every position; the arguments are those of :func:`balance`.

    Layers: 2.
    """
    return _closed(seq, _kinds("is_balanced", opener + closer))


@library
def shuffle_dyck(seq: SOp = tokens, pairs: Iterable[str] = ("()", "{}")) -> SOp:
    """Return whether the sequence is a shuffle of balanced strings, one for each pair, a bool, at every position.

    Args:
        seq: the sequence; other values than brackets do not count.
        pairs: the pairs of brackets, each a string such as ``"()"``.

    Raises:
        ProgramError: if a pair is not a string of two characters, or two pairs share a bracket.

    Layers: 2.
    """
    return _closed(seq, _kinds("shuffle_dyck", pairs))


@library
def dyck(seq: SOp = tokens, pairs: Iterable[str] = ("()", "{}")) -> SOp:
    """Return, for each prefix, ``"T"`` if it is balanced, ``"P"`` if it can be continued to be, otherwise ``"F"``.

    The arguments are those of :func:`shuffle_dyck`. One pair takes two layers.

    Layers: 4; with ``best`` 3.
    """
    kinds = _kinds("dyck", pairs)
    openers, closers = ("".join(pair[side] for pair in kinds) for side in (0, 1))
    depth = _depth(seq, openers, closers).name("depth")
    wrong = depth < 0
    if len(kinds) > 1:
        wrong = wrong | _mismatch(seq, depth, kinds)
    broken = up_to_here().value(where(wrong, 1, 0)) > 0
    return where(broken, "F", where(depth == 0, "T", "P"))


def _depth(seq: SOp, openers: str, closers: str) -> SOp:
    """Return the number of openers minus that of closers up to each position."""
    return up_to_here().value(where(seq.has(openers), 1, where(seq.has(closers), -1, 0)))


def _closed(seq: SOp, kinds: list[Pair]) -> SOp:
    """Return whether the brackets of each pair are balanced, regardless of the others."""
    steps = [where(seq == opener, 1, where(seq == closer, -1, 0)) for opener, closer in kinds]
    negative = functools.reduce(operator.or_, (up_to_here().value(step) < 0 for step in steps))
    closed = functools.reduce(operator.and_, (everywhere().value(step) == 0 for step in steps))
    return closed & (everywhere().value(where(negative, 1, 0)) == 0)


def _mismatch(seq: SOp, depth: SOp, kinds: list[Pair]) -> SOp:
    """Return whether a closer has an opener of another pair as its partner."""
    opens, closes = (seq.has([pair[side] for pair in kinds]) for side in (0, 1))
    # Both brackets of a pair have the level that they enclose, 1 or more. Openers and closers alternate on each level,
    # so the opener of a closer is its predecessor there.
    level = where(opens, depth, where(closes, depth + 1, 0)).name("level")
    turn = (up_to_here() & equal(level, level)).width().name("turn")
    partner = (equal(opens, True) & equal(level, level) & equal(turn, turn - 1)).value(seq, "")
    wanted: SOp | str = ""
    for opener, closer in kinds:
        wanted = where(seq == closer, opener, wanted)
    return closes & (partner != wanted)


def _kinds(function: str, pairs: Iterable[str]) -> list[Pair]:
    """Return the opening and the closing bracket of each pair."""
    kinds = [pairs] if isinstance(pairs, str) else list(pairs)
    if not kinds or not all(type(pair) is str and len(pair) == 2 for pair in kinds):
        mistake(f"{function}: a pair of brackets is a string of two characters, such as '()', unlike {show(pairs)}")
    if len(set("".join(kinds))) < 2 * len(kinds):
        mistake(f"{function}: no two brackets may be the same, as they are in {show(pairs)}")
    return [(pair[0], pair[1]) for pair in kinds]
