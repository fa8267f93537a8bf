"""Sums over keys that lie between bounds in two orders at once, by a wavelet matrix.

The method is that of Claude, Navarro and Ordóñez, "The wavelet matrix" (Information Systems 47, 2015), with eight
branches a level and all rows walking down at once; only one level is held at a time.
"""

from __future__ import annotations

import numpy as np

from raspir.backends.numpy.kernels.columns import Array, gather

_BITS = 3
_BRANCHES = 1 << _BITS


def dominated(
    codes: Array, size: int, weights: Array, start: Array, stop: Array, low: Array, high: Array, rows: int
) -> Array:
    """Return for each row the sum of the weights from ``start`` to ``stop`` whose codes are from ``low`` to ``high``.

    Args:
        codes: below ``size``, in the order that start and stop mean.
        size: the number of codes.
        weights: one for each code; their sums have 64 bits.
        start: the first place of each row, or of all.
        stop: the place after the last.
        low: the lowest code.
        high: the code after the highest.
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
    """The digits of a level, and for each place and digit how many, and how much, smaller digits come before it."""

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
        """Return how much smaller digits before each place add up to."""
        return gather(self._sums, digits * self._width + places)

    def moved(self, digits: Array, places: Array) -> Array:
        """Return where each place is on the next level, in the branch of a digit."""
        first = digits * self._width + places
        branch = self._smaller[self._width - 1 :: self._width]  # all that are smaller come before the branch
        equal: Array = gather(self._smaller, first + self._width) - gather(self._smaller, first)
        return gather(branch, digits) + equal


class _Walk:
    """Rows on their way down, each with a bound on the codes and the places from which to which it counts."""

    def __init__(self, bound: Array, start: Array, stop: Array) -> None:
        self._bound, self._start, self._stop = bound, np.broadcast_to(start, len(bound)), stop
        self.total = np.zeros(len(bound), dtype=np.int64)

    def step(self, level: _Level, shift: int) -> None:
        """Count what lies below the bound by the digit of this level, and go down to what equals it there."""
        digit = (self._bound >> shift) & (_BRANCHES - 1)
        self.total += level.sums(digit, self._stop)
        self.total -= level.sums(digit, self._start)
        if shift:
            self._start, self._stop = level.moved(digit, self._start), level.moved(digit, self._stop)


class _FromFirst:
    """Rows on their way down that count from the first place: all with the same digits so far start at one place."""

    def __init__(self, bound: Array, stop: Array) -> None:
        self._bound, self._stop = bound, stop
        self._starts = np.zeros(1, dtype=np.int64)
        self.total = np.zeros(len(bound), dtype=np.int64)

    def step(self, level: _Level, shift: int) -> None:
        """Count what lies below the bound by the digit of this level, and go down to what equals it there."""
        path = self._bound >> shift
        digit = path & (_BRANCHES - 1)
        self.total += level.sums(digit, self._stop)
        digits = np.tile(np.arange(_BRANCHES), len(self._starts))
        starts = np.repeat(self._starts, _BRANCHES)
        self.total -= gather(level.sums(digits, starts), path)
        if shift:
            self._stop, self._starts = level.moved(digit, self._stop), level.moved(digits, starts)
