"""Leads: how far an integer value may exceed its own position.

They show that a fetch looks back, as one from ``indices // 2``, or from the count of the positions so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from raspir.analysis.causality import looks_back
from raspir.analysis.intset import IntSet
from raspir.analysis.known import Known
from raspir.analysis.linear import Linear
from raspir.ir import Node, build
from raspir.ir.layers import comparisons
from raspir.ir.ranges import Bound, plus
from raspir.ir.views import Aggregate, Best, Binary, Compare, Indices, Lookup, Sum, Unary, Where
from raspir.ir.walks import computed


class Leads:
    """The memoized leads of nodes: the least known c such that the value at position i is at most ``i + c``.

    Args:
        facts: the other facts.
    """

    def __init__(self, facts: Known) -> None:
        self._facts = facts
        self._leads: dict[Node, Bound] = {}

    def of(self, node: Node) -> Bound:
        """Return the lead of a node; infinite if none is known."""
        found = self._leads.get(node)
        return found if found is not None else computed(node, self._parts, self._found, self._leads)

    def _parts(self, node: Node) -> Iterable[Node]:
        """Return the nodes on whose leads that of ``node`` depends."""
        if not self._facts[node].domain.integral:
            return ()
        form = self._facts.linear(node)
        if not form.is_term(node):
            return form.terms
        if isinstance(node, Aggregate):
            return node.value, *(select.query for select in comparisons(node.selector))
        return node.operands if node.operation.name in _RULES else ()

    def _found(self, node: Node) -> Bound:
        domain = self._facts[node].domain
        if not domain.integral:
            return inf
        form = self._facts.linear(node)
        if not form.is_term(node):
            return min(domain.high, self._of_form(form))
        if isinstance(node, Indices):
            return 0
        rule = _RULES.get(node.operation.name)
        return domain.high if rule is None else min(domain.high, rule(self, node))

    def _of_form(self, form: Linear) -> Bound:
        """Return the lead of a sum: that of one term, and the bounds of the others."""
        leads: list[Bound] = [inf]
        for term, coefficient in form.terms.items():
            if coefficient == 1:
                rest = self._facts.bounds(form.plus(Linear({term: 1}), -1))
                leads.append(plus(self.of(term), rest[1]))
        return min(leads)

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


_RULES: dict[str, Callable[[Leads, Any], Bound]] = {
    "floordiv": Leads._quotient,
    "mod": Leads._remainder,
    "abs": Leads._magnitude,
    "round": Leads._magnitude,
    "to_int": Leads._magnitude,
    "where": Leads._choice,
    "lookup": Leads._table,
    "sum": Leads._aggregate,
    "best": Leads._aggregate,
}
"""The transfer function of each operation."""
