"""Missing values: ``None`` as an atom, and what each operation does with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import Selector, SOp, indices, key, query, raw, select, tokens, where
from raspir.ir import Atom, EvaluationError, InputError
from raspir.testing.conformance.case import Case, Trial, trial
from raspir.testing.conformance.features.common import BEFORE, EVERYTHING, ITSELF, NOTHING, SAME, SO_FAR
from raspir.testing.maker import constant

GROUP = "missing values"

BINARY: dict[str, tuple[list[Atom], Atom, list[Atom]]] = {
    "add": ([1, 0.5], 2, [3, 2.5]),
    "sub": ([1, True], 2, [-1, -1]),
    "mul": ([3, 0.5], 2, [6, 1.0]),
    "truediv": ([3, 4], 2, [1.5, 2.0]),
    "floordiv": ([-7, 7.0], 2, [-4, 3.0]),
    "mod": ([-7, 7], 3, [2, 1]),
    "pow": ([3, 2], 2, [9, 4]),
    "lt": ([1, 3], 2, [True, False]),
    "le": ([2, 3], 2, [True, False]),
    "gt": (["a", "c"], "b", [False, True]),
    "ge": ([2, 1.5], 2, [True, False]),
    "and": ([True, False], True, [True, False]),
    "or": ([6, 0], 1, [7, 1]),
}
"""Left operands of each operator that refuses ``None``, its right operand, and the results."""

UNARY: dict[str, tuple[list[Atom], list[Atom]]] = {
    "neg": ([1, -0.5], [-1, 0.5]),
    "abs": ([-1, 2], [1, 2]),
    "round": ([0.5, 1.5], [0, 2]),
    "not": ([True, False], [False, True]),
}

UNLIKE: list[Atom] = [None, 0, False, "", "None", 0.0, "none"]
"""``None``, and atoms that are not equal to it."""


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name, trials, operations in (*_sources(), *_elementwise(), *_tables(), *_functions(), *_attention()):
        yield Case(GROUP, name, trials, operations, "none")


_Row = tuple[str, tuple[Trial, ...], tuple[str, ...]]
"""A name, trials and operations."""


def operation(name: str, *operands: SOp, none: str) -> SOp:
    """Return an elementwise operation that treats ``None`` in this way."""
    return expression(SOp, name, operands, (none,))


def _sources() -> Iterator[_Row]:
    inputs = [[None], [1, None, "a"], [None, None], []]
    yield "tokens", (trial(tokens, inputs, inputs, layers=0),), ("input",)
    yield "constant", (trial(constant(None), ["ab", ""], [[None, None], []]),), ("const",)
    yield "raw", (trial(raw([1, None]), ["ab", "a"], [[1, None], EvaluationError]),), ("raw",)
    held = trial(tokens, [[None, 1], [1], [0], ["None"]], [[None, 1], [1], InputError, InputError], vocab=[1, None])
    yield "in a vocabulary", (held, trial(tokens, [[None], "a"], [InputError, ["a"]], vocab="a")), ("input",)


def _elementwise() -> Iterator[_Row]:
    for name, (left, right, wanted) in BINARY.items():
        refused = trial(
            operation(name, tokens, constant(right), none="error"),
            [left, [*left, None], [None], []],
            [wanted, EvaluationError, EvaluationError, []],
        )
        skipped = operation(name, tokens, constant(right), none="skip")
        given, found = [left[0], None, left[1]], [wanted[0], None, wanted[1]]
        both = operation(name, tokens, where(indices == 1, None, right), none="skip")
        right_only = trial(both, [[left[0], left[0]], [left[0], None]], [[wanted[0], None]] * 2)
        yield f"{name} fails", (refused,), (name,)
        yield f"{name} skips", (trial(skipped, [given, [None], []], [found, [None], []]), right_only), (name,)
    for name, (given, wanted) in UNARY.items():
        fails = trial(operation(name, tokens, none="error"), [given, [*given, None]], [wanted, EvaluationError])
        skips = trial(operation(name, tokens, none="skip"), [[*given, None], [None]], [[*wanted, None], [None]])
        yield f"{name} fails", (fails,), (name,)
        yield f"{name} skips", (skips,), (name,)
    for name, equal in (("eq", True), ("ne", False)):
        others = [not equal] * (len(UNLIKE) - 1)
        valued = operation(name, tokens, constant(None), none="value")
        twice = operation(name, tokens, where(indices == 0, None, tokens), none="value")
        trials = (trial(valued, [UNLIKE], [[equal, *others]]), trial(twice, [UNLIKE], [[equal] * len(UNLIKE)]))
        yield f"{name} by hand", trials, (name,)
        one = constant(1)
        skips = trial(operation(name, tokens, one, none="skip"), [[None, 1, 0]], [[None, equal, not equal]])
        fails = trial(
            operation(name, tokens, one, none="error"), [[1, True], [1, None]], [[equal] * 2, EvaluationError]
        )
        yield f"{name} skips", (skips,), (name,)
        yield f"{name} fails", (fails,), (name,)
    yield "is_none", (trial(tokens.is_none(), [UNLIKE, []], [[True] + [False] * 6, []]),), ("eq",)
    replaced = trial(tokens.or_else("-"), [[None, 0, "", None], []], [["-", 0, "", "-"], []])
    yield "or_else", (replaced,), ("where",)
    branches = trial(where(tokens == 1, None, tokens), [[1, 2, None], [True]], [[None, 2, None], [None]])
    condition = trial(where(tokens, "true", "false"), [[None, 1, 0]], [["false", "true", "false"]])
    yield "where", (branches, condition), ("where",)


def _tables() -> Iterator[_Row]:
    among = trial(tokens.has([None, 1]), [UNLIKE, [1, True]], [[True] + [False] * 6, [True, True]])
    others = trial(tokens.has([1, ""]), [[None, 1, ""]], [[False, True, True]])
    skips = trial(expression(SOp, "has", (tokens,), ((1, None), "skip")), [[None, 1, 0]], [[None, True, False]])
    yield "has", (among, others), ("has",)
    yield "has skips", (skips,), ("has",)
    table = expression(SOp, "lookup", (tokens,), ("other", (None, 0, ""), ("missing", None, 1)))
    absent = expression(SOp, "lookup", (tokens,), (None, (1, "a"), ("one", None)))
    trials = (
        trial(table, [UNLIKE], [["missing", None, "other", 1, "other", "other", "other"]]),
        trial(absent, [[1, "a", True, None]], [["one", None, None, None]]),
    )
    yield "lookup", trials, ("lookup",)


def _functions() -> Iterator[_Row]:
    refused = trial(tokens.map(_described), [["a", 1], ["a", None]], [["'a'", "1"], EvaluationError])
    skipped = trial(tokens.map(_unless_none, none="skip"), [[None, "a", None], [None]], [[None, "a", None], [None]])
    yield "map fails", (refused,), ("map",)
    yield "map skips, without a call", (skipped,), ("map",)
    returned = trial(tokens.map(_positive), [[1, -1, 0, 2], [-1]], [[1, None, None, 2], [None]])
    yield "map returns None", (returned,), ("map",)
    met = select(tokens, tokens, _both_missing).value(1)
    called = trial(met, [[None, 1, None], [1]], [[2, 0, 2], [0]])
    nothing = trial(select(tokens, indices, _nothing).value(1, "-"), ["ab"], [["-", "-"]])
    yield "a predicate is called with None, and returns it", (called, nothing), ("select.by",)


def _attention() -> Iterator[_Row]:
    given: list[Atom] = [None, "a", None, 0]
    yield "select.eq", (trial(SAME.value(1), [given, [None]], [[2, 1, 2, 1], [1]]),), ("select.eq",)
    differs = (key(tokens) != query(tokens)).value(1)
    yield "select.ne", (trial(differs, [given, [None]], [[2, 3, 2, 3], [0]]),), ("select.ne",)
    for name, count in (("select.eq", [1, 1]), ("select.ne", [1, 1])):
        strict = expression(Selector, name, (tokens, tokens), ("error",)).value(1)
        inputs: list[list[Atom]] = [["a", "b"], ["a", None], [None]]
        yield f"{name} fails", (trial(strict, inputs, [count, EvaluationError, EvaluationError]),), (name,)
    for name in ("lt", "le", "gt", "ge"):
        ordered = expression(Selector, f"select.{name}", (tokens, tokens)).value(1)
        refused = trial(ordered, [[1, None], [None], [2]], [EvaluationError, EvaluationError, None])
        yield f"select.{name} fails", (refused,), (f"select.{name}",)
    last = key(indices) == query(indices - 1)
    for name in ("sum", "mean", "best"):
        yield f"{name} default None", (*_defaults(name),), (name,)
        moved = trial(_aggregate(name, last, tokens, 5), [[None, 1, None, "a"]], [[5, None, 1, None]])
        itself = trial(_aggregate(name, ITSELF, tokens, 0), [[None, 1, "a"]], [[None, 1, "a"]])
        yield f"{name} of one selected None", (moved, itself), (name,)
    for name in ("sum", "mean"):
        several = [[None, 1], [1, None, 2], [None, None], ["a", None], [1, 2, 3, None], [None]]
        wanted = [*[EvaluationError] * 5, [None]]
        yield (
            f"{name} of several with None fails",
            (trial(_aggregate(name, EVERYTHING, tokens), several, wanted),),
            (name,),
        )
        so_far = trial(_aggregate(name, SO_FAR, tokens), [[None], [None, 1], [1, 1]], [[None], EvaluationError, None])
        present = EVERYTHING & (key(tokens) != query(constant(None)))
        guarded = trial(_aggregate(name, present, tokens, None), [[None, 2, None], [None]], [[2, 2, 2], [None]])
        yield f"{name} of what is not None", (so_far, guarded), (name,)
    fetched = trial(EVERYTHING.best(tokens, indices), [[1, None], [None, 1]], [[None, None], [1, 1]])
    yield "best fetches None", (fetched,), ("best",)
    for ties, at in (("left", 0), ("right", 2)):
        tied = EVERYTHING.best(indices, tokens, ties)
        scores = [[None, None, None], [None], [None, 1], [1, 2, None]]
        yield (
            f"best of None as scores, {ties}",
            (trial(tied, scores, [[at] * 3, [0], EvaluationError, EvaluationError]),),
            ("best",),
        )
    unselected = trial(BEFORE.best(tokens, tokens, default="-"), [[1, None], [None, 1]], [["-", 1], ["-", None]])
    yield "best of a single score None", (unselected,), ("best",)


def _aggregate(name: str, selector: Selector, value: SOp, default: Atom = 0) -> SOp:
    if name == "best":
        return selector.best(value, indices, default=default)
    return (selector.value if name == "sum" else selector.mean)(value, default)


def _defaults(name: str) -> Iterator[Trial]:
    yield trial(_aggregate(name, NOTHING, tokens, None), ["", "ab", [1, None]], [[], [None] * 2, [None] * 2])
    yield trial(_aggregate(name, BEFORE, indices + 1, None), ["", "a", "ab"], [[], [None], [None, 1]])


def _described(atom: Any) -> str:
    return repr(atom)


def _unless_none(atom: Any) -> Any:
    if atom is None:
        raise AssertionError("called with None")
    return atom


def _positive(atom: Any) -> Any:
    return atom if atom > 0 else None


def _both_missing(keyed: Any, queried: Any) -> bool:
    return keyed is None and queried is None


def _nothing(keyed: Any, queried: Any) -> None:
    return None
