"""Construction of the normal forms of selectors, comparisons and conditions."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from math import gcd, inf

from raspir.analysis import selectors
from raspir.analysis.domains import tried
from raspir.analysis.intset import IntSet
from raspir.analysis.known import Known
from raspir.analysis.linear import Linear
from raspir.analysis.ranks import Rank, rank_of
from raspir.analysis.selectors import Comparison, Conjunct, Disjunction, condition
from raspir.ir import OPERATIONS, Node, build
from raspir.ir.evaluation import EVALUATORS
from raspir.ir.ranges import plus
from raspir.ir.views import Compare, Elementwise, Select, SelectBy, Where
from raspir.ir.walks import computed, preorder

_NESTED = 20  # nesting depth beyond which a condition is treated as atomic
_CONE = 8  # values between a key and a rank

MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
"""The comparison of ``b`` with ``a`` that is equivalent to a comparison of ``a`` with ``b``."""


class Forms:
    """The normal forms of selectors and of conditions on keys.

    Args:
        facts: the other facts.
    """

    def __init__(self, facts: Known) -> None:
        self._facts = facts
        self._columns: dict[object, Disjunction] = {}
        self._compared: dict[tuple[str, Node, Node], Disjunction | None] = {}
        self._nesting = 0

    def of(self, node: Node) -> Disjunction | None:
        """Return the formula of a selector whose operands have been analyzed."""
        if isinstance(node, SelectBy):
            return condition(Comparison("by", node.key, node.query, node.function), selectors.TRUE)
        if isinstance(node, Select):
            return self.compared(node.comparison, node.key, node.query)
        formulas = [self._facts[operand].formula for operand in node.operands]
        if node.operation.name == "selector.not":
            return selectors.complement(formulas[0])
        if node.operation.name == "selector.or":
            return self._by_position(selectors.either(formulas[0], formulas[1]))
        return self._pruned(selectors.both(formulas[0], formulas[1]))

    def _by_position(self, formula: Disjunction | None) -> Disjunction | None:
        """Return ``formula`` by position alone if it orders positions by what never falls, or never rises, first."""
        rank = rank_of(formula, self._facts.of_keys) if formula is not None and len(formula) == 2 else None
        if rank is None or rank.order.by is None or not isinstance(rank.order.by.key, Linear):
            return formula
        steps = self._facts.steps(rank.order.by.key)
        if not (steps.rising if rank.order.falling == rank.order.reverse else steps.falling):
            return formula
        order = replace(rank.order, by=None, falling=False)
        return selectors.both((rank.members,), order.formula(later=False, own=rank.inclusive))

    def _pruned(self, formula: Disjunction | None) -> Disjunction | None:
        """Return ``formula`` without redundant conditions: k <= i implies k < length."""
        if formula is None:
            return None
        return tuple(Conjunct(dict(self._needed(list(clause.sets.items())))) for clause in formula)

    def _needed(self, conditions: list[tuple[Comparison, IntSet]]) -> list[tuple[Comparison, IntSet]]:
        needed = list(conditions)
        for each in conditions:
            if each[0].kind == "int" and any(self._implies(other, each) for other in needed if other is not each):
                needed.remove(each)
        return needed

    def _implies(self, known: tuple[Comparison, IntSet], other: tuple[Comparison, IntSet]) -> bool:
        """Return whether a condition on a key implies another one on the same key."""
        (pair, allowed), (target, wanted) = known, other
        if pair.kind != "int" or pair.key != target.key or not isinstance(pair.key, Linear) or not pair.key.terms:
            return False
        assert isinstance(pair.query, Linear)
        assert isinstance(target.query, Linear)
        low, high = self._facts.bounds(pair.query.plus(target.query, -1))
        ends = IntSet([(plus(allowed.intervals[0][0], low), plus(allowed.intervals[-1][1], high))])
        return ends <= wanted

    def compared(self, comparison: str, key: Node, query: Node) -> Disjunction | None:
        """Return the formula of ``key[j] comparison query[i]``."""
        asked = (comparison, key, query)
        if asked not in self._compared:
            self._compared[asked] = self._comparison(comparison, key, query)
        return self._compared[asked]

    def _comparison(self, comparison: str, key: Node, query: Node) -> Disjunction | None:
        if key is query and self._facts[key].uniform:
            return selectors.EVERYTHING if comparison in ("eq", "le", "ge") else selectors.NOTHING
        if self._facts[key].domain.integral and self._facts[query].domain.integral:
            return self._difference(comparison, self._facts.linear(key), self._facts.linear(query))
        decided = self._decided(comparison, key, query)
        if decided is not None:
            return selectors.EVERYTHING if decided else selectors.NOTHING

        def whole() -> Disjunction:
            return condition(Comparison("cmp", key, query), IntSet.where(comparison))

        known = (self._facts[query].domain.atoms or ()) if self._facts[query].uniform else ()
        if isinstance(key, Where) and self._compares_branches(comparison, key, query, len(known) == 1):
            return self._nested(
                (comparison, key, query),
                lambda: self._branches(key, lambda branch: self.compared(comparison, branch, query)),
                whole,
            )
        if self._facts[key].domain.boolean and comparison in ("eq", "ne") and known in ((True,), (False,)):
            return self.column(key) if known[0] == (comparison == "eq") else selectors.complement(self.column(key))
        return whole()

    def _compares_branches(self, comparison: str, key: Where, query: Node, constant: bool) -> bool:
        """Return whether to compare each branch of a key: if neither can fail, or if that decides one."""
        branches = (key.a, key.b)
        if constant:  # comparing a branch is speculative where it is not chosen, so the comparison has to be total
            other = self._facts[query].domain
            return all(OPERATIONS[comparison].is_total([self._facts[branch].domain, other]) for branch in branches)
        return comparison in ("eq", "ne") and any(
            self._decided(comparison, branch, query) is not None for branch in branches
        )

    def _difference(self, comparison: str, key: Linear, query: Linear) -> Disjunction | None:
        allowed = IntSet.where(comparison, query.constant - key.constant)
        return self._inside(key.without_constant(), query.without_constant(), allowed)

    def _inside(self, key: Linear, query: Linear, allowed: IntSet) -> Disjunction | None:
        """Return the formula of ``key[j] - query[i] in allowed``."""
        moved = key.only(term for term in key.terms if self._facts[term].uniform)
        own, rest = key.plus(moved, -1), query.plus(moved, -1)
        allowed = allowed.shift(rest.constant - own.constant)
        own, rest = own.without_constant(), rest.without_constant()
        decisive = self._without_extremes(own, rest, allowed)
        if decisive is not rest:
            return self._inside(own, decisive, allowed)
        if len(own.terms) == 1:
            (term,) = own.terms
            if self._facts[term].domain.boolean and not rest.terms:
                return self._truths(term, own.terms[term], allowed)
            choice = self._choice(term)
            if choice is not None and own != rest and self._parts(choice, own.terms[term], rest, allowed):
                return self._nested(
                    ("where", own, rest, allowed),
                    lambda: self._branches(
                        choice,
                        lambda branch: self._inside(self._facts.linear(branch).scaled(own.terms[term]), rest, allowed),
                    ),
                    lambda: self._between(own, rest, allowed),
                )
        return self._between(own, rest, allowed)

    def _without_extremes(self, key: Linear, query: Linear, allowed: IntSet) -> Linear:
        """Return ``query`` with the branch of a minimum or maximum that decides: k <= min(q, length - 1) is k <= q."""
        (low, high), *others = allowed.intervals or [(-inf, inf)]
        if others or (low == -inf) == (high == inf):
            return query
        for term, coefficient in query.terms.items():
            if isinstance(term, Where) and (self._facts.is_minimum(term) or self._facts.is_maximum(term)):
                rest = query.plus(Linear({term: coefficient}), -1)
                a, b = (rest.plus(self._facts.linear(branch), coefficient) for branch in (term.a, term.b))
                # An upper bound of a key applies to both branches of a minimum, and a lower one to either.
                to_both = (self._facts.is_minimum(term) == (coefficient > 0)) == (low == -inf)
                for branch, other in ((a, b), (b, a)):
                    possible = IntSet([self._facts.bounds(key, branch)])
                    if possible <= allowed:
                        return other if to_both else branch
                    if not possible & allowed:
                        return branch if to_both else other
        return query

    def _choice(self, node: Node) -> Where | None:
        """Return ``node`` as a choice, as which a product with a factor of 0 or 1 may be read."""
        for factor, other in (node.operands, node.operands[::-1]) if node.operation.name == "mul" else ():
            domain = self._facts[factor].domain
            if domain.integral and domain.low >= 0 and domain.high <= 1 and self._are_integers(other):
                node = build("where", build("eq", factor, build("const", value=1)), other, build("const", value=0))
                break
        return node if isinstance(node, Where) else None

    def _parts(self, choice: Where, coefficient: int, query: Linear, allowed: IntSet) -> bool:
        """Return whether to distribute over the branches of a ``where``: if one is decided, or the query is uniform."""
        branches = (choice.a, choice.b)
        if not self._are_integers(*branches):  # one that is None is chosen nowhere
            return False
        if all(self._facts[term].uniform for term in query.terms):
            return True
        for branch in branches:
            possible = IntSet([self._facts.bounds(self._facts.linear(branch).scaled(coefficient), query)])
            if possible <= allowed or not possible & allowed:
                return True
        return False

    def _are_integers(self, *nodes: Node) -> bool:
        """Return whether all of ``nodes`` are integers or booleans, also where a choice does not choose them."""
        return all(self._facts[node].domain.integral for node in nodes)

    def _between(self, key: Linear, query: Linear, allowed: IntSet) -> Disjunction:
        """Return the formula of ``key - query in allowed``, normalized to a positive leading sign and coprime terms."""
        if next(iter((key.terms or query.terms).values()), 0) < 0:
            key, query, allowed = key.scaled(-1), query.scaled(-1), -allowed
        factor = gcd(key.factor, query.factor)
        if factor > 1:
            key, query, allowed = key.divided(factor), query.divided(factor), allowed.divided(factor)
        low, high = self._facts.bounds(key, query)
        possible = IntSet([(low, high)])
        if not possible & allowed:
            return selectors.NOTHING
        if possible <= allowed:
            return selectors.EVERYTHING
        if key == query and allowed.by_sign:
            steps = self._facts.steps(key)
            if steps.injective:
                key = query = Linear({build("indices"): 1})
                allowed = allowed if steps.rising else -allowed
            else:
                ordered = self._by_rank(key, allowed)
                if ordered is not None:
                    return ordered
        return condition(Comparison("int", key, query), allowed)

    def _by_rank(self, form: Linear, allowed: IntSet) -> Disjunction | None:
        """Return the formula of ``form[j] - form[i] in allowed``, by sign, from the order of which ``form`` is a rank.

        Ranks of all positions differ, and compare as the positions do in their order.
        """
        found = self._monotone_in_rank(form)
        if found is None:
            return None
        rank, rising = found
        allowed = allowed if rising else -allowed
        signs: list[tuple[int, Disjunction | None]] = [
            (-1, rank.order.formula(later=False, own=False)),
            (0, condition(rank.order.index, selectors.EQUAL)),
            (1, rank.order.formula(later=True, own=False)),
        ]
        return selectors.either(*(formula for sign, formula in signs if sign in allowed))

    def _monotone_in_rank(self, form: Linear) -> tuple[Rank, bool] | None:
        """Return a rank of all positions in which ``form`` is strictly monotone, and whether it rises with it."""
        leaves: list[Node] = []

        def parts(node: Node) -> tuple[Node, ...]:
            if self._facts[node].uniform:
                return ()
            if not isinstance(node, Elementwise):
                leaves.append(node)
            return node.operands if isinstance(node, Elementwise) else ()

        visited = sum(1 for _ in itertools.islice(preorder(form.terms, parts), _CONE + 1))
        rank = self._facts.rank(leaves[0]) if len(leaves) == 1 and visited <= _CONE else None
        if rank is None or rank.members.sets:
            return None
        # The rank of a position is itself a position, so the form changes with it as it would with the position.
        indices = build("indices")
        places = {leaves[0]: build("add", indices, build("const", value=1)) if rank.inclusive else indices}

        def moved(node: Node) -> Node:
            operands = [places[operand] for operand in parts(node)]
            return build(node.operation.name, *operands, **node.named_attributes) if operands else node

        there = Linear({}, form.constant)
        for term, coefficient in form.terms.items():
            there = there.plus(self._facts.linear(computed(term, parts, moved, places)), coefficient)
        steps = self._facts.steps(there)
        return (rank, steps.rising) if steps.injective else None

    def _truths(self, term: Node, coefficient: int, allowed: IntSet) -> Disjunction | None:
        """Return the formula of ``coefficient · term in allowed`` for a boolean ``term`` at the key's position."""
        return selectors.either(
            self.column(term) if coefficient in allowed else selectors.NOTHING,
            selectors.complement(self.column(term)) if 0 in allowed else selectors.NOTHING,
        )

    def column(self, test: Node) -> Disjunction:
        """Return the formula that selects the positions where ``test`` is truthy."""
        domain = self._facts[test].domain
        if domain.atoms is not None and len({bool(atom) for atom in domain.atoms}) == 1:
            return selectors.EVERYTHING if domain.atoms[0] else selectors.NOTHING

        def whole() -> Disjunction:
            return condition(Comparison("col", test, None), selectors.TRUE)

        return self._nested(test, lambda: self._logic(test), whole) if domain.boolean else whole()

    def _logic(self, test: Node) -> Disjunction | None:
        """Return the formula of a logical operation or comparison from its operands', or ``None`` for any other."""
        name, operands = test.operation.name, test.operands
        if name == "not":
            return selectors.complement(self.column(operands[0]))
        if name in ("and", "or"):
            combine = selectors.both if name == "and" else selectors.either
            return combine(self.column(operands[0]), self.column(operands[1]))
        if isinstance(test, Where):
            return self._branches(test, self.column)
        return self._compares(name, test.a, test.b) if isinstance(test, Compare) else None

    def _branches(self, choice: Where, formula: Callable[[Node], Disjunction | None]) -> Disjunction | None:
        """Return the formula of a ``where``: that of each branch, guarded by the condition."""
        chosen = self.column(choice.condition)
        return selectors.either(
            selectors.both(chosen, formula(choice.a)), selectors.both(selectors.complement(chosen), formula(choice.b))
        )

    def _nested(
        self, key: object, inner: Callable[[], Disjunction | None], whole: Callable[[], Disjunction]
    ) -> Disjunction:
        """Return ``inner()``, or ``whole()`` if that is too deep or too large; memoized by ``key``."""
        found = self._columns.get(key)
        if found is None:
            self._nesting += 1
            found = inner() if self._nesting <= _NESTED else None
            self._nesting -= 1
            found = self._columns[key] = whole() if found is None else found
        return found

    def _compares(self, comparison: str, a: Node, b: Node) -> Disjunction | None:
        """Return the formula of a comparison of two keys, at least one of which is uniform and can serve as a query."""
        if self._facts[a].domain.integral and self._facts[b].domain.integral:
            # Both are at the key's position; the uniform part of their difference moves to the query's side.
            return self._difference(comparison, self._facts.linear(a).plus(self._facts.linear(b), -1), Linear({}))
        if self._facts[b].uniform:
            return self.compared(comparison, a, b)
        if self._facts[a].uniform:
            return self.compared(MIRRORED[comparison], b, a)
        return None

    def _decided(self, comparison: str, a: Node, b: Node) -> bool | None:
        """Return the outcome of a comparison if the operands' domains decide it, else ``None``."""
        domains = [self._facts[a].domain, self._facts[b].domain]
        outcome = tried(OPERATIONS[comparison], EVALUATORS[comparison], domains)
        if outcome is not None:
            found = {bool(result) for result in outcome[1]}
            return found.pop() if len(found) == 1 else None
        return comparison == "ne" if comparison in ("eq", "ne") and domains[0].is_apart_from(domains[1]) else None
