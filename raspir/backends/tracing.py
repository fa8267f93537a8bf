"""Tracing: running a program on one input and keeping what each of its sequences is, even where it fails."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.ir import Atom, Graph, Node, RaspirError, verify
from raspir.ir.operations import Role
from raspir.runtime.inputs import read_inputs
from raspir.runtime.reference import require_functions, steps
from raspir.runtime.sequence import Sequence
from raspir.viz.trace import Failure, Trace

_LONG = 200  # positions from which on the reference takes too long: it keeps each selector whole


def traced(graph: Graph, input: object) -> Trace:
    """Return what the sequences of ``graph`` are on ``input``, up to where it fails, if it does.

    Raises:
        GraphError: if the graph breaks a rule of the IR.
        BackendError: if it has symbols without Python functions.
        InputError: if the input is not a sequence of atoms, or breaks a promise of the graph.
    """
    require_functions(verify(graph))
    inputs = read_inputs(graph, input)
    n = len(next(iter(inputs.values())))
    values, failure = (_by_reference if n < _LONG else _by_numpy)(graph, inputs)
    return Trace(graph, inputs, n, values, failure)


def _sequences(graph: Graph) -> list[Node]:
    return [node for node in graph if node.operation.role not in (Role.SELECT, Role.SELECTOR_ALGEBRA)]


def _by_reference(graph: Graph, inputs: dict[str, list[Atom]]) -> tuple[dict[Node, list[Atom]], Failure | None]:
    """Return the values of all sequences before the first node that fails, and that."""
    wanted = set(_sequences(graph))
    values: dict[Node, list[Atom]] = {}
    order = iter(graph)
    running: Iterator[tuple[Node, list[Atom]]] = steps(graph, inputs)
    while (node := next(order, None)) is not None:
        try:
            _, value = next(running)
        except RaspirError as error:
            return values, Failure(graph.layering.layer[node], node, error)
        if node in wanted:
            values[node] = value
    return values, None


def _by_numpy(graph: Graph, inputs: dict[str, list[Atom]]) -> tuple[dict[Node, list[Atom]], Failure | None]:
    """Return the values of all sequences of the layers before the first that fails, and that."""
    values: dict[Node, list[Atom]] = {}
    layer = graph.layering.layer
    nodes = _sequences(graph)
    try:
        return _run(graph, nodes, inputs), None
    except RaspirError as error:
        last = error
    for number in range(max(layer.values()) + 1):
        try:
            values = _run(graph, [node for node in nodes if layer[node] <= number], inputs)
        except RaspirError as error:
            return values, Failure(number, None, error)
    return values, Failure(number, None, last)


def _run(graph: Graph, nodes: list[Node], inputs: dict[str, list[Atom]]) -> dict[Node, list[Atom]]:
    from raspir.backends.numpy import NumPy  # which takes long to be imported, and is needed for long inputs alone

    names = {f"value {number}": node for number, node in enumerate(nodes)}
    part = Graph(names, graph.inputs.values(), graph.functions, graph.names, graph.locations, graph.max_length)
    found = NumPy().compile(part)(inputs)
    results = {next(iter(names)): found} if isinstance(found, Sequence) else found
    return {node: results[name].tolist() for name, node in names.items()}
