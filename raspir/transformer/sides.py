"""Comparisons of keys with queries in which uniform terms stand on the side of the query.

A term that is the same at all positions, as the length, makes a key's square a product with the rest of the key; as
part of the query it needs no function of its own.
"""

from __future__ import annotations

from raspir.analysis import Analysis
from raspir.analysis.linear import Linear
from raspir.ir import Graph, Node, build
from raspir.ir.views import Select, SelectBy
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import rebuilt, translated


def with_uniform_queries(graph: Graph, facts: Analysis) -> Graph:
    """Return an equivalent program in which no compared key has uniform terms beside others."""
    algebra = Algebra(facts, graph)

    def new(node: Node, operands: list[Node]) -> Node:
        if isinstance(node, Select) and not isinstance(node, SelectBy):
            key, query = facts.linear(node.key), facts.linear(node.query)
            moved = Linear({term: c for term, c in key.terms.items() if facts[term].uniform})
            integral = all(facts[side].domain.integral for side in (node.key, node.query))
            if moved.terms and len(moved.terms) < len(key.terms) and integral:
                sides = algebra.linear(key.plus(moved, -1)), algebra.linear(query.plus(moved, -1))
                return build(node.operation.name, *sides)
        return rebuilt(node, operands)

    return translated(graph, new)
