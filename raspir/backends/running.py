"""Running a graph as written: on the reference interpreter, or on NumPy if the input is long."""

from __future__ import annotations

from collections.abc import Sized

from raspir.backends.base import runner
from raspir.ir import Graph
from raspir.runtime.reference import trace
from raspir.runtime.sequence import Sequence

_LONG = 200  # positions from which on planning takes less time than the reference interpreter


def run(graph: Graph, input: object) -> Sequence:
    """Return the one output of ``graph`` on ``input``, without optimisation.

    Raises:
        BackendError, InputError, EvaluationError: as running it on either backend does.
    """
    result = runner("numpy" if _is_long(input) else "reference").compile(graph)(input)
    assert isinstance(result, Sequence)
    return result


def run_selector(graph: Graph, input: object) -> list[list[bool]]:
    """Return the matrix, queries by keys, of the selector of the one output of ``graph``, an aggregate.

    Raises:
        BackendError, InputError, EvaluationError: as the reference interpreter does.
    """
    (output,) = graph.outputs.values()
    matrix: list[list[bool]] = trace(graph, input)[output.operands[0]]
    return matrix


def _is_long(input: object) -> bool:
    try:
        return isinstance(input, Sized) and len(input) >= _LONG
    except Exception:  # NumPy's arrays of no dimension have a length only in name, and others may fail in any way
        return False
