"""Aggregates over ranks: the ranks of m members are the first m positions, in some order.

So an aggregate of values that depend on the rank of each member alone is one over the first m positions, where the
rank of a position is the position itself. The members may be further restricted to an interval of the order, whose
ranks are the positions between two counts.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from raspir.analysis import Comparison, Conjunct, IntSet, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.ranks import Rank
from raspir.analysis.selectors import Disjunction
from raspir.ir import Node
from raspir.ir.operations import OPERATIONS
from raspir.ir.views import Aggregate, Best, Elementwise
from raspir.ir.walks import computed
from raspir.passes.depth.choices import choice_of
from raspir.passes.depth.cones import cone, read_at_keys
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.rewriting.algebra import outcome
from raspir.rewriting.graphs import all_or_none

_TERMS = 6  # sums into which one is split


def enumerate_ranks(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Aggregate over the ranks of the members instead of over the positions that have them."""
    for rank in _ranks(search, aggregate):
        found = _Enumeration(search, aggregate, rank).result()
        if found is not None:
            yield found


def _ranks(search: Search, aggregate: Aggregate) -> list[Node]:
    """Return the ranks in the deepest layer on which keys and values depend through elementwise maps."""
    deepest = search.layer(aggregate) - 1
    if deepest < 1:
        return []
    visited = cone(read_at_keys(aggregate), lambda node: search.layer(node) == deepest)
    return [node for node in visited if search.layer(node) == deepest and search.facts.rank(node) is not None]


@dataclass(frozen=True)
class _Term:
    """A multiple of a sum: of a value over the positions that satisfy a formula."""

    factor: int
    formula: Disjunction
    value: Node


class _Enumeration:
    """A rewrite of an aggregate from the positions that have a rank to the ranks.

    Args:
        search: the source of facts.
        aggregate: the aggregate.
        counted: the rank.
    """

    def __init__(self, search: Search, aggregate: Aggregate, counted: Node) -> None:
        rank = search.facts.rank(counted)
        assert rank is not None
        self._search, self._algebra, self._facts = search, search.algebra, search.facts
        self._aggregate, self._counted, self._rank = aggregate, counted, rank
        self._places: dict[Node, Node | None] = {}

    def result(self) -> Node | None:
        """Return the aggregate over the ranks, or ``None`` if it depends on more than the rank of each position."""
        formula = self._algebra.formula(self._aggregate)
        if not formula:
            return None
        whole = all_or_none(map(self._at_rank, self._aggregate.operands[1:]))
        if whole is not None and self._is_symmetric(whole):
            selected = self._selected(formula)
            if selected is not None:
                return self._algebra.rebuilt(self._aggregate, [self._algebra.selector(selected), *whole])
        return self._summed(formula) if self._search.adds_integers(self._aggregate) else None

    def _is_symmetric(self, parts: list[Node]) -> bool:
        """Return whether the order of the selected positions does not matter to the aggregate."""
        if self._facts.at_most_one(self._aggregate.selector):
            return True
        if isinstance(self._aggregate, Best):
            score = parts[1]
            return self._facts[score].domain.integral and self._facts.steps(self._facts.linear(score)).injective
        return self._facts[parts[0]].domain.integral and self._facts[self._aggregate.value].domain.integral

    def _summed(self, formula: Disjunction) -> Node | None:
        """Return the sum as one of several, each over the ranks or independent of them."""
        terms = self._terms(_Term(1, formula, self._aggregate.value))
        if terms is None:
            return None
        total = Linear({})
        for term in terms:
            value, selected = self._at_rank(term.value), self._selected(term.formula)
            if value is None or selected is None:
                if self._depends(term):
                    return None
                value, selected = term.value, term.formula
            one = self._algebra("sum", self._algebra.selector(selected), value, default=0)
            total = total.plus(self._facts.linear(one), term.factor)
        return self._algebra.linear(total)

    def _terms(self, whole: _Term) -> list[_Term] | None:
        """Return the sums of values without conditions on other values than the rank, ``None`` if there are many."""
        found, waiting = [], [whole]
        while waiting:
            term = waiting.pop()
            parts = self._split(term) if self._at_rank(term.value) is None else None
            if parts is None:
                found.append(term)
            else:
                waiting += parts
            if len(found) + len(waiting) > _TERMS:
                return None
        return found

    def _split(self, term: _Term) -> list[_Term] | None:
        """Return a sum as those of the terms of its value, or of the branches of a choice; ``None`` if it has none."""
        value = term.value
        form = self._facts.linear(value)
        if not form.is_term(value):
            parts = [_Term(term.factor * factor, term.formula, part) for part, factor in form.terms.items()]
            if form.constant:
                parts.append(_Term(term.factor * form.constant, term.formula, self._algebra.const(1)))
            return parts
        choice = choice_of(self._algebra, value)
        if choice is None or not all(self._facts[branch].domain.integral for branch in choice.branches):
            return None
        column = self._facts.column(choice.condition)
        parts = []
        for condition, branch in ((column, choice.a), (normal.complement(column), choice.b)):
            formula = normal.both(term.formula, condition)
            if formula is None:
                return None
            if formula and self._facts[branch].domain.single != 0:
                parts.append(_Term(term.factor, formula, branch))
        return parts

    def _depends(self, term: _Term) -> bool:
        """Return whether a sum depends on a value as deep as the rank at the key."""
        sides = [pair.key for clause in term.formula for pair in clause.sets]
        keys = [node for side in sides for node in (side.terms if isinstance(side, Linear) else [side]) if node]
        return any(self._search.layer(node) >= self._search.layer(self._counted) for node in (term.value, *keys))

    # Values and conditions of the rank alone

    def _at_rank(self, value: Node) -> Node | None:
        """Return ``value`` at the position that equals its rank, ``None`` if it depends on more or could fail there."""

        def parts(node: Node) -> tuple[Node, ...]:
            return node.operands if isinstance(node, Elementwise) and not self._facts[node].uniform else ()

        return computed(value, parts, self._mapped, self._places)

    def _mapped(self, node: Node) -> Node | None:
        if self._facts[node].uniform:
            return node
        if not isinstance(node, Elementwise):
            rank = self._facts.rank(node)
            place = self._place(rank) if rank is not None and rank.members == self._rank.members else None
            return None if rank is None or place is None else self._algebra.plus(place, int(rank.inclusive))
        operands = all_or_none(self._places[operand] for operand in node.operands)
        if operands is None or not (self._everyone or self._facts.is_total(node, operands)):
            return None
        return self._algebra.rebuilt(node, operands)

    def _place(self, rank: Rank) -> Node | None:
        """Return the number of members before that of each rank in the order of ``rank``, ``None`` if it is another."""
        if rank.order == self._rank.order:
            return self._algebra.indices
        if rank.order != self._rank.order.reversed or not self._everyone:
            return None
        return self._algebra("sub", self._algebra.plus(self._algebra.length, -1), self._algebra.indices)

    @property
    def _everyone(self) -> bool:
        """Whether all positions are members, so that each position is the rank of one: nothing fails anew."""
        return not self._rank.members.sets

    def _selected(self, formula: Disjunction) -> Disjunction | None:
        """Return the ranks of the members that satisfy ``formula``, if that depends on the rank and the order alone."""
        for later, own in itertools.product((False, True), repeat=2):
            scope = self._rank.order.formula(later, own)
            rest = _factored(formula, scope) if len(scope) > 1 else None
            if rest is not None:
                bound = self._bound(self._rank.order.formula(False, own != later), below=not later)
                return self._clauses(rest, bound)
        return self._clauses(formula, normal.EVERYTHING)

    def _clauses(self, formula: Disjunction, bound: Disjunction | None) -> Disjunction | None:
        """Return the ranks within ``bound`` of the members that satisfy a clause of ``formula``."""
        known = all_or_none(self._clause(clause, bound) for clause in formula)
        return None if known is None else tuple(itertools.chain.from_iterable(known))

    def _clause(self, clause: Conjunct, bound: Disjunction | None) -> Disjunction | None:
        members, found = self._rank.members, bound
        if any(clause.sets.get(pair) != allowed for pair, allowed in members.sets.items()):
            return None
        for pair, allowed in clause.without(*members.sets).sets.items():
            found = normal.both(
                found, self._interval(pair, allowed) if self._is_axis(pair) else self._at_ranks(pair, allowed)
            )
        if not found or self._everyone or all(map(self._is_bounded, found)):
            return found
        return normal.both(found, self._bound(normal.EVERYTHING, below=True))

    def _at_ranks(self, pair: Comparison, allowed: IntSet) -> Disjunction | None:
        """Return a condition on the rank as one on the position, ``None`` if it depends on more or could fail."""
        if self._facts.of_queries(pair):
            return normal.condition(pair, allowed)
        if isinstance(pair.key, Linear):
            moved = self._at_rank(self._algebra.side(pair.key))
            form = self._facts.linear(moved) if moved is not None else Linear({})
            position = Comparison(pair.kind, form.without_constant(), pair.query)
            return None if moved is None else normal.condition(position, allowed.shift(-form.constant))
        assert pair.key is not None
        moved = self._at_rank(pair.key)
        if moved is None or not (self._everyone or pair.query is None or self._compares(pair, moved)):
            return None
        return normal.condition(Comparison(pair.kind, moved, pair.query, pair.function), allowed)

    def _compares(self, pair: Comparison, key: Node) -> bool:
        """Return whether no comparison of ``key`` with the query of ``pair`` can fail."""
        assert isinstance(pair.query, Node)
        return pair.kind == "cmp" and OPERATIONS["lt"].is_total(
            [self._facts[key].domain, self._facts[pair.query].domain]
        )

    # Intervals of the order

    def _is_axis(self, pair: Comparison) -> bool:
        """Return whether a condition on ``pair`` is one on what the members are ordered by first."""
        return pair.kind == self._axis.kind and pair.key == self._axis.key

    @property
    def _axis(self) -> Comparison:
        return self._rank.order.by or self._rank.order.index

    def _interval(self, pair: Comparison, allowed: IntSet) -> Disjunction | None:
        """Return the ranks of the members in an interval of the order, ``None`` if a condition does not give one."""
        if len(allowed.intervals) != 1:
            return None
        if pair.kind == "cmp" and outcome(allowed) == "eq":  # this makes < of it
            assert isinstance(pair.key, Node)
            if not self._compares(pair, pair.key):
                return None
        ((low, high),) = allowed.intervals
        end, before = IntSet([(-inf, high)]), IntSet([(-inf, low - 1)] if low != -inf else [])
        order = self._rank.order
        if order.reverse if order.by is None else order.falling:
            end, before = ~before, ~end
        found: Disjunction | None = normal.EVERYTHING
        for counted, below in ((end, True), (before, False)):
            among = normal.condition(pair, counted)
            if among not in (normal.EVERYTHING, normal.NOTHING):
                found = normal.both(found, self._bound(among, below))
        return found

    def _bound(self, among: Disjunction, below: bool) -> Disjunction | None:
        """Return the positions less than the number of members that satisfy ``among``, or those that are not."""
        counted = normal.both((self._rank.members,), among)
        if counted is None:
            return None
        if set(counted) == set(self._facts.counted(self._counted) or ()):
            count = self._counted
        else:
            count = self._algebra("sum", self._algebra.selector(counted), self._algebra.const(1), default=0)
        form = self._facts.linear(count)
        pair = Comparison("int", Linear({self._algebra.indices: 1}), form.without_constant())
        return normal.condition(pair, IntSet.where("lt" if below else "ge", form.constant))

    def _is_bounded(self, clause: Conjunct) -> bool:
        """Return whether the positions of a clause are less than the number of members: than a count of some."""
        for pair, allowed in clause.sets.items():
            term = pair.position.term if pair.position is not None else None
            if term is not None and allowed.intervals[-1][1] < 0:
                counted = self._facts.counted(term)
                if counted and all(each.implies(self._rank.members) for each in counted):
                    return True
        return False


def _factored(formula: Disjunction, scope: Disjunction) -> Disjunction | None:
    """Return the formula that meets ``scope`` in ``formula``, ``None`` if there is none."""
    rests = []
    for part in scope:
        holds = [c for c in formula if all(c.sets.get(pair) == allowed for pair, allowed in part.sets.items())]
        rests.append([clause.without(*part.sets) for clause in holds])
    if sum(map(len, rests)) != len(formula) or any(set(rest) != set(rests[0]) for rest in rests):
        return None
    return tuple(rests[0])


RULES: Rules = (
    Rule(
        "ranks enumerated",
        "agg(members, f(rank[j])) = agg(j < the number of members, f(j))",
        Aggregate,
        enumerate_ranks,
        max_nesting=2,
    ),
)
