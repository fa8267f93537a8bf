"""The picture of a diagram with Graphviz's layout: cards, bands, edges, title and legend as SVG."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from raspir.viz.diagram.layout import Side
from raspir.viz.svg import LABEL, Figure, document, width_of
from raspir.viz.theme import Part
from raspir.viz.widths import label

_SVG = "{http://www.w3.org/2000/svg}"
_TOP, _GAP = 30.0, 10.0  # the height of the title, and the space above the legend
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LEGEND = (
    (Part.KEY, "key"),
    (Part.QUERY, "query"),
    (Part.VALUE, "value, score"),
    (Part.RESULT, "result"),
    (Part.MLP, "MLP: elementwise"),
    (Part.SOURCE, "source"),
)
_CRITICAL = "◆ critical path: why it needs so many layers"

_Box = tuple[float, float, float, float]
"""The left and upper edge of a rectangle, its width and its height."""


def finished(layout: str, title: str, sides: Sequence[Side], traced: bool) -> str:
    """Return the picture of diagrams.

    Args:
        layout: Graphviz's layout of their sizes, as SVG.
        title: the heading.
        sides: the diagrams.
        traced: whether they have attention matrices, which the legend explains.
    """
    title = label(title, 90)
    root = ET.fromstring(layout[layout.index("<svg") :])
    whole, body = _body(root, sides)
    legend = _legend(traced, max(whole[2], 430))
    page = Figure("diagram")
    page.text(4, 12, title, Part.PAGE, size=15, font="sans", bold=True)
    width = max(whole[2], legend.width, page.width)
    page.place(body, (width - whole[2]) / 2 - whole[0], _TOP - whole[1])
    page.grow(width, _TOP + whole[3])
    page.place(legend, 4, page.height + _GAP)
    words = "; ".join(f"{side.label}: {side.summary}" if side.label else side.summary for side in sides)
    return document(page, title, f"The layers of a program, from its input down. {words}") + "\n"


def _body(root: ET.Element, sides: Sequence[Side]) -> tuple[_Box, Figure]:
    """Return the box around a layout, and its bands, edges and cards."""
    left, top, width, height = _numbers(root.get("viewBox"))
    moved = next(root.iter(f"{_SVG}g"))
    across, down = _numbers(str(moved.get("transform")).partition("translate")[2])[:2]
    whole = (left - across, top - down, width, height)
    kinds: dict[str, list[ET.Element]] = {"cluster": [], "edge": [], "node": []}
    for group in moved.iterfind(f"{_SVG}g"):
        kinds[group.get("class", "")].append(group)
    body = Figure()
    areas = {str(group.findtext(f"{_SVG}title")): _area(group) for group in kinds["cluster"]}
    for number, side in enumerate(sides):
        _bands(body, side, areas, areas.get(f"cluster_side{number}"), whole)
    for group in kinds["edge"]:
        body.place(_edge(group), 0, 0)
    cards = {name: card for side in sides for name, card in side.cards.items()}
    for group in kinds["node"]:
        body.place(cards[str(group.get("id"))].draw(), *_area(group)[:2])
    return whole, body


def _numbers(text: str | None) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text or "")]


def _area(group: ET.Element) -> _Box:
    """Return the box around the first shape of a group."""
    shape = next(each for each in group if each.tag in (f"{_SVG}polygon", f"{_SVG}path"))
    numbers = _numbers(shape.get("points") or shape.get("d"))
    xs, ys = numbers[::2], numbers[1::2]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


def _bands(body: Figure, side: Side, areas: dict[str, _Box], outer: _Box | None, whole: _Box) -> None:
    """Draw bands as wide as their diagram, so that edges that bypass a layer cross its band."""
    left, width = whole[0], whole[2]
    if outer is not None:
        body.place(_band("side", outer, Part.PAGE, f"{side.label}: {side.summary}", 13), 0, 0)
        left, width = outer[0] + 8, outer[2] - 16
    for band in side.bands:
        _, y, _, height = areas[band.identifier]
        body.place(_band("band", (left, y, width, height), Part.BAND, band.label, LABEL), 0, 0)


def _band(kind: str, box: _Box, part: Part, title: str, size: float) -> Figure:
    figure = Figure(kind=kind)
    figure.rect(*box, part, radius=8)
    figure.text(box[0] + 9, box[1] + 1 + size, title, part, size=size, font="sans", bold=True)
    return figure


def _edge(group: ET.Element) -> Figure:
    critical = any(float(each.get("stroke-width", "1")) > 2 for each in group)
    part = Part.CRITICAL if critical else Part.SOURCE
    figure = Figure(kind="edge critical" if critical else "edge")
    for line in group.iterfind(f"{_SVG}path"):
        figure.path(line.get("d", ""), part, 2.6 if critical else 0.9)
    for tip in group.iterfind(f"{_SVG}polygon"):
        figure.tip(tip.get("points", ""), part)
    return figure


def _legend(traced: bool, width: float) -> Figure:
    """Return the legend of the colors, on lines of limited width."""
    figure = Figure("legend")
    x = y = 0.0
    for part, meaning in [*_LEGEND, *([(Part.SELECTED, "● selected")] if traced else []), (Part.CRITICAL, _CRITICAL)]:
        needed = 17 + width_of(meaning, 10) + 8
        if x and x + needed > width:
            x, y = 0.0, y + 18
        if part is Part.CRITICAL:
            figure.path(f"M{x:.1f},{y + 6:g}h13", part, 2.6)
        else:
            figure.rect(x, y, 12, 12, part, radius=2)
        figure.text(x + 17, y + 6.4, meaning, Part.BAND, size=10, font="sans")
        figure.grow(x + needed, y + 14)
        x += needed
    return figure
