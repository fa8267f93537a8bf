"""Tabulation of opaque functions over small known domains."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, NoReturn

from raspir.analysis.facts import Analysis
from raspir.ir import Atom, BackendError, Graph, Node
from raspir.ir.errors import reason
from raspir.ir.evaluation import checked, function_of
from raspir.ir.views import Map, SelectBy

_MOST = 1 << 16

Row = tuple[Atom, ...]
"""The arguments of one call."""


def of_function(
    facts: Analysis, graph: Graph, node: Map | SelectBy
) -> tuple[tuple[tuple[Row, Atom], ...], tuple[tuple[Row, str], ...]]:
    """Tabulate the function of a ``map`` or ``select.by`` over the domains of its operands.

    Returns pairs of arguments and result, and pairs of arguments and reason for the calls that fail.

    Raises:
        BackendError: if a domain is unknown or too large.
    """
    function = function_of(node, graph.functions)
    assert function is not None, node
    convert: Callable[[Any], Atom] = checked if isinstance(node, Map) else bool
    results: list[tuple[Row, Atom]] = []
    failures: list[tuple[Row, str]] = []
    domains = [_atoms(facts, graph, node, operand) for operand in node.operands]
    if math.prod(map(len, domains)) > _MOST:
        _refuse(graph, node, f"it would have more than {_MOST:,} rows: give a smaller vocabulary (--vocab)")
    for row in itertools.product(*domains):
        try:
            results.append((row, convert(function(*row))))
        except (Exception, SystemExit) as error:  # an opaque function may raise anything
            failures.append((row, reason(error)))
    return tuple(results), tuple(failures)


def _atoms(facts: Analysis, graph: Graph, node: Node, operand: Node) -> tuple[Atom, ...]:
    atoms = facts[operand].domain.atoms
    if atoms is None:
        _refuse(graph, node, "the atoms that it is called with are unknown: give a vocabulary (--vocab)")
    return atoms


def _refuse(graph: Graph, node: Node, why: str) -> NoReturn:
    message = f"the Python function @{node['function']} cannot become a table: {why}"
    raise BackendError(message, graph.locations.get(node))
