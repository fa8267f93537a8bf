"""Sums over positions chosen by a running count of members.

A running count of members is 0 up to the first member, and a suffix count is 0 after the last one. So such a condition
compares the position with that of one member, which a head finds without the count; and a condition that at most one
position satisfies makes a fetch of the sum.
"""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Comparison, Conjunct, IntSet, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.ranks import Rank
from raspir.analysis.selectors import Disjunction
from raspir.ir import Node
from raspir.ir.types import INT
from raspir.ir.views import Sum, Where
from raspir.passes.depth.closed_forms import interval_of, position_multiple
from raspir.passes.depth.cones import cone, read_at_keys
from raspir.passes.depth.masks import counted_members, masked_clause, masked_rank, rank_in
from raspir.passes.depth.search import Rule, Rules, Search


def sum_over_members(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Sum over the positions that satisfy a condition on a running count, if these are simpler to select."""
    if search.layer(aggregate) < 2 or not search.adds_integers(aggregate):
        return
    algebra, facts = search.algebra, search.facts
    if not _compares_counts(search, aggregate):
        return
    for test, chosen, other in _choices(search, aggregate.value):
        formula = normal.both(algebra.formula(aggregate), facts.column(test))
        selector = _simpler(search, aggregate, test, formula) if formula is not None else None
        if selector is not None:
            apart = algebra("sub", chosen, other)
            rest = algebra("sum", aggregate.selector, other, default=0)
            yield algebra("add", rest, algebra("sum", selector, apart, default=0))


def _compares_counts(search: Search, aggregate: Sum) -> bool:
    """Return whether a key, or the value, depends on a running count through elementwise maps."""
    found = cone(read_at_keys(aggregate), lambda node: search.layer(node) > 0)
    return any(isinstance(node, Sum) and masked_rank(search, node) is not None for node in found)


def _choices(search: Search, value: Node) -> Iterator[tuple[Node, Node, Node]]:
    """Yield conditions, with the integers that ``value`` is where they hold and where not."""
    algebra, facts = search.algebra, search.facts
    form = facts.linear(value) if facts[value].domain.integral else Linear({})
    term = next(iter(form.terms)) if len(form.terms) == 1 else None
    if term is not None and facts[term].domain.boolean:
        test, branches = term, [Linear({}, 1), Linear({})]
    elif isinstance(term, Where) and all(facts[branch].domain.kinds is INT for branch in (term.a, term.b)):
        test, branches = term.condition, [facts.linear(term.a), facts.linear(term.b)]
    else:
        yield algebra.const(True), value, algebra.const(0)
        return
    rest = Linear({}, form.constant)
    a, b = (algebra.linear(rest.plus(branch, form.terms[term])) for branch in branches)
    yield test, a, b
    yield algebra("where", test, algebra.const(False), algebra.const(True)), b, a


def _simpler(search: Search, aggregate: Sum, test: Node, formula: Disjunction) -> Node | None:
    """Return a simpler selector of the positions of ``formula``, which joins ``test``, or ``None`` if none is known."""
    if not any(rank_in(search, pair) for clause in formula for pair in clause.sets):
        return None
    clauses = []
    for clause in formula:
        kept = _satisfiable(search, clause)
        if kept is not None:
            clauses.append((_by_ends(search, kept) if search.limits.attention == "best" else None) or kept)
    selector = search.algebra.fold(search.algebra.selector(tuple(clauses)))
    if tuple(clauses) != formula or search.layer(selector) < max(map(search.layer, (aggregate.selector, test))):
        return selector
    becomes_one = search.facts.at_most_one(selector) and not search.facts.at_most_one(aggregate.selector)
    return selector if becomes_one or _finds_member(search, masked_clause(search, formula)) else None


def _finds_member(search: Search, clause: Conjunct | None) -> bool:
    """Return whether a clause asks for one rank among the members that it selects."""
    for pair, allowed in clause.sets.items() if clause is not None else ():
        rank = rank_in(search, pair)
        if rank is not None and clause is not None and isinstance(pair.query, Linear):
            possible = allowed if pair.query.terms else allowed & rank.of_members
            if possible.single is not None and clause.without(pair).implies(rank.members):
                return True
    return False


def _satisfiable(search: Search, clause: Conjunct) -> Conjunct | None:
    """Return ``clause`` with what its conditions mean for members; ``None`` if one holds at none of them."""
    for pair, allowed in clause.sets.items():
        rank = rank_in(search, pair)
        if rank is None or not clause.without(pair).implies(rank.members):
            continue
        assert isinstance(pair.query, Linear)
        if pair.query.terms:
            continue
        possible = allowed & rank.of_members
        if not possible:
            return None
        others = clause.without(pair)
        clause = others if possible == rank.of_members else Conjunct({**others.sets, pair: possible})
    return clause


def _by_ends(search: Search, clause: Conjunct) -> Conjunct | None:
    """Return ``clause`` with positions instead of running counts that are 0 or not, or ``None`` if it has others."""
    places, others = _split(search, clause)
    found: Conjunct | None = places if others else None
    for pair, allowed in others.items():
        made = _by_end(search, places, pair, allowed)
        found = found.meet(made) if found is not None and made is not None else None
    return found


def compared_ends(search: Search, clause: Conjunct) -> dict[Comparison, Conjunct]:
    """Return the conditions of a clause on running counts that are 0 or not, each as a condition on positions."""
    places, others = _split(search, clause)
    found = {pair: _by_end(search, places, pair, allowed) for pair, allowed in others.items()}
    return {pair: made for pair, made in found.items() if made is not None}


def _split(search: Search, clause: Conjunct) -> tuple[Conjunct, dict[Comparison, IntSet]]:
    """Return the conditions of a clause on positions alone, and the others."""
    places = Conjunct({p: allowed for p, allowed in clause.sets.items() if position_multiple(search.algebra, p)})
    return places, clause.without(*places.sets).sets


def _by_end(search: Search, places: Conjunct, pair: Comparison, allowed: IntSet) -> Conjunct | None:
    """Return a condition on a running count as one on the position of the first or the last member."""
    rank = rank_in(search, pair)
    if rank is None or rank.order.by is not None or not all(map(search.facts.of_keys, rank.members.sets)):
        return None
    assert isinstance(pair.query, Linear)
    suffix, inclusive = rank.order.reverse, rank.inclusive
    if not pair.query.terms:
        possible, zero = IntSet.where("ge"), allowed
    elif pair.query.term is not None and counted_members(search, pair.query.term) == rank.members:
        # All members are counted if and only if none is on the other side.
        possible, zero = IntSet.where("le"), allowed
        suffix, inclusive = not suffix, not inclusive
    else:
        return None
    is_zero = 0 in zero
    if zero & possible not in (IntSet([(0, 0)]), possible & ~IntSet([(0, 0)])):
        return None
    end = _last_member(search, rank, places) if suffix else _first_member(search, rank, places)
    if end is None:
        return None
    form = search.facts.linear(end)
    side = IntSet.where(("gt" if inclusive else "ge") if suffix else ("lt" if inclusive else "le"))
    index = Comparison("int", Linear({search.algebra.indices: 1}), form.without_constant())
    return Conjunct({index: (side if is_zero else ~side).shift(form.constant)})


def _last_member(search: Search, rank: Rank, places: Conjunct) -> Node | None:
    """Return the position of the last member, -1 if there is none."""
    return _member(search, rank, places, "highest")


def _first_member(search: Search, rank: Rank, places: Conjunct) -> Node | None:
    """Return the position of the first member, or one beyond all of ``places`` if there is none up to these."""
    algebra = search.algebra
    interval = interval_of(algebra, places)
    if interval is None:
        return None
    found = _member(search, rank, places, "lowest")
    return algebra("where", algebra("lt", found, algebra.const(0)), algebra.plus(interval.high, 1), found)


def _member(search: Search, rank: Rank, places: Conjunct, pick: str) -> Node:
    """Return the position of the first or the last member on the side that ``places`` looks at, -1 if there is none."""
    algebra = search.algebra
    side = IntSet.where("le") if pick == "lowest" else IntSet.where("ge")
    own = {pair: side for pair, allowed in places.sets.items() if pair.is_index and allowed <= side}
    among = rank.members.meet(Conjunct(own))
    assert among is not None
    indices = algebra.indices
    return algebra("best", algebra.selector((among,)), indices, indices, pick=pick, ties="left", default=-1)


RULES: Rules = (
    Rule(
        "first or last member",
        "sum(s & count = 0, v) = sum(s & j < best(members, i, lowest), v)",
        Sum,
        sum_over_members,
    ),
)
