"""Programs that Tracr compiles to transformers, in this language; where theirs takes a mean, so does this.

Try: raspir stats examples/tracr.py:sort_by_frequency
"""

from attention import before, eq, flip, hist, length
from puzzles import shift

from raspir import Selector, SOp, indices, key, query, tokens

everywhere = key(1) == query(1)
up_to_here = key(indices) <= query(indices)

reverse = flip().name("reverse")
"""The tokens from the last to the first."""


def ranked(first: Selector, same: Selector) -> SOp:
    """Return the tokens, each after those that are ``first`` for it and after the ``same`` that stood before it."""
    place = (first | (same & before)).width().name("place")
    return (key(place) == query(indices)).value(tokens)


sort = ranked(key(tokens) < query(tokens), eq).name("sort")
"""The tokens from the smallest to the largest."""

sort_by_frequency = ranked(key(hist) > query(hist), key(hist) == query(hist)).name("sort_by_frequency")
"""The tokens from the most to the least frequent; those that are equally frequent stay in their order."""


def pair_balance(opener: str = "(", closer: str = ")") -> SOp:
    """Return the fraction of openers less that of closers, in what has been read at each position."""
    return (up_to_here.mean(tokens == opener) - up_to_here.mean(tokens == closer)).name(f"balance {opener}{closer}")


def shuffle_dyck_2() -> SOp:
    """Return whether the input is made of two balanced texts, one of () and one of {}, dealt into each other."""
    round_, curly = pair_balance("(", ")"), pair_balance("{", "}")
    broken = everywhere.mean((round_ < 0) | (curly < 0)).name("broken")
    last = key(indices) == query(length - 1)
    closed = (last.value(round_) == 0) & (last.value(curly) == 0)
    return ((broken == 0) & closed).name("shuffle_dyck_2")


def detect_pattern(pattern: str = "abc") -> SOp:
    """Return whether the tokens that end at each position are those of ``pattern``."""
    found = tokens == pattern[-1]
    for distance, token in enumerate(reversed(pattern[:-1]), start=1):
        found = found & (shift(distance) == token)
    return found.name("found")


def fraction_of_earlier_matches(token: str = "x") -> SOp:
    """Return which fraction of the positions up to each one, itself included, holds ``token``."""
    return up_to_here.mean(tokens == token).name("fraction")
