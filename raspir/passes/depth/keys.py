"""Fetching by a key where the key itself was fetched or chosen.

A key that differs at any two positions, such as a rank, identifies a position. A head that finds the key of a position
can fetch any other value of that position as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from raspir.analysis import Comparison, Conjunct, IntSet, Linear
from raspir.analysis.facts import clause_of
from raspir.ir import Node
from raspir.ir.views import Aggregate, Best
from raspir.passes.depth.gathers import always_finds, finding
from raspir.passes.depth.search import Rule, Rules, Search


@dataclass(frozen=True)
class _Found:
    """A position found by its key.

    Attributes:
        finder: the aggregate that yields the key, up to sign and uniform terms.
        rest: further conditions to check once it is found.
        instead: the conditions on the fetched position where the finder finds none; ``None`` if they contradict.
    """

    finder: Aggregate
    rest: Conjunct
    instead: Conjunct | None


def by_found_key(search: Search, aggregate: Aggregate) -> Iterator[Node]:
    """Fetch with the head that finds a key, instead of from the position with that key."""
    clause = clause_of(search.algebra.formula(aggregate))
    for pair, allowed in clause.sets.items() if clause is not None else ():
        found = _found(search, clause, pair, allowed) if clause is not None else None
        if found is not None:
            yield _fetched(search, aggregate, found)


def _found(search: Search, clause: Conjunct, pair: Comparison, allowed: IntSet) -> _Found | None:
    """Return the position that a condition on its key finds, or ``None`` if the key was not fetched."""
    key, query, offset = pair.key, pair.query, allowed.single
    if pair.kind != "int" or offset is None or not isinstance(key, Linear) or not isinstance(query, Linear):
        return None
    for finder, sign in query.terms.items():
        # The key is sign * finder + others, and the finder's value sign * (key - others).
        if not isinstance(finder, Aggregate) or sign not in (1, -1):
            continue
        others = query.plus(Linear({finder: -sign}, offset))
        if not _is_uniform(search, others) or search.facts.linear(finder.value).scaled(sign).plus(others) != key:
            continue
        rest = _checks(search, finder, clause, pair)
        if rest is not None and isinstance(finder.default, int):
            place = IntSet.where("eq", offset + sign * int(finder.default))
            absent = Conjunct({Comparison("int", key, others.without_constant()): place})
            return _Found(finder, rest, clause.without(pair).meet(absent))
    return None


def _is_uniform(search: Search, form: Linear) -> bool:
    return all(search.facts[term].uniform for term in form.terms)


def _checks(search: Search, finder: Aggregate, clause: Conjunct, pair: Comparison) -> Conjunct | None:
    """Return the conditions of ``clause`` left to check at the position found, ``None`` if the key does not tell it."""
    facts, others = search.facts, clause.without(pair)
    assert isinstance(pair.key, Linear)
    if not isinstance(finder, Best) and not facts.at_most_one(finder.selector):
        return None
    known = facts[finder.selector].formula or ()
    if not facts.steps(pair.key).injective:
        rank = facts.rank(next(iter(pair.key.terms))) if len(pair.key.terms) == 1 else None
        if rank is None or not known or not all(each.implies(rank.members) for each in (others, *known)):
            return None
    implied = [each for each in others.sets if known and all(c.implies(_only(others, each)) for c in known)]
    rest = others.without(*implied)
    return rest if all(facts.of_keys(each) and each.kind != "by" for each in rest.sets) else None


def _only(clause: Conjunct, pair: Comparison) -> Conjunct:
    return Conjunct({pair: clause.sets[pair]})


def _fetched(search: Search, aggregate: Aggregate, found: _Found) -> Node:
    algebra, finder = search.algebra, found.finder
    default = algebra.const(aggregate.default)
    value = algebra("where", algebra.holds(found.rest.sets), aggregate.value, default)
    there = finding(algebra, finder, value, aggregate.default)
    if always_finds(algebra, finder):
        return there
    instead = default if found.instead is None else algebra.using(aggregate, algebra.selector((found.instead,)))
    if instead is default:
        return there
    return algebra("where", finding(algebra, finder, algebra.const(True), False), there, instead)


RULES: Rules = (
    Rule("fetched by its key", "fetch(x, k = best(s, k)) = best(s, x) for an injective k", Aggregate, by_found_key),
)
