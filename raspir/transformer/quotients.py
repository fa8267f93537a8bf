"""Sums and means whose number alone does not determine their atom, from a sum and a width of the same head.

A mean of one position has the kind of its value, of several it is a float; a sum of nothing has a default of its own.
Where readers tell such atoms apart, or where means are too close to be told apart, they are computed from the sum of
the values' numbers and the number of positions.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from raspir.analysis import Analysis
from raspir.ir import Atom, Graph, Node, build
from raspir.ir.atoms import atom_key
from raspir.ir.views import Aggregate, Mean, Sum
from raspir.rewriting.graphs import rebuilt, translated
from raspir.transformer.atomsets import Atoms, is_negative_zero
from raspir.transformer.domains import Domains


def choices(graph: Graph, domains: Domains, facts: Analysis) -> list[frozenset[Node]]:
    """Return which sums and means to compute as quotients, least first: as few as possible, ambiguous ones, all."""
    several = [node for node in graph if isinstance(node, Sum | Mean) and domains.most_selected(node) > 1]
    forced: set[Node] = {
        node
        for node in several
        if isinstance(node, Sum) and not facts.selects_some(node.selector) and not _is_zero(node.default)
    }
    ambiguous: set[Node] = {node for node in several if _is_ambiguous(domains[node])}
    numeric: set[Node] = {
        node
        for node in several
        if isinstance(node, Mean) and not any(isinstance(atom, float) for atom in _listed(domains[node.value]))
    }
    found = frozenset(forced), frozenset(forced | ambiguous), frozenset(forced | ambiguous | numeric)
    return list(dict.fromkeys(found))


def _is_zero(atom: Atom) -> bool:
    return type(atom) is int and atom == 0


def _is_ambiguous(atoms: Atoms) -> bool:
    """Return whether equal numbers of different types are among ``atoms``."""
    if isinstance(atoms, range):
        return False
    numbers = [atom for atom in atoms if isinstance(atom, int | float)]
    return len(set(numbers)) < len(numbers)


def _listed(atoms: Atoms) -> tuple[Atom, ...]:
    return () if isinstance(atoms, range) else atoms


def with_quotients(graph: Graph, domains: Domains, chosen: Container[Node]) -> Graph:
    """Return a program in which the ``chosen`` sums and means are functions of a sum of numbers and a width."""

    def new(node: Node, operands: list[Node]) -> Node:
        copy = rebuilt(node, operands)
        if node not in chosen or not isinstance(node, Aggregate) or not isinstance(copy, Aggregate):
            return copy
        return _quotient(copy, domains[node.value], domains[node])

    return translated(graph, new)


def _quotient(node: Aggregate, values: Atoms, results: Atoms) -> Node:
    listed = tuple(values)
    floats = [isinstance(atom, float) for atom in listed]
    negative = [is_negative_zero(atom) for atom in listed]
    numbers = [float(_number(atom)) + 0.0 if any(floats) else _number(atom) for atom in listed]  # -0.0 counts as 0.0
    total = _sum(node, listed, numbers)
    width = build("sum", node.selector, build("const", value=1), default=0)
    if all(type(atom) is int for atom in listed) or (all(type(atom) is float for atom in listed) and not any(negative)):
        alone = total
    elif len(set(numbers)) == len(numbers):
        alone = build("lookup", total, otherwise=listed[0], keys=tuple(numbers), values=listed)
    else:
        ids = tuple(range(1, len(listed) + 1))
        alone = build("lookup", _sum(node, listed, ids), otherwise=listed[0], keys=ids, values=listed)
    several = total
    if any(floats) and not all(floats) and not isinstance(node, Mean):
        counted = _sum(node, listed, list(map(int, floats)))
        several = build("where", build("eq", counted, _const(0)), build("to_int", several), several)
    if isinstance(node, Mean):
        several = build("truediv", total, build("where", build("eq", width, _const(0)), _const(1), width))
    if any(negative):  # a sum or a mean is -0.0 only if all values are
        others = _sum(node, listed, [int(not each) for each in negative])
        several = build("where", build("eq", others, _const(0)), _const(-0.0), several)
    some = build("where", build("eq", width, _const(1)), alone, several)
    if not any(atom_key(node.default) == atom_key(atom) for atom in results):
        return some
    return build("where", build("eq", width, _const(0)), _const(node.default), some)


def _sum(node: Aggregate, atoms: Sequence[Atom], numbers: Sequence[int | float]) -> Node:
    """Return the sum of a number for each atom of the values."""
    value = node.value
    if [atom_key(atom) for atom in atoms] != [atom_key(number) for number in numbers]:
        value = build("lookup", value, otherwise=numbers[0], keys=tuple(atoms), values=tuple(numbers))
    return build("sum", node.selector, value, default=0)


def _number(atom: Atom) -> int | float:
    return int(atom) if isinstance(atom, bool) else atom if isinstance(atom, int | float) else 0


def _const(value: Atom) -> Node:
    return build("const", value=value)
