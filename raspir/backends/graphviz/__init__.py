"""The Graphviz backend: draws the layers of a program, its heads and what flows between them."""

from __future__ import annotations

from collections.abc import Sequence

from raspir.backends.tracing import traced
from raspir.ir import Graph, verify
from raspir.viz.diagram.dot import dot_of
from raspir.viz.diagram.layout import Side, side_of, told_of
from raspir.viz.diagram.render import FORMATS, check_format, check_renderer, converted, layout
from raspir.viz.diagram.svg import finished


class Graphviz:
    """Writes DOT, and draws it as SVG, PNG or PDF."""

    name = "graphviz"
    summary = "draws the program as a diagram of its layers and heads; writes DOT"
    suffixes = (".dot", ".gv")
    formats = FORMATS

    def emit(self, graph: Graph, *, input: object = None) -> str:
        """Return ``graph`` as DOT, with what it computes on ``input`` if there is one.

        Raises:
            GraphError: if the graph breaks a rule of the IR.
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
        """Return a diagram of ``graphs``: one, or a program as written and optimised beside each other.

        Raises:
            GraphError: if a graph breaks a rule of the IR.
            BackendError, InputError: if it cannot be run on the input, or drawn like this.
        """
        check_format(format)
        check_renderer(renderer)
        sides, told = _sides(graphs, input), _title(title, graphs)
        if format == "dot":
            return dot_of(told, sides)
        drawn = finished(layout(dot_of(told, sides, labels=False), renderer), told, sides, input is not None)
        return drawn if format == "svg" else converted(drawn, format)


def _sides(graphs: Sequence[Graph], input: object) -> list[Side]:
    labels = ("",) if len(graphs) == 1 else ("as written", "optimised")
    traces = [None if input is None else traced(graph, input) for graph in map(verify, graphs)]
    return [
        side_of(graph, trace, label, prefix)
        for graph, trace, label, prefix in zip(graphs, traces, labels, "ab", strict=False)
    ]


def _title(title: str, graphs: Sequence[Graph]) -> str:
    told = " → ".join(map(told_of, graphs))
    names = [graphs[0].name_of(node) or name for name, node in graphs[0].outputs.items()]
    return f"{title or ', '.join(names[:4])}: {told}"
