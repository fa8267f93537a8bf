"""Proof cases of the pass merge, run as a whole, and of the normal forms of selectors on which it relies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement, product
from unittest import mock

from raspir.analysis import Analysis
from raspir.ir import Graph, Node
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import ATOM, BOOL, INT, NUMBER, STR
from raspir.passes import merge
from raspir.passes.base import PassContext
from raspir.passes.merge import Merge
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.cases.rows import Case
from raspir.testing.proofs.leaves import (
    EVERYTHING,
    INDICES,
    LENGTH,
    leaf,
    make,
    of_kinds,
    select,
    some_selector,
    total,
    uniform,
    within,
)
from raspir.testing.proofs.proving import Assumed, Condition, GuardMutation, ProofCase, Provable, Rewrite, always

A, B, D = leaf("a", INT), leaf("b", INT), leaf("d", INT)
U, V, W = (leaf(name, NUMBER) for name in "uvw")
X, Y = leaf("x", ATOM), leaf("y", ATOM)
N, M = leaf("n", INT), leaf("m", INT)
TEST, OTHER = leaf("test", BOOL), leaf("other", BOOL)
S, T = some_selector("S", INDICES, INDICES), some_selector("T", INDICES, INDICES)


def merging(rule: str) -> Rewrite:
    """Return the result of the pass on a program if it applies the rule."""

    def rewrite(analysis: Assumed, node: Node) -> Iterator[Node]:
        context = PassContext()
        with mock.patch.object(Analysis, "of", return_value=analysis):
            merged = Merge().run(Graph({"result": node}), context)
        if any(remark.rule == rule for remark in context.remarks):
            yield merged.outputs["result"]

    return rewrite


def normal(analysis: Assumed, node: Node) -> Iterator[Node]:
    """Yield the selector rebuilt from its normal form."""
    formula = analysis[node].formula
    if formula is not None:
        yield Algebra(analysis).selector(formula)


def _schema(
    rule: str, text: str, node: Node, *conditions: Condition, unchecked: Sequence[GuardMutation] = ()
) -> ProofCase:
    return ProofCase(rule, text, node, merging(rule), conditions, tuple(unchecked))


def _and(a: Node, b: Node) -> Node:
    return make("selector.and", a, b)


def _or(a: Node, b: Node) -> Node:
    return make("selector.or", a, b)


def _not(a: Node) -> Node:
    return make("selector.not", a)


# Equal selectors

_EQUAL = "equal selectors"


def _equals() -> Iterator[ProofCase]:
    for text, one, other, *conditions in (
        ("a <= b and a < b + 1", select("le", A, B), select("lt", A, make("add", B, 1))),
        ("a > b and -a <= -b - 1", select("gt", A, B), select("le", make("neg", A), make("sub", make("neg", B), 1))),
        (
            "2 * a <= 2 * b + 1 and a <= b",
            select("le", make("mul", 2, A), make("add", make("mul", B, 2), 1)),
            select("le", A, B),
        ),
        (
            "a + d == b and a == b - d",
            select("eq", make("add", A, D), B),
            select("eq", A, make("sub", B, D)),
            uniform(D, "d"),
        ),
        ("s & t and t & s", _and(S, T), _and(T, S)),
        ("~(s | t) and ~s & ~t", _not(_or(S, T)), _and(_not(S), _not(T))),
        (
            "3 * k < 3 * i and k < i",
            select("lt", make("mul", INDICES, 3), make("mul", INDICES, 3)),
            select("lt", INDICES, INDICES),
        ),
        ("x == 'a' by a choice", select("eq", make("where", make("eq", X, "a"), 1, 0), 1), select("eq", X, "a")),
        ("x < w by a choice", select("eq", make("lt", U, W), True), select("lt", U, W), uniform(W, "w")),
    ):
        node = make("where", TEST, total(one, N), total(other, M))
        wrong = make("where", TEST, total(_and(S, T), N), total(_or(S, T), M))
        off = GuardMutation("that both select the same", wrong, [(merge, "_equality_key", always(frozenset()))])
        yield _schema(_EQUAL, text, node, *conditions, unchecked=[off])


# Comparisons

_COMPARISONS = "comparisons merge"


def _comparisons() -> Iterator[ProofCase]:
    for (one, two), join in product(combinations_with_replacement(COMPARISONS, 2), ("and", "or")):
        for kinds, key, query in (("integers", A, B), ("atoms", X, Y)):
            node = make(f"selector.{join}", select(one, key, query), select(two, key, query))
            yield ProofCase(_COMPARISONS, f"{one} {join} {two} of {kinds}", node, normal, most=3)
        node = make(f"selector.{join}", select(one, make("add", A, 1), B), select(two, A, make("add", B, 2)))
        yield ProofCase(_COMPARISONS, f"{one} {join} {two}, with offsets", node, normal, most=3)
    for text, node in (
        ("a <= b & a >= b is a == b", _and(select("le", A, B), select("ge", A, B))),
        ("a < b | a > b is a != b", _or(select("lt", A, B), select("gt", A, B))),
        ("x < y | x == y is x <= y", _or(select("lt", X, Y), select("eq", X, Y))),
        ("x <= y & x != y is x < y", _and(select("le", X, Y), select("ne", X, Y))),
    ):
        yield _schema(_COMPARISONS, text, total(node, D))


def _normal_forms() -> Iterator[ProofCase]:
    for text, node, *conditions in (*_of_integers(), *_of_choices(), *_of_all()):
        yield ProofCase(_COMPARISONS, text, node, normal, tuple(conditions))


def _of_integers() -> Iterator[Case]:
    d = uniform(D, "d")
    whole = [of_kinds(U, "u", INT | BOOL), of_kinds(V, "v", INT | BOOL)]
    for name in COMPARISONS:
        yield f"a + 2 {name} b - 3", select(name, make("add", A, 2), make("sub", B, 3))
        yield f"a + d {name} b", select(name, make("add", A, D), B), d
        yield f"2 * d - a {name} b", select(name, make("sub", make("mul", 2, D), A), B), d
        yield f"2 * a {name} 4 * b + 1", select(name, make("mul", 2, A), make("add", make("mul", B, 4), 1))
        yield f"-3 * a {name} 6 * b", select(name, make("neg", make("mul", 3, A)), make("mul", B, 6))
        yield f"u + 1 {name} v + 1", select(name, make("add", U, 1), make("add", V, 1)), *whole
        yield f"d {name} b", select(name, D, B), d
        yield f"2 * test {name} 1", select(name, make("mul", 2, TEST), 1)
        yield f"2 * k {name} 2 * i", select(name, make("mul", 2, INDICES), make("mul", 2, INDICES))
        yield f"d - k {name} d - i", select(name, make("sub", D, INDICES), make("sub", D, INDICES)), d
        yield f"~(a {name} b & test == 1)", _not(_and(select(name, A, B), select("eq", TEST, 1)))
    band = _and(select("ge", A, make("sub", B, 1)), select("le", A, make("add", B, 2)))
    yield "not b - 1 <= a <= b + 2", _not(band)
    yield "a != b & a != b + 2", _and(select("ne", A, B), select("ne", A, make("add", B, 2)))
    yield (
        "k > i - length & k <= i",
        _and(select("gt", make("add", INDICES, LENGTH), INDICES), select("le", INDICES, INDICES)),
    )
    yield "a <= b & a <= d", _and(select("le", A, B), select("le", A, D)), within(B, "b", 0, 2), within(D, "d", 3, 5)


def _of_choices() -> Iterator[Case]:
    for name in COMPARISONS:
        yield f"where(test, a, 3) {name} 5", select(name, make("where", TEST, A, 3), 5)
        yield f"where(test, a, 3) {name} b", select(name, make("where", TEST, A, 3), B), within(B, "b", 4, 6)
        yield f"where(x, a, b) {name} 2", select(name, make("where", X, A, B), 2)
        needed = [of_kinds(X, "x", NUMBER)] if name not in ("eq", "ne") else []
        yield f"where(test, 1, x) {name} 3", select(name, make("where", TEST, 1, X), 3), *needed
        yield f"(a {name} d) == True", select("eq", make(name, A, D), True), uniform(D, "d")
        yield f"(d {name} a) != True", select("ne", make(name, D, A), True), uniform(D, "d")
        yield f"(x {name} y) == True", select("eq", make(name, X, Y), True), uniform(Y, "y")
        yield f"(y {name} x) == True", select("eq", make(name, Y, X), True), uniform(Y, "y")
        yield f"(a + d {name} b) == True", select("eq", make(name, make("add", A, D), B), True), uniform(D, "d")
    for name in ("eq", "ne"):
        yield f"where(test, 'a', 'b') {name} 'a'", select(name, make("where", TEST, "a", "b"), "a")
        yield f"where(test, 'a', x) {name} y", select(name, make("where", TEST, 1, X), Y), of_kinds(Y, "y", STR)
        logic = make(
            "or", make("and", make("lt", A, 3), TEST), make("not", make("where", TEST, OTHER, make("eq", X, "a")))
        )
        yield f"logic {name} True", select(name, logic, True)
    yield "where(x, 1, 0) == 1", select("eq", make("where", X, 1, 0), 1)
    yield "where(x, where(y, 1, 2), 2) > 1", select("gt", make("where", X, make("where", Y, 1, 2), 2), 1)


def _of_all() -> Iterator[Case]:
    low, equal = select("le", A, B), select("eq", X, "a")
    yield "(s & a <= b) | (~s & a <= b)", _or(_and(S, low), _and(_not(S), low))
    yield "~(s & t | x == 'a')", _not(_or(_and(S, T), equal))
    yield "(s | t) & (s | ~t)", _and(_or(S, T), _or(S, _not(T)))
    yield "s | s & t", _or(S, _and(S, T))
    yield "x == 'a' & x == 'b' | s", _or(_and(equal, select("eq", X, "b")), S)
    for name in COMPARISONS:
        yield f"~(x {name} y) | s", _or(_not(select(name, X, Y)), S)
        yield f"x {name} 'a' & x != 'a'", _and(select(name, X, "a"), select("ne", X, "a"))


# Sums

_LINEAR, _UNITE, _SUBTRACT = "sums are linear", "disjoint selectors unite", "contained selectors subtract"


def _integers() -> list[Condition]:
    return [of_kinds(U, "u", INT), of_kinds(V, "v", INT)]


def _default_off(node: Node) -> GuardMutation:
    return GuardMutation("a default of 0", node, [(merge, "is_zero", always(True))])


def _linear() -> Iterator[ProofCase]:
    off = _default_off(make("add", total(S, U, 1), total(S, V, 1)))
    twice = make("mul", 2, total(S, U))
    for text, node in (
        ("sum(s, u) + sum(s, v)", make("add", total(S, U), total(S, V))),
        ("sum(s, u) - sum(s, v)", make("sub", total(S, U), total(S, V))),
        ("2 * sum(s, u) + (3 - sum(s, v))", make("add", twice, make("sub", 3, total(S, V)))),
    ):
        yield _schema(_LINEAR, text, node, *_integers(), unchecked=[off])


def _united() -> Iterator[ProofCase]:
    below, above = total(select("lt", A, B), D), total(select("gt", A, B), D)
    checks = [
        _default_off(make("add", total(select("lt", A, B), D, 1), total(select("gt", A, B), D, 1))),
        GuardMutation(
            "that no position is selected by both",
            make("add", total(S, D), total(T, D)),
            [(Analysis, "are_disjoint", always(True))],
        ),
        GuardMutation(
            "equal factors",
            make("add", below, make("mul", 2, above)),
            [(merge, "_have_same_coefficient", always(True))],
        ),
        GuardMutation(
            "one value",
            make("add", below, total(select("gt", A, B), A)),
            [(merge, "_have_same_value", always(True))],
        ),
    ]
    for text, a, b in (
        ("a < b and a > b", select("lt", A, B), select("gt", A, B)),
        ("x == 'a' and x == 'b'", select("eq", X, "a"), select("eq", X, "b")),
        ("a == b and a + 1 <= b", select("eq", A, B), select("le", make("add", A, 1), B)),
    ):
        yield _schema(_UNITE, f"sums over {text}", make("add", total(a, D), total(b, D)), unchecked=checks)
    twice = make("sub", 1, make("mul", 2, total(select("ge", A, B), D)))
    node = make("sub", twice, make("mul", 2, below))
    yield _schema(_UNITE, "1 - 2 * a sum - 2 * another", node, unchecked=checks)
    for value, conditions, least in ((D, (), 0), (U, (of_kinds(U, "u", INT),), 3)):  # two floats add up either way
        node = make("add", total(_and(S, T), value), total(_and(S, _not(T)), value))
        schema = _schema(_UNITE, "sums over s & t and s & ~t", node, *conditions, unchecked=checks)
        yield replace(schema, least=least)


def _subtracted() -> Iterator[ProofCase]:
    checks = [
        _default_off(make("sub", total(select("le", A, B), D, 1), total(select("eq", A, B), D, 1))),
        GuardMutation(
            "that the one contains the other",
            make("sub", total(S, D), total(T, D)),
            [(Analysis, "contains", always(True))],
        ),
    ]
    for text, a, b in (
        ("a <= b and a == b", select("le", A, B), select("eq", A, B)),
        ("x <= y and x < y", select("le", X, Y), select("lt", X, Y)),
        ("s and s & t", S, _and(S, T)),
    ):
        yield _schema(_SUBTRACT, f"sums over {text}", make("sub", total(a, D), total(b, D)), unchecked=checks)
    node = make("add", make("neg", total(select("eq", A, B), D)), total(select("ge", A, B), D))
    yield _schema(_SUBTRACT, "less the one over a part comes first", node, unchecked=checks)
    node = make("sub", total(EVERYTHING, U), total(S, U))
    yield _schema(_SUBTRACT, "sums over everything and s", node, of_kinds(U, "u", INT), unchecked=checks)


RULES: tuple[Provable, ...] = (
    Provable("merge", _EQUAL, "selectors that select the same are one", tuple(_equals())),
    Provable(
        "merge", _COMPARISONS, "comparisons of one key and one query are one condition: a <= b & a >= b is a == b",
        (*_comparisons(), *_normal_forms()),
    ),
    Provable("merge", _LINEAR, "sum(s, u) + sum(s, v) = sum(s, u + v) for integers", tuple(_linear())),
    Provable("merge", _UNITE, "sum(s, u) + sum(t, u) = sum(s | t, u) for disjoint s and t", tuple(_united())),
    Provable("merge", _SUBTRACT, "sum(s, u) - sum(t, u) = sum(s & ~t, u) for a t within s", tuple(_subtracted())),
)  # fmt: skip
