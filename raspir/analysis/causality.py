"""Causality: which heads provably attend to no position after their own."""

from __future__ import annotations

from math import inf

from raspir.analysis.intset import IntSet
from raspir.analysis.known import Known
from raspir.analysis.linear import Linear
from raspir.analysis.selectors import Comparison, Disjunction
from raspir.ir import Graph, Node, build
from raspir.ir.causal import written
from raspir.ir.layers import selector_parts
from raspir.ir.views import Aggregate


def looks_back(facts: Known, selector: Node) -> bool:
    """Return whether every row of ``selector`` provably selects no position after its own.

    Where the normal form of a selector is too large, its parts decide.
    """
    if facts.longest == 1:
        return True
    formula = facts[selector].formula
    if formula is not None:
        return _every_clause_looks_back(facts, formula)
    found: dict[Node, bool] = {}
    for part in selector_parts(selector):
        formula = facts[part].formula
        if formula is not None:
            found[part] = _every_clause_looks_back(facts, formula)
        else:
            parts = [found[operand] for operand in part.operands if operand in found]
            found[part] = {"selector.and": any, "selector.or": all}.get(part.operation.name, _never)(parts)
    return found[selector]


def looking_ahead(facts: Known, graph: Graph) -> list[Aggregate]:
    """Return the aggregates of ``graph`` that may attend to a position after their own, in node order."""
    return [node for node in graph if isinstance(node, Aggregate) and not looks_back(facts, node.selector)]


def kept_causal(facts: Known, graph: Graph) -> Graph:
    """Return a causal ``graph`` with the mask joined to each head that does not provably look back without it.

    A rewrite may drop a mask that the position of a fetch implies, and another one the evidence: a table in place of
    ``indices // 2``.
    """
    ahead = looking_ahead(facts, graph) if graph.causal else []
    return graph.masked(ahead) if ahead else graph


def masked_heads(facts: Known, graph: Graph) -> list[Aggregate]:
    """Return the aggregates of a causal ``graph`` that may look ahead without the mask, in node order."""
    return [node for node in graph if isinstance(node, Aggregate) and not looks_back(facts, written(node.selector))]


def _never(_: list[bool]) -> bool:
    return False


def _every_clause_looks_back(facts: Known, formula: Disjunction) -> bool:
    return all(any(_looks_back(facts, *condition) for condition in clause.sets.items()) for clause in formula)


def _looks_back(facts: Known, pair: Comparison, allowed: IntSet) -> bool:
    """Return whether ``key - query in allowed`` implies that the key's position is at most the query's."""
    if pair.position is None:
        return False
    high = allowed.intervals[-1][1]
    ahead = pair.position.plus(Linear({build("indices"): 1}), -1)
    return high != inf and facts.bounds(ahead)[1] + high <= 0
