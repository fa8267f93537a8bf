"""Inputs of all kinds, positions, constants and fixed sequences."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from raspir.frontends.python.embedded import indices, raw, tokens
from raspir.ir import Atom, EvaluationError
from raspir.testing.conformance.case import ATOMS, Case, kind_of, trial
from raspir.testing.maker import constant

GROUP = "sources"
CONSTANTS: tuple[Atom, ...] = (
    True, False, 0, -7, 2**53 + 1, 10**400, 0.0, -0.0, 0.1, -inf, "", "a", "long e\u0301", "a\0",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for kind, atoms in ATOMS.items():
        inputs = [[], list(atoms), tuple(atoms[:3]), list(atoms[:1])]
        unchanged = trial(tokens, inputs, map(list, inputs), layers=0)
        yield Case(GROUP, f"tokens {kind}", (unchanged,), ("input",), kind)
        fixed = trial(raw(atoms[:3]), ["abc", "ab", []], [list(atoms[:3]), EvaluationError, EvaluationError])
        yield Case(GROUP, f"raw {kind}", (fixed,), ("raw",), kind)
    yield Case(GROUP, "raw of nothing", (trial(raw([]), ["", "a"], [[], EvaluationError]),), ("raw",))
    text = trial(tokens, ["hello", "", "é\U0001f600e\u0301", "\0a\0"])
    yield Case(GROUP, "tokens of a str are its characters", (text,), ("input",), "str")
    surrogates = trial(tokens, [["\ud800", "\udfff\ud800"], "\ud800a"], [["\ud800", "\udfff\ud800"], ["\ud800", "a"]])
    yield Case(GROUP, "tokens with lone surrogates", (surrogates,), ("input",), "str")
    positions = trial(indices, ["", "a", "hello", [2.5, True]], [[], [0], [0, 1, 2, 3, 4], [0, 1]], layers=0)
    yield Case(GROUP, "indices", (positions,), ("indices",), "int")
    for atom in CONSTANTS:
        everywhere = trial(constant(atom), ["", "a", "abc"], [[], [atom], [atom] * 3], layers=0)
        yield Case(GROUP, f"constant {named(atom)}", (everywhere,), ("const",), kind_of([atom]))


def named(atom: Atom) -> str:
    """Format an atom for use in case names."""
    text = ascii(atom)
    return text if len(text) <= 30 else f"{text[:8]}... of {len(text)} characters"
