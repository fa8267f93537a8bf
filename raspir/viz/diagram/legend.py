"""The legend of a diagram: what the colors mean."""

from __future__ import annotations

from collections.abc import Sequence

from raspir.viz.causality import CAUSAL
from raspir.viz.diagram.cards import Card, Cell, Row
from raspir.viz.diagram.layout import Side
from raspir.viz.svg import Figure, width_of
from raspir.viz.theme import Part

_ENTRIES = (
    (Part.KEY, "key"),
    (Part.QUERY, "query"),
    (Part.VALUE, "value, score"),
    (Part.RESULT, "result"),
    (Part.MLP, "MLP: elementwise"),
    (Part.SOURCE, "source"),
    (Part.SELECTED, "● selected"),
    (Part.CRITICAL, "◆ critical path: why it needs so many layers"),
)


def _entries(sides: Sequence[Side]) -> list[tuple[Part, str]]:
    """Return the parts that diagrams have, and their meaning."""
    cards = [card for side in sides for card in side.cards.values()]
    used = {card.border for card in cards} | {cell.part for card in cards for row in card.rows for cell in row.cells}
    entries = [(part, meaning) for part, meaning in _ENTRIES if part in used]
    return [*entries, (Part.SELECTED, CAUSAL)] if any(side.causal for side in sides) else entries


def legend(sides: Sequence[Side], width: float) -> Figure:
    """Return the legend of diagrams on lines of limited width."""
    figure = Figure("legend")
    x = y = 0.0
    for part, meaning in _entries(sides):
        needed = 17 + width_of(meaning, 10) + 8
        if x and x + needed > width:
            x, y = 0.0, y + 18
        if part is Part.CRITICAL:
            figure.path(f"M{x:.1f},{y + 6:g}h13", part, 2.6)
        elif meaning == CAUSAL:
            figure.rect(x, y, 12, 12, Part.UNSELECTED, radius=0)
            figure.tip(f"{x:.1f},{y:g} {x + 12:.1f},{y + 12:g} {x:.1f},{y + 12:g}", part)
        else:
            figure.rect(x, y, 12, 12, part, radius=2)
        figure.text(x + 17, y + 6.4, meaning, Part.BAND, size=10, font="sans")
        figure.grow(x + needed, y + 14)
        x += needed
    return figure


def legend_card(sides: Sequence[Side]) -> Card:
    """Return the legend of diagrams as a card."""
    rows = (Row((_swatch(part, text), Cell(text, ink=Part.BAND, left=True))) for part, text in _entries(sides))
    return Card(tuple(rows), Part.BAND, "legend", "the colors")


def _swatch(part: Part, meaning: str) -> Cell:
    return Cell("◣", width=18) if meaning == CAUSAL else Cell(part=part, width=18, inset=3)
