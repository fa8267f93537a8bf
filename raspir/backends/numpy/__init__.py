"""The NumPy backend: runs programs on long inputs and on many, and writes them as Python that needs NumPy alone."""

from __future__ import annotations

from raspir.backends.numpy.plan import Strategy
from raspir.backends.numpy.planner import plan
from raspir.backends.numpy.program import Program
from raspir.backends.reference import require_functions
from raspir.ir import Graph, verify


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

    def explain(self, graph: Graph) -> tuple[Strategy, ...]:
        """Return how the selector of each aggregate is evaluated, in the graph's order.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
        """
        return plan(verify(graph)).strategies
