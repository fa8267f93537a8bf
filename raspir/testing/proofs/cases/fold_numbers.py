"""Proof cases of the pass fold on numbers, constants and tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from raspir.analysis import facts
from raspir.ir.types import ATOM, BOOL, INT, NONE, NUMBER, STR
from raspir.rewriting.rules import numbers
from raspir.testing.proofs.cases.rules import Row
from raspir.testing.proofs.leaves import INDICES, among, leaf, make, of_kinds, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, ProofCase, always

U, V, W = (leaf(name, NUMBER) for name in "uvw")
A, B = leaf("a", INT), leaf("b", INT)
X, Y = leaf("x", ATOM), leaf("y", ATOM)
S = some_selector("S", INDICES, INDICES)

# Constants

_CONSTANT = Row(numbers.constant)


def _constants() -> Iterator[ProofCase]:
    """Yield a program for each operation that provably yields one atom."""
    u, v = among(U, "u", (1, -1)), among(V, "v", (2, 3))
    skips = GuardMutation(
        "the comparison does not skip None",
        make("eq", leaf("w", NUMBER | NONE), "a", none="skip"),
        [(facts, "is_equality", always(True))],
    )
    apart = (among(U, "u", (1, 2)), among(V, "v", (3, True)))
    for text, node, *conditions in (
        ("u + v = 5", make("add", U, V), among(U, "u", (2,)), among(V, "v", (3,))),
        ("u - v = -1", make("sub", U, V), among(U, "u", (2,)), among(V, "v", (3,))),
        ("-u = -2", make("neg", U), among(U, "u", (2,))),
        ("abs(u) = 1", make("abs", U), u),
        ("u * 0 = 0", make("mul", U, 0), of_kinds(U, "u", INT | BOOL)),
        ("u % 1 = 0", make("mod", U, 1), of_kinds(U, "u", INT | BOOL)),
        ("u // v = 0", make("floordiv", U, V), among(U, "u", (0, 1)), v),
        ("u ** 2 = 1", make("pow", U, 2), u),
        ("round(u) = 1", make("round", U), among(U, "u", (0.75, 1, 1.25))),
        ("has(x) = True", make("has", X, values=("a", 1)), among(X, "x", ("a", True, 1.0))),
        ("u != v", make("ne", U, V), *apart[:1], among(V, "v", (3, 4))),
        ("u < v", make("lt", U, V), *apart[:1], among(V, "v", (3, 4))),
        ("where(x, u, 1) = 1", make("where", X, U, 1), among(U, "u", (1,))),
        ("~u = False", make("not", U), among(U, "u", (True,))),
        ("u & v = False", make("and", U, V), among(U, "u", (False,)), among(V, "v", (True, False))),
        ("table(x) = 7", make("lookup", X, keys=("a", "b"), values=(7, 7), otherwise=8), among(X, "x", ("a", "b"))),
        ("sum over one = 1", total(select("eq", INDICES, A), U, 1), among(U, "u", (1,))),
        ("best = 1", make("best", S, U, V, pick="highest", ties="left", default=1), among(U, "u", (1,))),
        ("x == None is False", make("eq", X, None), of_kinds(X, "x", NUMBER | STR)),
        ("x != y of other kinds", make("ne", X, Y), of_kinds(X, "x", NUMBER), of_kinds(Y, "y", STR | NONE)),
        ("u + v = None", make("add", X, V, none="skip"), among(X, "x", (None,))),
        ("f(x, u) = None", make("map", X, U, function="f", none="skip"), of_kinds(X, "x", NONE)),
        ("x < y = None", make("lt", X, Y, none="skip"), among(X, "x", (None, 1)), among(Y, "y", (None, "a"))),
        ("has(x) = True", make("has", X, values=(None, "a")), among(X, "x", (None, "a"))),
        ("or_else(x, 1) = 1", make("where", make("eq", X, None), 1, X), among(X, "x", (None, 1))),
        ("where(x != None, x, 1) = 1", make("where", make("ne", X, None), X, 1), among(X, "x", (1, None))),
        ("where(~(x == 2), x, 1) = 1", make("where", make("not", make("eq", X, 2)), X, 1), among(X, "x", (1, 2, 2.0))),
        ("mean over one = None", make("mean", select("eq", INDICES, A), X, default=None), among(X, "x", (None,))),
    ):
        yield _CONSTANT.case(text, node, *conditions, mutations=[skips] if "x == None" in text else ())
    yield _CONSTANT.case("6 / 4 = 1.5", make("truediv", 6, 4))


# Tables

_TABLE, _IDENTITY = Row(numbers.table), Row(numbers.identity_table)


def _tables() -> Iterator[ProofCase]:
    for text, vocab, held, function in (
        ("of strings", ("a", "b", "c"), ("a", "b"), lambda atom: atom + "!"),
        ("of atoms of several kinds", (1, True, 1.0, "1"), (1, True, 1.0), repr),
    ):
        x = leaf("x", ATOM, vocab)
        yield _TABLE.case(
            f"a function {text} is its table",
            make("map", x, function="f"),
            among(x, "x", held),
            functions={"f": function},
        )
    x = leaf("x", ATOM, ("a", "bb", "ccc"))
    fetched = make("best", S, x, U, pick="highest", ties="left", default=0)
    yield _TABLE.case(
        "a function that fails on the default of an aggregate is its table",
        make("map", fetched, function="f"),
        among(x, "x", ("a", "bb")),
        functions={"f": len},
    )


def _identities() -> Iterator[ProofCase]:
    table = {"keys": ("a", 1, True), "values": ("a", 1, True), "otherwise": 0}
    yield _IDENTITY.case("lookup(x) = x", make("lookup", X, **table), among(X, "x", ("a", 1, True)))
    x = leaf("x", ATOM, ("a", 1, True))
    changed = make("lookup", x, **{**table, "values": ("a", True, 1)})
    identical = (numbers, "_are_identical", always(True))
    off = GuardMutation("each key equals its value, in kind too", changed, [identical])
    yield _IDENTITY.case("lookup(x) = x of a vocabulary", make("lookup", x, **table), mutations=[off])


def _joint_tables() -> Iterator[ProofCase]:
    """Yield functions of several values, and functions of values some of which are missing."""
    x, y = leaf("x", ATOM, ("a", "b", "c")), leaf("y", ATOM, (None, 1, True, 2))
    table = make("lookup", x, keys=("a", "b"), values=(1, 2), otherwise=3)
    xs, ys = among(x, "x", ("a", "b")), among(y, "y", (None, 1, True))
    for text, node, function, *conditions in (
        ("of two values", make("map", x, y, function="f"), lambda a, b: f"{a}{b}", xs, among(y, "y", (1, True))),
        ("that skips None", make("map", x, y, function="f", none="skip"), lambda a, b: a * b, xs, ys),
        ("of one value that skips None", make("map", y, function="f", none="skip"), repr, ys),
        ("of two values and a constant", make("map", x, 3, y, function="f", none="skip"), lambda a, b, c: (b, c)[c > 1],
         xs, ys),
        ("of one value and its table", make("map", x, table, x, function="f"), lambda a, b, c: a * b + c, xs),
    ):  # fmt: skip
        yield _TABLE.case(f"a function {text} is its table", node, *conditions, functions={"f": function})


# Sums

_SUM = Row(numbers.sum_)


def _sums() -> Iterator[ProofCase]:
    whole = [of_kinds(node, name, INT | BOOL) for node, name in ((U, "u"), (V, "v"), (W, "w"))]
    integers = [of_kinds(node, name, INT) for node, name in ((U, "u"), (V, "v"), (W, "w"))]
    one, chosen = make("add", U, 1), make("where", make("eq", X, None), 0, X)
    cases: tuple[tuple[Any, ...], ...] = (
        ("u + 1 - 1 = u", make("sub", one, 1), integers[0]),
        ("u + 1 - 1 = u + 0 where u may be a boolean", make("sub", one, 1), whole[0]),
        ("(u + v) - u = v", make("sub", make("add", U, V), U), *integers[:2]),
        ("u - (u - v) = v + 0", make("sub", U, make("sub", U, V)), *whole[:2]),
        ("2 * u + 2 * u = 4 * u", make("add", make("mul", 2, U), make("mul", U, 2)), whole[0]),
        ("-(v - u) + v = u + 0", make("add", make("neg", make("sub", V, U)), V), *whole[:2]),
        ("(u + v) + (w - v) + 2 - u = w + 2",
         make("sub", make("add", make("add", make("add", U, V), make("sub", W, V)), 2), U), *integers),
        ("i + 1 - 1 = i", make("sub", make("add", INDICES, 1), 1)),
        ("or_else(x, 0) + 1 - 1 = or_else(x, 0)", make("sub", make("add", chosen, 1), 1), of_kinds(X, "x", INT | NONE)),
    )  # fmt: skip
    for text, node, *conditions in cases:
        yield _SUM.case(text, node, *conditions)


# Products

_MASKED, _POWER, _UNIT = Row(numbers.masked), Row(numbers.power), Row(numbers.unit)
_IS_INTEGER = (numbers, "is_integer", always(True))


def _masks() -> Iterator[ProofCase]:
    for text, node in (("u * v", make("mul", U, V)), ("v * u", make("mul", V, U))):
        for kinds in (INT, INT | BOOL):
            yield _MASKED.case(
                f"{text} = where(v, u, 0) for {kinds}", node, of_kinds(U, "u", kinds), of_kinds(V, "v", BOOL)
            )


def _powers() -> Iterator[ProofCase]:
    whole = of_kinds(U, "u", INT)
    for exponent, node, *conditions in ((2, A), (3, U, whole)):
        off = GuardMutation("the exponent is an integer", make("pow", node, float(exponent)), [_IS_INTEGER])
        text = f"an integer to the power {exponent} is a product"
        yield _POWER.case(text, make("pow", node, exponent), *conditions, mutations=[off])


def _units() -> Iterator[ProofCase]:
    yield _UNIT.case("u // v = u", make("floordiv", U, V), of_kinds(U, "u", INT), among(V, "v", (1,)))
    for name in ("floordiv", "pow"):
        off = GuardMutation("the one is an integer", make(name, U, 1.0), [_IS_INTEGER])
        yield _UNIT.case(f"u {name} 1 = u", make(name, U, 1), of_kinds(U, "u", INT), mutations=[off])


RULES = (
    _CONSTANT.provable(*_constants()),
    _TABLE.provable(*_tables(), *_joint_tables()),
    _IDENTITY.provable(*_identities()),
    _SUM.provable(*_sums()),
    _MASKED.provable(*_masks()),
    _POWER.provable(*_powers()),
    _UNIT.provable(*_units()),
)
