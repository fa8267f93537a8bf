"""Running programs: the frontend asks an evaluator, which raspir installs, since frontends know the IR alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from raspir.ir import Atom, Graph, Node, Sequence, read_sequence

Evaluator = Callable[[Graph, object], Mapping[Node, Any]]
"""Returns the value of each node of a graph on an input: a list of atoms, or a selector's list of rows."""

_evaluator: Evaluator | None = None
_example: str | tuple[Atom, ...] = "hello"


def install(evaluator: Evaluator) -> None:
    """Make ``evaluator`` the one that programs run on when they are called."""
    global _evaluator
    _evaluator = evaluator


def example() -> str | tuple[Atom, ...]:
    """Return the example input that ``repr(program)`` shows the value on."""
    return _example


def set_example(input: object) -> None:
    """Change the example input, at first ``"hello"``, that ``repr(program)`` shows the value on.

    Raises:
        InputError: if ``input`` is not a sequence of atoms.
    """
    global _example
    atoms = read_sequence(input)
    _example = input if isinstance(input, str) else tuple(atoms)


def run(graph: Graph, input: object) -> Sequence:
    """Return what the one output of ``graph`` is on ``input``."""
    (output,) = graph.outputs.values()
    return Sequence(_values(graph, input)[output], graph.layering.layer[output])


def run_selector(graph: Graph, input: object) -> list[list[bool]]:
    """Return the matrix of the selector that the one output of ``graph`` aggregates with, on ``input``."""
    (output,) = graph.outputs.values()
    matrix: list[list[bool]] = _values(graph, input)[output.operands[0]]
    return matrix


def _values(graph: Graph, input: object) -> Mapping[Node, Any]:
    assert _evaluator is not None  # importing raspir installs one
    return _evaluator(graph, input)
