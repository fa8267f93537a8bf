"""Diagrams as DOT: with the contents of their cards, or only with the sizes, for layout."""

from __future__ import annotations

from collections.abc import Sequence

import graphviz

from raspir.viz.diagram.cards import Card, html_label
from raspir.viz.diagram.layout import Band, Side
from raspir.viz.theme import LIGHT, Part
from raspir.viz.widths import clean


def dot_of(title: str, sides: Sequence[Side], *, labels: bool = True) -> str:
    """Return one diagram, or several side by side, as DOT.

    Args:
        title: the heading.
        sides: the diagrams.
        labels: whether cards are written as HTML-like labels; otherwise nodes only have sizes and ports.
    """
    graph = graphviz.Digraph("program")
    graph.attr(rankdir="TB", newrank="true", nodesep="0.28", ranksep="0.34", fontname="Helvetica", fontsize="12")
    graph.attr(compound="true", outputorder="nodesfirst", charset="UTF-8", bgcolor=LIGHT[Part.PAGE].fill, pad="0.1")
    if labels:
        graph.attr(label=graphviz.escape(clean(title)), labelloc="t", fontcolor=LIGHT[Part.PAGE].ink)
    graph.attr("node", fontname="Helvetica", fontsize="10", shape="plain")
    graph.attr("edge", color=LIGHT[Part.SOURCE].line, penwidth="0.9", arrowsize="0.55")
    for number, side in enumerate(sides):
        if len(sides) == 1:
            _side(graph, side, labels)
        else:
            with graph.subgraph(name=f"cluster_side{number}") as within:
                title = graphviz.escape(clean(f"{side.label}: {side.summary}"))
                within.attr(label=title, labeljust="l", color=LIGHT[Part.PAGE].line, style="rounded", margin="14")
                within.attr(fontsize="13")
                _side(within, side, labels)
    return str(graph.source)


def _side(graph: graphviz.Digraph, side: Side, labels: bool) -> None:
    for band in side.bands:
        with graph.subgraph(name=band.identifier) as cluster:
            shade, label = LIGHT[Part.BAND], graphviz.escape(band.label)
            cluster.attr(label=label, labeljust="l", fontsize="11", fontcolor=shade.ink, margin="10")
            cluster.attr(style="filled,rounded", fillcolor=shade.fill, color=shade.line)
            _cards(cluster, band, side, labels)
    _order(graph, side)
    ports = {name: card.ports for name, card in side.cards.items()}
    for number, edge in enumerate(side.edges):
        to = f"{edge.head}:p{edge.port}:n" if edge.port is not None and ports[edge.head] else f"{edge.head}:n"
        style = {"color": LIGHT[Part.CRITICAL].line, "penwidth": "2.6", "weight": "6"} if edge.critical else {}
        graph.edge(f"{edge.tail}:s", to, id=f"edge-{edge.tail}-{edge.head}-{number}", **style)


def _cards(cluster: graphviz.Digraph, band: Band, side: Side, labels: bool) -> None:
    with cluster.subgraph() as rank:
        rank.attr(rank="same")
        for name in band.upper:
            _card(rank, name, side.cards[name], labels)
    for name in band.lower:
        _card(cluster, name, side.cards[name], labels)


def _card(graph: graphviz.Digraph, name: str, card: Card, labels: bool) -> None:
    if labels:
        graph.node(name, label=html_label(card), id=name)
        return
    # The second pair of braces means nothing to Graphviz; without it, the package mistakes the fields for HTML.
    fields = f"{{{{{'|'.join(f'<p{number}>' for number in range(card.ports))}}}}}" if card.ports else ""
    size = {"width": f"{card.width / 72:.4f}", "height": f"{card.height / 72:.4f}", "fixedsize": "true"}
    graph.node(name, label=fields, shape="record" if fields else "box", id=name, margin="0", **size)


def _order(graph: graphviz.Digraph, side: Side) -> None:
    """Keep each band below the previous one, and feed-forward blocks below heads, with invisible edges."""
    above: list[str] = []
    for band in side.bands:
        for cards in (band.upper, band.lower):
            for name in cards:
                for tail in above[:1]:
                    graph.edge(tail, name, style="invis", weight="0")
            for tail in above[1:] if cards else []:
                graph.edge(tail, cards[0], style="invis", weight="0")
            above = cards or above
