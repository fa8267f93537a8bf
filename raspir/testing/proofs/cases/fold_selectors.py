"""Proof cases of the pass fold on selectors and aggregates."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Analysis
from raspir.analysis.steps import Steps
from raspir.ir import Node
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import ATOM, BOOL, INT, NUMBER, STR
from raspir.rewriting.rules import attention, numbers
from raspir.testing.proofs.cases.programs import DECIDED, best, both, either
from raspir.testing.proofs.cases.rules import Row
from raspir.testing.proofs.leaves import (
    EVERYTHING,
    INDICES,
    LENGTH,
    const,
    leaf,
    make,
    of_kinds,
    select,
    selects,
    some_selector,
    total,
    uniform,
    within,
)
from raspir.testing.proofs.proving import GuardMutation, ProofCase, always

A, B, D = leaf("a", INT), leaf("b", INT), leaf("d", INT)
U = leaf("u", NUMBER)
X, Y = leaf("x", ATOM), leaf("y", ATOM)
S, T = some_selector("S", INDICES, INDICES), some_selector("T", INDICES, INDICES)
OWN = select("eq", INDICES, INDICES)


def _aggregates(selector: Node, value: Node) -> Iterator[tuple[str, Node]]:
    """Yield aggregates of each kind over a selector."""
    yield "sum", make("sum", selector, value, default="none")
    yield "mean", make("mean", selector, value, default=0.5)
    for pick in ("highest", "lowest"):
        for ties in ("left", "right"):
            yield f"{pick} ({ties})", best(selector, value, Y, 7, pick, ties)


# Aggregates

_DEFAULT, _OWN_VALUE = Row(attention.default), Row(attention.own_value)
_ONE_VALUE, _BY_POSITION = Row(attention.one_value), Row(attention.by_position)
_AT_MOST_ONE = (Analysis, "at_most_one", always(True))


def _defaults() -> Iterator[ProofCase]:
    for name, node in _aggregates(S, X):
        yield _DEFAULT.case(f"{name} over nothing", node, selects(S, "S", everything=False))


def _own_values() -> Iterator[ProofCase]:
    elsewhere = total(select("eq", INDICES, 0), X)
    off = GuardMutation("the position selects itself", elsewhere, [(attention, "_is_own_value", always(True))])
    several = GuardMutation(
        "at most one position is selected", total(select("ge", INDICES, INDICES), A), [_AT_MOST_ONE]
    )
    yield _OWN_VALUE.case("sum over itself alone", total(OWN, X), mutations=[off, several])
    w = uniform(B, "b")
    doubled = make("add", make("mul", INDICES, 2), B)
    yield _OWN_VALUE.case("sum over 2i + b == 2i + b", total(select("eq", doubled, doubled), X), w)
    outside = total(select("eq", INDICES, B), 5)
    none = GuardMutation("some position is selected", outside, [(Analysis, "selects_some", always(True))])
    yield _OWN_VALUE.case(
        "sum over a position inside, of what is uniform",
        total(select("eq", INDICES, A), X),
        uniform(X, "x"),
        within(A, "a", 0, 0),
        mutations=[none],
    )


def _one_values() -> Iterator[ProofCase]:
    b = uniform(B, "b")
    strided = make("sub", B, make("mul", INDICES, 3))
    earlier = both(select("le", INDICES, INDICES), select("eq", U, U))
    rank = total(earlier, 1)
    for text, selector, *conditions in (
        ("i == a", select("eq", INDICES, A)),
        ("b - 3i == a", select("eq", strided, A), b),
        ("k == q & i == a", both(select("eq", INDICES, A), select("eq", X, U))),
        ("the first of equals", both(select("eq", rank, 1), select("eq", U, U))),
    ):
        for name, node in _aggregates(selector, X):
            if name == "sum":
                continue
            several = make(node.operation.name, S, *node.operands[1:], **node.named_attributes)
            off = GuardMutation("at most one position is selected", several, [_AT_MOST_ONE])
            yield _ONE_VALUE.case(f"{name} over {text}", node, *conditions, mutations=[off])


def _by_positions() -> Iterator[ProofCase]:
    b, whole = uniform(U, "u"), of_kinds(U, "u", INT | BOOL)
    for text, score, *conditions in (
        ("i + u", make("add", INDICES, U), b, whole),
        ("u - i", make("sub", U, INDICES), b, whole),
        ("the positions up to each", total(select("le", INDICES, INDICES), A), within(A, "a", 1, 3)),
        ("the positions from each on", total(select("ge", INDICES, INDICES), A), within(A, "a", 1, 3)),
        ("i * a", make("mul", make("add", INDICES, 1), A), uniform(A, "a"), within(A, "a", 1, 3)),
        ("2i + a", make("add", make("mul", INDICES, 2), A), uniform(A, "a")),
        ("-a - 3i", make("sub", make("neg", A), make("mul", INDICES, 3)), within(A, "a", 0, 2)),
        ("a larger one", make("where", make("lt", INDICES, A), INDICES, make("add", INDICES, 1)), uniform(A, "a")),
        ("2i // 2", make("floordiv", make("mul", INDICES, 6), A), uniform(A, "a"), within(A, "a", 1, 3)),
        ("-(6i // -a)", make("floordiv", make("mul", INDICES, 6), A), uniform(A, "a"), within(A, "a", -3, -1)),
        ("abs(i + a)", make("abs", make("add", INDICES, A)), uniform(A, "a"), within(A, "a", 0, 3)),
        ("~i", make("not", INDICES)),
    ):
        for pick, ties in (("highest", "left"), ("lowest", "right")):
            node, other = (best(S, X, each, 7, pick, ties) for each in (score, D))
            off = GuardMutation("no two scores are equal", other, [(Steps, "injective", True)])
            yield _BY_POSITION.case(f"{pick} by {text}", node, *conditions, mutations=[off])


# Selectors

_SELECTS_ALL, _SELECTOR_ALGEBRA = Row(attention.selects_all), Row(attention.selector_algebra)
_SHALLOWER = Row(attention.shallower)


def _decided() -> Iterator[ProofCase]:
    for name, cases in DECIDED.items():
        for outcome, (low, high, least, most) in zip(("all", "nothing"), cases, strict=True):
            yield _SELECTS_ALL.case(
                f"a {name} b selects {outcome}",
                select(name, A, B),
                within(A, "a", low, high),
                within(B, "b", least, most),
            )
        yield _SELECTS_ALL.case(f"x {name} x of what is uniform", select(name, X, X), uniform(X, "x"))
        if name in ("eq", "ne"):
            yield _SELECTS_ALL.case(
                f"of strings and numbers, {name}", select(name, X, Y), of_kinds(X, "x", STR), of_kinds(Y, "y", NUMBER)
            )
    for text, node in (
        ("i < length", select("lt", INDICES, LENGTH)),
        ("i > i + length", select("gt", INDICES, make("add", INDICES, LENGTH))),
        ("s & ~s", both(S, make("selector.not", S))),
        ("s | ~s", either(make("selector.not", S), S)),
        ("i < i & i > i", both(select("lt", INDICES, INDICES), select("gt", INDICES, INDICES))),
        ("x == 'a' & x == 'b'", both(select("eq", X, "a"), select("eq", X, "b"))),
    ):
        yield _SELECTS_ALL.case(text, node)


def _algebra() -> Iterator[ProofCase]:
    yield _SELECTOR_ALGEBRA.case("~~s", make("selector.not", make("selector.not", S)))
    for name in COMPARISONS:
        yield _SELECTOR_ALGEBRA.case(f"~(x {name} y)", make("selector.not", select(name, X, Y)))
    for name, neutral in (("and", True), ("or", False)):
        join = f"selector.{name}"
        for text, node in ((f"s {name} t", make(join, S, T)), (f"t {name} s", make(join, T, S))):
            yield _SELECTOR_ALGEBRA.case(text, node, selects(T, "T", everything=neutral))
        yield _SELECTOR_ALGEBRA.case(f"s {name} s", make(join, S, S))


def _shallow() -> Iterator[ProofCase]:
    q, d, layers = within(B, "b", 0, 4), within(D, "d", 5, 9), {D: 1}
    for text, kept, dropped, *conditions in (
        ("a <= b & a <= d is a <= b", select("le", A, B), select("le", A, D), q, d),
        ("a < b & a < d is a < b", select("lt", A, B), select("lt", A, D), q, d),
        ("a > d & a > b is a > d where b is deep", select("gt", A, D), select("gt", A, B), q, d),
        ("a == b & a <= d is a == b", select("eq", A, B), select("le", A, D), q, d),
        ("a == b & a != d is a == b", select("eq", A, B), select("ne", A, D), q, d),
        ("a + 1 <= b & a < d is a < b", select("le", make("add", A, 1), B), select("lt", A, D), q, d),
    ):
        deep = layers if "deep" not in text else {B: 1}
        for order in ((kept, dropped), (dropped, kept)):
            yield _SHALLOWER.case(text, both(*order), *conditions, layers=deep)
    for text, node in (
        ("k <= i & k < length is k <= i", (select("le", INDICES, INDICES), select("lt", INDICES, LENGTH))),
        (
            "k >= i & k > i - length is k >= i",
            (select("ge", INDICES, INDICES), select("gt", make("add", INDICES, LENGTH), INDICES)),
        ),
        ("s & (k < length | t) is s", (S, either(select("lt", INDICES, LENGTH), T))),
    ):
        yield _SHALLOWER.case(text, both(*node))


# Means

_ROUNDED_MEAN = Row(numbers.rounded_mean)


def _rounded_means() -> Iterator[ProofCase]:
    row = some_selector("S", INDICES, const(0))  # one row suffices, since rows are independent
    whole, small = of_kinds(U, "u", INT), within(U, "u", -(2**20), 2**20)
    wrong = make("round", make("mul", make("mean", row, U, default=0), B))
    off = GuardMutation("the factor is the number of selected positions", wrong, [(numbers, "_is_width", always(True))])
    for text, selector, width, default in (
        ("any s", row, total(row, 1), 0),
        ("any s, else 0.5", row, total(row, 1), 0.5),
        ("k <= i", select("le", INDICES, INDICES), make("add", INDICES, 1), 0),
        ("k < i", select("lt", INDICES, INDICES), INDICES, 0),
        ("everything", EVERYTHING, LENGTH, 0),
    ):
        mean = make("mean", selector, U, default=default)
        node = make("round", make("mul", mean, width))
        yield _ROUNDED_MEAN.case(f"mean times width over {text}", node, whole, small, mutations=[off], rounds=True)
    node = make("round", make("mul", LENGTH, make("mean", EVERYTHING, U, default=0)))
    yield _ROUNDED_MEAN.case("length times mean", node, whole, small, mutations=[off], rounds=True)
    flags = make("mean", row, leaf("flag", BOOL, (False, True)), default=0)
    node = make("round", make("mul", flags, total(row, 1)))
    yield _ROUNDED_MEAN.case("mean of booleans times width", node, rounds=True)


RULES = (
    _DEFAULT.provable(*_defaults()),
    _ROUNDED_MEAN.provable(*_rounded_means()),
    _OWN_VALUE.provable(*_own_values()),
    _ONE_VALUE.provable(*_one_values()),
    _BY_POSITION.provable(*_by_positions()),
    _SELECTS_ALL.provable(*_decided()),
    _SELECTOR_ALGEBRA.provable(*_algebra()),
    _SHALLOWER.provable(*_shallow()),
)
