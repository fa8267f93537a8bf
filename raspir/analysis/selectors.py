"""The normal form of selectors: disjunctions of conjunctions of conditions on key-query pairs.

A condition constrains an integer to a set: the difference ``key[j] - query[i]`` of two integer sequences, the outcome
-1, 0 or 1 of any other comparison, or the outcome 0 or 1 of an opaque predicate. So all comparisons of the same key and
query become one condition on one :class:`Comparison`, and set algebra computes bands, complements and contradictions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from raspir.analysis.intset import IntSet
from raspir.analysis.linear import Linear
from raspir.ir import Node
from raspir.ir.lazy import cached_property
from raspir.ir.views import Const, Indices

Side = Node | Linear | None
"""A key or a query: a node, or a linear form without constant; ``None`` if absent."""

TRUE = IntSet([(1, 1)])
EQUAL = FALSE = IntSet([(0, 0)])
OUTCOMES = {"cmp": IntSet([(-1, 1)]), "by": IntSet([(0, 1)]), "col": IntSet([(0, 1)])}
"""The possible outcomes of each kind of comparison other than an integer difference."""

MOST = 12
"""Limit on the clauses of a formula, beyond which the selector is opaque to the optimizer."""


MOST_CONDITIONS = 24
"""Limit on the conditions of a clause, likewise."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """The subject of a condition.

    Attributes:
        kind: ``int`` for the difference of a key and a query, both linear forms; ``cmp`` for the outcome of comparing
            two nodes; ``by`` for an opaque predicate of two nodes; ``col`` for the truth value of a key.
        key: the operand at the key's position; an empty form if the pair depends on the query alone.
        query: the operand at the query's position; an empty form if the pair depends on the key alone.
        function: the symbol of an opaque predicate.
    """

    kind: str
    key: Side
    query: Side
    function: str | None = None

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Comparison) and self._key() == other._key())

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return (self.kind, self.key, self.query, self.function)

    @property
    def full(self) -> IntSet:
        """The set of all possible outcomes: the condition that always holds."""
        return OUTCOMES.get(self.kind) or IntSet([(float("-inf"), float("inf"))])

    @property
    def same(self) -> bool:
        """Whether key and query are the same sequence."""
        return self.key == self.query and self.kind in ("int", "cmp")

    @property
    def position(self) -> Linear | None:
        """The query, if the key is the position itself: then the condition compares positions with integers."""
        if not isinstance(self.key, Linear) or not isinstance(self.query, Linear):
            return None
        return self.query if isinstance(self.key.term, Indices) else None

    @property
    def is_index(self) -> bool:
        """Whether key and query are the positions themselves."""
        return self.same and isinstance(self.key, Linear) and isinstance(self.key.term, Indices)


class Conjunct:
    """A conjunction of conditions: the allowed set of each pair. The empty clause selects everything."""

    __slots__ = ("_hash", "sets")

    def __init__(self, sets: Mapping[Comparison, IntSet]) -> None:
        self.sets = dict(sets)
        self._hash = hash(frozenset(self.sets.items()))

    def meet(self, other: Conjunct) -> Conjunct | None:
        """Return the conjunction of both clauses, or ``None`` if it is contradictory."""
        sets = dict(self.sets)
        for pair, allowed in other.sets.items():
            sets[pair] = sets[pair] & allowed if pair in sets else allowed
            if not sets[pair]:
                return None
        return None if _equals_two(sets) else Conjunct(sets)

    def without(self, *pairs: Comparison) -> Conjunct:
        """Return the clause without the conditions on ``pairs``."""
        return Conjunct({pair: allowed for pair, allowed in self.sets.items() if pair not in pairs})

    def implies(self, other: Conjunct) -> bool:
        """Return whether this clause implies ``other``, judging by shared pairs alone (sound, not complete)."""
        for pair, allowed in other.sets.items():
            own = self.sets.get(pair)
            if own is None or not own <= allowed:
                return False
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Conjunct) and self.sets == other.sets

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Clause({self.sets})"


def _equals_two(sets: Mapping[Comparison, IntSet]) -> bool:
    """Return whether the conditions equate one key with two different constants."""
    equals: dict[Node, Node] = {}
    for pair, allowed in sets.items():
        key, query = pair.key, pair.query
        if pair.kind == "cmp" and allowed == EQUAL and isinstance(query, Node) and isinstance(key, Node):
            first = equals.setdefault(key, query)
            if isinstance(first, Const) and isinstance(query, Const) and first.value != query.value:
                return True
    return False


Disjunction = tuple[Conjunct, ...]
"""A disjunction of clauses. The empty formula selects nothing."""

EVERYTHING: Disjunction = (Conjunct({}),)
NOTHING: Disjunction = ()


def condition(pair: Comparison, allowed: IntSet) -> Disjunction:
    """Return the formula of a single condition."""
    allowed &= pair.full
    if not allowed:
        return NOTHING
    return EVERYTHING if allowed == pair.full else (Conjunct({pair: allowed}),)


def either(*formulas: Disjunction | None) -> Disjunction | None:
    """Return the disjunction of ``formulas``; ``None`` stands for an unknown formula."""
    clauses: dict[Conjunct, int] = {}
    for number, formula in enumerate(formulas):
        if formula is None:
            return None
        for clause in formula:
            clauses.setdefault(clause, number)
    return _simplified(clauses, clauses)


def both(a: Disjunction | None, b: Disjunction | None) -> Disjunction | None:
    """Return the conjunction of both formulas."""
    if a is None or b is None or len(a) * len(b) > MOST * MOST:
        return None
    met = [x.meet(y) for x in a for y in b]
    if any(clause is not None and len(clause.sets) > MOST_CONDITIONS for clause in met):
        return None
    return _simplified(clause for clause in met if clause is not None)


def shared(formula: Disjunction) -> dict[Comparison, IntSet]:
    """Return the conditions that all clauses of a formula, at least one, share."""
    return {
        pair: allowed
        for pair, allowed in formula[0].sets.items()
        if all(clause.sets.get(pair) == allowed for clause in formula[1:])
    }


def complement(formula: Disjunction | None) -> Disjunction | None:
    """Return the negation of ``formula``."""
    result: Disjunction | None = EVERYTHING
    if formula is None:
        return None
    for clause in formula:
        parts = [condition(pair, ~allowed) for pair, allowed in clause.sets.items()]
        result = both(result, either(*parts))
    return result


def _simplified(clauses: Iterable[Conjunct], origins: Mapping[Conjunct, int] | None = None) -> Disjunction | None:
    """Merge clauses that differ in one pair, and subtract single-condition clauses from the others.

    Clauses of the same origin come from a simplified formula, so they are not compared again.
    """
    known = origins or {}
    found = list(dict.fromkeys(clauses))
    if len(found) > 4 * MOST:
        return None
    apart: set[tuple[Conjunct, Conjunct]] = set()  # memo of pairs without a join, since each join restarts the search
    changed = True
    while changed:
        changed = False
        for i, a in enumerate(found):
            for j, b in enumerate(found):
                if i == j or (a, b) in apart or (a in known and known[a] == known.get(b)):
                    continue
                joined = _joined(a, b)
                if joined is None:
                    apart.add((a, b))
                else:
                    kept = [clause for k, clause in enumerate(found) if k not in (i, j)]
                    found = list(dict.fromkeys([*kept[: min(i, j)], *joined, *kept[min(i, j) :]]))
                    changed = True
                    break
            if changed:
                break
    return tuple(found) if len(found) <= MOST else None


def _joined(a: Conjunct, b: Conjunct) -> list[Conjunct] | None:
    """Return fewer or smaller clauses equivalent to ``a`` or ``b``; ``None`` if no rule applies."""
    if b.implies(a):
        return [a]
    if a.sets.keys() == b.sets.keys():
        differing = [pair for pair in a.sets if a.sets[pair] != b.sets[pair]]
        if len(differing) == 1:
            return _one_of({**a.sets}, differing[0], a.sets[differing[0]] | b.sets[differing[0]])
        if len(differing) == 2:
            return _consensus(a, b, *differing) or _consensus(a, b, *reversed(differing))
    if len(a.sets) == 1:
        (pair,) = a.sets
        if pair in b.sets and b.sets[pair] & a.sets[pair]:
            left = b.sets[pair] & ~a.sets[pair]
            return [a, Conjunct({**b.sets, pair: left})] if left else [a]
    return None


def _consensus(a: Conjunct, b: Conjunct, pair: Comparison, other: Comparison) -> list[Conjunct] | None:
    """Return the consensus x & y of x & o and y & ~o, plus at most one remainder; ``None`` if it does not apply."""
    shared = a.sets[pair] & b.sets[pair]
    if not shared or (a.sets[other] | b.sets[other]) != other.full:
        return None
    rests = [Conjunct({**each.sets, pair: each.sets[pair] & ~shared}) for each in (a, b) if each.sets[pair] & ~shared]
    if len(rests) > 1:
        return None
    return [Conjunct({**a.without(other).sets, pair: shared}), *rests]


def _one_of(sets: dict[Comparison, IntSet], pair: Comparison, allowed: IntSet) -> list[Conjunct]:
    if allowed == pair.full:
        del sets[pair]
    else:
        sets[pair] = allowed
    return [Conjunct(sets)]
