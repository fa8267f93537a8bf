"""Selectors: comparisons on all kinds of atoms, opaque predicates, and selector algebra."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import Selector, indices, key, query, select, tokens
from raspir.ir import Atom, EvaluationError
from raspir.ir.operations import COMPARISONS
from raspir.testing.conformance.case import ATOMS, Case, Trial, trial
from raspir.testing.conformance.features.common import AFTER, BEFORE, EVERYTHING, NOTHING, SAME
from raspir.testing.maker import constant

GROUP, ALGEBRA = "selectors", "selector algebra"
ORDERED_MIX: tuple[Atom, ...] = (1, True, 1.0, 0, False, 0.0, -0.0, 0.5, 2**53 + 1, 2.0**53, -(10**400))
LENGTHS = ("", "a", "ab", "hello")
CAUSAL: dict[str, list[list[int]]] = {
    "eq": [[0], [1], [2], [3]],
    "ne": [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]],
    "lt": [[], [0], [0, 1], [0, 1, 2]],
    "le": [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]],
    "gt": [[1, 2, 3], [2, 3], [3], []],
    "ge": [[0, 1, 2, 3], [1, 2, 3], [2, 3], [3]],
}
"""The keys that each of four queries selects in position comparisons, written by hand."""


def compared(name: str, keys: Any, queries: Any) -> Selector:
    """Return the selector of a comparison."""
    return expression(Selector, f"select.{name}", (keys, queries))


def seen(selector: Selector, inputs: Any) -> Iterator[Trial]:
    """Yield trials that expose a selector's matrix: the number of selected keys in each row, and which."""
    yield trial(selector.value(1), inputs)
    yield trial(selector.value(indices, -1), inputs)


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name in COMPARISONS:
        yield from _comparison(name)
    yield from _opaque()
    yield from _algebra()


def _comparison(name: str) -> Iterator[Case]:
    about = (f"select.{name}",)
    for kind, atoms in ATOMS.items():
        held = ORDERED_MIX if kind == "mixed" and name not in ("eq", "ne") else atoms
        inputs = [list(held), list(held[::-2]), list(held[:1]), []]
        trials = list(seen(compared(name, tokens, tokens), inputs))
        for atom in held[:2]:
            trials += seen(compared(name, tokens, constant(atom)), inputs)
            trials += seen(compared(name, constant(atom), tokens), inputs)
        yield Case(GROUP, f"{name} {kind}", tuple(trials), about, kind)
    rows = CAUSAL[name]
    positions = compared(name, indices, indices)
    alone = 1 if name in ("eq", "le", "ge") else 0
    counts = trial(positions.value(1), ["", "a", "abcd"], [[], [alone], list(map(len, rows))])
    sums = trial(positions.value(indices, -1), ["abcd"], [[sum(row) if row else -1 for row in rows]])
    yield Case(GROUP, f"{name} of positions by hand", (counts, sums), about, "int")
    yield Case(
        GROUP, f"{name} with the query on the left", tuple(seen(_mirrored(name), [[2, 0, 1], [1, 1], []])), about
    )
    fails = trial(compared(name, tokens, constant("a")).value(1), [["b", 1], ["b", "a"]])
    yield Case(GROUP, f"{name} of a str and a number", (fails,), about)


def _mirrored(name: str) -> Selector:
    left, right = query(tokens), key(indices)
    mirrored: dict[str, Callable[[], Selector]] = {
        "eq": lambda: left == right,
        "ne": lambda: left != right,
        "lt": lambda: left < right,
        "le": lambda: left <= right,
        "gt": lambda: left > right,
        "ge": lambda: left >= right,
    }
    return mirrored[name]()


def _opaque() -> Iterator[Case]:
    for kind, atoms in ATOMS.items():
        inputs = [list(atoms), list(atoms[:1]), []]
        yield Case(
            GROUP, f"predicate {kind}", tuple(seen(select(tokens, tokens, _longer), inputs)), ("select.by",), kind
        )
    sides = trial(select(tokens, indices, _key_first).value(1), [[2, 0, 0]], [[2, 2, 3]])
    truth = trial(select(tokens, tokens, _truthy).value(1), [["", "a", "b"]], [[0, 2, 2]])
    yield Case(GROUP, "predicate of key and query, in this order", (sides,), ("select.by",), "int")
    yield Case(GROUP, "predicate follows Python's truth values", (truth,), ("select.by",), "str")
    fails = trial(select(tokens, tokens, _dividing).value(1), [[1, 0], [1, 2], []], [EvaluationError, [2, 1], []])
    yield Case(GROUP, "predicate that fails", (fails,), ("select.by",), "int")


def _algebra() -> Iterator[Case]:
    inputs = [*LENGTHS, "abcabca", [1, True, "1", 1.0]]
    combined: dict[str, tuple[Selector, tuple[str, ...]]] = {
        "and": (SAME & BEFORE, ("selector.and",)),
        "or": (SAME | BEFORE, ("selector.or",)),
        "not": (~SAME, ("selector.not",)),
        "not of a causal mask": (~BEFORE, ("selector.not",)),
        "and of three": (~SAME & BEFORE & (key(tokens) != query("a")), ("selector.and",)),
        "or of three": (SAME | BEFORE | AFTER, ("selector.or",)),
        "either but not both": ((SAME & ~BEFORE) | (~SAME & BEFORE), ()),
        "de Morgan": (~(~SAME | ~BEFORE), ()),
        "everything and nothing": (EVERYTHING & NOTHING, ()),
        "everything or nothing": (EVERYTHING | NOTHING, ()),
        "not of everything": (~EVERYTHING, ()),
        "a window": ((key(indices) >= query(indices - 2)) & (key(indices) <= query(indices + 1)), ()),
        "a window with a hole": ((key(indices) >= query(indices - 2)) & (key(indices) != query(indices)), ()),
        "not twice": (~~SAME, ()),
        "keys alone": (key(tokens) == query("a"), ()),
        "queries alone": (key("a") == query(tokens), ()),
        "of two comparisons on other keys": ((key(tokens) == query("a")) | (key(indices) >= query(2)), ()),
    }
    for name, (selector, about) in combined.items():
        yield Case(ALGEBRA, name, tuple(seen(selector, inputs)), about, "mixed")
    hand = {
        "and by hand": (SAME & BEFORE, "selector.and", [0, 0, 1, 0, 2, 1, 3]),
        "or by hand": (SAME | BEFORE, "selector.or", [4, 3, 5, 4, 6, 6, 7]),
        "not by hand": (~SAME, "selector.not", [3, 5, 3, 6, 3, 5, 3]),
    }
    for name, (selector, operation, wanted) in hand.items():
        yield Case(ALGEBRA, name, (trial(selector.value(1), ["abacaba", ""], [wanted, []]),), (operation,))


def _longer(keyed: Any, queried: Any) -> bool:
    return len(repr(keyed)) > len(repr(queried)) or repr(keyed) == repr(queried)


def _key_first(keyed: Any, queried: Any) -> bool:
    return bool(keyed <= queried)


def _truthy(keyed: Any, queried: Any) -> Any:
    return queried and keyed


def _dividing(keyed: Any, queried: Any) -> bool:
    return bool(keyed % queried == 0)
