"""What drawings and texts show of causal programs: that they are causal, and all but the mask of all heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from raspir.analysis.causality import looking_ahead, masked_heads
from raspir.analysis.facts import Analysis
from raspir.ir import Graph, Head, LayeredProgram, Node
from raspir.ir import layers as parts
from raspir.ir.causal import unmasked
from raspir.ir.text.describe import Describer
from raspir.ir.views import Aggregate, Elementwise, Indices, Select
from raspir.viz.shown import counted
from raspir.viz.widths import label

CAUSAL = "causal: no position attends to a later one"
"""What causal means, as a note."""

_VALUE = 60  # columns of a value in a sentence
_LISTED = 3  # heads that a sentence names


def comparisons(graph: Graph, selector: Node) -> tuple[Select, ...]:
    """Return the distinct comparisons of the selector of an aggregate, without the mask of a causal graph."""
    return parts.comparisons(unmasked(selector) if graph.causal else selector)


def sources(graph: Graph) -> tuple[Node, ...]:
    """Return the sources of ``graph``, without indices that only the mask of a causal graph reads."""
    found = LayeredProgram(graph).sources
    return found if _reads_indices(graph) else tuple(node for node in found if not isinstance(node, Indices))


def _reads_indices(graph: Graph) -> bool:
    """Return whether something besides the mask of a causal graph reads the indices."""
    read = [*graph.outputs.values()]
    for node in graph if graph.causal else ():
        if isinstance(node, Aggregate):
            compared = comparisons(graph, node.selector)
            read += [*node.operands[1:], *(operand for each in compared for operand in each.operands)]
        elif isinstance(node, Elementwise):
            read += node.operands
    return not graph.causal or any(isinstance(node, Indices) for node in read)


@dataclass(frozen=True)
class Causality:
    """Whether a program is causal, and which of its heads look ahead.

    Attributes:
        graph: the program.
        heads: those that may attend to a later position, or, in a causal program, may do so without the mask.
    """

    graph: Graph
    heads: Sequence[Head]

    @staticmethod
    def of(graph: Graph) -> Causality:
        """Return the causality of ``graph``, from what the analysis proves."""
        ahead = set((masked_heads if graph.causal else looking_ahead)(Analysis.of(graph), graph))
        heads = [head for heads in graph.layering.heads for head in heads]
        return Causality(graph, [head for head in heads if ahead.intersection(head.aggregates)])

    def sentence(self, written: Graph | None = None) -> str:
        """Return a sentence on the program, which is optimized from ``written``; empty if nothing is to be said."""
        if not self.graph.layering.heads:
            return "Causal." if self.graph.causal else ""
        if self.graph.causal:
            return f"Causal; the mask may change {self._listed}." if self.heads else "Causal; the mask changes no head."
        if not self.heads:
            return "All heads look back: the program is causal as it stands."
        if written is None or Causality.of(written).heads:
            return f"{self._listed} may look ahead."
        return f"{self._listed} may look ahead, although no head does as written; --causal prevents that."

    @property
    def _listed(self) -> str:
        """The first heads, each with its source line, and the number of others."""
        others = len(self.heads) - _LISTED
        named = [*map(self._named, self.heads[:_LISTED]), *([counted(others, "more head")] if others > 0 else [])]
        return " and ".join([", ".join(named[:-1]), named[-1]] if named[1:] else named)

    def _named(self, head: Head) -> str:
        node = head.aggregates[0]
        value, line = label(Describer(self.graph).subject(node), _VALUE), self.graph.locations.get(node)
        return value if line is None else f"{value} ({line})"

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data: whether the program is causal, and the heads with their layers and source lines."""
        describe, layer = Describer(self.graph), self.graph.layering.layer
        firsts = [head.aggregates[0] for head in self.heads]
        heads = [
            {"layer": layer[node], "value": describe.subject(node), "line": line and str(line)}
            for node in firsts
            for line in [self.graph.locations.get(node)]
        ]
        return {"causal": self.graph.causal, "masked" if self.graph.causal else "looks_ahead": heads}


def sentences(versions: Mapping[str, Graph]) -> dict[str, str]:
    """Return a sentence on each version of a program, the first of which is as written; one, unnamed, if all agree."""
    written = next(iter(versions.values()))
    said = {name: Causality.of(graph).sentence(written) for name, graph in versions.items()}
    shown = said if len(set(said.values())) > 1 else {"": next(iter(said.values()))}
    return {name: text for name, text in shown.items() if text}
