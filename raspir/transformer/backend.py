"""The backend that makes transformers of programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from raspir.backends.base import Capabilities
from raspir.ir import Graph, verify
from raspir.runtime.reference import require_functions
from raspir.transformer.archive import npz
from raspir.transformer.compile import compiled
from raspir.transformer.model import Transformer
from raspir.transformer.options import Storage
from raspir.transformer.plan import Built, built


@dataclass(frozen=True)
class Weighted(Storage):
    """Compile graphs to the weights of a transformer.

    Attributes:
        strict: whether inputs on which the program fails are refused, with its error.
    """

    name: ClassVar[str] = "transformer"
    summary: ClassVar[str] = "makes a transformer with exact weights"
    supports: ClassVar[Capabilities] = Capabilities(vocabulary=False, length=False, exact=False)
    suffixes: ClassVar[tuple[str, ...]] = (".npz",)

    strict: bool = True

    def compile(self, graph: Graph) -> Transformer:
        """Compile ``graph`` to a transformer.

        Raises:
            GraphError: if the graph violates an IR invariant.
            TransformerError, BackendError: if it has no exact weights under its assumptions, or lacks a function.
        """
        require_functions(verify(graph))
        return compiled(graph, self.dtype, self.max_parameters).of(graph, self.strict)

    def emit(self, graph: Graph, *, input: object = None) -> bytes:
        """Return the transformer of ``graph`` as a ``.npz`` file; the input is ignored.

        Raises:
            GraphError, TransformerError, BackendError: as for :meth:`compile`.
        """
        return npz(self.compile(graph))

    def explain(self, graph: Graph) -> tuple[Built, ...]:
        """Return how each head and each hidden layer is built, in the order of the blocks.

        Raises:
            GraphError, TransformerError, BackendError: as for :meth:`compile`.
        """
        return built(self.compile(graph))
