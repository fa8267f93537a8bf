"""Feed-forward operations, which act on each position alone: no attention, so no layers.

Try: raspir run examples/transforms.py:model --input-json '[1, 2, 3, 5, 2]'
"""

from raspir import SOp, indices, tokens, where

is_l = tokens == "l"
"""Whether the token is an l."""

model = tokens * 2 - 1
"""Elementwise arithmetic on a sequence of numbers."""

positional_model = tokens - 5 + indices
"""Arithmetic on tokens and positions, which a transformer sees together."""

l_or_second = (tokens == "l") | (indices == 1)
"""Conditions combine with & (and), | (or) and ~ (not)."""

hidden = where((tokens == "h") | (tokens == "l"), tokens, "q")
"""The tokens h and l, and q in place of all others."""


def atoi(seq: SOp = tokens) -> SOp:
    """Return the value of each digit character."""
    return seq.map(lambda x: ord(x) - ord("0"))


atoi_plus_two = atoi(where(tokens == "-", "0", tokens)) + 2
"""Functions make transforms easy to compose."""
