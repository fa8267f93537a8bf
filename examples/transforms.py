"""Feed-forward work: operations on each position alone. No attention, so no layers.

Try: raspir run examples/transforms.py:model --json '[1, 2, 3, 5, 2]'
"""

from raspir import SOp, indices, tokens, where

is_l = tokens == "l"
"""True where the token is an l."""

model = tokens * 2 - 1
"""Arithmetic on each position of a sequence of numbers."""

positional_model = tokens - 5 + indices
"""A transformer sees each token and its position at the same time."""

l_or_second = (tokens == "l") | (indices == 1)
"""Conditions combine with & (and), | (or) and ~ (not)."""

hidden = where((tokens == "h") | (tokens == "l"), tokens, "q")
"""Keep h and l, and turn everything else into q."""


def atoi(seq: SOp = tokens) -> SOp:
    """Return the number that each digit stands for."""
    return seq.map(lambda x: ord(x) - ord("0"))


atoi_plus_two = atoi(where(tokens == "-", "0", tokens)) + 2
"""Transforms are easy to chain when they are functions."""
