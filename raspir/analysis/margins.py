"""Margins: memoized bounds of how far integer values exceed another value, the position or the length."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from math import inf
from typing import Any, ClassVar

from raspir.analysis.domains import Domain
from raspir.analysis.known import Known
from raspir.analysis.linear import Linear
from raspir.ir import Node
from raspir.ir.ranges import Bound, plus
from raspir.ir.views import Aggregate, Indices
from raspir.ir.walks import computed


class Margins(ABC):
    """The margins of nodes: for each integer-valued node, the least known c such that it is at most the other plus c.

    Args:
        facts: the other facts.
    """

    rules: ClassVar[Mapping[str, Callable[[Any, Any], Bound]]]
    """The transfer function of each operation."""

    of_position: ClassVar[int]
    """The margin of the position itself."""

    def __init__(self, facts: Known) -> None:
        self._facts = facts
        self._margins: dict[Node, Bound] = {}

    def of(self, node: Node) -> Bound:
        """Return the margin of a node; infinite if none is known."""
        found = self._margins.get(node)
        return found if found is not None else computed(node, self._parts, self._found, self._margins)

    @abstractmethod
    def of_domain(self, domain: Domain) -> Bound:
        """Return the margin of all values in ``domain``."""

    @abstractmethod
    def parts_of_aggregate(self, node: Aggregate) -> Iterable[Node]:
        """Return the nodes on whose margins that of an aggregate depends."""

    def _parts(self, node: Node) -> Iterable[Node]:
        """Return the nodes on whose margins that of ``node`` depends."""
        if not self._facts[node].domain.integral:
            return ()
        form = self._facts.linear(node)
        if not form.is_term(node):
            return form.terms
        if isinstance(node, Aggregate):
            return self.parts_of_aggregate(node)
        return node.operands if node.operation.name in self.rules else ()

    def _found(self, node: Node) -> Bound:
        domain = self._facts[node].domain
        if not domain.integral:
            return inf
        known, form = self.of_domain(domain), self._facts.linear(node)
        if not form.is_term(node):
            return min(known, self._of_form(form))
        if isinstance(node, Indices):
            return min(known, self.of_position)
        rule = self.rules.get(node.operation.name)
        return known if rule is None else min(known, rule(self, node))

    def _of_form(self, form: Linear) -> Bound:
        """Return the margin of a sum: that of one term, and the bounds of the others."""
        found: list[Bound] = [inf]
        for term, coefficient in form.terms.items():
            if coefficient == 1 and self.of(term) < inf:
                rest = self._facts.bounds(form.plus(Linear({term: 1}), -1))
                found.append(plus(self.of(term), rest[1]))
        return min(found)
