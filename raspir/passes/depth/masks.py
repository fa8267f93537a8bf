"""Masks: alternatives of conditions on the key alone as one condition, such as one of two tokens."""

from __future__ import annotations

from collections.abc import Callable

from raspir.analysis import Comparison, Conjunct, Linear
from raspir.analysis import selectors as normal
from raspir.analysis.ranks import Rank, rank_of
from raspir.analysis.selectors import Disjunction
from raspir.ir import Node
from raspir.passes.depth.search import Search
from raspir.rewriting.algebra import Algebra


def masked_clause(search: Search, formula: Disjunction | None) -> Conjunct | None:
    """Return ``formula`` as one clause, with a mask if clauses with a rank differ in other conditions on the key."""
    if formula and len(formula) > 1 and not any(rank_in(search, pair) for pair in normal.shared(formula)):
        return None
    return _masked(search, formula, lambda pair: rank_in(search, pair) is None)


def rank_in(search: Search, pair: Comparison) -> Rank | None:
    """Return the rank that is the key of a condition, if any."""
    return masked_rank(search, pair.key.term) if pair.kind == "int" and isinstance(pair.key, Linear) else None


def masked_rank(search: Search, node: Node | None) -> Rank | None:
    """Return the rank that ``node`` computes, also among members of several kinds."""
    if node is None:
        return None
    key = ("rank", node)
    if key not in search.memo:
        found = search.facts.rank(node)
        clause = counted_members(search, node) if found is None else None
        search.memo[key] = rank_of((clause,), search.facts.of_keys) if clause is not None else found
    rank: Rank | None = search.memo[key]
    return rank


def counted_members(search: Search, node: Node) -> Conjunct | None:
    """Return what ``node`` counts as one clause, ``None`` if it does not count, or not by a mask."""
    return _masked(search, search.facts.counted(node), lambda pair: True)


def _masked(search: Search, formula: Disjunction | None, joins: Callable[[Comparison], bool]) -> Conjunct | None:
    if not formula or len(formula) == 1:
        return formula[0] if formula else None
    shared = normal.shared(formula)
    kinds = frozenset(clause.without(*shared) for clause in formula)
    if not all(is_of_key(search, pair) and joins(pair) for kind in kinds for pair in kind.sets):
        return None
    key = ("mask", kinds)
    if key not in search.memo:
        search.memo[key] = any_of(search.algebra, tuple(clause.without(*shared) for clause in formula))
    return Conjunct({**shared, Comparison("col", search.memo[key], None): normal.TRUE})


def is_of_key(search: Search, pair: Comparison) -> bool:
    """Return whether a condition on ``pair`` can be computed at the key, without an opaque predicate."""
    return search.facts.of_keys(pair) and pair.kind != "by"


def any_of(algebra: Algebra, formula: Disjunction) -> Node:
    """Return the disjunction of clauses of key conditions, as a boolean of the key."""
    result = algebra.const(False)
    for clause in formula:
        result = algebra("or", result, algebra.holds(clause.sets))
    return result
