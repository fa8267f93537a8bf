"""Sums over keys that lie between bounds in two orders at once, by a wavelet matrix.

The method is that of Claude, Navarro and Ordóñez, "The wavelet matrix" (Information Systems 47, 2015), for all rows at
once: one level for each bit, and only one level is held at a time.
"""

from __future__ import annotations

import numpy as np

from raspir.backends.numpy.kernels.columns import Array


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
    start, stop = np.broadcast_to(start, rows), np.broadcast_to(np.maximum(start, stop), rows)
    levels = _Levels(codes, size, weights, start, stop)
    if len(low) == 1 and not low[0]:
        return levels.below([high])[0]
    upper, lower = levels.below([np.maximum(low, high), low])
    return upper - lower


class _Levels:
    def __init__(self, codes: Array, size: int, weights: Array, start: Array, stop: Array) -> None:
        self._codes = codes.astype(np.int32)
        self._bits = size.bit_length()
        self._weights = None if weights.min() == weights.max() == 1 else weights
        self._start, self._stop = start, stop

    def below(self, bounds: list[Array]) -> list[Array]:
        """Return for each of some bounds, and each row, the sum of the weights whose code is below the bound."""
        codes, weights = self._codes, self._weights
        walks = [_Walk(np.broadcast_to(bound, len(self._start)), self._start, self._stop) for bound in bounds]
        for bit in range(self._bits - 1, -1, -1):
            zero = (codes >> bit) & 1 == 0
            zeros = np.zeros(len(codes) + 1, dtype=np.int32)
            np.cumsum(zero, out=zeros[1:])
            sums = zeros
            if weights is not None:
                sums = np.zeros(len(codes) + 1, dtype=np.int64)
                np.cumsum(np.where(zero, weights, 0), out=sums[1:])
            for walk in walks:
                walk.step(bit, zeros, sums)
            codes = np.concatenate((codes[zero], codes[~zero]))
            if weights is not None:
                weights = np.concatenate((weights[zero], weights[~zero]))
        return [walk.total for walk in walks]


class _Walk:
    def __init__(self, bound: Array, start: Array, stop: Array) -> None:
        self._bound, self._start, self._stop = bound, start, stop
        self.total = np.zeros(len(bound), dtype=np.int64)

    def step(self, bit: int, zeros: Array, sums: Array) -> None:
        """Go down one level: where the bound's bit is one, all below it in this level's zeros are counted."""
        one = (self._bound >> bit) & 1
        begin, end = zeros[self._start], zeros[self._stop]
        found = end - begin if sums is zeros else sums[self._stop] - sums[self._start]
        self.total += one * found
        up, first = one.astype(np.int32), zeros[-1]
        # zeros go to the front in their order, ones behind all zeros in theirs
        self._start = begin + up * (first + self._start - 2 * begin)
        self._stop = end + up * (first + self._stop - 2 * end)
