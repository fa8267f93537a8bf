"""Finding a position and fetching from it in one layer, with heads that fetch from the best position.

Counting the members before each position, and then fetching from the position with a given count, finds the first
member, the last, or the next before or after the query in the order of the count. A head that fetches from the best
selected position does so directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from raspir.analysis import Comparison, Conjunct, IntSet, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.facts import clause_of
from raspir.analysis.forms import MIRRORED
from raspir.analysis.ranks import Order, Rank
from raspir.analysis.selectors import Disjunction
from raspir.ir import Atom, Node
from raspir.ir.views import Aggregate, Compare, Mean, Sum
from raspir.passes.depth.masks import any_of, counted_members, is_of_key, masked_clause, masked_rank
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.rewriting.algebra import Algebra, outcome


@dataclass(frozen=True)
class _Found:
    """A member found by a count.

    Attributes:
        rank: the count.
        among: the candidate positions, of which it is the first or last in the order of the count.
        last: whether it is the last of them.
        rest: further conditions to check once it is found.
    """

    rank: Rank
    among: Disjunction
    last: bool
    rest: Conjunct


def fetch_by_rank(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Fetch from the best position instead of from the one with a given count."""
    clause = masked_clause(search, search.algebra.formula(aggregate))
    if clause is None:
        return
    for pair, allowed in clause.sets.items():
        found = _found(search, clause, pair, allowed)
        if found is not None:
            yield from _fetched(search, aggregate, found)


def _found(search: Search, clause: Conjunct, pair: Comparison, allowed: IntSet) -> _Found | None:
    """Return the member that a condition on a count finds, or ``None`` if no single head could find it."""
    if pair.kind != "int" or not isinstance(pair.key, Linear) or not isinstance(pair.query, Linear):
        return None
    others, rank = clause.without(pair), masked_rank(search, pair.key.term)
    if rank is None or not others.implies(rank.members):
        return None
    wanted = (allowed if pair.query.terms else allowed & rank.of_members).single
    if wanted is None:
        return None
    rest = others.without(*(each for each, members in rank.members.sets.items() if others.sets.get(each) == members))
    place = _relative(search, rank, pair.query, wanted) or _absolute(search, rank, pair.query, wanted)
    if place is None:
        return None
    among, last = place
    bounds = Conjunct({pair: each for pair, each in rest.sets.items() if _bounds_search(rank.order, last, pair, each)})
    within = rank.members.meet(bounds)
    ahead = normal.both((within,), among) if within is not None else None
    if ahead is None:
        return None
    rest = rest.without(*bounds.sets)
    implied = [each for each in rest.sets if all(each in c.sets and c.sets[each] <= rest.sets[each] for c in among)]
    return _Found(rank, ahead, last, rest.without(*implied))


def _bounds_search(order: Order, last: bool, pair: Comparison, allowed: IntSet) -> bool:
    """Return whether the first (or last) member in an order satisfies a condition if any of those that count does.

    It does if the condition allows all positions up to (or from) one, and the order is by position.
    """
    if order.by is not None or pair.position is None or len(allowed.intervals) != 1:
        return False
    ((low, high),) = allowed.intervals
    return (low == -inf and high != inf) if last == order.reverse else (high == inf and low != -inf)


def _relative(search: Search, rank: Rank, query: Linear, offset: int) -> tuple[Disjunction, bool] | None:
    """Return the candidates for the member with count ``query + offset``, and whether it is the last of them.

    The query is itself a count of these members in this order, inclusive or not. Let N(x) be the number of members
    before x. The count of x is N(x), plus one if it is inclusive and x is a member. So a member j with
    count[j] = count[i] + offset has N(j) = N(i) + offset, minus one if the key's count is inclusive, plus one if the
    query's is and i is a member.
    """
    own = masked_rank(search, query.term)
    if own is None or own.members != rank.members or own.order != rank.order:
        return None
    ahead = offset - rank.inclusive
    if rank.everyone:
        places = {1: (True, False, False), 0: (True, True, False), -1: (False, False, True)}
        ahead += own.inclusive
    elif own.inclusive:
        places = {0: (True, False, False), -1: (False, True, True)}
    else:
        places = {0: (True, True, False), -1: (False, False, True)}
    if ahead not in places:
        return None
    later, with_own, last = places[ahead]
    return rank.order.formula(later, with_own), last


def _absolute(search: Search, rank: Rank, query: Linear, wanted: int) -> tuple[Disjunction, bool] | None:
    """Return the candidates for the member with count ``query + wanted``: the first of all members, or the last."""
    if not query.terms and wanted == int(rank.inclusive):
        return normal.EVERYTHING, False
    if wanted != int(rank.inclusive) - 1 or query.term is None:
        return None
    return (normal.EVERYTHING, True) if counted_members(search, query.term) == rank.members else None


def _fetched(search: Search, aggregate: Aggregate, found: _Found) -> Iterator[Node]:
    algebra = search.algebra
    default = algebra.const(aggregate.default)
    inner = {pair: allowed for pair, allowed in found.rest.sets.items() if is_of_key(search, pair)}
    outer = found.rest.without(*inner)
    value = algebra("where", algebra.holds(inner), aggregate.value, default) if inner else aggregate.value
    among = algebra.selector(found.among)
    fetched = best(algebra, found.rank.order, found.last, among, value, aggregate.default)
    if not outer.sets:
        yield fetched
        return
    checks = _checked(search, found, outer)
    if checks is not None:
        yield algebra("where", checks, fetched, default)


def best(algebra: Algebra, order: Order, last: bool, among: Node, value: Node, default: Atom) -> Node:
    """Return the value at the first (or last) position in ``order`` among those selected."""
    # Falling orders start at the highest value; ties go to the side that comes first (or last) by position.
    if order.by is None:
        score, highest = algebra.indices, order.reverse != last
    else:
        side = order.by.key
        assert side is not None
        score = algebra.side(side) if isinstance(side, Linear) else side
        highest = order.falling != last
    ties = "right" if order.reverse != last else "left"
    pick = "highest" if highest else "lowest"
    return algebra("best", among, value, score, pick=pick, ties=ties, default=default)


def _checked(search: Search, found: _Found, outer: Conjunct) -> Node | None:
    """Return whether the found position satisfies conditions on its keys and the query, evaluated by fetching."""
    algebra, facts = search.algebra, search.facts
    result, among = algebra.const(True), algebra.selector(found.among)
    for pair, allowed in outer.sets.items():
        if isinstance(pair.key, Linear) and isinstance(pair.query, Linear):
            key = algebra.linear(pair.key)
            fetched = best(algebra, found.rank.order, found.last, among, key, 0)
            holds = algebra.inside(facts.linear(fetched).plus(pair.query, -1), allowed)
        elif pair.kind == "cmp" and outcome(allowed) in ("eq", "ne"):
            assert isinstance(pair.key, Node)
            assert isinstance(pair.query, Node)
            fetched = best(algebra, found.rank.order, found.last, among, pair.key, 0)
            holds = algebra(outcome(allowed), fetched, pair.query)
        else:
            return None
        result = algebra("and", result, holds)
    return result


def exists_in_run(search: Search, node: Compare) -> Iterator[Node]:
    """Decide whether a run of positions holds a mark by its first position that ends the run or is marked."""
    tested = _existence(search, node)
    if tested is None:
        return
    holds, aggregate = tested
    clause = clause_of(search.facts[aggregate.selector].formula)
    for pair, allowed in clause.sets.items() if clause is not None else ():
        if clause is not None and pair.same and allowed.single == 0 and pair.kind == "int":
            found = _in_run(search, aggregate, clause, pair)
            if found is not None:
                yield found if holds else search.algebra("not", found)


def _existence(search: Search, node: Compare) -> tuple[bool, Aggregate] | None:
    """Return the aggregate of 0/1 marks that ``node`` compares with zero, and the outcome that it tests."""
    comparison = node.operation.name
    aggregate, bound = node.a, node.b
    if not isinstance(aggregate, Aggregate):
        aggregate, bound, comparison = bound, aggregate, MIRRORED[comparison]
    single = search.facts[bound].domain.single
    if not isinstance(aggregate, Sum | Mean) or single is None or isinstance(single, str):
        return None
    marks = search.facts[aggregate.value].domain
    zero = not isinstance(aggregate.default, str) and aggregate.default == 0
    if marks.atoms is None or not marks.integral or marks.low < 0 or marks.high > 1 or not zero:
        return None
    if (comparison, single) in (("gt", 0), ("ne", 0)):
        return True, aggregate
    if (comparison, single) in (("le", 0), ("eq", 0)):
        return False, aggregate
    if isinstance(aggregate, Sum) and (comparison, single) in (("ge", 1), ("lt", 1)):
        return comparison == "ge", aggregate
    return None


def _in_run(search: Search, aggregate: Aggregate, clause: Conjunct, pair: Comparison) -> Node | None:
    """Return whether a later (or earlier) position with the query's own count of members is marked.

    These positions reach up to the next member; that one or the query's own is included if the count includes it.
    """
    algebra, facts = search.algebra, search.facts
    assert isinstance(pair.key, Linear)
    if len(pair.key.terms) != 1:
        return None
    (term,) = pair.key.terms
    rank = facts.rank(term)
    if rank is None or rank.order.by is not None or not all(map(facts.of_keys, rank.members.sets)):
        return None
    others = clause.without(pair)
    index = rank.order.index
    side = others.sets.get(index)
    if side not in (IntSet.where("lt"), IntSet.where("gt")) or not rank.members.sets:
        return None
    marks = facts.compared("eq", aggregate.value, algebra.const(1))
    marked = normal.both((others.without(index),), marks)
    members: Disjunction = (rank.members,)
    if marked is None or not all(is_of_key(search, each) for c in (*marked, *members) for each in c.sets):
        return None
    is_member, is_marked = any_of(algebra, members), any_of(algebra, marked)
    rightwards = side == IntSet.where("gt")
    # When counting away from the query, a member ends the run after itself only if its count includes it.
    ends_late = rank.inclusive == (rightwards == rank.order.reverse)
    mark = is_marked if ends_late else algebra("and", is_marked, algebra("not", is_member))
    stop = algebra("or", is_member, is_marked)
    among = normal.both((Conjunct({index: side}),), facts.column(stop))
    if among is None:
        return None
    order = Order(None, False, index, not rightwards)
    found = best(algebra, order, False, algebra.selector(among), mark, False)
    return algebra("and", algebra("not", is_member), found) if ends_late else found


RULES: Rules = (
    Rule("best by rank", "fetch(count[j] = 0) = best(s, v, lowest order)", Aggregate, fetch_by_rank, "best"),
    Rule(
        "first of a run",
        "width(j > i & count[j] = count[i] & mark) > 0 = best(j > i & (member | mark), mark, nearest)",
        Compare,
        exists_in_run,
        "best",
    ),
)
