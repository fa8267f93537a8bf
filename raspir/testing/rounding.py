"""Permitted differences from reassociated float sums.

The language adds floats from left to right, but a backend may reassociate. A result is excused if the order can explain
it: the floats of a row round in some order, and the result is their sum or mean within the rounding error, or was
computed from such a result. All other sums must match bit by bit: those of two numbers, and those that are exact in
every order, such as sums of halves or of integers as floats. A backend that declares that its floats are inexact may
differ by one part in 10⁹ everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import isclose, isfinite
from sys import float_info

from raspir.ir import Atom, Graph, Node, RaspirError
from raspir.ir.atoms import atom_key
from raspir.ir.graph import topological
from raspir.ir.views import Mean, Sum
from raspir.runtime.inputs import read_inputs
from raspir.runtime.reference import Value, steps

_MOST = Fraction(float_info.max)
_LEAST = Fraction(5e-324)
_CLOSE = 1e-9


def order_matters(row: Sequence[Atom]) -> bool:
    """Return whether the sum of a row's selected atoms depends on the order of addition."""
    if any(isinstance(atom, str | None) for atom in row) or not any(type(atom) is float for atom in row):
        return False
    if any(type(atom) is int and not _is_float(atom) for atom in row):
        return True
    exact = _exact(row)
    if len(row) <= 2 or not exact:
        return False
    total = sum((abs(each) for each in exact), Fraction())
    denominator = max(each.denominator for each in exact)
    lowest = min((_trailing_zeros(int(each * denominator)) for each in exact if each), default=0)
    return total > _MOST or total * denominator > 2 ** (53 + lowest)


def may_round(graph: Graph, input: object) -> bool:
    """Return whether ``graph`` computes a float sum on ``input`` that depends on the order."""
    return bool(_rounding(graph, _values(graph, input)))


def are_close(got: object, wanted: object) -> bool:
    """Return whether results, or containers of them, differ by one part in 10⁹ of floats at most."""
    if isinstance(got, float) and isinstance(wanted, float):
        return isclose(got, wanted, rel_tol=_CLOSE) and (got != 0 or atom_key(got) == atom_key(wanted))
    if isinstance(got, dict) and isinstance(wanted, dict):
        return list(got) == list(wanted) and all(are_close(got[name], wanted[name]) for name in wanted)
    if isinstance(got, list | tuple) and isinstance(wanted, list | tuple):
        return len(got) == len(wanted) and all(map(are_close, got, wanted))
    return got == wanted


def excused(graph: Graph, input: object, got: Mapping[str, Sequence[Atom]]) -> bool:
    """Return whether ``got``, by output name, differs from the expected results only by permitted rounding."""
    values = _values(graph, input)
    rounding = _rounding(graph, values)
    return all(_excused(node, values, rounding, got[name]) for name, node in graph.outputs.items())


def _excused(node: Node, values: Mapping[Node, Value], rounding: set[Node], got: Sequence[Atom]) -> bool:
    if node not in values or len(got) != len(values[node]):
        return False
    if not rounding.isdisjoint(topological(node.operands)):
        return True
    rows = _rows(node, values) if node in rounding else [[] for _ in got]
    mean = isinstance(node, Mean)
    return all(
        atom_key(atom) == atom_key(wanted) or (order_matters(row) and _near(row, len(row) if mean else 1, atom))
        for row, wanted, atom in zip(rows, values[node], got, strict=True)
    )


def _values(graph: Graph, input: object) -> dict[Node, Value]:
    """Return the values of all nodes before the first that fails."""
    values: dict[Node, Value] = {}
    try:
        for node, value in steps(graph, read_inputs(graph, input)):
            values[node] = value
    except RaspirError:
        pass
    return values


def _rounding(graph: Graph, values: Mapping[Node, Value]) -> set[Node]:
    """Return the aggregates whose order matters, including one that fails."""
    return {
        node
        for node in graph
        if isinstance(node, Sum | Mean)
        and all(operand in values for operand in node.operands)
        and any(order_matters(row) for row in _rows(node, values))
    }


def _rows(node: Node, values: Mapping[Node, Value]) -> list[list[Atom]]:
    """Return the atoms that each row of an aggregate selects."""
    selector, value = (values[operand] for operand in node.operands)
    return [[atom for atom, there in zip(value, row, strict=True) if there] for row in selector]


def _near(row: Sequence[Atom], divisor: int, got: object) -> bool:
    """Return whether some order of addition may yield ``got`` as the sum of ``row`` over ``divisor``.

    Adding k numbers v rounds k - 1 times, by at most 2⁻⁵³ · Σ|v| each; integer conversion and division round as well.
    """
    exact = _exact(row)
    total = sum((abs(each) for each in exact), Fraction())
    if not isinstance(got, float):
        return False
    if total > _MOST:  # partial sums may overflow to infinity, depending on the order
        return True
    if not isfinite(got) or len(exact) < len(row):
        return False
    bound = (len(row) + 4) * total / 2**53 / divisor + _LEAST
    return abs(Fraction(got) - sum(exact, Fraction()) / divisor) <= bound


def _exact(row: Sequence[Atom]) -> list[Fraction]:
    """Return the finite numbers of ``row`` as fractions."""
    return [
        Fraction(atom) for atom in row if not isinstance(atom, str | None) and (type(atom) is int or isfinite(atom))
    ]


def _is_float(atom: int) -> bool:
    try:
        return float(atom) == atom
    except OverflowError:
        return False


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1
