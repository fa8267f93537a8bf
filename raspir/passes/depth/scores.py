"""The best position by a shallower score that orders the selected positions alike.

A rank orders positions as the sequence and the positions that it compares. A score that only rises or falls with the
position orders positions as their indices do, but for ties.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from raspir.analysis import Comparison, IntSet
from raspir.analysis.facts import clause_of
from raspir.analysis.ranks import Rank
from raspir.analysis.selectors import Disjunction
from raspir.ir import Node
from raspir.ir.types import BOOL, INT
from raspir.ir.views import Best, Elementwise
from raspir.ir.walks import preorder
from raspir.passes.depth.best import best
from raspir.passes.depth.closed_forms import position_multiple
from raspir.passes.depth.search import Rule, Rules, Search

_CONE = 64  # values between a value and the score on which it depends


def shallower_score(search: Search, aggregate: Best) -> Iterator[Node]:
    """Choose by the order that a rank counts, or by position if the score is monotone."""
    if not search.layer(aggregate.score) or not search.facts[aggregate.score].domain.integral:
        return
    highest = aggregate.pick == "highest"
    scored = _single_term(search, aggregate.score)
    rank = search.facts.rank(scored[0]) if scored is not None else None
    if scored is not None and rank is not None and _are_members(search.algebra.formula(aggregate), rank):
        last = highest == scored[1]
        yield best(search.algebra, rank.order, last, aggregate.selector, aggregate.value, aggregate.default)
    elif scored is not None and rank is not None and highest == scored[1] and _is_initial(search, aggregate, rank):
        yield _last_member(search, aggregate, rank)
    steps = search.facts.steps(search.facts.linear(aggregate.score))
    if steps.rising or steps.falling:
        last = highest == steps.rising
        if aggregate.ties == ("right" if last else "left") or _depends_on_score(search, aggregate, scored):
            yield _by_position(search, aggregate, last)


def _is_initial(search: Search, aggregate: Best, rank: Rank) -> bool:
    """Return whether the first position of the highest running count is the last member, if there is any.

    It is if members count themselves, and all positions that precede a selected one in the order are selected.
    """
    clause = clause_of(search.algebra.formula(aggregate))
    if rank.order.by is not None or not rank.inclusive or clause is None:
        return False
    end = inf if rank.order.reverse else -inf
    return (
        aggregate.ties == ("right" if rank.order.reverse else "left")
        and all(map(search.facts.of_keys, rank.members.sets))
        and all(position_multiple(search.algebra, pair) for pair in clause.sets)
        and all(len(each.intervals) == 1 and end in each.intervals[0] for each in clause.sets.values())
    )


def _last_member(search: Search, aggregate: Best, rank: Rank) -> Node:
    """Return the value at the last selected member in the order of ``rank``, or at the first position if none is."""
    algebra, order, value = search.algebra, rank.order, aggregate.value
    members = algebra.fold(algebra("selector.and", aggregate.selector, algebra.selector((rank.members,))))
    found = best(algebra, order, True, members, value, aggregate.default)
    first = best(algebra, order, False, aggregate.selector, value, aggregate.default)
    return algebra("where", best(algebra, order, True, members, algebra.const(True), False), found, first)


def _by_position(search: Search, aggregate: Best, last: bool) -> Node:
    """Return the value at the last, or the first, of the selected positions."""
    selector, value = aggregate.selector, aggregate.value
    pick = "highest" if last else "lowest"
    indices = search.algebra.indices
    return search.algebra("best", selector, value, indices, pick=pick, ties="left", default=aggregate.default)


def _single_term(search: Search, score: Node) -> tuple[Node, bool] | None:
    """Return the only term of a score that is not uniform, and whether the score rises with it."""
    varying = [each for each in search.facts.linear(score).terms.items() if not search.facts[each[0]].uniform]
    if len(varying) != 1:
        return None
    ((term, coefficient),) = varying
    rising = coefficient > 0
    if term.operation.name == "mul":
        for factor, other in (term.operands, term.operands[::-1]):
            low, high = search.facts.bounds(search.facts.linear(factor))
            if search.facts[factor].uniform and (low > 0 or high < 0):
                return other, rising == (low > 0)
    return term, rising


def _are_members(formula: Disjunction | None, rank: Rank) -> bool:
    """Return whether all selected positions are members of one class that ``rank`` counts."""
    if not formula:
        return False
    return all(
        all(pair in clause.sets and clause.sets[pair] <= allowed for clause in formula)
        or (pair.same and _have_one_key(formula, pair))
        for pair, allowed in rank.members.sets.items()
    )


def _have_one_key(formula: Disjunction, pair: Comparison) -> bool:
    """Return whether the key of ``pair`` is the same at all selected positions: if it equals the same query there."""
    return any(
        each.key == pair.key and each.kind == pair.kind and allowed.single is not None and _is_equality(each, allowed)
        and all(clause.sets.get(each) == allowed for clause in formula)
        for each, allowed in formula[0].sets.items()
    )  # fmt: skip


def _is_equality(pair: Comparison, allowed: IntSet) -> bool:
    """Return whether a condition determines the key from the query."""
    return pair.kind == "int" or (pair.kind == "cmp" and allowed.single == 0)


def _depends_on_score(search: Search, aggregate: Best, scored: tuple[Node, bool] | None) -> bool:
    """Return whether positions of the same score have the same value: an elementwise map of the score alone."""
    known = {aggregate.score: search.facts[aggregate.score].domain.kinds}
    if scored is not None:
        known[scored[0]] = search.facts[scored[0]].domain.kinds

    def parts(node: Node) -> tuple[Node, ...]:
        return () if node in known or search.facts[node].uniform else node.operands

    for visited, node in enumerate(preorder([aggregate.value], parts)):
        if visited >= _CONE:
            return False
        if node in known:
            # Of equal scores, one may be ``True`` and another 1.
            if known[node] not in (BOOL, INT) and node not in search.bool_int_agnostic:
                return False
        elif not search.facts[node].uniform and not isinstance(node, Elementwise):
            return False
    return True


RULES: Rules = (Rule("score by order", "best(s, v, rank(x)) = best(s, v, x)", Best, shallower_score),)
