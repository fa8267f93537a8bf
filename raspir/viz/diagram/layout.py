"""The layout of a diagram before Graphviz: its cards, the bands that they are in, and the edges between them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from raspir.analysis.critical_path import critical_path
from raspir.ir import Graph, Node
from raspir.ir.layers import Mlp, dependencies
from raspir.viz.diagram.cards import Card
from raspir.viz.diagram.contents import Contents, ports_of
from raspir.viz.heads import DrawnHead, DrawnLayer, DrawnProgram
from raspir.viz.shown import counted
from raspir.viz.trace import Trace

BANDS = 24
"""The most layers with separate bands; the middle layers of deeper programs share one."""

HEADS, BESIDE = 60, 8
"""The most heads with a card, in the whole diagram and in one band."""


@dataclass(frozen=True)
class Edge:
    """An edge between two cards, by identifier; ``port`` is the number of a cell of the first row to which it leads."""

    tail: str
    head: str
    port: int | None
    critical: bool = False


@dataclass
class Band:
    """One layer, or the sources, or the outputs.

    Attributes:
        identifier: the identifier of the cluster.
        label: the title.
        upper: the cards on top, side by side: heads, sources or outputs.
        lower: the cards below them: feed-forward blocks.
    """

    identifier: str
    label: str
    upper: list[str] = field(default_factory=list)
    lower: list[str] = field(default_factory=list)


@dataclass
class Side:
    """The diagram of one graph: its cards by identifier, the bands from the top, and the edges."""

    label: str
    summary: str
    cards: dict[str, Card] = field(default_factory=dict)
    bands: list[Band] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


def summary_of(graph: Graph) -> str:
    """Return the numbers of layers and heads of a graph, as text."""
    stats = graph.stats()
    return f"{counted(stats.layers, 'layer')}, {counted(stats.heads, 'head')}"


def side_of(graph: Graph, trace: Trace | None = None, label: str = "", prefix: str = "a") -> Side:
    """Return the diagram of ``graph``, with its values if it is traced; all identifiers begin with ``prefix``."""
    return _Builder(graph, trace, label, prefix).side


class _Builder:
    """Builds one side."""

    def __init__(self, graph: Graph, trace: Trace | None, label: str, prefix: str) -> None:
        self._graph, self._trace, self._prefix = graph, trace, prefix
        self._program = DrawnProgram(graph, trace)
        self._contents = Contents(self._program)
        self._path = critical_path(graph)
        self._critical = {step.aggregate for step in self._path}
        self._forced = {(step.aggregate, step.through, step.operand) for step in self._path if step.through}
        self._holder: dict[Node, str] = {}  # the card that yields each sequence
        self._depends = dependencies(graph)
        self._edges: dict[tuple[str, str, int | None], bool] = {}
        self.side = Side(label, summary_of(graph))
        self._sources()
        self._layers()
        self.side.edges = [Edge(*ends, critical) for ends, critical in self._edges.items()]

    def _add(self, card: Card, place: list[str]) -> str:
        identifier = f"{self._prefix}{len(self.side.cards)}"
        self.side.cards[identifier] = card
        place.append(identifier)
        return identifier

    def _band(self, label: str) -> Band:
        band = Band(f"cluster_{self._prefix}{len(self.side.bands)}", label)
        self.side.bands.append(band)
        return band

    def _sources(self) -> None:
        n = "" if self._trace is None else f" of {counted(self._trace.n, 'position')}"
        band = self._band(f"input{n}")
        sources = self._program.sources
        for source in sources[:12]:
            self._holder[source.node] = self._add(self._contents.source(source), band.upper)
        if sources[12:]:
            rest = self._add(self._contents.more(f"and {len(sources) - 12} more sequences"), band.upper)
            self._holder.update({source.node: rest for source in sources[12:]})
        if not sources:
            self._add(self._contents.more("constants only"), band.upper)

    def _layers(self) -> None:
        layers = self._program.reached
        depth, last = len(self._program.layers) - 1, len(layers) - 1
        each = max(2, min(BESIDE, HEADS // max(1, min(depth, BANDS))))
        folded = range(BANDS // 2 + 1, last - BANDS // 2 + 1) if last > BANDS + 1 else range(0)
        band = self.side.bands[0]
        for layer in layers:
            if layer.number in folded:
                if layer.number == folded[0]:
                    self._folded(layers[folded[0] : folded[-1] + 1])
                continue
            if layer.number:
                band = self._band(f"{layer.title}: {counted(len(layer.heads), 'head')}")
                self._heads(layer, band, each)
            if layer.layer.mlp is not None:
                self._mlp(layer, layer.layer.mlp, band)
        failure = self._program.failure
        if failure is None:
            self._outputs()
            return
        before = [self._holder[o] for o in failure.node.operands if o in self._holder] if failure.node else []
        failing = self._add(self._contents.failure(failure.message), band.lower)
        for tail in before:
            if tail not in band.lower:
                self._edge(tail, failing)

    def _folded(self, layers: tuple[DrawnLayer, ...]) -> None:
        heads = [head for layer in layers for head in layer.heads]
        band = self._band(f"layers {layers[0].number} to {layers[-1].number}")
        text = f"{counted(len(layers), 'omitted layer')}: {counted(len(heads), 'head')}"
        card = self._add(self._contents.more(text), band.upper)
        self._hidden(heads, card)
        for mlp in (layer.layer.mlp for layer in layers):
            if mlp is not None:
                self._read_mlp(mlp, card)
                self._holder.update(dict.fromkeys(mlp.nodes, card))

    def _hidden(self, heads: Iterable[DrawnHead], card: str) -> None:
        """Draw the edges of omitted heads to and from a card."""
        for head in heads:
            self._read(head, card, ports=False)
            self._holder.update(dict.fromkeys(head.aggregates, card))

    def _heads(self, layer: DrawnLayer, band: Band, each: int) -> None:
        heads = list(layer.heads)
        if len(heads) > each:  # those on the critical path are always shown
            heads.sort(key=lambda head: not self._critical.intersection(head.aggregates))
        for head in sorted(heads[:each], key=lambda head: head.number):
            critical = bool(self._critical.intersection(head.aggregates))
            card = self._add(self._contents.head(head, layer.number, critical), band.upper)
            self._read(head, card)
            self._holder.update(dict.fromkeys(head.aggregates, card))
        if heads[each:]:
            card = self._add(self._contents.more(f"and {counted(len(heads) - each, 'more head')}"), band.upper)
            self._hidden(heads[each:], card)

    def _read(self, head: DrawnHead, card: str, ports: bool = True) -> None:
        """Draw the edges from the operands of a head to its card, or to the ports of the card."""
        places = {port: number for number, port in enumerate(ports_of(head))}
        for kind, values in head.ports.items():
            for value in values:
                port = places.get((kind, value), places.get((kind, None))) if ports else None
                critical = any((aggregate, kind, value.node) in self._forced for aggregate in head.aggregates)
                if self._depends[value.node] or value.node in self._holder:
                    self._edge(self._holder.get(value.node), card, port, critical)

    def _mlp(self, layer: DrawnLayer, mlp: Mlp, band: Band) -> None:
        steps = {step.operand for step in self._path}
        critical = bool(steps.intersection(mlp.nodes)) or (
            mlp.layer == len(self._path) > 0 and bool(self._critical.intersection(mlp.inputs))
        )
        card = self._add(self._contents.mlp(layer, critical), band.lower)
        self._read_mlp(mlp, card, critical)
        self._holder.update(dict.fromkeys(mlp.nodes, card))

    def _read_mlp(self, mlp: Mlp, card: str, critical: bool = False) -> None:
        """Draw the edges from the inputs of a feed-forward block to its card."""
        for node in mlp.inputs:
            at = self._graph.layering.layer[node] == mlp.layer
            self._edge(self._holder.get(node), card, None, critical and at and node in self._critical)

    def _edge(self, tail: str | None, head: str, port: int | None = None, critical: bool = False) -> None:
        """Draw an edge; from sources only to layers 0 and 1 and to outputs, as sources are available everywhere."""
        if tail is None or tail == head:
            return
        far = len(self.side.bands) > 2 and tail in self.side.bands[0].upper
        if not far or self.side.bands[-1].label.startswith("output"):
            ends = (tail, head, port)
            self._edges[ends] = self._edges.get(ends, False) or critical

    def _outputs(self) -> None:
        band = self._band("output" if len(self._graph.outputs) == 1 else "outputs")
        outputs = list(self._program.outputs.items())
        for name, value in outputs[:12]:
            card = self._add(self._contents.output(name, value), band.upper)
            self._edge(self._holder.get(value.node), card, None, self._ends(value.node))
        if outputs[12:]:
            card = self._add(self._contents.more(f"and {len(outputs) - 12} more outputs"), band.upper)
            for _, value in outputs[12:]:
                self._edge(self._holder.get(value.node), card)

    def _ends(self, node: Node) -> bool:
        """Return whether the critical path ends in this output."""
        layer = self._graph.scheduled(None).layering.layer
        deepest = max(self._graph.outputs.values(), key=layer.__getitem__)
        return bool(self._path) and node is deepest
