"""Decomposition of selectors into signed terms of simple conditions that sum to the selector's indicator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from raspir.analysis.intset import IntSet
from raspir.analysis.selectors import Comparison, Conjunct, Disjunction

MOST = 24
"""The limit on the number of terms; selectors that exceed it are not decomposed."""

_ALL = Conjunct({})


@dataclass(frozen=True)
class Term:
    """A signed term of a decomposed selector.

    Attributes:
        sign: 1 or -1, the coefficient of the term.
        clause: the conditions on key and query together, or on the query alone.
        keys: alternative clauses on the key alone; a key must satisfy at least one.
    """

    sign: int
    clause: Conjunct
    keys: tuple[Conjunct, ...] = (_ALL,)

    @property
    def whole(self) -> Conjunct | None:
        """The conjunction of ``clause`` and ``keys``; ``None`` if ``keys`` has alternatives."""
        return Conjunct({**self.clause.sets, **self.keys[0].sets}) if len(self.keys) == 1 else None

    def meet(self, other: Term) -> Term | None:
        """Return the intersection, with its inclusion–exclusion sign; ``None`` if it is empty."""
        clause = self.clause.meet(other.clause)
        keys = _simplified([met for a in self.keys for b in other.keys if (met := a.meet(b)) is not None])
        return Term(-self.sign, clause, keys) if clause is not None and keys else None


def alternatives(
    formula: Disjunction, of_keys: Callable[[Comparison], bool], splits: Callable[[Comparison], bool]
) -> list[Term] | None:
    """Return possibly overlapping terms whose union is ``formula``; ``None`` if there are too many.

    Args:
        formula: the selector.
        of_keys: returns whether a condition depends on the key alone.
        splits: returns whether a pair's sets must be intervals.
    """
    result: list[Term] = []
    for term in _grouped(formula, of_keys):
        parts = [term.clause]
        for pair, allowed in term.clause.sets.items():
            if splits(pair):
                parts = [_with(part, pair, interval) for part in parts for interval in _each(allowed)]
        result += [Term(1, part, term.keys) for part in parts]
    return result if len(result) <= MOST else None


def signed(
    formula: Disjunction, of_keys: Callable[[Comparison], bool], splits: Callable[[Comparison], bool]
) -> list[Term] | None:
    """Return terms that sum to ``formula`` by inclusion–exclusion; ``None`` if there are too many.

    Args:
        formula: the selector.
        of_keys: returns whether a condition depends on the key alone.
        splits: returns whether a pair's sets must be intervals.
    """
    terms: list[Term] = []
    for term in _grouped(formula, of_keys):
        terms += [term, *(met for other in terms if (met := other.meet(term)) is not None)]
        if len(terms) > MOST or any(len(each.keys) > MOST for each in terms):
            return None
    result = [part for term in terms for part in _intervals(term, splits)]
    return _cancelled(result) if len(result) <= MOST else None


def _grouped(formula: Disjunction, of_keys: Callable[[Comparison], bool]) -> list[Term]:
    """Return one term for each distinct joint condition, collecting its alternatives on the key alone."""
    keys: dict[Conjunct, list[Conjunct]] = {}
    for clause in formula:
        own = {pair: allowed for pair, allowed in clause.sets.items() if of_keys(pair)}
        keys.setdefault(clause.without(*own), []).append(Conjunct(own))
    return [Term(1, clause, _simplified(allowed)) for clause, allowed in keys.items()]


def _simplified(clauses: list[Conjunct]) -> tuple[Conjunct, ...]:
    """Return the clauses that no other clause subsumes."""
    kept = list(dict.fromkeys(clauses))
    return tuple(c for c in kept if not any(c is not other and c.implies(other) for other in kept))


def _intervals(term: Term, splits: Callable[[Comparison], bool]) -> list[Term]:
    """Split sets into intervals: those of the set, or everything minus those of its complement if these are fewer."""
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
    """Combine like terms, dropping those that cancel."""
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
