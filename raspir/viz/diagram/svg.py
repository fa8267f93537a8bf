"""The picture of a diagram: bands, edges, cards, title and legend as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

from raspir.viz.diagram.layout import Band, Edge, Side
from raspir.viz.diagram.legend import legend as legend_of
from raspir.viz.diagram.ranks import Rank, ranks_of
from raspir.viz.diagram.routes import Routes
from raspir.viz.svg import LABEL, Figure, document, tooltip, width_of
from raspir.viz.theme import Part, Theme
from raspir.viz.widths import label

_TOP, _GAP = 30, 12  # the height of the title; the space between sides, and above the legend
_LEAST = 320  # the least width of a diagram
_INSIDE, _BETWEEN = 12, 8  # the space in a band around its contents, and between bands
_LINE = 15  # the height of a line of the title of a band
_START, _TRACK, _END = 9, 7, 17  # the heights of a channel above its tracks, for each of them, and below them
_ROUND = 6.0  # the radius of the corners of edges
_END_COLUMNS = 60  # the most columns of each end of an edge in its tooltip

_Point = tuple[float, float]


def svg_of(title: str, sides: Sequence[Side], *, legend: bool, theme: Theme, width: float | None) -> str:
    """Return the picture of diagrams side by side.

    Args:
        title: the heading; empty for none.
        sides: the diagrams.
        legend: whether there is a legend.
        theme: the colors.
        width: the width above which cards side by side are in several rows; ``None`` for no limit.
    """
    title = label(title, 90)
    page = Figure("diagram")
    if title:
        page.text(4, 12, title, Part.PAGE, size=15, font="sans", bold=True)
        page.grow(0, _TOP)
    pictures = [_Picture(side, inf if width is None else width) for side in sides]
    if len(pictures) == 1:
        page.place(pictures[0].draw(max(ceil(page.width), _LEAST)), 0, page.height)
    else:
        page.place(_beside([picture.framed() for picture in pictures]), 0, page.height)
    if legend:
        page.place(legend_of(sides, page.width), 4, page.height + _GAP)
    words = "; ".join(f"{side.label}: {side.summary}" if side.label else side.summary for side in sides)
    kind = "causal program" if any(side.causal for side in sides) else "program"
    return document(page, title or kind, f"The layers of a {kind}, from its input down. {words}", theme) + "\n"


def _beside(figures: Sequence[Figure]) -> Figure:
    both = Figure()
    for figure in figures:
        both.place(figure, both.width + (_GAP if both.width else 0), 0)
    return both


@dataclass(frozen=True)
class _Heights:
    """The vertical places of a diagram: the top of each rank, and the top and bottom of each band."""

    ranks: Sequence[int]
    bands: Sequence[tuple[int, int]]


class _Picture:
    """The picture of one side."""

    def __init__(self, side: Side, width: float) -> None:
        self._side = side
        self._ranks = ranks_of(side, width)
        self._routes = Routes(side, self._ranks)
        self._heights = _heights(self._ranks, self._routes.tracks)

    def draw(self, least: int = 0) -> Figure:
        """Draw the side, at least so wide."""
        span, titles = self._routes.span, [_lines(band) for band in self._side.bands]
        # Titles are beside the edges and cards, which therefore cannot cross them.
        gutter = ceil(max(width_of(line, LABEL, "sans", bold=True) for lines in titles for line in lines)) + _INSIDE
        width = max(gutter + span.right - span.left + 2 * _INSIDE, least)
        figure = Figure()
        for lines, (top, bottom) in zip(titles, self._heights.bands, strict=True):
            figure.place(_band(lines, width, top, bottom), 0, 0)
        edges, cards = Figure(), Figure()
        for edge in sorted(self._side.edges, key=lambda edge: edge.critical):
            edges.place(_edge(self._points(edge), edge.critical, self._meaning(edge)), 0, 0)
        for rank, top in zip(self._ranks, self._heights.ranks, strict=True):
            for name, place in rank.spans.items():
                cards.place(self._side.cards[name].draw(), place.left, top)
        middle = gutter + (width - gutter) // 2 - span.center
        figure.place(edges, middle + 0.5, 0.5)  # lines in the middle of pixels are sharp
        figure.place(cards, middle, 0)
        return figure

    def framed(self) -> Figure:
        """Draw the side in a frame with its label."""
        title = f"{self._side.label}: {self._side.summary}"
        inner = self.draw(ceil(width_of(title, 13, "sans", bold=True)))
        figure = Figure(kind="side")
        figure.rect(0, 0, inner.width + 16, inner.height + 38, Part.PAGE, radius=8)
        figure.text(9, 15, title, Part.PAGE, size=13, font="sans", bold=True)
        figure.place(inner, 8, 30)
        return figure

    def _meaning(self, edge: Edge) -> str:
        """Return the ends of an edge in words."""
        return " → ".join(label(self._side.cards[end].description, _END_COLUMNS) for end in (edge.tail, edge.head))

    def _points(self, edge: Edge) -> list[_Point]:
        """Return the corners of an edge, from its exit to its pin."""
        routes = self._routes
        net, last, pin = routes.nets[edge.tail], routes.rank_of[edge.head], routes.pins[edge]
        x, first = net.exit, net.rank + 1
        points = [(x, self._heights.ranks[net.rank] + self._side.cards[edge.tail].height)]
        steps = [(first, pin)] if last == first else [(first, net.lane), (last, pin)]
        for channel, to in steps:
            assert to is not None, edge
            if to != x:
                y = self._track(channel, edge.tail)
                points += [(x, y), (to, y)]
            x = to
        return [*points, (x, self._heights.ranks[last])]

    def _track(self, channel: int, name: str) -> int:
        """Return the height of the track of a net."""
        tracks = self._routes.tracks[channel]
        return self._heights.ranks[channel] - _END - _TRACK * (max(tracks.values()) - tracks[name])


def _heights(ranks: Sequence[Rank], tracks: Mapping[int, Mapping[str, int]]) -> _Heights:
    tops, bands, top, y = list[int](), list[tuple[int, int]](), 0, _INSIDE
    for number, rank in enumerate(ranks):
        if number:
            previous = ranks[number - 1]
            y += previous.height
            if rank.band != previous.band:
                bands.append((top, y + _INSIDE))
                top = y + _INSIDE + _BETWEEN
                y = top
            y += _START + _TRACK * max(tracks[number].values(), default=0) + _END
        tops.append(y)
    return _Heights(tops, [*bands, (top, y + ranks[-1].height + _INSIDE)])


def _lines(band: Band) -> list[str]:
    """Return the lines of the title of a band."""
    return [band.label, band.detail] if band.detail else [band.label]


def _band(lines: Sequence[str], width: int, top: int, bottom: int) -> Figure:
    figure = Figure(kind="band")
    figure.rect(0, top, width, bottom - top, Part.BAND, radius=8)
    for number, line in enumerate(lines):
        y = top + _INSIDE + 5 + _LINE * number
        figure.text(10, y, line, Part.BAND, size=LABEL, font="sans", bold=not number)
    return figure


def _edge(points: Sequence[_Point], critical: bool, meaning: str) -> Figure:
    part, size = (Part.CRITICAL, 4.0) if critical else (Part.SOURCE, 3.0)
    figure = Figure(kind="edge critical" if critical else "edge")
    x, y = points[-1]
    tip = y - 2 * size
    figure.path(_rounded([*points[:-1], (x, tip + 1)]), part, 2.6 if critical else 1.0)
    figure.tip(f"{x - size:.2f},{tip:.2f} {x + size:.2f},{tip:.2f} {x:.2f},{y:.2f}", part)
    tooltip(figure.element[0], meaning)
    return figure


def _rounded(points: Sequence[_Point]) -> str:
    """Return a path along horizontal and vertical lines, with rounded corners."""
    commands = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_ROUND, *(_distance(corner, other) / 2 for other in (before, after)))
        commands.append(f"L{_at(_toward(corner, before, radius))}Q{_at(corner)} {_at(_toward(corner, after, radius))}")
    return "".join([*commands, f"L{_at(points[-1])}"])


def _at(point: _Point) -> str:
    return f"{point[0]:.2f} {point[1]:.2f}"


def _distance(one: _Point, other: _Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _toward(point: _Point, other: _Point, distance: float) -> _Point:
    """Return the point at a distance from one point on the line to another one."""
    share = distance / (_distance(point, other) or 1)
    return point[0] + share * (other[0] - point[0]), point[1] + share * (other[1] - point[1])
