"""Elementwise operations beyond operators: where, has, round, lookup tables and opaque functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf, nan
from typing import Any

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import SOp, apply, indices, key, query, select, tokens, where
from raspir.ir import Atom, EvaluationError
from raspir.testing.conformance.case import ATOMS, Case, trial
from raspir.testing.functions import paired, ranked, second

GROUP = "where, has, lookup, map"


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for kind, atoms in ATOMS.items():
        inputs = [list(atoms), [], list(atoms[:1])]
        chosen = trial(where(tokens, indices, "else"), inputs)
        branches = trial(where(indices % 2 == 0, tokens, -1), inputs)
        yield Case(GROUP, f"where {kind}", (chosen, branches), ("where",), kind)
        yield Case(GROUP, f"has {kind}", (trial(tokens.has(atoms[::2]), inputs),), ("has",), kind)
        yield Case(GROUP, f"lookup {kind}", (trial(_table(atoms[::2]), inputs),), ("lookup",), kind)
        yield Case(GROUP, f"map {kind}", (trial(tokens.map(_described), inputs),), ("map",), kind)
        yield Case(GROUP, f"map to {kind}", (trial(tokens.map(_cycling(atoms)), ["abc", "", "z"]),), ("map",), kind)
    yield from _by_hand()
    yield from _failing()
    yield from _of_tuples()


def _by_hand() -> Iterator[Case]:
    conditions = [True, False, 0, 1, -0.0, 0.1, "", "0", 2**70, -inf]
    truths = [1, 0, 0, 1, 0, 1, 0, 1, 1, 1]
    truth = trial(where(tokens, 1, 0), [conditions, []], [truths, []])
    yield Case(GROUP, "where follows Python's truth values", (truth,), ("where",))
    lazy = trial(where(tokens == 0, 0, 1 / where(tokens == 0, 1, tokens)), [[0, 2, 4.0]], [[0, 0.5, 0.25]])
    yield Case(GROUP, "where keeps the class of its operands", (lazy,), ("where",))
    failing = trial(where(tokens == 0, 0, 1 / tokens), [[2, 0], [2]], [EvaluationError, [0.5]])
    yield Case(GROUP, "where computes both sides", (failing,), ("where",))
    given = [1, True, 1.0, "1", "a", 0.5, 0]
    equal = trial(tokens.has([1, "a", 0.5]), [given], [[True, True, True, False, True, True, False]])
    yield Case(GROUP, "has finds equal atoms", (equal, trial(tokens.has([]), ["ab"], [[False, False]])), ("has",))
    yield Case(GROUP, "has accepts a str as its characters", (trial(tokens.has("ab"), ["abc"], [[True, True, False]]),))
    keys: tuple[Atom, ...] = (1, 0.0, "a")
    table = expression(SOp, "lookup", (tokens,), ("none", keys, ("int", "zero", True)))
    exact = trial(
        table,
        [[1, True, 1.0, 0.0, -0.0, 0, False, "a", ""]],
        [["int", "none", "none", "zero", "none", "none", "none", True, "none"]],
    )
    yield Case(GROUP, "lookup finds keys of the same class", (exact,), ("lookup",))
    ties = trial(tokens.round(), [[0.5, 1.5, 2.5, -0.5, True, 7, 1e22]], [[0, 2, 2, 0, 1, 7, 10**22]])
    yield Case(GROUP, "round half to even, to an int", (ties,), ("round",))
    upper = trial(tokens.map(str.upper), ["ab", "", ["long", "é"]], [["A", "B"], [], ["LONG", "É"]])
    yield Case(GROUP, "map returns strings", (upper,), ("map",), "str")


def _failing() -> Iterator[Case]:
    functions: tuple[Callable[[Any], Any], ...] = (_raising, _no_number, _leaving, _listing)
    for function in functions:
        name = function.__name__.strip("_").replace("_", " ")
        fails = trial(tokens.map(function), [["a", "x"], ["a"], []], [EvaluationError, ["a"], []])
        yield Case(GROUP, f"map {name}", (fails,), ("map",))
    unround = trial(tokens.round(), [[1.5, inf], [1.5, "a"], [0.5]], [EvaluationError, EvaluationError, [0]])
    yield Case(GROUP, "round fails", (unround,), ("round",))


def _of_tuples() -> Iterator[Case]:
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
    yield Case(GROUP, "aggregates move tuples", aggregates, ("sum", "best", "map"))
    chosen = trial(where(tokens == "a", pairs, tokens), ["ab"], [[("a", 0), "b"]])
    empty = trial(where(tokens.map(_nothing_or_atom), 1, 0), ["ab"], [[0, 1]])
    yield Case(GROUP, "where chooses tuples, and the empty one is false", (chosen, empty), ("where", "map"))
    comparisons = (
        trial(pairs == counted, ["ab", [1, True]], [[True, True], [True, True]]),
        trial((key(pairs) == query(counted)).value(1), ["aa", [1, 1.0]], [[1, 1], [1, 1]]),
        trial(apply(paired, tokens, 0) < apply(paired, "b", indices), ["abc"], [[True, True, False]]),
        trial((key(pairs) < query(pairs)).value(1), ["aba", ["a", 1]], [[0, 2, 1], EvaluationError]),
        trial(pairs + 1, ["a", ""], [EvaluationError, []]),
    )
    yield Case(GROUP, "tuples are compared", comparisons, ("map", "select.eq", "select.by"))
    ranks = trial(select(pairs, pairs, ranked).value(1), ["aabab", ""], [[0, 1, 0, 2, 1], []])
    yield Case(GROUP, "predicates take tuples of several sequences", (ranks,), ("select.by",))


def _nothing_or_atom(atom: Any) -> Any:
    return () if atom == "a" else (atom,)


def _table(keys: tuple[Atom, ...]) -> SOp:
    held = dict.fromkeys((type(key), repr(key)) for key in keys)
    distinct = tuple(next(key for key in keys if (type(key), repr(key)) == each) for each in held)
    return expression(SOp, "lookup", (tokens,), (-1, distinct, (*distinct[1:], "last")))


def _described(atom: Any) -> str:
    return f"{type(atom).__name__} {atom!r:.20}"


def _cycling(atoms: tuple[Atom, ...]) -> Callable[[Any], Any]:
    return lambda character: atoms[ord(character) % len(atoms)]


def _raising(atom: Any) -> Any:
    if atom == "x":
        raise KeyError(atom)
    return atom


def _no_number(atom: Any) -> Any:
    return nan if atom == "x" else atom


def _leaving(atom: Any) -> Any:
    if atom == "x":
        raise SystemExit(atom)
    return atom


def _listing(atom: Any) -> Any:
    return [atom] if atom == "x" else atom
