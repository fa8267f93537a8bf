"""Displays of graphs in notebooks. The IR knows no drawings, so whoever has them says how to display a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raspir.ir.graph import Graph

Render = Callable[["Graph", str], str]
"""A function from a graph and a heading to HTML."""

_renders: list[Render] = []


def display_by(render: Render) -> None:
    """Let ``render`` display all graphs, and the programs compiled from them."""
    _renders[:] = [render]


def displayed(graph: Graph, heading: str = "") -> str | None:
    """Return a graph as HTML below a heading; ``None``, for which notebooks show the ``repr``, if that fails."""
    try:
        return _renders[0](graph, heading) if _renders else None
    except Exception:  # a notebook cell should not fail because of its picture
        return None
