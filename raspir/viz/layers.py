"""The layers of a program in words: whom each head attends to, what it reads and yields, and the work after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from raspir.ir import Graph, Head, Node
from raspir.ir.text.describe import Describer


@dataclass(frozen=True)
class HeadWords:
    """One head in words.

    Attributes:
        attends: its selector.
        reads: for each of its values, what is read and what the result is called.
    """

    attends: str
    reads: tuple[str, ...]


@dataclass(frozen=True)
class LayerWords:
    """One layer in words.

    Attributes:
        number: of the layer; 0 is what comes before the first attention.
        heads: its heads.
        work: its feed-forward work; empty where it has none.
    """

    number: int
    heads: tuple[HeadWords, ...]
    work: str


def layers_in_words(graph: Graph) -> Iterator[LayerWords]:
    """Yield the layers of ``graph``, from the work before the first attention if there is some."""
    describer = Describer(graph)
    work = _work(graph, describer, 0)
    if work:
        yield LayerWords(0, (), work)
    for number, heads in enumerate(graph.layering.heads, start=1):
        yield LayerWords(number, tuple(_head(describer, head) for head in heads), _work(graph, describer, number))


def _head(describer: Describer, head: Head) -> HeadWords:
    told, name = describer(head.selector), describer.name(head.selector)
    reads = (
        f"{_how(describer, node)}{describer.part(node.operands[1])} → {describer.label(node)}"
        for node in head.aggregates
    )
    return HeadWords(f"{name}: {told}" if name else told, tuple(reads))


def _how(describer: Describer, aggregate: Node) -> str:
    """Say what an aggregate makes of the selected values, where that is not their sum."""
    if aggregate.operation.name == "best":
        return f"{describer.choice(aggregate)}: "
    return "mean of " if aggregate.operation.name == "mean" else ""


def _work(graph: Graph, describer: Describer, layer: int) -> str:
    """Say how many operations the feed-forward block has, and what the author calls their results."""
    mlp = next((mlp for mlp in graph.layering.mlps if mlp.layer == layer), None)
    if mlp is None:
        return ""
    named = [describer.label(node) for node in mlp.nodes if describer.name(node)]
    count = "1 operation" if len(mlp.nodes) == 1 else f"{len(mlp.nodes)} operations"
    return f"{count} → {', '.join(named or [describer(node) for node in mlp.outputs])}"
