"""The Graphviz backend, which draws the layers and heads of a program and the data flow between them."""

from __future__ import annotations

from collections.abc import Sequence

from raspir.backends.tracing import traced
from raspir.ir import Graph, verify
from raspir.viz.diagram.dot import dot_of
from raspir.viz.diagram.layout import Side, side_of, summary_of
from raspir.viz.diagram.render import FORMATS, RENDERERS, check_choice, converted, layout
from raspir.viz.diagram.svg import finished


class Graphviz:
    """Writes DOT, and draws it as SVG, PNG or PDF."""

    name = "graphviz"
    summary = "draws a diagram of layers and heads; writes DOT"
    suffixes = (".dot", ".gv")
    formats = FORMATS

    def emit(self, graph: Graph, *, input: object = None) -> str:
        """Return ``graph`` as DOT, with its values on ``input`` if there is one.

        Raises:
            GraphError: if the graph violates a rule of the IR.
            BackendError, InputError: if it cannot be run on the input.
        """
        return dot_of(_title("", [graph]), _sides([graph], input))

    def draw(
        self,
        graphs: Sequence[Graph],
        *,
        format: str = "svg",
        input: object = None,
        title: str = "",
        renderer: str = "auto",
    ) -> str | bytes:
        """Return a diagram of a program, or of one as written and optimized side by side.

        Raises:
            GraphError: if a graph violates a rule of the IR.
            BackendError, InputError: if it cannot be run on the input, or drawn in this format.
        """
        check_choice("format", format, FORMATS)
        check_choice("renderer", renderer, RENDERERS)
        sides, heading = _sides(graphs, input), _title(title, graphs)
        if format == "dot":
            return dot_of(heading, sides)
        placed = layout(dot_of(heading, sides, labels=False), renderer)
        drawn = finished(placed, heading, sides, traced=input is not None)
        return drawn if format == "svg" else converted(drawn, format)


def _sides(graphs: Sequence[Graph], input: object) -> list[Side]:
    labels = ("",) if len(graphs) == 1 else ("as written", "optimized")
    traces = [None if input is None else traced(graph, input) for graph in map(verify, graphs)]
    return [
        side_of(graph, trace, label, prefix)
        for graph, trace, label, prefix in zip(graphs, traces, labels, "ab", strict=False)
    ]


def _title(title: str, graphs: Sequence[Graph]) -> str:
    names = [graphs[0].name_of(node) or name for name, node in graphs[0].outputs.items()]
    return f"{title or ', '.join(names[:4])}: {' → '.join(map(summary_of, graphs))}"
