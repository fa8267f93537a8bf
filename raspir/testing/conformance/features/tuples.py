"""Tuples: values that functions make, which other functions, comparisons, aggregates and results take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from raspir.frontends.python.embedded import apply, indices, key, query, select, tokens, where
from raspir.ir import EvaluationError
from raspir.testing.conformance.case import Case, trial
from raspir.testing.functions import paired, ranked, second

GROUP = "tuples"


def cases() -> Iterator[Case]:
    """Yield the cases."""
    pairs, counted = apply(paired, tokens, indices), apply(paired, tokens, indices * 1.0)
    moved = (key(indices) == query(indices - 1)).value(pairs, None)
    given: list[Any] = ["aba", "", "b", ["a", None], [1, 1.0, True]]
    results = [[("a", 0), ("b", 1), ("a", 2)], [], [("b", 0)], EvaluationError, [(1, 0), (1.0, 1), (True, 2)]]
    yield Case(GROUP, "tuples are results", (trial(pairs, given, results),), ("map",))
    fetched = [None, ("a", 0), ("b", 1)]
    aggregates = (
        trial(moved, ["aba"], [fetched]),
        trial(moved.map(second, none="skip"), ["aba"], [[None, 0, 1]]),
        trial((key(indices) <= query(indices)).value(pairs), ["a", "ab"], [[("a", 0)], EvaluationError]),
        trial((key(indices) == query(0)).best(pairs, indices), ["ab"], [[("a", 0), ("a", 0)]]),
    )
    yield Case(GROUP, "aggregates move tuples", aggregates, ("map",))
    chosen = trial(where(tokens == "a", pairs, tokens), ["ab"], [[("a", 0), "b"]])
    empty = trial(where(tokens.map(_nothing_or_atom), 1, 0), ["ab"], [[0, 1]])
    yield Case(GROUP, "where chooses tuples, and the empty one is false", (chosen, empty), ("map",))
    comparisons = (
        trial(pairs == counted, ["ab", [1, True]], [[True, True], [True, True]]),
        trial((key(pairs) == query(counted)).value(1), ["aa", [1, 1.0]], [[1, 1], [1, 1]]),
        trial(apply(paired, tokens, 0) < apply(paired, "b", indices), ["abc"], [[True, True, False]]),
        trial((key(pairs) < query(pairs)).value(1), ["aba", ["a", 1]], [[0, 2, 1], EvaluationError]),
        trial(pairs + 1, ["a", ""], [EvaluationError, []]),
    )
    yield Case(GROUP, "tuples are compared", comparisons, ("map", "select.by"))
    ranks = trial(select(pairs, pairs, ranked).value(1), ["aabab", ""], [[0, 1, 0, 2, 1], []])
    yield Case(GROUP, "predicates take tuples of several sequences", (ranks,), ("select.by",))


def _nothing_or_atom(atom: Any) -> Any:
    return () if atom == "a" else (atom,)
