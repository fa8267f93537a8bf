"""Writing SVG: a few shapes and text, escaped, in the colours of the theme for light and for dark pages.

Colours are presentation attributes, so that converters without CSS have the light ones; classes let a style sheet in
the picture change them on dark pages. A picture holds no script, no identifiers and nothing from elsewhere.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from zlib import crc32

from raspir.viz.theme import DARK, LIGHT, MONOSPACE, SANS, Part, css

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold at all
_ADVANCE = 0.605  # of a monospaced character, in sizes of its font
_FONTS = {"mono": ", ".join(MONOSPACE), "sans": ", ".join(SANS)}
_MARGIN = 14.0
_RADIUS = 3.0
_DARK = (("fill", "fill"), ("stroke", "line"), ("fill", "ink"))


def _dark(prefix: str) -> str:
    rules = "".join(css(property, field, DARK, prefix) for property, field in _DARK)
    return f"@media (prefers-color-scheme:dark){{{rules}}}"


# The style sheets of all pictures on one page are everybody's: those of other colours must have other names.
_PREFIX = f"r{crc32(_dark('').encode()):08x}-"


def advance(columns: int, size: float) -> float:
    """Return how wide monospaced text of so many columns is."""
    return columns * size * _ADVANCE


class Figure:
    """A drawing of some size, to which shapes, text and other figures are added.

    Attributes:
        element: the SVG group that holds what is drawn.
        width: what is drawn lies between 0 and this.
        height: likewise.
    """

    def __init__(self, name: str = "") -> None:
        self.element = ET.Element("g", {"data-part": name} if name else {})
        self.width = 0.0
        self.height = 0.0

    def grow(self, right: float, bottom: float) -> None:
        """Make the figure reach at least to this point."""
        self.width, self.height = max(self.width, right), max(self.height, bottom)

    def place(self, figure: Figure, x: float, y: float) -> None:
        """Draw another figure, its corner at this point."""
        if x or y:
            figure.element.set("transform", f"translate({_number(x)} {_number(y)})")
        self.element.append(figure.element)
        self.grow(x + figure.width, y + figure.height)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        part: Part | None,
        *,
        line: bool = True,
        radius: float = _RADIUS,
        data: dict[str, object] | None = None,
    ) -> ET.Element:
        """Draw a rectangle in the colours of ``part``, or of the figure; ``data`` says what it is, for other tools."""
        attributes = {"x": _number(x), "y": _number(y), "width": _number(width), "height": _number(height)}
        if radius:
            attributes["rx"] = _number(radius)
        painted = _painted(part, line) if part else {}
        element = ET.SubElement(self.element, "rect", {**attributes, **_data(data), **painted})
        self.grow(x + width, y + height)
        return element

    def painted(self, part: Part) -> Figure:
        """Give what is drawn without a colour of its own the colour of ``part``."""
        self.element.attrib.update(_painted(part, False))
        return self

    def inked(self, part: Part) -> Figure:
        """Give what is drawn without a colour of its own the colour of what is written on ``part``."""
        self.element.attrib.update({"class": f"{_PREFIX}ink-{part}", "fill": LIGHT[part].ink})
        return self

    def dot(self, x: float, y: float, radius: float) -> ET.Element:
        """Draw a dot."""
        return ET.SubElement(self.element, "circle", {"cx": _number(x), "cy": _number(y), "r": _number(radius)})

    def path(self, commands: str, part: Part, width: float = 1.0) -> ET.Element:
        """Draw a line in the colour of the borders of ``part``."""
        attributes = {"d": commands, "fill": "none", "stroke-width": _number(width)}
        painted = {"class": f"{_PREFIX}line-{part}", "stroke": LIGHT[part].line}
        return ET.SubElement(self.element, "path", {**attributes, **painted})

    def text(
        self,
        x: float,
        y: float,
        text: str,
        part: Part,
        *,
        size: float = 13.0,
        anchor: str = "middle",
        font: str = "mono",
        bold: bool = False,
    ) -> ET.Element:
        """Write ``text`` in the colour of what is written on ``part``, centred on the height ``y``."""
        attributes = {"x": _number(x), "y": _number(y + 0.36 * size), "font-size": _number(size)}
        attributes |= {"class": f"{_PREFIX}ink-{part}", "fill": LIGHT[part].ink}
        if font != "mono":
            attributes["font-family"] = _FONTS[font]
        if anchor != "start":
            attributes["text-anchor"] = anchor
        if bold:
            attributes["font-weight"] = "bold"
        element = ET.SubElement(self.element, "text", attributes)
        element.text = _possible(text)
        return element


def tooltip(element: ET.Element, text: str) -> None:
    """Give an element a title, which is shown where the pointer rests on it."""
    title = ET.Element("title")
    title.text = _possible(text)
    element.insert(0, title)
    if element.text:  # of a text element: what it shows comes after its title
        title.tail, element.text = element.text, None


def document(figure: Figure, title: str, description: str) -> str:
    """Return a figure as an SVG document, on a card of its own.

    Args:
        figure: what is drawn.
        title: what it is, in a few words.
        description: what it shows, for those who do not see it.
    """
    width, height = figure.width + 2 * _MARGIN, figure.height + 2 * _MARGIN
    size = {"width": _number(width), "height": _number(height), "viewBox": f"0 0 {_number(width)} {_number(height)}"}
    told = {"role": "img", "aria-label": _possible(f"{title}: {description}")}
    svg = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **told, "font-family": _FONTS["mono"]})
    ET.SubElement(svg, "title").text = _possible(title)
    ET.SubElement(svg, "desc").text = _possible(description)
    ET.SubElement(svg, "style").text = _dark(_PREFIX)
    page = Figure()
    page.rect(0.5, 0.5, width - 1, height - 1, Part.PAGE, radius=6)
    page.place(figure, _MARGIN, _MARGIN)
    svg.extend(page.element)
    return ET.tostring(svg, encoding="unicode")


def _painted(part: Part, line: bool) -> dict[str, str]:
    shade, classes = LIGHT[part], [f"{_PREFIX}fill-{part}"]
    painted = {"fill": shade.fill}
    if line:
        classes.append(f"{_PREFIX}line-{part}")
        painted["stroke"] = shade.line
    return {"class": " ".join(classes), **painted}


def _data(data: dict[str, object] | None) -> dict[str, str]:
    return {f"data-{name}": _possible(str(value)) for name, value in (data or {}).items()}


def _possible(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
