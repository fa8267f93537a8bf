"""Drawing what a graph computes on an input: runs it, and hands what it found to the pictures."""

from __future__ import annotations

from raspir.backends.tracing import traced
from raspir.ir import Graph, Node, RaspirError
from raspir.ir.text.describe import Describer
from raspir.viz import attention, program, sequences, text
from raspir.viz.trace import Trace


def svg(kind: str, graph: Graph, input: object) -> str:
    """Return the picture of a graph on an input; where what is to be drawn fails, that of the program up to there.

    Args:
        kind: ``"program"``; or of the one output ``"key"``, ``"query"``, or ``"selector"`` for what it aggregates by.
        graph: the program.
        input: a ``str`` or another sequence of atoms; a mapping by name where the graph has several inputs.

    Raises:
        RaspirError: if the graph cannot be run, or the input is none of its inputs.
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
    """Return as text what :func:`svg` draws of programs and selectors.

    Raises:
        RaspirError: as :func:`svg` does; and where a selector fails on the input, what is told of that.
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
    assert trace.failure is not None, selector  # else all that it compares would be known
    return trace.failure.error
