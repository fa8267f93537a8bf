"""Attention: keys and queries form a selector, and a selector moves and sums values.

Try: raspir run examples/attention.py:hist --input hello
"""

from raspir import SOp, indices, key, query, tokens

# Selectors: entry (i, j) is whether position i (the query) attends to position j (the key).
eq = key(tokens) == query(tokens)
offset = key(indices) == query(indices - 1)
before = key(indices) < query(indices)
after = key(indices) > query(indices)
earlier_same = before & eq

hist = eq.value(1).name("hist")
"""The number of positions with the same token."""

length = (key(1) == query(1)).value(1).name("length")
"""The number of positions, at every position: attends to all of them and sums ones."""

WINDOW = 3
s1 = key(indices) >= query(indices - WINDOW + 1)
s2 = key(indices) <= query(indices)
sel = s1 & s2
sum2 = sel.value(tokens)
"""The sum of each token and the two before it."""


def cumsum(seq: SOp = tokens) -> SOp:
    """Return the sum of all values up to and including each position."""
    return (before | (key(indices) == query(indices))).value(seq)


cumsum_of_length_minus_indices = cumsum(length - indices)
"""Two layers, as the length must be known before it can be summed."""


def flip(seq: SOp = tokens) -> SOp:
    """Reverse a sequence: compute the length, then read from the mirrored position."""
    mirrored = (length - indices - 1).name("mirrored")
    return (key(mirrored) == query(indices)).value(seq).name("flip")
