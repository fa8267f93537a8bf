"""Rules of comparisons."""

from __future__ import annotations

from raspir.analysis import IntSet
from raspir.analysis.facts import is_equality
from raspir.analysis.forms import MIRRORED
from raspir.ir import Node, build
from raspir.ir.atoms import is_boolean
from raspir.ir.views import Compare, Const, Where
from raspir.rewriting.builder import COMPLEMENT, Builder
from raspir.rewriting.rules.numbers import additions, constant, operations

_CHOICES = 12  # limit on the choices into which a comparison is moved, which can copy them or nest rules


def compared_to_itself(algebra: Builder, node: Compare) -> Node | None:
    """x == x, x <= x and x >= x are true, x != x, x < x and x > x false, as no atom is NaN."""
    return algebra.const(node.operation.name in ("eq", "le", "ge")) if node.a is node.b else None


def bounded(algebra: Builder, node: Compare) -> Node | None:
    """x + 1 <= x is false, and x + y < x + z is y < z, by bounds and terms of the difference of integers."""
    a, b = node.a, node.b
    if not (algebra.facts[a].domain.integral and algebra.facts[b].domain.integral):
        return None
    form = algebra.difference(a, b)
    possible = IntSet([algebra.facts.bounds(form)])
    allowed = IntSet.where(node.operation.name)
    if possible <= allowed:
        return algebra.const(True)
    if not possible & allowed:
        return algebra.const(False)
    if not form.terms:
        return None
    taken = sum(additions(algebra, side, 8) for side in (a, b))
    return algebra.compare(form, node.operation.name) if operations(algebra, form) + 1 < taken + 1 else None


def constant_last(algebra: Builder, node: Compare) -> Node | None:
    """3 < x is x > 3."""
    if isinstance(node.a, Const) and not isinstance(node.b, Const):
        return algebra(MIRRORED[node.operation.name], node.b, node.a)
    return None


def truth(algebra: Builder, node: Compare) -> Node | None:
    """x == True is x and x == False is ~x, for booleans x."""
    single = algebra.facts[node.b].domain.single
    if not (is_boolean(single) and is_equality(node) and algebra.facts[node.a].domain.boolean):
        return None
    return node.a if single == (node.operation.name == "eq") else algebra("not", node.a)


def compared_choice(algebra: Builder, node: Compare) -> Node | None:
    """where(c, a, b) == k is where(c, a == k, b == k), if that decides a branch and neither can fail.

    A chain of choices is followed as long as one branch of each is decided. If the choice has other users, both
    branches must be decided, or it would be copied for each comparison.
    """
    rest, constant = node.a, node.b
    if not isinstance(rest, Where) or not isinstance(constant, Const) or algebra.facts[rest].choices > _CHOICES:
        return None
    levels: list[tuple[Node, Node | None, Node | None]] = []
    while isinstance(rest, Where) and (algebra.uses[rest] == 1 or len(levels) < _CHOICES):
        branches = rest.a, rest.b
        if not all(algebra.facts.is_total(node, [branch, constant]) for branch in branches):
            break
        left, right = (
            _outcome(algebra, build(node.operation.name, branch, constant), rest.condition, chosen)
            for branch, chosen in zip(branches, (True, False), strict=True)
        )
        shared = algebra.uses[rest] > 1
        if (left is None or right is None) if shared else (left is None and right is None):
            break
        levels.append((rest.condition, left, right))
        if left is not None and right is not None:
            break
        rest = rest.a if left is None else rest.b
    if not levels:
        return None
    result = algebra(node.operation.name, rest, constant) if None in levels[-1] else node  # unused
    for condition, left, right in reversed(levels):
        result = algebra("where", condition, left or result, right or result)
    return result


def _outcome(algebra: Builder, test: Node, condition: Node, holds: bool) -> Node | None:
    """Return the result of the comparison ``test`` if domains, bounds, or whether ``condition`` holds decide it."""
    if test is condition:
        return algebra.const(holds)
    if are_complementary(test, condition):
        return algebra.const(not holds)
    if not isinstance(test, Compare):
        return None
    found = constant(algebra, test) or compared_to_itself(algebra, test) or bounded(algebra, test)
    return Const.of(found) if found is not None else None


def are_complementary(a: Node, b: Node) -> bool:
    """Return whether ``a`` and ``b`` are comparisons of which exactly one holds."""
    complements = COMPLEMENT.get(a.operation.name) == b.operation.name and have_same_operands(a, b)
    return complements and not (_skips(a) or _skips(b))


def _skips(comparison: Node) -> bool:
    """Return whether a comparison yields ``None`` where an operand is ``None``: then its complement holds as little."""
    return comparison.none == "skip"


def have_same_operands(a: Node, b: Node) -> bool:
    """Return whether both comparisons have the same operands."""
    return a.operands == b.operands
