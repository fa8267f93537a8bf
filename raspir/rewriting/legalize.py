"""Legalization: lowering of operations that a backend lacks to those that it supports.

Each lowering is a row of a table, as in a compiler's legalization of instructions that a target lacks. It preserves
values exactly, including their types, or does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import reduce
from typing import Any

from raspir.analysis import Analysis, Domain
from raspir.ir import Atom, Graph, Node, build
from raspir.ir.atoms import atom_key
from raspir.ir.types import BOOL, FLOAT, INT, NUMBER, STR, type_of
from raspir.ir.views import Average, Best, Binary, Has, Item, Lookup, Mean, OneType, Unary
from raspir.rewriting.graphs import on_operands, translated


@dataclass(frozen=True)
class Lowering:
    """A lowering of an operation.

    Attributes:
        operation: the IR operation that it replaces.
        needs: the operations that the replacement uses.
        lower: the function from a legalizer and a node to the replacement, or ``None`` where it does not apply.
    """

    operation: str
    needs: frozenset[str]
    lower: Callable[[Legalizer, Any], Node | None]


class Legalizer:
    """A builder of nodes of supported operations, as far as lowerings apply.

    Args:
        analysis: the facts on which lowerings depend.
        supported: the names of the operations of the target, including aggregates.
        several: whether the target supports tables of several operands.
    """

    def __init__(self, analysis: Analysis, supported: Collection[str], several: bool = True) -> None:
        self.facts = analysis
        self._supported = supported
        self._several = several
        self._chosen = chosen(supported if several else set(supported) - {"lookup"})

    def __call__(self, name: str, *operands: Node, **attributes: Atom) -> Node:
        """Return a node of operation ``name``, lowered if the target lacks it."""
        return self.legal(build(name, *operands, **attributes))

    def legal(self, node: Node) -> Node:
        """Return ``node``, lowered if the target lacks its operation, or ``node`` itself if no lowering applies."""
        lowering = self._chosen.get(node.operation.name)
        if lowering is None or not lacks(node, self._supported, self._several):
            return node
        lowered = lowering.lower(self, node)
        return node if lowered is None else lowered


def lacks(node: Node, supported: Collection[str], several: bool) -> bool:
    """Return whether a target lacks the operation of ``node``, or lacks it for several operands."""
    return node.operation.name not in supported or (node.operation.variadic and len(node.operands) > 1 and not several)


def legalized(graph: Graph, supported: Collection[str], several: bool = True) -> Graph:
    """Return ``graph`` with unsupported operations lowered to ``supported`` ones, wherever a lowering applies.

    Args:
        graph: the graph.
        supported: the names of the supported operations, including aggregates.
        several: whether tables of several operands are supported.
    """
    if not any(lacks(node, supported, several) for node in graph):
        return graph
    legalizer = Legalizer(Analysis.of(graph), supported, several)

    def new(node: Node, operands: list[Node]) -> Node:
        moved = on_operands(node, operands)
        return node if moved is None else legalizer.legal(moved)

    return translated(graph, new)


def chosen(supported: Collection[str]) -> dict[str, Lowering]:
    """Return a lowering for each operation that the supported ones can express, directly or through other lowerings."""
    available, found = set(supported), dict[str, Lowering]()
    changed = True
    while changed:
        changed = False
        for lowering in LOWERINGS:
            if lowering.operation not in available and lowering.needs <= available:
                available.add(lowering.operation)
                found[lowering.operation] = lowering
                changed = True
    return found


# Elementwise operations


def _lookup(make: Legalizer, node: Lookup) -> Node | None:
    """lookup(x) = where(x == k, v, …), if equality distinguishes each key from all other possible atoms of x."""
    result = make("const", value=node.otherwise)
    for row, value in zip(node.rows, node.values, strict=True):
        if atom_key(value) == atom_key(node.otherwise):
            continue
        found = make("const", value=value)
        for operand, key in zip(node.operands, row, strict=True):
            if not _is_distinguished(key, make.facts[operand].domain):
                return None
            found = make("where", make("eq", operand, make("const", value=key)), found, result)
        result = found
    return result


def _is_distinguished(key: Atom, domain: Domain) -> bool:
    """Return whether ``==`` distinguishes ``key`` from every other atom of ``domain``, unlike 1 from ``True``."""
    if domain.atoms is not None:
        return all(atom != key or atom_key(atom) == atom_key(key) for atom in domain.atoms)
    if isinstance(key, str | None):
        return True
    return domain.kinds & NUMBER in type_of(key) and not (isinstance(key, float) and key == 0)


def _has(make: Legalizer, node: Has) -> Node | None:
    """x in (a, b) = x == a | x == b; if ``None`` is skipped, it is no member."""
    values = [value for value in node.values if value is not None or node.none != "skip"]
    if not values:
        return None if node.none == "skip" else make("const", value=False)
    tests = [make("eq", node.operand, make("const", value=value), **_none(node)) for value in values]
    return reduce(lambda a, b: make("or", a, b, **_skipping(node)), tests)


def _swapped(name: str) -> Callable[[Legalizer, Node], Node]:
    """a > b = b < a, and the like."""
    return lambda make, node: make(name, *reversed(node.operands), **_none(node))


def _none(node: Node) -> dict[str, str]:
    """Return the attribute for an operation that treats ``None`` as ``node`` does."""
    return {} if node.none is None else {"none": node.none}


def _skipping(node: Node) -> dict[str, str]:
    """Return the attribute for an operation on results of ``node``, which may be ``None`` if it skips."""
    return {"none": "skip"} if node.none == "skip" else {}


def _negated(name: str) -> Callable[[Legalizer, Node], Node]:
    """a != b = ~(a == b), and the like: atoms that can be compared are totally ordered."""
    negation = "selector.not" if name.startswith("select.") else "not"
    return lambda make, node: make(negation, make(name, *node.operands, **_none(node)), **_skipping(node))


def _is_integral(make: Legalizer, node: Node) -> bool:
    return all(make.facts[operand].domain.kinds is INT for operand in node.operands)


def _negative(make: Legalizer, node: Unary) -> Node | None:
    """-x = 0 - x for integers: of floats, 0 - 0.0 is not -0.0."""
    return make("sub", make("const", value=0), node.operand) if _is_integral(make, node) else None


def _difference(make: Legalizer, node: Binary) -> Node | None:
    """a - b = a + -b for integers."""
    return make("add", node.a, make("neg", node.b)) if _is_integral(make, node) else None


def _magnitude(make: Legalizer, node: Unary) -> Node | None:
    """abs(x) = where(x < 0, -x, x) for integers."""
    if not _is_integral(make, node):
        return None
    return make("where", make("lt", node.operand, make("const", value=0)), make("neg", node.operand), node.operand)


def _logic(make: Legalizer, node: Node) -> Node | None:
    """a & b = where(a, b, False), a | b = where(a, True, b) and ~a = where(a, False, True), for booleans."""
    if not all(make.facts[operand].domain.kinds is BOOL for operand in node.operands):
        return None
    true, false = make("const", value=True), make("const", value=False)
    a, *b = node.operands
    branches = {"and": (*b, false), "or": (true, *b), "not": (false, true)}
    return make("where", a, *branches[node.operation.name])


def _count(make: Legalizer, node: Unary) -> Node | None:
    """int(x) = x + 0 for integers and booleans."""
    return make("add", node.operand, make("const", value=0)) if make.facts[node.operand].domain.integral else None


def _truth(make: Legalizer, node: Unary) -> Node | None:
    """bool(x) = where(x, True, False), which takes ``None`` as false."""
    if make.facts[node.operand].domain.may_be_none:
        return None
    return make("where", node.operand, make("const", value=True), make("const", value=False))


def _item(make: Legalizer, node: Item) -> Node | None:
    """item(x) = where(x == k, v, …), if each possible atom of x equals a key."""
    atoms = make.facts[node.operand].domain.atoms or ()
    found = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key in atoms]
    held = {key for key, _ in found}
    if not atoms or any(atom not in held for atom in atoms):
        return None
    *rows, (_, last) = found
    result = make("const", value=last)
    for key, value in reversed(rows):
        equal = make("eq", node.operand, make("const", value=key))
        result = make("where", equal, make("const", value=value), result)
    return result


def _checked(make: Legalizer, node: OneType) -> Node | None:
    """one_type(x) = x, if x holds only strings or only numbers."""
    return node.operand if make.facts[node].total else None


# Selectors and aggregates


def _de_morgan(other: str) -> Callable[[Legalizer, Node], Node]:
    """s | t = ~(~s & ~t), and the reverse."""

    def lower(make: Legalizer, node: Node) -> Node:
        negated = [make("selector.not", operand) for operand in node.operands]
        return make("selector.not", make(other, *negated))

    return lower


def _mean(make: Legalizer, node: Mean) -> Node | None:
    """mean(s, v) = sum(s, v) / width(s) for numbers."""
    if make.facts[node.value].domain.kinds not in NUMBER:
        return None
    width = make("sum", node.selector, make("const", value=1), default=0)
    total = make("sum", node.selector, node.value, default=0)
    return quotient(make, width, total, total, node.default)


def quotient(make: Callable[..., Node], width: Node, total: Node, alone: Node, default: Atom) -> Node:
    """Return a mean as a sum over a width.

    Args:
        make: builds the node of an operation, as :func:`raspir.ir.build`.
        width: the number of values.
        total: the sum of several.
        alone: the value if there is only one.
        default: the result if there is none.
    """
    zero, one = make("const", value=0), make("const", value=1)
    none, single = make("eq", width, zero), make("eq", width, one)
    # Both branches of a choice are evaluated, so the division must not fail where it isn't chosen either.
    several = make("truediv", make("where", single, zero, total), make("where", none, one, width))
    return make("where", none, make("const", value=default), make("where", single, alone, several))


def _average(make: Legalizer, node: Average) -> Node | None:
    """average(s, v) = mean(s, v) for integers and floats."""
    if make.facts[node.value].domain.kinds not in INT | FLOAT:
        return None
    return make("mean", node.selector, node.value, default=node.default)


def _best(make: Legalizer, node: Best) -> Node | None:
    """best(s, v) = sum(s & rank(s) == 0, v) where s selects the same keys for every query.

    The rank of a key is the number of selected keys that beat it by score, or by position among ties.
    """
    kinds = make.facts[node.score].domain.kinds
    if not make.facts[node.selector].uniform or not (kinds in NUMBER or kinds is STR):
        return None
    indices = build("indices")
    better = make("select.gt" if node.pick == "highest" else "select.lt", node.score, node.score)
    before = make("select.lt" if node.ties == "left" else "select.gt", indices, indices)
    tied = make("selector.and", make("select.eq", node.score, node.score), before)
    beats = make("selector.and", node.selector, make("selector.or", better, tied))
    rank = make("sum", beats, make("const", value=1), default=0)
    first = make("select.eq", rank, make("const", value=0))
    return make("sum", make("selector.and", node.selector, first), node.value, default=node.default)


def _row(operation: str, needs: str, lower: Callable[[Legalizer, Any], Node | None]) -> Lowering:
    return Lowering(operation, frozenset(needs.split()), lower)


LOWERINGS: tuple[Lowering, ...] = (
    _row("lookup", "const eq where", _lookup),
    _row("has", "const eq or", _has),
    _row("gt", "lt", _swapped("lt")),
    _row("lt", "gt", _swapped("gt")),
    _row("ge", "le", _swapped("le")),
    _row("le", "ge", _swapped("ge")),
    _row("ne", "eq not", _negated("eq")),
    _row("eq", "ne not", _negated("ne")),
    _row("le", "gt not", _negated("gt")),
    _row("ge", "lt not", _negated("lt")),
    _row("gt", "le not", _negated("le")),
    _row("lt", "ge not", _negated("ge")),
    _row("neg", "const sub", _negative),
    _row("sub", "add neg", _difference),
    _row("abs", "const lt neg where", _magnitude),
    _row("to_int", "const add", _count),
    _row("to_bool", "const where", _truth),
    _row("item", "const eq where", _item),
    _row("one_type", "", _checked),
    *(_row(name, "const where", _logic) for name in ("and", "or", "not")),
    _row("select.ne", "select.eq selector.not", _negated("select.eq")),
    _row("select.eq", "select.ne selector.not", _negated("select.ne")),
    _row("select.le", "select.gt selector.not", _negated("select.gt")),
    _row("select.ge", "select.lt selector.not", _negated("select.lt")),
    _row("select.gt", "select.le selector.not", _negated("select.le")),
    _row("select.lt", "select.ge selector.not", _negated("select.ge")),
    _row("selector.or", "selector.and selector.not", _de_morgan("selector.and")),
    _row("selector.and", "selector.or selector.not", _de_morgan("selector.or")),
    _row("average", "mean", _average),
    _row("mean", "const eq sum truediv where", _mean),
    _row(
        "best",
        "const indices sum select.eq select.gt select.lt selector.and selector.or",
        _best,
    ),
)
"""The lowerings, in order; each is tried once its ``needs`` are available."""
