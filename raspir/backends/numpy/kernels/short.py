"""Equality selection for batches of short sequences: compares all pairs of positions, vectorized over sequences."""

from __future__ import annotations

import numpy as np

from raspir.backends.numpy.kernels.columns import Array
from raspir.backends.numpy.kernels.runs import Run

_LONGEST = 32


def are_short(run: Run) -> bool:
    """Return whether the batch has many short sequences of similar length, so that all-pairs comparison is fastest."""
    return run.longest <= _LONGEST < run.count and run.longest * run.count <= 2 * run.n


class Pairs:
    """The pairs of positions with equal codes in short sequences.

    Args:
        run: the run.
        codes: the code of each key.
        size: the number of codes.
        requested: the code that each query requests, ``size`` for none.
    """

    def __init__(self, run: Run, codes: Array, size: int, requested: Array) -> None:
        self._run = run
        kind = np.int16 if size < 1 << 15 else np.int32 if size < 1 << 31 else np.int64
        self._own = requested is codes
        self._keys = self._laid_out(codes, kind, -1)
        self._queries = self._keys if self._own else self._laid_out(np.broadcast_to(requested, run.n), kind, size)

    def counts(self, allowed: Array | None) -> Array:
        """Return for each query the number of equal keys within the mask."""
        result = np.zeros(self._keys.shape, dtype=np.uint8)
        if self._own and allowed is None:
            result += self._keys >= 0
            for i, code in enumerate(self._keys):
                for j in range(i):
                    equal = np.equal(code, self._keys[j])
                    result[i] += equal
                    result[j] += equal
        else:
            keys = None if allowed is None else self._laid_out(allowed, np.bool_, False)
            for i, code in enumerate(self._queries):
                for j, key in enumerate(self._keys):
                    equal = np.equal(code, key)
                    result[i] += equal if keys is None else equal & keys[j]
        return self._in_order(result).astype(np.int64)

    def sums(self, weights: Array) -> Array:
        """Return for each query the weight sum of the equal keys."""
        values = self._laid_out(weights, np.int64, 0)
        result = np.zeros(self._keys.shape, dtype=np.int64)
        for i, code in enumerate(self._queries):
            for key, value in zip(self._keys, values, strict=True):
                result[i] += np.equal(code, key) * value
        return self._in_order(result)

    def _laid_out(self, values: Array, kind: type[np.generic], fill: int) -> Array:
        """Transpose to one row per index within the sequence, padding short sequences with ``fill``."""
        run = self._run
        if run.longest * run.count == run.n:
            return np.ascontiguousarray(values.astype(kind, copy=False).reshape(run.count, run.longest).T)
        rows = np.full((run.longest, run.count), fill, dtype=kind)
        rows[run.indices.data, run.sequence] = values
        return rows

    def _in_order(self, rows: Array) -> Array:
        run = self._run
        if run.longest * run.count == run.n:
            return np.ascontiguousarray(rows.T).reshape(-1)
        result: Array = rows[run.indices.data, run.sequence]
        return result
