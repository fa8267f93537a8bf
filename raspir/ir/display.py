"""Displays of graphs in notebooks."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_DRAWING = "raspir.backends.notebook"  # by name: the IR imports nothing else of raspir


def displayed(graph: object, heading: str = "") -> str | None:
    """Return a graph as HTML below a heading; ``None`` if it cannot be drawn, where notebooks show the ``repr``."""
    try:
        drawing: Any = import_module(_DRAWING)
        return str(drawing.program_html(graph, heading))
    except Exception:  # a notebook cell should not fail because of its picture
        return None
