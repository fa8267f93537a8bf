"""Symmetric aggregates of a reordered sequence: sums over a sorted sequence are sums over the sequence itself.

A sequence that is ``x`` at the position of rank i, among all positions, holds each atom of ``x`` once. So an aggregate
that does not depend on the order of positions is one over ``x``, where the position i is the rank. And an aggregate
whose queries are all fetched from the position of rank i is itself fetched from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from raspir.analysis import Linear
from raspir.analysis.facts import clause_of
from raspir.ir import Node
from raspir.ir.layers import comparisons
from raspir.ir.views import Aggregate, Best, Elementwise, Sum
from raspir.ir.walks import computed
from raspir.passes.depth.cones import cone, read_at_keys
from raspir.passes.depth.gathers import Fetch, There, fetch_at
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.rewriting.graphs import all_or_none


@dataclass(frozen=True)
class Reordering:
    """A fetch that moves each position to another one.

    Attributes:
        selector: its selector.
        moved: the position to which each position is moved.
    """

    selector: Node
    moved: Node


def absorb(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Aggregate over the original positions of a reordered sequence."""
    if not _is_symmetric(search, aggregate):
        return
    algebra = search.algebra
    for reordering in _reorderings(search, read_at_keys(aggregate)):
        back = fetch_at(algebra, reordering.moved)
        there = There(search, Fetch(back.selector, back.position, True))
        original = _Original(search, reordering, partial(_fetched, search, there))
        operands = all_or_none(map(original, aggregate.operands[1:]))
        selector = with_sides(algebra, aggregate.selector, original, lambda query: query)
        if selector is not None and operands is not None:
            yield algebra.rebuilt(aggregate, [selector, *operands])


def _fetched(search: Search, there: There, value: Node) -> Node:
    return there.or_whole(search.shallowest(value))


def _is_symmetric(search: Search, aggregate: Aggregate) -> bool:
    """Return whether the order of positions does not matter to an aggregate."""
    if isinstance(aggregate, Best):
        return aggregate.score is search.algebra.indices
    return search.facts[aggregate.value].domain.integral or search.facts.at_most_one(aggregate.selector)


def factor_queries(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Fetch an aggregate instead of its queries, if all of them are fetched from one position."""
    algebra = search.algebra
    queries = [select.query for select in comparisons(aggregate.selector)]
    for reordering in _reorderings(search, queries):
        original = _Original(search, reordering, lambda query: None)
        selector = with_sides(algebra, aggregate.selector, lambda key: key, original)
        if selector is not None:
            there = algebra.using(aggregate, selector)
            yield algebra("sum", reordering.selector, there, default=aggregate.default)


def _reorderings(search: Search, roots: list[Node]) -> list[Reordering]:
    """Return the reorderings in the deepest layer on which ``roots`` depend through elementwise maps."""

    def layer(node: Node) -> int:
        return search.layer(search.results.get(node, node))

    deepest = max(map(layer, roots))
    if deepest == 0:
        return []
    visited = cone(roots, lambda node: layer(node) >= deepest)
    found = [reordering_of(search, node) for node in visited if layer(node) >= deepest]
    return list(dict.fromkeys(each for each in found if each is not None))


def reordering_of(search: Search, node: Node) -> Reordering | None:
    """Return the reordering by which ``node`` fetches."""
    if not isinstance(node, Sum):
        return None
    key = ("reordering", node.selector)
    if key not in search.memo:
        search.memo[key] = _reordering(search, node.selector)
    found: Reordering | None = search.memo[key]
    return found


def _reordering(search: Search, selector: Node) -> Reordering | None:
    """Return the reordering of a fetch by position or rank, from each position or the mirrored one."""
    facts = search.facts
    clause = clause_of(facts[selector].formula)
    if clause is None or not facts.reorders(selector):
        return None
    ((pair, allowed),) = clause.sets.items()
    key, query, single = pair.key, pair.query, allowed.single
    if not isinstance(key, Linear) or not isinstance(query, Linear) or single is None:
        return None
    multiple, offset = facts.affine(query) or (0, Linear({}))
    moved = key.plus(offset, -1).plus(Linear({}, -single)).scaled(multiple)
    return Reordering(selector, search.algebra.linear(moved)) if multiple in (1, -1) else None


class _Original:
    """A rewrite of values from the positions of reordered sequences to the original ones.

    Args:
        search: the source of facts.
        reordering: the reordering.
        other: the rewrite of a value that is not computed from reordered sequences and positions.
    """

    def __init__(self, search: Search, reordering: Reordering, other: Callable[[Node], Node | None]) -> None:
        self._search = search
        self._reordering = reordering
        self._other = other
        self._known: dict[Node, Node | None] = {search.algebra.indices: reordering.moved}

    def __call__(self, root: Node) -> Node | None:
        """Return ``root`` there."""
        return computed(root, self._parts, self._rewritten, self._known)

    def _parts(self, node: Node) -> tuple[Node, ...]:
        return node.operands if isinstance(node, Elementwise) and not self._search.facts[node].uniform else ()

    def _rewritten(self, node: Node) -> Node | None:
        if self._search.facts[node].uniform:
            return node
        if isinstance(node, Sum) and node.selector is self._reordering.selector:
            return node.value
        if not isinstance(node, Elementwise):
            return self._other(node)
        operands = all_or_none(self._known[operand] for operand in node.operands)
        return None if operands is None else self._search.algebra.rebuilt(node, operands)


RULES: Rules = (
    Rule("reordering absorbed", "sum(s(x[rank i])) = sum(s(x[k]))", Aggregate, absorb, max_nesting=3),
    Rule(
        "queries reordered",
        "agg(s(j, q[rank i])) = fetch(agg(s(j, q[k])), rank k = i)",
        Aggregate,
        factor_queries,
        max_nesting=3,
    ),
)
