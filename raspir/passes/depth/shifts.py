"""Absorption of shifts: a sum over shifted sequences is a sum over the originals plus a boundary term.

A sequence that is ``x[j + o]`` at position j, or a default where that lies outside the input, is summed over the
positions k = j + o instead; the positions j for which k lies outside are summed separately. Reversals, which fetch
from ``o - j``, are absorbed likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from raspir.analysis import Linear
from raspir.ir import Node
from raspir.ir.layers import comparisons
from raspir.ir.types import INT
from raspir.ir.typing import Attribute
from raspir.ir.views import Aggregate, Best, Elementwise, Mean, Sum
from raspir.passes.depth.gathers import There, fetch_at, fetch_of
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import all_or_none

_CONE = 64  # values between the sum and the shifts
_OFFSETS = 3  # distinct offsets tried


@dataclass(frozen=True)
class Reach:
    """The source of a shift or a reversal at position i: ``offset + i`` or ``offset - i``.

    Attributes:
        multiple: 1 for a shift, -1 for a reversal.
        offset: the uniform offset.
    """

    multiple: int
    offset: Linear

    def on(self, algebra: Algebra) -> Node:
        """Return the source position for each position."""
        return algebra.linear(Linear({algebra.indices: self.multiple}).plus(self.offset))

    def back(self, algebra: Algebra) -> Node:
        """Return the position for which each position is the source."""
        return algebra.linear(Linear({algebra.indices: self.multiple}).plus(self.offset, -self.multiple))


def absorb(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Sum over the source positions of shifts instead of over their destinations."""
    if not search.adds_integers(aggregate):
        return
    if search.facts.position(aggregate.selector) is not None:  # the gathers then compose
        return
    keys = [select.key for select in comparisons(aggregate.selector)]
    deepest = max(search.layer(each) for each in (aggregate.value, *keys))
    for reach in _reaches(search, [aggregate.value, *keys], deepest):
        absorbed = _absorbed(search, aggregate, reach)
        if absorbed is not None:
            yield absorbed


def _reaches(search: Search, roots: list[Node], layer: int) -> list[Reach]:
    """Return the reaches of the shifts in that layer on which ``roots`` depend through elementwise maps."""
    found: dict[Reach, None] = {}
    seen: set[Node] = set()
    stack = [root for root in roots if search.layer(root) == layer]
    while stack and len(seen) <= _CONE and len(found) < _OFFSETS:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        reach = reach_of(search, node)
        if reach is not None:
            found.setdefault(reach)
        elif isinstance(node, Elementwise):
            stack += [operand for operand in node.operands if search.layer(operand) == layer]
    return list(found)


def reach_of(search: Search, node: Node) -> Reach | None:
    """Return the reach of ``node`` if it is a shift or a reversal."""
    if not isinstance(node, Sum):
        return None
    key = ("reach", node.selector)
    if key not in search.memo:
        search.memo[key] = _reach(search, node.selector)
    found: Reach | None = search.memo[key]
    return found


def _reach(search: Search, selector: Node) -> Reach | None:
    fetch = fetch_of(search.algebra, selector)
    if fetch is None or fetch.position is None:
        return None
    multiple, offset = search.facts.affine(search.facts.linear(fetch.position)) or (0, Linear({}))
    own = multiple == 1 and not offset.terms and not offset.constant
    return Reach(multiple, offset) if multiple in (1, -1) and not own else None


def _absorbed(search: Search, aggregate: Aggregate, reach: Reach) -> Node | None:
    """Return the sum over the source positions of shifts by ``reach``, plus the boundary term."""
    algebra = search.algebra
    back, on = reach.back(algebra), reach.on(algebra)
    main = _Moved(search, reach, _original, There(search, fetch_at(algebra, back)).or_whole)
    edge = _Moved(search, reach, lambda shift: algebra.const(shift.default), lambda node: node)
    summed = aggregate.value
    if search.facts[summed].domain.kinds is not INT:
        summed = algebra.linear(search.facts.linear(summed))  # a single one is 1 on either side, and not True
    parts = []
    for moved, position, inside in ((main, back, True), (edge, on, False)):
        value = moved(summed)
        selector = with_sides(algebra, aggregate.selector, moved, lambda query: query, meets=False)
        if value is None or selector is None:
            return None
        within = _within(search, position)
        bounded = algebra("selector.and", selector, within if inside else algebra("selector.not", within))
        parts.append(algebra("sum", bounded, value, default=0))
    return algebra("add", *parts)


def absorb_reversal(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Fetch from the source positions of a reversal, which is a bijection."""
    if isinstance(aggregate, Mean) or search.adds_integers(aggregate):
        return
    if not isinstance(aggregate, Best) and not search.facts.at_most_one(aggregate.selector):
        return
    algebra = search.algebra
    keys = [select.key for select in comparisons(aggregate.selector)]
    roots = [*keys, *aggregate.operands[1:]]
    for reach in _reaches(search, roots, max(map(search.layer, roots))):
        back = fetch_at(algebra, reach.back(algebra))
        if reach.multiple == 1 or not back.total:
            continue
        moved = _Moved(search, reach, _original, There(search, back).or_whole)
        operands = all_or_none(map(moved, aggregate.operands[1:]))
        selector = with_sides(algebra, aggregate.selector, moved, lambda query: query, meets=False)
        if selector is not None and operands is not None:
            yield algebra(aggregate.operation.name, selector, *operands, **_turned(aggregate))


def _turned(aggregate: Aggregate) -> dict[str, Attribute]:
    """Return the attributes of an aggregate over reversed positions: ties are on the other side."""
    attributes = aggregate.named_attributes
    if isinstance(aggregate, Best):
        attributes["ties"] = "left" if aggregate.ties == "right" else "right"
    return attributes


def factor_queries(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Fetch an aggregate instead of its queries, if all of them are fetched from one position."""
    algebra = search.algebra
    queries = [select.query for select in comparisons(aggregate.selector)]
    for reach in _reaches(search, queries, max(map(search.layer, queries))):
        position, back = reach.on(algebra), algebra.fold(reach.back(algebra))
        main = _Moved(search, reach, _original, partial(_only_position, algebra, back))
        edge = _Moved(search, reach, lambda shift: algebra.const(shift.default), lambda query: query)
        whole, rest = (
            with_sides(algebra, aggregate.selector, lambda key: key, moved, meets=False) for moved in (main, edge)
        )
        if whole is None or rest is None:
            continue
        there, instead = algebra.using(aggregate, whole), algebra.using(aggregate, rest)
        fetch = fetch_at(algebra, position)
        fetched = algebra("sum", fetch.selector, there, default=aggregate.default)
        if fetch.total:
            yield fetched
        elif all(search.facts[each].total for each in (there, instead)):
            found = algebra("sum", fetch.selector, algebra.const(True), default=False)
            yield algebra("where", found, fetched, instead)


def _original(shift: Sum) -> Node:
    return shift.value


def _only_position(algebra: Algebra, back: Node, query: Node) -> Node | None:
    """Return a query at its destination position, if it is the position itself or uniform."""
    if query is algebra.indices:
        return back
    return query if algebra.facts[query].uniform else None


def _within(search: Search, position: Node) -> Node:
    """Return the selector of the keys at which ``position`` lies within the input."""
    algebra = search.algebra
    below, above = search.facts.outside(search.facts.linear(position))
    result = algebra.everything
    if below:
        result = algebra("selector.and", result, algebra("select.ge", position, algebra.const(0)))
    if above:
        result = algebra("selector.and", result, algebra("select.lt", position, algebra.length))
    return result


class _Moved:
    """A rewrite of sequences for other positions, with the shifts by one reach replaced.

    Args:
        search: the source of facts.
        reach: the reach of the shifts.
        shift: the rewrite of a shift.
        other: the rewrite of a value that neither is a shift nor depends on one.
    """

    def __init__(
        self,
        search: Search,
        reach: Reach,
        shift: Callable[[Sum], Node],
        other: Callable[[Node], Node | None],
    ) -> None:
        self._search = search
        self._reach = reach
        self._shifted: dict[Node, bool] = {}
        self._shift = shift
        self._other = other
        self._known: dict[Node, Node | None] = {}

    def __call__(self, node: Node, depth: int = 0) -> Node | None:
        """Return ``node`` there, or ``None`` if it could fail."""
        if node not in self._known:
            self._known[node] = self._moved(node, depth)
        return self._known[node]

    def _moved(self, node: Node, depth: int) -> Node | None:
        if self._search.facts[node].uniform:
            return node
        if isinstance(node, Sum) and reach_of(self._search, node) == self._reach:
            return self._shift(node)
        if not isinstance(node, Elementwise) or depth > _CONE or not self._has_shift(node):
            return self._other(node)
        operands = all_or_none(self(operand, depth + 1) for operand in node.operands)
        if operands is None or not self._search.facts.is_total(node, operands):
            return None
        return self._search.algebra.rebuilt(node, operands)

    def _has_shift(self, node: Node, depth: int = 0) -> bool:
        if node not in self._shifted:
            inner = isinstance(node, Elementwise) and depth <= _CONE
            self._shifted[node] = reach_of(self._search, node) == self._reach or (
                inner and any(self._has_shift(operand, depth + 1) for operand in node.operands)
            )
        return self._shifted[node]


RULES: Rules = (
    Rule(
        "shift absorbed",
        "sum(s(j), x[j + o]) = sum(s(k - o), x[k]) + the terms that o moves out",
        Sum,
        absorb,
        max_nesting=2,
    ),
    Rule("reversal absorbed", "best(s(j), x[o - j]) = best(s(o - k), x[k])", Aggregate, absorb_reversal, max_nesting=2),
    Rule(
        "queries factored",
        "agg(s(j, q[i + o])) = fetch(agg(s(j, q[i])), i + o)",
        Aggregate,
        factor_queries,
        max_nesting=2,
    ),
)
