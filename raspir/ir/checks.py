"""Graphs without the checks of whole sequences, which do no work in a transformer: for figures and pictures."""

from __future__ import annotations

from collections.abc import Mapping

from raspir.ir.construction import make
from raspir.ir.graph import Graph
from raspir.ir.location import Location
from raspir.ir.node import Node
from raspir.ir.types import NOTHING
from raspir.ir.views import OneType


def without_checks(graph: Graph) -> Graph:
    """Return ``graph`` with the operand of each ``one_type`` in its place, under the names of both.

    It yields what ``graph`` does, and where a check of that one fails, the sequence that is checked.
    """
    made: dict[Node, Node] = {}
    for node in graph:
        made[node] = made[node.operand] if isinstance(node, OneType) else _on(node, made)
    if all(new is node for node, new in made.items()):
        return graph
    names: dict[Node, tuple[str, ...]] = {}
    locations: dict[Node, Location] = {}
    for node, new in made.items():
        given = tuple(dict.fromkeys((*names.get(new, ()), *graph.names.get(node, ()))))
        if given:
            names[new] = given
        if node in graph.locations:
            locations.setdefault(new, graph.locations[node])
    outputs = {name: made[node] for name, node in graph.outputs.items()}
    return graph.derived(outputs=outputs, names=names, locations=locations)


def _on(node: Node, made: Mapping[Node, Node]) -> Node:
    """Return ``node`` on the operands in place of its own: their types are the same or wider, so it need not fail."""
    operands = [made[operand] for operand in node.operands]
    if all(new is old for new, old in zip(operands, node.operands, strict=True)):
        return node
    result = node.operation.infer(tuple(operand.type for operand in operands), node.attributes)
    assert result is not NOTHING, node
    return make(node.operation, operands, node.attributes, result)
