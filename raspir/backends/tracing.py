"""Tracing: evaluates a program on one input and records each sequence, up to a failure if there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from raspir.ir import Atom, Graph, Node, RaspirError, verify
from raspir.ir.checks import without_checks
from raspir.ir.operations import Role
from raspir.runtime.inputs import read_inputs
from raspir.runtime.reference import LONG, require_functions, steps
from raspir.runtime.sequence import Sequence
from raspir.viz.trace import Failure, Trace


def traced(graph: Graph, input: object) -> Trace:
    """Return the sequences of ``graph`` on ``input``, up to the failure if it fails.

    Raises:
        GraphError: if the graph violates an IR invariant.
        BackendError: if it has unbound symbols.
        InputError: if the input is not a sequence of atoms, or violates an assumption of the graph.
    """
    require_functions(verify(graph))
    inputs = read_inputs(graph, input)
    n = len(next(iter(inputs.values())))
    values, failure = (_by_reference if n < LONG else _by_numpy)(graph, inputs)
    return Trace(graph, inputs, n, values, failure)


def shown(graph: Graph, inputs: Iterable[object] = ()) -> Graph:
    """Return ``graph`` as pictures show it: without checks of whole sequences, unless it fails on one of ``inputs``.

    Raises:
        GraphError, BackendError, InputError: as :func:`traced`.
    """
    plain = without_checks(graph)
    if plain is graph or any(traced(graph, input).failure is not None for input in inputs):
        return graph
    return plain


def _sequences(graph: Graph) -> list[Node]:
    return [node for node in graph if node.operation.role not in (Role.SELECT, Role.SELECTOR_ALGEBRA)]


def _by_reference(graph: Graph, inputs: dict[str, list[Atom]]) -> tuple[dict[Node, list[Atom]], Failure | None]:
    """Return the values of all sequences before the first failing node, and the failure."""
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
    """Return the values of all sequences in the layers before the first failing one, and the failure."""
    values: dict[Node, list[Atom]] = {}
    layer = graph.layering.layer
    nodes = _sequences(graph)
    try:
        return _run(graph, nodes, inputs), None
    except RaspirError as error:
        final_error = error
    for number in range(max(layer.values()) + 1):
        try:
            values = _run(graph, [node for node in nodes if layer[node] <= number], inputs)
        except RaspirError as error:
            return values, Failure(number, None, error)
    return values, Failure(number, None, final_error)


def _run(graph: Graph, nodes: list[Node], inputs: dict[str, list[Atom]]) -> dict[Node, list[Atom]]:
    from raspir.backends.numpy import NumPy  # slow to import, and needed only for long inputs

    names = {f"value {number}": node for number, node in enumerate(nodes)}
    part = graph.derived(outputs=names)
    outputs = NumPy().compile(part)(inputs)
    results = {next(iter(names)): outputs} if isinstance(outputs, Sequence) else outputs
    return {node: results[name].tolist() for name, node in names.items()}
