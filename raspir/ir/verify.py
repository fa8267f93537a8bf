"""The verifier: checks a graph against the rules of the IR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from raspir.ir.atoms import show
from raspir.ir.construction import impossible, malformed
from raspir.ir.errors import GraphError
from raspir.ir.graph import Graph
from raspir.ir.layers import layer_of, placeable
from raspir.ir.node import Node, found_sound
from raspir.ir.operations import OPERATIONS
from raspir.ir.text.printer import identifiers
from raspir.ir.tracebacks import public
from raspir.ir.types import ATOM, NOTHING
from raspir.ir.views import Aggregate, Input, Map, SelectBy


@public
def verify(graph: Graph) -> Graph:
    """Return ``graph`` if it satisfies every rule of the IR.

    Raises:
        GraphError: naming the first node that violates a rule, and the rule.
    """
    for node, problem in problems(graph):
        if node is None:
            raise GraphError(problem)
        name = identifiers(graph, every=True)[node]
        raise GraphError(f"{name} = {node.operation.name}: {problem}", graph.locations.get(node))
    return graph


def problems(graph: Graph) -> Iterator[tuple[Node | None, str]]:
    """Yield every violation: the node, or ``None`` for the graph as a whole, and the problem."""
    for node in graph:
        problem = _node_problem(node)
        if problem is not None:
            yield node, problem
    yield from _interface_problems(graph)
    yield from _symbol_problems(graph)
    if graph.schedule is not None:
        yield from _schedule_problems(graph, graph.schedule)


def _node_problem(node: Node) -> str | None:
    if node.is_sound:
        return None
    operation = node.operation
    if OPERATIONS.get(operation.name) is not operation:
        return "the IR has no such operation"
    problem = malformed(operation, node.operands, node.attributes)
    if problem is not None:
        return problem
    types = tuple(operand.type for operand in node.operands)
    inferred = operation.infer(types, node.attributes)
    if inferred is NOTHING:
        return impossible(operation, types)
    if inferred is not node.type and not (isinstance(node, Input) and node.type is ATOM):
        return f"its type is declared as {node.type}, but inferred as {inferred}"
    found_sound(node)
    return None


def _interface_problems(graph: Graph) -> Iterator[tuple[Node | None, str]]:
    if not graph.inputs:
        yield None, "the graph has no input to determine its length"
    for node in graph:
        if isinstance(node, Input) and graph.inputs[node.name] is not node:
            yield node, f"two inputs are named {show(node.name)}"
    for name, node in graph.outputs.items():
        if type(name) is not str or not name:
            yield node, f"the name of an output must be a non-empty string, not {show(name)}"
        if node.type not in ATOM:
            yield node, f"the output {name} must be a sequence of atoms, not a {node.type}"
    for node, names in graph.names.items():
        if not all(type(name) is str and name for name in names):
            yield node, f"names must be non-empty strings, not {show(names)}"
    if graph.max_length is not None and (type(graph.max_length) is not int or graph.max_length < 0):
        yield None, f"max_length must be a natural number, not {show(graph.max_length)}"
    if type(graph.causal) is not bool:
        yield None, f"causal must be True or False, not {show(graph.causal)}"


def _symbol_problems(graph: Graph) -> Iterator[tuple[Node | None, str]]:
    users: dict[str, Node] = {}
    for node in graph:
        if isinstance(node, Map | SelectBy):
            first = users.setdefault(node.function, node)
            if (first.operation, len(first.operands)) != (node.operation, len(node.operands)):
                yield node, f"@{node.function} is applied to {_applied(first)} and to {_applied(node)}"


def _applied(node: Node) -> str:
    count = len(node.operands)
    return f"{count} atom{'' if count == 1 else 's'} by {node.operation.name}"


def _schedule_problems(graph: Graph, schedule: Mapping[Node, int]) -> Iterator[tuple[Node | None, str]]:
    to_place = dict.fromkeys(placeable(graph))
    layers: dict[Node, int] = {}
    for node in graph:
        first = layer_of(node.operation, [layers[operand] for operand in node.operands])
        layers[node] = first
        if node not in schedule:
            if node in to_place:
                yield node, "the schedule does not place it in a layer"
        elif node not in to_place:
            yield node, "a schedule may only place aggregates, and elementwise work that is not constant"
        elif type(schedule[node]) is not int or schedule[node] < first:
            at = show(schedule[node])
            yield node, f"it is placed in layer {at}, but its operands allow layer {first} at the earliest"
        else:
            layers[node] = schedule[node]
    heads = {layers[node] for node in graph if isinstance(node, Aggregate)}
    for node in to_place:
        if layers[node] > len(heads):
            yield node, f"it is placed in layer {show(layers[node])}, but the schedule's heads fill {len(heads)} layers"
