"""The programs of Tracr's module ``lib``, under its names and with its parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from raspir.frontends.expressions import unlocated
from raspir.frontends.source import mistake
from raspir.frontends.tracr.expressions import program
from raspir.frontends.tracr.sops import own_program
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public
from raspir.tracr import rasp


@public
def make_length() -> rasp.SOp:
    """Return the number of positions, counted by a selector: on a causal evaluation, of those up to each position."""
    everything = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.TRUE).named("everything")
    return rasp.SelectorWidth(everything).named("length")


length = unlocated(make_length())


@public
def make_reverse(sop: rasp.SOp) -> rasp.SOp:
    """Return the values of ``sop`` in reverse order."""
    program(sop, "make_reverse")
    mirrored = (length - rasp.indices - 1).named("mirrored")
    opposite = rasp.Select(rasp.indices, mirrored, rasp.Comparison.EQ).named("opposite")
    return rasp.Aggregate(opposite, sop).named("reverse")


@public
def make_frac_prevs(bools: rasp.SOp) -> rasp.SOp:
    """Return the fraction of the positions so far, one's own included, at which ``bools`` is true."""
    own_program(bools, "make_frac_prevs")
    so_far = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.LEQ).named("so_far")
    return rasp.numerical(rasp.Aggregate(so_far, rasp.numerical(bools), default=0)).named("frac_prevs")


@public
def make_pair_balance(sop: rasp.SOp, open_token: rasp.Value, close_token: rasp.Value) -> rasp.SOp:
    """Return the fraction of opening tokens so far minus that of closing tokens.

    Args:
        sop: the program in whose values tokens are counted.
        open_token: the value that opens a pair.
        close_token: the value that closes one.
    """
    own_program(sop, "make_pair_balance")
    opened = make_frac_prevs((sop == open_token).named("opens")).named("opened")
    closed = make_frac_prevs((sop == close_token).named("closes")).named("closed")
    return rasp.numerical(rasp.LinearSequenceMap(opened, closed, 1, -1)).named("pair_balance")


@public
def make_shuffle_dyck(pairs: Sequence[str]) -> rasp.SOp:
    """Return, at each position, whether the brackets of the whole input are balanced, those of each pair by themselves.

    Args:
        pairs: the pairs, each an opening and a closing character.

    Raises:
        ProgramError: if there is no pair, or one is not two values.
    """
    if not isinstance(pairs, Sequence):
        mistake(f'make_shuffle_dyck takes pairs of brackets, such as ["()", "{{}}"], not {show(pairs)}')
    balances = [make_pair_balance(rasp.tokens, *_pair(pair)).named(f"balance of {pair}") for pair in pairs]
    if not balances:
        mistake("make_shuffle_dyck takes at least one pair of brackets")
    too_many_closed = reduce(lambda a, b: a | b, (balance < 0 for balance in balances)).named("too_many_closed")
    everywhere = rasp.Select(rasp.indices, rasp.indices, rasp.Comparison.TRUE).named("everywhere")
    share = rasp.Aggregate(everywhere, rasp.numerical(too_many_closed), default=0)
    is_bad = rasp.numerical(share).named("is_bad_somewhere")
    all_closed = reduce(lambda a, b: a & b, (balance == 0 for balance in balances)).named("all_closed")
    at_end = rasp.Select(rasp.indices, length - 1, rasp.Comparison.EQ).named("at_end")
    return (rasp.Aggregate(at_end, all_closed).named("closed_at_end") & ~is_bad).named("shuffle_dyck")


def _pair(pair: Sequence[str]) -> tuple[str, str]:
    if not isinstance(pair, str | tuple | list) or len(pair) != 2:
        mistake(f"a pair of brackets is an opening and a closing one, not {show(pair)}")
    return pair[0], pair[1]


@public
def make_shuffle_dyck2() -> rasp.SOp:
    """Return whether round and curly brackets are balanced, each kind by itself."""
    return make_shuffle_dyck(pairs=["()", "{}"]).named("shuffle_dyck2")


@public
def make_hist() -> rasp.SOp:
    """Return the number of positions with the same token."""
    same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ).named("same")
    return rasp.SelectorWidth(same).named("hist")


@public
def make_sort_unique(vals: rasp.SOp, keys: rasp.SOp) -> rasp.SOp:
    """Return the values of ``vals`` in ascending order of ``keys``, no two of which may be equal."""
    program(vals, "make_sort_unique"), program(keys, "make_sort_unique")
    before = rasp.Select(keys, keys, rasp.Comparison.LT).named("before")
    place = rasp.SelectorWidth(before).named("place")
    return rasp.Aggregate(rasp.Select(place, rasp.indices, rasp.Comparison.EQ), vals).named("sort")


@public
def make_sort(vals: rasp.SOp, keys: rasp.SOp, *, max_seq_len: int, min_key: float) -> rasp.SOp:
    """Return the values of ``vals`` in ascending order of ``keys``, those of equal keys in order of position.

    Args:
        vals: the values.
        keys: numbers, which a fraction of ``min_key`` by position makes different.
        max_seq_len: a number that no position reaches.
        min_key: the smallest difference of two keys.
    """
    program(vals, "make_sort"), program(keys, "make_sort")
    unequal = rasp.SequenceMap(lambda key, index: key + min_key * index / max_seq_len, keys, rasp.indices)
    return make_sort_unique(vals, unequal)


@public
def make_sort_freq(max_seq_len: int) -> rasp.SOp:
    """Return the tokens by how often they occur, the most frequent ones first, those of one count by position.

    Args:
        max_seq_len: as for :func:`make_sort`.
    """
    rarity = (-1 * make_hist()).named("rarity")
    return make_sort(rasp.tokens, rarity, max_seq_len=max_seq_len, min_key=1).named("sort_freq")


@public
def shift_by(offset: int, /, sop: rasp.SOp) -> rasp.SOp:
    """Return ``sop`` moved by ``offset`` positions to the right, with ``None`` where it has no value."""
    program(sop, "shift_by")
    moved = rasp.Select(rasp.indices, rasp.indices, lambda key, query: query == key + offset)
    return rasp.Aggregate(moved, sop, default=None).named(f"shift_by({offset})")


@public
def detect_pattern(sop: rasp.SOp, pattern: Sequence[rasp.Value]) -> rasp.SOp:
    """Return whether a pattern ends at each position; ``None`` at the first ones, where it cannot.

    Args:
        sop: the program in whose values the pattern is searched.
        pattern: the values, at least one.

    Raises:
        ProgramError: if the pattern is empty.
    """
    own_program(sop, "detect_pattern")
    if not isinstance(pattern, Sequence):
        mistake(f"detect_pattern takes a sequence of values to search for, not {show(pattern)}")
    if len(pattern) < 1:
        mistake("detect_pattern takes a pattern of at least one value")
    distances = range(len(pattern) - 1, 0, -1)
    earlier = [shift_by(distance, sop == value) for distance, value in zip(distances, pattern, strict=False)]
    found = reduce(lambda a, b: a & b, [*earlier, sop == pattern[-1]])
    return found.named(f"detect_pattern({pattern})")


@public
def make_count_less_freq(n: int) -> rasp.SOp:
    """Return the number of positions whose token occurs at most ``n`` times."""
    hist = make_hist()
    rare = rasp.Select(hist, hist, lambda key, query: key <= n).named("rare")
    return rasp.SelectorWidth(rare).named("count_less_freq")


@public
def make_count(sop: rasp.SOp, token: rasp.Value) -> rasp.SOp:
    """Return the number of positions at which ``sop`` is ``token``."""
    program(sop, "make_count")
    equal = rasp.Select(sop, sop, lambda key, query: key == token)
    return rasp.SelectorWidth(equal).named(f"count_{token}")


@public
def make_nary_sequencemap(f: Callable[..., Any], *sops: rasp.SOp) -> rasp.SOp:
    """Return a function of the values of any number of programs at each position, by way of tuples.

    Args:
        f: a function of as many values as there are programs.
        *sops: the programs.
    """
    if not sops:
        mistake("make_nary_sequencemap takes a function first and then programs")
    values, *others = (program(sop, "make_nary_sequencemap") for sop in sops)
    for other in others:
        values = rasp.SequenceMap(_extended, values, other)
    return rasp.Map(lambda values: f(*values), values)


def _extended(values: Any, value: Any) -> tuple[Any, ...]:
    """Return a tuple of values, one longer; the first one may stand alone."""
    return (*values, value) if isinstance(values, tuple) else (values, value)
