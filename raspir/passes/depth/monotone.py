"""Comparisons of counts of positions that satisfy a condition monotone in the position.

If a condition, once true, stays true up to the end of an interval of positions, at least k positions of the interval
satisfy it if and only if the k-th from the end does. A condition holds somewhere if the sum of values that are positive
where it holds, and otherwise 0, is positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial, reduce
from itertools import islice, product
from math import inf

from raspir.analysis import Comparison, Conjunct, IntSet, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.facts import clause_of
from raspir.analysis.forms import MIRRORED
from raspir.analysis.selectors import Disjunction
from raspir.ir import Atom, Node
from raspir.ir.atoms import is_zero
from raspir.ir.layers import comparisons
from raspir.ir.views import Aggregate, Compare, Mean, Sum
from raspir.passes.depth.closed_forms import Interval, interval_of, position_multiple
from raspir.passes.depth.cones import cone, read_at_keys
from raspir.passes.depth.gathers import There, fetch_at
from raspir.passes.depth.members import compared_ends
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.rewriting.graphs import all_or_none

_ALTERNATIVES = 4  # clauses of which each is tested at its own ends
_SOME = Linear({}, 1)
_POSITIVE = IntSet.where("gt")


@dataclass(frozen=True)
class _Run:
    """The positions of an interval that satisfy conditions on values that rise or fall with the position.

    Attributes:
        interval: the interval.
        conditions: the conditions.
        rising: whether a position after one that satisfies them does too; if not, one before it does.
        convex: whether the only condition bounds its value on both sides, but the value skips no integer.
    """

    interval: Interval
    conditions: dict[Comparison, IntSet]
    rising: bool
    convex: bool


def count_compared(search: Search, node: Compare) -> Iterator[Node]:
    """Compare the value at one position instead of the number of positions with such values."""
    if search.layer(node) < 2:  # the count of a condition that needs no attention is not the point
        return
    is_running = any(_is_running(search, each) for each in _sums_within(search, node))
    tested = _existence(search, node) if is_running else None
    if tested is not None:
        holds, formula = tested
        parts = all_or_none(_somewhere(search, clause) for clause in _by_interval(formula))
        if parts is not None:
            found = reduce(partial(search.algebra, "or"), parts, search.algebra.const(False))
            yield found if holds else search.algebra("not", found)
        return
    difference = _difference(search, node)
    for count, coefficient in difference.terms.items() if difference is not None else ():
        if difference is not None and coefficient in (1, -1) and search.layer(count) >= 2:
            clause = clause_of(search.facts.counted(count))
            run = _run(search, clause) if clause is not None else None
            if run is not None and not run.convex:
                other = difference.plus(Linear({count: -coefficient})).scaled(-coefficient)
                allowed = IntSet.where(node.operation.name)
                yield _within(search, run, other, allowed if coefficient == 1 else -allowed)


def _sums_within(search: Search, node: Compare) -> list[Sum]:
    """Return the sums from which elementwise maps compute the keys and the value of an aggregate that is compared."""
    roots = [each for operand in node.operands if isinstance(operand, Sum | Mean) for each in read_at_keys(operand)]
    return [each for each in cone(roots, lambda node: search.layer(node) > 0) if isinstance(each, Sum)]


def _is_running(search: Search, total: Sum) -> bool:
    """Return whether a sum rises or falls by at most one from each position to the next, or only rises or falls."""
    steps = search.facts.steps(Linear({total: 1}))
    return steps.low >= -1 or steps.high <= 1


def _by_interval(formula: Disjunction) -> list[Conjunct]:
    """Return clauses in which each condition on integers allows one interval, or the same ones if those are many."""
    clauses: list[Conjunct] = []
    for clause in formula:
        choices = [
            [(pair, IntSet([each])) for each in allowed.intervals] if pair.kind == "int" else [(pair, allowed)]
            for pair, allowed in clause.sets.items()
        ]
        clauses += [Conjunct(dict(choice)) for choice in islice(product(*choices), _ALTERNATIVES + 1)]
    return clauses if len(clauses) <= _ALTERNATIVES else list(formula)


def _somewhere(search: Search, clause: Conjunct) -> Node | None:
    """Return whether a clause selects any position, ``None`` if the last or the first one does not tell."""
    run = _run(search, clause)
    if run is not None:
        return _reaches(search, run, _SOME)
    return _at_end(search, clause) if search.limits.attention == "best" else None


def _at_end(search: Search, clause: Conjunct) -> Node | None:
    """Return whether the last, or the first, of the positions that a clause selects otherwise satisfies its conditions.

    These are monotone, or compare the position with that of a member.
    """
    algebra, places = search.algebra, compared_ends(search, clause)
    directions = {pair: _is_rising(search, pair, allowed) for pair, allowed in clause.sets.items()}
    tested = [p for p, rising in directions.items() if rising is not None and (p in places or search.facts.of_keys(p))]
    if len({directions[pair] for pair in tested}) != 1:
        return None
    selector = algebra.fold(algebra.selector((clause.without(*tested),)))
    pick = "highest" if directions[tested[0]] else "lowest"

    def found(value: Node, default: Atom) -> Node:
        return algebra("best", selector, value, algebra.indices, pick=pick, ties="left", default=default)

    holds = found(algebra.holds({pair: clause.sets[pair] for pair in tested if pair not in places}), False)
    position = search.facts.linear(found(algebra.indices, 0))
    for pair in tested:
        for place, allowed in places[pair].sets.items() if pair in places else ():
            assert isinstance(place.query, Linear)
            holds = algebra("and", holds, algebra.inside(position.plus(place.query, -1), allowed))
    return holds


def _is_rising(search: Search, pair: Comparison, allowed: IntSet) -> bool | None:
    """Return whether a condition on a value that needs attention, once true, stays so; ``None`` if it may do neither.

    The answer is ``False`` if it holds only up to some position.
    """
    widened = _widened(search, pair, allowed)
    if widened is None:
        return None
    assert isinstance(pair.key, Linear)
    steps, ((low, high),) = search.facts.steps(pair.key), widened.intervals
    if -inf < low <= high < inf or not (steps.rising or steps.falling):
        return None
    return None if position_multiple(search.algebra, pair) else steps.rising == (high == inf)


def _difference(search: Search, node: Compare) -> Linear | None:
    """Return the linear form of ``a - b`` for a comparison of integers a and b, else ``None``."""
    facts = search.facts
    if not (facts[node.a].domain.integral and facts[node.b].domain.integral):
        return None
    return facts.linear(node.a).plus(facts.linear(node.b), -1)


def _within(search: Search, run: _Run, other: Linear, allowed: IntSet) -> Node:
    """Return whether the number of positions of a run minus ``other`` lies in ``allowed``."""
    algebra = search.algebra
    result = algebra.const(False)
    for low, high in allowed.intervals:
        part = algebra.const(True)
        if low != -inf:
            part = _reaches(search, run, other.plus(Linear({}, int(low))))
        if high != inf:
            more = _reaches(search, run, other.plus(Linear({}, int(high) + 1)))
            part = algebra("and", part, algebra("not", more))
        result = algebra("or", result, part)
    return result


def _reaches(search: Search, run: _Run, count: Linear) -> Node:
    """Return whether at least ``count`` positions belong to a run."""
    algebra, facts = search.algebra, search.facts
    low, high = facts.linear(run.interval.low), facts.linear(run.interval.high)
    beyond = count.plus(_SOME, -1)
    last, first = high.plus(beyond, -1), low.plus(beyond)
    ends = (last, first) if run.convex else (last,) if run.rising else (first,)
    holds = algebra.compare(last.plus(low, -1), "ge")
    for pair, allowed in run.conditions.items():
        for place, bounds in zip(ends, _sides(allowed, run) if run.convex else (allowed,), strict=True):
            holds = algebra("and", holds, _holds_at(search, algebra.linear(place), pair, bounds))
    return algebra("or", algebra.compare(count, "le"), holds)


def _sides(allowed: IntSet, run: _Run) -> tuple[IntSet, IntSet]:
    """Return the conditions at the last and at the first position that a value meets ``allowed`` between them."""
    ((low, high),) = allowed.intervals
    at_least, at_most = IntSet([(low, inf)]), IntSet([(-inf, high)])
    return (at_least, at_most) if run.rising else (at_most, at_least)


def _holds_at(search: Search, place: Node, pair: Comparison, allowed: IntSet) -> Node:
    """Return whether the key at a position satisfies a condition; any boolean outside the input."""
    algebra = search.algebra
    assert isinstance(pair.key, Linear)
    assert isinstance(pair.query, Linear)
    there = There(search, fetch_at(algebra, place), ties=True).or_whole(algebra.linear(pair.key))
    return algebra.inside(search.facts.linear(there).plus(pair.query, -1), allowed)


def _run(search: Search, clause: Conjunct) -> _Run | None:
    """Return the run that a clause selects, or ``None`` if it has conditions that are not monotone."""
    places = {pair: allowed for pair, allowed in clause.sets.items() if position_multiple(search.algebra, pair)}
    interval = interval_of(search.algebra, Conjunct(places))
    if interval is None:
        return None
    conditions, directions, convex = {}, set(), False
    for pair, allowed in clause.without(*places).sets.items():
        widened, rising = _widened(search, pair, allowed), _is_rising(search, pair, allowed)
        if widened is None:
            return None
        if rising is None:
            assert isinstance(pair.key, Linear)
            steps = search.facts.steps(pair.key)
            rising, convex = steps.rising, True
            if (not steps.rising and not steps.falling) or steps.low < -1 or steps.high > 1:
                return None
        conditions[pair] = widened
        directions.add(rising)
    if len(directions) > 1 or (convex and len(conditions) > 1):
        return None
    return _Run(interval, conditions, directions != {False}, convex)


def _widened(search: Search, pair: Comparison, allowed: IntSet) -> IntSet | None:
    """Return the interval of allowed values, unbounded where their domain ends; ``None`` if there are several."""
    if pair.kind != "int" or not isinstance(pair.key, Linear) or not isinstance(pair.query, Linear):
        return None
    low, high = search.facts.bounds(pair.key, pair.query)
    possible = (allowed & IntSet([(low, high)])).intervals
    if len(possible) != 1:
        return None
    ((least, most),) = possible
    return IntSet([(-inf if least == low else least, inf if most == high else most)])


def _existence(search: Search, node: Compare) -> tuple[bool, Disjunction] | None:
    """Return the positions of which a comparison tests whether there are any, and the outcome that it tests for.

    It compares a sum of integers of at least 0, or their mean, with the least that one position contributes; or a mean
    of zeros and ones with 1, as it is less if one is 0.
    """
    for aggregate, bound in ((node.a, node.b), (node.b, node.a)):
        for tests, comparison in ((_tests_positive, "gt"), (_tests_zero, "eq")):
            outcome = tests(search, node, aggregate, bound)
            if outcome is not None:
                assert isinstance(aggregate, Aggregate)
                facts = search.facts
                tested = facts.compared(comparison, aggregate.value, search.algebra.const(0))
                formula = normal.both(facts[aggregate.selector].formula, tested)
                return None if formula is None else (outcome, formula)
    return None


def _tests_positive(search: Search, node: Compare, aggregate: Node, bound: Node) -> bool | None:
    """Return whether a comparison holds if an aggregate of integers of at least 0 is positive, ``None`` if neither."""
    single = search.facts[bound].domain.single
    if not isinstance(aggregate, Sum | Mean) or not isinstance(single, int | float) or not is_zero(aggregate.default):
        return None
    value = search.facts[aggregate.value].domain
    if not value.integral or value.low < 0:
        return None
    name = node.operation.name if node.a is aggregate else MIRRORED[node.operation.name]
    if single == 0:
        return {"gt": True, "ne": True, "le": False, "eq": False}.get(name)
    return {"ge": True, "lt": False}.get(name) if single == 1 and isinstance(aggregate, Sum) else None


def _tests_zero(search: Search, node: Compare, aggregate: Node, bound: Node) -> bool | None:
    """Return whether a comparison holds if a mean of zeros and ones has a zero, ``None`` if neither.

    It is 1 only if there is none, since no quotient of two smaller integers is rounded to 1.
    """
    single = search.facts[bound].domain.single
    if not isinstance(aggregate, Mean) or isinstance(single, str) or single != 1:
        return None
    value = search.facts[aggregate.value].domain
    if not value.integral or value.low < 0 or value.high > 1 or not search.facts.selects_some(aggregate.selector):
        return None
    name = node.operation.name if node.a is aggregate else MIRRORED[node.operation.name]
    return {"lt": True, "ne": True, "ge": False, "eq": False}.get(name)


def sum_of_positive(search: Search, node: Compare) -> Iterator[Node]:
    """Test whether a sum is positive instead of whether there is a positive term."""
    algebra, facts = search.algebra, search.facts
    if search.layer(node) < 2 or not any(_sums_by_position(search, each) for each in _sums_within(search, node)):
        return
    tested = _existence(search, node)
    clause = clause_of(tested[1]) if tested is not None else None
    for pair, allowed in clause.sets.items() if clause is not None else ():
        if tested is None or clause is None or pair.kind != "int" or not facts.of_keys(pair):
            continue
        assert isinstance(pair.key, Linear)
        assert isinstance(pair.query, Linear)
        value = pair.key.plus(pair.query, -1)
        for sign in (1, -1):
            low, high = facts.bounds(value.scaled(sign))
            scaled = allowed if sign == 1 else -allowed
            if low >= 0 and scaled & IntSet([(low, high)]) == _POSITIVE & IntSet([(low, high)]):
                summed = algebra.linear(value.scaled(sign))
                total = algebra("sum", algebra.selector((clause.without(pair),)), summed, default=0)
                yield algebra("gt" if tested[0] else "le", total, algebra.const(0))


def _sums_by_position(search: Search, total: Sum) -> bool:
    """Return whether the queries of a sum are computed from the position, so that sums may be exchanged."""
    return all(search.facts[select.query].position_computable for select in comparisons(total.selector))


RULES: Rules = (
    Rule(
        "count of a run",
        "width(j <= h & x[j] > q) >= k = x[h - k + 1] > q for a rising x",
        Compare,
        count_compared,
    ),
    Rule("sum of positives", "width(s & x > 0) > 0 = sum(s, x) > 0 for x >= 0", Compare, sum_of_positive),
)
