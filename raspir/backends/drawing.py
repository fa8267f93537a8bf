"""Drawings of the values of a graph on an input."""

from __future__ import annotations

from raspir.backends.picture import Kind, Picture
from raspir.ir import Graph
from raspir.ir.text.describe import Describer
from raspir.viz import attention, program, sequences, text


def drawn(picture: Picture) -> str:
    """Return a picture as SVG; if what it shows fails, the program up to the failure."""
    trace, selector = picture.trace, picture.selector
    if not picture.known:
        return program.program_svg(trace)
    if selector is not None:
        return attention.selector_svg(trace, selector)
    draw = sequences.key_svg if picture.kind == "key" else sequences.query_svg
    return draw(trace.values[picture.output], Describer(trace.graph).part(picture.output))


def svg(kind: Kind, graph: Graph, input: object) -> str:
    """Return a drawing of a graph on an input.

    Raises:
        RaspirError: if the graph cannot be run, or the input is invalid.
    """
    return drawn(Picture(kind, graph, input))


def selector_text(graph: Graph, input: object) -> str:
    """Return the matrix of the selector of the single output, an aggregate, as text that the input labels.

    Raises:
        RaspirError: as for :func:`svg`, and if the selector fails on the input.
    """
    picture = Picture("selector", graph, input)
    picture.require_known()
    assert picture.selector is not None
    return text.selector_text(picture.trace, picture.selector)
