"""The analysis of a graph: memoized facts about each value, computed in post-order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from raspir.analysis import selectors
from raspir.analysis.causality import looks_back
from raspir.analysis.domains import ANYTHING, Domain, tried
from raspir.analysis.excess import Excess
from raspir.analysis.forms import Forms
from raspir.analysis.known import Facts
from raspir.analysis.leads import Leads
from raspir.analysis.linear import Linear
from raspir.analysis.positions import Positions
from raspir.analysis.ranks import Rank, rank_of
from raspir.analysis.selectors import Comparison, Conjunct, Disjunction, Side
from raspir.analysis.steps import Steps
from raspir.ir import OPERATIONS, Atom, Function, Graph, Node, Role, build
from raspir.ir.atoms import is_integer
from raspir.ir.evaluation import function_of, refuses_none
from raspir.ir.layers import layer_of
from raspir.ir.lazy import cached_property
from raspir.ir.node import operands_of
from raspir.ir.ranges import LONGEST_BOUND, Bound, plus, times
from raspir.ir.types import ATOM, BOOL, INT, NONE, SELECTOR, type_of, union
from raspir.ir.views import (
    Aggregate,
    Average,
    Best,
    Const,
    Elementwise,
    Indices,
    Input,
    Item,
    Lookup,
    Mean,
    Raw,
    Sum,
    Where,
)
from raspir.ir.walks import computed

OUT_OF_REACH = 10**9
"""The layers that an aggregate costs that a causal graph must not contain, so that no rewrite to it is profitable."""

_FACTOR = 2**16  # smaller multiples can be rebuilt by few additions if multiplication may exceed its limit
_TERMS = 8  # most terms of a linear form; a longer sum becomes a term by itself


class Analysis:
    """The facts about the nodes of a graph and about nodes derived from them.

    Args:
        functions: the opaque functions by symbol; unbound symbols are treated as unknown.
        max_length: the assumed maximum input length, if any.
        causal: whether heads may only look back: an aggregate that may look ahead is in a layer out of reach.
    """

    def __init__(
        self,
        functions: Mapping[str, Function] | None = None,
        max_length: int | None = None,
        causal: bool = False,
    ) -> None:
        self._functions = functions or {}
        self._facts: dict[Node, Facts] = {}
        self._linear: dict[Node, Linear] = {}
        self._ranks: dict[Node, Rank | None] = {}
        self._bounds: dict[tuple[Linear, Linear | None], tuple[Bound, Bound]] = {}
        self._at_most_one: dict[Node, bool] = {}
        self._positions = Positions(self)
        self._leads = Leads(self)
        self._excess = Excess(self)
        self._forms = Forms(self)
        self.longest = _longest(max_length)
        self.causal = causal

    @staticmethod
    def of(graph: Graph) -> Analysis:
        """Return the analysis of ``graph``."""
        return Analysis(graph.functions, graph.max_length, graph.causal)

    def fits(self, graph: Graph) -> bool:
        """Return whether this analysis is valid for ``graph``: facts depend on its assumptions and functions alone."""
        known = self._functions
        same = self.longest == _longest(graph.max_length) and self.causal == graph.causal
        return same and all(known.get(symbol) is graph.functions.get(symbol) for symbol in graph.symbols)

    def __len__(self) -> int:
        return len(self._facts)

    def __getitem__(self, node: Node) -> Facts:
        """Return the facts about ``node``."""
        found = self._facts.get(node)
        return found if found is not None else computed(node, operands_of, self._compute, self._facts)

    def _compute(self, node: Node) -> Facts:
        operands = [self._facts[operand] for operand in node.operands]
        layer = layer_of(node.operation, [operand.layer for operand in operands])
        if self.causal and isinstance(node, Aggregate) and not looks_back(self, node.selector):
            layer += OUT_OF_REACH
        uniform, positional = _uniformity(node, operands)
        position_computable = uniform or isinstance(node, Indices)
        if isinstance(node, Elementwise):
            position_computable = all(operand.position_computable for operand in operands)
        domains = [operand.domain for operand in operands]
        total = self._is_total(node, domains)
        if node.type is SELECTOR:
            formula = self._forms.of(node)
            uniform = uniform or self._is_of_keys(formula)
            return Facts(layer, ANYTHING, uniform, positional, position_computable, formula, total)
        domain = self._domain(node, domains)
        return Facts(
            layer, domain, uniform, positional, position_computable, None, total, _alternations(node, operands)
        )

    def _is_total(self, node: Node, domains: list[Domain]) -> bool:
        if node.operation.role in (Role.SOURCE, Role.SELECTOR_ALGEBRA):
            return True
        if isinstance(node, Best):
            return OPERATIONS["lt"].is_total([domains[2]] * 2)
        if isinstance(node, Aggregate):
            exact = isinstance(node, Sum) or max(abs(domains[1].low), abs(domains[1].high)) <= sys.float_info.max
            summed = domains[1].kinds is INT if isinstance(node, Average) else domains[1].integral
            return (summed and exact) or self.at_most_one(node.selector)
        if _may_be_none(domains):
            if refuses_none(node):
                return False
            if node.none == "skip" and any(domain.kinds is NONE for domain in domains):
                return True
        return node.operation.is_total(_reaching(node, domains))

    def may_be_too_large(self, node: Node) -> bool:
        """Return whether computing ``node`` may exceed the limit on integers."""
        return node.operation.may_be_too_large(_reaching(node, [self[operand].domain for operand in node.operands]))

    def is_total(self, node: Node, operands: list[Node]) -> bool:
        """Return whether the elementwise ``node`` is total if it is applied to ``operands`` instead of its own."""
        return self._is_total(node, [self[operand].domain for operand in operands])

    # Domains

    def _domain(self, node: Node, domains: list[Domain]) -> Domain:
        if node.operation.role is Role.SOURCE:
            return self._source(node)
        if isinstance(node, Aggregate):
            return self._aggregate(node, domains[1])
        return self._elementwise(node, domains)

    def _source(self, node: Node) -> Domain:
        if isinstance(node, Const):
            return Domain.of([node.value]) or Domain(node.type)
        if isinstance(node, Input | Raw):
            atoms = node.vocabulary if isinstance(node, Input) else node.values
            return Domain.of(atoms or ()) or Domain(node.type)
        return Domain.range(INT, 0, self.longest - 1)

    def _elementwise(self, node: Node, domains: list[Domain]) -> Domain:
        if isinstance(node, Where):
            return self._choice(node, domains)
        outcome = self.outcomes(node, domains)
        if outcome is not None:
            return Domain.of(outcome[1]) or self._widened(node, domains, outcome[1])
        if isinstance(node, Lookup):
            return Domain.of((*node.values, node.otherwise)) or Domain(node.type)
        if isinstance(node, Item):
            return Domain.of(node.values) or Domain(node.type)
        if is_equality(node) and domains[0].is_apart_from(domains[1]):
            return Domain.of([node.operation.name == "ne"]) or Domain(node.type)
        return _typed(node, domains)

    def _widened(self, node: Node, domains: list[Domain], results: list[Atom]) -> Domain:
        """Return the widened domain of too many results, or of none: then ``node`` always fails."""
        if not results:
            return _typed(node, domains)
        numbers = [int(result) for result in results if isinstance(result, int)]
        if len(numbers) == len(results):
            return Domain.range(union(map(type_of, results)), min(numbers), max(numbers))
        return Domain(union(map(type_of, results)))

    def _choice(self, node: Where, domains: list[Domain]) -> Domain:
        condition, a, b = domains
        if condition.atoms is not None:
            truths = {bool(atom) for atom in condition.atoms}
            if len(truths) == 1:
                return a if truths == {True} else b
        return self._chosen(node.condition, True, node.a).join(self._chosen(node.condition, False, node.b))

    def _chosen(self, condition: Node, holds: bool, value: Node) -> Domain:
        """Return the domain of ``value`` where ``condition`` holds or not, less a constant that it differs from."""
        while condition.operation.name == "not" and self[condition].domain.boolean:
            condition, holds = condition.operands[0], not holds
        domain = self[value].domain
        if is_equality(condition) and holds == (condition.operation.name == "ne"):
            for own, other in (condition.operands, condition.operands[::-1]):
                known = self[other].domain.atoms
                if own is value and known is not None and len(known) == 1:
                    return domain.without(known[0])
        return domain

    def outcomes(self, node: Node, domains: list[Domain]) -> tuple[list[tuple[Atom, ...]], list[Atom]] | None:
        """Return the operand atoms on which the elementwise ``node`` succeeds and its results; ``None`` if too many."""
        function = self.function(node)
        return None if function is None else tried(node.operation, function, domains)

    def function(self, node: Node) -> Callable[..., Any] | None:
        """Return the scalar function of the elementwise ``node``, or ``None`` for an unbound symbol."""
        return function_of(node, self._functions)

    def _aggregate(self, node: Aggregate, value: Domain) -> Domain:
        some = self.selects_some(node.selector)
        alone = Domain.of([node.default]) or Domain(ATOM)
        if isinstance(node, Best) or self.at_most_one(node.selector):
            return value if some else value.join(alone)
        if isinstance(node, Mean) or not value.integral:
            return Domain(node.type)
        # A sum of k ≥ 1 values between low and high lies between low and k·high, for low ≥ 0 as for low < 0.
        low = value.low if value.low >= 0 else times(value.low, self.longest)
        high = value.high if value.high <= 0 else times(value.high, self.longest)
        several = Domain.range(INT | value.kinds, low, high)
        if some:
            return several
        return several.join(alone)

    # Linear forms

    def linear(self, node: Node) -> Linear:
        """Return the linear form of an integer-valued node; a single term unless it is a sum."""
        found = self._linear.get(node)
        return found if found is not None else computed(node, self._summands, self._combined, self._linear)

    def _summands(self, node: Node) -> tuple[Node, ...]:
        return node.operands if self._adds(node) else ()

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
            if other.bits + constant.bits > LONGEST_BOUND:
                return own
            result = other.scaled(constant.constant)
        else:
            result = parts[0].plus(parts[1], 1 if name == "add" else -1)
        if len(result.terms) > _TERMS or result.bits > LONGEST_BOUND:
            return own
        return result if all(abs(c) < _FACTOR or self.multiplies(t, c) for t, c in result.terms.items()) else own

    def multiplies(self, term: Node, factor: int) -> bool:
        """Return whether ``factor`` times the integer ``term`` is within the limit of multiplication."""
        return not OPERATIONS["mul"].may_be_too_large([self[term].domain, Domain.range(INT, factor, factor)])

    def bounds(self, form: Linear, minus: Linear | None = None) -> tuple[Bound, Bound]:
        """Return bounds of ``form`` at one position minus ``minus`` at another position of the same input.

        Uniform terms cancel; a position lies between 0 and the length minus 1.
        """
        found = self._bounds.get((form, minus))
        if found is None:
            found = self._bounds[form, minus] = self._bounded(form, minus)
        return found

    def _bounded(self, form: Linear, minus: Linear | None) -> tuple[Bound, Bound]:
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
        least = self._least_by_position if minus is None else self._least
        return plus(least(parts), constant), plus(-least([(t, -c) for t, c in parts]), constant)

    def _least_by_position(self, parts: list[tuple[Node, int]]) -> Bound:
        """Return a lower bound of a sum at one position, where each term is at most its lead more than the position."""
        total: Bound = 0
        moved: dict[Node, int] = {}
        for term, coefficient in parts:
            lead = self.lead(term) if coefficient < 0 else inf
            is_led = not isinstance(term, Indices) and lead < self[term].domain.high
            part = build("indices") if is_led else term
            moved[part] = moved.get(part, 0) + coefficient
            total = plus(total, times(coefficient, lead) if is_led else 0)
        least = self._least(parts)
        return max(least, plus(self._least(list(moved.items())), total)) if total or moved != dict(parts) else least

    def _least(self, parts: list[tuple[Node, int]]) -> Bound:
        total: Bound = 0
        lengths = 0  # coefficient of the length
        for term, coefficient in parts:
            if self.is_length(term):
                lengths += coefficient
                continue
            domain = self[term].domain
            excess = self.excess(term) if coefficient < 0 and domain.high >= self.longest - 1 else inf
            if excess < inf and plus(excess, self.longest) <= domain.high:
                lengths += coefficient
                total = plus(total, coefficient * excess)
            else:
                total = plus(total, times(coefficient, domain.low if coefficient > 0 else domain.high))
        return plus(total, times(lengths, 1 if lengths >= 0 else self.longest))

    def is_length(self, node: Node) -> bool:
        """Return whether ``node`` is the number of positions: the sum of ones over all of them."""
        if not isinstance(node, Sum) or not isinstance(node.value, Const) or not self.selects_all(node.selector):
            return False
        return is_integer(node.value.value) and node.value.value == 1

    # Selectors

    def at_most_one(self, selector: Node) -> bool:
        """Return whether every row selects at most one position."""
        found = self._at_most_one.get(selector)
        if found is None:
            found = self._at_most_one[selector] = self._selects_at_most_one(self[selector].formula)
        return found

    def _selects_at_most_one(self, formula: Disjunction | None) -> bool:
        if self.longest == 1 or formula == selectors.NOTHING:
            return True
        return formula is not None and any(
            all(clause.sets.get(pair) == allowed and self._is_injective(clause, pair) for clause in formula)
            for pair, allowed in formula[0].sets.items()
        )

    def _is_injective(self, clause: Conjunct, pair: Comparison) -> bool:
        """Return whether the condition on ``pair`` makes a clause hold at one position at most.

        It does if it equates the query with an injective key, or with a rank among members that the clause implies.
        """
        if pair.kind != "int" or clause.sets[pair].single is None or not isinstance(pair.key, Linear):
            return False
        if self._differs_everywhere(pair.key):
            return True
        rank = self.rank(pair.key.term)
        return rank is not None and clause.without(pair).implies(rank.members)

    def _differs_everywhere(self, form: Linear) -> bool:
        """Return whether ``form`` differs at any two positions: a monotone one, a rank, or such a value reordered."""
        while not self.steps(form).injective:
            node = form.term
            rank = self.rank(node)
            if rank is not None and not rank.members.sets:
                return True
            if not isinstance(node, Sum) or not self.reorders(node.selector):
                return False
            form = self.linear(node.value)
        return True

    def reorders(self, selector: Node) -> bool:
        """Return whether ``selector`` fetches from each position once."""
        clause = clause_of(self[selector].formula)
        if clause is None or len(clause.sets) != 1 or not self.exactly_one(selector):
            return False
        ((pair, allowed),) = clause.sets.items()
        return isinstance(pair.query, Linear) and allowed.single is not None and self.steps(pair.query).injective

    def exactly_one(self, selector: Node) -> bool:
        """Return whether every row selects exactly one position."""
        return self.at_most_one(selector) and self.selects_some(selector)

    def selects_some(self, selector: Node) -> bool:
        """Return whether every row selects at least one position."""
        return any(map(self._is_met, self[selector].formula or ()))

    def _is_met(self, clause: Conjunct) -> bool:
        """Return whether a clause holds at some position in each row.

        It does at the query's own position if it is reflexive, at a position that is within bounds, and at a position
        of a rank that is taken.
        """
        if _selects_own(clause):
            return True
        position = _position((clause,))
        if position is not None:
            return not any(self.outside(position))
        return any(self._is_taken(clause, pair) for pair in clause.sets)

    def _is_taken(self, clause: Conjunct, pair: Comparison) -> bool:
        """Return whether a position has the rank that a condition asks for: the first of its class, or any of all."""
        if not isinstance(pair.key, Linear) or not isinstance(pair.query, Linear):
            return False
        rank, allowed = self.rank(pair.key.term), clause.sets[pair]
        if rank is None or not rank.everyone or clause.without(pair) != rank.members:
            return False
        if not pair.query.terms and int(rank.inclusive) in allowed:
            return True
        place = pair.query.plus(Linear({}, (allowed.single or 0) - rank.inclusive))
        return allowed.single is not None and not rank.members.sets and not any(self.outside(place))

    def selects_own(self, selector: Node) -> bool:
        """Return whether every row selects its own position."""
        return any(map(_selects_own, self[selector].formula or ()))

    def never_own(self, selector: Node) -> bool:
        """Return whether no row selects its own position."""
        formula = self[selector].formula
        return formula is not None and all(
            any(pair.same and 0 not in allowed for pair, allowed in clause.sets.items()) for clause in formula
        )

    def selects_all(self, selector: Node) -> bool:
        """Return whether every row selects all positions."""
        return self[selector].formula == selectors.EVERYTHING

    def selects_none(self, selector: Node) -> bool:
        """Return whether no row selects any position."""
        return self[selector].formula == selectors.NOTHING

    def are_disjoint(self, a: Node, b: Node) -> bool:
        """Return whether ``a`` and ``b`` select disjoint positions in every row."""
        return selectors.both(self[a].formula, self[b].formula) == selectors.NOTHING

    def contains(self, whole: Node, part: Node) -> bool:
        """Return whether each row of ``whole`` selects every position that the same row of ``part`` does."""
        return selectors.both(self[part].formula, selectors.complement(self[whole].formula)) == selectors.NOTHING

    # Positions

    def affine(self, form: Linear) -> tuple[int, Linear] | None:
        """Return ``form`` as a multiple of the position plus a uniform remainder, ``None`` if it is not affine."""
        return self._positions.affine(form)

    def steps(self, form: Linear) -> Steps:
        """Return bounds of the change of ``form`` from one position to the next, for monotonicity and injectivity."""
        return self._positions.of(form)

    def lead(self, node: Node) -> Bound:
        """Return the least known c such that the integer ``node`` is at most ``i + c`` at each position i."""
        return self._leads.of(node)

    def excess(self, node: Node) -> Bound:
        """Return the least known c such that the integer ``node`` is at most ``length + c``."""
        return self._excess.of(node)

    def is_minimum(self, choice: Where) -> bool:
        """Return whether a ``where`` is the minimum of its branches."""
        return self._positions.is_minimum(choice)

    def is_maximum(self, choice: Where) -> bool:
        """Return whether a ``where`` is the maximum of its branches."""
        return self._positions.is_maximum(choice)

    def position(self, selector: Node) -> Linear | None:
        """Return p if ``selector`` selects position p where that is within bounds, and nothing elsewhere."""
        return _position(self[selector].formula)

    def outside(self, position: Linear) -> tuple[bool, bool]:
        """Return whether ``position`` may lie before the first position, and whether beyond the last."""
        room = self.linear(self.length).plus(position, -1)
        return self.bounds(position)[0] < 0, self.bounds(room)[0] < 1

    @cached_property
    def length(self) -> Node:
        """The number of positions, an aggregate in layer 1."""
        one = build("const", value=1)
        return build("sum", build("select.eq", one, one), one, default=0)

    # Normal forms

    def _is_of_keys(self, formula: Disjunction | None) -> bool:
        return formula is not None and all(self.of_keys(pair) for clause in formula for pair in clause.sets)

    def of_keys(self, pair: Comparison) -> bool:
        """Return whether a condition on ``pair`` depends on the key's position alone."""
        return self._is_uniform(pair.query)

    def of_queries(self, pair: Comparison) -> bool:
        """Return whether a condition on ``pair`` depends on the query's position alone."""
        return self._is_uniform(pair.key)

    def _is_uniform(self, side: Side) -> bool:
        if isinstance(side, Linear):
            return all(self[term].uniform for term in side.terms)
        return side is None or self[side].uniform

    def rank(self, node: Node | None) -> Rank | None:
        """Return the rank that ``node`` computes, if it counts the predecessors of each position in a total order."""
        if node is None:
            return None
        if node not in self._ranks:
            self._ranks[node] = self._ranked(node)
        return self._ranks[node]

    def _ranked(self, node: Node) -> Rank | None:
        counted = self.counted(node)
        return rank_of(counted, self.of_keys) if counted else None

    def counted(self, node: Node) -> Disjunction | None:
        """Return the formula of the positions that ``node`` counts, ``None`` if it does not count."""
        if not isinstance(node, Sum) or node.default != 0:
            return None
        domain = self[node.value].domain
        if domain.atoms is None or not domain.integral or domain.low < 0 or domain.high > 1:
            return None
        return selectors.both(self[node.selector].formula, self.compared("eq", node.value, build("const", value=1)))

    def compared(self, comparison: str, key: Node, query: Node) -> Disjunction | None:
        """Return the formula of ``key[j] comparison query[i]``."""
        return self._forms.compared(comparison, key, query)

    def column(self, test: Node) -> Disjunction:
        """Return the formula that selects the positions where ``test`` is truthy."""
        return self._forms.column(test)


def _longest(max_length: int | None) -> int:
    """Return the maximum input length, capped at ``sys.maxsize``, the limit of Python sequences."""
    return sys.maxsize if max_length is None else min(max(max_length, 1), sys.maxsize)


def _typed(node: Node, domains: list[Domain]) -> Domain:
    """Return the domain of the result type inferred from the operands' kinds, with bounds if it is integral."""
    kinds = node.operation.infer(tuple(domain.kinds for domain in domains), node.attributes) or node.type
    if kinds in BOOL | INT | NONE:
        return Domain.range(kinds, *node.operation.bounded(_reaching(node, domains)))
    return Domain(kinds)


def _reaching(node: Node, domains: list[Domain]) -> list[Domain]:
    """Return the domains of the atoms on which the function of ``node`` is called: without ``None`` if it never is."""
    if _may_be_none(domains) and (node.none == "skip" or refuses_none(node)):
        return [domain.without(None) for domain in domains]
    return domains


def _may_be_none(domains: list[Domain]) -> bool:
    """Return whether ``None`` may be among the atoms of one of ``domains``."""
    return any(domain.may_be_none for domain in domains)


def is_equality(node: Node) -> bool:
    """Return whether ``node`` yields whether two atoms are equal, or whether they differ, ``None`` included."""
    return node.operation.name in ("eq", "ne") and node.none != "skip"


def _uniformity(node: Node, operands: list[Facts]) -> tuple[bool, bool]:
    """Return whether ``node`` is uniform, and whether it is positional."""
    name, role = node.operation.name, node.operation.role
    if role is Role.SOURCE:
        return name == "const", name != "input"
    positional = all(operand.positional for operand in operands)
    if role is Role.SELECT:
        return operands[1].uniform, positional
    if role is Role.AGGREGATE:
        return operands[0].uniform, positional
    return all(operand.uniform for operand in operands), positional


def _alternations(node: Node, operands: list[Facts]) -> int:
    """Return the number of alternations of choices and other maps in ``node``."""
    if not isinstance(node, Elementwise):
        return 0
    if node.operation.name == "where":
        return max(1, *(branch.choices for branch in operands[1:]))
    most = max(operand.choices for operand in operands)
    return most + 1 if most else 0


def _selects_own(clause: Conjunct) -> bool:
    return all(pair.same and 0 in allowed for pair, allowed in clause.sets.items())


def _position(formula: Disjunction | None) -> Linear | None:
    clause = clause_of(formula)
    if clause is None or len(clause.sets) != 1:
        return None
    ((pair, allowed),) = clause.sets.items()
    query, offset = pair.position, allowed.single
    return None if query is None or offset is None else query.plus(Linear({}, offset))


def clause_of(formula: Disjunction | None) -> Conjunct | None:
    """Return the only clause of ``formula``, or ``None`` if there are none or several."""
    return formula[0] if formula is not None and len(formula) == 1 else None
