"""Drawings of the values of a graph on an input."""

from __future__ import annotations

from raspir.backends.tracing import traced
from raspir.ir import Graph, Node, RaspirError
from raspir.ir.text.describe import Describer
from raspir.viz import attention, program, sequences, text
from raspir.viz.trace import Trace


def svg(kind: str, graph: Graph, input: object) -> str:
    """Return a drawing of a graph on an input; if the drawn value fails, of the program up to the failure.

    Args:
        kind: ``"program"``; or, for the single output, ``"key"``, ``"query"``, or ``"selector"`` for its selector.
        graph: the program.
        input: a ``str`` or another sequence of atoms; a mapping by name if the graph has several inputs.

    Raises:
        RaspirError: if the graph cannot be run, or the input is invalid.
    """
    trace = traced(graph, input)
    if kind == "program":
        return program.program_svg(trace)
    (output,) = graph.outputs.values()
    if kind == "selector":
        selector = output.operands[0]
        return attention.selector_svg(trace, selector) if trace.known(selector) else program.program_svg(trace)
    if not trace.known(output):
        return program.program_svg(trace)
    draw = sequences.key_svg if kind == "key" else sequences.query_svg
    return draw(trace.values[output], Describer(graph).part(output))


def terminal(kind: str, graph: Graph, input: object) -> str:
    """Return the drawings of :func:`svg` for programs and selectors as text.

    Raises:
        RaspirError: as for :func:`svg`, and if the selector fails on the input.
    """
    trace = traced(graph, input)
    if kind == "program":
        return text.program_text(trace)
    (output,) = graph.outputs.values()
    selector = output.operands[0]
    if not trace.known(selector):
        raise _error(trace, selector)
    return text.selector_text(trace, selector)


def _error(trace: Trace, selector: Node) -> RaspirError:
    assert trace.failure is not None, selector  # without a failure, all operands of the selector would be known
    return trace.failure.error
