"""Drawings of the values of a graph on an input."""

from __future__ import annotations

from raspir.backends.picture import Kind, Picture
from raspir.ir import Graph
from raspir.viz import text


def svg(kind: Kind, graph: Graph, input: object) -> str:
    """Return a drawing of a graph on an input.

    Raises:
        RaspirError: if the graph cannot be run, or the input is invalid.
    """
    return Picture(kind, graph, input).svg()


def selector_text(graph: Graph, input: object) -> str:
    """Return the matrix of the selector of the single output, an aggregate, as text that the input labels.

    Raises:
        RaspirError: as for :func:`svg`, and if the selector fails on the input.
    """
    picture = Picture("selector", graph, input)
    picture.require_known()
    assert picture.selector is not None
    return text.selector_text(picture.trace, picture.selector)
