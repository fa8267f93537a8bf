"""Execution of unoptimized graphs: on the reference interpreter, or on NumPy for long inputs.

Each needs most of raspir, which is imported on the first run: an import of the language should be quick.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Sized
from functools import partial
from typing import TYPE_CHECKING

from raspir._forking import importing
from raspir.ir import Graph
from raspir.runtime.matrix import Matrix
from raspir.runtime.sequence import Sequence
from raspir.runtime.strings import warn_of_strings

if TYPE_CHECKING:
    from raspir.backends.picture import Kind


def run(graph: Graph, input: object) -> Sequence:
    """Return the single output of ``graph`` on ``input``, without optimization; a notebook displays how it came about.

    Raises:
        BackendError, InputError, EvaluationError: as for running it on either backend.
    """
    warn_of_strings(graph, input)
    with importing.lock:
        from raspir.backends.base import runner

    result = runner("numpy" if _is_long(input) else "reference").compile(graph)(input)
    assert isinstance(result, Sequence)
    with contextlib.suppress(Exception):  # an input of the user's own class may refuse to be copied
        result.drawn_by(_picture("program", graph, input))
    return result


def _picture(kind: Kind, graph: Graph, input: object) -> Callable[[], str]:
    """Return the function that draws a graph on an input; the caller may change the input later."""
    kept = input if isinstance(input, str) else copy.copy(input)
    return partial(_drawn, kind, graph, kept)


def _drawn(kind: Kind, graph: Graph, input: object) -> str:
    from raspir.backends.picture import Picture  # deferred, to keep `import raspir` fast

    picture = Picture(kind, graph, input)
    if picture.failure is not None:  # a function of the program has changed since
        raise picture.failure.error
    return picture.svg()


def run_selector(graph: Graph, input: object) -> Matrix:
    """Return the matrix, queries by keys, of the selector of the single output of ``graph``, an aggregate.

    Raises:
        BackendError, InputError, EvaluationError: as for the reference interpreter.
    """
    warn_of_strings(graph, input)
    with importing.lock:
        from raspir.runtime.reference import trace

    (output,) = graph.outputs.values()
    matrix = Matrix(trace(graph, input)[output.operands[0]])
    with contextlib.suppress(Exception):  # likewise
        matrix.drawn_by(_picture("selector", graph, input))
    return matrix


def _is_long(input: object) -> bool:
    with importing.lock:
        from raspir.runtime.reference import LONG

    try:
        return isinstance(input, Sized) and len(input) >= LONG
    except Exception:  # zero-dimensional NumPy arrays have no length, and a user's __len__ may raise anything
        return False
