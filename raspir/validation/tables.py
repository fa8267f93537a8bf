"""Tabulation of opaque functions over small known operand domains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from itertools import product
from math import prod
from typing import Any

from raspir.analysis import Analysis
from raspir.ir import Atom, Graph, Node
from raspir.ir.atoms import FAILED, Failed
from raspir.ir.evaluation import checked, function_of
from raspir.validation.encoding import Table, Tables

_MOST = 4096  # rows of a table


def tables_of(graph: Graph) -> Tables:
    """Return the tables of the opaque functions of ``graph``, tabulated on demand."""
    return known_to(Analysis.of(graph), graph.functions)


def known_to(analysis: Analysis, functions: Mapping[str, Callable[..., Any]]) -> Tables:
    """Return the tables of ``functions``, tabulated on demand over the operand domains of an analysis."""

    @cache
    def table(node: Node) -> Table | None:
        return _table(node, function_of(node, functions), analysis)

    return table


def _table(node: Node, function: Callable[..., Any] | None, analysis: Analysis) -> Table | None:
    domains = [analysis[operand].domain.atoms for operand in node.operands]
    finite = [atoms for atoms in domains if atoms is not None]
    if function is None or len(finite) < len(domains) or prod(map(len, finite)) > _MOST:
        return None
    return [(row, _called(node, function, row)) for row in product(*finite)]


def _called(node: Node, function: Callable[..., Any], row: tuple[Atom, ...]) -> Atom | Failed:
    try:
        result = function(*row)
        return bool(result) if node.operation.name == "select.by" else checked(result)
    except (Exception, SystemExit):  # opaque functions may raise anything, which makes the program fail
        return FAILED
