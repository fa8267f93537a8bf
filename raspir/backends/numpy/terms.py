"""Selectors as sums: terms of simple conditions, added and taken away, so that each position counts once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from raspir.analysis.intset import IntSet
from raspir.analysis.selectors import Comparison, Conjunct, Disjunction

MOST = 24
"""Selectors of more terms than these are not taken apart."""

_ALL = Conjunct({})


@dataclass(frozen=True)
class Term:
    """A part of a selector.

    Attributes:
        sign: 1 where it adds, -1 where it takes away.
        clause: what must hold of a key and a query, or of a query.
        keys: which keys there are: those that one of these clauses allows, each of conditions on the key alone.
    """

    sign: int
    clause: Conjunct
    keys: tuple[Conjunct, ...] = (_ALL,)

    @property
    def whole(self) -> Conjunct | None:
        """The conditions on keys and queries together, ``None`` where there are alternatives."""
        return Conjunct({**self.clause.sets, **self.keys[0].sets}) if len(self.keys) == 1 else None

    def meet(self, other: Term) -> Term | None:
        """Return what both select, with the sign that inclusion and exclusion gives it; ``None`` for nothing."""
        clause = self.clause.meet(other.clause)
        keys = _simplified([met for a in self.keys for b in other.keys if (met := a.meet(b)) is not None])
        return Term(-self.sign, clause, keys) if clause is not None and keys else None


def alternatives(
    formula: Disjunction, of_keys: Callable[[Comparison], bool], splits: Callable[[Comparison], bool]
) -> list[Term] | None:
    """Return terms of which a position meets one or more if ``formula`` selects it; ``None`` for too many.

    Args:
        formula: the selector.
        of_keys: tells whether a condition depends on the key alone.
        splits: tells of which pairs each set must be an interval.
    """
    found: list[Term] = []
    for term in _grouped(formula, of_keys):
        parts = [term.clause]
        for pair, allowed in term.clause.sets.items():
            if splits(pair):
                parts = [_with(part, pair, interval) for part in parts for interval in _each(allowed)]
        found += [Term(1, part, term.keys) for part in parts]
    return found if len(found) <= MOST else None


def signed(
    formula: Disjunction, of_keys: Callable[[Comparison], bool], splits: Callable[[Comparison], bool]
) -> list[Term] | None:
    """Return terms that add up to ``formula`` by inclusion and exclusion; ``None`` for too many.

    Args:
        formula: the selector.
        of_keys: tells whether a condition depends on the key alone.
        splits: tells of which pairs each set must be an interval.
    """
    terms: list[Term] = []
    for term in _grouped(formula, of_keys):
        terms += [term, *(met for other in terms if (met := other.meet(term)) is not None)]
        if len(terms) > MOST or any(len(each.keys) > MOST for each in terms):
            return None
    found = [part for term in terms for part in _intervals(term, splits)]
    return _cancelled(found) if len(found) <= MOST else None


def _grouped(formula: Disjunction, of_keys: Callable[[Comparison], bool]) -> list[Term]:
    """Return a term for each joint condition, with all the keys that it is asked of."""
    keys: dict[Conjunct, list[Conjunct]] = {}
    for clause in formula:
        own = {pair: allowed for pair, allowed in clause.sets.items() if of_keys(pair)}
        keys.setdefault(clause.without(*own), []).append(Conjunct(own))
    return [Term(1, clause, _simplified(allowed)) for clause, allowed in keys.items()]


def _simplified(clauses: list[Conjunct]) -> tuple[Conjunct, ...]:
    """Return the clauses without those that others among them cover."""
    kept = list(dict.fromkeys(clauses))
    return tuple(c for c in kept if not any(c is not other and c.implies(other) for other in kept))


def _intervals(term: Term, splits: Callable[[Comparison], bool]) -> list[Term]:
    """Return terms whose sets are intervals: those of a set, or all less those of its complement, if they are fewer."""
    terms = [term]
    for pair, allowed in term.clause.sets.items():
        if len(allowed.intervals) == 1 or not splits(pair):
            continue
        missing = ~allowed & pair.full
        split: list[Term] = []
        for part in terms:
            if len(missing.intervals) < len(allowed.intervals):
                split.append(Term(part.sign, part.clause.without(pair), part.keys))
                split += [Term(-part.sign, _with(part.clause, pair, each), part.keys) for each in _each(missing)]
            else:
                split += [Term(part.sign, _with(part.clause, pair, each), part.keys) for each in _each(allowed)]
        terms = split
    return terms


def _each(allowed: IntSet) -> list[IntSet]:
    return [IntSet([interval]) for interval in allowed.intervals]


def _with(clause: Conjunct, pair: Comparison, allowed: IntSet) -> Conjunct:
    return Conjunct({**clause.sets, pair: allowed})


def _cancelled(terms: list[Term]) -> list[Term]:
    """Return the terms without those that cancel each other."""
    total: dict[tuple[Conjunct, frozenset[Conjunct]], int] = {}
    first: dict[tuple[Conjunct, frozenset[Conjunct]], Term] = {}
    for term in terms:
        key = (term.clause, frozenset(term.keys))
        total[key] = total.get(key, 0) + term.sign
        first.setdefault(key, term)
    return [
        Term(1 if count > 0 else -1, first[key].clause, first[key].keys)
        for key, count in total.items()
        for _ in range(abs(count))
    ]
