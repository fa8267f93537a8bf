"""Fetches from the last position: the best position of all, for which no query has to know the length."""

from __future__ import annotations

from raspir.analysis import Analysis
from raspir.analysis.linear import Linear
from raspir.ir import Graph, Node, build
from raspir.ir.views import Aggregate, Best, Select, SelectBy
from raspir.rewriting.graphs import rebuilt, translated


def with_best_for_last(graph: Graph, facts: Analysis) -> Graph:
    """Return an equivalent program in which what the last position holds is the best value by position.

    In causal programs a query may see no last position, and nothing is rewritten.
    """
    if graph.causal:
        return graph

    def new(node: Node, operands: list[Node]) -> Node:
        if isinstance(node, Aggregate) and not isinstance(node, Best) and _is_last(facts, node.selector):
            everything, at = build("select.eq", _one(), _one()), build("indices")
            options = {"pick": "highest", "ties": "left", "default": node.default}
            return build("best", everything, operands[1], at, **options)
        return rebuilt(node, operands)

    return translated(graph, new)


def _one() -> Node:
    return build("const", value=1)


def _is_last(facts: Analysis, selector: Node) -> bool:
    """Return whether a selector selects the last position alone: ``indices + u == length - 1 + u``."""
    if not isinstance(selector, Select) or isinstance(selector, SelectBy) or selector.comparison != "eq":
        return False
    if not all(facts[side].domain.integral for side in (selector.key, selector.query)):
        return False
    key, query = facts.linear(selector.key), facts.linear(selector.query)
    rest = key.plus(Linear({build("indices"): 1}), -1)
    last = facts.linear(facts.length).plus(Linear({}, 1), -1)
    return all(facts[term].uniform for term in rest.terms) and query == rest.plus(last)
