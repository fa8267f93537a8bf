"""The text backend, which writes graphs as textual IR."""

from __future__ import annotations

from raspir.ir import Graph, print_graph, verify


class Text:
    """The text backend; raspir can parse its output."""

    name = "text"
    summary = "writes the program as textual IR, with the source line of each operation as a comment"
    suffixes = (".rir",)

    def emit(self, graph: Graph, *, input: object = None) -> str:
        """Return ``graph`` as textual IR; ``input`` has no effect.

        Raises:
            GraphError: if the graph violates an IR invariant.
        """
        return print_graph(verify(graph), locations=True)
