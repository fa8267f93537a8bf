"""From the layout of a diagram to its picture: cards, bands, title and legend as SVG, for light and dark pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from raspir.viz.cells import clean, isolated, shortened
from raspir.viz.diagram.cards import draw_card, draw_text, text_width
from raspir.viz.diagram.layout import Side
from raspir.viz.theme import DARK, LIGHT, Part, css

_SVG = "http://www.w3.org/2000/svg"
_TOP, _BOTTOM, _SIDE = 44.0, 34.0, 14.0
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


def finished(layout: str, title: str, sides: Sequence[Side], traced: bool) -> str:
    """Return the picture of diagrams that Graphviz laid out.

    Args:
        layout: the SVG that Graphviz wrote of their sizes.
        title: what stands above.
        sides: the diagrams.
        traced: whether attention matrices are in it, for the legend.
    """
    Xml.register_namespace("", _SVG)
    whole = Xml.fromstring(layout.partition("<svg")[1] + layout.partition("<svg")[2])
    moved = whole.find(f"{{{_SVG}}}g")
    assert moved is not None
    cards = {name: card for side in sides for name, card in side.cards.items()}
    shift = [float(n) for n in _NUMBER.findall(moved.get("transform", "").partition("translate")[2])]
    layers: dict[str, list[Xml.Element]] = {"cluster": [], "edge": [], "node": []}
    for group in moved.findall(f"{{{_SVG}}}g"):
        kind = group.get("class", "")
        if kind == "node":
            x, y = _corner(group)
            drawn = Xml.Element("g", {"class": "card", "id": f"card-{group.get('id')}"})
            card = cards[str(group.get("id"))]
            _named(drawn, card.told)
            drawn.extend(draw_card(card, x, y))
        else:
            drawn = _cluster(group) if kind == "cluster" else _edge(group)
        layers.setdefault(kind, []).append(drawn)
    box = [float(n) for n in whole.get("viewBox", "0 0 100 100").split()]
    left = box[0] - shift[0]
    _widen(layers["cluster"], sides, (left, left + box[2]))
    return _page(layers, box, shift, title, sides, traced)


def _points(element: Xml.Element) -> list[float]:
    return [float(n) for n in _NUMBER.findall(element.get("points") or element.get("d") or "")]


def _corner(group: Xml.Element) -> tuple[float, float]:
    shape = next(e for e in group if e.tag in (f"{{{_SVG}}}polygon", f"{{{_SVG}}}path"))
    numbers = _points(shape)
    return min(numbers[::2]), min(numbers[1::2])


def _named(group: Xml.Element, told: str) -> None:
    title = Xml.SubElement(group, "title")
    title.text = clean(told)


def _cluster(group: Xml.Element) -> Xml.Element:
    """Return the band of a cluster: a rectangle, and its label."""
    shape = next(e for e in group if e.tag in (f"{{{_SVG}}}polygon", f"{{{_SVG}}}path"))
    numbers = _points(shape)
    xs, ys = numbers[::2], numbers[1::2]
    outer = str(group.findtext(f"{{{_SVG}}}title")).startswith("cluster_side")
    part = Part.PAGE if outer else Part.BAND
    drawn = Xml.Element("g", {"class": "side" if outer else "band", "id": f"{group.findtext(f'{{{_SVG}}}title')}"})
    box = {"x": min(xs), "y": min(ys), "width": max(xs) - min(xs), "height": max(ys) - min(ys), "rx": 8}
    colours = {"fill": LIGHT[part].fill, "stroke": LIGHT[part].line, "class": f"fill-{part} line-{part}"}
    Xml.SubElement(drawn, "rect", {**{name: f"{value:.1f}" for name, value in box.items()}, **colours})
    text = "".join(found.text or "" for found in group.findall(f"{{{_SVG}}}text"))
    drawn.append(draw_text(text, min(xs) + 9, min(ys) + (18 if outer else 16), 13 if outer else 11, part))
    drawn[-1].set("font-weight", "bold")
    return drawn


def _edge(group: Xml.Element) -> Xml.Element:
    critical = any(float(e.get("stroke-width", "1")) > 2 for e in group)
    part = Part.CRITICAL if critical else Part.SOURCE
    drawn = Xml.Element("g", {"class": "edge critical" if critical else "edge", "id": str(group.get("id"))})
    for element in group:
        name = element.tag.rpartition("}")[2]
        if name == "path":
            kept = {"d": element.get("d", ""), "fill": "none", "stroke-width": "2.6" if critical else "0.9"}
            Xml.SubElement(drawn, "path", {**kept, "stroke": LIGHT[part].line, "class": f"line-{part}"})
        elif name == "polygon":
            kept = {"points": element.get("points", ""), "fill": LIGHT[part].line, "class": f"tip-line-{part}"}
            Xml.SubElement(drawn, "polygon", kept)
    return drawn


def _widen(clusters: list[Xml.Element], sides: Sequence[Side], edges: tuple[float, float]) -> None:
    """Make all bands of a diagram as wide as it is, so that what passes by a layer runs across its band."""
    found = {cluster.get("id"): cluster for cluster in clusters}
    for number, side in enumerate(sides):
        left, right = edges
        if len(sides) > 1:
            outer = found[f"cluster_side{number}"][0]
            left = float(outer.get("x", "0")) + 8
            right = left + float(outer.get("width", "0")) - 16
        for band in (found[band.identifier] for band in side.bands):
            band[0].set("x", f"{left:.1f}")
            band[0].set("width", f"{right - left:.1f}")
            band[1].set("x", f"{left + 9:.1f}")


def _page(
    layers: dict[str, list[Xml.Element]],
    box: list[float],
    shift: list[float],
    title: str,
    sides: Sequence[Side],
    traced: bool,
) -> str:
    title = isolated(shortened(clean(title), 90))
    legend, needed, lines = _legend(traced, max(box[2], 430))
    width = max(box[2], needed, text_width(title, 15)) + 2 * _SIDE
    height = box[3] + _TOP + _BOTTOM + 18 * (lines - 1)
    size = {"width": f"{width:.0f}", "height": f"{height:.0f}", "viewBox": f"0 0 {width:.0f} {height:.0f}"}
    page = Xml.Element("svg", {"xmlns": _SVG, **size, "role": "img", "aria-labelledby": "raspir-title raspir-desc"})
    Xml.SubElement(page, "title", {"id": "raspir-title"}).text = title
    told = "; ".join(f"{side.label}: {side.told}" if side.label else side.told for side in sides)
    Xml.SubElement(page, "desc", {"id": "raspir-desc"}).text = f"The layers of a program, from its input down. {told}"
    Xml.SubElement(page, "style").text = _style()
    back = {"width": "100%", "height": "100%", "fill": LIGHT[Part.PAGE].fill, "class": "fill-page"}
    Xml.SubElement(page, "rect", back)
    heading = draw_text(title, _SIDE + 4, 27, 15, Part.PAGE)
    heading.set("font-weight", "bold")
    page.append(heading)
    left = (width - box[2]) / 2
    place = f"translate({left + shift[0] - box[0]:.1f} {_TOP + shift[1] - box[1]:.1f})"
    body = Xml.SubElement(page, "g", {"transform": place})
    for kind in ("cluster", "edge", "node"):
        body.extend(layers[kind])
    Xml.SubElement(
        page, "g", {"class": "legend", "transform": f"translate({_SIDE + 4} {height - 24 - 18 * (lines - 1):.0f})"}
    ).extend(legend)
    return Xml.tostring(page, encoding="unicode") + "\n"


def _style() -> str:
    """Return the colours on a dark page; those on a light one are the elements' own attributes."""
    rules = css("fill", "fill", DARK), css("stroke", "line", DARK), css("fill", "ink", DARK)
    return f"@media (prefers-color-scheme:dark){{{''.join(rules)}{css('fill', 'line', DARK, prefix='tip-')}}}"


def _legend(traced: bool, width: float) -> tuple[list[Xml.Element], float, int]:
    """Return what the colours stand for, on lines of at most a width, the width of the longest, and how many."""
    drawn: list[Xml.Element] = []
    x = y = longest = 0.0
    entries = [*_LEGEND, *([(Part.SELECTED, "● selected")] if traced else []), (Part.CRITICAL, _CRITICAL)]
    for part, told in entries:
        needed = 17 + text_width(told, 10) + 8
        if x and x + needed > width:
            x, y = 0.0, y + 18
        shade = LIGHT[part]
        if part is Part.CRITICAL:
            line = {"d": f"M{x:.1f},{y + 6:g}h13", "stroke": shade.line, "stroke-width": "2.6", "class": f"line-{part}"}
            drawn.append(Xml.Element("path", line))
        else:
            box = {"x": f"{x:.1f}", "y": f"{y:g}", "width": "12", "height": "12", "rx": "2", "fill": shade.fill}
            drawn.append(Xml.Element("rect", {**box, "stroke": shade.line, "class": f"fill-{part} line-{part}"}))
        drawn.append(draw_text(told, x + 17, y + 10, 10, Part.BAND))
        x += needed
        longest = max(longest, x)
    return drawn, longest, round(y / 18) + 1
