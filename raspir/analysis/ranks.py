"""Ranks: counts of the members that precede a position in a strict total order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from raspir.analysis.intset import IntSet
from raspir.analysis.selectors import Comparison, Conjunct, Disjunction

_BEFORE, _AFTER, _EQUAL = IntSet([(-inf, -1)]), IntSet([(1, inf)]), IntSet([(0, 0)])


@dataclass(frozen=True)
class Order:
    """A strict total order of positions: lexicographic by an optional sequence, then by position.

    Attributes:
        by: the comparison of the sequence with itself; ``None`` for an order by position alone.
        falling: whether the sequence is in descending order.
        index: the comparison of positions.
        reverse: whether positions are in descending order.
    """

    by: Comparison | None
    falling: bool
    index: Comparison
    reverse: bool

    @property
    def reversed(self) -> Order:
        """The order from the last position to the first."""
        return replace(self, falling=self.by is not None and not self.falling, reverse=not self.reverse)

    def formula(self, later: bool, own: bool) -> Disjunction:
        """Return the selector of the positions before or after the query's in this order, its own included or not."""
        ahead = _BEFORE if self.reverse == later else _AFTER
        last = Conjunct({self.index: ahead | _EQUAL if own else ahead})
        if self.by is None:
            return (last,)
        first = _side(self.by, _BEFORE if self.falling == later else _AFTER)
        return (Conjunct({self.by: first}), Conjunct({self.by: _EQUAL, **last.sets}))


@dataclass(frozen=True)
class Rank:
    """A count, at each position, of the members that precede it.

    Attributes:
        members: the counted positions: conditions on the key alone, and equivalence classes of the query.
        order: the order.
        inclusive: whether the position itself is counted, if it is a member.
    """

    members: Conjunct
    order: Order
    inclusive: bool

    @property
    def of_members(self) -> IntSet:
        """The ranks that members can have."""
        return IntSet([(int(self.inclusive), inf)])

    @property
    def everyone(self) -> bool:
        """Whether every position is a member of the class that it counts."""
        return all(pair.same for pair in self.members.sets)


def _side(pair: Comparison, allowed: IntSet) -> IntSet:
    return allowed & pair.full


def rank_of(counted: Disjunction, of_keys: Callable[[Comparison], bool]) -> Rank | None:
    """Return the rank that counting the positions selected by ``counted`` computes, or ``None`` if it is no rank.

    Args:
        counted: the selector of the counted keys.
        of_keys: returns whether a pair depends on the key alone.
    """
    shared = {
        pair: allowed
        for pair, allowed in counted[0].sets.items()
        if of_keys(pair) or (pair.same and allowed == _EQUAL and not pair.is_index)
    }
    for clause in counted[1:]:
        shared = {pair: allowed for pair, allowed in shared.items() if clause.sets.get(pair) == allowed}
    rests = [clause.without(*shared) for clause in counted]
    ordered = _ordered(rests)
    return None if ordered is None else Rank(Conjunct(shared), *ordered)


def _ordered(rests: list[Conjunct]) -> tuple[Order, bool] | None:
    if len(rests) == 1 and len(rests[0].sets) == 1:
        return _by_position(None, False, rests[0])
    if len(rests) != 2:
        return None
    first, second = sorted(rests, key=lambda clause: len(clause.sets))
    if len(first.sets) != 1 or len(second.sets) != 2:
        return None
    ((by, allowed),) = first.sets.items()
    if not by.same or second.sets.get(by) != _EQUAL:
        return None
    for side in (_BEFORE, _AFTER):
        if allowed == _side(by, side):
            return _by_position(by, side == _AFTER, second.without(by))
    return None


def _by_position(by: Comparison | None, falling: bool, clause: Conjunct) -> tuple[Order, bool] | None:
    ((index, allowed),) = clause.sets.items()
    if not index.is_index:
        return None
    inclusive = 0 in allowed
    for side in (_BEFORE, _AFTER):
        if allowed in (side, side | _EQUAL):
            return Order(by, falling, index, side == _AFTER), inclusive
    return None
