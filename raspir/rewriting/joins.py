"""Sums of one value over two selectors as one sum, where the selectors are disjoint or one contains the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from raspir.analysis import Linear
from raspir.analysis import selectors as normal
from raspir.analysis.selectors import Disjunction
from raspir.ir.views import Sum
from raspir.rewriting.algebra import Algebra

UNION, DIFFERENCE = "disjoint selectors unite", "contained selectors subtract"


@dataclass(frozen=True)
class Join:
    """A selector that replaces two in a linear combination of sums.

    Attributes:
        rule: the rule that joins them.
        selector: the normal form of the selector.
    """

    rule: str
    selector: Disjunction


def pairs(sums: Mapping[Sum, int]) -> Iterator[tuple[Sum, Sum]]:
    """Yield the pairs, in both orders, of different sums of one value."""
    return ((a, b) for a, b in itertools.permutations(sums, 2) if _have_same_value(a, b))


def joined(algebra: Algebra, a: Sum, b: Sum, coefficient: int, other: int) -> Join | None:
    """Return the selector of a sum which, times ``coefficient``, is ``coefficient * a + other * b``, if there is one.

    Both are sums of the same integers with default 0.
    """
    whole, part = algebra.formula(a), algebra.formula(b)
    found: Disjunction | None = None
    if _have_same_coefficient(coefficient, other) and algebra.facts.are_disjoint(a.selector, b.selector):
        rule, found = UNION, normal.either(whole, part)
    elif coefficient == -other and algebra.facts.contains(a.selector, b.selector):
        rule, found = DIFFERENCE, normal.both(whole, normal.complement(part))
    return None if found is None else Join(rule, found)


def with_join(algebra: Algebra, form: Linear, a: Sum, b: Sum, join: Join) -> Linear:
    """Return ``form`` with one sum in place of its terms ``a`` and ``b``."""
    one = algebra("sum", algebra.selector(join.selector), a.value, default=0)
    rest = form.plus(Linear({a: form.terms[a], b: form.terms[b]}), -1)
    return rest.plus(algebra.facts.linear(one), form.terms[a])


# Conditions are functions where proofs that they are needed replace them.


def _have_same_value(a: Sum, b: Sum) -> bool:
    """Return whether both sums have the same value operand."""
    return a.value is b.value


def _have_same_coefficient(coefficient: int, other: int) -> bool:
    """Return whether two terms of a linear form have the same coefficient."""
    return coefficient == other
