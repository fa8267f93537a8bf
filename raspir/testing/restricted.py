"""Inputs on which a backend without missing values cannot run a program."""

from __future__ import annotations

from typing import Any

from raspir.backends.base import Backend, runner
from raspir.backends.protocols import support_of
from raspir.ir import Graph, RaspirError
from raspir.runtime.inputs import read_inputs
from raspir.runtime.reference import steps


def takes_none(backend: str | Backend) -> bool:
    """Return whether a backend supports missing values."""
    return support_of(runner(backend).backend).missing


def meets_none(graph: Graph, given: Any) -> bool:
    """Return whether some value of ``graph`` holds ``None`` on an input."""
    try:
        return any(None in value for _, value in steps(graph, read_inputs(graph, given)))
    except RaspirError:  # invalid, or the program fails, before any value held None
        return False
