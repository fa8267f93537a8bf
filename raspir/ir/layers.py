"""Layers and heads: the cost model of a graph, as the language defines it.

Like types, layers are part of the semantics of the IR: the operations alone determine the layer of a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from raspir.ir.lazy import cached_property
from raspir.ir.node import Node
from raspir.ir.operations import Operation, Role
from raspir.ir.views import Aggregate, Best, Combination, Elementwise, Select
from raspir.ir.walks import postorder


def layer_of(operation: Operation, operands: Iterable[int]) -> int:
    """Return the earliest layer of a value, given the layers of its operands.

    Sources are in layer 0, an elementwise map in the highest layer of its operands, an aggregate one above the highest
    of its key, query, value and score sequences. A selector is in the highest layer of its keys and queries.
    """
    return max(operands, default=0) + (operation.role is Role.AGGREGATE)


def attention_of(aggregate: Aggregate) -> tuple[object, ...]:
    """Return the key that two aggregates of one layer must share to be values of one head."""
    if isinstance(aggregate, Best):
        return aggregate.selector, aggregate.score, aggregate.pick, aggregate.ties
    return (aggregate.selector,)


def selector_parts(selector: Node) -> tuple[Node, ...]:
    """Return ``selector`` and the selectors that it combines, in post-order.

    Use this for every walk over the parts of a selector: shared parts make a naive walk exponential.
    """

    def combined(node: Node) -> tuple[Node, ...]:
        return node.operands if isinstance(node, Combination) else ()

    order: dict[Node, None] = {}
    for part in postorder(selector, combined, order):
        order[part] = None
    return tuple(order)


def comparisons(selector: Node) -> tuple[Select, ...]:
    """Return the distinct key-query comparisons that ``selector`` combines, from left to right."""
    return tuple(part for part in selector_parts(selector) if isinstance(part, Select))


@dataclass(frozen=True)
class Head:
    """One attention head: a selector and the aggregates of one layer that share it.

    The values of a ``best`` head also share score, pick and ties.

    Attributes:
        layer: from 1.
        selector: the attention pattern.
        aggregates: the values of the head, each an aggregate node.
    """

    layer: int
    selector: Node
    aggregates: tuple[Aggregate, ...]

    @property
    def comparisons(self) -> tuple[Select, ...]:
        """The distinct key-query comparisons that the selector combines, from left to right."""
        return comparisons(self.selector)

    @property
    def reads(self) -> tuple[Node, ...]:
        """The distinct sequences that the head reads: keys and queries, then values, then the score if any."""
        compared = [operand for comparison in self.comparisons for operand in comparison.operands]
        values = [aggregate.value for aggregate in self.aggregates]
        return tuple(dict.fromkeys([*compared, *values, *self.aggregates[0].operands[2:]]))


@dataclass(frozen=True)
class Mlp:
    """One feed-forward block: the elementwise work after the attention of one layer.

    Attributes:
        layer: from 0, the layer before the first attention.
        inputs: the values that the block reads from the residual stream, in order of first use: sources, results of
            earlier layers, and the aggregates of this one. Constants are part of the block.
        nodes: the elementwise nodes, operands first.
        outputs: the subset of ``nodes`` that is live after the block: read by a head as key, query, value or score, by
            a later block, or an output of the graph.
    """

    layer: int
    inputs: tuple[Node, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[Node, ...]


@dataclass(frozen=True)
class Stats:
    """Cost figures of a graph.

    Attributes:
        layers: number of attention layers.
        heads_per_layer: number of attention heads in each layer, from the first.
        values: number of values over all heads.
        mlps: number of feed-forward blocks: layers (including layer 0) with elementwise work.
        blocks: number of transformer blocks: the attention layers, plus a leading block without attention if tokens and
            positions are mixed before the first attention (a value that depends on one of them alone is an embedding).
        nodes: number of nodes.
    """

    layers: int
    heads_per_layer: list[int]
    values: int
    mlps: int
    blocks: int
    nodes: int

    @property
    def heads(self) -> int:
        """Total number of attention heads."""
        return sum(self.heads_per_layer)

    def to_json(self) -> dict[str, Any]:
        """Return the figures as a JSON object."""
        return {
            "layers": self.layers,
            "heads": self.heads,
            "heads_per_layer": self.heads_per_layer,
            "values": self.values,
            "mlps": self.mlps,
            "blocks": self.blocks,
            "nodes": self.nodes,
        }


@dataclass(frozen=True)
class Layering:
    """The layer of each node and the heads of each layer.

    Attributes:
        layer: the layer of each node, in the node order of the graph.
        heads: the heads of each layer from the first, in the order of their first aggregate.
        results: the output nodes of the graph.
    """

    layer: Mapping[Node, int]
    heads: tuple[tuple[Head, ...], ...]
    results: frozenset[Node] = frozenset()

    @staticmethod
    def of(nodes: Iterable[Node], schedule: Mapping[Node, int] | None = None, results: Iterable[Node] = ()) -> Layering:
        """Return the layering of ``nodes``, given in post-order.

        Args:
            nodes: the nodes of a graph.
            schedule: the layer of each scheduled node; every other node is placed as soon as possible.
            results: the output nodes of the graph.
        """
        layer: dict[Node, int] = {}
        heads: dict[tuple[object, ...], list[Aggregate]] = {}
        placed = schedule or {}
        for node in nodes:
            first = layer_of(node.operation, [layer[operand] for operand in node.operands])
            layer[node] = placed.get(node, first)
            if isinstance(node, Aggregate):
                heads.setdefault((layer[node], *attention_of(node)), []).append(node)
        depth = max((layer[aggregates[0]] for aggregates in heads.values()), default=0)
        by_layer: list[list[Head]] = [[] for _ in range(depth)]
        for aggregates in heads.values():
            at = layer[aggregates[0]]
            by_layer[at - 1].append(Head(at, aggregates[0].selector, tuple(aggregates)))
        return Layering(layer, tuple(map(tuple, by_layer)), frozenset(results))

    def mlp(self, layer: int) -> tuple[Node, ...]:
        """Return the elementwise nodes of the feed-forward block that follows attention layer ``layer``.

        Layer 0 precedes the first attention. Work on constants alone belongs to no layer, as it is done at compile
        time.
        """
        return next((mlp.nodes for mlp in self.mlps if mlp.layer == layer), ())

    @cached_property
    def mlps(self) -> tuple[Mlp, ...]:
        """The feed-forward blocks of the layers that have elementwise work, in order."""
        blocks: dict[int, list[Node]] = {}
        for node in self._work:
            blocks.setdefault(self.layer[node], []).append(node)
        read = self._read_outside
        mlps = []
        for layer, nodes in sorted(blocks.items()):
            inside = set(nodes)
            inputs = dict.fromkeys(o for node in nodes for o in node.operands if self._depends[o] and o not in inside)
            mlps.append(Mlp(layer, tuple(inputs), tuple(nodes), tuple(node for node in nodes if node in read)))
        return tuple(mlps)

    @cached_property
    def _read_outside(self) -> set[Node]:
        """The nodes that are outputs of the graph, or have a user other than elementwise work in the same layer."""
        read = set(self.results)
        for node in self.layer:
            apart = not isinstance(node, Elementwise)
            read.update(o for o in node.operands if apart or self.layer[o] != self.layer[node])
        return read

    @cached_property
    def _depends(self) -> dict[Node, frozenset[str]]:
        """The dependences of each node: tokens, positions, attention; none for a compile-time constant."""
        return dependencies(self.layer)

    @cached_property
    def _work(self) -> dict[Node, frozenset[str]]:
        """The elementwise nodes that are not compile-time constants, with their dependences."""
        return {node: on for node, on in self._depends.items() if on and isinstance(node, Elementwise)}

    def stats(self) -> Stats:
        """Return the cost figures of this layering."""
        work = self._work
        mixes = any(self.layer[node] == 0 and len(on) > 1 for node, on in work.items())
        return Stats(
            layers=len(self.heads),
            heads_per_layer=[len(heads) for heads in self.heads],
            values=sum(len(head.aggregates) for heads in self.heads for head in heads),
            mlps=len({self.layer[node] for node in work}),
            blocks=len(self.heads) + mixes,
            nodes=len(self.layer),
        )


def dependencies(nodes: Iterable[Node]) -> dict[Node, frozenset[str]]:
    """Return the dependences of ``nodes``, given in post-order: ``tokens``, ``positions``, ``attention``.

    A node without dependences is a compile-time constant.
    """
    depends: dict[Node, frozenset[str]] = {}
    for node in nodes:
        if isinstance(node, Aggregate):
            depends[node] = frozenset(["attention"])
        else:
            depends[node] = _OWN.get(node.operation.name, frozenset()).union(*(depends[o] for o in node.operands))
    return depends


def placeable(nodes: Iterable[Node]) -> list[Node]:
    """Return the subset of ``nodes`` that a schedule places: aggregates and non-constant elementwise work."""
    roles = (Role.AGGREGATE, Role.ELEMENTWISE)
    return [node for node, on in dependencies(nodes).items() if on and node.operation.role in roles]


_OWN = {"input": frozenset(["tokens"]), "indices": frozenset(["positions"]), "raw": frozenset(["positions"])}
"""The dependences of the sources."""
