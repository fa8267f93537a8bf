"""Excess: how far an integer value may exceed the input length.

It shows that a position found by a count lies within the input: a count of positions is at most the length, and the
number of positions before one's own is less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any, ClassVar

from raspir.analysis.domains import Domain
from raspir.analysis.margins import Margins
from raspir.ir import Node
from raspir.ir.ranges import Bound, plus
from raspir.ir.views import Aggregate, Best, Where


class Excess(Margins):
    """The excess of nodes: the least known c such that the value is at most ``length + c``."""

    of_position = -1

    def of_domain(self, domain: Domain) -> Bound:
        """Return the excess of all values in ``domain``, as the length is at least 1."""
        return plus(domain.high, -1)

    def parts_of_aggregate(self, node: Aggregate) -> Iterable[Node]:
        """Return the nodes on whose excess that of an aggregate depends."""
        return (node.value,)

    def _same(self, node: Node) -> Bound:
        (operand,) = node.operands
        return self.of(operand) if self._facts[operand].domain.integral else inf

    def _quotient(self, node: Node) -> Bound:
        """Return the excess of a quotient by a positive divisor, which is at most the dividend, or negative."""
        a, b = node.operands
        positive = self._facts[a].domain.integral and self._facts[b].domain.integral and self._facts[b].domain.low > 0
        return max(self.of(a), -2) if positive else inf

    def _choice(self, node: Where) -> Bound:
        pick = min if self._facts.is_minimum(node) else max
        return pick(self.of(node.a), self.of(node.b))

    def _aggregate(self, node: Aggregate) -> Bound:
        """Return the excess of a value moved from another position, or of a count of positions."""
        if not isinstance(node.default, int):
            return inf
        alone = node.default - 1
        if isinstance(node, Best) or self._facts.at_most_one(node.selector):
            return max(self.of(node.value), alone)
        if self._facts[node.value].domain.high > 1:
            return inf
        return max(-1 if self._facts.never_own(node.selector) else 0, alone)

    rules: ClassVar[Mapping[str, Callable[[Any, Any], Bound]]] = {
        "round": _same,
        "to_int": _same,
        "floordiv": _quotient,
        "where": _choice,
        "sum": _aggregate,
        "best": _aggregate,
    }
