"""The NumPy backend: runs programs on long inputs and on many, and writes them as Python that needs NumPy alone."""

from __future__ import annotations

from raspir.backends.numpy.emission import module
from raspir.backends.numpy.plan import Strategy
from raspir.backends.numpy.planner import plan
from raspir.backends.numpy.program import Program
from raspir.ir import Graph, verify
from raspir.runtime.reference import require_functions


class NumPy:
    """Runs graphs with NumPy: selectors are answered by sorting, grouping, prefix sums and gathers."""

    name = "numpy"
    summary = "runs programs with NumPy, without the attention matrix, on long inputs and on many at once"

    def compile(self, graph: Graph) -> Program:
        """Return something that runs ``graph``.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
            BackendError: if it has symbols without Python functions.
        """
        require_functions(verify(graph))
        return Program(plan(graph))

    suffixes = (".py",)

    def emit(self, graph: Graph, *, input: object = None) -> str:
        """Return a Python module that runs ``graph``, on one input or on a batch, and needs NumPy alone.

        Args:
            graph: what it runs.
            input: an input that the module shows when it is run as a script.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
            BackendError: if it has an opaque function that no table can stand for.
        """
        require_functions(verify(graph))
        return module(plan(graph, tables=True), input)

    def explain(self, graph: Graph) -> tuple[Strategy, ...]:
        """Return how the selector of each aggregate is evaluated, in the graph's order.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
        """
        return plan(verify(graph)).strategies
