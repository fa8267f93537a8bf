"""The text backend: writes a graph as textual IR."""

from __future__ import annotations

from raspir.ir import Graph, print_graph, verify


class Text:
    """Writes textual IR, which raspir reads back."""

    name = "text"
    summary = "writes the program as textual IR, with the source line of each operation as a comment"
    suffixes = (".rir",)

    def emit(self, graph: Graph, *, input: object = None) -> str:
        """Return ``graph`` as text. An ``input`` makes no difference to it.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
        """
        return print_graph(verify(graph), locations=True)
