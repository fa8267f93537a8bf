"""What a round of the search keeps of the round before.

A round searches the values of a graph, and the next one those of the graph that it leaves: the forms that it has found,
and values as written between them, few of which are new.
"""

from __future__ import annotations

from collections.abc import Iterator

from raspir.ir import Graph, Node
from raspir.ir.views import Sum
from raspir.passes.depth.search import Search


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
