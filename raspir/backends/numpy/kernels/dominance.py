"""Two-dimensional dominance sums: weights of keys within bounds in two orders at once, by a wavelet matrix.

The method is that of Claude, Navarro and Ordóñez, "The wavelet matrix" (Information Systems 47, 2015), with a branching
factor of eight and all rows descending together; only one level is in memory at a time.
"""

from __future__ import annotations

import numpy as np

from raspir.backends.numpy.kernels.columns import Array, gather

_BITS = 3
_BRANCHES = 1 << _BITS


def dominated(
    codes: Array, size: int, weights: Array, start: Array, stop: Array, low: Array, high: Array, rows: int
) -> Array:
    """Return for each row the weight sum at positions ``start`` to ``stop`` with codes from ``low`` to ``high``.

    Args:
        codes: codes below ``size``, in the order that ``start`` and ``stop`` index.
        size: the number of codes.
        weights: one weight per code; sums must fit in int64.
        start: the first position of each row, or of all.
        stop: the position past the last.
        low: the lowest code.
        high: the code past the highest.
        rows: the number of rows.
    """
    stop = np.broadcast_to(np.maximum(start, stop), rows)
    from_first = len(start) == 1 and not start[0]
    bounds = [high] if len(low) == 1 and not low[0] else [np.maximum(low, high), low]
    make = (lambda bound: _FromFirst(bound, stop)) if from_first else (lambda bound: _Walk(bound, start, stop))
    walks = [make(np.broadcast_to(bound, rows)) for bound in bounds]
    depth = -(-size.bit_length() // _BITS)
    held = None if weights.min() == weights.max() == 1 else weights
    codes = codes.astype(np.int32)
    for shift in range((depth - 1) * _BITS, -1, -_BITS):
        level = _Level((codes >> shift) & (_BRANCHES - 1), held)
        for walk in walks:
            walk.step(level, shift)
        if shift:
            order = np.argsort(level.digits, kind="stable")
            codes = gather(codes, order)
            held = None if held is None else gather(held, order)
    return walks[0].total if len(walks) == 1 else walks[0].total - walks[1].total


class _Level:
    """One level's digits, with the prefix counts and weight sums of smaller digits for each position and digit."""

    def __init__(self, digits: Array, weights: Array | None) -> None:
        self.digits = digits.astype(np.uint8)
        self._width = len(digits) + 1
        self._smaller = self._running(np.int32, None)
        self._sums = self._smaller if weights is None else self._running(np.int64, weights)

    def _running(self, kind: type[np.integer], weights: Array | None) -> Array:
        table = np.zeros((_BRANCHES + 1, self._width), dtype=kind)
        for digit in range(_BRANCHES):
            there = self.digits <= digit
            np.cumsum(there if weights is None else np.where(there, weights, 0), dtype=kind, out=table[digit + 1, 1:])
        return table.reshape(-1)

    def sums(self, digits: Array, places: Array) -> Array:
        """Return the weight sum of smaller digits before each position."""
        return gather(self._sums, digits * self._width + places)

    def moved(self, digits: Array, places: Array) -> Array:
        """Map positions to the next level, into the branch of a digit."""
        first = digits * self._width + places
        branch = self._smaller[self._width - 1 :: self._width]  # branches are laid out in order of their digits
        equal: Array = gather(self._smaller, first + self._width) - gather(self._smaller, first)
        return gather(branch, digits) + equal


class _Walk:
    """A descent for rows with an upper code bound and a start and stop position each."""

    def __init__(self, bound: Array, start: Array, stop: Array) -> None:
        self._bound, self._start, self._stop = bound, np.broadcast_to(start, len(bound)), stop
        self.total = np.zeros(len(bound), dtype=np.int64)

    def step(self, level: _Level, shift: int) -> None:
        """Add the weights whose digit is below the bound's, and descend into the branch of the bound's digit."""
        digit = (self._bound >> shift) & (_BRANCHES - 1)
        self.total += level.sums(digit, self._stop)
        self.total -= level.sums(digit, self._start)
        if shift:
            self._start, self._stop = level.moved(digit, self._start), level.moved(digit, self._stop)


class _FromFirst:
    """A descent for rows that start at position 0: rows with equal digit prefixes share their start position."""

    def __init__(self, bound: Array, stop: Array) -> None:
        self._bound, self._stop = bound, stop
        self._starts = np.zeros(1, dtype=np.int64)
        self.total = np.zeros(len(bound), dtype=np.int64)

    def step(self, level: _Level, shift: int) -> None:
        """Add the weights whose digit is below the bound's, and descend into the branch of the bound's digit."""
        path = self._bound >> shift
        digit = path & (_BRANCHES - 1)
        self.total += level.sums(digit, self._stop)
        digits = np.tile(np.arange(_BRANCHES), len(self._starts))
        starts = np.repeat(self._starts, _BRANCHES)
        self.total -= gather(level.sums(digits, starts), path)
        if shift:
            self._stop, self._starts = level.moved(digit, self._stop), level.moved(digits, starts)
