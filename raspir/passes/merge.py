"""The pass merge: unification of equal selectors, of sums over one selector, and of selectors that masks replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeGuard

from raspir.analysis import Linear
from raspir.analysis.domains import LIMIT
from raspir.analysis.selectors import Conjunct, Disjunction
from raspir.ir import Graph, Node
from raspir.ir.atoms import is_zero
from raspir.ir.layers import selector_parts
from raspir.ir.text.describe import Describer
from raspir.ir.types import INT, SELECTOR
from raspir.ir.views import Select, Sum
from raspir.passes.base import PassContext, Remark
from raspir.passes.masking import with_masks
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import cost, replaced
from raspir.rewriting.joins import Join, joined, pairs, with_join

_ROUNDS = 10


@dataclass(frozen=True)
class Merge:
    """A merge of heads, and of comparisons within them.

    Attributes:
        max_table: the maximum number of rows of a table in place of an opaque function.
    """

    max_table: int = LIMIT

    name: ClassVar[str] = "merge"
    summary: ClassVar[str] = "merges equal selectors, comparisons of the same key and query, and sums over one selector"

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` merged, or the same graph if that saves nothing."""
        for _ in range(_ROUNDS):
            algebra = Algebra(context.analysis(graph), graph, self.max_table)
            merging = _Merging(graph, algebra)
            merged = with_masks(merging.graph(), algebra, merging.remarks)
            if cost(merged) >= cost(graph):
                break
            graph = merged
            context.remarks.extend(merging.remarks)
        return context.kept_causal(graph)


class _Merging:
    """One round over a graph, in post-order."""

    def __init__(self, graph: Graph, algebra: Algebra) -> None:
        self._graph = graph
        self._algebra = algebra
        self._facts = self._algebra.facts
        self._describer = Describer(graph)
        self._made: dict[Node, Node] = {}
        self._chosen: dict[frozenset[Conjunct], Node] = {}
        self._apart: set[tuple[Node, Node, int, int]] = set()
        self.remarks: list[Remark] = []

    def graph(self) -> Graph:
        """Return the merged graph."""
        for node in self._graph:
            new = self._algebra.rebuilt(node, [self._made[operand] for operand in node.operands])
            if new.type is SELECTOR:
                new = self._selector(node, new)
            elif new.operation.name in ("add", "sub"):
                new = self._sum(node, new)
            self._made[node] = new
            self._algebra.replaces(node, new)
        return replaced(self._graph, self._made)

    def _remark(self, node: Node, rule: str, gain: str) -> None:
        place = self._graph.locations.get(node)
        self.remarks.append(Remark(rule, self._describer(node), gain, place))

    def _selector(self, node: Node, selector: Node) -> Node:
        """Return the representative of all equal selectors, as short as the normal form allows."""
        formula = self._facts[selector].formula
        if formula is None:
            return selector
        key = _equality_key(formula)
        found = self._chosen.get(key)
        if found is not None:
            if found is not selector:
                self._remark(node, "equal selectors", "one head for two selectors")
            return found
        short = self._shorter(selector, formula)
        if short is not selector:
            self._remark(node, "comparisons merge", f"{_size(selector)} → {_size(short)} selectors")
        self._chosen[key] = short
        return short

    def _shorter(self, selector: Node, formula: Disjunction) -> Node:
        if isinstance(selector, Select):
            return selector
        normal_form = self._algebra.selector(formula)
        layers = self._facts[normal_form].layer, self._facts[selector].layer
        return normal_form if _size(normal_form) < _size(selector) and layers[0] <= layers[1] else selector

    def _sum(self, node: Node, total: Node) -> Node:
        """Return a sum of sums as one sum, if these have no other users."""
        form = self._facts.linear(total)
        groups: dict[Node, list[tuple[Sum, int]]] = {}
        for term, coefficient in form.terms.items():
            if self._is_sum(term):
                groups.setdefault(term.selector, []).append((term, coefficient))
        merged = form
        for selector, terms in groups.items():
            if len(terms) > 1:
                merged = self._replaced(merged, terms, self._over_one(selector, terms))
                self._remark(node, "sums are linear", f"one value for {len(terms)}")
        if merged is form:
            merged = self._united(node, form)
        return total if merged is form else self._algebra.linear(merged)

    def _is_sum(self, term: Node) -> TypeGuard[Sum]:
        """Return whether ``term`` is a sum of integers without other users."""
        if not isinstance(term, Sum) or self._algebra.uses[term] > 1:
            return False
        return self._facts[term.value].domain.kinds is INT and is_zero(term.default)

    def _over_one(self, selector: Node, terms: list[tuple[Sum, int]]) -> Node:
        """Return the sum over ``selector`` of the linear combination of the values of ``terms``."""
        value = Linear({})
        for term, coefficient in terms:
            value = value.plus(self._facts.linear(term.value), coefficient)
        return self._algebra("sum", selector, self._algebra.linear(value), default=0)

    def _replaced(self, form: Linear, terms: list[tuple[Sum, int]], new: Node) -> Linear:
        kept = form.plus(Linear(dict[Node, int](terms)), -1)
        return kept.plus(self._facts.linear(new))

    def _united(self, node: Node, form: Linear) -> Linear:
        """Return ``form`` with two sums of one value as one, over a disjoint union or difference of selectors."""
        sums = {term: coefficient for term, coefficient in form.terms.items() if self._is_sum(term)}
        for a, b in pairs(sums):
            join = self._join(a, b, sums[a], sums[b])
            if join is not None:
                self._remark(node, join.rule, "one head for two")
                return with_join(self._algebra, form, a, b, join)
        return form

    def _join(self, a: Sum, b: Sum, coefficient: int, other: int) -> Join | None:
        """Return the selector that replaces two in a linear combination of sums.

        A form shares terms with the forms before it, so pairs without such a selector are memoized.
        """
        if (a, b, coefficient, other) in self._apart:
            return None
        join = joined(self._algebra, a, b, coefficient, other)
        if join is None:
            self._apart.add((a, b, coefficient, other))
        return join


def _equality_key(formula: Disjunction) -> frozenset[Conjunct]:
    """Return a key that is equal for normal forms of the same conjuncts in any order."""
    return frozenset(formula)


def _size(selector: Node) -> int:
    """Return the number of selectors in ``selector``, including itself."""
    return len(selector_parts(selector))
