"""Selectors as sums: clauses of simple conditions, added and taken away, so that each position counts once."""

from __future__ import annotations

from raspir.analysis.intset import IntSet
from raspir.analysis.selectors import Clause, Formula, Pair

MOST = 24
"""Selectors of more terms than these are not taken apart."""

Term = tuple[int, Clause]
"""A sign, 1 or -1, and a clause whose sets are intervals."""


def signed(formula: Formula) -> list[Term] | None:
    """Return terms that add up to ``formula`` by inclusion and exclusion; ``None`` for too many."""
    terms: list[Term] = []
    for clause in formula:
        overlaps = [(-sign, met) for sign, other in terms if (met := other.meet(clause)) is not None]
        terms += [(1, clause), *overlaps]
        if len(terms) > MOST:
            return None
    found = [part for sign, clause in terms for part in _intervals(sign, clause)]
    return _cancelled(found) if len(found) <= MOST else None


def alternatives(formula: Formula) -> list[Clause] | None:
    """Return clauses of intervals of which a position meets one or more if ``formula`` selects it."""
    found: list[Clause] = []
    for clause in formula:
        parts = [clause]
        for pair, allowed in clause.sets.items():
            parts = [_with(part, pair, interval) for part in parts for interval in _each(allowed)]
        found += parts
    return found if len(found) <= MOST else None


def _intervals(sign: int, clause: Clause) -> list[Term]:
    """Return terms whose sets are intervals: those of a set, or all less those of its complement, if they are fewer."""
    terms: list[Term] = [(sign, clause)]
    for pair, allowed in clause.sets.items():
        if len(allowed.intervals) == 1:
            continue
        missing = ~allowed & pair.full
        split: list[Term] = []
        for each, part in terms:
            if len(missing.intervals) < len(allowed.intervals):
                split.append((each, part.without(pair)))
                split += [(-each, _with(part, pair, interval)) for interval in _each(missing)]
            else:
                split += [(each, _with(part, pair, interval)) for interval in _each(allowed)]
        terms = split
    return terms


def _each(allowed: IntSet) -> list[IntSet]:
    return [IntSet([interval]) for interval in allowed.intervals]


def _with(clause: Clause, pair: Pair, allowed: IntSet) -> Clause:
    return Clause({**clause.sets, pair: allowed})


def _cancelled(terms: list[Term]) -> list[Term]:
    """Return the terms without those that cancel each other."""
    total: dict[Clause, int] = {}
    for sign, clause in terms:
        total[clause] = total.get(clause, 0) + sign
    return [(1 if count > 0 else -1, clause) for clause, count in total.items() for _ in range(abs(count))]
