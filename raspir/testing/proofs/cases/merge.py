"""Proof cases of the pass merge, run as a whole, and of the normal forms of selectors on which it relies."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from typing import Any

from raspir.analysis import Analysis
from raspir.analysis.forms import Forms
from raspir.ir import Node
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import ATOM, BOOL, INT, NONE, NUMBER, STR
from raspir.passes import masking, merge
from raspir.passes.merge import Merge
from raspir.rewriting import joins
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.cases.programs import both, either, mean
from raspir.testing.proofs.cases.rules import WholePass
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
from raspir.testing.proofs.proving import Assumed, GuardMutation, ProofCase, always

A, B, D = leaf("a", INT), leaf("b", INT), leaf("d", INT)
U, V, W = (leaf(name, NUMBER) for name in "uvw")
X, Y = leaf("x", ATOM), leaf("y", ATOM)
N, M = leaf("n", INT), leaf("m", INT)
TEST, OTHER = leaf("test", BOOL), leaf("other", BOOL)
PERHAPS = leaf("perhaps", INT | NONE)
S, T = some_selector("S", INDICES, INDICES), some_selector("T", INDICES, INDICES)


def normal(analysis: Assumed, node: Node) -> Iterator[Node]:
    """Yield the selector rebuilt from its normal form."""
    formula = analysis[node].formula
    if formula is not None:
        yield Algebra(analysis).selector(formula)


def _not(a: Node) -> Node:
    return make("selector.not", a)


# Equal selectors

_EQUAL = WholePass(Merge(), "equal selectors", "selectors that select the same are one")


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
        ("s & t and t & s", both(S, T), both(T, S)),
        ("~(s | t) and ~s & ~t", _not(either(S, T)), both(_not(S), _not(T))),
        (
            "3 * k < 3 * i and k < i",
            select("lt", make("mul", INDICES, 3), make("mul", INDICES, 3)),
            select("lt", INDICES, INDICES),
        ),
        ("x == 'a' by a choice", select("eq", make("where", make("eq", X, "a"), 1, 0), 1), select("eq", X, "a")),
        ("x < w by a choice", select("eq", make("lt", U, W), True), select("lt", U, W), uniform(W, "w")),
    ):
        node = make("where", TEST, total(one, N), total(other, M))
        yield _EQUAL.case(text, node, *conditions)


EQUAL_MUTATIONS = [
    GuardMutation(
        "both selectors are equal",
        make("where", TEST, total(both(S, T), N), total(either(S, T), M)),
        [(merge, "_equality_key", always(frozenset()))],
    )
]


# Comparisons

_COMPARISONS = WholePass(
    Merge(), "comparisons merge", "comparisons of one key and one query are one condition: a <= b & a >= b is a == b"
)


def _comparisons() -> Iterator[ProofCase]:
    for (one, two), join in product(combinations_with_replacement(COMPARISONS, 2), ("and", "or")):
        for kinds, key, query in (("integers", A, B), ("atoms", X, Y)):
            node = make(f"selector.{join}", select(one, key, query), select(two, key, query))
            yield _COMPARISONS.case(f"{one} {join} {two} of {kinds}", node, rewrite=normal, most=3)
        node = make(f"selector.{join}", select(one, make("add", A, 1), B), select(two, A, make("add", B, 2)))
        yield _COMPARISONS.case(f"{one} {join} {two}, with offsets", node, rewrite=normal, most=3)
    for text, node in (
        ("a <= b & a >= b is a == b", both(select("le", A, B), select("ge", A, B))),
        ("a < b | a > b is a != b", either(select("lt", A, B), select("gt", A, B))),
        ("x < y | x == y is x <= y", either(select("lt", X, Y), select("eq", X, Y))),
        ("x <= y & x != y is x < y", both(select("le", X, Y), select("ne", X, Y))),
    ):
        yield _COMPARISONS.case(text, total(node, D))


def _normal_forms() -> Iterator[ProofCase]:
    for text, node, *conditions in (*_of_integers(), *_of_choices(), *_of_all()):
        off = NORMAL_MUTATIONS if text == "where(test, a, 3) lt b" else []
        yield _COMPARISONS.case(text, node, *conditions, rewrite=normal, mutations=off)


def _of_integers() -> Iterator[tuple[Any, ...]]:
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
        yield f"~(a {name} b & test == 1)", _not(both(select(name, A, B), select("eq", TEST, 1)))
    band = both(select("ge", A, make("sub", B, 1)), select("le", A, make("add", B, 2)))
    yield "not b - 1 <= a <= b + 2", _not(band)
    yield "a != b & a != b + 2", both(select("ne", A, B), select("ne", A, make("add", B, 2)))
    yield (
        "k > i - length & k <= i",
        both(select("gt", make("add", INDICES, LENGTH), INDICES), select("le", INDICES, INDICES)),
    )
    yield "a <= b & a <= d", both(select("le", A, B), select("le", A, D)), within(B, "b", 0, 2), within(D, "d", 3, 5)


def _of_choices() -> Iterator[tuple[Any, ...]]:
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
    for text, node in (("x", X), ("where(test, x, None)", make("where", TEST, X, None))):
        yield f"({text} == None) == True", select("eq", make("eq", node, None), True)
        yield f"not {text} != None, which is an error", _not(make("select.ne", node, 3, none="error"))
    yield "where(x, 1, 0) == 1", select("eq", make("where", X, 1, 0), 1)
    yield "where(x, where(y, 1, 2), 2) > 1", select("gt", make("where", X, make("where", Y, 1, 2), 2), 1)


def _of_all() -> Iterator[tuple[Any, ...]]:
    low, equal = select("le", A, B), select("eq", X, "a")
    yield "(s & a <= b) | (~s & a <= b)", either(both(S, low), both(_not(S), low))
    yield "~(s & t | x == 'a')", _not(either(both(S, T), equal))
    yield "(s | t) & (s | ~t)", both(either(S, T), either(S, _not(T)))
    yield "s | s & t", either(S, both(S, T))
    yield "x == 'a' & x == 'b' | s", either(both(equal, select("eq", X, "b")), S)
    for name in COMPARISONS:
        yield f"~(x {name} y) | s", either(_not(select(name, X, Y)), S)
        yield f"x {name} 'a' & x != 'a'", both(select(name, X, "a"), select("ne", X, "a"))


NORMAL_MUTATIONS = [
    GuardMutation(
        "both branches are integers",
        select("lt", make("where", make("eq", PERHAPS, None), 0, PERHAPS), B),
        [(Forms, "_are_integers", always(True))],
    )
]


# Sums

_LINEAR = WholePass(Merge(), "sums are linear", "sum(s, u) + sum(s, v) = sum(s, u + v) for integers")
_UNITE = WholePass(Merge(), "disjoint selectors unite", "sum(s, u) + sum(t, u) = sum(s | t, u) for disjoint s and t")
_SUBTRACT = WholePass(
    Merge(), "contained selectors subtract", "sum(s, u) - sum(t, u) = sum(s & ~t, u) for a t within s"
)


def _any_default(node: Node) -> GuardMutation:
    return GuardMutation("the default is 0", node, [(merge, "is_zero", always(True))])


LINEAR_MUTATIONS = [_any_default(make("add", total(S, U, 1), total(S, V, 1)))]


def _linear() -> Iterator[ProofCase]:
    integers = [of_kinds(U, "u", INT), of_kinds(V, "v", INT)]
    twice = make("mul", 2, total(S, U))
    for text, node in (
        ("sum(s, u) + sum(s, v)", make("add", total(S, U), total(S, V))),
        ("sum(s, u) - sum(s, v)", make("sub", total(S, U), total(S, V))),
        ("2 * sum(s, u) + (3 - sum(s, v))", make("add", twice, make("sub", 3, total(S, V)))),
    ):
        yield _LINEAR.case(text, node, *integers)


BELOW, ABOVE = select("lt", A, B), select("gt", A, B)
UNITE_MUTATIONS = [
    _any_default(make("add", total(BELOW, D, 1), total(ABOVE, D, 1))),
    GuardMutation(
        "no position is selected by both",
        make("add", total(S, D), total(T, D)),
        [(Analysis, "are_disjoint", always(True))],
    ),
    GuardMutation(
        "both factors are equal",
        make("add", total(BELOW, D), make("mul", 2, total(ABOVE, D))),
        [(joins, "_have_same_coefficient", always(True))],
    ),
    GuardMutation(
        "both sums are of one value",
        make("add", total(BELOW, D), total(ABOVE, A)),
        [(joins, "_have_same_value", always(True))],
    ),
]


def _united() -> Iterator[ProofCase]:
    for text, a, b in (
        ("a < b and a > b", BELOW, ABOVE),
        ("x == 'a' and x == 'b'", select("eq", X, "a"), select("eq", X, "b")),
        ("a == b and a + 1 <= b", select("eq", A, B), select("le", make("add", A, 1), B)),
    ):
        yield _UNITE.case(f"sums over {text}", make("add", total(a, D), total(b, D)))
    twice = make("sub", 1, make("mul", 2, total(select("ge", A, B), D)))
    yield _UNITE.case("1 - 2 * a sum - 2 * another", make("sub", twice, make("mul", 2, total(BELOW, D))))
    for value, conditions, least in ((D, (), 0), (U, (of_kinds(U, "u", INT),), 3)):  # two floats add up either way
        node = make("add", total(both(S, T), value), total(both(S, _not(T)), value))
        yield _UNITE.case("sums over s & t and s & ~t", node, *conditions, least=least)


SUBTRACT_MUTATIONS = [
    _any_default(make("sub", total(select("le", A, B), D, 1), total(select("eq", A, B), D, 1))),
    GuardMutation(
        "the first selector contains the second",
        make("sub", total(S, D), total(T, D)),
        [(Analysis, "contains", always(True))],
    ),
]


def _subtracted() -> Iterator[ProofCase]:
    for text, a, b in (
        ("a <= b and a == b", select("le", A, B), select("eq", A, B)),
        ("x <= y and x < y", select("le", X, Y), select("lt", X, Y)),
        ("s and s & t", S, both(S, T)),
    ):
        yield _SUBTRACT.case(f"sums over {text}", make("sub", total(a, D), total(b, D)))
    node = make("add", make("neg", total(select("eq", A, B), D)), total(select("ge", A, B), D))
    yield _SUBTRACT.case("less the one over a part comes first", node)
    node = make("sub", total(EVERYTHING, U), total(S, U))
    yield _SUBTRACT.case("sums over everything and s", node, of_kinds(U, "u", INT))


# Masks

_MASK = WholePass(
    Merge(), masking.RULE, "sum(s & c(j), v) and sum(s, w) are values of one head: sum(s, where(c, v, 0))"
)
IS_A, IS_B = select("eq", X, "a"), select("eq", X, "b")


def _beside(a: Node, b: Node) -> Node:
    """Return a value that depends on two sums."""
    return make("lt", a, b)


MASK_MUTATIONS = [
    GuardMutation(
        "integers are summed with default 0",
        _beside(total(both(S, IS_A), D, 1), total(S, D)),
        [(masking, "_adds_integers", always(True))],
    ),
    GuardMutation(
        "the condition is on the key alone",
        _beside(total(select("lt", A, B), D), total(EVERYTHING, D)),
        [(masking, "_is_masking", always(True))],
    ),
]


def _masked_sums() -> Iterator[ProofCase]:
    for text, a, b, *conditions in (
        ("x == 'a' and x == 'b'", total(IS_A, D), total(IS_B, A)),
        ("s & x == 'a' and s", total(both(S, IS_A), 1), total(S, D)),
        ("s & x < 'b' and s & a == u", total(both(S, select("lt", X, "b")), D), total(both(S, select("eq", A, N)), B),
         uniform(N, "u")),
        ("a < b & y and a < b & ~y", total(both(select("lt", A, B), select("eq", TEST, True)), D),
         total(both(select("lt", A, B), select("eq", TEST, False)), A)),
        ("s & x == 'a' and s, with a default", total(both(S, IS_A), 1), total(S, D, 5)),
        ("(s | t) & x != 'a' and s | t, a mean", total(both(either(S, T), select("ne", X, "a")), D),
         mean(either(S, T), TEST)),
    ):  # fmt: skip
        yield _MASK.case(f"sums over {text}", _beside(a, b), *conditions)


RULES = (
    _EQUAL.provable(*_equals(), mutations=EQUAL_MUTATIONS),
    _COMPARISONS.provable(*_comparisons(), *_normal_forms()),
    _LINEAR.provable(*_linear(), mutations=LINEAR_MUTATIONS),
    _UNITE.provable(*_united(), mutations=UNITE_MUTATIONS),
    _SUBTRACT.provable(*_subtracted(), mutations=SUBTRACT_MUTATIONS),
    _MASK.provable(*_masked_sums(), mutations=MASK_MUTATIONS),
)
