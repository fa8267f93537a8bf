"""The analysis of a graph: facts about each value, computed once, operands first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from raspir.analysis import selectors
from raspir.analysis.domains import ANYTHING, Domain, bounded, cannot_fail, tried
from raspir.analysis.intset import Bound, IntSet, plus, times
from raspir.analysis.linear import Linear
from raspir.analysis.ranks import Rank, rank_of
from raspir.analysis.selectors import Clause, Formula, Pair, Side, condition
from raspir.ir import Atom, Function, Graph, Node, Role, build
from raspir.ir.layers import layer_of
from raspir.ir.scalar import MEANING, function_of
from raspir.ir.types import ATOM, BOOL, INT, SELECTOR

_NESTED = 20  # conditions nested deeper than these are taken as a whole
_TERMS = 8  # linear forms of more terms are not followed: the sum is then a term itself


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one value.

    Attributes:
        layer: the attention layer that it is ready after.
        domain: the atoms that it can hold; of no meaning for a selector.
        uniform: whether it is the same at all positions; for a selector, whether all its rows are the same.
        positional: whether it depends on the position and the input's length alone.
        formula: a selector's normal form, or ``None`` where that is not known.
        sure: whether computing it from its operands cannot fail.
    """

    layer: int
    domain: Domain
    uniform: bool
    positional: bool
    formula: Formula | None
    sure: bool


class Analysis:
    """The facts about the nodes of a graph and about nodes made of them.

    Args:
        functions: the opaque functions by their symbols; those that are missing are not evaluated.
        max_length: the longest input that is promised, if one is.
    """

    def __init__(self, functions: Mapping[str, Function] | None = None, max_length: int | None = None) -> None:
        self._functions = functions or {}
        self._facts: dict[Node, Facts] = {}
        self._linear: dict[Node, Linear] = {}
        self._ranks: dict[Node, Rank | None] = {}
        self._columns: dict[object, Formula] = {}
        self._nesting = 0
        self.longest: Bound = inf if max_length is None else max(max_length, 1)

    @staticmethod
    def of(graph: Graph) -> Analysis:
        """Return the analysis of ``graph``."""
        return Analysis(graph.functions, graph.max_length)

    def __getitem__(self, node: Node) -> Facts:
        """Return the facts about ``node``."""
        found = self._facts.get(node)
        return found if found is not None else self._reach(node)

    def _reach(self, root: Node) -> Facts:
        stack = [root]
        while stack:
            node = stack[-1]
            waiting = [operand for operand in node.operands if operand not in self._facts]
            if waiting:
                stack.extend(waiting)
                continue
            if node not in self._facts:
                self._facts[node] = self._compute(node)
            stack.pop()
        return self._facts[root]

    def _compute(self, node: Node) -> Facts:
        operands = [self._facts[operand] for operand in node.operands]
        layer = layer_of(node.operation, [operand.layer for operand in operands])
        role = node.operation.role
        formula = self._formula(node, operands) if node.type is SELECTOR else None
        uniform, positional = _spread(node, operands)
        if node.type is SELECTOR:
            return Facts(layer, ANYTHING, uniform, positional, formula, True)
        if role is Role.SOURCE:
            return Facts(layer, self._source(node), uniform, positional, None, True)
        if role is Role.AGGREGATE:
            domain = self._aggregate(node, operands)
            sure = operands[1].domain.integral or self.at_most_one(node.operands[0])
            if node.operation.name == "best":
                sure = cannot_fail("lt", [operands[2].domain] * 2)
            return Facts(layer, domain, uniform, positional, None, sure)
        domains = [operand.domain for operand in operands]
        return Facts(layer, self._elementwise(node, domains), uniform, positional, None, self._sure(node, domains))

    def _sure(self, node: Node, domains: list[Domain]) -> bool:
        return cannot_fail(node.operation.name, domains)

    def succeeds(self, node: Node, operands: list[Node]) -> bool:
        """Tell whether the elementwise ``node`` cannot fail if it is computed from ``operands`` instead of its own."""
        return self._sure(node, [self[operand].domain for operand in operands])

    # Domains

    def _source(self, node: Node) -> Domain:
        name = node.operation.name
        if name == "indices":
            return Domain.range(INT, 0, plus(self.longest, -1))
        if name == "const":
            value = node["value"]
            assert not isinstance(value, tuple | None)
            return Domain.of([value]) or Domain(node.type)
        atoms = node["vocab"] if name == "input" else node["values"]
        return (Domain.of(atoms) if isinstance(atoms, tuple) else None) or Domain(node.type)

    def _elementwise(self, node: Node, domains: list[Domain]) -> Domain:
        name = node.operation.name
        if name == "where":
            return self._choice(domains)
        known = [_named(node)] if domains[0].atoms is None and name == "lookup" else []
        outcome = None if known else self.outcomes(node, domains)
        if known:
            return known[0]
        if outcome is not None:
            return Domain.of(outcome[1]) or self._widened(node, domains, outcome[1])
        low, high = bounded(name, domains)
        return _typed(node, domains, low, high)

    def _widened(self, node: Node, domains: list[Domain], results: list[Atom]) -> Domain:
        """Return the domain of too many results, or of none: then the program always fails, and nothing is known."""
        low, high = bounded(node.operation.name, domains)
        if results and all(type(result) in (int, bool) for result in results):
            numbers = [int(result) for result in results]
            low, high = min(numbers), max(numbers)
        return _typed(node, domains, low, high)

    def _choice(self, domains: list[Domain]) -> Domain:
        condition, a, b = domains
        if condition.atoms is not None:
            truths = {bool(atom) for atom in condition.atoms}
            if len(truths) == 1:
                return a if truths == {True} else b
        return a.join(b)

    def outcomes(self, node: Node, domains: list[Domain]) -> tuple[list[tuple[Atom, ...]], list[Atom]] | None:
        """Return the atoms that the elementwise ``node`` succeeds on and its results, or ``None`` if too many."""
        function = self.function(node)
        return None if function is None else tried(node.operation.name, function, domains)

    def function(self, node: Node) -> Callable[..., Any] | None:
        """Return the function that the elementwise ``node`` applies, or ``None`` if it is opaque and missing."""
        return function_of(node, self._functions)

    def _aggregate(self, node: Node, operands: list[Facts]) -> Domain:
        value, default = operands[1].domain, node["default"]
        assert not isinstance(default, tuple | None)
        alone = Domain.of([default]) or Domain(ATOM)
        if node.operation.name == "best" or self.at_most_one(node.operands[0]):
            return value.join(alone)
        if node.operation.name == "mean" or not value.integral:
            return Domain(node.type)
        # A sum of k ≥ 1 values between low and high lies between low and k·high, for low ≥ 0 as for low < 0.
        low = value.low if value.low >= 0 else times(value.low, self.longest)
        high = value.high if value.high <= 0 else times(value.high, self.longest)
        several = Domain.range(INT | value.kinds, low, high)
        return several.join(alone) if alone.integral else Domain(node.type)

    # Linear forms

    def linear(self, node: Node) -> Linear:
        """Return the linear form of an integer-valued node; a term of its own where it is no sum."""
        stack = [node]
        while stack:
            top = stack[-1]
            if top in self._linear:
                stack.pop()
                continue
            parts = top.operands if self._adds(top) else ()
            waiting = [part for part in parts if part not in self._linear]
            if waiting:
                stack.extend(waiting)
                continue
            self._linear[top] = self._combined(top)
            stack.pop()
        return self._linear[node]

    def _adds(self, node: Node) -> bool:
        return node.operation.name in ("add", "sub", "neg", "mul") and all(
            self[operand].domain.integral for operand in node.operands
        )

    def _combined(self, node: Node) -> Linear:
        single = self[node].domain.single
        if isinstance(single, int):
            return Linear({}, int(single))
        own = Linear({node: 1})
        if not self._adds(node):
            return own
        parts = [self._linear[operand] for operand in node.operands]
        name = node.operation.name
        if name == "neg":
            result = parts[0].scaled(-1)
        elif name == "mul":
            constant = next((part for part in parts if not part.terms), None)
            if constant is None:
                return own
            other = parts[1] if constant is parts[0] else parts[0]
            result = other.scaled(constant.constant)
        else:
            result = parts[0].plus(parts[1], 1 if name == "add" else -1)
        return result if len(result.terms) <= _TERMS else own

    def bounds(self, form: Linear, minus: Linear | None = None) -> tuple[Bound, Bound]:
        """Return bounds of ``form`` at a position less ``minus`` at another position of the same input.

        What is uniform is the same at both and cancels; a position lies between 0 and the length less one.
        """
        shared: dict[Node, int] = {}
        own: list[tuple[Node, int]] = []
        for sign, part in ((1, form), (-1, minus)):
            for term, coefficient in part.terms.items() if part is not None else ():
                if self[term].uniform or minus is None:
                    shared[term] = shared.get(term, 0) + sign * coefficient
                else:
                    own.append((term, sign * coefficient))
        constant = form.constant - (minus.constant if minus is not None else 0)
        parts = [*shared.items(), *own]
        return plus(self._least(parts), constant), plus(-self._least([(t, -c) for t, c in parts]), constant)

    def _least(self, parts: list[tuple[Node, int]]) -> Bound:
        total: Bound = 0
        lengths = 0  # how many times the length counts
        for term, coefficient in parts:
            if term.operation.name == "indices":
                if coefficient < 0:
                    lengths += coefficient
                    total = plus(total, -coefficient)
            elif self.is_length(term):
                lengths += coefficient
            else:
                domain = self[term].domain
                total = plus(total, times(coefficient, domain.low if coefficient > 0 else domain.high))
        return plus(total, times(lengths, 1 if lengths >= 0 else self.longest))

    def is_length(self, node: Node) -> bool:
        """Tell whether ``node`` is the number of positions: ones, added up over all of them."""
        if node.operation.name != "sum" or self[node.operands[0]].formula != selectors.EVERYTHING:
            return False
        value = node.operands[1]
        return value.operation.name == "const" and value["value"] == 1 and type(value["value"]) is int

    # Selectors

    def at_most_one(self, selector: Node) -> bool:
        """Tell whether no row selects more than one position."""
        formula = self[selector].formula
        if formula is None:
            return False
        return not formula or (len(formula) == 1 and any(self._injective(formula[0], pair) for pair in formula[0].sets))

    def _injective(self, clause: Clause, pair: Pair) -> bool:
        """Tell whether a clause holds at one position at most, by its condition on ``pair``.

        It does where a multiple of the position equals something, or a rank among members that it selects.
        """
        if pair.kind != "int" or clause.sets[pair].single is None or not isinstance(pair.key, Linear):
            return False
        if len(pair.key.terms) != 1:
            return False
        (term,) = pair.key.terms
        if term.operation.name == "indices":
            return True
        rank = self.rank(term)
        return rank is not None and clause.without(pair).implies(rank.members)

    def of_keys(self, pair: Pair) -> bool:
        """Tell whether a condition on ``pair`` depends on the key's position alone."""
        return self._is_uniform(pair.query)

    def of_queries(self, pair: Pair) -> bool:
        """Tell whether a condition on ``pair`` depends on the query's position alone."""
        return self._is_uniform(pair.key)

    def _is_uniform(self, side: Side) -> bool:
        if isinstance(side, Linear):
            return all(self[term].uniform for term in side.terms)
        return side is None or self[side].uniform

    def rank(self, node: Node) -> Rank | None:
        """Return what ``node`` ranks, if it counts the members before each position in a strict total order."""
        if node not in self._ranks:
            self._ranks[node] = self._ranked(node)
        return self._ranks[node]

    def _ranked(self, node: Node) -> Rank | None:
        if node.operation.name != "sum" or node["default"] != 0 or isinstance(node["default"], str):
            return None
        selector, value = node.operands
        domain = self[value].domain
        if domain.atoms is None or not domain.integral or domain.low < 0 or domain.high > 1:
            return None
        counted = selectors.both(self[selector].formula, self.compared("eq", value, build("const", value=1)))
        return rank_of(counted, self.of_keys) if counted else None

    def _formula(self, node: Node, operands: list[Facts]) -> Formula | None:
        name = node.operation.name
        if name == "selector.and":
            return selectors.both(operands[0].formula, operands[1].formula)
        if name == "selector.or":
            return selectors.either(operands[0].formula, operands[1].formula)
        if name == "selector.not":
            return selectors.complement(operands[0].formula)
        key, query = node.operands
        if name == "select.by":
            return condition(Pair("by", key, query, str(node["function"])), selectors.TRUE)
        return self.compared(name.removeprefix("select."), key, query)

    def compared(self, comparison: str, key: Node, query: Node) -> Formula | None:
        """Return the formula of ``key[j] comparison query[i]``."""
        if self[key].domain.integral and self[query].domain.integral:
            return self._difference(comparison, self.linear(key), self.linear(query))
        if self[query].uniform and self[query].domain.single is not None:
            return self._column(comparison, key, query)
        decided = self._decided(comparison, key, query)
        if decided is not None:
            return selectors.EVERYTHING if decided else selectors.NOTHING
        return condition(Pair("cmp", key, query), IntSet.where(comparison))

    def _difference(self, comparison: str, key: Linear, query: Linear) -> Formula | None:
        allowed = IntSet.where(comparison, query.constant - key.constant)
        return self._inside(key.without_constant(), query.without_constant(), allowed)

    def _inside(self, key: Linear, query: Linear, allowed: IntSet) -> Formula | None:
        """Return the formula of ``key[j] - query[i] in allowed``."""
        moved = key.only(term for term in key.terms if self[term].uniform)
        own, rest = key.plus(moved, -1), query.plus(moved, -1)
        allowed = allowed.shift(rest.constant - own.constant)
        own, rest = own.without_constant(), rest.without_constant()
        if len(own.terms) == 1 and all(self[term].uniform for term in rest.terms):
            (term,) = own.terms
            if self[term].domain.boolean and not rest.terms:
                return self._truths(term, own.terms[term], allowed)
            if term.operation.name == "where":
                return self._nested(
                    ("where", own, rest, allowed),
                    lambda: self._branches(
                        term, lambda branch: self._inside(self.linear(branch).scaled(own.terms[term]), rest, allowed)
                    ),
                    lambda: self._between(own, rest, allowed),
                )
        return self._between(own, rest, allowed)

    def _between(self, key: Linear, query: Linear, allowed: IntSet) -> Formula:
        """Return the formula of ``key - query in allowed``, with the key's leading sign positive."""
        if key.terms and next(iter(key.terms.values())) < 0:
            key, query, allowed = key.scaled(-1), query.scaled(-1), -allowed
        low, high = self.bounds(key, query)
        possible = IntSet([(low, high)])
        if not possible & allowed:
            return selectors.NOTHING
        if possible <= allowed:
            return selectors.EVERYTHING
        return condition(Pair("int", key, query), allowed)

    def _truths(self, term: Node, coefficient: int, allowed: IntSet) -> Formula | None:
        """Return the formula of ``coefficient · term in allowed`` for a boolean ``term`` at the key's position."""
        return selectors.either(
            self.column(term) if coefficient in allowed else selectors.NOTHING,
            selectors.complement(self.column(term)) if 0 in allowed else selectors.NOTHING,
        )

    def _column(self, comparison: str, key: Node, query: Node) -> Formula | None:
        """Return the formula of ``key[j] comparison query``, for a constant query."""
        decided = self._decided(comparison, key, query)
        if decided is not None:
            return selectors.EVERYTHING if decided else selectors.NOTHING

        def whole() -> Formula:
            return condition(Pair("cmp", key, query), IntSet.where(comparison))

        # The branch that is not chosen is not compared, so it must not be one on which that could fail.
        if key.operation.name == "where" and all(
            cannot_fail(comparison, [self[branch].domain, self[query].domain]) for branch in key.operands[1:]
        ):
            return self._nested(
                (comparison, key, query),
                lambda: self._branches(key, lambda branch: self.compared(comparison, branch, query)),
                whole,
            )
        single = self[query].domain.single
        if self[key].domain.boolean and comparison in ("eq", "ne") and type(single) is bool:
            return self.column(key) if single == (comparison == "eq") else selectors.complement(self.column(key))
        return whole()

    def column(self, test: Node) -> Formula:
        """Return the formula that selects the positions where ``test`` is true in Python's sense."""
        domain = self[test].domain
        if domain.atoms is not None and len({bool(atom) for atom in domain.atoms}) == 1:
            return selectors.EVERYTHING if domain.atoms[0] else selectors.NOTHING

        def whole() -> Formula:
            return condition(Pair("col", test, None), selectors.TRUE)

        return self._nested(test, lambda: self._logic(test), whole) if domain.boolean else whole()

    def _logic(self, test: Node) -> Formula | None:
        """Return the formula of a boolean by its own operands', or ``None`` where it is no logic or comparison."""
        name, operands = test.operation.name, test.operands
        if name == "not":
            return selectors.complement(self.column(operands[0]))
        if name in ("and", "or"):
            combine = selectors.both if name == "and" else selectors.either
            return combine(self.column(operands[0]), self.column(operands[1]))
        if name == "where":
            return self._branches(test, self.column)
        return self._compares(name, *operands) if name in MIRRORED else None

    def _branches(self, choice: Node, formula: Callable[[Node], Formula | None]) -> Formula | None:
        """Return what ``formula`` says of the branches of a ``where``, each where the condition chooses it."""
        test, a, b = choice.operands
        chosen = self.column(test)
        return selectors.either(
            selectors.both(chosen, formula(a)), selectors.both(selectors.complement(chosen), formula(b))
        )

    def _nested(self, key: object, inner: Callable[[], Formula | None], whole: Callable[[], Formula]) -> Formula:
        """Return ``inner()``, or where that is too deep or too large ``whole()``; computed once for each ``key``."""
        found = self._columns.get(key)
        if found is None:
            self._nesting += 1
            found = inner() if self._nesting <= _NESTED else None
            self._nesting -= 1
            found = self._columns[key] = whole() if found is None else found
        return found

    def _compares(self, comparison: str, a: Node, b: Node) -> Formula | None:
        """Return the formula of a comparison of two keys, one of which may be uniform and serve as a query."""
        if self[a].domain.integral and self[b].domain.integral:
            # Both stand at the key's position, so what is uniform of their difference can stand at the query's.
            return self._difference(comparison, self.linear(a).plus(self.linear(b), -1), Linear({}))
        if self[b].uniform:
            return self.compared(comparison, a, b)
        if self[a].uniform:
            return self.compared(MIRRORED[comparison], b, a)
        return None

    def _decided(self, comparison: str, a: Node, b: Node) -> bool | None:
        """Return the outcome of a comparison that the operands' domains decide, else ``None``."""
        outcome = tried(comparison, MEANING[comparison], [self[a].domain, self[b].domain])
        if outcome is not None:
            found = {bool(result) for result in outcome[1]}
            return found.pop() if len(found) == 1 else None
        return None


MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}
"""What ``a comparison b`` is as a comparison of ``b`` with ``a``."""


def _named(node: Node) -> Domain:
    values, otherwise = node["values"], node["otherwise"]
    assert isinstance(values, tuple)
    assert not isinstance(otherwise, tuple | None)
    return Domain.of((*values, otherwise)) or Domain(node.type)


def _typed(node: Node, domains: list[Domain], low: Bound, high: Bound) -> Domain:
    """Return the domain that the operands' kinds and the bounds give, no wider than the node's type."""
    kinds = node.operation.infer(tuple(domain.kinds for domain in domains), node.attributes) or node.type
    if kinds in BOOL | INT:
        return Domain.range(kinds, low, high)
    return Domain(kinds)


def _spread(node: Node, operands: list[Facts]) -> tuple[bool, bool]:
    """Tell whether ``node`` is uniform and whether it is positional."""
    name, role = node.operation.name, node.operation.role
    if role is Role.SOURCE:
        return name == "const", name != "input"
    positional = all(operand.positional for operand in operands)
    if role is Role.SELECT:
        return operands[1].uniform, positional
    if role is Role.AGGREGATE:
        return operands[0].uniform, positional
    return all(operand.uniform for operand in operands), positional


def clause_of(formula: Formula | None) -> Clause | None:
    """Return the only clause of ``formula``, or ``None`` where there are none or several."""
    return formula[0] if formula is not None and len(formula) == 1 else None
