"""The layered program: a graph as a transformer has it, layer by layer, with what each reads and makes."""

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
    """One layer: attention heads side by side, then one feed-forward block.

    Values live in the residual stream: a layer reads some that are there and adds those that it makes. What is known
    beforehand (constants, and what is computed of them alone) is no part of the stream.

    Attributes:
        number: from 0, which has no heads: it is what comes before the first attention.
        heads: the heads, none of which reads what another of the layer makes.
        mlp: the elementwise work after the heads; ``None`` where there is none.
        reads: the values that the heads and the block read of those that are there before the layer.
        makes: the values that the layer adds and something after it reads, or that are outputs of the program: results
            of heads, then of the block.
    """

    number: int
    heads: tuple[Head, ...]
    mlp: Mlp | None
    reads: tuple[Node, ...]
    makes: tuple[Node, ...]


@dataclass(frozen=True)
class LayeredProgram:
    """A view of a graph as a list of layers: placed as its schedule says, else each value as early as it can be.

    To run a program: compute ``known``, put ``sources`` into the residual stream, and go through ``layers`` in order,
    in each through the heads and then through the nodes of the block. Every operand has been computed by then.

    Attributes:
        graph: what it is a view of: names, source lines, promises and opaque functions are there.
    """

    graph: Graph

    def __post_init__(self) -> None:
        if not isinstance(self.graph, Graph):
            raise GraphError(f"a layered program is made of a graph, not of {show(self.graph)}")

    def __reduce__(self) -> tuple[object, ...]:
        return (LayeredProgram, (self.graph,))  # without what has been computed of it

    @property
    def sources(self) -> tuple[Node, ...]:
        """What is in the residual stream from the start: inputs, positions, fixed sequences."""
        depends = self._depends
        return tuple(node for node in self.graph if node.operation.role is Role.SOURCE and depends[node])

    @property
    def known(self) -> tuple[Node, ...]:
        """What is known beforehand: constants and elementwise work on constants alone, operands first."""
        roles = (Role.SOURCE, Role.ELEMENTWISE)
        return tuple(node for node in self.graph if node.operation.role in roles and not self._depends[node])

    @property
    def outputs(self) -> Mapping[str, Node]:
        """What the program yields, by name."""
        return self.graph.outputs

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """All layers: layer 0 comes before the first attention, so that the layer ``n`` is ``layers[n]``."""
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
        """Return what heads read of the stream and then what a block does, each once."""
        nodes = [node for head in heads for node in head.reads if self._depends[node]]
        return dict.fromkeys([*nodes, *(mlp.inputs if mlp else ())])

    @cached_property
    def _depends(self) -> dict[Node, frozenset[str]]:
        return dependencies(self.graph)


def _made(heads: Iterable[Head], mlp: Mlp | None) -> dict[Node, None]:
    """Return what heads make, and then what the block after them makes."""
    return dict.fromkeys([*(node for head in heads for node in head.aggregates), *(mlp.nodes if mlp else ())])
