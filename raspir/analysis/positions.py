"""Step analysis: which values are affine, monotone or injective in the position."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from math import inf
from typing import Any

from raspir.analysis.domains import Domain
from raspir.analysis.intset import IntSet
from raspir.analysis.known import Known
from raspir.analysis.linear import Linear
from raspir.analysis.selectors import Comparison, Conjunct, Disjunction
from raspir.analysis.steps import ANY, NONE, ONE, Steps
from raspir.ir import Node
from raspir.ir.operations import COMPARISONS
from raspir.ir.ranges import Bound, plus, product
from raspir.ir.types import BOOL, INT
from raspir.ir.views import Indices, Raw, Sum, Where
from raspir.ir.walks import computed


class Positions:
    """The memoized steps of nodes.

    Args:
        facts: the other facts.
    """

    def __init__(self, facts: Known) -> None:
        self._facts = facts
        self._steps: dict[Node, Steps] = {}

    def affine(self, form: Linear) -> tuple[int, Linear] | None:
        """Return ``form`` as a multiple of the position plus a uniform remainder, ``None`` if it is not affine."""
        own = [term for term in form.terms if not self._facts[term].uniform]
        if any(not isinstance(term, Indices) for term in own):
            return None
        multiple = form.only(own)
        return sum(multiple.terms.values()), form.plus(multiple, -1)

    def of(self, form: Linear) -> Steps:
        """Return the steps of a linear form."""
        total = NONE
        for term, coefficient in form.terms.items():
            total = total.plus(self.of_node(term).scaled(coefficient))
        return total

    def of_node(self, node: Node) -> Steps:
        """Return the steps of a node; unbounded unless it is integer-valued."""
        return computed(node, self._parts, self._found, self._steps)

    def _parts(self, node: Node) -> Iterable[Node]:
        """Return the nodes on whose steps the transfer function of ``node`` depends."""
        if self._facts[node].uniform or not self._facts[node].domain.integral:
            return ()
        form = self._facts.linear(node)
        if not form.is_term(node):
            return form.terms
        if node.operation.name in COMPARISONS:
            difference = self._difference(node)
            return difference.terms if difference is not None else ()
        if node.operation.name == "sum":
            return [term for pair in self._queried(node) for term in _terms(pair.query)]
        return node.operands if node.operation.name in _RULES else ()

    def _found(self, node: Node) -> Steps:
        facts = self._facts[node]
        if facts.uniform or not facts.domain.integral:
            return NONE if facts.uniform else ANY
        if isinstance(node, Indices):
            return ONE
        form = self._facts.linear(node)
        found = self._own(node) if form.is_term(node) else self.of(form)
        return found.meet(_between(facts.domain, facts.domain))

    def _own(self, node: Node) -> Steps:
        rule = _RULES.get(node.operation.name)
        return ANY if rule is None else rule(self, node)

    def _domain(self, node: Node) -> Domain:
        return self._facts[node].domain

    # Transfer functions, for operands that are integers or booleans

    def _product(self, node: Node) -> Steps:
        """Return the steps of a * b, by the product rule: a' · Δb + Δa · b, with a' at the next position."""
        (a, b), (da, db) = node.operands, map(self.of_node, node.operands)
        x, y = self._domain(a), self._domain(b)
        following = max(x.low, plus(x.low, da.low)), min(x.high, plus(x.high, da.high))
        gained = product(following, (db.low, db.high)), product((y.low, y.high), (da.low, da.high))
        return Steps(plus(gained[0][0], gained[1][0]), plus(gained[0][1], gained[1][1]))

    def _quotient(self, node: Node) -> Steps:
        """Return the steps of a // b for a uniform nonzero b; a negative b is normalized to -a // -b."""
        a, b = node.operands
        divisor, steps = self._domain(b), self.of_node(a)
        ends = divisor.low, divisor.high
        if divisor.high < 0:
            ends, steps = (-divisor.high, -divisor.low), steps.scaled(-1)
        if not self._facts[b].uniform or ends[0] <= 0:
            return ANY
        return Steps(min(_floor(steps.low, end) for end in ends), max(-_floor(-steps.high, end) for end in ends))

    def _same(self, node: Node) -> Steps:
        return self.of_node(node.operands[0])

    def _absolute(self, node: Node) -> Steps:
        (a,) = node.operands
        steps, domain = self.of_node(a), self._domain(a)
        if domain.low >= 0:
            return steps
        if domain.high <= 0:
            return steps.scaled(-1)
        most = max(abs(steps.low), abs(steps.high))
        return Steps(-most, most)

    def _not(self, node: Node) -> Steps:
        """Return the steps of ~a: -1 - a for an integer, 1 - a for a boolean."""
        (a,) = node.operands
        return self.of_node(a).scaled(-1) if self._domain(a).kinds in (BOOL, INT) else ANY

    def _both(self, node: Node) -> Steps:
        """Return the steps of a & b or a | b: the minimum or maximum of two booleans."""
        if not all(self._domain(operand).boolean for operand in node.operands):
            return ANY
        a, b = map(self.of_node, node.operands)
        return a.join(b)

    def _truth(self, node: Node) -> Steps:
        """Return the steps of a comparison with zero: ``d > 0`` is monotone in the direction in which d is."""
        difference = self._difference(node)
        if difference is None:
            return ANY
        steps, name = self.of(difference), node.operation.name
        if name in ("lt", "le"):
            steps = steps.scaled(-1)
        if name in ("eq", "ne"):
            return ANY
        return Steps(0 if steps.rising else -inf, 0 if steps.falling else inf)

    def _choice(self, node: Where) -> Steps:
        """Return the steps of a ``where``: those of either branch, and their difference where it switches."""
        test, a, b = node.operands
        da, db = self.of_node(a), self.of_node(b)
        if self._facts[test].uniform or self._chosen_if(node) in (*_MINIMUM, *_MAXIMUM):
            return da.join(db)
        found, turns = da.join(db), self.of_node(test) if self._domain(test).boolean else ANY
        apart = self._facts.linear(b).plus(self._facts.linear(a), -1)
        low, high = self._facts.bounds(apart)
        if turns.low < 0:
            found = found.join(Steps(low, high).plus(db))
        if turns.high > 0:
            found = found.join(Steps(-high, -low).plus(da))
        return found

    def is_minimum(self, choice: Where) -> bool:
        """Return whether a ``where`` is the minimum of its branches."""
        return self._chosen_if(choice) in _MINIMUM

    def is_maximum(self, choice: Where) -> bool:
        """Return whether a ``where`` is the maximum of its branches."""
        return self._chosen_if(choice) in _MAXIMUM

    def _chosen_if(self, choice: Where) -> IntSet | None:
        """Return the set of ``a - b`` for which a ``where`` chooses a, if its condition depends on nothing else."""
        test = choice.condition
        tested = self._difference(test) if test.operation.name in COMPARISONS else None
        if tested is None or not self._domain(choice.a).integral or not self._domain(choice.b).integral:
            return None
        apart = self._facts.linear(choice.a).plus(self._facts.linear(choice.b), -1)
        if tested.without_constant() == apart.scaled(-1).without_constant():
            return -IntSet.where(test.operation.name).shift(-tested.constant - apart.constant)
        if tested.without_constant() == apart.without_constant():
            return IntSet.where(test.operation.name).shift(apart.constant - tested.constant)
        return None

    def _sum(self, node: Sum) -> Steps:
        """Return the steps of a sum whose set of selected positions grows or shrinks as the query moves right."""
        value, default = self._domain(node.value), node.default
        formula = self._facts[node.selector].formula
        if formula is None or not value.integral or not isinstance(default, int):
            return ANY
        one = self._running(formula, value) if default == 0 else None
        if one is not None:
            return one
        # A row that selects nothing yields the default, so monotonicity requires it to bound all sums.
        if value.low >= 0 and default <= value.low:
            grown = Steps(0, inf)
        elif value.high <= 0 and value.high <= default:
            grown = Steps(-inf, 0)
        else:
            return ANY
        ways = [self._grows(pair, allowed) for clause in formula for pair, allowed in clause.sets.items()]
        if all(rises for rises, _ in ways):
            return grown
        return grown.scaled(-1) if all(falls for _, falls in ways) else ANY

    def _running(self, formula: Disjunction, value: Domain) -> Steps | None:
        """Return the steps of a prefix or suffix sum, which gains or loses one position per step."""
        clause = formula[0] if len(formula) == 1 else Conjunct({})
        own = next((pair for pair in clause.sets if pair.is_index), None)
        if own is None:
            return None
        allowed, rest = clause.sets[own], clause.without(own)
        if not all(map(self._facts.of_keys, rest.sets)):
            return None
        each = Steps(value.low, value.high)
        each = each.join(NONE) if rest.sets else each
        if allowed in (IntSet.where("le"), IntSet.where("lt")):
            return each
        return each.scaled(-1) if allowed in (IntSet.where("ge"), IntSet.where("gt")) else None

    def _grows(self, pair: Comparison, allowed: IntSet) -> tuple[bool, bool]:
        """Return whether the keys that satisfy a condition only grow as the query moves right, or only shrink."""
        if self._facts.of_keys(pair):
            return True, True
        if pair.kind != "int" or not isinstance(pair.query, Linear) or len(allowed.intervals) != 1:
            return False, False
        steps = self.of(pair.query)
        ((low, high),) = allowed.intervals
        upwards = steps.rising if low == -inf else steps.falling if high == inf else False
        downwards = steps.falling if low == -inf else steps.rising if high == inf else False
        return upwards, downwards

    def _queried(self, node: Node) -> list[Comparison]:
        formula = self._facts[node.operands[0]].formula or ()
        return [pair for clause in formula for pair in clause.sets if pair.kind == "int"]

    def _difference(self, comparison: Node) -> Linear | None:
        """Return the linear form of ``a - b`` for an integer comparison of a and b, else ``None``."""
        a, b = comparison.operands
        if not (self._domain(a).integral and self._domain(b).integral):
            return None
        return self._facts.linear(a).plus(self._facts.linear(b), -1)

    def _raw(self, node: Raw) -> Steps:
        integers = [value for value in node.values if isinstance(value, int)]
        gained = [b - a for a, b in pairwise(integers)]
        return Steps(min(gained), max(gained)) if gained else NONE


_MINIMUM = (IntSet([(-inf, 0)]), IntSet([(-inf, -1)]))
"""The sets of ``a - b`` for which a ``where`` that chooses a is the minimum of a and b."""

_MAXIMUM = (IntSet([(0, inf)]), IntSet([(1, inf)]))
"""Those for which it is the maximum."""

_RULES: dict[str, Callable[[Positions, Any], Steps]] = {
    "mul": Positions._product,
    "floordiv": Positions._quotient,
    "abs": Positions._absolute,
    "round": Positions._same,
    "to_int": Positions._same,
    "not": Positions._not,
    **dict.fromkeys(("and", "or"), Positions._both),
    **dict.fromkeys(COMPARISONS, Positions._truth),
    "where": Positions._choice,
    "sum": Positions._sum,
    "raw": Positions._raw,
}
"""The transfer function of each operation."""


def _between(a: Domain, b: Domain) -> Steps:
    """Return the steps from any integer of ``a`` to any integer of ``b``."""
    return Steps(plus(b.low, -a.high), plus(b.high, -a.low))


def _floor(a: Bound, divisor: Bound) -> Bound:
    """Return ``a // divisor`` for a positive, possibly infinite ``divisor``."""
    if a in (-inf, inf):
        return a
    if divisor == inf:
        return 0 if a >= 0 else -1
    return a // divisor


def _terms(side: object) -> Iterable[Node]:
    return side.terms if isinstance(side, Linear) else ()
