"""Running programs: the frontend asks an evaluator, which raspir installs, since frontends know the IR alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from raspir.ir import Atom, Graph, Node, Sequence, read_sequence

Evaluator = Callable[[Graph, object], Mapping[Node, Any]]
"""Returns the value of each node of a graph on an input: a list of atoms, or a selector's list of rows."""

Runner = Callable[[Graph, object], Sequence]
"""Returns what the only output of a graph is on an input."""

_evaluator: Evaluator | None = None
_runner: Runner | None = None
_example: str | tuple[Atom, ...] = "hello"


def install(evaluator: Evaluator, runner: Runner) -> None:
    """Make ``runner`` what programs run on when they are called, and ``evaluator`` what shows their selectors."""
    global _evaluator, _runner
    _evaluator, _runner = evaluator, runner


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
    assert _runner is not None  # importing raspir installs one
    return _runner(graph, input)


def run_selector(graph: Graph, input: object) -> list[list[bool]]:
    """Return the matrix of the selector that the one output of ``graph`` aggregates with, on ``input``."""
    assert _evaluator is not None  # as above
    (output,) = graph.outputs.values()
    matrix: list[list[bool]] = _evaluator(graph, input)[output.operands[0]]
    return matrix
