"""Sums by residues: a value that depends on the remainder of the position is a simpler one for each remainder.

The positions with remainder r are ``k * t + r``, where the remainder is a constant and the quotient is t, so that a sum
over them may have a closed form.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from math import lcm

from raspir.analysis import Linear
from raspir.ir import Node
from raspir.ir.types import INT
from raspir.ir.views import Elementwise, Sum
from raspir.ir.walks import computed
from raspir.passes.depth.cones import cone, read_at_keys
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.rewriting.graphs import all_or_none


def by_residues(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Sum over the positions of each remainder by itself."""
    algebra, facts = search.algebra, search.facts
    if search.layer(aggregate) < 1:
        return
    read = read_at_keys(aggregate)
    if not all(facts[each].position_computable for each in read) or not search.adds_integers(aggregate):
        return
    values = cone(read, lambda node: not facts[node].uniform)
    moduli = [found[0] for found in map(_Divided(search).of, values) if found]
    modulus = lcm(*moduli)
    if not 1 < modulus <= search.limits.max_heads:
        return
    value = aggregate.value
    if facts[value].domain.kinds is not INT:
        value = algebra.linear(facts.linear(value))
    sums = []
    for residue in range(modulus):
        there = _There(search, modulus, residue)
        moved, selector = there(value), with_sides(algebra, aggregate.selector, there, lambda query: query, meets=False)
        if moved is None or selector is None:
            return
        inside = algebra("select.lt", there.position, algebra.length)
        sums.append(algebra("sum", algebra("selector.and", selector, inside), moved, default=0))
    yield reduce(lambda a, b: algebra("add", a, b), sums)


class _Divided:
    """Remainders and quotients of the position by constants.

    Args:
        search: the source of facts.
    """

    def __init__(self, search: Search) -> None:
        self._facts = search.facts

    def of(self, node: Node) -> tuple[int, int, int] | None:
        """Return the divisor of a remainder or quotient, and the affine dividend; ``None`` for any other value."""
        if node.operation.name not in ("mod", "floordiv"):
            return None
        dividend, divisor = node.operands
        by = self._facts[divisor].domain.single
        if not isinstance(by, int) or by < 2 or self._facts[dividend].domain.kinds is not INT:
            return None
        multiple, rest = self._facts.affine(self._facts.linear(dividend)) or (0, Linear({}))
        return None if rest.terms or not multiple else (int(by), multiple, rest.constant)


class _There:
    """The values at the positions of one remainder, each at the position of its quotient.

    Args:
        search: the source of facts.
        modulus: the divisor, a multiple of all divisors of the position.
        residue: the remainder.
    """

    def __init__(self, search: Search, modulus: int, residue: int) -> None:
        self._search = search
        self._modulus, self._residue = modulus, residue
        self.position = search.algebra.linear(Linear({search.algebra.indices: modulus}, residue))
        self._known: dict[Node, Node | None] = {search.algebra.indices: self.position}
        self._divided = _Divided(search)

    def __call__(self, root: Node) -> Node | None:
        """Return ``root`` there, ``None`` if it could fail beyond the input."""
        return computed(root, self._parts, self._moved, self._known)

    def _parts(self, node: Node) -> tuple[Node, ...]:
        divided = self._search.facts[node].uniform or self._divided.of(node) is not None
        return () if divided or not isinstance(node, Elementwise) else node.operands

    def _moved(self, node: Node) -> Node | None:
        algebra, facts = self._search.algebra, self._search.facts
        if facts[node].uniform:
            return node
        divided = self._divided.of(node)
        if divided is not None:
            by, multiple, constant = divided
            first = multiple * self._residue + constant
            if node.operation.name == "mod":
                return algebra.const(first % by)
            return algebra.linear(Linear({algebra.indices: multiple * self._modulus // by}, first // by))
        operands = all_or_none(self._known[operand] for operand in node.operands)
        return None if operands is None or not facts.is_total(node, operands) else algebra.rebuilt(node, operands)


RULES: Rules = (
    Rule(
        "sum by residues",
        "sum(s, v(j % k)) = sum(s(k * t), v(0)) + sum(s(k * t + 1), v(1)) + …",
        Sum,
        by_residues,
        max_nesting=1,
    ),
)
