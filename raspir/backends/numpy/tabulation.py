"""Opaque functions as tables, where the atoms that they are given are known and few."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from raspir.analysis.facts import Analysis
from raspir.ir import Atom, BackendError, Graph, Node
from raspir.ir.atoms import show
from raspir.ir.scalar import checked

_MOST = 1 << 16


def of_map(facts: Analysis, graph: Graph, node: Node) -> tuple[tuple[tuple[Atom, Atom], ...], Atom]:
    """Return the pairs of an atom and what the function of a ``map`` makes of it, and what to take for all others.

    Raises:
        BackendError: if the atoms are not known, or the function fails on one.
    """
    atoms = _atoms(facts, graph, node, node.operands[0])
    table = tuple((atom, checked(_called(graph, node, (atom,)))) for atom in atoms)
    return table, table[-1][1]  # there are no others, so that it does not matter what is taken for them


def of_predicate(facts: Analysis, graph: Graph, node: Node) -> tuple[tuple[Atom, Atom], ...]:
    """Return the pairs of a key and a query that a predicate selects.

    Raises:
        BackendError: if the atoms are not known, or the predicate fails on two of them.
    """
    keys, queries = (_atoms(facts, graph, node, operand) for operand in node.operands)
    return tuple((key, query) for key in keys for query in queries if _called(graph, node, (key, query)))


def _atoms(facts: Analysis, graph: Graph, node: Node, operand: Node) -> tuple[Atom, ...]:
    atoms = facts[operand].domain.atoms
    if atoms is None or len(atoms) > _MOST:
        _refuse(graph, node, "it is not known which atoms the function is given: promise a vocabulary (--vocab)")
    return atoms


def _called(graph: Graph, node: Node, atoms: tuple[Atom, ...]) -> Any:
    function = graph.functions[str(node["function"])]
    try:
        result = function(*atoms)
        return bool(result) if len(atoms) == 2 else checked(result)
    except (Exception, SystemExit) as error:  # an opaque function may raise anything
        _refuse(graph, node, f"the function fails on {_told(atoms)}, which the analysis cannot rule out", error)


def _told(atoms: Iterable[Atom]) -> str:
    return " and ".join(map(show, atoms))


def _refuse(graph: Graph, node: Node, why: str, cause: BaseException | None = None) -> NoReturn:
    message = f"the Python function @{node['function']} cannot become a table: {why}"
    raise BackendError(message, graph.locations.get(node)) from cause
