"""Closed forms for sums and counts over intervals of positions, without attention.

The sum of a polynomial in the position over ``low … high`` has a closed form in the ends. These may be arbitrarily
deep, since they are at the query. Only the length, where an interval may end beyond the input, costs a layer.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from math import inf

from raspir.analysis import Comparison, Conjunct, IntSet, Linear
from raspir.analysis.selectors import Disjunction, complement
from raspir.ir import Node
from raspir.ir.atoms import is_zero
from raspir.ir.types import INT
from raspir.ir.views import Const, Elementwise, Indices, Mean, Sum
from raspir.ir.walks import computed
from raspir.passes.depth.choices import Choice, choice_of
from raspir.passes.depth.cones import cone
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import all_or_none
from raspir.rewriting.legalize import quotient

_DEGREE = 2
_ALTERNATIVES = 4  # possibly overlapping intervals: inclusion–exclusion counts all their intersections

Polynomial = tuple[Node, ...]
"""Uniform coefficients of the powers of the position, constant term first."""


def interval_sum(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Compute a sum over intervals of positions from the interval ends."""
    formula, value = search.algebra.formula(aggregate), aggregate.value
    if not formula:
        return
    if search.adds_integers(aggregate) and isinstance(value, Const):
        value = search.algebra.linear(search.facts.linear(value))
    if search.facts[value].domain.kinds is not INT:
        return
    polynomial = polynomial_of(search.algebra, value)
    clauses = _split(search.algebra, formula) if polynomial is not None else None
    if polynomial is None or clauses is None:
        return
    sums = _Sums(search.algebra)
    total = sums.over(clauses, polynomial)
    if not is_zero(aggregate.default):
        count = sums.over(clauses, (search.algebra.const(1),))
        none = search.algebra.compare(search.facts.linear(count), "eq")
        total = search.algebra("where", none, search.algebra.const(aggregate.default), total)
    yield total


def polynomial_of(algebra: Algebra, value: Node) -> Polynomial | None:
    """Return ``value`` as a polynomial in the position with uniform integer coefficients, or ``None`` if it is none."""

    def parts(node: Node) -> tuple[Node, ...]:
        return node.operands if _is_arithmetic(algebra, node) else ()

    found: dict[Node, Polynomial | None] = {}
    return computed(value, parts, lambda node: _combined(algebra, node, [found[part] for part in parts(node)]), found)


def _is_arithmetic(algebra: Algebra, node: Node) -> bool:
    return (
        node.operation.name in ("add", "sub", "neg", "mul")
        and not algebra.facts[node].uniform
        and algebra.facts[node].domain.kinds is INT
        and all(algebra.facts[operand].domain.kinds is INT for operand in node.operands)
    )


def _combined(algebra: Algebra, node: Node, parts: list[Polynomial | None]) -> Polynomial | None:
    if algebra.facts[node].uniform:
        return (node,) if algebra.facts[node].domain.kinds is INT else None
    if isinstance(node, Indices):
        return (algebra.const(0), algebra.const(1))
    known = all_or_none(parts)
    if not known:
        return None
    name = node.operation.name
    if name == "neg":
        return tuple(algebra("neg", coefficient) for coefficient in known[0])
    if name == "mul":
        return _product(algebra, *known)
    padded = itertools.zip_longest(*known, fillvalue=algebra.const(0))
    return tuple(algebra(name, a, b) for a, b in padded)


def _product(algebra: Algebra, a: Polynomial, b: Polynomial) -> Polynomial | None:
    if len(a) + len(b) - 2 > _DEGREE:
        return None
    result = [algebra.const(0)] * (len(a) + len(b) - 1)
    for (i, x), (j, y) in itertools.product(enumerate(a), enumerate(b)):
        result[i + j] = algebra("add", result[i + j], algebra("mul", x, y))
    return tuple(result)


def _split(algebra: Algebra, formula: Disjunction) -> list[Conjunct] | None:
    """Return clauses of one interval per pair, or ``None`` if a condition is not on the key's position alone."""
    clauses: list[Conjunct] = []
    for clause in formula:
        if not all(position_multiple(algebra, pair) for pair in clause.sets):
            return None
        choices = [[(pair, IntSet([each])) for each in allowed.intervals] for pair, allowed in clause.sets.items()]
        clauses += [Conjunct(dict(choice)) for choice in itertools.product(*choices)]
    return clauses if len(clauses) <= _ALTERNATIVES else None


def position_multiple(algebra: Algebra, pair: Comparison) -> int:
    """Return the factor if the key of ``pair`` is a multiple of the position, else 0."""
    multiple, rest = (algebra.facts.affine(pair.key) if isinstance(pair.key, Linear) else None) or (0, Linear({}))
    return 0 if rest.terms else multiple


@dataclass(frozen=True)
class Interval:
    """The positions from ``low`` to ``high``; empty if the ends cross."""

    low: Node
    high: Node


def interval_of(algebra: Algebra, clause: Conjunct) -> Interval | None:
    """Return the interval of positions that ``clause`` selects, or ``None`` if it may be none."""
    clauses = _split(algebra, (clause,))
    return _Sums(algebra).interval(clauses[0]) if clauses is not None and len(clauses) == 1 else None


class _Sums:
    """A builder of sums over intervals."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra

    def over(self, clauses: list[Conjunct], polynomial: Polynomial) -> Node:
        """Return the sum over the union of ``clauses``, by inclusion–exclusion."""
        total = self.algebra.const(0)
        for size in range(1, len(clauses) + 1):
            for chosen in itertools.combinations(clauses, size):
                met: Conjunct | None = chosen[0]
                for clause in chosen[1:]:
                    met = met.meet(clause) if met is not None else None
                if met is not None:
                    total = self.algebra("add" if size % 2 else "sub", total, self.one(met, polynomial))
        return total

    def one(self, clause: Conjunct, polynomial: Polynomial) -> Node:
        """Return the sum over one interval."""
        algebra = self.algebra
        interval = self.interval(clause)
        count = algebra.plus(algebra.linear(algebra.difference(interval.high, interval.low)), 1)
        if algebra.facts.bounds(algebra.facts.linear(count))[0] < 0:
            count = algebra.largest(count, algebra.const(0))
        total = algebra("mul", count, polynomial[0])
        if len(polynomial) > 1:
            ends = algebra("add", interval.low, interval.high)
            first = algebra("floordiv", algebra("mul", ends, count), algebra.const(2))
            total = algebra("add", total, algebra("mul", polynomial[1], first))
        if len(polynomial) > 2:
            total = algebra("add", total, algebra("mul", polynomial[2], self._squares(interval, count)))
        return total

    def _squares(self, interval: Interval, count: Node) -> Node:
        """Return the sum of the squares of the positions in ``interval``."""
        algebra = self.algebra

        def pyramid(m: Node) -> Node:
            twice = algebra.plus(algebra("mul", m, algebra.const(2)), 1)
            product = algebra("mul", algebra("mul", m, algebra.plus(m, 1)), twice)
            return algebra("floordiv", product, algebra.const(6))

        total = algebra("sub", pyramid(interval.high), pyramid(algebra.plus(interval.low, -1)))
        return algebra("where", algebra("gt", count, algebra.const(0)), total, algebra.const(0))

    def interval(self, clause: Conjunct) -> Interval:
        """Return the ends of the interval of a clause, clipped to the input unless the interval is empty."""
        lows, highs = [], []
        for pair, allowed in clause.sets.items():
            factor = position_multiple(self.algebra, pair)
            assert isinstance(pair.query, Linear)
            ((low, high),) = allowed.intervals
            if low != -inf:
                lows.append(divided(self.algebra, pair.query.plus(Linear({}, int(low))), factor, up=True))
            if high != inf:
                highs.append(divided(self.algebra, pair.query.plus(Linear({}, int(high))), factor, up=False))
        return Interval(self._low(lows), self._high(highs))

    def _low(self, lows: list[Node]) -> Node:
        algebra = self.algebra
        if not any(algebra.facts.bounds(algebra.facts.linear(low))[0] >= 0 for low in lows):
            lows = [*lows, algebra.const(0)]
        return reduce(algebra.largest, lows)

    def _high(self, highs: list[Node]) -> Node:
        algebra = self.algebra
        last = algebra.plus(algebra.length, -1)
        if not any(self._within(high) for high in highs):
            highs = [*highs, last]
        return reduce(algebra.smallest, highs)

    def _within(self, high: Node) -> bool:
        """Return whether ``high`` is a position of the input or less than the first."""
        algebra = self.algebra
        room = algebra.difference(algebra.length, high)
        return algebra.facts.bounds(room)[0] >= 1


def divided(algebra: Algebra, form: Linear, factor: int, up: bool) -> Node:
    """Return ``form / factor`` rounded up or down, for a positive factor."""
    if factor == 1:
        return algebra.linear(form)
    if up:
        form = form.plus(Linear({}, factor - 1))
    return algebra("floordiv", algebra.linear(form), algebra.const(factor))


def value_condition(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Move the conditions of conditional terms into the selector, if summing what they choose may need no head."""
    if not search.adds_integers(aggregate):
        return
    algebra, facts = search.algebra, search.facts
    rest, total = facts.linear(aggregate.value), Linear({})
    deepest = max(map(search.layer, rest.terms), default=0)
    for term, coefficient in rest.terms.items():
        choice = choice_of(algebra, term) if search.layer(term) == deepest else None  # others may cancel deeper terms
        if choice is not None and _moves(search, aggregate, choice):
            column = facts.column(choice.condition)
            other = complement(column)
            if other is None:
                return
            for formula, branch in ((column, choice.a), (other, choice.b)):
                if facts[branch].domain.single != 0:
                    selector = algebra("selector.and", aggregate.selector, algebra.selector(formula))
                    total = total.plus(facts.linear(algebra("sum", selector, branch, default=0)), coefficient)
            rest = rest.plus(Linear({term: coefficient}), -1)
    if rest == facts.linear(aggregate.value):
        return
    if rest.terms or rest.constant:
        total = total.plus(facts.linear(algebra("sum", aggregate.selector, algebra.linear(rest), default=0)))
    yield algebra.linear(total)


def _moves(search: Search, aggregate: Sum, choice: Choice) -> bool:
    """Return whether to sum each branch by itself: by position, or if it is as deep as its uniform factors alone."""
    facts, deepest = search.facts, search.layer(aggregate) - 1
    if not all(facts[branch].domain.kinds is INT for branch in choice.branches):
        return False
    if facts[choice.condition].position_computable:
        return True
    if not search.layer(choice.condition) < max(map(search.layer, choice.branches)) == deepest:
        return False

    def has_others(node: Node) -> bool:
        return search.layer(node) == deepest and not facts[node].uniform

    return all(isinstance(node, Elementwise) for node in cone(choice.branches, has_others) if has_others(node))


def mean_by_sum(search: Search, aggregate: Mean) -> Iterator[Node]:
    """Divide the sum by the number of positions, if that is known without attending."""
    algebra, selector, value = search.algebra, aggregate.selector, aggregate.value
    clauses = _split(algebra, algebra.formula(aggregate) or ())
    if not clauses:
        return
    zero, one = algebra.const(0), algebra.const(1)
    width = _Sums(algebra).over(clauses, (one,))
    if search.layer(width) >= search.layer(aggregate):
        return
    if search.facts[value].domain.boolean:  # there are more rules for sums of integers
        total = algebra("sum", selector, algebra("where", value, one, zero), default=0)
        alone = algebra("eq", total, one)
    else:
        total = alone = algebra("sum", selector, value, default=0)
    yield quotient(algebra, width, total, alone, aggregate.default)


def default_apart(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Sum integers with default 0, as other rules require, and choose the default where nothing is selected."""
    algebra, facts = search.algebra, search.facts
    adds_integers = facts[aggregate.value].domain.kinds is INT
    if not adds_integers or is_zero(aggregate.default) or facts.at_most_one(aggregate.selector):
        return
    width = algebra("sum", aggregate.selector, algebra.const(1), default=0)
    none = algebra("eq", width, algebra.const(0))
    total = algebra("sum", aggregate.selector, aggregate.value, default=0)
    yield algebra("where", none, algebra.const(aggregate.default), total)


RULES: Rules = (
    Rule(
        "closed form",
        "sum(low <= j <= high, a + b * j) = a * (high - low + 1) + b * (low + high) * (high - low + 1) // 2",
        Sum,
        interval_sum,
        accept_ties=True,
    ),
)
"""The rule that needs no attention, and so is tried before others."""

REDUCTIONS: Rules = (
    Rule("mean by sum", "mean(s, v) = sum(s, v) / width(s)", Mean, mean_by_sum),
    Rule("default apart", "sum(s, v, d) = where(width(s) = 0, d, sum(s, v, 0))", Sum, default_apart),
    Rule("condition on the value", "sum(s, where(c, v, w)) = sum(s & c, v) + sum(s & ~c, w)", Sum, value_condition),
)
"""The rules that make other sums of an aggregate, which other rules may do better."""
