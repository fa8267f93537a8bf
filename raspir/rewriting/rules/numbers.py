"""Rules of arithmetic, constants and tables."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from math import inf

from raspir.analysis import IntSet, Linear
from raspir.analysis.facts import clause_of
from raspir.ir import Atom, Node, build
from raspir.ir.atoms import atom_key, is_integer
from raspir.ir.types import INT
from raspir.ir.views import Binary, Lookup, Map, Mean, Unary
from raspir.ir.walks import preorder
from raspir.rewriting.builder import Builder

_SMALL = 2**20
"""Bound on integers whose mean, over any input that fits in memory, errs by less than 1/2 when scaled by the width."""


def constant(algebra: Builder, node: Node) -> Node | None:
    """A value with a single possible atom is that constant."""
    known = algebra.facts[node].domain.atoms
    return algebra.const(known[0]) if known is not None and len(known) == 1 else None


def table(algebra: Builder, node: Map) -> Node | None:
    """map(f, x) = lookup(x) if f is total on the few possible atoms of x; a constant if all results are the same."""
    table = algebra.columns.table(node)
    if table is None:
        return None
    values = tuple(value for _, value in table.rows)
    if len(set(map(atom_key, values))) == 1:
        return algebra.const(values[0])
    keys = tuple(atom for atoms, _ in table.rows for atom in atoms)
    return algebra("lookup", *table.operands, keys=keys, values=values, otherwise=values[0])


def identity_table(algebra: Builder, node: Lookup) -> Node | None:
    """lookup(x) = x if the table maps every possible atom of x to itself."""
    if len(node.operands) > 1:
        return None
    (operand,) = node.operands
    outcomes = algebra.facts.outcomes(node, [algebra.facts[operand].domain])
    if outcomes is None:
        return None
    rows, results = outcomes
    return operand if _are_identical((atom for (atom,) in rows), results) else None


def _are_identical(atoms: Iterable[Atom], others: Iterable[Atom]) -> bool:
    """Return whether the atoms are pairwise equal, and of the same kind."""
    return all(atom_key(a) == atom_key(b) for a, b in zip(atoms, others, strict=True))


def sum_(algebra: Builder, node: Node) -> Node | None:
    """x + 1 - 1 = x: a sum of integers becomes its linear form if that takes fewer operations."""
    if not all(algebra.facts[operand].domain.integral for operand in node.operands):
        return None
    form = algebra.facts.linear(node)
    if form.is_term(node):
        return None
    short = operations(algebra, form)
    return algebra.linear(form) if short < additions(algebra, node, short) else None


def operations(algebra: Builder, form: Linear) -> int:
    """Return how many operations a linear form takes."""
    negative = bool(form.terms) and all(c < 0 for c in form.terms.values())
    scaled = sum(algebra.operations_of_multiple(term, abs(c)) for term, c in form.terms.items())
    return max(len(form.terms) - 1, 0) + scaled + negative + (form.constant != 0 and bool(form.terms))


def additions(algebra: Builder, node: Node, enough: int) -> int:
    """Count the additions that lead to ``node``, up to one more than ``enough``."""

    def adds(each: Node) -> bool:
        return bool(each.operands) and not algebra.facts.linear(each).is_term(each)

    found = (each for each in preorder([node], lambda each: each.operands if adds(each) else ()) if adds(each))
    return sum(1 for _ in islice(found, enough + 1))


def masked(algebra: Builder, node: Binary) -> Node | None:
    """x * b = where(b, x, 0) for integers x and booleans b."""
    for number, test in ((node.a, node.b), (node.b, node.a)):
        if algebra.facts[test].domain.boolean and algebra.facts[number].domain.integral:
            if algebra.facts[number].domain.kinds is not INT:
                number = algebra.linear(algebra.facts.linear(number))
            return algebra("where", test, number, algebra.const(0))
    return None


def power(algebra: Builder, node: Binary) -> Node | None:
    """x ** 2 = x * x and x ** 3 = x * x * x for integers x."""
    exponent = algebra.facts[node.b].domain.single
    if not is_integer(exponent) or exponent not in (2, 3) or algebra.facts[node.a].domain.kinds is not INT:
        return None
    square = algebra("mul", node.a, node.a)
    return square if exponent == 2 else algebra("mul", square, node.a)


def unit(algebra: Builder, node: Binary) -> Node | None:
    """x // 1 = x and x ** 1 = x for integers x."""
    single = algebra.facts[node.b].domain.single
    return node.a if single == 1 and is_integer(single) and algebra.facts[node.a].domain.kinds is INT else None


def rounded_mean(algebra: Builder, node: Unary) -> Node | None:
    """round(mean(s, v) * width(s)) = sum(s, v) for small integers v."""
    (product,) = node.operands
    if product.operation.name != "mul":
        return None
    for mean, width in (product.operands, product.operands[::-1]):
        if not isinstance(mean, Mean) or not _is_width(algebra, mean.selector, width):
            continue
        domain = algebra.facts[mean.value].domain
        small = domain.integral and max(abs(domain.low), abs(domain.high)) <= _SMALL
        if small and not isinstance(mean.default, str) and mean.default not in (inf, -inf):
            integers = mean.value if domain.kinds is INT else algebra("add", mean.value, algebra.const(0))
            return algebra("sum", mean.selector, integers, default=0)
    return None


def _is_width(algebra: Builder, selector: Node, width: Node) -> bool:
    """Return whether ``width`` is the number of positions that each row of ``selector`` selects."""
    if not algebra.facts[width].domain.integral:
        return False
    form = algebra.facts.linear(width)
    if form == algebra.facts.linear(build("sum", selector, algebra.const(1), default=0)):
        return True
    formula = algebra.facts[selector].formula
    clause = clause_of(formula)
    if clause is None or len(clause.sets) > 1:
        return False
    for pair, allowed in clause.sets.items():
        up_to = [IntSet.where("lt"), IntSet.where("le")]
        if pair.is_index and allowed in up_to:
            return form == Linear({algebra.indices: 1}, up_to.index(allowed))
    return not clause.sets and len(form.terms) == 1 and algebra.facts.is_length(next(iter(form.terms)))
