"""The columns of the residual stream: directions that are only ever read in one combination share one.

Everything that writes to the stream adds to it, so that a combination that all readers take can be written as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from raspir.transformer.affine import Affine
from raspir.transformer.stream import Direction, directions_of

Group = Mapping[Direction, Fraction]
"""Directions with the factors, powers of two or their negatives, by which they are added up; the first one's is 1."""


class Basis:
    """The directions that each column of the residual stream adds up.

    Args:
        groups: the directions of each column.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self.groups = tuple(groups)
        self._at = {direction: at for at, group in enumerate(self.groups) for direction in group}

    def __len__(self) -> int:
        return len(self.groups)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each column holds."""
        return tuple(" + ".join(dict.fromkeys(each.what for each in group)) for group in self.groups)

    def of(self, direction: Direction) -> tuple[int, float]:
        """Return the column of a direction, and the factor by which it is written there."""
        at = self._at[direction]
        return at, float(self.groups[at][direction])

    def read(self, form: Affine) -> dict[int, float] | None:
        """Return the weight of each column in a form; ``None`` if it is no form of columns.

        Directions that have no column, as a mark of BOS that is not needed, are left out.
        """
        terms = {direction: c for direction, c in directions_of(form) if direction in self._at}
        found: dict[int, float] = {}
        for at in dict.fromkeys(self._at[direction] for direction in terms):
            weights = {terms.get(direction, Fraction()) / factor for direction, factor in self.groups[at].items()}
            if len(weights) > 1:
                return None
            found[at] = float(weights.pop())
        return found


def shared(directions: Sequence[Direction], forms: Iterable[Affine], alone: Direction) -> Basis:
    """Return the basis of directions that are read as ``forms``, in which ``alone`` shares no column."""
    read: dict[Direction, dict[int, Fraction]] = {direction: {} for direction in directions}
    for number, form in enumerate(dict.fromkeys(forms)):
        for direction, c in directions_of(form):
            if direction in read:
                read[direction][number] = c
    groups: dict[object, list[tuple[Direction, Fraction]]] = {}
    for direction, readers in read.items():
        first = next(iter(readers.values()), Fraction(1))
        pattern = tuple((number, c / first) for number, c in readers.items())
        power = Fraction(2) ** (abs(first.numerator).bit_length() - first.denominator.bit_length())
        key = (pattern, abs(first) / power) if readers and direction is not alone else direction
        groups.setdefault(key, []).append((direction, first))
    return Basis([{each: first / group[0][1] for each, first in group} for group in groups.values()])
