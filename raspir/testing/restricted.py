"""Inputs on which a restricted backend or target cannot run a program: missing values, heads that look ahead."""

from __future__ import annotations

from typing import Any

from raspir.backends.base import Backend, runner
from raspir.backends.protocols import support_of
from raspir.ir import Graph, Node, RaspirError
from raspir.ir.views import Aggregate
from raspir.runtime.inputs import read_inputs
from raspir.runtime.reference import steps


def takes_none(backend: str | Backend) -> bool:
    """Return whether a backend supports missing values."""
    return support_of(runner(backend).backend).missing


def is_exact(backend: str | Backend) -> bool:
    """Return whether the floats of a backend are those of the reference to the last bit."""
    return support_of(runner(backend).backend).exact


def meets_none(graph: Graph, given: Any) -> bool:
    """Return whether some value of ``graph`` holds ``None`` on an input."""
    try:
        return any(None in value for _, value in steps(graph, read_inputs(graph, given)))
    except RaspirError:  # invalid, or the program fails, before any value held None
        return False


def looks_ahead(graph: Graph, given: Any) -> str | None:
    """Return which head of ``graph`` attends to a later position on an input, in words; ``None`` if none does.

    It compares the entries of each selector, of which no analysis knows.

    Raises:
        EvaluationError: if the program fails on the input.
    """
    values: dict[Node, Any] = {}
    for node, value in steps(graph, read_inputs(graph, given)):
        values[node] = value
        for i, row in enumerate(values[node.selector]) if isinstance(node, Aggregate) else ():
            if any(row[i + 1 :]):
                return f"`{node.operation.symbol}` attends to position {row.index(True, i + 1)} from position {i}"
    return None
