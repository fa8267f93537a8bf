"""Proof cases of the pass fold on comparisons, logic and choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from raspir.ir.operations import COMPARISONS
from raspir.ir.types import ATOM, BOOL, INT, NUMBER, STR
from raspir.rewriting.algebra import COMPLEMENT
from raspir.rewriting.rules import comparisons, logic
from raspir.testing.proofs.cases.programs import DECIDED
from raspir.testing.proofs.cases.rules import Row
from raspir.testing.proofs.leaves import INDICES, LENGTH, among, leaf, make, of_kinds, within
from raspir.testing.proofs.proving import GuardMutation, ProofCase, always

A, B, D = leaf("a", INT), leaf("b", INT), leaf("d", INT)
U, V, W = (leaf(name, NUMBER) for name in "uvw")
X, Y = leaf("x", ATOM), leaf("y", ATOM)
P, Q = leaf("p", BOOL | INT), leaf("q", BOOL | INT)
TEST, OTHER = leaf("test", BOOL), leaf("other", BOOL)

# Comparisons

_ITSELF, _BOUNDED = Row(comparisons.compared_to_itself), Row(comparisons.bounded)
_CONSTANT_LAST, _TRUTH = Row(comparisons.constant_last), Row(comparisons.truth)
_COMPARED_CHOICE = Row(comparisons.compared_choice)
_SAME_OPERANDS = (comparisons, "have_same_operands", always(True))


def _themselves() -> Iterator[ProofCase]:
    for name in COMPARISONS:
        yield _ITSELF.case(f"x {name} x", make(name, X, X))


def _decided() -> Iterator[ProofCase]:
    for name, cases in DECIDED.items():
        for outcome, (low, high, least, most) in zip((True, False), cases, strict=True):
            node = make(name, A, B)
            yield _BOUNDED.case(
                f"a {name} b is {outcome}", node, within(A, "a", low, high), within(B, "b", least, most)
            )
    for text, node in (
        ("i >= 0", make("ge", INDICES, 0)),
        ("i < length", make("lt", INDICES, LENGTH)),
        ("i + 1 > length is false", make("gt", make("add", INDICES, 1), LENGTH)),
        ("a < a + 1", make("lt", A, make("add", A, 1))),
        ("a - d >= a is false", make("ge", make("sub", A, make("add", INDICES, 1)), A)),
    ):
        yield _BOUNDED.case(text, node)


def _shortened() -> Iterator[ProofCase]:
    whole = [of_kinds(node, name, BOOL | INT) for node, name in ((U, "u"), (V, "v"), (W, "w"))]
    for name in COMPARISONS:
        node = make(name, make("add", A, D), make("add", B, D))
        yield _BOUNDED.case(f"a + d {name} b + d is a {name} b", node)
    cases: tuple[tuple[Any, ...], ...] = (
        ("u + w < v + w is u < v", make("lt", make("add", U, W), make("add", V, W)), *whole),
        ("u - w + 1 < v - w is u + 1 < v", make("lt", make("add", make("sub", U, W), 1), make("sub", V, W)), *whole),
        ("u - w <= 0 - w is u <= 0", make("le", make("sub", U, W), make("sub", 0, W)), whole[0], whole[2]),
        ("1 - (u + w) > 0 - w is u < 1", make("gt", make("sub", 1, make("add", U, W)), make("sub", 0, W)),
         whole[0], whole[2]),
    )  # fmt: skip
    for text, node, *conditions in cases:
        yield _BOUNDED.case(text, node, *conditions)


def _mirrored() -> Iterator[ProofCase]:
    for name in COMPARISONS:
        for constant in (3, "a", True, 1.5):
            yield _CONSTANT_LAST.case(f"{constant!r} {name} x", make(name, constant, X))


def _truths() -> Iterator[ProofCase]:
    order = GuardMutation(
        "the comparison is an equality", make("le", X, True), [(comparisons, "is_equality", always(True))]
    )
    for name in ("eq", "ne"):
        boolean = (comparisons, "is_boolean", always(True))
        off = GuardMutation("the constant is a boolean", make(name, X, 2), [boolean])
        for single in (True, False):
            yield _TRUTH.case(
                f"x {name} {single}",
                make(name, X, Y),
                of_kinds(X, "x", BOOL),
                among(Y, "y", (single,)),
                mutations=[off, order],
            )


def _compared_choices() -> Iterator[ProofCase]:
    for name in COMPARISONS:
        for text, branches in (("first", (1, X)), ("second", (X, 1))):
            node = make(name, make("where", Y, *branches), 3)
            needed = [of_kinds(X, "x", NUMBER)] if name not in ("eq", "ne") else []
            yield _COMPARED_CHOICE.case(f"where(y, …) {name} 3, the {text} branch decided", node, *needed)
    node = make("lt", make("where", Y, "a", X), "b")
    yield _COMPARED_CHOICE.case('where(y, "a", x) < "b"', node, of_kinds(X, "x", STR))
    off = GuardMutation(
        "both compare the same operands", make("eq", make("where", make("ne", X, 3), U, V), 3), [_SAME_OPERANDS]
    )
    skips = make("eq", make("where", make("ne", Y, 3, none="skip"), 5, Y), 3)
    yield _COMPARED_CHOICE.case(
        "where(y == None, None, y) == None",
        make("eq", make("where", make("eq", Y, None), None, Y), None),
        mutations=[GuardMutation("the condition does not skip None", skips, [(comparisons, "_skips", always(False))])],
    )
    for name, opposite in COMPLEMENT.items():
        for condition in (name, opposite):
            for text, pair in (("first", (U, V)), ("second", (V, U))):
                yield _COMPARED_CHOICE.case(
                    f"where(u {condition} 3, …) {name} 3, which decides the {text} branch",
                    make(name, make("where", make(condition, U, 3), *pair), 3),
                    mutations=[off] if (name, condition, text) == ("eq", "ne", "first") else [],
                )


# Logic

_NOT, _AND_OR = Row(logic.not_), Row(logic.and_or)
_FIRST_OPERAND = (logic, "_has_first_operand", always(True))


def _negations() -> Iterator[ProofCase]:
    yield _NOT.case("~~x = x", make("not", make("not", TEST)))
    for name in COMPARISONS:
        yield _NOT.case(f"~(x {name} y)", make("not", make(name, X, Y)))


def _joined() -> Iterator[ProofCase]:
    p = of_kinds(P, "p", BOOL)
    for name in ("and", "or"):
        for single in (True, False):
            known = among(Q, "q", (single,))
            # ``or`` with False keeps any test, integers included; the others require p to be a boolean.
            subject, needed = (TEST, ()) if (name, single) == ("or", False) else (P, (p,))
            yield _AND_OR.case(f"p {name} {single}", make(name, subject, Q), *needed, known)
            yield _AND_OR.case(f"{single} {name} p", make(name, Q, subject), *needed, known)
        off = GuardMutation("the negated operand is p", make(name, TEST, make("not", OTHER)), [_FIRST_OPERAND])
        yield _AND_OR.case(f"p {name} ~p", make(name, P, make("not", P)), p, mutations=[off])
        yield _AND_OR.case(f"~p {name} p", make(name, make("not", P), P), p)
        yield _AND_OR.case(f"p {name} p", make(name, TEST, TEST))
        for one, opposite in COMPLEMENT.items():
            node, other = (make(name, make(one, X, Y), make(opposite, *pair)) for pair in ((X, Y), (Y, X)))
            off = GuardMutation("both compare the same operands", other, [_SAME_OPERANDS])
            yield _AND_OR.case(
                f"x {one} y {name} x {opposite} y", node, mutations=[off] if one not in ("eq", "ne") else ()
            )


# Choices

_CHOICE, _BOOLEAN_CHOICE = Row(logic.choice), Row(logic.boolean_choice)


def _choices() -> Iterator[ProofCase]:
    for truth, atoms in ((True, (True, 1, "a", 0.5)), (False, (False, 0, "", 0.0))):
        yield _CHOICE.case(f"where({truth}, u, v)", make("where", X, U, V), among(X, "x", atoms))
    yield _CHOICE.case("where(x, u, u)", make("where", X, U, U))
    node = make("where", make("not", P), U, V)
    yield _CHOICE.case("where(~p, u, v) = where(p, v, u)", node, of_kinds(P, "p", BOOL))
    for text, mine, others in (
        ("where(x, where(x, u, v), w)", (make("where", X, U, V), W), (make("where", Y, U, V), W)),
        ("where(x, u, where(x, v, w))", (U, make("where", X, V, W)), (U, make("where", Y, V, W))),
    ):
        off = GuardMutation("both have the same condition", make("where", X, *others), [_FIRST_OPERAND])
        yield _CHOICE.case(text, make("where", X, *mine), mutations=[off])


def _boolean_choices() -> Iterator[ProofCase]:
    p, q = of_kinds(P, "p", BOOL), of_kinds(Q, "q", BOOL)
    for single in (True, False):
        yield _BOOLEAN_CHOICE.case(f"where(p, {single}, q)", make("where", P, single, Q), p, q)
        yield _BOOLEAN_CHOICE.case(f"where(p, q, {single})", make("where", P, Q, single), p, q)


RULES = (
    _ITSELF.provable(*_themselves()),
    _BOUNDED.provable(*_decided(), *_shortened()),
    _CONSTANT_LAST.provable(*_mirrored()),
    _TRUTH.provable(*_truths()),
    _COMPARED_CHOICE.provable(*_compared_choices()),
    _NOT.provable(*_negations()),
    _AND_OR.provable(*_joined()),
    _CHOICE.provable(*_choices()),
    _BOOLEAN_CHOICE.provable(*_boolean_choices()),
)
