"""Rules of logic and choices."""

from __future__ import annotations

from raspir.ir import Node
from raspir.ir.views import Binary, Compare, Unary, Where
from raspir.rewriting.builder import COMPLEMENT, Builder
from raspir.rewriting.rules.comparisons import are_complementary


def not_(algebra: Builder, node: Unary) -> Node | None:
    """~~x = x, and ~(a < b) is a >= b, for booleans."""
    a = node.operand
    if not algebra.facts[a].domain.boolean:
        return None
    if a.operation.name == "not":
        return a.operands[0] if algebra.facts[a.operands[0]].domain.boolean else None
    return algebra(COMPLEMENT[a.operation.name], a.a, a.b) if isinstance(a, Compare) else None


def and_or(algebra: Builder, node: Binary) -> Node | None:
    """x & True = x, x & False = False, x & x = x, x & ~x = False, and likewise for |, for booleans."""
    if not all(algebra.facts[operand].domain.boolean for operand in node.operands):
        return None
    a, b = node.a, node.b
    neutral = node.operation.name == "and"
    for one, other in ((a, b), (b, a)):
        single = algebra.facts[one].domain.single
        if single is not None:
            return other if single is neutral else one
        if are_complementary(one, other) or (one.operation.name == "not" and _has_first_operand(one, other)):
            return algebra.const(not neutral)
    return a if a is b else None


def choice(algebra: Builder, node: Where) -> Node | None:
    """where(True, a, b) = where(c, a, a) = a, where(~c, a, b) = where(c, b, a); a repeated condition is known."""
    condition, a, b = node.condition, node.a, node.b
    known = algebra.facts[condition].domain.atoms
    if known is not None and len({bool(atom) for atom in known}) == 1:
        return a if known[0] else b
    if a is b:
        return a
    if condition.operation.name == "not" and algebra.facts[condition].domain.boolean:
        return algebra("where", condition.operands[0], b, a)
    if isinstance(a, Where) and _has_first_operand(a, condition):
        return algebra("where", condition, a.a, b)
    if isinstance(b, Where) and _has_first_operand(b, condition):
        return algebra("where", condition, a, b.b)
    return None


def _has_first_operand(node: Node, operand: Node) -> bool:
    """Return whether ``operand`` is the first operand of ``node``."""
    return node.operands[0] is operand


def boolean_choice(algebra: Builder, node: Where) -> Node | None:
    """where(c, True, x) = c | x, where(c, x, False) = c & x, and their negations, for booleans."""
    if not all(algebra.facts[operand].domain.boolean for operand in node.operands):
        return None
    condition, a, b = node.condition, node.a, node.b
    if algebra.facts[a].domain.single is True:
        return algebra("or", condition, b)
    if algebra.facts[b].domain.single is False:
        return algebra("and", condition, a)
    if algebra.facts[a].domain.single is False:
        return algebra("and", algebra("not", condition), b)
    if algebra.facts[b].domain.single is True:
        return algebra("or", algebra("not", condition), a)
    return None
