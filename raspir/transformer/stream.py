"""The residual stream under construction: its directions, what each may hold, and with which error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from raspir.ir import Node
from raspir.transformer.affine import Affine, total
from raspir.transformer.columns import Values
from raspir.transformer.relu import Units
from raspir.transformer.score_errors import Carried
from raspir.transformer.softmax import Bits, rounding_unit

Kind = Literal["embedding", "head", "mlp", "flag"]
Slot = tuple[int, int]
"""The MLP after an attention layer, 0 for none, and its number: those from 1 are blocks of an MLP alone."""
_FINE = 64  # binary fractions that round nothing have this denominator
FIRST: Slot = (-1, 0)
"""Where embeddings are ready."""


@dataclass(frozen=True, eq=False)
class Direction:
    """A direction of the residual stream.

    Attributes:
        kind: what writes it.
        what: what it holds, for labels.
        low: a lower bound of what it may hold at any position of an input.
        high: an upper bound.
        error: a bound on how far it may be off.
        ready: the MLP after which it can be read.
        root: the value that an embedding depends on, or the aggregate that a head yields.
        values: an embedding's number for each atom of the root.
        units: the hidden units that write it; without an affine part.
        at_bos: bounds of what it holds at BOS.
    """

    kind: Kind
    what: str
    low: float
    high: float
    error: float = 0.0
    ready: Slot = FIRST
    root: Node | None = None
    values: Values | None = None
    units: Units | None = None
    at_bos: tuple[float, float] = (0.0, 0.0)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.what}>"


FLAG = Direction("flag", "BOS", 0.0, 0.0, at_bos=(1.0, 1.0))
"""1 at BOS, 0 elsewhere."""


@dataclass(frozen=True)
class Placed:
    """A number as an affine form of directions.

    Attributes:
        form: the form.
        error: a bound on its error where it is read.
        ready: the MLP after which it can be read.
        carried: how the error comes about, if that is known.
    """

    form: Affine
    error: float
    ready: Slot
    carried: Carried | None = None


class Stream:
    """The directions that have been allotted so far.

    Args:
        bits: the significant bits of the floats.
    """

    def __init__(self, bits: Bits = 24) -> None:
        self.bits = bits
        self.directions: list[Direction] = []
        self._bases: dict[Node, list[Direction]] = {}

    def add(self, direction: Direction) -> Direction:
        """Add a direction."""
        self.directions.append(direction)
        return direction

    def stored(self, value: float) -> float:
        """Return the error with which a number is stored."""
        return abs(float(np.float32(value)) - value) if self.bits == 24 else 0.0

    def embedded(self, root: Node, values: Values, what: str) -> Affine:
        """Return a function of one embedded value, as an affine form of as few directions as possible."""
        known = self._bases.setdefault(root, [])
        found = _combination([each.values for each in known if each.values is not None], values)
        if found is None:
            filled = np.where(np.isnan(values), np.nanmin(values), values)
            direction = self._embedding(root, filled, what)
            known.append(direction)
            return Affine.of(direction)
        *coefficients, constant = found
        return Affine(dict(zip(known, coefficients, strict=True)), constant)

    def _embedding(self, root: Node, values: Values, what: str) -> Direction:
        error = max(map(self.stored, values.tolist()))
        low, high = float(values.min()), float(values.max())
        return self.add(Direction("embedding", what, low, high, error, root=root, values=values))

    def placed(self, form: Affine, extra: float = 0.0) -> Placed:
        """Return a form with the bound on its error: that of its directions, of its coefficients and of rounding."""
        error = sum(abs(float(c)) * each.error for each, c in directions_of(form))
        return self._read(form, error + extra)

    def total(self, parts: Sequence[Placed]) -> Placed:
        """Return the sum of numbers."""
        if len(parts) == 1:
            return parts[0]
        return self._read(total(part.form for part in parts), sum(part.error for part in parts))

    def _read(self, form: Affine, error: float) -> Placed:
        """Return a form whose exact reading is off by ``error``, with that of floats."""
        terms = [(each, abs(float(c))) for each, c in directions_of(form)]
        size = sum(c * max(abs(each.low), abs(each.high)) for each, c in terms) + abs(float(form.constant))
        fine = _is_fine(float(form.constant)) and all(_is_fine(c) for _, c in terms)
        exact = fine and all(each.error == 0 and each.kind == "embedding" and _integral(each) for each, _ in terms)
        if not (exact and size * _FINE < 2**self.bits):
            error += (len(terms) + 2) * rounding_unit(self.bits) * size
        return Placed(form, error, max((each.ready for each, _ in terms), default=FIRST))

    def at_bos(self, form: Affine) -> tuple[float, float]:
        """Return bounds of a form at BOS."""
        low = high = float(form.constant)
        for each, c in directions_of(form):
            ends = [float(c) * end for end in each.at_bos]
            low, high = low + min(ends), high + max(ends)
        return low, high


def directions_of(form: Affine) -> Iterator[tuple[Direction, Fraction]]:
    """Yield the directions of a form with their coefficients."""
    for source, coefficient in form.terms.items():
        assert isinstance(source, Direction)
        yield source, coefficient


def _is_fine(number: float) -> bool:
    """Return whether a number is a binary fraction of few bits."""
    return (number * _FINE).is_integer()


def _integral(direction: Direction) -> bool:
    return direction.values is not None and bool((direction.values == np.floor(direction.values)).all())


def _combination(known: Sequence[Values], values: Values) -> list[Fraction] | None:
    """Return coefficients and a constant by which known functions add up to ``values``, ``None`` if there are none.

    Only binary fractions of few bits are tried, as they round nothing.
    """
    matter = ~np.isnan(values)
    rows = np.stack([*(each[matter] for each in known), np.ones(int(matter.sum()))], axis=-1)
    target = values[matter]
    solution = np.linalg.lstsq(rows, target, rcond=None)[0]
    nice = np.round(solution * _FINE) / _FINE
    if not np.array_equal(rows @ nice, target):
        return None
    return [Fraction(each) for each in nice.tolist()]
