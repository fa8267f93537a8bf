"""The Graphviz backend, which draws the layers and heads of a program and the data flow between them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from raspir.backends.tracing import shown, traced
from raspir.ir import Graph, verify
from raspir.viz.diagram.dot import dot_of
from raspir.viz.diagram.layout import Side, side_of
from raspir.viz.diagram.render import FORMATS, RENDERERS, check_choice, converted
from raspir.viz.diagram.svg import svg_of
from raspir.viz.options import DiagramOptions


@dataclass(frozen=True, kw_only=True)
class Graphviz(DiagramOptions):
    """Writes DOT, and draws the same diagram as SVG, PNG or PDF.

    Attributes:
        title: the heading, for which the names of the outputs are the default; ``False`` for none.
    """

    title: bool | str = True

    name = "graphviz"
    summary = "draws a diagram of layers and heads; writes DOT"
    suffixes = (".dot", ".gv")
    formats = FORMATS

    def emit(self, graph: Graph, *, input: object = None) -> str:
        """Return ``graph`` as DOT, with its values on ``input`` if there is one.

        Raises:
            GraphError: if the graph violates a rule of the IR.
            BackendError, InputError: if it cannot be run on the input, or does not have the chosen head.
        """
        return str(self.draw([graph], format="dot", input=input))

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
        if renderer != "auto":
            warnings.warn(f"the renderer {renderer} is no longer used", DeprecationWarning, stacklevel=2)
        sides = self._sides(graphs, input)
        heading = self._heading(title, graphs[0], sides)
        if format == "dot":
            return dot_of(heading, sides, legend=self.legend, theme=self.theme)
        svg = svg_of(heading, sides, legend=self.legend, theme=self.theme, width=self.width)
        return svg if format == "svg" else converted(svg, format)

    def _sides(self, graphs: Sequence[Graph], input: object) -> list[Side]:
        labels = ("",) if len(graphs) == 1 else ("as written", "optimized")
        inputs = [] if input is None else [input]
        graphs = [shown(verify(graph), inputs) for graph in graphs]
        traces = [None if input is None else traced(graph, input) for graph in graphs]
        return [
            side_of(graph, trace, label, prefix, self.head, self.width)
            for graph, trace, label, prefix in zip(graphs, traces, labels, "ab", strict=False)
        ]

    def _heading(self, title: str, graph: Graph, sides: Sequence[Side]) -> str:
        """Return the heading of a diagram, by default the names of the outputs; empty for none."""
        if self.title is False:
            return ""
        own = self.title if isinstance(self.title, str) else ""
        names = [graph.name_of(node) or name for name, node in graph.outputs.items()]
        causal = ", causal" if graph.causal else ""
        return f"{title or own or ', '.join(names[:4])}{causal}: {' → '.join(side.summary for side in sides)}"
