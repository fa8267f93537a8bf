"""Polynomials of the position: integer values as rational combinations of products of positions and uniform integers.

A polynomial that is an integer at all integers can have fractions as coefficients, as ``i * (i + 1) // 2`` has. So the
sum of a polynomial over a range of positions is a polynomial of the ends of the range, whatever its degree.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from math import comb, gcd, lcm, prod

from raspir.analysis import Linear
from raspir.ir import Node
from raspir.ir.types import INT
from raspir.ir.walks import computed
from raspir.rewriting.builder import Builder

Monomial = tuple[Node, ...]
"""A product of nodes, in the order of :class:`Polynomials`."""

Polynomial = Mapping[Monomial, Fraction]
"""The nonzero coefficient of each monomial."""

Combination = Mapping[Node | None, Polynomial]
"""A sum of sequences, each multiplied by a polynomial; ``None`` stands for a sequence of ones."""

_DEGREE = 6
_MONOMIALS = 24
_SEQUENCES = 8
_POINTS = 512  # points at which a polynomial is evaluated to decide whether it is an integer everywhere


class Polynomials:
    """The arithmetic of polynomials whose variables are nodes.

    Args:
        algebra: the builder of nodes.
    """

    def __init__(self, algebra: Builder) -> None:
        self._algebra = algebra
        self._facts = algebra.facts
        self._numbers: dict[Node, int] = {}
        self._known: dict[Node, Polynomial | None] = {}
        self._combined: dict[Node, Combination] = {}
        self._bernoulli = [Fraction(1)]

    def of(self, node: Node) -> Polynomial | None:
        """Return ``node`` as a polynomial of the position and of uniform integers, ``None`` if it is none."""
        return computed(node, self._parts, self._found, self._known)

    def _parts(self, node: Node) -> tuple[Node, ...]:
        is_arithmetic = node.operation.name in ("add", "sub", "neg", "mul", "floordiv")
        integral = all(self._facts[each].domain.kinds is INT for each in (node, *node.operands))
        return node.operands if is_arithmetic and integral else ()

    def _found(self, node: Node) -> Polynomial | None:
        found = self._arithmetic(node)
        if found is not None or self._facts[node].domain.kinds is not INT:
            return found
        return self.variable(node) if self._facts[node].uniform or node is self._algebra.indices else None

    def _arithmetic(self, node: Node) -> Polynomial | None:
        single = self._facts[node].domain.single
        if isinstance(single, int):
            return self.constant(single)
        parts = [self._known[part] for part in self._parts(node)]
        name = node.operation.name
        if not parts or parts[0] is None or parts[-1] is None:
            return None
        if name == "neg":
            return self.plus({}, parts[0], -1)
        if name == "floordiv":
            return self._quotient(parts[0], parts[-1])
        a, b = parts[0], parts[-1]
        found = self.times(a, b) if name == "mul" else self.plus(a, b, 1 if name == "add" else -1)
        return found if _is_small(found) else None

    def _quotient(self, a: Polynomial, b: Polynomial) -> Polynomial | None:
        """Return ``a // b`` for a constant ``b`` that divides ``a`` at all integers."""
        if set(b) != {()}:
            return None
        found = {monomial: coefficient / b[()] for monomial, coefficient in a.items()}
        return found if self.is_integral(found) else None

    # Arithmetic

    def constant(self, value: int) -> Polynomial:
        """Return a constant."""
        return {(): Fraction(value)} if value else {}

    def variable(self, node: Node) -> Polynomial:
        """Return ``node`` itself."""
        return {(node,): Fraction(1)}

    def linear(self, form: Linear) -> Polynomial:
        """Return a linear form."""
        terms: Polynomial = {(term,): Fraction(coefficient) for term, coefficient in form.terms.items()}
        return self.plus(terms, self.constant(form.constant))

    def plus(self, a: Polynomial, b: Polynomial, times: int = 1) -> Polynomial:
        """Return ``a + times * b``."""
        found = dict(a)
        for monomial, coefficient in b.items():
            found[monomial] = found.get(monomial, Fraction(0)) + times * coefficient
        return {monomial: coefficient for monomial, coefficient in found.items() if coefficient}

    def times(self, a: Polynomial, b: Polynomial) -> Polynomial:
        """Return ``a * b``."""
        found: Polynomial = {}
        for (x, c), (y, d) in itertools.product(a.items(), b.items()):
            found = self.plus(found, {self._ordered((*x, *y)): c * d})
        return found

    def _ordered(self, factors: Monomial) -> Monomial:
        for each in factors:
            self._numbers.setdefault(each, len(self._numbers))
        return tuple(sorted(factors, key=self._numbers.__getitem__))

    # Sums

    def at(self, polynomial: Polynomial, position: Polynomial) -> Polynomial:
        """Return ``polynomial`` with ``position`` for the position."""
        found: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            others = tuple(each for each in monomial if each is not self._algebra.indices)
            part: Polynomial = {others: coefficient}
            for _ in range(len(monomial) - len(others)):
                part = self.times(part, position)
            found = self.plus(found, part)
        return found

    def below(self, polynomial: Polynomial) -> Polynomial:
        """Return the sum of ``polynomial`` over the positions from 0 below the position, by Faulhaber's formula.

        The difference of its values at two integers is the sum over the range between them, whatever their signs.
        """
        found: Polynomial = {}
        for monomial, coefficient in polynomial.items():
            others = tuple(each for each in monomial if each is not self._algebra.indices)
            power = len(monomial) - len(others) + 1
            for j, number in enumerate(self._bernoulli_numbers(power)):
                raised = self._ordered((*others, *[self._algebra.indices] * (power - j)))
                found = self.plus(found, {raised: coefficient * number * comb(power, j) / power})
        return found

    def _bernoulli_numbers(self, count: int) -> list[Fraction]:
        """Return the first Bernoulli numbers, with -1/2 for the second."""
        known = self._bernoulli
        while len(known) < count:
            m = len(known)
            total = sum((comb(m + 1, j) * number for j, number in enumerate(known)), Fraction(0))
            known.append(-total / (m + 1))
        return known[:count]

    # Properties

    def is_integral(self, polynomial: Polynomial) -> bool:
        """Return whether a polynomial is an integer at all integers: if it is at 0 … degree in each variable."""
        variables = list(dict.fromkeys(itertools.chain.from_iterable(polynomial)))
        degrees = [max(monomial.count(each) for monomial in polynomial) for each in variables]
        if prod(degree + 1 for degree in degrees) > _POINTS:
            return False
        for point in itertools.product(*(range(degree + 1) for degree in degrees)):
            values = dict(zip(variables, point, strict=True))
            at_point = (c * prod(values[each] for each in monomial) for monomial, c in polynomial.items())
            if sum(at_point, Fraction(0)).denominator != 1:
                return False
        return True

    def divisor(self, polynomial: Polynomial) -> int:
        """Return the least common denominator of the coefficients."""
        return lcm(*(coefficient.denominator for coefficient in polynomial.values()))

    def by_uniform(self, polynomial: Polynomial) -> Mapping[Monomial, Polynomial]:
        """Return the polynomials without uniform factors by which products of these are multiplied."""
        found: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in polynomial.items():
            uniform = tuple(each for each in monomial if self._facts[each].uniform)
            rest = tuple(each for each in monomial if not self._facts[each].uniform)
            found[uniform] = self.plus(found.get(uniform, {}), {rest: coefficient})
        return found

    # Nodes

    def node(self, polynomial: Polynomial) -> Node:
        """Return a node that computes a polynomial that is an integer at all integers."""
        divisor = self.divisor(polynomial)
        form = Linear({})
        for monomial, coefficient in polynomial.items():
            product = self._product(monomial)
            form = form.plus(self._facts.linear(product), int(coefficient * divisor))
        dividend = self._algebra.linear(form)
        return dividend if divisor == 1 else self._algebra("floordiv", dividend, self._algebra.const(divisor))

    def _product(self, factors: Iterable[Node]) -> Node:
        return reduce(lambda a, b: self._algebra("mul", a, b), factors, self._algebra.const(1))

    def linear_times(self, factor: Polynomial, sequence: Node | None) -> Linear:
        """Return the product of a polynomial and an integer sequence as a linear form, where it is an integer."""
        whole = all(coefficient.denominator == 1 for coefficient in factor.values())
        content = gcd(*(coefficient.numerator for coefficient in factor.values())) if whole else 1
        if all(coefficient < 0 for coefficient in factor.values()):
            content = -content
        if not content:
            return Linear({})
        primitive = {monomial: coefficient / content for monomial, coefficient in factor.items()}
        if sequence is None:
            product = self.node(primitive)
        elif primitive == self.constant(1):
            product = sequence
        else:
            product = self._algebra("mul", self.node(primitive), sequence)
        return self._facts.linear(product).scaled(content)

    # Combinations of sequences

    def combination(self, value: Node) -> Combination:
        """Return an integer value as a sum of products of a polynomial and a sequence."""
        return computed(value, self._summands, self._sum, self._combined)

    def _summands(self, node: Node) -> tuple[Node, ...]:
        if node.operation.name not in ("add", "sub", "neg", "mul"):
            return ()
        return node.operands if all(self._facts[each].domain.integral for each in node.operands) else ()

    def _sum(self, node: Node) -> Combination:
        polynomial = self.of(node)
        if polynomial is not None:
            return {None: polynomial}
        alone: Combination = {node: self.constant(1)}
        parts = [self._combined[part] for part in self._summands(node)]
        if not parts:
            return alone
        name = node.operation.name
        if name == "mul":
            factor, other = (parts[0], parts[1]) if set(parts[0]) == {None} else (parts[1], parts[0])
            if set(factor) != {None}:
                return alone
            found = {each: self.times(factor[None], polynomial) for each, polynomial in other.items()}
        else:
            found = dict(parts[0]) if name != "neg" else {}
            for each, polynomial in parts[-1].items():
                found[each] = self.plus(found.get(each, {}), polynomial, 1 if name == "add" else -1)
        small = len(found) <= _SEQUENCES and all(map(_is_small, found.values()))
        return {each: polynomial for each, polynomial in found.items() if polynomial} if small else alone


def _is_small(polynomial: Polynomial) -> bool:
    return len(polynomial) <= _MONOMIALS and all(len(monomial) <= _DEGREE for monomial in polynomial)
