"""The parts of a diagram: its cards, the bands that they are in, and the edges between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from raspir.analysis.critical_path import critical_path
from raspir.ir import BackendError, Graph, Node
from raspir.ir.layers import Mlp, dependencies
from raspir.viz.diagram.cards import Card
from raspir.viz.diagram.contents import Contents, ports_of
from raspir.viz.heads import DrawnHead, DrawnLayer, DrawnProgram, Value
from raspir.viz.shown import counted
from raspir.viz.trace import Trace

BANDS = 24
"""The most layers with separate bands; the middle layers of deeper programs share one."""

HEADS, BESIDE = 60, 8
"""The most heads with a card, in the whole diagram and in one band."""

_LISTED = 12  # the most sources, outputs, and values of a single head with a card

T = TypeVar("T")


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
        identifier: the identifier of the cluster in DOT.
        label: the title.
        detail: the second line of the title.
        upper: the cards on top, side by side: heads, sources or outputs.
        lower: the cards below them: feed-forward blocks.
    """

    identifier: str
    label: str
    detail: str = ""
    upper: list[str] = field(default_factory=list)
    lower: list[str] = field(default_factory=list)


@dataclass
class Side:
    """The diagram of one graph, causal or not: its cards by identifier, the bands from the top, and the edges."""

    label: str
    summary: str
    causal: bool = False
    cards: dict[str, Card] = field(default_factory=dict)
    bands: list[Band] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


def summary_of(graph: Graph) -> str:
    """Return the numbers of layers and heads of a graph, as text."""
    stats = graph.stats()
    return f"{counted(stats.layers, 'layer')}, {counted(stats.heads, 'head')}"


def side_of(
    graph: Graph,
    trace: Trace | None = None,
    label: str = "",
    prefix: str = "a",
    head: str | None = None,
    width: int | None = None,
) -> Side:
    """Return the diagram of a graph.

    Args:
        graph: the graph.
        trace: its values on an input, which the diagram shows.
        label: what is drawn of the program, if there are two diagrams.
        prefix: the beginning of all identifiers.
        head: the only head to draw, such as ``2.1``; ``None`` for all layers.
        width: the width to which the texts of cards are shortened.

    Raises:
        BackendError: if there is no such head.
    """
    builder = _Builder(graph, trace, label, prefix, width)
    builder.draw_program() if head is None else builder.draw_head(head)
    return builder.side


class _Builder:
    """Builds one side."""

    def __init__(self, graph: Graph, trace: Trace | None, label: str, prefix: str, width: int | None) -> None:
        self._graph, self._trace, self._prefix = graph, trace, prefix
        self._program = DrawnProgram(graph, trace)
        self._contents = Contents(self._program, width)
        self._path = critical_path(graph)
        self._critical = {step.aggregate for step in self._path}
        self._forced = {(step.aggregate, step.through, step.operand) for step in self._path if step.through}
        self._holder: dict[Node, str] = {}  # the card that yields each sequence
        self._depends = dependencies(graph)
        self._edges: dict[tuple[str, str, int | None], bool] = {}
        self._side = Side(label, summary_of(graph), graph.causal)

    def draw_program(self) -> None:
        """Draw all layers."""
        self._sources()
        self._layers()

    def draw_head(self, name: str) -> None:
        """Draw a head, the sequences that it reads and its results."""
        layer, head = self._find(name)
        self._side.summary = f"head {head.number} of {layer.title}"
        # Constants have no cards, as the cards of their readers name them.
        nodes = dict.fromkeys(port.node for ports in head.ports.values() for port in ports if self._depends[port.node])
        if nodes:
            self._sequences(
                self._band("reads", self._positions), [self._program.operand("source", node) for node in nodes]
            )
        band = self._band(layer.title, f"head {head.number}")
        card = self._head(layer, head, band)
        band = self._band("result" if len(head.results) == 1 else "results")
        for result in self._listed(band, head.results, self._contents.result, "result"):
            self._edge(card, result)
        failure = self._program.failure
        if failure is not None and len(head.known_results) < len(head.results):
            self._add(self._contents.failure(failure.message), band.lower)

    @property
    def side(self) -> Side:
        """What is drawn."""
        self._side.edges = [Edge(*ends, critical) for ends, critical in self._edges.items()]
        return self._side

    def _find(self, name: str) -> tuple[DrawnLayer, DrawnHead]:
        """Return a head by its layer and its number, such as ``2.1``."""
        layers, label = self._program.layers, self._side.label
        program = "the optimized program" if label == "optimized" else f"the program {label}".rstrip()
        number, head = map(int, name.split("."))
        if number >= len(layers):
            raise BackendError(f"there is no head {name}: {program} has {counted(len(layers) - 1, 'layer')}")
        heads = layers[number].heads
        if head > len(heads):
            raise BackendError(
                f"there is no head {name}: layer {number} of {program} has {counted(len(heads), 'head')}"
            )
        return layers[number], heads[head - 1]

    @property
    def _positions(self) -> str:
        """The number of positions of the input, if there is one."""
        return "" if self._trace is None else counted(self._trace.n, "position")

    def _listed(self, band: Band, each: Sequence[T], card: Callable[[T], Card], what: str) -> list[str]:
        """Draw a card for each of the first sequences, and one for all others; return the card of each."""
        cards = [self._add(card(one), band.upper) for one in each[:_LISTED]]
        hidden = len(each) - len(cards)
        if hidden:
            cards += [self._add(self._contents.more(f"and {counted(hidden, f'more {what}')}"), band.upper)] * hidden
        return cards

    def _sequences(self, band: Band, values: Sequence[Value]) -> None:
        """Draw sequences, from which edges lead to their readers."""
        cards = self._listed(band, values, self._contents.source, "sequence")
        self._holder.update(zip((value.node for value in values), cards, strict=True))

    def _add(self, card: Card, place: list[str]) -> str:
        identifier = f"{self._prefix}{len(self._side.cards)}"
        self._side.cards[identifier] = card
        place.append(identifier)
        return identifier

    def _band(self, label: str, detail: str = "") -> Band:
        band = Band(f"cluster_{self._prefix}{len(self._side.bands)}", label, detail)
        self._side.bands.append(band)
        return band

    def _sources(self) -> None:
        band, sources = self._band("input", self._positions), self._program.sources
        self._sequences(band, sources)
        if not sources:
            self._add(self._contents.more("constants only"), band.upper)

    def _layers(self) -> None:
        layers = self._program.reached
        depth, last = len(self._program.layers) - 1, len(layers) - 1
        each = max(2, min(BESIDE, HEADS // max(1, min(depth, BANDS))))
        folded = range(BANDS // 2 + 1, last - BANDS // 2 + 1) if last > BANDS + 1 else range(0)
        band = self._side.bands[0]
        for layer in layers:
            if layer.number in folded:
                if layer.number == folded[0]:
                    self._folded(layers[folded[0] : folded[-1] + 1])
                continue
            if layer.number:
                band = self._band(layer.title, counted(len(layer.heads), "head"))
                self._heads(layer, band, each)
            if layer.layer.mlp is not None:
                self._mlp(layer, layer.layer.mlp, band)
        failure = self._program.failure
        if failure is None:
            self._outputs()
            return
        failing = self._add(self._contents.failure(failure.message), band.lower)
        node = failure.node
        before = () if node is None else (node,) if node in self._holder else node.operands
        for reached in before:
            self._edge(self._holder.get(reached), failing)

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
            self._head(layer, head, band)
        if heads[each:]:
            card = self._add(self._contents.more(f"and {counted(len(heads) - each, 'more head')}"), band.upper)
            self._hidden(heads[each:], card)

    def _head(self, layer: DrawnLayer, head: DrawnHead, band: Band) -> str:
        critical = bool(self._critical.intersection(head.aggregates))
        card = self._add(self._contents.head(head, layer.number, critical), band.upper)
        self._read(head, card)
        self._holder.update(dict.fromkeys(head.aggregates, card))
        return card

    def _read(self, head: DrawnHead, card: str, ports: bool = True) -> None:
        """Draw the edges from the operands of a head to its card, or to the ports of the card."""
        places = {port: number for number, port in enumerate(ports_of(head))}
        for kind, values in head.ports.items():
            for value in values:
                port = places.get((kind, value), places.get((kind, None))) if ports else None
                critical = any((aggregate, kind, value.node) in self._forced for aggregate in head.aggregates)
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
        if tail is not None and tail != head:
            ends = (tail, head, port)
            self._edges[ends] = self._edges.get(ends, False) or critical

    def _outputs(self) -> None:
        outputs = list(self._program.outputs.items())
        band = self._band("output" if len(outputs) == 1 else "outputs")
        cards = self._listed(band, outputs, lambda output: self._contents.output(*output), "output")
        for (_, value), card in zip(outputs, cards, strict=True):
            self._edge(self._holder.get(value.node), card, None, self._ends(value.node))

    def _ends(self, node: Node) -> bool:
        """Return whether the critical path ends in this output."""
        layer = self._graph.scheduled(None).layering.layer
        deepest = max(self._graph.outputs.values(), key=layer.__getitem__)
        return bool(self._path) and node is deepest
