"""Execution of unoptimized graphs: on the reference interpreter, or on NumPy for long inputs.

Each needs most of raspir, which is imported on the first run: an import of the language should be quick.
"""

from __future__ import annotations

from collections.abc import Sized

from raspir._forking import importing
from raspir.ir import Graph
from raspir.runtime.matrix import Matrix
from raspir.runtime.sequence import Sequence
from raspir.runtime.strings import warn_of_strings


def run(graph: Graph, input: object) -> Sequence:
    """Return the single output of ``graph`` on ``input``, without optimization.

    Raises:
        BackendError, InputError, EvaluationError: as for running it on either backend.
    """
    warn_of_strings(graph, input)
    with importing.lock:
        from raspir.backends.base import runner

    result = runner("numpy" if _is_long(input) else "reference").compile(graph)(input)
    assert isinstance(result, Sequence)
    return result


def run_selector(graph: Graph, input: object) -> Matrix:
    """Return the matrix, queries by keys, of the selector of the single output of ``graph``, an aggregate.

    Raises:
        BackendError, InputError, EvaluationError: as for the reference interpreter.
    """
    warn_of_strings(graph, input)
    with importing.lock:
        from raspir.runtime.reference import trace

    (output,) = graph.outputs.values()
    return Matrix(trace(graph, input)[output.operands[0]])


def _is_long(input: object) -> bool:
    with importing.lock:
        from raspir.runtime.reference import LONG

    try:
        return isinstance(input, Sized) and len(input) >= LONG
    except Exception:  # zero-dimensional NumPy arrays have no length, and a user's __len__ may raise anything
        return False
