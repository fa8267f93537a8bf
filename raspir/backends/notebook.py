"""Graphs in notebooks: a diagram, and a table of the layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from raspir.backends.base import drawer
from raspir.ir import BackendError, Graph
from raspir.ir.text.visible import visible
from raspir.viz.causality import CAUSAL
from raspir.viz.drawings import embedded
from raspir.viz.heads import DrawnLayer, DrawnProgram
from raspir.viz.shown import totals

_LAYERS, _HEADS = 30, 12  # the most layers, and heads of a layer, that a table lists
_TOP = "text-align:left;vertical-align:top;white-space:pre-wrap"


def program_html(graph: Graph, heading: str) -> str:
    """Return a graph as HTML: its figures, its diagram and its layers."""
    title = f"<b>{escape(heading)}</b>: " if heading else ""
    causal = f"; {CAUSAL}" if graph.causal else ""
    return f"<p>{title}{totals(graph.stats())}{causal}</p>{_diagram(graph)}{''.join(_table(graph))}"


def _diagram(graph: Graph) -> str:
    try:
        return embedded(str(drawer("graphviz").draw([graph], format="svg")))
    except BackendError as error:  # no layout engine is installed, or it refuses this graph
        return f"<p>There is no diagram: {escape(error.message)}</p>"


def _table(graph: Graph) -> Iterator[str]:
    yield "<table><thead>"
    yield _row(("layer", "attends to", "reads → result", "feed-forward work"), "th")
    yield "</thead><tbody>"
    layers = DrawnProgram(graph).working
    for layer in layers[:_LAYERS]:
        yield from _layer(layer)
    if len(layers) > _LAYERS:
        yield _row((f"… and {len(layers) - _LAYERS} more layers", "", "", ""))
    yield "</tbody></table>"


def _layer(layer: DrawnLayer) -> Iterator[str]:
    """Yield a row for each head, the first of which also has the feed-forward work."""
    number, work = str(layer.number), layer.work
    for head in layer.heads[:_HEADS]:
        yield _row((number, head.attends, "\n".join(head.reads), work))
        number = work = ""
    if not layer.heads:
        yield _row((number, "", "", work))
    if len(layer.heads) > _HEADS:
        yield _row(("", f"… and {len(layer.heads) - _HEADS} more heads", "", ""))


def _row(cells: Iterable[str], tag: str = "td") -> str:
    shown = (escape("\n".join(map(visible, cell.split("\n")))) for cell in cells)
    return "<tr>" + "".join(f'<{tag} style="{_TOP}">{cell}</{tag}>' for cell in shown) + "</tr>"
