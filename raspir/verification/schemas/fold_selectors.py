"""Rules of the pass fold about selectors and aggregates."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Analysis
from raspir.ir import Node
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import ATOM, BOOL, INT, NUMBER, STR
from raspir.verification.leaves import among, leaf, of_kinds, selects, some_selector, uniform, within
from raspir.verification.proving import Provable, Schema, Unchecked
from raspir.verification.schemas.rows import EVERYTHING, INDICES, LENGTH, Row, op, select, total

A, B, D = leaf("a", INT), leaf("b", INT), leaf("d", INT)
U = leaf("u", NUMBER)
X, Y = leaf("x", ATOM), leaf("y", ATOM)
K, Q = leaf("k", ATOM), leaf("q", ATOM)
S, T = some_selector("S", K, Q), some_selector("T", K, Q)
OWN = select("eq", INDICES, INDICES)


def _best(selector: Node, value: Node, score: Node, pick: str = "highest", ties: str = "left") -> Node:
    return op("best", selector, value, score, pick=pick, ties=ties, default=7)


def _aggregates(selector: Node, value: Node) -> Iterator[tuple[str, Node]]:
    """Yield aggregates of each kind over a selector."""
    yield "sum", op("sum", selector, value, default="none")
    yield "mean", op("mean", selector, value, default=0.5)
    for pick in ("highest", "lowest"):
        for ties in ("left", "right"):
            yield f"{pick} ({ties})", _best(selector, value, Y, pick, ties)


# Aggregates

_DEFAULT, _OWN_VALUE, _ONE_VALUE, _BY_POSITION = map(Row, ("_default", "_own_value", "_one_value", "_by_position"))


def _defaults() -> Iterator[Schema]:
    for name, node in _aggregates(S, X):
        yield _DEFAULT.schema(f"{name} over nothing", node, selects(S, "S", everything=False))


def _own_values() -> Iterator[Schema]:
    off = _OWN_VALUE.unchecked("that it is its own value", total(select("eq", INDICES, 0), X), "own and", "")
    several = Unchecked(
        "that no more is selected", total(select("ge", INDICES, INDICES), A), [(Analysis, "at_most_one", _yes)]
    )
    yield _OWN_VALUE.schema("sum over itself alone", total(OWN, X), unchecked=[off, several])
    w = uniform(B, "b")
    doubled = op("add", op("mul", INDICES, 2), B)
    yield _OWN_VALUE.schema("sum over 2i + b == 2i + b", total(select("eq", doubled, doubled), X), w)
    none = Unchecked("that one is selected", total(select("eq", INDICES, A), 5), [(Analysis, "selects_some", _yes)])
    for position, inside in ((A, within(A, "a", 0, 0)), (op("mul", INDICES, D), within(D, "d", 0, 1))):
        node = total(select("eq", INDICES, position), X)
        yield _OWN_VALUE.schema("sum over a position inside, of what is uniform", node, uniform(X, "x"), inside, unchecked=[none])


def _yes(*_: object) -> bool:
    return True


def _one_values() -> Iterator[Schema]:
    b = uniform(B, "b")
    spread = op("sub", B, op("mul", INDICES, 3))
    earlier = op("selector.and", select("le", INDICES, INDICES), select("eq", U, U))
    rank = total(earlier, 1)
    for text, selector, *conditions in (
        ("i == a", select("eq", INDICES, A)),
        ("i == x where x may be anything but is compared as an integer", select("eq", INDICES, U), of_kinds(U, "u", INT)),
        ("b - 3i == a", select("eq", spread, A), b),
        ("k == q & i == a", op("selector.and", select("eq", INDICES, A), select("eq", X, U))),
        ("the first of equals", op("selector.and", select("eq", rank, 1), select("eq", U, U))),
    ):
        for name, node in _aggregates(selector, X):
            if name == "sum":
                continue
            off = Unchecked("that no more is selected", op_on(node, S), [(Analysis, "at_most_one", _yes)])
            yield _ONE_VALUE.schema(f"{name} over {text}", node, *conditions, unchecked=[off])


def op_on(aggregate: Node, selector: Node) -> Node:
    """Return an aggregate over another selector."""
    names = [name for name, _ in aggregate.operation.attributes]
    attributes = dict(zip(names, aggregate.attributes, strict=True))
    return op(aggregate.operation.name, selector, *aggregate.operands[1:], **attributes)


def _by_positions() -> Iterator[Schema]:
    b, whole = uniform(U, "u"), of_kinds(U, "u", INT | BOOL)
    for text, score, *conditions in (
        ("2i + u", op("add", op("mul", INDICES, 2), U), b, whole),
        ("u - i", op("sub", U, INDICES), b, whole),
        ("the positions up to each", total(select("le", INDICES, INDICES), A), within(A, "a", 1, 3)),
        ("the positions from each on", total(select("ge", INDICES, INDICES), A), within(A, "a", 1, 3)),
        ("i * a", op("mul", op("add", INDICES, 1), A), uniform(A, "a"), within(A, "a", 1, 3)),
        ("-a - 3i", op("sub", op("neg", A), op("mul", INDICES, 3)), within(A, "a", 0, 2)),
        ("a larger one", op("where", op("lt", INDICES, A), INDICES, op("add", INDICES, 1)), uniform(A, "a")),
        ("2i // 2", op("floordiv", op("mul", INDICES, 6), A), uniform(A, "a"), within(A, "a", 1, 3)),
        ("-(6i // -a)", op("floordiv", op("mul", INDICES, 6), A), uniform(A, "a"), within(A, "a", -3, -1)),
        ("abs(i + a)", op("abs", op("add", INDICES, A)), uniform(A, "a"), within(A, "a", 0, 3)),
        ("~i", op("not", INDICES)),
    ):
        for pick in ("highest", "lowest"):
            for ties in ("left", "right"):
                node = _best(S, X, score, pick, ties)
                off = _BY_POSITION.unchecked(
                    "that no two scores are equal", _best(S, X, D, pick, ties), "not steps.injective"
                )
                yield _BY_POSITION.schema(f"best by {text}, {pick} ({ties})", node, *conditions, unchecked=[off])


# Selectors

_SELECTS_ALL, _SELECTOR_ALGEBRA, _SHALLOWER = map(Row, ("_selects_all", "_selector_algebra", "_shallower"))


def _decided() -> Iterator[Schema]:
    apart = {
        "eq": ((3, 3, 3, 3), (0, 2, 3, 5)),
        "ne": ((0, 2, 3, 5), (3, 3, 3, 3)),
        "lt": ((0, 2, 3, 5), (3, 5, 0, 3)),
        "le": ((0, 3, 3, 5), (3, 5, 0, 2)),
        "gt": ((3, 5, 0, 2), (0, 3, 3, 5)),
        "ge": ((3, 5, 0, 3), (0, 2, 3, 5)),
    }
    for name, cases in apart.items():
        for outcome, (low, high, least, most) in zip(("all", "nothing"), cases, strict=True):
            yield _SELECTS_ALL.schema(
                f"a {name} b selects {outcome}", select(name, A, B), within(A, "a", low, high), within(B, "b", least, most)
            )
        node = select(name, X, U)
        yield _SELECTS_ALL.schema(f"x {name} x of what is uniform", select(name, X, X), uniform(X, "x"))
        if name in ("eq", "ne"):
            yield _SELECTS_ALL.schema(
                f"of strings and numbers, {name}", select(name, X, Y), of_kinds(X, "x", STR), of_kinds(Y, "y", NUMBER)
            )
    for text, node in (
        ("i < length", select("lt", INDICES, LENGTH)),
        ("i > i + length", select("gt", INDICES, op("add", INDICES, LENGTH))),
        ("s & ~s", op("selector.and", S, op("selector.not", S))),
        ("s | ~s", op("selector.or", op("selector.not", S), S)),
        ("i < i & i > i", op("selector.and", select("lt", INDICES, INDICES), select("gt", INDICES, INDICES))),
        ("x == 'a' & x == 'b'", op("selector.and", select("eq", X, "a"), select("eq", X, "b"))),
    ):
        yield _SELECTS_ALL.schema(text, node)


def _algebra() -> Iterator[Schema]:
    yield _SELECTOR_ALGEBRA.schema("~~s", op("selector.not", op("selector.not", S)))
    for name in COMPARISONS:
        yield _SELECTOR_ALGEBRA.schema(f"~(x {name} y)", op("selector.not", select(name, X, Y)))
    for name, neutral in (("and", True), ("or", False)):
        join = f"selector.{name}"
        for text, node in ((f"s {name} t", op(join, S, T)), (f"t {name} s", op(join, T, S))):
            yield _SELECTOR_ALGEBRA.schema(text, node, selects(T, "T", everything=neutral))
        yield _SELECTOR_ALGEBRA.schema(f"s {name} s", op(join, S, S))


RULES: tuple[Provable, ...] = (
    _DEFAULT.provable(*_defaults()),
    _OWN_VALUE.provable(*_own_values()),
    _ONE_VALUE.provable(*_one_values()),
    _BY_POSITION.provable(*_by_positions()),
    _SELECTS_ALL.provable(*_decided()),
    _SELECTOR_ALGEBRA.provable(*_algebra()),
)
