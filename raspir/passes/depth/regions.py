"""Sums of a polynomial over the positions between a query and a key, as functions of both.

For a fixed query and key, the positions between them form an interval, whose ends are the greatest of the lower bounds
and the least of the upper bounds. Each choice of these is a region of pairs of queries and keys. In a region, the sum
over the interval is a difference of two values, each of which depends on the query alone or on the key alone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from functools import reduce
from math import inf

from raspir.analysis import Conjunct, IntSet, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.selectors import Disjunction, Side
from raspir.ir import Node
from raspir.ir.ranges import Bound
from raspir.passes.depth.closed_forms import divided
from raspir.passes.depth.search import Search
from raspir.rewriting.polynomials import Polynomial, Polynomials

_LENGTHS = 6  # most lengths of the intervals of a region that is split by length
_OUTSIDE = 3  # most positions outside the input, on either side, of intervals that are not clipped


@dataclass(frozen=True)
class Region:
    """The pairs of queries and keys for which the sum is ``query + key``.

    Attributes:
        formula: the pairs.
        query: the part that depends on the query alone.
        key: the part that depends on the key alone.
    """

    formula: Disjunction
    query: Polynomial
    key: Polynomial


@dataclass(frozen=True)
class Way:
    """A way of forming regions.

    Attributes:
        by_length: whether to split regions by the length of the interval, if there are few: then the sum depends on
            the key alone.
        clipped: whether the ends of the input bound the intervals; if not, the sums over the few positions outside the
            input are subtracted.
    """

    by_length: bool
    clipped: bool


@dataclass(frozen=True)
class _End:
    """An end of intervals.

    Attributes:
        node: its position.
        of_key: whether it depends on the key alone, or else on the query alone.
        fixed: whether it is at most a constant.
    """

    node: Node
    of_key: bool
    fixed: bool = False


@dataclass
class _Ends:
    """Bounds of the positions between that depend on the query alone, or on the key alone."""

    lows: list[Node] = field(default_factory=list)
    highs: list[Node] = field(default_factory=list)


class Regions:
    """The regions for a polynomial.

    Args:
        search: the source of facts.
        polynomials: the arithmetic.
        factor: the polynomial.
        way: how to form regions.

    Attributes:
        splits: whether regions have been split by length.
        clips: whether it makes a difference whether intervals are clipped.
    """

    def __init__(self, search: Search, polynomials: Polynomials, factor: Polynomial, way: Way) -> None:
        self._algebra = search.algebra
        self._facts = search.facts
        self._polynomials = polynomials
        self._factor = factor
        self._below = polynomials.below(factor)
        self._way = way
        self.splits = self.clips = False

    def of(self, s: Conjunct, t: Conjunct) -> list[Region] | None:
        """Return the regions for the positions i with s at key i and t at query i, ``None`` if they form no intervals.

        A pair that is in no region has no such positions; the sums of a pair that is in several are added.
        """
        queries = s.without(*(pair for pair in s.sets if not self._facts.of_queries(pair)))
        keys = t.without(*(pair for pair in t.sets if not self._facts.of_keys(pair)))
        kept = normal.both((queries,), (keys,))
        if self._facts.causal:
            kept = normal.both(kept, self._facts.compared("le", self._algebra.indices, self._algebra.indices))
        s, t = s.without(*queries.sets), t.without(*keys.sets)
        ends = self._ends(s, t)
        if ends is None or kept is None:
            return None
        outside = self._clip(*ends)
        regions = self._between(kept, *ends)
        for position, condition in outside:
            there = self._at_position(s, t, position)
            formula = self._possible(normal.both(normal.both(kept, condition), there))
            if formula is None or regions is None:
                return None
            if formula:
                part = self._polynomials.at(self._factor, self._polynomials.linear(position))
                regions.append(Region(formula, self._polynomials.plus({}, part, -1), {}))
        return regions

    # Ends of intervals

    def _ends(self, s: Conjunct, t: Conjunct) -> tuple[_Ends, _Ends] | None:
        """Return the bounds that depend on the query and those that depend on the key; ``None`` for any other."""
        of_query, of_key = _Ends(), _Ends()
        for pair, allowed in s.sets.items():
            if not self._add(of_query, pair.key, pair.query, allowed):
                return None
        for pair, allowed in t.sets.items():
            if not self._add(of_key, pair.query, pair.key, -allowed):
                return None
        return of_query, of_key

    def _add(self, ends: _Ends, own: Side, other: Side, allowed: IntSet) -> bool:
        """Add the ends of the positions for which ``own - other`` is allowed, if ``own`` is affine in the position."""
        affine = self._facts.affine(own) if isinstance(own, Linear) else None
        if affine is None or not affine[0] or not isinstance(other, Linear):
            return False
        factor, form = affine[0], other.plus(affine[1], -1)
        if factor < 0:
            factor, form, allowed = -factor, form.scaled(-1), -allowed
        ((low, high),) = allowed.intervals
        if low != -inf:
            ends.lows.append(divided(self._algebra, form.plus(Linear({}, int(low))), factor, up=True))
        if high != inf:
            ends.highs.append(divided(self._algebra, form.plus(Linear({}, int(high))), factor, up=False))
        return True

    def _clip(self, of_query: _Ends, of_key: _Ends) -> list[tuple[Linear, Disjunction | None]]:
        """Bound intervals by the ends of the input, unless they are few beyond: then return these, with a condition."""
        facts, algebra = self._facts, self._algebra
        first, last = algebra.const(0), algebra.plus(algebra.length, -1)
        outside: list[tuple[Linear, Disjunction | None]] = []
        below = -max((self._least(low) for low in (*of_query.lows, *of_key.lows)), default=-inf)
        if self._is_outside(below):
            outside += [(Linear({}, -each), normal.EVERYTHING) for each in range(1, int(below) + 1)]
        elif below > 0:
            of_query.lows.append(first)
        above, high = min(((self._beyond(each), each) for each in of_query.highs), default=(inf, last), key=_first)
        above_of_key = min((self._beyond(each) for each in of_key.highs), default=inf)
        if above == inf or above_of_key <= 0:
            above, high = above_of_key, last
        if self._is_outside(above):
            furthest = facts.linear(high).plus(Linear({}, int(above) if high is last else 0))
            for each in range(int(above)):
                position = furthest.plus(Linear({}, -each))
                outside.append((position, facts.compared("le", algebra.length, algebra.linear(position))))
        elif above > 0:
            of_query.highs.append(last)
        return outside

    def _is_outside(self, most: Bound) -> bool:
        """Return whether to let intervals reach up to ``most`` positions beyond an end of the input."""
        few = 0 < most <= _OUTSIDE
        self.clips |= few
        return few and not self._way.clipped

    def _least(self, node: Node) -> Bound:
        return self._facts.bounds(self._facts.linear(node))[0]

    def _beyond(self, node: Node) -> Bound:
        """Return by how much ``node`` may exceed the last position."""
        return 1 - self._facts.bounds(self._algebra.difference(self._algebra.length, node))[0]

    def _at_position(self, s: Conjunct, t: Conjunct, position: Linear) -> Disjunction | None:
        """Return the pairs of queries and keys that both conditions connect by a position known at the query."""
        result: Disjunction | None = normal.EVERYTHING
        for pair, allowed in s.sets.items():
            assert isinstance(pair.query, Linear)
            apart = self._there(pair.key, position).plus(pair.query, -1)
            result = normal.both(result, self._differs(Linear({}), apart.scaled(-1), allowed))
        for pair, allowed in t.sets.items():
            assert isinstance(pair.key, Linear)
            result = normal.both(result, self._differs(pair.key, self._there(pair.query, position), allowed))
        return result

    def _there(self, form: Side, position: Linear) -> Linear:
        affine = self._facts.affine(form) if isinstance(form, Linear) else None
        assert affine is not None
        return position.scaled(affine[0]).plus(affine[1])

    def _differs(self, key: Linear, query: Linear, allowed: IntSet) -> Disjunction | None:
        """Return the pairs for which ``key - query`` is in the interval ``allowed``."""
        ((low, high),) = allowed.intervals
        result: Disjunction | None = normal.EVERYTHING
        for comparison, bound in (("ge", low), ("le", high)):
            if bound not in (-inf, inf):
                limit = self._algebra.linear(query.plus(Linear({}, int(bound))))
                result = normal.both(result, self._facts.compared(comparison, self._algebra.linear(key), limit))
        return result

    # Regions

    def _between(self, kept: Disjunction, of_query: _Ends, of_key: _Ends) -> list[Region] | None:
        """Return the disjoint regions, one for each choice of the tightest bounds."""
        lows = [_End(reduce(self._algebra.largest, each), key) for each, key in _sides(of_query.lows, of_key.lows)]
        highs = [
            _End(reduce(self._algebra.smallest, each), key, any(map(self._is_fixed, each)))
            for each, key in _sides(of_query.highs, of_key.highs)
        ]
        regions: list[Region] = []
        for low, high in itertools.product(lows, highs):
            region: Disjunction | None = kept
            for end, ends, comparisons in ((low, lows, ("ge", "lt")), (high, highs, ("le", "gt"))):
                if len(ends) == 2:
                    chosen = self._facts.compared(comparisons[not end.of_key], ends[0].node, ends[1].node)
                    region = normal.both(region, chosen)
            region = self._possible(region)
            region = self._possible(self._not_empty(region, low, high)) if region else region
            if region is None:
                return None
            if region:
                regions += self._summed(region, low, high)
        return self._merged(regions)

    def _is_fixed(self, end: Node) -> bool:
        return self._facts.bounds(self._facts.linear(end))[1] < self._facts.longest - _LENGTHS

    def _not_empty(self, region: Disjunction, low: _End, high: _End) -> Disjunction | None:
        """Return the part of a region with low <= high, or all of it if low <= high + 1: elsewhere, the sum is 0.

        Where low is high + 1, the sum is 0 either way, so the condition is the shallower of both.
        """
        after = _End(self._algebra.plus(high.node, 1), high.of_key)
        if self._possible(normal.both(region, self._ordered("gt", low, after))) == normal.NOTHING:
            return region
        shallower = min((self._ordered("le", low, end) for end in (high, after)), key=self._layer)
        return normal.both(region, shallower)

    def _layer(self, formula: Disjunction | None) -> Bound:
        """Return the layer of the deepest term of a formula of integers, infinite if it is unknown."""
        if formula is None:
            return inf
        sides = [side for clause in formula for pair in clause.sets for side in (pair.key, pair.query)]
        return max(
            (self._facts[term].layer for side in sides if isinstance(side, Linear) for term in side.terms), default=0
        )

    def _ordered(self, comparison: str, low: _End, high: _End) -> Disjunction | None:
        """Return the pairs for which ``low comparison high`` holds, for "le" or "gt"."""
        facts, mirrored = self._facts, {"le": "ge", "gt": "lt"}[comparison]
        if low.of_key != high.of_key:
            if low.of_key:
                return facts.compared(comparison, low.node, high.node)
            return facts.compared(mirrored, high.node, low.node)
        room, zero = self._algebra.linear(self._algebra.difference(high.node, low.node)), self._algebra.const(0)
        return facts.compared(mirrored, room, zero) if low.of_key else facts.compared(comparison, zero, room)

    def _possible(self, formula: Disjunction | None) -> Disjunction | None:
        """Return ``formula`` without clauses in which a lower bound of a key exceeds an upper bound."""
        if formula is None:
            return None
        return tuple(clause for clause in formula if not self._is_contradictory(clause))

    def _is_contradictory(self, clause: Conjunct) -> bool:
        conditions = [
            (pair.key, pair.query, allowed)
            for pair, allowed in clause.sets.items()
            if isinstance(pair.key, Linear) and isinstance(pair.query, Linear)
        ]
        for (key, query, allowed), (other_key, other, others) in itertools.permutations(conditions, 2):
            low, high = allowed.intervals[0][0], others.intervals[-1][1]
            bounded = key == other_key and low != -inf and high != inf
            if bounded and self._facts.bounds(query.plus(other, -1))[0] + low > high:
                return True
        return False

    def _summed(self, region: Disjunction, low: _End, high: _End) -> list[Region]:
        """Return a region with the sum over its intervals, split by their length if that is wanted."""
        # A constant that bounds the lengths could be greater, so splitting by them would seldom be of use.
        if self._way.by_length and low.of_key != high.of_key and not high.fixed:
            found = self._by_length(region, low, high)
            if found is not None:
                return found
        parts: dict[bool, Polynomial] = {False: {}, True: {}}
        for form, of_key, sign in (
            (self._facts.linear(high.node).plus(Linear({}, 1)), high.of_key, 1),
            (self._facts.linear(low.node), low.of_key, -1),
        ):
            parts[of_key] = self._polynomials.plus(parts[of_key], self._sum_below(form), sign)
        return [self._region(region, parts[False], parts[True])]

    def _by_length(self, region: Disjunction, low: _End, high: _End) -> list[Region] | None:
        """Return a region split by the length of its intervals, ``None`` if there are too many lengths."""
        key, query = (low, high) if low.of_key else (high, low)

        def apart(comparison: str, longer: int) -> Disjunction | None:
            """Return the pairs whose intervals are longer than one position by an amount, or by more."""
            end = self._algebra.plus(query.node, -longer if low.of_key else longer)
            return self._possible(normal.both(region, self._facts.compared(comparison, key.node, end)))

        if apart("lt" if low.of_key else "gt", _LENGTHS - 1) != normal.NOTHING:
            return None
        self.splits = True
        found: list[Region] = []
        for longer in range(_LENGTHS):
            formula = apart("eq", longer)
            if formula is None:
                return None
            if formula:
                start = self._facts.linear(key.node).plus(Linear({}, 0 if low.of_key else -longer))
                stop = start.plus(Linear({}, longer + 1))
                part = self._polynomials.plus(self._sum_below(stop), self._sum_below(start), -1)
                found.append(self._region(formula, {}, part))
        return found

    def _region(self, formula: Disjunction, query: Polynomial, key: Polynomial) -> Region:
        """Return a region in which the uniform terms of the key's part are in the query's."""
        moved = {m: c for m, c in key.items() if all(self._facts[each].uniform for each in m)}
        return Region(formula, self._polynomials.plus(query, moved), self._polynomials.plus(key, moved, -1))

    def _sum_below(self, end: Linear) -> Polynomial:
        """Return the sum of the polynomial over the positions from 0 below ``end``."""
        return self._polynomials.at(self._below, self._polynomials.linear(end))

    def _merged(self, regions: list[Region]) -> list[Region]:
        """Return disjoint ``regions``, joining those of the same sum."""
        found: list[Region] = []
        for region in regions:
            for place, other in enumerate(found):
                joined = normal.either(other.formula, region.formula)
                if joined is not None and (other.query, other.key) == (region.query, region.key):
                    found[place] = Region(joined, region.query, region.key)
                    break
            else:
                found.append(region)
        return found


def _first(pair: tuple[Bound, Node]) -> Bound:
    return pair[0]


def _sides(of_query: list[Node], of_key: list[Node]) -> list[tuple[list[Node], bool]]:
    """Return the bounds of each side that has any, with whether they are the key's."""
    return [(each, key) for each, key in ((of_key, True), (of_query, False)) if each]
