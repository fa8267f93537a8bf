"""The geometry of a diagram, read from its SVG: cards, edges and texts at their places on the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree import ElementTree as Xml

from viz.drawn import SVG

from raspir.viz.svg import width_of

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
NEAR = 1.0
"""How far apart two places may be that are the same one."""


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float, margin: float = 0) -> bool:
        """Return whether a point is in the box, which is larger by a margin."""
        return self.left - margin <= x <= self.right + margin and self.top - margin <= y <= self.bottom + margin

    def contains(self, other: "Box", margin: float = 0) -> bool:
        return self.holds(other.left, other.top, margin) and self.holds(other.right, other.bottom, margin)

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def moved(self, x: float, y: float) -> "Box":
        return Box(self.left + x, self.top + y, self.right + x, self.bottom + y)


@dataclass
class Written:
    """A text in the box that it takes by the estimate of its width."""

    text: str
    box: Box


@dataclass
class Card:
    """A card, its kind, the texts in it, and its colored cells by kind."""

    kind: str
    box: Box
    texts: list[Written] = field(default_factory=list)
    cells: list[tuple[str, Box]] = field(default_factory=list)

    @property
    def ports(self) -> list[tuple[str, Box]]:
        """The texts of its ports, and where they are."""
        boxes = [box for kind, box in self.cells if "port" in kind.split()]
        return [(next(text.text for text in self.texts if box.contains(text.box, NEAR)), box) for box in boxes]


@dataclass
class Edge:
    """An edge: the points of its path, of which the control points are the corners, and its tip."""

    points: list[tuple[float, float]]
    tip: tuple[float, float]
    critical: bool

    @property
    def start(self) -> tuple[float, float]:
        return self.points[0]

    @property
    def segments(self) -> Iterator[Box]:
        """Its segments, which are horizontal or vertical; curves are between those that meet in their corner."""
        for (x, y), (to_x, to_y) in pairwise([*self.points, self.tip]):
            assert min(abs(to_x - x), abs(to_y - y)) < 0.1
            yield Box(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))


@dataclass
class Picture:
    """A diagram: its view box, cards, edges, titles of bands, sides and page, and the legend."""

    view: Box
    cards: list[Card] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    titles: list[Written] = field(default_factory=list)
    frames: list[Box] = field(default_factory=list)

    def tail(self, edge: Edge) -> Card:
        """Return the card that an edge leaves."""
        return next(card for card in self.cards if is_on(edge.start, card.box, card.box.bottom))

    def head(self, edge: Edge) -> Card:
        """Return the card at which an edge ends."""
        return next(card for card in self.cards if is_on(edge.tip, card.box, card.box.top))


def is_on(point: tuple[float, float], box: Box, border: float) -> bool:
    return box.left <= point[0] <= box.right and abs(point[1] - border) <= NEAR


def picture(svg: str) -> Picture:
    """Read a diagram."""
    root = Xml.fromstring(svg)
    found = Picture(Box(*map(float, root.get("viewBox", "").split())))
    _walk(root, (0.0, 0.0), found, None)
    return found


def _walk(element: Xml.Element, at: tuple[float, float], found: Picture, card: Card | None) -> None:
    shift = [float(number) for number in NUMBER.findall(element.get("transform", ""))] or [0.0, 0.0]
    at = (at[0] + shift[0], at[1] + shift[1])
    kinds = element.get("class", "").split()
    if element.tag == f"{SVG}g" and "card" in kinds:
        border = next(each for each in element if each.tag == f"{SVG}rect")
        card = Card(border.get("class", "").split()[0], _rect(border, at))
        found.cards.append(card)
    if element.tag == f"{SVG}g" and "edge" in kinds:
        found.edges.append(_edge(element, at, "critical" in kinds))
        return
    if element.tag == f"{SVG}g" and ("band" in kinds or "side" in kinds):
        found.frames.append(_rect(element[0], at))
    if element.tag == f"{SVG}rect" and card is not None and "cell" in kinds:
        card.cells.append((" ".join(kinds), _rect(element, at)))
    if element.tag == f"{SVG}text":
        (found.titles if card is None else card.texts).append(_text(element, at))
    for child in element:
        _walk(child, at, found, card)


def _rect(element: Xml.Element, at: tuple[float, float]) -> Box:
    x, y, width, height = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height).moved(*at)


def _text(element: Xml.Element, at: tuple[float, float]) -> Written:
    text, size = "".join(element.itertext()), float(element.get("font-size", "11"))
    sans = "sans" if "Helvetica" in element.get("font-family", "") else "mono"
    width = width_of(text, size, sans, element.get("font-weight") == "bold")
    left = (
        float(element.get("x", "0"))
        - width * {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor", "start")]
    )
    base = float(element.get("y", "0"))
    return Written(text, Box(left, base - 0.75 * size, left + width, base + 0.25 * size).moved(*at))


def _edge(element: Xml.Element, at: tuple[float, float], critical: bool) -> Edge:
    path = next(each for each in element if each.tag == f"{SVG}path")
    tip = next(each for each in element if each.tag == f"{SVG}polygon")
    numbers = [float(number) for number in NUMBER.findall(path.get("d", ""))]
    points = [(x + at[0], y + at[1]) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    corners = [float(number) for number in NUMBER.findall(tip.get("points", ""))]
    x, y = max(zip(corners[::2], corners[1::2], strict=True), key=lambda corner: corner[1])
    return Edge(points, (x + at[0], y + at[1]), critical)
