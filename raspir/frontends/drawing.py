"""Drawing programs: the frontend asks drawers, which raspir installs, since frontends know the IR alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from raspir.ir import Graph

Kind = Literal["program", "key", "query", "selector"]
"""What is drawn of a graph with one output: all of it, the output as a key or a query, or the output's selector."""

Drawer = Callable[[Kind, Graph, object], str]
"""Returns a picture of a graph on an input."""

_svg: Drawer | None = None
_text: Drawer | None = None


def install(svg: Drawer, text: Drawer) -> None:
    """Make ``svg`` what draws for notebooks, and ``text`` what draws for terminals."""
    global _svg, _text
    _svg, _text = svg, text


def svg(kind: Kind, graph: Graph, input: object) -> str:
    """Return an SVG document."""
    assert _svg is not None  # importing raspir installs one
    return _svg(kind, graph, input)


def text(kind: Kind, graph: Graph, input: object) -> str:
    """Return lines of text.

    Raises:
        RaspirError: if the selector to be drawn fails on the input.
    """
    assert _text is not None  # as above
    return _text(kind, graph, input)
