"""Flowcharts with a node per source, head, feed-forward block and output, and edges for the data flow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from raspir.ir import Head, Layer, LayeredProgram, Mlp, Node
from raspir.ir.text.describe import Describer
from raspir.viz.trace import Trace
from raspir_mermaid.labels import label, sequence, title

_LINES = 8  # the most values shown per node
_CARRIED = 3  # the most values named per edge

_STYLES = (
    "classDef source fill:#eceff1,stroke:#546e7a,color:#102027",
    "classDef head fill:#e3f2fd,stroke:#1565c0,color:#0d2b4e",
    "classDef mlp fill:#fff3e0,stroke:#ef6c00,color:#4a2500",
    "classDef output fill:#e8f5e9,stroke:#2e7d32,color:#0f3312",
    "classDef failed fill:#ffebee,stroke:#c62828,color:#5b0f0f",
)


class Flowchart:
    """A flowchart of a program.

    Args:
        program: the program.
        trace: the values on an input; ``None`` without an input.
        direction: the flow direction, as a Mermaid keyword.
        shown: the most atoms shown per sequence.
    """

    def __init__(self, program: LayeredProgram, trace: Trace | None, direction: str, shown: int) -> None:
        self._program = program
        self._trace = trace
        self._direction = direction
        self._shown = shown
        self._describer = Describer(program.graph)
        self._makers: dict[Node, str] = {}  # the flowchart node that produces each value
        self._made: dict[str, list[Node]] = {}  # the inverse of _makers
        self._classes: dict[str, list[str]] = {}

    def text(self) -> str:
        """Return the flowchart as Mermaid source."""
        body = [*self._sources(), *(line for layer in self._program.layers for line in self._layer(layer))]
        body += [*self._outputs(), *self._failure(), *_STYLES]
        body += [f"class {','.join(members)} {name}" for name, members in self._classes.items()]
        head = ["---", f"title: {title(self._title())}", "---", f"flowchart {self._direction}"]
        return "\n".join([*head, *(f"  {line}" for line in body), ""])

    def _title(self) -> str:
        graph, stats = self._program.graph, self._program.graph.stats()
        names = ", ".join(graph.name_of(node) or name for name, node in self._program.outputs.items())
        layers = "1 layer" if stats.layers == 1 else f"{stats.layers} layers"
        heads = "1 head" if stats.heads == 1 else f"{stats.heads} heads"
        causal = ", causal" if self._program.causal else ""
        return f"{names}{causal}: {layers}, {heads}"

    def _sources(self) -> Iterator[str]:
        read = {node for layer in self._program.layers for node in layer.reads} | set(self._program.outputs.values())
        for number, node in enumerate(node for node in self._program.sources if node in read):
            lines = self._lines(node, self._describer.label(node))
            yield self._node(f"s{number}", "([", lines, "])", "source", node)

    def _layer(self, layer: Layer) -> Iterator[str]:
        """Yield the subgraph of a layer, then the edges into its nodes."""
        if not layer.heads and layer.mlp is None:
            return
        called = f"layer {layer.number}" if layer.number else "before the first attention"
        edges: list[str] = []
        yield f"subgraph layer{layer.number}[{label([called])}]"
        for number, head in enumerate(layer.heads):
            at = f"h{layer.number}_{number}"
            yield "  " + self._node(at, "[", self._head(head), "]", "head", *head.aggregates)
            edges += self._edges(head.reads, at)
        if layer.mlp is not None:
            at = f"m{layer.number}"
            edges += self._edges(layer.mlp.inputs, at)
            yield "  " + self._node(at, "(", self._mlp(layer.mlp), ")", "mlp", *layer.mlp.outputs)
        yield "end"
        yield from edges

    def _outputs(self) -> Iterator[str]:
        several = len(self._program.outputs) > 1
        for number, (name, node) in enumerate(self._program.outputs.items()):
            called = self._describer.label(node)
            lines = self._lines(node, f"{name}: {called}" if several and name != called else called)
            yield self._node(f"o{number}", "([", lines, "])", "output")
            yield from self._edges([node], f"o{number}", named=False)

    def _failure(self) -> Iterator[str]:
        if self._trace is not None and self._trace.failure is not None:
            yield self._node(
                "failure", "[", ["fails on this input", *wrap(self._trace.failure.message, 60)], "]", "failed"
            )

    def _head(self, head: Head) -> list[str]:
        """Return the selector of a head and its values, one per line, with their traces."""
        name, selector = self._describer.name(head.selector), self._describer(head.selector)
        return [f"{name}: {selector}" if name else selector, *self._values(head.aggregates)]

    def _mlp(self, mlp: Mlp) -> list[str]:
        return self._values(mlp.outputs)

    def _values(self, nodes: Sequence[Node]) -> list[str]:
        lines = [line for node in nodes[:_LINES] for line in self._lines(node, self._equation(node))]
        return [*lines, f"… and {len(nodes) - _LINES} more"] if len(nodes) > _LINES else lines

    def _equation(self, node: Node) -> str:
        """Return a value's name and definition."""
        describer, name = self._describer, self._describer.label(node)
        if node.operation.name == "best":
            return f"{name} = {describer.part(node.operands[1])} at {describer.choice(node)}"
        if node.operation.name in ("sum", "mean", "average"):
            kind = "sum" if node.operation.name == "sum" else "mean"
            return f"{name} = {kind} of {describer.part(node.operands[1])}"
        made = describer(node)
        return made if made == name else f"{name} = {made}"

    def _lines(self, node: Node, line: str) -> list[str]:
        """Return ``line``, followed by the value of ``node`` on the input if known."""
        if self._trace is None or node not in self._trace.values:
            return [line]
        return [line, f"→ {sequence(self._trace.values[node], self._shown)}"]

    def _node(self, at: str, start: str, lines: list[str], end: str, kind: str, *makes: Node) -> str:
        """Return a flowchart node, and record its class and the values that it produces."""
        self._classes.setdefault(kind, []).append(at)
        self._makers.update(dict.fromkeys(makes, at))
        self._made[at] = list(makes)
        return f"{at}{start}{label(lines)}{end}"

    def _edges(self, read: Iterable[Node], at: str, named: bool = True) -> list[str]:
        """Return an edge from each producer of the read values, named if it produces several values."""
        carried: dict[str, list[Node]] = {}
        for node in read:
            if node in self._makers:  # constants have no producer
                carried.setdefault(self._makers[node], []).append(node)
        edges = []
        for maker, nodes in carried.items():
            names = [self._describer.label(node) for node in nodes[:_CARRIED]]
            names += ["…"] if len(nodes) > _CARRIED else []
            several = named and len(self._made[maker]) > 1
            edges.append(f"{maker} -- {label([', '.join(names)])} --> {at}" if several else f"{maker} --> {at}")
        return edges
