"""Rule 4: shifts are absorbed: a sum over shifted sequences is a sum over the originals, and a term for the boundary.

A sequence that is ``x[j + o]`` at position j, or a default where that lies outside the input, is summed over the
positions k = j + o instead; the positions j for which k lies outside are summed for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from raspir.analysis import Linear
from raspir.ir import Node, Role
from raspir.passes.depth.aggregates import Aggregate, selects, with_sides
from raspir.passes.depth.gathers import There, fetch_at, fetch_of
from raspir.passes.depth.search import Rule, Search

_CONE = 64  # values between the sum and the shifts
_OFFSETS = 3  # different offsets that are tried


def absorb(search: Search, node: Node) -> Iterator[Node]:
    """Sum over the positions that shifts fetch from, and not over those that they fetch for."""
    aggregate = Aggregate.of(node, search.algebra)
    if aggregate is None or not search.adds_integers(aggregate):
        return
    keys = [select.operands[0] for select in selects(aggregate.selector)]
    deepest = max(search.layer(each) for each in (aggregate.value, *keys))
    for offset in _offsets(search, [aggregate.value, *keys], deepest):
        absorbed = _absorbed(search, aggregate, offset)
        if absorbed is not None:
            yield absorbed


def _offsets(search: Search, roots: list[Node], layer: int) -> list[Linear]:
    """Return how far the shifts of that layer reach that elementwise maps make ``roots`` of."""
    found: dict[Linear, None] = {}
    seen: set[Node] = set()
    stack = [root for root in roots if search.layer(root) == layer]
    while stack and len(seen) <= _CONE and len(found) < _OFFSETS:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        offset = offset_of(search, node)
        if offset is not None:
            found.setdefault(offset)
        elif node.operation.role is Role.ELEMENTWISE:
            stack += [operand for operand in node.operands if search.layer(operand) == layer]
    return list(found)


def offset_of(search: Search, node: Node) -> Linear | None:
    """Return o where ``node`` fetches from position i + o for position i, with o the same at all positions."""
    if node.operation.name != "sum":
        return None
    fetch = fetch_of(search.algebra, node.operands[0])
    if fetch is None or fetch.position is None:
        return None
    multiple, offset = search.facts.affine(search.facts.linear(fetch.position)) or (0, Linear({}))
    return offset if multiple == 1 and (offset.terms or offset.constant) else None


def _absorbed(search: Search, aggregate: Aggregate, offset: Linear) -> Node | None:
    """Return the sum over the positions that shifts by ``offset`` fetch from, plus that of the boundary."""
    algebra = search.algebra
    own = algebra.indices
    back = algebra.linear(Linear({own: 1}).plus(offset, -1))
    on = algebra.linear(Linear({own: 1}).plus(offset))
    there = There(search, fetch_at(algebra, back))

    def elsewhere(node: Node) -> Node | None:
        return there.whole(node) if there(node) is None else there(node)

    main = _Moved(search, offset, lambda shift: shift.value, elsewhere)
    edge = _Moved(search, offset, lambda shift: algebra.const(shift.default), lambda node: node)
    parts = []
    for moved, position, inside in ((main, back, True), (edge, on, False)):
        value = moved(aggregate.value)
        selector = with_sides(algebra, aggregate.selector, moved, lambda query: query, meets=False)
        if value is None or selector is None:
            return None
        within = _within(search, position)
        bounded = algebra("selector.and", selector, within if inside else algebra("selector.not", within))
        parts.append(algebra("sum", bounded, value, default=0))
    return algebra("add", *parts)


def _within(search: Search, position: Node) -> Node:
    """Return the selector of the keys at which ``position`` is one of the input's."""
    algebra = search.algebra
    below, above = search.facts.outside(search.facts.linear(position))
    result = algebra.everything
    if below:
        result = algebra("selector.and", result, algebra("select.ge", position, algebra.const(0)))
    if above:
        result = algebra("selector.and", result, algebra("select.lt", position, algebra.length))
    return result


class _Moved:
    """Sequences with the shifts by one offset replaced, for other positions.

    Args:
        search: knows facts.
        offset: of the shifts.
        shift: what becomes of a shift.
        other: what becomes of what is neither a shift nor made of them.
    """

    def __init__(
        self,
        search: Search,
        offset: Linear,
        shift: Callable[[Aggregate], Node],
        other: Callable[[Node], Node | None],
    ) -> None:
        self._search = search
        self._offset = offset
        self._shift = shift
        self._other = other
        self._known: dict[Node, Node | None] = {}

    def __call__(self, node: Node, depth: int = 0) -> Node | None:
        """Return ``node`` there, ``None`` where that could fail."""
        if node not in self._known:
            self._known[node] = self._moved(node, depth)
        return self._known[node]

    def _moved(self, node: Node, depth: int) -> Node | None:
        if self._search.facts[node].uniform:
            return node
        if offset_of(self._search, node) == self._offset:
            return self._shift(Aggregate(node, self._search.algebra))
        if node.operation.role is not Role.ELEMENTWISE or depth > _CONE or not self._has_shift(node):
            return self._other(node)
        operands = [self(operand, depth + 1) for operand in node.operands]
        known = [operand for operand in operands if operand is not None]
        if len(known) < len(operands) or not self._search.facts.succeeds(node, known):
            return None
        return self._search.algebra.rebuilt(node, known)

    def _has_shift(self, root: Node) -> bool:
        seen: set[Node] = set()
        stack = [root]
        while stack and len(seen) <= _CONE:
            node = stack.pop()
            if offset_of(self._search, node) == self._offset:
                return True
            if node not in seen and node.operation.role is Role.ELEMENTWISE:
                seen.add(node)
                stack.extend(node.operands)
        return False


RULES = (Rule("shift absorbed", "sum(s(j), x[j + o]) = sum(s(k - o), x[k]) + the terms that o moves out", absorb),)
