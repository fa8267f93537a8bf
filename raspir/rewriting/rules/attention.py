"""Rules of selectors and aggregates."""

from __future__ import annotations

from raspir.analysis import Linear
from raspir.analysis import selectors as normal
from raspir.ir import Node
from raspir.ir.views import Aggregate, Best, Combination, Select, Sum
from raspir.rewriting.builder import COMPLEMENT, Builder


def default(algebra: Builder, node: Aggregate) -> Node | None:
    """An aggregate over a selector of no positions is its default."""
    return algebra.const(node.default) if algebra.facts.selects_none(node.selector) else None


def own_value(algebra: Builder, node: Sum) -> Node | None:
    """sum(s, x) = x if each position selects itself alone, or one position of a uniform x."""
    is_own = _is_own_value(algebra, node.selector, node.value)
    return node.value if is_own and algebra.facts.exactly_one(node.selector) else None


def _is_own_value(algebra: Builder, selector: Node, value: Node) -> bool:
    """Return whether each position selects itself, or ``value`` is uniform."""
    return algebra.facts.selects_own(selector) or algebra.facts[value].uniform


def one_value(algebra: Builder, node: Aggregate) -> Node | None:
    """mean(s, x) = best(s, x) = sum(s, x) if s selects at most one position."""
    if algebra.facts.at_most_one(node.selector):
        return algebra("sum", node.selector, node.value, default=node.default)
    return None


def by_position(algebra: Builder, node: Best) -> Node | None:
    """best(s, x, score) = best(s, x, indices) if the score is strictly monotone in the position."""
    if node.score is algebra.indices or not algebra.facts[node.score].domain.integral:
        return None
    steps = algebra.facts.steps(algebra.facts.linear(node.score))
    if not steps.injective:
        return None
    pick = "highest" if (node.pick == "highest") == steps.rising else "lowest"
    return algebra("best", node.selector, node.value, algebra.indices, pick=pick, ties="left", default=node.default)


def selects_all(algebra: Builder, node: Node) -> Node | None:
    """A selector of all positions, or of none, has one canonical form."""
    if algebra.facts.selects_all(node):
        return algebra.everything
    return algebra.selector(normal.NOTHING) if algebra.facts.selects_none(node) else None


def selector_algebra(algebra: Builder, node: Combination) -> Node | None:
    """s & all = s, s & s = s, ~~s = s, ~(a < b) is a >= b, and likewise for |."""
    name, operands = node.operation.name, node.operands
    if name == "selector.not":
        (inner,) = operands
        if inner.operation.name == "selector.not":
            return inner.operands[0]
        if isinstance(inner, Select) and inner.comparison in COMPLEMENT:
            return algebra(f"select.{COMPLEMENT[inner.comparison]}", *inner.operands)
        return None
    a, b = operands
    is_neutral = algebra.facts.selects_all if name == "selector.and" else algebra.facts.selects_none
    for one, other in ((a, b), (b, a)):
        if is_neutral(one) or one is other:
            return other
    return None


def shallower(algebra: Builder, selector: Node) -> Node | None:
    """k <= i & k < length is k <= i: a selector without deeper conditions that the others imply."""
    formula = algebra.facts[selector].formula
    if formula is None:
        return None
    sides = [side for clause in formula for pair in clause.sets for side in (pair.key, pair.query)]
    needed = [term for side in sides for term in (side.terms if isinstance(side, Linear) else [side] if side else [])]
    if max((algebra.facts[term].layer for term in needed), default=0) >= algebra.facts[selector].layer:
        return None
    return algebra.selector(formula)
