"""Ports of programs that Tracr compiles to transformers, which use means where the originals do.

Try: raspir stats examples/tracr.py:sort_by_frequency
"""

from attention import before, eq, flip, hist, length
from puzzles import shift

from raspir import Selector, SOp, indices, key, query, tokens

everywhere = key(1) == query(1)
up_to_here = key(indices) <= query(indices)

reverse = flip().name("reverse")
"""The tokens in reverse order."""


def ranked(first: Selector, same: Selector) -> SOp:
    """Return the tokens sorted: each follows those in its row of ``first``, and the earlier ones in ``same``."""
    place = (first | (same & before)).width().name("place")
    return (key(place) == query(indices)).value(tokens)


sort = ranked(key(tokens) < query(tokens), eq).name("sort")
"""The tokens in ascending order."""

sort_by_frequency = ranked(key(hist) > query(hist), key(hist) == query(hist)).name("sort_by_frequency")
"""The tokens by descending frequency; the sort is stable."""


def pair_balance(opener: str = "(", closer: str = ")") -> SOp:
    """Return the fraction of openers minus that of closers, in the prefix that ends at each position."""
    return (up_to_here.mean(tokens == opener) - up_to_here.mean(tokens == closer)).name(f"balance {opener}{closer}")


def shuffle_dyck_2() -> SOp:
    """Return whether the input is a shuffle of two balanced strings, one of () and one of {}."""
    round_, curly = pair_balance("(", ")"), pair_balance("{", "}")
    broken = everywhere.mean((round_ < 0) | (curly < 0)).name("broken")
    last = key(indices) == query(length - 1)
    closed = (last.value(round_) == 0) & (last.value(curly) == 0)
    return ((broken == 0) & closed).name("shuffle_dyck_2")


def detect_pattern(pattern: str = "abc") -> SOp:
    """Return whether an occurrence of ``pattern`` ends at each position."""
    found = tokens == pattern[-1]
    for distance, token in enumerate(reversed(pattern[:-1]), start=1):
        found = found & (shift(distance) == token)
    return found.name("found")


def fraction_of_earlier_matches(token: str = "x") -> SOp:
    """Return the fraction of ``token`` in the prefix that ends at each position."""
    return up_to_here.mean(tokens == token).name("fraction")
