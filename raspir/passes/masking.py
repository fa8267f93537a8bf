"""Masks: sums over one selector but for conditions on the keys are values of one head.

A condition on the key alone may move into the value, which is then zero where the condition does not hold. So counts of
several tokens take one head, with a value for each.
"""

from __future__ import annotations

from dataclasses import dataclass

from raspir.analysis import Comparison, Conjunct
from raspir.analysis.selectors import EVERYTHING, Disjunction, shared
from raspir.ir import Graph, Node
from raspir.ir.atoms import is_zero
from raspir.ir.layers import Head
from raspir.ir.text.describe import Describer
from raspir.ir.types import INT
from raspir.ir.views import Best, Mean, Sum
from raspir.passes.base import Remark
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import translated

RULE = "masked values"


@dataclass(frozen=True)
class _Masked:
    """A selector as conditions on the keys alone, and the rest.

    Attributes:
        mask: the conditions on the keys, in alternative clauses.
        rest: the selector without them.
    """

    mask: Disjunction
    rest: Disjunction


def with_masks(graph: Graph, algebra: Algebra, remarks: list[Remark]) -> Graph:
    """Return ``graph`` with heads that differ in conditions on the keys alone as one head each, and add remarks."""
    groups: dict[tuple[int, frozenset[Conjunct]], list[Head]] = {}
    for heads in graph.layering.heads:
        for head in heads:
            masked = _of_head(algebra, head)
            if masked is not None:
                groups.setdefault((head.layer, frozenset(masked.rest)), []).append(head)
    chosen: set[Node] = set()
    describer = Describer(graph)
    for several in groups.values():
        if len(several) > 1:
            sums = [aggregate for head in several for aggregate in head.aggregates]
            chosen.update(sums)
            gain = f"one head for {len(several)}"
            remarks.append(Remark(RULE, describer(sums[0]), gain, graph.locations.get(sums[0])))
    if not chosen:
        return graph
    selectors: dict[frozenset[Conjunct], Node] = {}

    def new(node: Node, operands: list[Node]) -> Node:
        made = algebra.rebuilt(node, operands)
        return _in_value(algebra, made, selectors) if node in chosen and isinstance(made, Sum | Mean) else made

    return translated(graph, new)


def _in_value(algebra: Algebra, aggregate: Sum | Mean, selectors: dict[frozenset[Conjunct], Node]) -> Node:
    """Return ``aggregate`` with the conditions on its keys in its value, over a selector that is shared likewise."""
    masked = _masked(algebra, aggregate.selector)
    if masked is None:
        return aggregate
    selector = selectors.setdefault(frozenset(masked.rest), algebra.selector(masked.rest))
    if masked.mask == EVERYTHING:
        return algebra.using(aggregate, selector)
    holds = algebra.const(False)
    for clause in masked.mask:
        holds = algebra("or", holds, algebra.holds(clause.sets))
    value = algebra("where", holds, aggregate.value, algebra.const(0))
    return algebra("sum", selector, value, default=0)


def _of_head(algebra: Algebra, head: Head) -> _Masked | None:
    """Return the selector of a head with its mask, or ``None`` if its aggregates cannot all be masked."""
    masked = _masked(algebra, head.selector)
    if masked is None or any(isinstance(aggregate, Best) for aggregate in head.aggregates):
        return None
    return (
        masked if masked.mask == EVERYTHING or all(_adds_integers(algebra, each) for each in head.aggregates) else None
    )


def _adds_integers(algebra: Algebra, aggregate: Node) -> bool:
    """Return whether ``aggregate`` is a sum of integers, with default 0."""
    if not isinstance(aggregate, Sum) or not is_zero(aggregate.default):
        return False
    return algebra.facts[aggregate.value].domain.kinds is INT


def _masked(algebra: Algebra, selector: Node) -> _Masked | None:
    """Return ``selector`` with its mask, ``None`` if its form is unknown, or if it selects one position at most."""
    formula = algebra.facts[selector].formula
    if not formula or algebra.facts.at_most_one(selector):
        return None
    common = shared(formula)
    on_key = {pair: allowed for pair, allowed in common.items() if _is_masking(algebra, pair)}
    others = {pair: allowed for pair, allowed in common.items() if pair not in on_key}
    # If what the clauses do not share is on the key, too, all of them but the rest of what they share is a mask.
    if all(_is_masking(algebra, pair) for clause in formula for pair in clause.sets if pair not in common):
        return _Masked(tuple(clause.without(*others) for clause in formula), (Conjunct(others),))
    return _Masked((Conjunct(on_key),), tuple(clause.without(*on_key) for clause in formula))


def _is_masking(algebra: Algebra, pair: Comparison) -> bool:
    """Return whether a condition is on the key alone, without an opaque predicate, and not on its position."""
    return pair.kind != "by" and algebra.facts.of_keys(pair) and pair.position is None
