"""Range queries: segmented prefix sums and range maxima."""

from __future__ import annotations

import numpy as np

from raspir.backends.numpy.kernels.columns import Array, gather


def running_sums(values: Array, starts: Array, lengths: Array) -> Array:
    """Return the prefix sums within each segment, accumulated from left to right."""
    with np.errstate(all="ignore"):
        if len(starts) == 1:
            return np.cumsum(values)
        result = np.empty(len(values))
        doublings = np.frexp(lengths)[1]
        for doubling in np.unique(doublings):  # segments of similar length together, to limit padding
            runs = np.flatnonzero(doublings == doubling)
            places = starts[runs, None] + np.arange(int(lengths[runs].max()))
            inside = places < (starts + lengths)[runs, None]
            sums = np.cumsum(np.where(inside, values[np.where(inside, places, 0)], 0.0), axis=1)
            result[places[inside]] = sums[inside]
        return result


def range_max(table: Array, start: Array | None, stop: Array, rows: int) -> Array:
    """Return the maximum of ``table`` over each range ``start`` (or 0) to ``stop``, exclusive; -1 if it is empty.

    A sparse table: each range is covered by two of power-of-two length, and only one level is in memory at a time.
    """
    stop = np.broadcast_to(stop, rows)
    if start is None:
        running = np.maximum.accumulate(table)
        return np.where(stop > 0, gather(running, np.maximum(stop, 1) - 1), -1)
    result = np.full(rows, -1)
    lengths = stop - start
    level = (np.frexp(np.maximum(lengths, 0).astype(np.float64))[1] - 1).astype(np.int8)
    order = np.argsort(level, kind="stable")
    highest = int(level[order[-1]])
    ends = np.searchsorted(level[order], np.arange(highest + 2))
    for doubling in range(highest + 1):
        those = order[ends[doubling] : ends[doubling + 1]]
        if len(those):
            result[those] = np.maximum(gather(table, start[those]), gather(table, stop[those] - (1 << doubling)))
        if doubling < highest:
            table = np.maximum(table[: len(table) - (1 << doubling)], table[1 << doubling :])
    return result
