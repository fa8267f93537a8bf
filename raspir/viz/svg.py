"""An SVG writer: a few shapes and text, escaped, in the colors of the theme for light and dark pages.

Colors are presentation attributes, so that converters without CSS apply the light ones; an embedded style sheet changes
them on dark pages by class. A picture has no script, no identifiers and no external resources.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from zlib import crc32

from raspir.viz.theme import DARK, LIGHT, MONOSPACE, ON_DARK, ON_LIGHT, SANS, Part, Theme
from raspir.viz.widths import columns, label

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that XML excludes
_GLYPH, _HEAVY = 0.63, 1.15  # the width of a character in sizes of its font; the factor of bold sans-serif text
_FONTS = {"mono": ", ".join(MONOSPACE), "sans": ", ".join(SANS)}
_MARGIN = 14.0
_RADIUS = 3.0
_TOOLTIP = 400  # columns
ROOM = 1080.0
"""The width that the parts of a picture may take before they are shortened or continue below."""

LABEL = 11.0
"""The size of names and formulas."""

_FIELDS = {"fill": ("fill", "fill"), "line": ("stroke", "line"), "ink": ("fill", "ink"), "tip": ("fill", "line")}
"""The kinds of colors: the attribute that each sets, and the field of a shade that it takes."""

_DARK = {
    f"{name}-{part}": f"{attribute}:{getattr(shade, field)}"
    for name, (attribute, field) in _FIELDS.items()
    for part, shade in DARK.items()
}

# All pictures on a page share their style sheets, so pictures with other colors need other class names.
_PREFIX = f"r{crc32(repr((LIGHT, DARK)).encode()):08x}-"


def width_of(text: str, size: float, font: str = "mono", bold: bool = False) -> float:
    """Return an upper bound of the width of text: for any text in ``mono``, and for words in ``sans``."""
    return columns(text) * size * _GLYPH * (_HEAVY if bold and font == "sans" else 1)


def columns_in(width: float, size: float = LABEL) -> int:
    """Return how many columns of text fit into this width."""
    return int(width / (size * _GLYPH))


class Figure:
    """A drawing that grows with the shapes, text and other figures added to it.

    Args:
        name: its name, for other tools.
        kind: its class, likewise.
        color: the color of elements without their own, such as ``ink-selected``.

    Attributes:
        element: the SVG group of the drawing.
        width: the width of the drawing, which begins at 0.
        height: its height, likewise.
    """

    def __init__(self, name: str = "", kind: str = "", color: str = "") -> None:
        given = {"data-part": name, "class": kind, **(_painted(color) if color else {})}
        self.element = ET.Element("g", {key: value for key, value in given.items() if value})
        self.width = 0.0
        self.height = 0.0

    def grow(self, right: float, bottom: float) -> None:
        """Extend the figure to include this point."""
        self.width, self.height = max(self.width, right), max(self.height, bottom)

    def place(self, figure: Figure, x: float, y: float) -> None:
        """Add another figure, with its top left corner at this point."""
        if x or y:
            figure.element.set("transform", f"translate({_number(x)} {_number(y)})")
        self.element.append(figure.element)
        self.grow(x + figure.width, y + figure.height)

    def add(self, tag: str, attributes: dict[str, str], *colors: str, kind: str = "") -> ET.Element:
        """Add an element of class ``kind`` in colors such as ``fill-key``, by default those of the figure."""
        painted = _painted(*colors)
        classes = f"{kind} {painted.pop('class', '')}".strip()
        return ET.SubElement(self.element, tag, {**attributes, **({"class": classes} if classes else {}), **painted})

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        part: Part | None,
        *,
        border: Part | None = None,
        line: float = 1.0,
        radius: float = _RADIUS,
        data: dict[str, object] | None = None,
        kind: str = "",
    ) -> ET.Element:
        """Draw a rectangle in the colors of ``part``, or of the figure; ``border`` replaces that of its border.

        Its ``data`` attributes and its class ``kind`` are for other tools.
        """
        attributes = {"x": _number(x), "y": _number(y), "width": _number(width), "height": _number(height)}
        if radius:
            attributes["rx"] = _number(radius)
        if line != 1:
            attributes["stroke-width"] = _number(line)
        attributes |= {f"data-{name}": _xml_safe(str(value)) for name, value in (data or {}).items()}
        self.grow(x + width, y + height)
        return self.add("rect", attributes, *([f"fill-{part}", f"line-{border or part}"] if part else []), kind=kind)

    def dot(self, x: float, y: float, radius: float) -> None:
        """Draw a dot."""
        self.add("circle", {"cx": _number(x), "cy": _number(y), "r": _number(radius)})

    def path(self, commands: str, part: Part, width: float = 1.0) -> None:
        """Draw a line in the border color of ``part``."""
        self.add("path", {"d": commands, "fill": "none", "stroke-width": _number(width)}, f"line-{part}")

    def tip(self, points: str, part: Part) -> None:
        """Draw an arrowhead in the border color of ``part``."""
        self.add("polygon", {"points": points}, f"tip-{part}")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        part: Part,
        *,
        size: float = LABEL,
        anchor: str = "start",
        font: str = "mono",
        bold: bool = False,
        most: int | None = None,
    ) -> ET.Element:
        """Draw text, and extend the figure to its right end.

        Args:
            x: its start, middle or end, depending on ``anchor``.
            y: its vertical middle.
            text: a safe text, or any text if ``most`` is given.
            part: the part whose ink it has.
            size: the font size.
            anchor: ``start``, ``middle`` or ``end``.
            font: ``mono`` or ``sans``.
            bold: whether it is bold.
            most: the most columns; a longer text is shortened and has a tooltip.
        """
        shown = text if most is None else label(text, most)
        attributes = {"x": _number(x), "y": _number(y + 0.36 * size), "font-size": _number(size)}
        attributes |= {"font-family": _FONTS[font]} if font != "mono" else {}
        attributes |= {"text-anchor": anchor} if anchor != "start" else {}
        attributes |= {"font-weight": "bold"} if bold else {}
        element = self.add("text", attributes, f"ink-{part}")
        element.text = _xml_safe(shown)
        if most is not None and "…" in shown:
            tooltip(element, label(text, _TOOLTIP))
        self.grow(x + width_of(shown, size, font, bold) * {"start": 1, "middle": 0.5, "end": 0}[anchor], 0)
        return element

    def label(self, x: float, y: float, shown: str, whole: str, part: Part, anchor: str) -> None:
        """Write a label as :meth:`text`; if it is shortened, a tooltip has the whole of it."""
        element = self.text(x, y, shown, part, anchor=anchor)
        if shown != whole:
            tooltip(element, label(whole, _TOOLTIP))

    def note(self, text: str, x: float = 0) -> None:
        """Add a note below the drawing."""
        self.text(x, self.height + 14, text, Part.BAND, font="sans")
        self.grow(0, self.height + 22)


def tooltip(element: ET.Element, text: str) -> None:
    """Add a tooltip to an element."""
    title = ET.Element("title")
    title.text = _xml_safe(text)
    element.insert(0, title)
    if element.text:  # the text of an element follows its title
        title.tail, element.text = element.text, None


def document(figure: Figure, title: str, description: str, theme: Theme = "auto") -> str:
    """Return a figure as an SVG document with its own background.

    Args:
        figure: the drawing.
        title: a short title.
        description: its contents, for screen readers.
        theme: its colors.
    """
    width, height = figure.width + 2 * _MARGIN, figure.height + 2 * _MARGIN
    size = {"width": _number(width), "height": _number(height), "viewBox": f"0 0 {_number(width)} {_number(height)}"}
    accessible = {"role": "img", "aria-label": _xml_safe(f"{title}: {description}")}
    svg = ET.Element(
        "svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **accessible, "font-family": _FONTS["mono"]}
    )
    ET.SubElement(svg, "title").text = _xml_safe(title)
    ET.SubElement(svg, "desc").text = _xml_safe(description)
    page = Figure()
    page.rect(0.5, 0.5, width - 1, height - 1, Part.PAGE, radius=6)
    page.place(figure, _MARGIN, _MARGIN)
    svg.extend(page.element)
    if theme == "auto":
        svg.insert(2, _style(svg))
    else:
        _fix(svg, dark=theme == "dark")
    return ET.tostring(svg, encoding="unicode")


def _style(svg: ET.Element) -> ET.Element:
    """Return the style sheet with which a document is dark on dark pages."""
    used = {name.removeprefix(_PREFIX) for each in svg.iter() for name in each.get("class", "").split()}
    rules = "".join(f".{_PREFIX}{name}{{{rule}}}" for name, rule in _DARK.items() if name in used)
    style = ET.Element("style")
    style.text = f"@media (prefers-color-scheme:dark){{{rules}}}"
    return style


def _fix(svg: ET.Element, dark: bool) -> None:
    """Fix the colors of a document, by attributes alone, so that style sheets of other pictures do not change them."""
    for element in svg.iter():
        names = element.attrib.pop("class", "").split()
        kinds = [name for name in names if not name.startswith(_PREFIX)]
        if kinds:
            element.set("class", " ".join(kinds))
        for name in names if dark else ():
            attribute, _, value = _DARK.get(name.removeprefix(_PREFIX), "").partition(":")
            if attribute:
                element.set(attribute, value)


SCHEMES = ".raspir{color-scheme:light dark}" + "".join(
    f":is({','.join(pages)}) .raspir{{color-scheme:{scheme}}}"
    for scheme, pages in (("light", ON_LIGHT), ("dark", ON_DARK))
)
"""The style rules by which parts of a page, of class ``raspir``, follow its theme and not the system's preference."""


def page_styles(svg: str) -> str:
    """Return the style rules by which a document follows the theme of a page that contains it, as :data:`SCHEMES`.

    Browsers without the CSS function ``light-dark`` ignore them and follow the system's preference. A document without
    a style sheet has fixed colors and needs none.
    """
    if "<style>" not in svg:
        return ""
    rules = [SCHEMES]
    for name, part in dict.fromkeys(re.findall(rf"\b{_PREFIX}(\w+)-(\w+)", svg)):
        attribute, field = _FIELDS[name]
        light, dark = (getattr(shades[Part(part)], field) for shades in (LIGHT, DARK))
        rules.append(f".raspir .{_PREFIX}{name}-{part}{{{attribute}:light-dark({light},{dark})}}")
    return "".join(rules)


def _painted(*colors: str) -> dict[str, str]:
    """Return the classes and light values of colors such as ``line-key``, as attributes."""
    painted = {"class": " ".join(f"{_PREFIX}{color}" for color in colors)} if colors else {}
    for color in colors:
        name, _, part = color.partition("-")
        attribute, field = _FIELDS[name]
        painted[attribute] = getattr(LIGHT[Part(part)], field)
    return painted


def _xml_safe(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
