"""Operators, each on every kind of atom that it accepts and on atoms that it rejects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import inf
from typing import Any

from raspir.frontends.expressions import expression
from raspir.frontends.python.embedded import SOp, indices, tokens
from raspir.ir import Atom
from raspir.ir.evaluation import EVALUATORS, checked
from raspir.ir.operations import COMPARISONS, OPERATIONS
from raspir.ir.types import ATOM, type_of, union
from raspir.testing.conformance.case import ATOMS, Case, Trial, trial
from raspir.testing.maker import constant

GROUP, ORDER, UNARY = "operators", "comparisons", "unary operators"
ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
LOGIC = ("and", "or")
BESIDE: dict[str, tuple[Atom, ...]] = {
    "bool": (True, False),
    "int": (3, -2, 0, 2**53),
    "float": (0.5, -0.0, 2.0**53, inf),
    "str": ("b", "", "é"),
}
"""The other operand of each operator."""

BY_HAND: dict[str, list[tuple[Atom, Atom, Atom]]] = {
    "add": [(1, 2, 3), (True, True, 2), (1, 0.5, 1.5), ("a", "b", "ab"), (2**53, 1, 2**53 + 1), (True, 1.0, 2.0)],
    "sub": [(1, 2, -1), (True, True, 0), (0.5, 1, -0.5), (-(2**63), 1, -(2**63) - 1), (0.0, 0.0, 0.0)],
    "mul": [(3, -2, -6), (True, True, 1), ("ab", 2, "abab"), (2, "ab", "abab"), (2**40, 2**40, 2**80), (0, -1.0, -0.0)],
    "truediv": [(1, 2, 0.5), (4, 2, 2.0), (True, True, 1.0), (-1, 4, -0.25), (10**400, 10**400, 1.0)],
    "floordiv": [(-7, 2, -4), (7.0, 2, 3.0), (7, -2, -4), (True, 1, 1), (-(2**64) - 1, 2, -(2**63) - 1)],
    "mod": [(-7, 3, 2), (7, -3, -2), (-7.5, 2, 0.5), ("<%s>", "a", "<a>"), (True, 2, 1), (2**64 + 5, 2**64, 5)],
    "pow": [(2, 10, 1024), (2, -1, 0.5), (0, 0, 1), (2.0, 3, 8.0), (2, 70, 2**70), (True, 2, 1)],
    "eq": [(1, True, True), (1, 1.0, True), ("1", 1, False), (0.0, -0.0, True), (2**53 + 1, 2.0**53, False)],
    "ne": [(1, True, False), ("a", "a", False), ("a", 0, True), (2**64, 2**64 + 1, True), (False, "", True)],
    "lt": [(1, 2, True), (2, 2, False), ("B", "a", True), (2**53, 2.0**53, False), (2.0**53, 2**53 + 1, True)],
    "le": [(2, 2, True), (True, 1, True), ("ab", "b", True), (-inf, -(10**400), True), (0.0, -0.0, True)],
    "gt": [(2, 1, True), (2, 2, False), ("", "a", False), (10**400, 1e308, True), (True, False, True)],
    "ge": [(2, 2, True), (1, 1.5, False), ("a", "a", True), (inf, 10**400, True), (-0.0, 0.0, True)],
    "and": [(True, True, True), (True, False, False), (6, 3, 2), (True, 3, 1), (-1, 2**70, 2**70)],
    "or": [(False, False, False), (False, True, True), (6, 3, 7), (True, 2, 3), (-(2**70), 1, -(2**70) + 1)],
}
"""Pairs of operands with hand-written results."""

ALONE: dict[str, list[tuple[Atom, Atom]]] = {
    "neg": [(1, -1), (True, -1), (0.0, -0.0), (-(2**63), 2**63), (inf, -inf)],
    "abs": [(-1, 1), (True, 1), (-0.0, 0.0), (-(2**63), 2**63), (-0.5, 0.5)],
    "round": [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (1e22, 10**22), (True, 1), (7, 7), (-1.5, -2)],
    "not": [(True, False), (False, True), (0, -1), (5, -6), (2**70, -(2**70) - 1)],
}
"""Operands of unary operators with hand-written results."""


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for name in (*ARITHMETIC, *COMPARISONS, *LOGIC):
        group = ORDER if name in COMPARISONS else GROUP
        for left in BESIDE:
            for right in BESIDE:
                kind = left if left == right else "mixed"
                trials = tuple(_binary(name, left, right))
                if trials:
                    yield Case(group, f"{name} {left} {right}", trials, (name,), kind)
        yield Case(group, f"{name} by hand", tuple(_by_hand(name)), (name,))
        sequences = [expression(SOp, name, pair) for pair in ((tokens, indices), (indices, tokens), (tokens, tokens))]
        small = [[3, 1, 2], [1], [], [2, 2, 2, 2]]
        yield Case(group, f"{name} of two sequences", tuple(trial(each, small) for each in sequences), (name,), "int")
    for name in ALONE:
        for kind, atoms in ATOMS.items():
            alone = expression(SOp, name, (tokens,))
            inputs = _inputs(atoms, EVALUATORS[name])
            # The table of operations omits kinds on which the operator always fails.
            about = (name,) if OPERATIONS[name].infer((union(map(type_of, atoms)),), ()) else ()
            yield Case(UNARY, f"{name} {kind}", (trial(alone, inputs),), about, kind)
        given, wanted = zip(*ALONE[name], strict=True)
        yield Case(UNARY, f"{name} by hand", (trial(alone, [list(given), []], [list(wanted), []]),), (name,))


def _binary(name: str, left: str, right: str) -> Iterator[Trial]:
    """Yield the operator with a constant on either side, unless it always fails, which building it rejects."""
    meaning, infer = EVALUATORS[name], OPERATIONS[name].infer
    for atom in _manageable(name, BESIDE[right]):
        if infer((ATOM, type_of(atom)), ()):
            inputs = _inputs(_manageable(name, ATOMS[left]), partial(_swapped, meaning, atom))
            yield trial(expression(SOp, name, (tokens, constant(atom))), inputs)
    for atom in _manageable(name, BESIDE[left]):
        if infer((type_of(atom), ATOM), ()):
            inputs = _inputs(_manageable(name, ATOMS[right]), partial(meaning, atom))
            yield trial(expression(SOp, name, (constant(atom), tokens)), inputs)


def _manageable(name: str, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Return the atoms for which the operator's results stay of moderate size."""
    if name in ("mul", "pow"):
        return tuple(atom for atom in atoms if type(atom) is not int or abs(atom) < 100)
    return atoms


def _inputs(atoms: tuple[Atom, ...], function: Callable[[Atom], Any]) -> list[list[Atom]]:
    """Return inputs for an operator: one of accepted atoms, and some with a rejected atom in the middle."""
    good, bad = [], []
    for atom in atoms:
        try:
            checked(function(atom))
        except Exception:  # operators raise various errors
            bad.append(atom)
        else:
            good.append(atom)
    return [good, *([*good[:2], atom, *good[:1]] for atom in bad[:2])]


def _swapped(meaning: Callable[..., Any], right: Atom, left: Atom) -> Any:
    return meaning(left, right)


def _by_hand(name: str) -> Iterator[Trial]:
    for left, right, result in BY_HAND[name]:
        yield trial(
            expression(SOp, name, (tokens, constant(right))), [[left], [left, left]], [[result], [result, result]]
        )
        yield trial(expression(SOp, name, (constant(left), tokens)), [[right]], [[result]])
