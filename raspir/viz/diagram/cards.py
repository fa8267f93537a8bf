"""Cards: the contents of a diagram's nodes, as rows of cells of known sizes, written as SVG or as HTML-like labels.

Sizes are computed here instead of by Graphviz, so that text fits into its cell in any common font.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from raspir.viz.svg import Figure, tooltip, width_of
from raspir.viz.theme import Part, Shade
from raspir.viz.widths import label

SMALL = 9.0
"""The font size of text other than titles, in points."""

_PAD = 5  # between the border of a card and its contents
_HTML_SANS, _HTML_MONOSPACE = "Helvetica", "Courier"


@dataclass(frozen=True)
class Cell:
    """A cell: text, a colored area, or both.

    Attributes:
        text: one line of text, safe in any document.
        part: the part whose colors the area has; ``None`` for text without an area.
        width: the least width.
        height: the height.
        size: the font size.
        mono: whether the text is code or an atom.
        bold: whether the text is bold.
        left: whether the text is left-aligned instead of centered.
        kind: the class in the SVG.
        inset: the space around the area.
        ink: the part whose ink the text has, if not ``part``.
        border: the part whose color the border of the area has, if not ``part``.
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
    border: Part | None = None

    @property
    def natural(self) -> float:
        """The width that the contents need."""
        return max(self.width, width_of(self.text, self.size, self.font, self.bold) + 10 if self.text else 0)

    @property
    def font(self) -> str:
        """The font of the text."""
        return "mono" if self.mono else "sans"

    @property
    def text_part(self) -> Part:
        """The part whose ink the text has."""
        return self.ink or self.part or Part.PAGE

    def draw(self, figure: Figure, x: float, y: float, width: float) -> None:
        """Draw the cell with its top left corner at this point."""
        if self.part is not None:
            gap, radius = self.inset, 3 if self.inset else 0
            box = (x + gap, y + gap, width - 2 * gap, self.height - 2 * gap)
            kind = f"cell {self.kind}".strip()
            figure.rect(*box, self.part, border=self.border, line=0.8, radius=radius, kind=kind)
        if self.text:
            at, anchor = (x + 5, "start") if self.left else (x + width / 2, "middle")
            middle, ink = y + self.height / 2, self.text_part
            figure.text(at, middle, self.text, ink, size=self.size, anchor=anchor, font=self.font, bold=self.bold)


@dataclass(frozen=True)
class Row:
    """Cells side by side; with ``stretch``, together as wide as the card."""

    cells: tuple[Cell, ...]
    stretch: bool = False

    @property
    def natural(self) -> float:
        """The width that the contents need."""
        return sum(cell.natural for cell in self.cells)

    @property
    def height(self) -> float:
        """The height of the tallest cell."""
        return max(cell.height for cell in self.cells)

    def widths(self, card: Card) -> list[float]:
        """Return the width of each cell in a card."""
        room = (card.width - 2 * _PAD - self.natural) / len(self.cells) if self.stretch else 0
        return [cell.natural + room for cell in self.cells]


@dataclass(frozen=True)
class Card:
    """The contents of one node.

    Attributes:
        rows: the rows, from the top.
        part: the part whose color the border has.
        kind: the class in the SVG.
        description: the description, for screen readers.
        critical: whether the node is on the critical path.
        ports: the number of cells of the first row that are ports; 0 if edges lead to the card.
    """

    rows: tuple[Row, ...]
    part: Part
    kind: str
    description: str
    critical: bool = False
    ports: int = 0

    @property
    def border(self) -> Part:
        """The part whose color the border has, whether critical or not."""
        return Part.CRITICAL if self.critical else self.part

    @property
    def width(self) -> int:
        """The width of the card."""
        return ceil(max(row.natural for row in self.rows)) + 2 * _PAD

    @property
    def height(self) -> int:
        """The height of the card."""
        return ceil(sum(row.height for row in self.rows)) + 2 * _PAD

    def port(self, number: int) -> tuple[float, float]:
        """Return the left border and the width of a port."""
        widths = self.rows[0].widths(self)
        return _PAD + sum(widths[:number]), widths[number]

    def draw(self) -> Figure:
        """Draw the card."""
        figure, line = Figure(kind="card"), 2.4 if self.critical else 0.8
        figure.rect(0, 0, self.width, self.height, Part.PAGE, border=self.border, line=line, radius=6, kind=self.kind)
        tooltip(figure.element, label(self.description, 400))
        y: float = _PAD
        for row in self.rows:
            x: float = _PAD
            for cell, width in zip(row.cells, row.widths(self), strict=True):
                cell.draw(figure, x, y, width)
                x += width
            y += row.height
        return figure


def html_label(card: Card, shades: Mapping[Part, Shade]) -> str:
    """Return the card as an HTML-like label of DOT, in these colors."""
    rows = "".join(
        f"<TR><TD>{_html_row(row, card, number == 0 and card.ports > 0, shades)}</TD></TR>"
        for number, row in enumerate(card.rows)
    )
    outer = f'BORDER="{2 if card.critical else 1}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" STYLE="ROUNDED"'
    return f'<<TABLE {outer} COLOR="{shades[card.border].line}" BGCOLOR="{shades[Part.PAGE].fill}">{rows}</TABLE>>'


def _html_row(row: Row, card: Card, ports: bool, shades: Mapping[Part, Shade]) -> str:
    cells = []
    for number, (cell, width) in enumerate(zip(row.cells, row.widths(card), strict=True)):
        area = ""
        if cell.part is not None:
            area = f' BGCOLOR="{shades[cell.part].fill}" COLOR="{shades[cell.border or cell.part].line}" BORDER="1"'
        port = f' PORT="p{number}"' if ports else ""
        align = ' ALIGN="LEFT"' if cell.left else ""
        size = f'WIDTH="{width:.0f}" HEIGHT="{cell.height:.0f}"'
        cells.append(f"<TD {size}{area}{port}{align}>{_html_text(cell, shades)}</TD>")
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1"><TR>{"".join(cells)}</TR></TABLE>'


def _html_text(cell: Cell, shades: Mapping[Part, Shade]) -> str:
    if not cell.text:
        return ""
    # Graphviz reads escapes such as \N in labels, even in HTML-like ones.
    text = html.escape(cell.text.replace("\\", "\\\\"))
    face = _HTML_MONOSPACE if cell.mono else _HTML_SANS
    inner = f"<B>{text}</B>" if cell.bold else text
    return f'<FONT FACE="{face}" POINT-SIZE="{cell.size:g}" COLOR="{shades[cell.text_part].ink}">{inner}</FONT>'
