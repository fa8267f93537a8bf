"""The critical path: why a graph needs as many layers as it has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from raspir.ir.graph import Graph
from raspir.ir.node import Node
from raspir.ir.operations import Role
from raspir.ir.text.describe import Describer


@dataclass(frozen=True)
class Step:
    """A step of the critical path: an aggregate, and what keeps it from an earlier layer.

    Attributes:
        layer: from 1.
        aggregate: a value of that layer, on which the next deeper step of the path waits.
        through: the operand that needs the layer before: ``key``, ``query``, ``value`` or ``score``; ``None`` in layer
            1, which no operand forces.
        operand: the sequence that is that operand, one layer below; ``None`` in layer 1.
    """

    layer: int
    aggregate: Node
    through: str | None
    operand: Node | None


def critical_path(graph: Graph) -> tuple[Step, ...]:
    """Return a chain of aggregates from the result down, one in each layer, each forced by the next.

    Where several would do it is the first: the first of the deepest outputs, and the first of the deepest operands.
    What a schedule puts off does not force anything, so layers count as soon as possible.
    """
    graph = graph.scheduled(None)
    layer = graph.layering.layer
    steps = []
    at = _deepest(graph, tuple(graph.outputs.values()))
    while layer[at] > 0:
        while at.operation.role is not Role.AGGREGATE:
            at = _deepest(graph, at.operands)
        if layer[at] == 1:
            steps.append(Step(1, at, None, None))
            break
        through, operand = _forcing(graph, at)
        steps.append(Step(layer[at], at, through, operand))
        at = operand
    return tuple(steps)


def _deepest(graph: Graph, nodes: tuple[Node, ...]) -> Node:
    return max(nodes, key=graph.layering.layer.__getitem__)  # of equals, max returns the first


def _forcing(graph: Graph, node: Node) -> tuple[str, Node]:
    """Return the deepest sequence that ``node`` reads itself or through its selector, and what it is there."""
    operand = _deepest(graph, node.operands)
    while operand.operation.role in (Role.SELECT, Role.SELECTOR_ALGEBRA):
        node, operand = operand, _deepest(graph, operand.operands)
    return node.operation.operands[node.operands.index(operand)], operand


def path_to_json(graph: Graph) -> list[dict[str, Any]]:
    """Return the critical path of ``graph`` for JSON, each value by its name or what it computes, and its line."""
    describer = Describer(graph)
    return [
        {
            "layer": step.layer,
            "value": describer.name(step.aggregate) or describer(step.aggregate),
            "through": step.through,
            "line": str(graph.locations[step.aggregate]) if step.aggregate in graph.locations else None,
        }
        for step in critical_path(graph)
    ]
