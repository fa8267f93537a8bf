"""Opaque predicates on key and query, called once for each distinct pair that occurs in a sequence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from raspir.backends.numpy.kernels.columns import Array, Column, atoms_of, booleans, classes_of, gather, take
from raspir.backends.numpy.kernels.failures import BatchTooLargeError, Site
from raspir.backends.numpy.kernels.runs import Run, full, warn_if_slow
from raspir.runtime.messages import pair_failed

_CALLS_PER_SECOND = 2e6
_LITTLE = 1 << 10  # minimum size limit of a table, in entries


class Answers:
    """A bit matrix of predicate results, one row per query and one bit per key.

    Args:
        queries: the number of queries.
        keys: the number of keys.
    """

    def __init__(self, queries: int, keys: int) -> None:
        self.queries, self.keys = queries, keys
        self._bits = np.zeros((queries, -(-keys // 8)), dtype=np.uint8)

    def set(self, keys: Array, queries: Array) -> None:
        """Set the bits of the given pairs."""
        np.bitwise_or.at(self._bits, (queries, keys >> 3), (128 >> (keys & 7)).astype(np.uint8))

    def of(self, queries: Array) -> Array:
        """Return the unpacked row of each query: a mask over the keys."""
        return np.unpackbits(self._bits[queries], axis=1, count=self.keys).view(np.bool_)

    def at(self, keys: Array, queries: Array) -> Array:
        """Return the bit of each pair."""
        bit = (self._bits[queries, keys >> 3] << (keys & 7).astype(np.uint8)) & 128
        matching: Array = bit != 0
        return matching

    def opposite(self) -> Answers:
        """Return the complement."""
        result = Answers(self.queries, self.keys)
        result._bits = ~self._bits
        return result


class Predicate:
    """A predicate evaluated on keys and queries.

    Attributes:
        codes: the class of each key.
        requested: the class of each query, or a single one that broadcasts.
        answers: the results for each pair of key class and query class.
    """

    def __init__(self, codes: Array, requested: Array, answers: Answers) -> None:
        self.codes, self.requested, self.answers = codes, requested, answers

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return the selector matrix restricted to ``rows`` and ``columns``, as a mask."""
        requested = self.requested if len(self.requested) == 1 else self.requested[rows]
        return self.answers.of(requested).take(self.codes[columns], axis=1)

    def at(self, positions: Array) -> Array:
        """Return for each row whether it selects its entry of ``positions``."""
        return self.answers.at(gather(self.codes, positions), self.requested)


def holds_of_keys(run: Run, predicate: Predicate) -> Column:
    """Return the mask of the keys that satisfy a predicate whose query is uniform within a sequence."""
    return booleans(predicate.answers.at(predicate.codes, predicate.requested))


def holds_of_queries(run: Run, predicate: Predicate) -> Column:
    """Return the mask of the rows that satisfy a predicate whose key is uniform within a sequence."""
    return booleans(predicate.answers.at(predicate.codes[run.first], predicate.requested))


def predicate(run: Run, key: Column, query: Column, function: Callable[[Any, Any], Any], at: Site) -> Predicate:
    """Evaluate a Python predicate on the classes of keys and queries.

    Raises:
        EvaluationError: for the first pair on which it fails, if that pair occurs in a sequence.
        BatchTooLargeError: if a batch has so many distinct values that the table exceeds the block size.
    """
    keys, queries = full(run, key), query
    codes, firsts = classes_of((keys,))
    requested, query_firsts = classes_of((queries,))
    if not run.single and len(firsts) * len(query_firsts) > 8 * max(run.budget, _LITTLE):
        raise BatchTooLargeError("the table of a predicate is larger than a block of the matrix may be")
    answers = Answers(len(query_firsts), len(firsts))
    key_atoms, query_atoms = atoms_of(take(keys, firsts)), atoms_of(take(queries, query_firsts))
    failures: list[tuple[int, int, int, int, BaseException]] = []
    for present_keys, q in _all(run, answers, at) if run.single else _meeting(run, codes, requested, answers.keys):
        matching = []
        for k in present_keys:
            try:
                if function(key_atoms[k], query_atoms[q]):
                    matching.append(k)
            except (Exception, SystemExit) as error:  # an opaque predicate may raise anything
                failures.append((int(query_firsts[q]), int(firsts[k]), k, q, error))
        answers.set(np.array(matching, dtype=np.int64), np.full(len(matching), q))
    if failures:
        i, j, k, q, cause = min(failures, key=lambda failure: failure[:2])
        raise at.failed(pair_failed(i, j, key_atoms[k], query_atoms[q], cause)) from cause
    return Predicate(codes, requested, answers)


def _all(run: Run, answers: Answers, at: Site) -> Iterator[tuple[Iterable[int], int]]:
    """Yield all key classes for each query class."""
    what = f"calling the predicate of {at.what} for each pair of values"
    warn_if_slow(what, answers.keys * answers.queries / _CALLS_PER_SECOND)
    for q in range(answers.queries):
        yield range(answers.keys), q
        if run.report is not None:
            run.report(what, q + 1, answers.queries)


def _meeting(run: Run, codes: Array, requested: Array, size: int) -> Iterator[tuple[Iterable[int], int]]:
    """Yield for each query class the key classes that co-occur with it in a sequence."""
    requested = requested[run.sequence] if 1 < len(requested) < run.n else np.broadcast_to(requested, run.n)
    lengths = run.lengths[run.sequence]
    pairs, result = np.cumsum(lengths), [np.empty(0, dtype=np.int64)]
    start = 0
    while start < run.n:  # blocks of positions with a bounded number of pairs
        before = int(pairs[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(pairs, before + run.budget // 64, "right")))
        of, first = lengths[start:stop], run.first[start:stop]
        places = np.arange(int(of.sum())) - np.repeat(np.cumsum(of) - of - first, of)
        result.append(np.unique(np.repeat(requested[start:stop], of) * size + codes[places]))
        start = stop
    pairs_met = np.unique(np.concatenate(result))
    queries, ends = np.unique(pairs_met // size, return_index=True)
    for q, keys in zip(queries.tolist(), np.split(pairs_met % size, ends[1:]), strict=True):
        yield keys.tolist(), q


def opposite(run: Run, predicate: Predicate) -> Predicate:
    """Return the negation of a predicate."""
    return Predicate(predicate.codes, predicate.requested, predicate.answers.opposite())
