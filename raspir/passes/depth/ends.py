"""Values at the first or the last of the selected positions.

The ends of an interval of positions are known without attending. At the last member, a running sum over members is
their total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

from raspir.analysis import Comparison, Conjunct, IntSet, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.facts import clause_of
from raspir.ir import Node
from raspir.ir.atoms import is_zero
from raspir.ir.types import INT
from raspir.ir.views import Aggregate, Best, Sum
from raspir.passes.depth.closed_forms import interval_of, position_multiple
from raspir.passes.depth.gathers import Fetch, There, fetch_at, finding
from raspir.passes.depth.search import Rule, Rules, Search


def at_end(search: Search, aggregate: Best) -> Iterator[Node]:
    """Compute the value at the last, or the first, of an interval of positions, if that is shallower."""
    algebra = search.algebra
    clause = _clause(search, aggregate)
    interval = interval_of(algebra, clause) if clause is not None else None
    if interval is None:
        return
    place = interval.high if aggregate.pick == "highest" else interval.low
    fetch, some = fetch_at(algebra, place), search.facts.selects_some(aggregate.selector)
    there = There(search, replace(fetch, total=fetch.total or some), ties=True).or_whole(
        search.shallowest(aggregate.value)
    )
    if search.layer(there) <= search.layer(aggregate):
        room = algebra.compare(algebra.difference(interval.high, interval.low), "ge")
        yield there if some else algebra("where", room, there, algebra.const(aggregate.default))


def one_position(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Select by equality where an inequality selects one position, such as the last one."""
    clause = clause_of(search.algebra.formula(aggregate))
    for pair, allowed in clause.sets.items() if clause is not None else ():
        if pair.position is None or allowed.single is not None:
            continue
        possible = allowed & IntSet([search.facts.bounds(Linear({search.algebra.indices: 1}), pair.position)])
        if clause is not None and possible.single is not None:
            selector = search.algebra.selector((Conjunct({**clause.sets, pair: possible}),))
            yield search.algebra.using(aggregate, selector)


def _clause(search: Search, aggregate: Best) -> Conjunct | None:
    """Return the conditions of a choice by position of a value that needs attention, ``None`` for any other choice."""
    if aggregate.score is not search.algebra.indices or not search.layer(aggregate.value):
        return None
    return clause_of(search.algebra.formula(aggregate))


def at_member(search: Search, aggregate: Best) -> Iterator[Node]:
    """Compute running sums at the last, or the first, member from sums over all members."""
    algebra, clause = search.algebra, _clause(search, aggregate)
    if clause is None or interval_of(algebra, clause) is not None:
        return
    there = _AtMember(search, aggregate, clause)(search.shallowest(aggregate.value))
    if there is None or search.layer(there) > search.layer(aggregate):
        return
    if not search.facts.selects_some(aggregate.selector):
        some = finding(algebra, aggregate, algebra.const(True), False)
        there = algebra("where", some, there, algebra.const(aggregate.default))
    yield there


class _AtMember(There):
    """The values at the first or the last of the selected positions.

    Args:
        search: the source of layers and facts.
        aggregate: the choice of that position.
        clause: the conditions on the selected positions.
    """

    def __init__(self, search: Search, aggregate: Best, clause: Conjunct) -> None:
        super().__init__(search, Fetch(aggregate.selector, None, search.facts.selects_some(aggregate.selector)))
        self._finder = aggregate
        self._places = Conjunct({p: each for p, each in clause.sets.items() if position_multiple(search.algebra, p)})
        self._members = clause.without(*self._places.sets)
        self._last = aggregate.pick == "highest"

    def whole(self, node: Node) -> Node:
        """Return ``node`` fetched as a whole, with an arbitrary atom where nothing is selected."""
        if self._facts[node].uniform:
            return node
        return finding(self._algebra, self._finder, node, self.harmless(node))

    def _queried(self, aggregate: Aggregate) -> Node | None:
        """Return a sum over the members up to a position, or from it, at the position found."""
        value, clause = aggregate.value, clause_of(self._algebra.formula(aggregate))
        if not isinstance(aggregate, Sum) or self._facts[value].domain.kinds is not INT or clause is None:
            return None
        index = next((pair for pair in clause.sets if pair.is_index), None)
        if index is None or not is_zero(aggregate.default):
            return None
        allowed, others = clause.sets[index], clause.without(index)
        if len(allowed.intervals) != 1 or not all(map(self._is_of_key, others.sets)):
            return None
        ((low, high),) = allowed.intervals
        if (low, high) not in ((-inf, 0), (-inf, -1), (0, inf), (1, inf)):
            return None
        inclusive, prefix = 0 in allowed, low == -inf
        if not self._adds_members(others, value):
            return None
        return self._sum(others, value, inclusive, prefix)

    def _sum(self, others: Conjunct, value: Node, inclusive: bool, prefix: bool) -> Node | None:
        algebra, zero = self._algebra, self._algebra.const(0)
        own = self.whole(algebra("where", algebra.holds(others.sets), value, zero))
        if prefix != self._last:
            return None if self._places.sets else own if inclusive else zero
        if not all(self._bounds_end(allowed.intervals) for allowed in self._places.sets.values()):
            return None
        among = others.meet(self._places)
        total = zero if among is None else algebra("sum", algebra.selector((among,)), value, default=0)
        return total if inclusive else algebra("sub", total, own)

    def _bounds_end(self, intervals: tuple[tuple[float, float], ...]) -> bool:
        """Return whether a condition on positions excludes none between the first position and the one found."""
        return len(intervals) == 1 and intervals[0][0 if self._last else 1] in (-inf, inf)

    def _adds_members(self, others: Conjunct, value: Node) -> bool:
        """Return whether all positions that add anything but 0 to a sum are members."""
        adding = self._facts.compared("ne", value, self._algebra.const(0))
        return normal.both(normal.both((others,), adding), normal.complement((self._members,))) == normal.NOTHING

    def _is_of_key(self, pair: Comparison) -> bool:
        return self._facts.of_keys(pair) and pair.kind != "by"

    def _parts(self, node: Node) -> list[Node]:
        return [] if isinstance(node, Aggregate) else super()._parts(node)

    def _by_query(self, aggregate: Aggregate) -> None:
        return None


RULES: Rules = (
    Rule("one position", "agg(j >= length - 1, v) = agg(j = length - 1, v)", Aggregate, one_position),
    Rule("best at an end", "best(low <= j <= high, v, highest indices) = v[high]", Best, at_end),
    Rule("sum at a member", "best(s, sum(s & j <= i, v), highest indices) = sum(s, v)", Best, at_member),
)
