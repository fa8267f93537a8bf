"""Proof cases of the pass fold on missing values."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.ir import Node
from raspir.ir.types import ATOM, BOOL, INT, NONE, NUMBER, STR
from raspir.rewriting import algebra
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.rules import missing
from raspir.testing.proofs.cases.rules import Row
from raspir.testing.proofs.leaves import leaf, make, of_kinds
from raspir.testing.proofs.proving import Assumed, GuardMutation, ProofCase, always

X, Y, ANY = leaf("x", ATOM), leaf("y", ATOM), leaf("any", ATOM)
U, V = leaf("u", NUMBER | NONE), leaf("v", NUMBER | NONE)
NEVER_NONE = Row(missing.never_none)
SKIPPED = {
    **dict.fromkeys(("add", "sub", "truediv", "floordiv", "lt", "le", "gt", "ge"), NUMBER),
    "and": BOOL | INT, "or": BOOL, "eq": NUMBER | STR, "ne": NUMBER | STR,
}  # fmt: skip
"""The kinds of operands on which each binary operation is tried."""


def folded(analysis: Assumed, node: Node) -> Iterator[Node]:
    """Yield the result of all rules of the algebra, if one applies."""
    yield Algebra(analysis).fold(node)


def _cases() -> Iterator[ProofCase]:
    for name, kinds in SKIPPED.items():
        node = make(name, X, Y, none="skip")
        yield NEVER_NONE.case(f"x {name} y none=skip", node, of_kinds(X, "x", kinds), of_kinds(Y, "y", kinds))
    numbers = of_kinds(U, "u", NUMBER), of_kinds(V, "v", NUMBER)
    for name in ("mul", "mod"):
        yield NEVER_NONE.case(f"u {name} v none=skip", make(name, U, V, none="skip"), *numbers)
    for name in ("neg", "abs", "round", "not", "to_int", "to_float", "to_str", "to_bool"):
        kinds = BOOL | INT if name == "not" else NUMBER
        yield NEVER_NONE.case(f"{name} x none=skip", make(name, X, none="skip"), of_kinds(X, "x", kinds))
    some, text = of_kinds(X, "x", NUMBER | STR), of_kinds(Y, "y", STR)
    yield NEVER_NONE.case("x ** 2 none=skip", make("pow", X, 2, none="skip"), of_kinds(X, "x", NUMBER))
    yield NEVER_NONE.case('has(x, "a", None) none=skip', make("has", X, values=("a", None), none="skip"), some)
    yield NEVER_NONE.case("f(x, y) none=skip", make("map", X, Y, function="f", none="skip"), some, text)
    for name in ("eq", "ne"):
        # Where the program fails any result is right, so this holds without a condition, which only keeps the error.
        yield NEVER_NONE.case(f"x {name} y none=error", make(name, X, 3, none="error"), facts={X: some.facts[X]})
        node = make(f"select.{name}", X, 3, none="error")
        yield NEVER_NONE.case(f"key(x) {name} query(3) none=error", node, facts={X: some.facts[X]})


MUTATIONS = (
    GuardMutation(
        "no operand can be None", make("add", ANY, 1, none="skip"), [(missing, "_may_be_none", always(False))]
    ),
)
GATE = GuardMutation(
    "other rules apply only to an operation that does not skip None",
    make("eq", ANY, ANY, none="skip"),
    [(algebra, "has_default_none", always(True))],
)


def _gated() -> Iterator[ProofCase]:
    """Yield programs that the whole algebra simplifies, as no operand can be ``None``."""
    node = make("eq", X, X, none="skip")
    yield NEVER_NONE.case(
        "(x == x none=skip) = True", node, of_kinds(X, "x", NUMBER | STR), rewrite=folded, mutations=[GATE]
    )
    chosen = make("where", make("eq", X, None), 0, X)
    node = make("add", chosen, 1, none="skip")
    yield NEVER_NONE.case("or_else(x, 0) + 1 none=skip", node, rewrite=folded)


RULES = (NEVER_NONE.provable(*_cases(), *_gated(), mutations=MUTATIONS),)
