"""Opaque functions of several sequences, and tables with several keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import nan
from typing import Any

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import SOp, apply, indices, key, query, raw, tokens, where
from raspir.ir import Atom, EvaluationError
from raspir.testing.conformance.case import ATOMS, Case, Trial, trial

GROUP = "functions of several sequences"
MANY: list[Atom] = [(7 * i) % 5 for i in range(60)]


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name, trials in (*_by_hand(), *_failing(), *_missing(), *_tables()):
        yield Case(GROUP, name, trials)
    for kind, atoms in ATOMS.items():
        inputs = [list(atoms), list(atoms[:1]), []]
        both = (trial(apply(_joined, tokens, indices), inputs), trial(apply(_joined, indices, tokens), inputs))
        yield Case(GROUP, f"map of {kind} and positions", both, kind=kind)


_Row = tuple[str, tuple[Trial, ...]]


def _by_hand() -> Iterator[_Row]:
    joined = trial(
        apply(_joined, tokens, indices), ["abc", "", [1, True]], [["a 0", "b 1", "c 2"], [], ["1 0", "True 1"]]
    )
    yield "map of two, in this order", (joined,)
    swapped = trial(apply(_joined, indices, tokens), ["ab"], [["0 a", "1 b"]])
    yield "map of two, in the other order", (swapped,)
    three = trial(apply(_joined, tokens, indices, tokens), ["ab", ""], [["a 0 a", "b 1 b"], []])
    yield "map of three", (three,)
    twice = trial(apply(_joined, tokens, tokens), ["ab"], [["a a", "b b"]])
    yield "map of one sequence twice", (twice,)
    scalar = trial(apply(_joined, tokens, 5, "x"), ["ab", []], [["a 5 x", "b 5 x"], []])
    fixed = trial(apply(_joined, tokens, raw([3, 4])), ["ab"], [["a 3", "b 4"]])
    yield "map of scalars and fixed sequences", (scalar, fixed)
    alike: list[Atom] = [1, True, 1.0, 0, False, 0.0, -0.0]
    classes = trial(
        apply(_joined, tokens, where(indices < 3, 1, 0)),
        [alike],
        [[f"{a} {1 if i < 3 else 0}" for i, a in enumerate(alike)]],
    )
    yield "map distinguishes atoms by their class", (classes,)
    repeated = trial(
        apply(_joined, tokens, indices % 3),
        [MANY, MANY[:7]],
        [[f"{a} {i % 3}" for i, a in enumerate(MANY[:n])] for n in (60, 7)],
    )
    yield "map of repeated pairs", (repeated,)
    compared = trial((key(apply(max, tokens, 2)) == query(indices)).value(1), [[0, 3, 2]], [[0, 0, 2]])
    above = trial(apply(max, (key(indices) < query(indices)).value(tokens), tokens), [[1, 2, 3]], [[1, 2, 3]])
    yield "map in a program", (compared, above)


def _failing() -> Iterator[_Row]:
    functions: tuple[Callable[..., Any], ...] = (_raising, _no_number, _leaving, _listing)
    for function in functions:
        name = function.__name__.strip("_").replace("_", " ")
        program = apply(function, indices, tokens)
        yield f"map {name}", (trial(program, ["ax", "xa", "", "ba"], [EvaluationError, [0, 1], [], [0, 1]]),)


def _missing() -> Iterator[_Row]:
    program = apply(_present, tokens, where(indices == 1, None, indices), none="skip")
    given: list[list[Atom]] = [["a", "b", "c"], [None, "b", "c"], [None], []]
    found: list[list[Atom]] = [["a 0", None, "c 2"], [None, None, "c 2"], [None], []]
    yield "map skips, without a call", (trial(program, given, found),)
    refused = trial(
        apply(_joined, tokens, indices), [["a", None], [None], ["a"]], [EvaluationError, EvaluationError, ["a 0"]]
    )
    yield "map fails on None", (refused,)
    returned = trial(apply(_excess, tokens, indices), [[1, 0, 5], [0]], [[1, None, 3], [None]])
    yield "map returns None", (returned,)


def _table(keys: list[tuple[Atom, ...]], values: list[Atom], otherwise: Atom, *operands: SOp) -> SOp:
    held = tuple(atom for each in keys for atom in each)
    return expression(SOp, "lookup", operands, (otherwise, held, tuple(values)))


def _tables() -> Iterator[_Row]:
    pairs = _table([("a", 0), ("b", 0), ("a", 1)], ["a0", "b0", "a1"], "-", tokens, indices)
    yield (
        "lookup of two keys",
        (trial(pairs, ["aa", "ab", "ba", "c", ""], [["a0", "a1"], ["a0", "-"], ["b0", "a1"], ["-"], []]),),
    )
    swapped = _table([(0, 1), (1, 0)], ["first", "second"], "-", indices, tokens)
    yield "lookup of two keys, in this order", (trial(swapped, [[1, 0], [0, 1]], [["first", "second"], ["-", "-"]]),)
    exact = _table([(1, "a"), (True, "a"), (0.0, "a")], ["int", "bool", "zero"], "-", tokens, raw(["a"] * 5))
    classes = trial(
        exact,
        [[1, True, 1.0, 0.0, -0.0], [0, False, 1, True, "a"]],
        [["int", "bool", "-", "zero", "-"], ["-", "-", "int", "bool", "-"]],
    )
    yield "lookup of two keys finds keys of the same classes", (classes,)
    none = _table([(None, 0), (1, 1)], ["missing", None], 5, tokens, indices)
    yield "lookup of two keys with None", (trial(none, [[None, 1], [1, None]], [["missing", None], [5, 5]]),)
    three = _table([("a", 0, "a"), ("a", 0, "b")], [1, 2], 0, tokens, indices, where(indices < 1, tokens, "b"))
    yield "lookup of three keys", (trial(three, ["aa", "ba"], [[1, 0], [0, 0]]),)
    nothing = _table([], [], 7, tokens, indices)
    yield "lookup of two keys in an empty table", (trial(nothing, ["ab", ""], [[7, 7], []]),)


def _joined(*atoms: Any) -> str:
    return " ".join(map(str, atoms))


def _present(*atoms: Any) -> str:
    if None in atoms:
        raise AssertionError("called with None")
    return _joined(*atoms)


def _excess(a: Any, b: Any) -> Any:
    return a - b if a > b else None


def _raising(position: Any, atom: Any) -> Any:
    if (position, atom) == (1, "x"):
        raise KeyError(atom)
    return position


def _no_number(position: Any, atom: Any) -> Any:
    return nan if (position, atom) == (1, "x") else position


def _leaving(position: Any, atom: Any) -> Any:
    if (position, atom) == (1, "x"):
        raise SystemExit(atom)
    return position


def _listing(position: Any, atom: Any) -> Any:
    return [atom] if (position, atom) == (1, "x") else position
