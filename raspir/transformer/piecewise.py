"""Functions of one number as continuous piecewise-linear functions with the fewest kinks, each of which is one ReLU.

Only legal arguments matter, so a function may bend anywhere between two of them. A state of the search is the slope
with which the function passes a legal argument: between neighbours whose chord has slope ``c``, going from slope ``s``
to slope ``t`` takes no kink if all three are equal, one if ``c`` lies between ``s`` and ``t``, and two otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import TypeAlias

from raspir.transformer.affine import Number, is_dyadic

Point: TypeAlias = tuple[Fraction, Fraction]
_Cost: TypeAlias = tuple[int, int, Fraction]


@dataclass(frozen=True)
class Piecewise:
    """A continuous piecewise-linear function.

    Attributes:
        points: the legal arguments in ascending order, each with its result.
        slope: the slope before the first kink.
        kinks: the arguments at which the slope changes, in ascending order, each with the change.
    """

    points: tuple[Point, ...]
    slope: Fraction
    kinks: tuple[Point, ...]

    def __call__(self, x: Number) -> Fraction:
        """Return the result at any argument, legal or not."""
        (first, result), x = self.points[0], Fraction(x)
        return result + self.slope * (x - first) + sum(change * (x - at) for at, change in self.kinks if at < x)

    def slopes(self) -> list[Fraction]:
        """Return the slope of each piece; there is one piece more than kinks."""
        found = [self.slope]
        for _, change in self.kinks:
            found.append(found[-1] + change)
        return found

    def error(self, of_argument: Number) -> Fraction:
        """Return the largest error of the result if the argument is off by at most ``of_argument``."""
        e = Fraction(of_argument)
        return max(
            abs(self(at) - y)
            for x, y in self.points
            for at in (x - e, x + e, *(k for k, _ in self.kinks if x - e < k < x + e))
        )


def points_of(table: Iterable[tuple[Number, Number | None]]) -> tuple[Point, ...]:
    """Return a table as sorted points.

    Args:
        table: the legal arguments, each with its result; ``None`` where any result will do.

    Raises:
        ValueError: two results for one argument.
    """
    found: dict[Fraction, Fraction] = {}
    for x, y in table:
        if y is not None and found.setdefault(Fraction(x), Fraction(y)) != Fraction(y):
            raise ValueError(f"a function cannot have the results {found[Fraction(x)]} and {y} at {x}")
    return tuple(sorted(found.items()))


def count_kinks(points: Sequence[tuple[Number, Number]], most: float = inf) -> int | None:
    """Return the least number of kinks of a continuous piecewise-linear function through sorted ``points``.

    The slopes that are possible at the least number of kinks so far are all, one, or those on one side of one; with one
    kink more, all are, as the function may bend there. So one pass finds the least number.

    Args:
        points: arguments in strictly ascending order, with results.
        most: return ``None`` if more kinks are needed, as soon as that is known.
    """
    count, side = 0, 0  # slopes so far: all without ``last``; else ``last`` and those to its ``side``
    last: tuple[Number, Number] | None = None
    for (x, y), (z, w) in pairwise(points):
        dx, dy = z - x, w - y
        turn = 0 if last is None else dy * last[0] - last[1] * dx
        if turn == 0 or turn * side > 0:
            side = 0
        else:
            count += 1
            side = 1 if turn > 0 else -1
            if count > most:
                return None
        last = dx, dy
    return count


def fit(table: Iterable[tuple[Number, Number | None]], error: Number = 0, flat: bool = False) -> Piecewise:
    """Return a continuous piecewise-linear function with the fewest kinks that agrees with ``table``.

    Among those it prefers kinks at binary fractions, then small slopes at legal arguments, which amplify errors least.

    Args:
        table: the legal arguments, each with its result; ``None`` where any result will do.
        error: the largest error of arguments. A step keeps that distance from legal arguments if they leave room.
        flat: require a constant result up to ``error`` around each legal argument: a staircase, of two kinks for each
            change, whose results have no error.

    Raises:
        ValueError: no result is given, or two for one argument; or with ``flat``, an error of half a gap or more.
    """
    points, margin = points_of(table), Fraction(error)
    if not points:
        raise ValueError("a function needs at least one legal argument")
    if flat:
        return through(points, [Fraction()] * len(points), margin)
    return _joined(points, _slopes(points, margin), margin)


def through(points: Sequence[Point], slopes: Sequence[Fraction], error: Number) -> Piecewise:
    """Return the function with the fewest kinks that has given slopes up to ``error`` around sorted ``points``.

    Raises:
        ValueError: an error of half a gap or more where the function has to bend.
    """
    margin = Fraction(error)
    for ((x, y), s), ((z, w), t) in pairwise(zip(points, slopes, strict=True)):
        if z - x <= 2 * margin and not s == t == (w - y) / (z - x):
            raise ValueError(f"an error of {float(margin):g} confuses the arguments {x} and {z}")
    return _joined(points, slopes, margin, strict=True)


def _joined(points: Sequence[Point], slopes: Sequence[Fraction], margin: Fraction, strict: bool = False) -> Piecewise:
    kinks: dict[Fraction, Fraction] = {}
    slope = slopes[0]
    for (left, s), (right, t) in pairwise(zip(points, slopes, strict=True)):
        for at, after in _bends(left, s, right, t, margin, strict):
            kinks[at] = kinks.get(at, Fraction()) + after - slope
            slope = after
    return Piecewise(tuple(points), slopes[0], tuple(sorted(each for each in kinks.items() if each[1])))


def _slopes(points: Sequence[Point], margin: Fraction) -> list[Fraction]:
    """Return slopes at all points for which the function has the fewest kinks.

    The slopes of the chords on both sides suffice for the fewest kinks; a slope of 0 may do as
    well, and keeps off errors.
    """
    chords = [(w - y) / (z - x) for (x, y), (z, w) in pairwise(points)]
    around = [set(chords[max(i - 1, 0) : i + 1]) | {Fraction()} for i in range(len(points))]
    best: dict[Fraction, _Cost] = {s: (0, 0, abs(s)) for s in sorted(around[0])}
    origins: list[dict[Fraction, Fraction]] = []
    for (left, right), choices in zip(pairwise(points), around[1:], strict=True):
        nearer: dict[Fraction, tuple[_Cost, Fraction]] = {
            t: min((_plus(cost, left, s, right, t, margin), s) for s, cost in best.items()) for t in sorted(choices)
        }
        best = {t: cost for t, (cost, _) in nearer.items()}
        origins.append({t: s for t, (_, s) in nearer.items()})
    slopes = [min(best, key=lambda t: (best[t], t))]
    for origin in reversed(origins):
        slopes.append(origin[slopes[-1]])
    return slopes[::-1]


def _plus(cost: _Cost, left: Point, s: Fraction, right: Point, t: Fraction, margin: Fraction) -> _Cost:
    """Return ``cost`` plus that of a gap: its kinks, those that no float is exact for, and slopes at its ends."""
    count, inexact, steepness = cost
    for at, after in _bends(left, s, right, t, margin):
        count += 1
        inexact += not (is_dyadic(at) and is_dyadic(after))
        if at in (left[0], right[0]):
            steepness += max(abs(after), abs(s))
    return count, inexact, steepness + abs(t)


def _bends(
    left: Point, s: Fraction, right: Point, t: Fraction, margin: Fraction, strict: bool = False
) -> Iterator[Point]:
    """Yield the kinks between neighbours that are passed with slopes ``s`` and ``t``, each with the slope after it.

    Two kinks keep ``margin`` from the neighbours if there is room; one does so only if ``strict``, or it becomes two.
    """
    (x, y), (z, w) = left, right
    gap, chord = z - x, (w - y) / (z - x)
    before, after = s - chord, t - chord
    if before == after == 0:
        return
    room = gap - 2 * margin if gap > 2 * margin else gap
    if before * after <= 0:
        start = gap * after / (after - before)
        if not strict or margin <= start <= gap - margin:
            yield x + start, t
            return
    width = _power_below(room)  # a division by a power of two is exact
    rest = (gap - width) / 2
    yield x + rest, (w - y - (s + t) * rest) / width
    yield x + rest + width, t


def _power_below(number: Fraction) -> Fraction:
    power = Fraction(2) ** (number.numerator.bit_length() - number.denominator.bit_length())
    return power if power <= number else power / 2
