"""Evaluation of a fetched value at the fetched position, if that is shallower.

A selector of at most one position is a fetch. An elementwise map of fetched sequences is the map evaluated at the
fetched position; the position fetched is the position itself; a uniform value is the same there; and an aggregate at
another position is the aggregate with its queries fetched. So gathers compose into one, or into none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import inf

from raspir.analysis import Conjunct, IntSet, Linear
from raspir.analysis.facts import clause_of
from raspir.ir import Atom, Node
from raspir.ir.atoms import atom_key
from raspir.ir.layers import comparisons
from raspir.ir.types import BOOL, FLOAT, INT, STR, Type
from raspir.ir.views import Aggregate, Best, Elementwise, Indices, Where
from raspir.ir.walks import computed, preorder
from raspir.passes.depth.classes import by_query
from raspir.passes.depth.closed_forms import position_multiple
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.sides import with_sides
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import all_or_none

_CONE = 512  # values through which one fetch is propagated


@dataclass(frozen=True)
class Fetch:
    """A selector of at most one position.

    Attributes:
        selector: the selector.
        position: the position as a value at the query, if known in that form; it may lie outside the input.
        total: whether every query selects a position.
    """

    selector: Node
    position: Node | None
    total: bool


def fetch_of(algebra: Algebra, selector: Node) -> Fetch | None:
    """Return ``selector`` as a fetch, or ``None`` if it may select several positions."""
    if not algebra.facts.at_most_one(selector):
        return None
    position = algebra.facts.position(selector)
    node = algebra.linear(position) if position is not None else _guarded(algebra, selector)
    if node is None:
        return Fetch(selector, None, algebra.facts.exactly_one(selector))
    return fetch_at(algebra, node)


def _guarded(algebra: Algebra, selector: Node) -> Node | None:
    """Return the position that ``selector`` fetches from, -1 where it is not selected: j == p & j <= i.

    Return ``None`` if it has a condition that cannot be computed at the query.
    """
    clause = clause_of(algebra.facts[selector].formula)
    if clause is None:
        return None
    queries = all_or_none(pair.position for pair in clause.sets)
    if queries is None:
        return None
    places = list(zip(queries, clause.sets.values(), strict=True))
    fetched = next((query.plus(Linear({}, at.single)) for query, at in places if at.single is not None), None)
    if fetched is None:
        return None
    guard = algebra.const(True)
    for query, allowed in places:
        guard = algebra("and", guard, algebra.inside(fetched.plus(query, -1), allowed))
    return algebra("where", guard, algebra.linear(fetched), algebra.const(-1))


def fetch_at(algebra: Algebra, position: Node) -> Fetch:
    """Return the fetch from ``position``."""
    selector = algebra("select.eq", algebra.indices, position)
    return Fetch(selector, position, algebra.facts.exactly_one(selector))


def compose(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Compute a fetched value at the fetched position."""
    fetch = fetch_of(search.algebra, aggregate.selector)
    if fetch is None:
        return
    if not _may_gain(search, aggregate.value, fetch):
        return
    composed = _composed(search, aggregate, fetch)
    if composed is None and fetch.position is not None and not fetch.total:
        composed = _clamped(search, aggregate, fetch.position)
    if composed is not None:
        yield composed


def _may_gain(search: Search, value: Node, fetch: Fetch) -> bool:
    """Return whether computing ``value`` at the position may be shallower than fetching it.

    A fetch is one layer deeper than its position, so only values deeper than that can gain, or such as need no fetch:
    those computed from the position, and aggregates that no query limits at the last position, as prefix sums.
    """
    if search.facts[value].position_computable or search.layer(value) > search.layer(fetch.selector):
        return True
    return search.layer(value) >= 1 and _is_at_end(search.algebra, fetch)


def _is_at_end(algebra: Algebra, fetch: Fetch) -> bool:
    """Return whether the position is the same for all queries, and depends on the length."""
    if fetch.position is None or not algebra.facts[fetch.position].uniform:
        return False
    return algebra.length in algebra.facts.linear(fetch.position).terms


def _composed(search: Search, aggregate: Aggregate, fetch: Fetch) -> Node | None:
    """Return the value computed at the position, or ``None`` if that is deeper or could fail outside the input."""
    algebra = search.algebra
    there = There(search, fetch, ties=_is_at_end(algebra, fetch))(search.shallowest(aggregate.value))
    if there is None or search.layer(there) > search.layer(aggregate):
        return None
    if fetch.total or _is_default_outside(algebra, fetch, there, aggregate.default):
        return there
    default = algebra.const(aggregate.default)
    found = algebra("sum", fetch.selector, algebra.const(True), default=False)
    if fetch.position is not None:
        inside = within(algebra, fetch.position)
        # If the length is as deep, the head that fetches can also detect positions outside the input.
        if (
            search.layer(inside) < search.layer(found)
            or not algebra.facts.outside(algebra.facts.linear(fetch.position))[1]
        ):
            found = inside
    return algebra("where", found, there, default)


def _clamped(search: Search, aggregate: Aggregate, position: Node) -> Node | None:
    """Return the value computed at a position that is clamped to the query's own where it would lie outside."""
    algebra = search.algebra
    inside = within(algebra, position)
    own = fetch_at(algebra, algebra("where", inside, position, algebra.indices))
    there = There(search, Fetch(own.selector, own.position, True))(search.shallowest(aggregate.value))
    if there is None or search.layer(there) > search.layer(aggregate):
        return None
    return algebra("where", inside, there, algebra.const(aggregate.default))


def within(algebra: Algebra, position: Node) -> Node:
    """Return whether ``position`` lies within the input, as a boolean."""
    below, above = algebra.facts.outside(algebra.facts.linear(position))
    result = algebra.const(True)
    if below:
        result = algebra("ge", position, algebra.const(0))
    if above:
        result = algebra("and", result, algebra("lt", position, algebra.length))
    return result


def _is_default_outside(algebra: Algebra, fetch: Fetch, there: Node, default: Atom) -> bool:
    """Return whether ``there`` selects nothing and has the default ``default`` wherever ``fetch`` finds nothing."""
    if not isinstance(there, Aggregate) or fetch.position is None or atom_key(there.default) != atom_key(default):
        return False
    formula = algebra.formula(there)
    if formula is None:
        return False
    position = algebra.facts.linear(fetch.position)
    mirrored = algebra.facts.linear(algebra.length).plus(position, -1).plus(Linear({}, -1))
    below, above = algebra.facts.outside(position)
    # A position below 0 is mirrored to one beyond the last position, and vice versa.
    return all(
        (not below or _has(algebra, clause, _ends_by, position) or _has(algebra, clause, _starts_from, mirrored))
        and (not above or _has(algebra, clause, _starts_from, position) or _has(algebra, clause, _ends_by, mirrored))
        for clause in formula
    )


def _has(
    algebra: Algebra, clause: Conjunct, ends: Callable[[Algebra, Linear, IntSet, Linear], bool], place: Linear
) -> bool:
    """Return whether a clause has a condition that bounds the key's position by ``place``, above or below."""
    return any(
        position_multiple(algebra, pair) == 1
        and isinstance(pair.query, Linear)
        and bool(allowed)
        and ends(algebra, pair.query, allowed, place)
        for pair, allowed in clause.sets.items()
    )


def _ends_by(algebra: Algebra, query: Linear, allowed: IntSet, place: Linear) -> bool:
    """Return whether a key's position that differs from ``query`` by a member of ``allowed`` is at most ``place``."""
    high = allowed.intervals[-1][1]
    return high != inf and algebra.facts.bounds(query.plus(place, -1))[1] <= -high


def _starts_from(algebra: Algebra, query: Linear, allowed: IntSet, place: Linear) -> bool:
    """Return whether a key's position that differs from ``query`` by a member of ``allowed`` is at least ``place``."""
    low = allowed.intervals[0][0]
    return low != -inf and algebra.facts.bounds(query.plus(place, -1))[0] >= -low


class There:
    """The values at the fetched position; outside the input, any value that cannot fail.

    Args:
        search: the source of layers and facts.
        fetch: the fetch.
        ties: whether to prefer a computed value that is as deep as a fetched one, for other rules to improve on.
    """

    def __init__(self, search: Search, fetch: Fetch, ties: bool = False) -> None:
        self._search = search
        self._algebra = search.algebra
        self._facts = search.facts
        self._fetch = fetch
        self._there: dict[Node, Node | None] = {}
        self._layer = search.layer(fetch.selector)
        self._ties = ties
        position = fetch.position
        self._is_own = position is not None and self._facts.linear(position).is_term(self._algebra.indices)

    def __call__(self, value: Node) -> Node | None:
        """Return the shallowest form found of ``value`` there, or ``None`` if it is no better than the fetch."""
        if not self._is_followed(value):
            return None
        found = computed(value, self._parts, self._shallower, self._there)
        return found if found is not self.whole(value) else None

    def _is_followed(self, value: Node) -> bool:
        """Return whether ``value`` is small enough to propagate the fetch through, before any node is rebuilt."""
        new = (node for node in preorder([value], self._new_parts) if node not in self._there)
        return sum(1 for _ in islice(new, _CONE + 1)) <= _CONE

    def _new_parts(self, node: Node) -> list[Node]:
        return [] if node in self._there else self._parts(node)

    def or_whole(self, value: Node) -> Node:
        """Return ``value`` there: computed if that is shallower, else fetched."""
        found = self(value)
        return self.whole(value) if found is None else found

    def _parts(self, node: Node) -> list[Node]:
        """Return the values that computing ``node`` there requires."""
        if self._facts[node].uniform:
            return []
        if isinstance(node, Elementwise):
            return list(node.operands)
        if isinstance(node, Aggregate):
            form = self._by_query(node)
            return [*(select.query for select in comparisons(node.selector)), *([form] if form is not None else [])]
        return []

    def _by_query(self, aggregate: Aggregate) -> Node | None:
        """Return ``aggregate`` as a choice by its queries, which may be shallower there."""
        found = by_query(self._search, aggregate)
        return None if found is None else found[0]

    def _shallower(self, node: Node) -> Node | None:
        """Return ``node`` there: computed, or fetched if that is as shallow."""
        if self._facts[node].uniform:
            return node
        form = self._by_query(node) if isinstance(node, Aggregate) else None
        for found in (self._computed(node), self._there[form] if form is not None else None):
            if found is not None and self._search.layer(found) < self._whole_layer(node) + self._ties:
                return found
        return self.whole(node)

    def _whole_layer(self, node: Node) -> int:
        layer = self._search.layer(node)
        return layer if self._is_own else max(layer, self._layer) + 1

    def whole(self, node: Node) -> Node:
        """Return ``node`` fetched as a whole, with an arbitrary atom where nothing is fetched."""
        if self._facts[node].uniform or self._is_own:
            return node
        return self._algebra("sum", self._fetch.selector, node, default=self.harmless(node))

    def harmless(self, node: Node) -> Atom:
        """Return an atom of the domain of ``node``, for use where nothing is fetched."""
        domain = self._facts[node].domain
        if domain.atoms is not None:
            return domain.atoms[0]
        if domain.integral:
            return int(max(domain.low, min(0, domain.high)))
        kinds: dict[Type, Atom] = {STR: "", BOOL: False, INT: 0, FLOAT: 0.0}
        return next((atom for kind, atom in kinds.items() if domain.kinds in kind), 0)

    def _computed(self, node: Node) -> Node | None:
        if isinstance(node, Indices):
            return self._fetch.position
        if isinstance(node, Elementwise):
            return self._mapped(node)
        return self._queried(node) if isinstance(node, Aggregate) else None

    def _mapped(self, node: Node) -> Node | None:
        known = all_or_none(self._there[operand] for operand in node.operands)
        # Where nothing is fetched, operands may combine in ways that never occur inside the input.
        if known is None or not (self._fetch.total or self._facts.is_total(node, known)):
            return None
        return self._algebra.rebuilt(node, known)

    def _queried(self, aggregate: Aggregate) -> Node | None:
        """Return an aggregate with its queries evaluated there."""
        if not self._fetch.total and not self._is_safe(aggregate):
            return None
        selector = with_sides(self._algebra, aggregate.selector, lambda key: key, lambda query: self._there[query])
        return None if selector is None else self._algebra.using(aggregate, selector)

    def _is_safe(self, aggregate: Aggregate) -> bool:
        """Return whether an aggregate succeeds for queries from any position."""
        if not self._facts[aggregate].total:
            return False
        return all(self._facts[select].total for select in comparisons(aggregate.selector))


def where_found(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Fetch with the head that finds a position, instead of from the position found."""
    fetch = fetch_of(search.algebra, aggregate.selector)
    if fetch is None or fetch.position is None:
        return
    algebra, form = search.algebra, search.facts.linear(fetch.position)
    finder = form.term
    if not isinstance(finder, Aggregate):
        return
    if not isinstance(finder, Best) and not search.facts.at_most_one(finder.selector):
        return
    own = _own_position(algebra, finder.value)
    if own is None:
        return
    test, other = own
    beside = algebra.linear(Linear({algebra.indices: 1}, form.constant))
    there = finding(algebra, finder, algebra.using(aggregate, fetch_at(algebra, beside).selector), aggregate.default)
    if other is not None:
        instead = _at_constant(algebra, aggregate, other + form.constant)
        there = algebra("where", finding(algebra, finder, test, False), there, instead)
    if not always_finds(algebra, finder):
        if not isinstance(finder.default, int):
            return
        instead = _at_constant(algebra, aggregate, finder.default + form.constant)
        if other is not None or instead is not algebra.const(aggregate.default):
            there = algebra("where", finding(algebra, finder, algebra.const(True), False), there, instead)
    yield there


def _own_position(algebra: Algebra, value: Node) -> tuple[Node, int | None] | None:
    """If ``value`` is either its own position or one constant, return where it is the position, and the constant."""
    if value is algebra.indices:
        return algebra.const(True), None
    if not isinstance(value, Where):
        return None
    test, a, b = value.condition, value.a, value.b
    if b is algebra.indices:
        test, a, b = algebra("where", test, algebra.const(False), algebra.const(True)), b, a
    other = algebra.facts[b].domain.single
    if a is not algebra.indices or not isinstance(other, int):
        return None
    return algebra("where", test, algebra.const(True), algebra.const(False)), int(other)


def always_finds(algebra: Algebra, finder: Aggregate) -> bool:
    """Return whether ``finder`` finds a position for every query."""
    if isinstance(finder, Best):
        return algebra.facts.selects_some(finder.selector)
    return algebra.facts.exactly_one(finder.selector)


def finding(algebra: Algebra, finder: Aggregate, value: Node, default: Atom) -> Node:
    """Return ``value`` at the position that ``finder`` finds, or ``default`` if there is none."""
    changed = {**finder.named_attributes, "default": default}
    return algebra(finder.operation.name, finder.selector, value, *finder.operands[2:], **changed)


def _at_constant(algebra: Algebra, aggregate: Aggregate, position: int) -> Node:
    """Return ``aggregate`` fetching from a constant position; its default if that is negative."""
    if position < 0:
        return algebra.const(aggregate.default)
    return algebra.using(aggregate, fetch_at(algebra, algebra.const(position)).selector)


def last_position(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Fetch from the last position as the best one, which does not need the length."""
    fetch = fetch_of(search.algebra, aggregate.selector)
    if fetch is None or fetch.position is None:
        return
    algebra = search.algebra
    if algebra.difference(algebra.length, fetch.position) == Linear({}, 1):
        yield algebra(
            "best", algebra.everything, aggregate.value, algebra.indices,
            pick="highest", ties="left", default=aggregate.default,
        )  # fmt: skip


RULES: Rules = (
    Rule("gathers compose", "fetch(f(a, fetch(b, p)), q) = f(fetch(a, q), fetch(b, p(q)))", Aggregate, compose),
    Rule("fetched where found", "fetch(x, fetch(indices, p) + c) = fetch(shift(x, -c), p)", Aggregate, where_found),
    Rule("last position", "fetch(x, length - 1) = best(all, x, highest indices)", Aggregate, last_position, "best"),
)
