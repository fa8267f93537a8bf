"""Exchange of sums: a sum of sums is one sum, in which each value counts as often as it is summed.

Sums of several terms are split first, so that terms which cancel each other do so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from raspir.analysis import Comparison, Conjunct, IntSet, Linear
from raspir.analysis.facts import clause_of
from raspir.analysis.selectors import Disjunction
from raspir.ir import Node
from raspir.ir.views import Sum
from raspir.passes.depth.regions import Region, Regions, Way
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.rewriting.polynomials import Polynomial, Polynomials

_CLAUSES = 4  # possibly overlapping alternatives


def exchange(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Sum each term of a value on its own, and a sum of sums over the values of the inner one."""
    if search.layer(aggregate.value) == 0 or not search.adds_integers(aggregate):
        return
    if search.facts.at_most_one(aggregate.selector):  # the gathers then compose
        return
    for clipped in (True, False):
        for by_length in (True, False):
            exchanged = _Exchange(search, aggregate, Way(by_length, clipped))
            found = exchanged.made()
            if found is None:
                return
            yield found
            settled = search.results.get(found)
            enough = max(exchanged.least, search.layer(aggregate) - 1)
            if settled is not None and search.layer(settled) <= enough:
                return
            if not exchanged.splits:
                break
        if not exchanged.clips:
            return


@dataclass
class _Exchanged:
    """A sum of sums.

    Attributes:
        total: the terms that need no weights at the keys.
        weights: the weights by which each sequence is multiplied at the keys of a selector.
    """

    total: Linear
    weights: dict[tuple[Node, Node | None], Polynomial] = field(default_factory=dict)


class _Exchange:
    """The rewrite of one sum.

    Args:
        search: the source of facts.
        outer: the sum.
        way: how to sum over the positions between a query and a key.

    Attributes:
        splits: whether another way to split regions would make a difference.
        clips: whether another way to clip intervals would.
        least: the least layer that the rewrite can have, as its values are in the layer below.
    """

    def __init__(self, search: Search, outer: Sum, way: Way) -> None:
        self._search = search
        self._algebra = search.algebra
        self._facts = search.facts
        self._outer = outer
        self._way = way
        self._polynomials: Polynomials = search.memo.setdefault("polynomials", Polynomials(search.algebra))
        self._selectors: set[Node] = set()
        self.splits = self.clips = False
        self.least = 1

    def made(self) -> Node | None:
        """Return the sum of the terms, ``None`` if there is only one that is no sum, or if it takes too many heads."""
        total, rest, deep = Linear({}), Linear({}), 0
        weights: dict[tuple[Node, Node | None], Polynomial] = {}
        deepest = self._search.layer(self._outer.value)
        for term, factor in self._polynomials.combination(self._outer.value).items():
            sums = self._exchanged(term, factor) if isinstance(term, Sum) else None
            if sums is not None:
                total, deep = total.plus(sums.total), deep + 2
                for each, weight in sums.weights.items():
                    weights[each] = self._polynomials.plus(weights.get(each, {}), weight)
            elif term is not None and self._search.layer(term) == deepest:
                summand = self._polynomials.linear_times(factor, term)
                total, deep = total.plus(self._summed(self._outer.selector, summand)), deep + 1
                self.least = deepest + 1
            elif term is not None and self._has_uniform(factor, deepest):
                total, deep = total.plus(self._weighted(self._outer.selector, factor, term)), deep + 2
            else:
                rest = rest.plus(self._polynomials.linear_times(factor, term))
        if deep < 2 or len(self._selectors) > self._search.limits.max_heads:
            return None
        for (selector, sequence), weight in weights.items():
            total = total.plus(self._weighted(selector, weight, sequence))
        return self._algebra.linear(total.plus(self._summed(self._outer.selector, rest)))

    def _has_uniform(self, factor: Polynomial, layer: int) -> bool:
        """Return whether a polynomial has a uniform factor of ``layer``, such as the length, which may move outside."""
        return any(self._facts[each].uniform and self._search.layer(each) == layer for m in factor for each in m)

    def _summed(self, selector: Node, value: Linear) -> Linear:
        """Return the sum of an integer value as a linear form, with a constant factor outside it."""
        factor = 1 if value.constant or not value.terms else value.factor
        if value.constant <= 0 and all(coefficient < 0 for coefficient in value.terms.values()):
            factor = -factor
        node = self._algebra.linear(value.divided(factor))
        return self._facts.linear(self._algebra("sum", selector, node, default=0)).scaled(factor)

    def _exchanged(self, inner: Sum, factor: Polynomial) -> _Exchanged | None:
        """Return the sum of a polynomial times a sum, ``None`` if the positions between may form no intervals."""
        if not self._facts[inner.value].domain.integral or not isinstance(inner.default, int):
            return None
        value, total = self._facts.linear(inner.value), Linear({})
        if inner.default != 0:
            # Where nothing is selected, the sum is the default.
            unselected = self._unselected(inner)
            if unselected is None:  # where one position is selected, the sum is the default and its difference from it
                value = value.plus(Linear({}, -int(inner.default)))
            factors = self._polynomials.linear_times(factor, unselected)
            total = self._summed(self._outer.selector, factors).scaled(int(inner.default))
        pairs = self._pairs(inner)
        if pairs is None:
            return None
        self.least = max(self.least, self._search.layer(inner.value) + 1)
        result = _Exchanged(total)
        regions = Regions(self._search, self._polynomials, factor, self._way)
        for sign, s, t in pairs:
            found = regions.of(s, t)
            if found is None:
                return None
            self.splits |= regions.splits
            self.clips |= regions.clips
            for region in found:
                self._add(result, region, value, sign)
        return result

    def _unselected(self, inner: Sum) -> Node | None:
        """Return 1 where ``inner`` selects nothing, and 0 elsewhere; ``None`` if it selects at most one position."""
        if self._facts.at_most_one(inner.selector):
            return None
        zero, one = self._algebra.const(0), self._algebra.const(1)
        width = self._algebra("sum", inner.selector, one, default=0)
        return self._algebra("where", self._algebra("eq", width, zero), one, zero)

    def _add(self, result: _Exchanged, region: Region, value: Linear, sign: int) -> None:
        """Add the sum of ``value`` over a region, in which each counts as often as the region tells, to ``result``."""
        selector, node = self._algebra.selector(region.formula), self._algebra.linear(value)
        self._selectors.add(selector)
        if region.query:
            summed = self._algebra("sum", selector, node, default=0)
            result.total = result.total.plus(self._polynomials.linear_times(region.query, summed), sign)
        for sequence, factor in self._polynomials.combination(node).items() if region.key else ():
            weight = result.weights.get((selector, sequence), {})
            more = self._polynomials.times(factor, region.key)
            result.weights[selector, sequence] = self._polynomials.plus(weight, more, sign)

    def _weighted(self, selector: Node, factor: Polynomial, value: Node | None) -> Linear:
        """Return the sum of a polynomial of the key times ``value``, with uniform factors outside it."""
        groups = self._polynomials.by_uniform(factor)
        divisor = 1 if all(map(self._polynomials.is_integral, groups.values())) else self._polynomials.divisor(factor)
        result = Linear({})
        for uniform, rest in groups.items():
            weight = {monomial: coefficient * divisor for monomial, coefficient in rest.items()}
            summed = self._summed(selector, self._polynomials.linear_times(weight, value))
            outside = {uniform: Fraction(1)}
            result = result.plus(self._polynomials.linear_times(outside, self._algebra.linear(summed)))
        if divisor == 1:
            return result
        return self._facts.linear(self._algebra("floordiv", self._algebra.linear(result), self._algebra.const(divisor)))

    def _pairs(self, inner: Sum) -> list[tuple[int, Conjunct, Conjunct]] | None:
        """Return the pairs of clauses of both selectors, with their signs; ``None`` if there are too many."""
        facts = self._facts
        s = _signed(facts[self._outer.selector].formula, lambda pair: not facts.of_queries(pair))
        t = _signed(facts[inner.selector].formula, lambda pair: not facts.of_keys(pair))
        if s is None or t is None or len(s) * len(t) > _CLAUSES:
            return None
        return [(a * b, x, y) for a, x in s for b, y in t]


def _signed(formula: Disjunction | None, splits: Callable[[Comparison], bool]) -> list[tuple[int, Conjunct]] | None:
    """Return clauses with one interval for each pair that ``splits``, and with the signs of inclusion–exclusion."""
    result: list[tuple[int, Conjunct]] = []
    if formula is None:
        return None
    for clause in formula:
        choices = [
            [(pair, IntSet([each])) for each in allowed.intervals] if splits(pair) else [(pair, allowed)]
            for pair, allowed in clause.sets.items()
        ]
        for choice in itertools.product(*choices):
            one = Conjunct(dict(choice))
            met = [(-sign, both) for sign, other in result if (both := other.meet(one)) is not None]
            result += [(1, one), *met]
            if len(result) > _CLAUSES:
                return None
    return result


def complement(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Subtract what a deep condition excludes at a single position from the sum without the condition."""
    clause = clause_of(search.algebra.formula(aggregate))
    if clause is None or not search.adds_integers(aggregate):
        return
    algebra, facts = search.algebra, search.facts
    for pair, allowed in clause.sets.items():
        if not isinstance(pair.key, Linear) or not isinstance(pair.query, Linear):
            continue
        if all(search.layer(term) + 1 < search.layer(aggregate) for term in (*pair.key.terms, *pair.query.terms)):
            continue
        excluded = ~allowed & IntSet([facts.bounds(pair.key, pair.query)])
        if excluded.single is not None:
            rest = clause.without(pair).sets
            value = algebra.linear(facts.linear(aggregate.value))
            whole, part = (algebra.selector((Conjunct(sets),)) for sets in (rest, {**rest, pair: excluded}))
            yield algebra("sub", algebra("sum", whole, value, default=0), algebra("sum", part, value, default=0))


RULES: Rules = (
    Rule(
        "exchange of sums",
        "sum(s(i), p(i) * sum(t(k, i), x[k])) = sum(all, x[k] * sum(s(i) & t(k, i), p(i)))",
        Sum,
        exchange,
        max_nesting=1,
    ),
    Rule(
        "complement",
        "sum(s & key != query, v) = sum(s, v) - sum(s & key == query, v)",
        Sum,
        complement,
        max_nesting=1,
    ),
)
