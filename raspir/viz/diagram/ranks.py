"""Ranks: the rows of cards of a diagram from the top, with the horizontal place of each card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from raspir.viz.diagram.cards import Card
from raspir.viz.diagram.layout import Side

BETWEEN = 28
"""The space between the cards of a rank, through which edges pass."""


@dataclass(frozen=True)
class Span:
    """The left and right border of a card, relative to the middle of the diagram.

    All horizontal places are integers, so that lines are sharp.
    """

    left: int
    right: int

    @property
    def center(self) -> int:
        """Its middle."""
        return (self.left + self.right) // 2

    def inner(self, margin: int) -> Span:
        """Return the span without a margin on both sides, or its middle if it is too narrow."""
        if self.right - self.left < 2 * margin:
            return Span(self.center, self.center)
        return Span(self.left + margin, self.right - margin)

    def nearest(self, x: int) -> int:
        """Return the point of the span that is nearest to ``x``."""
        return min(max(x, self.left), self.right)

    def holds(self, x: int) -> bool:
        """Return whether a point is in the span."""
        return self.left <= x <= self.right


@dataclass(frozen=True)
class Rank:
    """A row of cards.

    Attributes:
        band: the number of its band.
        spans: the spans of its cards by identifier, from the left.
        height: the height of its tallest card.
    """

    band: int
    spans: Mapping[str, Span]
    height: int


def ranks_of(side: Side, width: float) -> list[Rank]:
    """Return the ranks of a diagram, of which those with several cards are at most ``width`` wide."""
    return [
        _rank(number, row, side.cards)
        for number, band in enumerate(side.bands)
        for row in (*_rows(band.upper, side.cards, width), *([card] for card in band.lower))
    ]


def _rows(names: Sequence[str], cards: Mapping[str, Card], width: float) -> Iterator[list[str]]:
    row: list[str] = []
    for name in names:
        if row and _width([*row, name], cards) > width:
            yield row
            row = []
        row.append(name)
    if row:
        yield row


def _width(row: Sequence[str], cards: Mapping[str, Card]) -> int:
    return sum(cards[name].width for name in row) + BETWEEN * (len(row) - 1)


def _rank(band: int, row: Sequence[str], cards: Mapping[str, Card]) -> Rank:
    """Return the cards of a rank side by side around the middle of the diagram."""
    x, spans = -round(_width(row, cards) / 2), {}
    for name in row:
        spans[name] = Span(x, x + cards[name].width)
        x += cards[name].width + BETWEEN
    return Rank(band, spans, max(cards[name].height for name in row))
