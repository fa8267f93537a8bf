"""Opaque predicates of a key and a query, called once for each distinct pair that meets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from raspir.backends.messages import pair_failed
from raspir.backends.numpy.kernels.columns import Array, Column, atoms_of, booleans, classes_of, take
from raspir.backends.numpy.kernels.failures import Site, TooMuchError
from raspir.backends.numpy.kernels.runs import Run, full, warn_if_slow
from raspir.ir.atoms import Atom, atom_key

_CALLS_PER_SECOND = 5e6
_LITTLE = 1 << 10  # the entries of a table that is never too large


class Predicate:
    """What a predicate says of keys and queries.

    Attributes:
        codes: the class of each key.
        size: the number of classes of keys.
        wanted: the class of each query, or of every one.
        table: for each class of keys and each of queries, whether it selects.
    """

    def __init__(self, codes: Array, size: int, wanted: Array, table: Array) -> None:
        self.codes, self.size, self.wanted, self.table = codes, size, wanted, table

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return which of ``columns`` each of ``rows`` selects."""
        wanted = self.wanted if len(self.wanted) == 1 else self.wanted[rows]
        return self.table[self.codes[None, columns], wanted[:, None]]

    def at(self, positions: Array) -> Array:
        """Tell for each row whether it selects the position given for it."""
        return self.table[self.codes[positions], self.wanted]


class PredicateTable:
    """A predicate that is known by the pairs of a key and a query on which it is true."""

    def __init__(self, pairs: Sequence[tuple[Atom, Atom]]) -> None:
        self._pairs = {(atom_key(key), atom_key(query)) for key, query in pairs}

    def __call__(self, key: Atom, query: Atom) -> bool:
        """Tell whether the predicate is true of a key and a query."""
        return (atom_key(key), atom_key(query)) in self._pairs


def holds_of_keys(run: Run, predicate: Predicate) -> Column:
    """Return which keys a predicate allows that asks the same in all rows of a sequence."""
    return booleans(predicate.table[predicate.codes, predicate.wanted])


def holds_of_queries(run: Run, predicate: Predicate) -> Column:
    """Return the rows in which a predicate allows the keys of a sequence, which are all the same."""
    return booleans(predicate.table[predicate.codes[run.first], predicate.wanted])


def predicate(run: Run, key: Column, query: Column, function: Callable[[Any, Any], Any], at: Site) -> Predicate:
    """Return the condition that a Python function says is so.

    Raises:
        EvaluationError: naming the first pair on which it fails, if that pair meets in a sequence.
        TooMuchError: if several sequences have so many distinct values that their table is larger than a block.
    """
    keys, queries = full(run, key), query
    codes, firsts = classes_of((keys,))
    wanted, query_firsts = classes_of((queries,))
    if not run.single and len(firsts) * len(query_firsts) > max(run.budget, _LITTLE):
        raise TooMuchError("the table of a predicate is larger than a block of the matrix may be")
    table = np.zeros((len(firsts), len(query_firsts)), dtype=np.bool_)
    key_atoms, query_atoms = atoms_of(take(keys, firsts)), atoms_of(take(queries, query_firsts))
    failures: list[tuple[int, int, int, int, BaseException]] = []
    pairs = _all_pairs(run, table, at) if run.single else _pairs(run, codes, wanted, table)
    for k, q in pairs:
        try:
            table[k, q] = bool(function(key_atoms[k], query_atoms[q]))
        except (Exception, SystemExit) as error:  # an opaque predicate may raise anything
            failures.append((int(query_firsts[q]), int(firsts[k]), k, q, error))
    if failures:
        i, j, k, q, cause = min(failures, key=lambda failure: failure[:2])
        raise at.failed(pair_failed(i, j, key_atoms[k], query_atoms[q], cause)) from cause
    return Predicate(codes, len(firsts), wanted, table)


def _all_pairs(run: Run, table: Array, at: Site) -> Iterable[tuple[int, int]]:
    keys, queries = table.shape
    what = f"calling the predicate of {at.what} for each pair of values"
    warn_if_slow(what, keys * queries / _CALLS_PER_SECOND)
    for q in range(queries):
        for k in range(keys):
            yield k, q
        if run.report is not None:
            run.report(what, q + 1, queries)


def _pairs(run: Run, codes: Array, wanted: Array, table: Array) -> Iterable[tuple[int, int]]:
    """Return the pairs of classes that meet in a sequence, each once."""
    queries = table.shape[1]
    found: list[Array] = []
    for number, (start, length) in enumerate(zip(run.starts.tolist(), run.lengths.tolist(), strict=True)):
        own = codes[start : start + length]
        if len(wanted) == 1:
            asked = wanted
        else:
            asked = wanted[number : number + 1] if len(wanted) == run.count else wanted[start : start + length]
        found.append(np.unique(np.unique(own)[:, None] * queries + np.unique(asked)))
    pairs = np.unique(np.concatenate(found))
    return zip((pairs // queries).tolist(), (pairs % queries).tolist(), strict=True)


def opposite(run: Run, predicate: Predicate) -> Predicate:
    """Return the condition that a predicate does not hold."""
    return Predicate(predicate.codes, predicate.size, predicate.wanted, ~predicate.table)
