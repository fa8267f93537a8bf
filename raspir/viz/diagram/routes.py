"""Routes: the horizontal places of edges, which pass between the cards.

All edges from a card are one net, which leaves the card at one point of its lower border, its exit. Edges turn only in
the channels between two ranks: there, each net has a horizontal track. Edges that bypass a rank share a vertical lane
of their net, at a place where no card is in the way. An edge ends at the upper border of a card, at its pin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median_low

from raspir.viz.diagram.layout import Edge, Side
from raspir.viz.diagram.ranks import Rank, Span

_PIN, _LANE, _CARD = 6, 7, 9  # the least distance of an edge to pins and exits, to lanes and to cards
_SPREAD = 16  # between the pins of a card without ports
_CORNER = 10  # between a pin or an exit and the side of its card


@dataclass
class Net:
    """The edges from one card.

    Attributes:
        rank: the rank of the card.
        edges: the edges.
        exit: where they leave the card.
        lane: the place of their lane; ``None`` without edges that bypass a rank.
        last: the rank at which the lane ends.
    """

    rank: int
    edges: list[Edge] = field(default_factory=list)
    exit: int = 0
    lane: int | None = None
    last: int = 0


class Routes:
    """The routes of all edges of a diagram.

    Attributes:
        nets: the nets by the card that they leave.
        pins: the pin of each edge.
        tracks: for each channel, by the number of the rank below it, the number of each net's track from the top; nets
            that run straight through a channel have none.
    """

    def __init__(self, side: Side, ranks: Sequence[Rank]) -> None:
        self._cards, self._ranks = side.cards, ranks
        self.rank_of = {name: number for number, rank in enumerate(ranks) for name in rank.spans}
        self.nets: dict[str, Net] = {}
        for edge in side.edges:
            self.nets.setdefault(edge.tail, Net(self.rank_of[edge.tail])).edges.append(edge)
        self.pins = self._pins(side.edges)
        for name, net in self.nets.items():
            net.exit = self._exit(name, net)
        self._lanes()
        self.tracks = {channel: _tracks(self._wires(channel)) for channel in range(1, len(ranks))}

    @property
    def span(self) -> Span:
        """The span of all cards and edges."""
        spans = [span for rank in self._ranks for span in rank.spans.values()]
        lanes = [net.lane for net in self.nets.values() if net.lane is not None]
        return Span(min([*lanes, *(each.left for each in spans)]), max([*lanes, *(each.right for each in spans)]))

    def _span(self, name: str) -> Span:
        return self._ranks[self.rank_of[name]].spans[name]

    def _pins(self, edges: Iterable[Edge]) -> dict[Edge, int]:
        """Return the pins of edges: below their tails as far as the border of their head allows, and apart."""
        ends: dict[tuple[str, int | None], list[Edge]] = defaultdict(list)
        for edge in edges:
            ends[edge.head, edge.port].append(edge)
        pins: dict[Edge, int] = {}
        for (name, port), ending in ends.items():
            span = self._span(name) if port is None else self._port(name, port)
            wanted = sorted((self._span(edge.tail).center, number) for number, edge in enumerate(ending))
            if port is not None and len(wanted) == 1:
                wanted = [(span.center, 0)]
            places = _apart([x for x, _ in wanted], span.inner(_CORNER))
            pins |= {ending[number]: place for (_, number), place in zip(wanted, places, strict=True)}
        return pins

    def _port(self, name: str, port: int) -> Span:
        span, (left, width) = self._span(name), self._cards[name].port(port)
        return Span(span.left + round(left), span.left + round(left + width))

    def _exit(self, name: str, net: Net) -> int:
        """Return the exit of a net: straight above a pin if one is below the card, and away from other pins."""
        span = self._span(name).inner(_CORNER)
        below = [edge for edge in net.edges if self.rank_of[edge.head] == net.rank + 1 and span.holds(self.pins[edge])]
        straight = min(below, key=lambda edge: (not edge.critical, abs(self.pins[edge] - span.center)), default=None)
        wanted = span.center if straight is None else self.pins[straight]
        others = self._pins_at(net.rank + 1, net)
        taken = [Span(x - _PIN, x + _PIN) for x in others]
        found = _free(wanted, taken)
        return found if span.holds(found) else wanted

    def _pins_at(self, rank: int, without: Net) -> list[int]:
        """Return the pins at a rank of the edges of other nets."""
        own = set(without.edges)
        return [x for edge, x in self.pins.items() if self.rank_of[edge.head] == rank and edge not in own]

    def _lanes(self) -> None:
        """Place the lanes, the shortest first, so that they are nearest to the cards that they pass."""
        for net in self.nets.values():
            net.last = max(self.rank_of[edge.head] for edge in net.edges)
        long = sorted(
            (net for net in self.nets.values() if net.last > net.rank + 1), key=lambda net: net.last - net.rank
        )
        for net in long:
            taken = [
                Span(span.left - _CARD, span.right + _CARD)
                for rank in self._ranks[net.rank + 1 : net.last]
                for span in rank.spans.values()
            ]
            # A lane begins and ends in channels that have the exits above, and the pins below, of other nets.
            beside = [each.exit for each in self.nets.values() if each is not net and each.rank == net.rank]
            beside += self._pins_at(net.last, net)
            taken += [Span(x - _PIN, x + _PIN) for x in beside]
            taken += [
                Span(other.lane - _LANE, other.lane + _LANE)
                for other in self.nets.values()
                if other.lane is not None and max(other.rank, net.rank) < min(other.last, net.last)
            ]
            far = [self.pins[edge] for edge in net.edges if self.rank_of[edge.head] > net.rank + 1]
            net.lane = _free(median_low([net.exit, *far]), taken)

    def _wires(self, channel: int) -> dict[str, _Wire]:
        """Return what each net connects in a channel."""
        wires = {}
        for name, net in self.nets.items():
            if not net.rank < channel <= net.last:
                continue
            first = channel == net.rank + 1
            below = [self.pins[edge] for edge in net.edges if self.rank_of[edge.head] == channel]
            if first and net.lane is not None:
                below.append(net.lane)
            if below:
                wires[name] = _Wire(net.exit if first else _placed(net.lane), tuple(below))
        return wires


def _placed(lane: int | None) -> int:
    assert lane is not None
    return lane


def _apart(wanted: Sequence[int], span: Span) -> list[int]:
    """Return places in a span, in order and apart, near the wanted ones."""
    gap = min(_SPREAD, (span.right - span.left) / max(len(wanted) - 1, 1))
    places: list[float] = []
    for x in wanted:
        places.append(max(span.nearest(x), places[-1] + gap if places else span.left))
    limit: float = span.right
    for number in reversed(range(len(places))):
        places[number] = min(places[number], limit)
        limit = places[number] - gap
    return [round(x) for x in places]


def _free(wanted: int, taken: Sequence[Span]) -> int:
    """Return the place nearest to the wanted one that is inside none of the spans."""
    ends = (x for span in taken for x in (span.left, span.right))
    near = sorted([wanted, *ends], key=lambda x: abs(x - wanted))
    return next(x for x in near if not any(span.left < x < span.right for span in taken))


@dataclass(frozen=True)
class _Wire:
    """What a net connects in a channel: one place above with some below."""

    above: int
    below: tuple[int, ...]

    @property
    def span(self) -> Span:
        places = (self.above, *self.below)
        return Span(min(places), max(places))

    def crossings(self, lower: _Wire) -> int:
        """Return how often this wire crosses another one whose track is below its own."""
        down = sum(lower.span.left < x < lower.span.right for x in self.below)
        return down + (self.span.left < lower.above < self.span.right)


def _tracks(wires: Mapping[str, _Wire]) -> dict[str, int]:
    """Return the track of each wire that is not straight, from the top, with few crossings."""
    order: list[str] = []
    for name, wire in wires.items():
        if wire.span.left < wire.span.right:
            order.insert(_best_place(wire, [wires[other] for other in order]), name)
    tracks: dict[str, int] = {}
    for name in order:
        span = wires[name].span
        above = [tracks[other] for other in tracks if _meet(span, wires[other].span)]
        tracks[name] = max(above, default=-1) + 1
    return tracks


def _best_place(wire: _Wire, order: Sequence[_Wire]) -> int:
    """Return where a wire is to be inserted into the tracks from the top, for the fewest crossings."""
    costs = [sum(wire.crossings(other) for other in order)]
    for other in order:
        costs.append(costs[-1] - wire.crossings(other) + other.crossings(wire))
    return costs.index(min(costs))


def _meet(one: Span, other: Span) -> bool:
    return one.left - _PIN < other.right and other.left - _PIN < one.right
