"""NumPy backend: runs programs on long inputs and large batches, and emits Python that depends on NumPy alone."""

from __future__ import annotations

from raspir.backends.numpy.emission import module
from raspir.backends.numpy.plan import Strategy
from raspir.backends.numpy.planner import plan
from raspir.backends.numpy.program import Program
from raspir.ir import Graph, verify
from raspir.runtime.reference import require_functions


class NumPy:
    """Execute graphs with NumPy, evaluating selectors by sorting, grouping, prefix sums and gathers."""

    name = "numpy"
    summary = "runs programs with NumPy, without the attention matrix, on long inputs and on many at once"

    def compile(self, graph: Graph) -> Program:
        """Compile ``graph`` to an executable program.

        Raises:
            GraphError: if the graph violates an IR invariant.
            BackendError: if it has symbols without Python functions.
        """
        require_functions(verify(graph))
        return Program(plan(graph))

    suffixes = (".py",)

    def emit(self, graph: Graph, *, input: object = None) -> str:
        """Emit ``graph`` as a Python module that runs one input or a batch and depends on NumPy alone.

        Args:
            graph: the graph to emit.
            input: a sample input for the module to run when executed as a script.

        Raises:
            GraphError: if the graph violates an IR invariant.
            BackendError: if it has an opaque function that cannot be tabulated.
        """
        require_functions(verify(graph))
        return module(plan(graph, tables=True), input)

    def explain(self, graph: Graph) -> tuple[Strategy, ...]:
        """Return the evaluation strategy of each aggregate's selector, in graph order.

        Raises:
            GraphError: if the graph violates an IR invariant.
        """
        return plan(verify(graph)).strategies
