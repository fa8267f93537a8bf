"""The puzzles of Gail Weiss's challenge, each building on earlier ones; addition.py combines them.

Each function takes its sequence as an argument, so that later puzzles can apply it to intermediate results; the
variables at the end are runnable programs.

Try: raspir run examples/puzzles.py:slide_example --input 'xxxh<<<l'
"""

from attention import before, cumsum

from raspir import SOp, indices, key, query, tokens, where


def index(i: int, seq: SOp = tokens) -> SOp:
    """Broadcast the value at position ``i`` to every position (0 if there is no such position)."""
    return (key(indices) == query(i)).value(seq)


def shift(i: int, default: str | int = "_", seq: SOp = tokens) -> SOp:
    """Shift right by ``i`` positions (left for a negative ``i``), with ``default`` in the vacated positions."""
    return (key(indices) == query(indices - i)).value(seq, default)


def minimum(seq: SOp = tokens) -> SOp:
    """Return the smallest value, at every position."""
    same_before = before & (key(seq) == query(seq))
    smaller = key(seq) < query(seq)
    rank = (same_before | smaller).value(1).name("rank")
    return (key(rank) == query(0)).value(seq).name("minimum")


def first(q: str, seq: SOp = tokens) -> SOp:
    """Return the first position with value ``q``, at every position (99 if there is none)."""
    return minimum(where(seq == q, indices, 99)).name("first")


def ralign(default: str = "-", seq: SOp = tokens) -> SOp:
    """Right-align a string that is padded at its end with "_", with ``default`` in front."""
    pads = (key(seq) == query("_")).value(1).name("pads")
    return (key(indices + pads) == query(indices)).value(seq, default)


def split(v: str, get_first_part: bool, seq: SOp = tokens) -> SOp:
    """Return the part before ``v``, right-aligned, or the part after it, in place; "0" fills the rest."""
    split_point = (key(seq) == query(v)).value(indices).name("split_point")
    if get_first_part:
        return ralign("0", where(indices < split_point, seq, "_"))
    return where(indices > split_point, seq, "0")


def slide(seq: SOp, match: SOp) -> SOp:
    """Replace the value of each non-matching position by that of the closest match to its right."""
    count = cumsum(match).name("count")
    following = ((key(match) == query(True)) & (key(count) == query(count + 1))).value(seq)
    return where(match, seq, following)


index_1 = index(1)
shift_2 = shift(2)
shift_minus_1 = shift(-1, "0")
smallest = minimum()
first_l = first("l")
aligned = ralign()
split_first = split("+", True)
split_second = split("+", False)
slide_example = slide(tokens, tokens != "<")
