"""Diagrams as DOT, in which HTML-like labels have the contents of their cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import graphviz

from raspir.viz.diagram.cards import html_label
from raspir.viz.diagram.layout import Band, Side
from raspir.viz.diagram.legend import legend_card
from raspir.viz.theme import DARK, LIGHT, Part, Shade, Theme
from raspir.viz.widths import clean


def dot_of(title: str, sides: Sequence[Side], *, legend: bool, theme: Theme) -> str:
    """Return one diagram, or several side by side, as DOT.

    Args:
        title: the heading; empty for none.
        sides: the diagrams.
        legend: whether there is a legend.
        theme: the colors; those of ``auto`` are light.
    """
    return _Writer(DARK if theme == "dark" else LIGHT).write(title, sides, legend)


class _Writer:
    """Writes diagrams in the given colors."""

    def __init__(self, shades: Mapping[Part, Shade]) -> None:
        self._shades = shades

    def write(self, title: str, sides: Sequence[Side], legend: bool) -> str:
        page, graph = self._shades[Part.PAGE], graphviz.Digraph("program")
        graph.attr(rankdir="TB", newrank="true", nodesep="0.28", ranksep="0.34", fontname="Helvetica", fontsize="12")
        graph.attr(compound="true", outputorder="nodesfirst", charset="UTF-8", bgcolor=page.fill, pad="0.1")
        # Where it reduces the crossings of all clusters once more, Graphviz ignores the order of heads.
        graph.attr(fontcolor=page.ink, remincross="false")
        if title:
            graph.attr(label=graphviz.escape(clean(title)), labelloc="t")
        graph.attr("node", fontname="Helvetica", fontsize="10", shape="plain")
        graph.attr("edge", color=self._shades[Part.SOURCE].line, penwidth="0.9", arrowsize="0.55")
        for number, side in enumerate(sides):
            if len(sides) == 1:
                self._side(graph, side)
                continue
            with graph.subgraph(name=f"cluster_side{number}") as within:
                label = graphviz.escape(clean(f"{side.label}: {side.summary}"))
                within.attr(label=label, labeljust="l", color=page.line, style="rounded", margin="14", fontsize="13")
                self._side(within, side)
        if legend:
            with graph.subgraph() as below:
                below.attr(rank="sink")
                below.node("legend", label=html_label(legend_card(sides), self._shades), id="legend")
            for side in sides:
                graph.edge((side.bands[-1].lower or side.bands[-1].upper)[0], "legend", style="invis")
        return str(graph.source)

    def _side(self, graph: graphviz.Digraph, side: Side) -> None:
        for band in side.bands:
            with graph.subgraph(name=band.identifier) as cluster:
                shade = self._shades[Part.BAND]
                label = graphviz.escape(f"{band.label}: {band.detail}" if band.detail else band.label)
                cluster.attr(label=label, labeljust="l", fontsize="11", fontcolor=shade.ink, margin="10")
                cluster.attr(style="filled,rounded", fillcolor=shade.fill, color=shade.line)
                self._cards(cluster, band, side)
        _order(graph, side)
        for number, edge in enumerate(side.edges):
            to = f"{edge.head}:n" if edge.port is None else f"{edge.head}:p{edge.port}:n"
            critical = {"color": self._shades[Part.CRITICAL].line, "penwidth": "2.6", "weight": "6"}
            style = critical if edge.critical else {}
            graph.edge(f"{edge.tail}:s", to, id=f"edge-{edge.tail}-{edge.head}-{number}", **style)

    def _cards(self, cluster: graphviz.Digraph, band: Band, side: Side) -> None:
        with cluster.subgraph() as rank:
            rank.attr(rank="same")
            for name in band.upper:
                rank.node(name, label=html_label(side.cards[name], self._shades), id=name)
            for left, right in pairwise(band.upper):  # keeps them in order
                rank.edge(left, right, style="invis")
        for name in band.lower:
            cluster.node(name, label=html_label(side.cards[name], self._shades), id=name)


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
