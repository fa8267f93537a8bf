"""Rounds of the search, and what each keeps of the round before.

A round searches the values of a graph, and the next one those of the graph that it leaves: the forms that it has found,
and values as written between them, few of which are new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from raspir.analysis import Analysis
from raspir.analysis.bool_int import bool_int_agnostic
from raspir.ir import Graph, Node
from raspir.ir.views import Sum
from raspir.passes.base import Remark
from raspir.passes.depth.budget import Budget
from raspir.passes.depth.extraction import extracted
from raspir.passes.depth.search import Rules, Search, SearchLimits
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import cost

_MOST = 6


@dataclass(frozen=True)
class Found:
    """A graph that rounds of the search have found.

    Attributes:
        graph: the graph.
        remarks: the remarks about their rewrites.
    """

    graph: Graph
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Rounds:
    """The search, repeated while it makes a graph cheaper.

    Attributes:
        rules: the rules, in the order in which they are tried.
        limits: the limits.
        max_table: the maximum number of rows of a table in place of an opaque function.
        progress: a callback, called with the number of values visited in a round and that of all values.
    """

    rules: Rules
    limits: SearchLimits
    max_table: int
    progress: Callable[[int, int], None] | None = None

    def searched(self, found: Found, analysis: Analysis, budget: Budget) -> Found:
        """Return the fewest layers found for the graph of ``found``, by what ``analysis`` knows."""
        graph, remarks = found.graph, found.remarks
        earlier: Search | None = None
        for _ in range(_MOST):
            algebra = Algebra(analysis, graph, self.max_table)
            search = Search(algebra, self.rules, self.limits, bool_int_agnostic(graph), budget)
            if earlier is not None:
                carry_over(earlier, graph, search)
            earlier = search
            new, made = extracted(graph, search, self.progress)
            is_better = cost(new) < cost(graph)
            if is_better:
                graph, remarks = new, (*remarks, *made)
            if budget.is_exceeded or budget.is_late or not is_better:
                break
        return Found(graph, remarks)


def carry_over(earlier: Search, graph: Graph, search: Search) -> None:
    """Add the results of ``earlier`` to ``search``, of ``graph``, except those that may have changed.

    These are the results that depend on a value of ``graph`` that ``earlier`` has not searched, or that now has other
    users.
    """
    stale = {node for node in graph if node not in earlier.results or _is_open(node, earlier, search)}
    for node, result in earlier.results.items():
        if any(each in stale for each in (node, *_leads_to(node, earlier))):
            stale.add(node)
            continue
        search.results[node] = result
        if node in earlier.steps:
            search.steps[node] = earlier.steps[node]


def _is_open(node: Node, earlier: Search, search: Search) -> bool:
    """Return whether ``search`` may find another form of ``node`` than ``earlier``."""
    if node in earlier.unsearched:
        return True
    return isinstance(node, Sum) and earlier.adds_integers(node) != search.adds_integers(node)


def _leads_to(node: Node, earlier: Search) -> Iterator[Node]:
    """Yield the nodes on whose results that of ``node`` depends, which were settled before it."""
    yield from node.operands
    yield earlier.results[node]
    if node in earlier.steps:
        yield earlier.steps[node].candidate
