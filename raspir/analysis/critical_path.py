"""The critical path: the chain of dependences that determines the depth of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from raspir.ir.graph import Graph
from raspir.ir.node import Node
from raspir.ir.operations import Role
from raspir.ir.text.describe import Describer
from raspir.ir.views import Aggregate


@dataclass(frozen=True)
class Step:
    """A step of the critical path: an aggregate and the operand that determines its layer.

    Attributes:
        layer: from 1.
        aggregate: an aggregate of that layer, on which the next step up the path depends.
        through: the role of the critical operand: ``key``, ``query``, ``value`` or ``score``; ``None`` in layer 1.
        operand: the critical operand, one layer below; ``None`` in layer 1.
    """

    layer: int
    aggregate: Node
    through: str | None
    operand: Node | None


def critical_path(graph: Graph) -> tuple[Step, ...]:
    """Return a chain of aggregates from an output down, one in each layer, each depending on the next.

    Ties are broken in favor of the first output and the first operand. The schedule of the graph is ignored, since
    delaying a node does not make it critical.
    """
    graph = graph.scheduled(None)
    layer = graph.layering.layer
    steps = []
    at = _deepest(graph, tuple(graph.outputs.values()))
    while layer[at] > 0:
        while not isinstance(at, Aggregate):
            at = _deepest(graph, at.operands)
        if layer[at] == 1:
            steps.append(Step(1, at, None, None))
            break
        through, operand = _forcing(graph, at)
        steps.append(Step(layer[at], at, through, operand))
        at = operand
    return tuple(steps)


def _deepest(graph: Graph, nodes: tuple[Node, ...]) -> Node:
    return max(nodes, key=graph.layering.layer.__getitem__)  # on ties, max returns the first


def _forcing(graph: Graph, node: Node) -> tuple[str, Node]:
    """Return the deepest sequence that ``node`` reads, directly or through its selector, with its role."""
    operand = _deepest(graph, node.operands)
    while operand.operation.role in (Role.SELECT, Role.SELECTOR_ALGEBRA):
        node, operand = operand, _deepest(graph, operand.operands)
    return node.operation.names(len(node.operands))[node.operands.index(operand)], operand


def path_to_json(graph: Graph) -> list[dict[str, Any]]:
    """Return the critical path of ``graph`` as JSON: each value by name or expression, with its location."""
    describer = Describer(graph)
    return [
        {
            "layer": step.layer,
            "value": describer.subject(step.aggregate),
            "through": step.through,
            "line": str(graph.locations[step.aggregate]) if step.aggregate in graph.locations else None,
        }
        for step in critical_path(graph)
    ]
