"""Rules of selectors and aggregates."""

from __future__ import annotations

from raspir.analysis import Linear
from raspir.analysis import selectors as normal
from raspir.ir import Node
from raspir.rewriting.builder import COMPLEMENT, Builder


def default(algebra: Builder, node: Node) -> Node | None:
    """An aggregate that never selects is its default."""
    if algebra.facts.selects_none(node.operands[0]):
        default = node.atom("default")
        return algebra.const(default)
    return None


def own_value(algebra: Builder, node: Node) -> Node | None:
    """What each position fetches from itself is its own, and so is what is the same wherever it is fetched from."""
    selector, value = node.operands[:2]
    return value if _is_own_value(algebra, selector, value) and algebra.facts.exactly_one(selector) else None


def _is_own_value(algebra: Builder, selector: Node, value: Node) -> bool:
    """Return whether each position selects itself, or ``value`` is uniform."""
    return algebra.facts.selects_own(selector) or algebra.facts[value].uniform


def one_value(algebra: Builder, node: Node) -> Node | None:
    """mean = best = sum over at most one position, whose value comes as it is."""
    if algebra.facts.at_most_one(node.operands[0]):
        return algebra("sum", *node.operands[:2], default=node["default"])
    return None


def by_position(algebra: Builder, node: Node) -> Node | None:
    """The best by a score that always rises, or always falls, is the last selected position, or the first."""
    selector, value, score = node.operands
    if score is algebra.indices or not algebra.facts[score].domain.integral:
        return None
    steps = algebra.facts.steps(algebra.facts.linear(score))
    if not steps.injective:
        return None
    pick = "highest" if (node["pick"] == "highest") == steps.rising else "lowest"
    return algebra("best", selector, value, algebra.indices, pick=pick, ties="left", default=node["default"])


def selects_all(algebra: Builder, node: Node) -> Node | None:
    """A selector of everything or of nothing is written in one way."""
    if algebra.facts.selects_all(node):
        return algebra.everything
    return algebra.selector(normal.NOTHING) if algebra.facts.selects_none(node) else None


def selector_algebra(algebra: Builder, node: Node) -> Node | None:
    """s & all = s, s & s = s, ~~s = s, ~(a < b) is a >= b, and the like."""
    name, operands = node.operation.name, node.operands
    if name == "selector.not":
        (inner,) = operands
        if inner.operation.name == "selector.not":
            return inner.operands[0]
        comparison = inner.operation.name.removeprefix("select.")
        return algebra(f"select.{COMPLEMENT[comparison]}", *inner.operands) if comparison in COMPLEMENT else None
    a, b = operands
    is_neutral = algebra.facts.selects_all if name == "selector.and" else algebra.facts.selects_none
    for one, other in ((a, b), (b, a)):
        if is_neutral(one) or one is other:
            return other
    return None


def shallower(algebra: Builder, selector: Node) -> Node | None:
    """A selector without conditions that others imply, if those are deeper: k <= i & k < length is k <= i."""
    formula = algebra.facts[selector].formula
    if formula is None:
        return None
    sides = [side for clause in formula for pair in clause.sets for side in (pair.key, pair.query)]
    needed = [term for side in sides for term in (side.terms if isinstance(side, Linear) else [side] if side else [])]
    if max((algebra.facts[term].layer for term in needed), default=0) >= algebra.facts[selector].layer:
        return None
    return algebra.selector(formula)
