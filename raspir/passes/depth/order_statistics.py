"""Counting sort: the member of a given rank in an order of few atoms, by how many members have each atom.

The members with the lowest atom have the first ranks, those with the next one the following ranks. So the atom of the
member with rank k follows from the numbers of members up to each atom, all of which one head counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from raspir.analysis import Conjunct, Linear
from raspir.analysis.facts import clause_of
from raspir.analysis.ranks import Rank
from raspir.ir import Atom, Node
from raspir.ir.operations import OPERATIONS
from raspir.ir.views import Elementwise, Sum
from raspir.passes.depth.cones import cone
from raspir.passes.depth.search import Rule, Rules, Search
from raspir.passes.depth.split import substituted
from raspir.rewriting.graphs import all_or_none


def counting_sort(search: Search, aggregate: Sum) -> Iterator[Node]:
    """Choose the value of the member with a given rank by how many members are up to each atom."""
    clause = clause_of(search.algebra.formula(aggregate))
    if clause is None or search.layer(aggregate) < 2:
        return
    for pair, allowed in clause.sets.items():
        if pair.kind == "int" and isinstance(pair.key, Linear) and isinstance(pair.query, Linear):
            rank = search.facts.rank(pair.key.term)
            others = clause.without(pair)
            if rank is None or allowed.single is None or rank.order.by is None or not others.implies(rank.members):
                continue
            place = pair.query.plus(Linear({}, allowed.single - rank.inclusive))
            found = _by_counts(search, aggregate, rank, place, others)
            if found is not None:
                yield found


def _by_counts(search: Search, aggregate: Sum, rank: Rank, place: Linear, others: Conjunct) -> Node | None:
    """Return the value of the member with rank ``place``, counted from 0, where ``others`` holds of it."""
    algebra, facts = search.algebra, search.facts
    assert rank.order.by is not None
    by, value = rank.order.by.key, aggregate.value
    order = algebra.side(by) if isinstance(by, Linear) else by
    tests = {pair: allowed for pair, allowed in others.sets.items() if rank.members.sets.get(pair) != allowed}
    own = {pair: allowed for pair, allowed in rank.members.sets.items() if facts.of_keys(pair)}
    if order is None or not all(facts.of_keys(pair) for pair in tests) or any(p.kind == "by" for p in (*tests, *own)):
        return None
    default = algebra.const(aggregate.default)
    if tests:
        value = algebra("where", algebra.holds(tests), value, default)
    levels = _levels(search, order, value, rank.order.falling)
    if levels is None:
        return None
    within = algebra.selector((rank.members.without(*own),))
    member = algebra.holds(own)
    below, above = facts.outside(place)
    result, rest = default, list(levels)
    if rank.everyone and not rank.members.sets and not above:
        result = rest.pop()[1]
    for atom, outcome in reversed(rest):
        upto = algebra("ge" if rank.order.falling else "le", order, algebra.const(atom))
        one = algebra("where", algebra("and", member, upto), algebra.const(1), algebra.const(0))
        count = algebra("sum", within, one, default=0)
        is_before = algebra.compare(place.plus(facts.linear(count), -1), "lt")
        result = algebra("where", is_before, outcome, result)
    return algebra("where", algebra.compare(place, "ge"), result, default) if below else result


def _levels(search: Search, order: Node, value: Node, falling: bool) -> list[tuple[Atom, Node]] | None:
    """Return the atoms of ``order``, first to last, each with its ``value``; ``None`` if unknown."""
    facts = search.facts
    if not OPERATIONS["lt"].is_total([facts[order].domain] * 2):
        return None
    for base in _bases(search, order):
        atoms = facts[base].domain.atoms
        if atoms is None or len(atoms) > search.limits.max_heads:
            continue
        rows = [_row(search, order, value, base, atom) for atom in atoms]
        known = all_or_none(rows)
        levels = None if known is None else _grouped(known, falling)
        if levels is not None:
            return levels
    return None


def _bases(search: Search, order: Node) -> list[Node]:
    """Return the sequences from one of which elementwise maps compute ``order``."""
    visited = cone([order], lambda node: True)
    leaves = [node for node in visited if not isinstance(node, Elementwise) and not search.facts[node].uniform]
    return list(dict.fromkeys([*leaves, order])) if len(leaves) == 1 else [order]


def _row(search: Search, order: Node, value: Node, base: Node, atom: Atom) -> tuple[Atom, Node] | None:
    """Return what ``order`` and ``value`` are where ``base`` is ``atom``, ``None`` if that depends on the position."""
    algebra, facts = search.algebra, search.facts
    found = [substituted(search, node, {base: algebra.const(atom)}) for node in (order, value)]
    known = all_or_none(found)
    if known is None or facts[known[0]].domain.single is None or not facts[known[1]].uniform:
        return None
    level = facts[known[0]].domain.single
    assert level is not None
    return level, known[1]


def _grouped(rows: list[tuple[Atom, Node]], falling: bool) -> list[tuple[Atom, Node]] | None:
    """Return one row for each class of equal atoms in order, ``None`` if their values differ."""
    found: list[tuple[Atom, Node]] = []
    for atom, value in sorted(rows, key=itemgetter(0), reverse=falling):
        if found and found[-1][0] == atom:
            if found[-1][1] is not value:
                return None
        else:
            found.append((atom, value))
    return found


RULES: Rules = (
    Rule(
        "counting sort",
        "fetch(f(x), rank of x = q) = where(q < width(x <= c1), f(c1), where(q < width(x <= c2), f(c2), …))",
        Sum,
        counting_sort,
    ),
)
