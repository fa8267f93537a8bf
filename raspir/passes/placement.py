"""The scheduling problem: the possible placements of a graph's nodes, and the cost of a placement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from raspir.ir import Graph, Node
from raspir.ir.layers import attention_of, dependencies
from raspir.ir.lazy import cached_property
from raspir.ir.views import Aggregate, Elementwise

Placement = Sequence[int]
"""The layer of each value of a problem, by its number; for a selector, that of the last of its keys and queries."""


class Cost(NamedTuple):
    """The cost of a placement, compared lexicographically.

    Attributes:
        layers: attention layers.
        widest: heads in the widest layer.
        heads: heads in total.
        live_range: the layers that values stay in the residual stream, summed over all values: from definition to last
            read, or to the last layer for an output.
    """

    layers: int
    widest: int
    heads: int
    live_range: int


@dataclass(frozen=True)
class Problem:
    """The scheduling problem of a graph: its values in topological order, except those that depend on constants alone.

    Attributes:
        nodes: the values: sources, elementwise work, aggregates, and selectors, which lie in no layer.
        operands: the numbers of each value's distinct operands.
        steps: the minimum number of layers between a value and its operands: 1 for an aggregate, else 0.
        selectors: for each aggregate, a number that identifies the positions to which it attends (its selector, and the
            score of a best); ``-1`` for every other value.
        moves: whether a schedule places the value: aggregates and elementwise work.
        is_output: whether the value is an output of the graph.
    """

    nodes: tuple[Node, ...]
    operands: tuple[tuple[int, ...], ...]
    steps: tuple[int, ...]
    selectors: tuple[int, ...]
    moves: tuple[bool, ...]
    is_output: tuple[bool, ...]

    @staticmethod
    def of(graph: Graph) -> Problem:
        """Return the problem of ``graph``, regardless of its present schedule."""
        results = set(graph.outputs.values())
        nodes = tuple(node for node, on in dependencies(graph).items() if on)
        number = {node: position for position, node in enumerate(nodes)}
        selectors: dict[tuple[object, ...], int] = {}
        return Problem(
            nodes=nodes,
            operands=tuple(tuple({number[o]: None for o in node.operands if o in number}) for node in nodes),
            steps=tuple(int(isinstance(node, Aggregate)) for node in nodes),
            selectors=tuple(
                selectors.setdefault(attention_of(node), len(selectors)) if isinstance(node, Aggregate) else -1
                for node in nodes
            ),
            moves=tuple(isinstance(node, Aggregate | Elementwise) for node in nodes),
            is_output=tuple(node in results for node in nodes),
        )

    @cached_property
    def users(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of the users of each value."""
        users: list[list[int]] = [[] for _ in self.nodes]
        for value, operands in enumerate(self.operands):
            for operand in operands:
                users[operand].append(value)
        return tuple(map(tuple, users))

    @cached_property
    def aggregates(self) -> tuple[int, ...]:
        """The numbers of the aggregates."""
        return tuple(value for value, step in enumerate(self.steps) if step)

    @cached_property
    def earliest(self) -> tuple[int, ...]:
        """The earliest layer of each value (ASAP)."""
        return tuple(self.settle({}))

    @cached_property
    def depth(self) -> int:
        """The critical path length in layers."""
        return max((self.earliest[value] for value in self.aggregates), default=0)

    @cached_property
    def latest(self) -> tuple[int, ...]:
        """The latest layer of each value at minimum depth (ALAP)."""
        latest = self.due({})
        return tuple(at if self.moves[value] or self.operands[value] else 0 for value, at in enumerate(latest))

    def settle(self, fixed: dict[int, int]) -> list[int]:
        """Return the layer of each value: as in ``fixed``, else the earliest that its operands allow."""
        at: list[int] = []
        for value, operands in enumerate(self.operands):
            layer = 0
            for operand in operands:
                if at[operand] > layer:
                    layer = at[operand]
            at.append(fixed.get(value, layer + self.steps[value]))
        return at

    def due(self, fixed: dict[int, int]) -> list[int]:
        """Return the latest layer of each value, given the layers of the values in ``fixed``."""
        due = [self.depth] * len(self.nodes)
        for value in reversed(range(len(self.nodes))):
            at = fixed.get(value, due[value]) - self.steps[value]
            for operand in self.operands[value]:
                if at < due[operand]:
                    due[operand] = at
        return due

    def last_read(self, placement: Placement) -> list[int]:
        """Return the layer of the last read of each value.

        Elementwise work reads in its own layer; an aggregate reads the output of the layer before it, including through
        its selector.
        """
        depth = max((placement[value] for value in self.aggregates), default=0)
        last = [depth if self.is_output[value] else placement[value] for value in range(len(self.nodes))]
        for value in reversed(range(len(self.nodes))):
            read = placement[value] - self.steps[value] if self.moves[value] else last[value]
            for operand in self.operands[value]:
                last[operand] = max(last[operand], read)
        return last

    def heads(self, placement: Placement) -> dict[tuple[int, int], list[int]]:
        """Return the aggregates of each head, by layer and selector number."""
        heads: dict[tuple[int, int], list[int]] = {}
        for value in self.aggregates:
            heads.setdefault((placement[value], self.selectors[value]), []).append(value)
        return heads

    def cost(self, placement: Placement) -> Cost:
        """Return the cost of ``placement``."""
        heads = self.heads(placement)
        loads: dict[int, int] = {}
        for layer, _ in heads:
            loads[layer] = loads.get(layer, 0) + 1
        last = self.last_read(placement)
        return Cost(
            layers=max(loads, default=0),
            widest=max(loads.values(), default=0),
            heads=len(heads),
            live_range=sum(last[value] - placement[value] for value in self.values()),
        )

    def values(self) -> Iterator[int]:
        """Yield the numbers of the values in the residual stream: all but selectors."""
        return (value for value in range(len(self.nodes)) if self.moves[value] or not self.operands[value])

    def schedule(self, placement: Placement) -> dict[Node, int]:
        """Return ``placement`` as the schedule of the graph."""
        return {node: placement[value] for value, node in enumerate(self.nodes) if self.moves[value]}

    def placement(self, schedule: Iterable[tuple[Node, int]]) -> list[int]:
        """Return the placement of ``schedule``, which must be valid."""
        number = {node: value for value, node in enumerate(self.nodes)}
        return self.settle({number[node]: layer for node, layer in schedule})
