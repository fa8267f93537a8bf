"""Leads: how far an integer value may exceed its own position.

They show that a fetch looks back, as one from ``indices // 2``, or from the count of the positions so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any, ClassVar

from raspir.analysis.causality import looks_back
from raspir.analysis.domains import Domain
from raspir.analysis.intset import IntSet
from raspir.analysis.linear import Linear
from raspir.analysis.margins import Margins
from raspir.ir import Node, build
from raspir.ir.layers import comparisons
from raspir.ir.ranges import Bound, plus
from raspir.ir.views import Aggregate, Best, Binary, Compare, Lookup, Sum, Unary, Where


class Leads(Margins):
    """The leads of nodes: the least known c such that the value at position i is at most ``i + c``."""

    of_position = 0

    def of_domain(self, domain: Domain) -> Bound:
        """Return the lead of all values in ``domain``, as the position is at least 0."""
        return domain.high

    def parts_of_aggregate(self, node: Aggregate) -> Iterable[Node]:
        """Return the nodes on whose leads that of an aggregate depends."""
        return node.value, *(select.query for select in comparisons(node.selector))

    def _quotient(self, node: Binary) -> Bound:
        """(i + c) // b <= i + c // b for b >= 1."""
        lead, divisor = self.of(node.a), self._facts[node.b].domain
        if divisor.low < 1 or lead == inf:
            return inf
        if lead >= 0:
            return lead // divisor.low
        return -1 if divisor.high == inf else lead // divisor.high

    def _remainder(self, node: Binary) -> Bound:
        """A % b <= b - 1 for b >= 1, and a % b <= a for a >= 0."""
        if self._facts[node.b].domain.low < 1:
            return inf
        below = plus(self.of(node.b), -1)
        return min(below, self.of(node.a)) if self._facts[node.a].domain.low >= 0 else below

    def _magnitude(self, node: Unary) -> Bound:
        return self.of(node.operand) if self._facts[node.operand].domain.low >= 0 else inf

    def _choice(self, node: Where) -> Bound:
        if self._facts.is_minimum(node):
            return min(self.of(node.a), self.of(node.b))
        return max(self._chosen(node.condition, True, node.a), self._chosen(node.condition, False, node.b))

    def _chosen(self, condition: Node, holds: bool, value: Node) -> Bound:
        """Return the lead of a value where a condition holds or not, which may compare it with the position."""
        lead = self.of(value)
        if not isinstance(condition, Compare) or not all(self._facts[o].domain.integral for o in condition.operands):
            return lead
        compared = self._facts.linear(condition.a).plus(self._facts.linear(condition.b), -1)
        allowed = IntSet.where(condition.operation.name)
        intervals = (allowed if holds else ~allowed).intervals
        low, high = intervals[0][0], intervals[-1][1]
        ahead = self._facts.linear(value).plus(Linear({build("indices"): 1}), -1)
        for sign, most in ((1, high), (-1, -low)):
            rest = ahead.plus(compared, -sign)
            if not rest.terms:
                lead = min(lead, plus(most, rest.constant))
        return lead

    def _table(self, node: Lookup) -> Bound:
        """x <= i + c and lookup(x) - x <= d make lookup(x) <= i + c + d; any other atom has the value ``otherwise``."""
        leads: list[Bound] = [inf]
        for operand, keys in zip(node.operands, zip(*node.rows, strict=True), strict=True):
            rows = [(key, value) for key, value in zip(keys, node.values, strict=True) if isinstance(key, int)]
            gains = [value - key for key, value in rows if isinstance(value, int)]
            if len(gains) == len(node.values) and isinstance(node.otherwise, int):
                leads.append(max(plus(self.of(operand), max(gains)), node.otherwise))
        return min(leads)

    def _aggregate(self, node: Aggregate) -> Bound:
        """Return the lead of a value moved from a position before, or of a count of such positions."""
        if not isinstance(node.default, int) or not looks_back(self._facts, node.selector):
            return inf
        if isinstance(node, Best) or self._facts.at_most_one(node.selector):
            return max(self.of(node.value), node.default)
        if isinstance(node, Sum) and self._facts[node.value].domain.high <= 1:
            return max(self._most(node.selector), node.default)
        return inf

    def _most(self, selector: Node) -> int:
        """Return how many more than ``i`` positions a selector that looks back selects at most."""
        before = build("select.lt", build("indices"), build("indices"))
        return 0 if self._facts.contains(before, selector) else 1

    rules: ClassVar[Mapping[str, Callable[[Any, Any], Bound]]] = {
        "floordiv": _quotient,
        "mod": _remainder,
        "abs": _magnitude,
        "round": _magnitude,
        "to_int": _magnitude,
        "where": _choice,
        "lookup": _table,
        "sum": _aggregate,
        "best": _aggregate,
    }
