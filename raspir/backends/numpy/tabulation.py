"""Opaque functions as tables, where the atoms that they are given are known and few."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NoReturn

from raspir.analysis.facts import Analysis
from raspir.ir import Atom, BackendError, Graph, Node
from raspir.ir.errors import reason
from raspir.ir.evaluation import checked

_MOST = 1 << 16

Row = tuple[Atom, ...]
"""The atoms that a function is called with."""


def of_function(
    facts: Analysis, graph: Graph, node: Node
) -> tuple[tuple[tuple[Row, Atom], ...], tuple[tuple[Row, str], ...]]:
    """Return what the function of a ``map`` or ``select.by`` makes of all atoms that it may be given.

    These are pairs of atoms and the result, and pairs of atoms on which it fails and the reason.

    Raises:
        BackendError: if the atoms are not known.
    """
    function = graph.functions[str(node["function"])]
    convert: Callable[[Any], Atom] = checked if node.operation.name == "map" else bool
    results: list[tuple[Row, Atom]] = []
    failures: list[tuple[Row, str]] = []
    for row in itertools.product(*(_atoms(facts, graph, node, operand) for operand in node.operands)):
        try:
            results.append((row, convert(function(*row))))
        except (Exception, SystemExit) as error:  # an opaque function may raise anything
            failures.append((row, reason(error)))
    return tuple(results), tuple(failures)


def _atoms(facts: Analysis, graph: Graph, node: Node, operand: Node) -> tuple[Atom, ...]:
    atoms = facts[operand].domain.atoms
    if atoms is None or len(atoms) > _MOST:
        _refuse(graph, node, "it is not known which atoms the function is given: promise a vocabulary (--vocab)")
    return atoms


def _refuse(graph: Graph, node: Node, why: str) -> NoReturn:
    message = f"the Python function @{node['function']} cannot become a table: {why}"
    raise BackendError(message, graph.locations.get(node))
