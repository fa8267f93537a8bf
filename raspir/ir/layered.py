"""The layered program: a graph as a sequence of transformer layers, with the values that each reads and writes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from raspir.ir.atoms import show
from raspir.ir.errors import GraphError
from raspir.ir.graph import Graph
from raspir.ir.layers import Head, Mlp, dependencies
from raspir.ir.lazy import cached_property
from raspir.ir.node import Node
from raspir.ir.operations import Role


@dataclass(frozen=True)
class Layer:
    """One layer: parallel attention heads, then one feed-forward block.

    Values live in the residual stream: a layer reads values from it and adds its own. Compile-time constants (and
    elementwise work on them alone) are not part of the stream.

    Attributes:
        number: from 0; layer 0 precedes the first attention and has no heads.
        heads: the heads, none of which reads a result of another.
        mlp: the elementwise work after the heads; ``None`` if there is none.
        reads: the values that the heads and the block read from the residual stream before the layer.
        makes: the values of the layer that are live after it, outputs of the program included: results of heads, then
            of the block.
    """

    number: int
    heads: tuple[Head, ...]
    mlp: Mlp | None
    reads: tuple[Node, ...]
    makes: tuple[Node, ...]


@dataclass(frozen=True)
class LayeredProgram:
    """A view of a graph as a list of layers: as scheduled, or as soon as possible.

    To run a program, compute ``known``, put ``sources`` into the residual stream, and process ``layers`` in order: in
    each, the heads and then the nodes of the block. This order respects all data dependences.

    Attributes:
        graph: the underlying graph, which holds names, locations, assumptions and opaque functions.
    """

    graph: Graph

    def __post_init__(self) -> None:
        if not isinstance(self.graph, Graph):
            raise GraphError(f"a layered program requires a graph, not {show(self.graph)}")

    def __reduce__(self) -> tuple[object, ...]:
        return (LayeredProgram, (self.graph,))  # without the cached properties

    @property
    def sources(self) -> tuple[Node, ...]:
        """The initial values of the residual stream: inputs, positions, fixed sequences."""
        depends = self._depends
        return tuple(node for node in self.graph if node.operation.role is Role.SOURCE and depends[node])

    @property
    def known(self) -> tuple[Node, ...]:
        """The compile-time constants: constants and elementwise work on constants alone, operands first."""
        roles = (Role.SOURCE, Role.ELEMENTWISE)
        return tuple(node for node in self.graph if node.operation.role in roles and not self._depends[node])

    @property
    def causal(self) -> bool:
        """Whether no head attends to a later position: the mask is then part of the selector of each."""
        return self.graph.causal

    @property
    def outputs(self) -> Mapping[str, Node]:
        """The output nodes, by name."""
        return self.graph.outputs

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """All layers, starting with layer 0 before the first attention, so that ``layers[n]`` is layer ``n``."""
        layering = self.graph.layering
        mlps = {mlp.layer: mlp for mlp in layering.mlps}
        parts = [(number, heads, mlps.get(number)) for number, heads in enumerate(((), *layering.heads))]
        made = [_made(heads, mlp) for _, heads, mlp in parts]
        wanted = [self._wanted(heads, mlp) for _, heads, mlp in parts]
        used = set(self.outputs.values())
        layers: list[Layer] = []
        for (number, heads, mlp), own, needed in zip(reversed(parts), reversed(made), reversed(wanted), strict=True):
            reads = tuple(node for node in needed if node not in own)
            layers.append(Layer(number, heads, mlp, reads, tuple(node for node in own if node in used)))
            used.update(reads)
        return tuple(reversed(layers))

    def _wanted(self, heads: Iterable[Head], mlp: Mlp | None) -> dict[Node, None]:
        """Return the values that heads read from the stream, then those that a block reads, without duplicates."""
        nodes = [node for head in heads for node in head.reads if self._depends[node]]
        return dict.fromkeys([*nodes, *(mlp.inputs if mlp else ())])

    @cached_property
    def _depends(self) -> dict[Node, frozenset[str]]:
        return dependencies(self.graph)


def _made(heads: Iterable[Head], mlp: Mlp | None) -> dict[Node, None]:
    """Return the results of heads, then those of the block after them."""
    return dict.fromkeys([*(node for head in heads for node in head.aggregates), *(mlp.nodes if mlp else ())])
