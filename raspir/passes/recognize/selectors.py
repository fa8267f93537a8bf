"""Selectors: a predicate of a key and a query as comparisons of an expression of the one with one of the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from raspir.analysis.forms import MIRRORED
from raspir.ir import Node, build
from raspir.ir.node import operands_of
from raspir.ir.operations import COMPARISONS
from raspir.ir.types import BOOL, INT
from raspir.ir.views import Const
from raspir.ir.walks import computed
from raspir.passes.recognize.failures import Kinds, Typing
from raspir.passes.recognize.purity import OpaqueError


def selector(predicate: Node, kinds: Kinds, keys: int = 1) -> Node:
    """Return the selector of the truth of ``predicate``, a value of parameters of a key and of a query.

    Args:
        predicate: the value.
        kinds: the kinds of the parameters, those of the key first.
        keys: how many parameters are those of the key.

    Raises:
        OpaqueError: if it compares what depends on both with something else, and they may be no integers.
    """
    parameters = list(kinds)
    return _Selectors(parameters[:keys], parameters[keys:], Typing(kinds)).of(predicate)


@dataclass
class _Difference:
    """An integer: multiples of values of the key, minus multiples of values of the query, plus a constant."""

    key: Counter[Node] = field(default_factory=Counter)
    query: Counter[Node] = field(default_factory=Counter)
    constant: int = 0

    def plus(self, other: _Difference, times: int) -> _Difference:
        """Return the sum of this and a multiple of ``other``."""
        key, query = Counter(self.key), Counter(self.query)
        for mine, others in ((key, other.key), (query, other.query)):
            for node, coefficient in others.items():
                mine[node] += times * coefficient
        return _Difference(key, query, self.constant + times * other.constant)


class _Selectors:
    """The selectors of the parts of a predicate."""

    def __init__(self, key: list[Node], query: list[Node], typing: Typing) -> None:
        self._key, self._query, self._typing = key[0], query[0], typing  # each stands for all of its side
        self._sides: dict[Node, frozenset[Node]] = {each: frozenset(side[:1]) for side in (key, query) for each in side}

    def _sides_of(self, node: Node) -> frozenset[Node]:
        """Return which of the key and the query ``node`` depends on."""

        def joined(node: Node) -> frozenset[Node]:
            return frozenset[Node]().union(*(self._sides[operand] for operand in node.operands))

        return computed(node, operands_of, joined, self._sides)

    def of(self, node: Node) -> Node:
        """Return the selector of the truth of ``node``."""
        sides, name, operands = self._sides_of(node), node.operation.name, node.operands
        if self._query not in sides:
            return build("select.eq", _truth(node), build("const", value=True))
        if self._key not in sides:
            return build("select.eq", build("const", value=True), _truth(node))
        if name in COMPARISONS:
            return self._comparison(name, *operands)
        if name == "where":
            condition, a, b = map(self.of, operands)
            chosen = build("selector.and", condition, a)
            return build("selector.or", chosen, build("selector.and", build("selector.not", condition), b))
        if name in ("and", "or", "not") and all(operand.type is BOOL for operand in operands):
            return build(f"selector.{name}", *map(self.of, operands))
        return self._comparison("ne", node, build("const", value=0))

    def _comparison(self, name: str, a: Node, b: Node) -> Node:
        """Return the selector of the comparison ``name`` of two values, which together depend on key and query."""
        sides = self._sides_of(a), self._sides_of(b)
        if self._query not in sides[0] and self._key not in sides[1]:
            return build(f"select.{name}", a, b)
        if self._key not in sides[0] and self._query not in sides[1]:
            return build(f"select.{MIRRORED[name]}", b, a)
        if not all(self._typing[side] in BOOL | INT for side in (a, b)):
            raise OpaqueError("it computes with the key and the query together, which only integers allow")
        for value, other, comparison in ((a, b, name), (b, a, MIRRORED[name])):
            if value.operation.name == "abs" and len(self._sides_of(value)) == 2:
                return self._of_absolute(comparison, value.operands[0], other)
        return self._separated(name, self._difference(a).plus(self._difference(b), -1))

    def _of_absolute(self, name: str, value: Node, other: Node) -> Node:
        """Return the selector of the comparison of ``abs(value)`` with ``other``, both integers."""
        is_natural = isinstance(other, Const) and isinstance(other.value, int) and other.value >= 0
        if name in ("eq", "ne") and not is_natural:
            raise OpaqueError("it compares an absolute value with what may be negative")
        both = [self._comparison(name, value, other), self._comparison(name, build("neg", value), other)]
        return build("selector.and" if name in ("lt", "le", "ne") else "selector.or", *both)

    def _difference(self, node: Node) -> _Difference:
        """Return the form of an integer that is linear in values of the key and of the query."""
        name, operands = node.operation.name, node.operands
        if isinstance(node, Const) and isinstance(node.value, int):
            return _Difference(constant=int(node.value))
        if self._query not in self._sides_of(node):
            return _Difference(Counter({node: 1}))
        if self._key not in self._sides_of(node):
            return _Difference(query=Counter({node: -1}))
        if name in ("add", "sub"):
            return self._difference(operands[0]).plus(self._difference(operands[1]), 1 if name == "add" else -1)
        if name == "neg":
            return _Difference().plus(self._difference(operands[0]), -1)
        if name == "mul":
            for factor, other in (operands, operands[::-1]):
                if isinstance(factor, Const) and isinstance(factor.value, int):
                    return _Difference().plus(self._difference(other), int(factor.value))
        raise OpaqueError(f"its {node.operation.symbol} of key and query together is no sum of the two")

    def _separated(self, name: str, form: _Difference) -> Node:
        """Return the selector of the comparison of ``form`` with 0: the terms of the key on one side."""
        if form.key and all(coefficient < 0 for coefficient in form.key.values()):
            name, form = MIRRORED[name], _Difference().plus(form, -1)
        return build(f"select.{name}", _sum(form.key, 0), _sum(form.query, -form.constant))


def _sum(terms: Counter[Node], constant: int) -> Node:
    """Return the node of a sum of multiples and a constant."""
    parts = [(node, count) for node, count in terms.items() if count]
    parts.sort(key=lambda part: part[1] < 0)
    result: Node | None = None
    for node, count in parts:
        part = node if abs(count) == 1 else build("mul", node, build("const", value=abs(count)))
        if result is None:
            result = part if count > 0 else build("neg", part)
        else:
            result = build("add" if count > 0 else "sub", result, part)
    if result is None:
        return build("const", value=constant)
    if not constant:
        return result
    return build("add" if constant > 0 else "sub", result, build("const", value=abs(constant)))


def _truth(node: Node) -> Node:
    """Return whether ``node`` is true in Python's sense."""
    if node.type is BOOL:
        return node
    return build("where", node, build("const", value=True), build("const", value=False))
