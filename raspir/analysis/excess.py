"""Excess: how far an integer value may exceed the input length.

It shows that a position found by a count lies within the input: a count of positions is at most the length, and the
number of positions before one's own is less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from raspir.analysis.known import Known
from raspir.analysis.linear import Linear
from raspir.ir import Node
from raspir.ir.ranges import Bound, plus
from raspir.ir.views import Aggregate, Best, Indices, Where
from raspir.ir.walks import computed


class Excess:
    """The memoized excess of nodes: the least known c such that the value is at most ``length + c``.

    Args:
        facts: the other facts.
    """

    def __init__(self, facts: Known) -> None:
        self._facts = facts
        self._excess: dict[Node, Bound] = {}

    def of(self, node: Node) -> Bound:
        """Return the excess of a node; infinite if none is known."""
        found = self._excess.get(node)
        return found if found is not None else computed(node, self._parts, self._found, self._excess)

    def _parts(self, node: Node) -> Iterable[Node]:
        """Return the nodes on whose excess that of ``node`` depends."""
        if not self._facts[node].domain.integral:
            return ()
        form = self._facts.linear(node)
        if not form.is_term(node):
            return form.terms
        if isinstance(node, Aggregate):
            return (node.value,)
        return node.operands if node.operation.name in _RULES else ()

    def _found(self, node: Node) -> Bound:
        domain = self._facts[node].domain
        if not domain.integral:
            return inf
        known = plus(domain.high, -1)  # the length is at least 1
        if isinstance(node, Indices):
            return min(known, -1)
        form = self._facts.linear(node)
        if not form.is_term(node):
            return min(known, self._of_form(form))
        rule = _RULES.get(node.operation.name)
        return known if rule is None else min(known, rule(self, node))

    def _of_form(self, form: Linear) -> Bound:
        """Return the excess of a sum: that of one term, and the bounds of the others."""
        found: list[Bound] = [inf]
        for term, coefficient in form.terms.items():
            if coefficient == 1 and self._excess[term] < inf:
                rest = self._facts.bounds(form.plus(Linear({term: 1}), -1))
                found.append(plus(self._excess[term], rest[1]))
        return min(found)

    def _same(self, node: Node) -> Bound:
        (operand,) = node.operands
        return self._excess[operand] if self._facts[operand].domain.integral else inf

    def _quotient(self, node: Node) -> Bound:
        """Return the excess of a quotient by a positive divisor, which is at most the dividend, or negative."""
        a, b = node.operands
        positive = self._facts[a].domain.integral and self._facts[b].domain.integral and self._facts[b].domain.low > 0
        return max(self._excess[a], -2) if positive else inf

    def _choice(self, node: Where) -> Bound:
        pick = min if self._facts.is_minimum(node) else max
        return pick(self._excess[node.a], self._excess[node.b])

    def _aggregate(self, node: Aggregate) -> Bound:
        """Return the excess of a value moved from another position, or of a count of positions."""
        if not isinstance(node.default, int):
            return inf
        alone = node.default - 1
        if isinstance(node, Best) or self._facts.at_most_one(node.selector):
            return max(self._excess[node.value], alone)
        if self._facts[node.value].domain.high > 1:
            return inf
        return max(-1 if self._facts.never_own(node.selector) else 0, alone)


_RULES: dict[str, Callable[[Excess, Any], Bound]] = {
    "round": Excess._same,
    "to_int": Excess._same,
    "floordiv": Excess._quotient,
    "where": Excess._choice,
    "sum": Excess._aggregate,
    "best": Excess._aggregate,
}
"""The transfer function of each operation."""
