"""Cards: what stands in a node of a diagram, as rows of cells of known sizes, written as SVG or as DOT's HTML.

The sizes are ours and not measured by Graphviz, so that text has room in its cell with any common font.
"""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass, field
from xml.etree import ElementTree as Xml

from raspir.viz.cells import clean, isolated, shortened
from raspir.viz.theme import LIGHT, MONOSPACE, SANS, Part

SMALL, NORMAL = 9.0, 11.0
"""Sizes of text, in points."""

_EM = 0.63  # of the font's size: how wide a character is, with room left
_HTML_SANS, _HTML_MONOSPACE = "Helvetica", "Courier"


@dataclass(frozen=True)
class Cell:
    """One cell: text on an area, or only one of them.

    Attributes:
        text: on one line; any character may be in it.
        part: what its colours stand for; ``None`` for text on the card itself.
        width: the least width; the text's own where that is more.
        height: of the cell.
        size: of the text.
        mono: whether the text is code or an atom.
        bold: whether it stands out.
        left: whether the text begins at the left; else it is in the middle.
        kind: what it is, for whoever looks at the SVG: its class.
        inset: space between the area and its neighbours.
        ink: whose ink the text has, if not ``part``'s.
    """

    text: str = ""
    part: Part | None = None
    width: float = 0
    height: float = 18
    size: float = SMALL
    mono: bool = False
    bold: bool = False
    left: bool = False
    kind: str = ""
    inset: float = 0
    ink: Part | None = None

    @property
    def shown(self) -> str:
        """The text, safe on any page."""
        return isolated(clean(self.text))

    @property
    def natural(self) -> float:
        """The width that it needs."""
        return max(self.width, text_width(self.shown, self.size) + 10 if self.text else 0)


def text_width(text: str, size: float) -> float:
    """Return how wide ``text`` is at most, in points."""
    return size * _EM * sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if character in "\u2068\u2069":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@dataclass(frozen=True)
class Row:
    """Cells beside each other; ``stretch`` makes them as wide as the card, all equally wide."""

    cells: tuple[Cell, ...]
    stretch: bool = False

    @property
    def natural(self) -> float:
        """The width that it needs."""
        widths = [cell.natural for cell in self.cells]
        return len(widths) * max(widths) if self.stretch else sum(widths)

    @property
    def height(self) -> float:
        """The height of its highest cell."""
        return max(cell.height for cell in self.cells)

    def widths(self, whole: float) -> list[float]:
        """Return the width of each cell in a card that is ``whole`` wide inside; the last one takes what is left."""
        if self.stretch:
            return [whole / len(self.cells)] * len(self.cells)
        return [cell.natural for cell in self.cells]


@dataclass(frozen=True)
class Card:
    """What stands in one node.

    Attributes:
        rows: from the top.
        part: the colours of its border, and of its area.
        kind: what it is, for whoever looks at the SVG: its class.
        told: what it is, for who does not see it.
        critical: whether it is on the critical path.
        ports: how many cells of its first row edges lead to; 0 where they lead to the card.
    """

    rows: tuple[Row, ...]
    part: Part
    kind: str
    told: str = ""
    critical: bool = False
    ports: int = 0
    pad: float = field(default=5)

    @property
    def width(self) -> float:
        """The width of the card."""
        return round(max(row.natural for row in self.rows) + 2 * self.pad)

    @property
    def height(self) -> float:
        """The height of the card."""
        return round(sum(row.height for row in self.rows) + 2 * self.pad)


def short(text: str, width: int = 46) -> str:
    """Return ``text`` cleaned, in at most ``width`` characters."""
    return shortened(clean(text), width)


def draw_card(card: Card, x: float, y: float) -> list[Xml.Element]:
    """Return the card with its top left corner at a place, as SVG elements."""
    drawn = [_box(x, y, card.width, card.height, card.part, card.kind, radius=6)]
    if card.critical:
        drawn[0].set("stroke", LIGHT[Part.CRITICAL].line)
        drawn[0].set("stroke-width", "2.4")
        drawn[0].set("class", f"{card.kind} fill-page line-critical")
    drawn[0].set("fill", LIGHT[Part.PAGE].fill)
    top = y + card.pad
    for row in card.rows:
        left = x + card.pad
        for cell, width in zip(row.cells, row.widths(card.width - 2 * card.pad), strict=True):
            drawn += _draw_cell(cell, left, top, width)
            left += width
        top += row.height
    return drawn


def _box(x: float, y: float, width: float, height: float, part: Part, kind: str, radius: float) -> Xml.Element:
    shade, fill = LIGHT[part], part if kind == "" or kind.startswith("cell") else Part.PAGE
    return Xml.Element(
        "rect",
        {
            "x": f"{x:.1f}",
            "y": f"{y:.1f}",
            "width": f"{width:.1f}",
            "height": f"{height:.1f}",
            "rx": f"{radius:g}",
            "fill": shade.fill,
            "stroke": shade.line,
            "stroke-width": "0.8",
            "class": f"{kind} fill-{fill} line-{part}".strip(),
        },
    )


def _draw_cell(cell: Cell, x: float, y: float, width: float) -> list[Xml.Element]:
    drawn = []
    if cell.part is not None:
        gap = cell.inset
        box = (x + gap, y + gap, width - 2 * gap, cell.height - 2 * gap)
        drawn.append(_box(*box, cell.part, f"cell {cell.kind}".strip(), 3 if gap else 0))
    if cell.text:
        ink = cell.ink or cell.part or Part.PAGE
        at = x + 5 if cell.left else x + width / 2
        drawn.append(draw_text(cell.shown, at, y + cell.height / 2 + cell.size * 0.35, cell.size, ink))
        drawn[-1].set("text-anchor", "start" if cell.left else "middle")
        drawn[-1].set("font-family", family(cell.mono))
        if cell.bold:
            drawn[-1].set("font-weight", "bold")
    return drawn


def family(mono: bool) -> str:
    """Return the font families of code or of other text."""
    return ", ".join(MONOSPACE if mono else SANS)


def draw_text(text: str, x: float, y: float, size: float, ink: Part) -> Xml.Element:
    """Return text that begins at a place, as an SVG element."""
    drawn = Xml.Element(
        "text",
        {
            "x": f"{x:.1f}",
            "y": f"{y:.1f}",
            "font-family": family(False),
            "font-size": f"{size:g}",
            "fill": LIGHT[ink].ink,
            "class": f"ink-{ink}",
            "xml:space": "preserve",
        },
    )
    drawn.text = text
    return drawn


def html_label(card: Card) -> str:
    """Return the card as an HTML-like label of DOT."""
    line = LIGHT[Part.CRITICAL if card.critical else card.part].line
    rows = "".join(
        f"<TR><TD>{_html_row(row, card, number == 0 and card.ports)}</TD></TR>" for number, row in enumerate(card.rows)
    )
    outer = f'BORDER="{2 if card.critical else 1}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" STYLE="ROUNDED"'
    return f'<<TABLE {outer} COLOR="{line}" BGCOLOR="{LIGHT[Part.PAGE].fill}">{rows}</TABLE>>'


def _html_row(row: Row, card: Card, ports: bool | int) -> str:
    cells = []
    for number, (cell, width) in enumerate(zip(row.cells, row.widths(card.width - 2 * card.pad), strict=True)):
        colours = f' BGCOLOR="{LIGHT[cell.part].fill}" COLOR="{LIGHT[cell.part].line}" BORDER="1"' if cell.part else ""
        port = f' PORT="p{number}"' if ports else ""
        align = ' ALIGN="LEFT"' if cell.left else ""
        size = f'WIDTH="{width:.0f}" HEIGHT="{cell.height:.0f}"'
        cells.append(f"<TD {size}{colours}{port}{align}>{_html_text(cell)}</TD>")
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>{"".join(cells)}</TR></TABLE>'


def _html_text(cell: Cell) -> str:
    if not cell.text:
        return ""
    # Graphviz reads escapes such as \N in labels, even in HTML-like ones.
    text = html.escape(cell.shown.replace("\\", "\\\\"))
    ink = LIGHT[cell.ink or cell.part or Part.PAGE].ink
    face = _HTML_MONOSPACE if cell.mono else _HTML_SANS
    inner = f"<B>{text}</B>" if cell.bold else text
    return f'<FONT FACE="{face}" POINT-SIZE="{cell.size:g}" COLOR="{ink}">{inner}</FONT>'
