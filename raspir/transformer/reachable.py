"""Reachable sums and means: what a head may yield that adds up or averages values of a finite domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from math import gcd
from typing import Any, Protocol

from raspir.ir import Atom
from raspir.ir.atoms import atom_key
from raspir.ir.evaluation import checked
from raspir.transformer.atomsets import Atoms, canonical, joined, size

Numbers = Sequence[bool | int | float]

_WORK = 1 << 18  # most additions of single numbers
_WORDS = 1 << 26  # most machine words that sums of integers may touch


@dataclass(frozen=True)
class Reach:
    """What a query may select.

    Attributes:
        values: the possible atoms of the value at a selected position.
        most: the most positions that may be selected.
        places: the possible atoms at each position that may be selected, in order, where they depend on the position.
        uniform: whether the value is the same at all positions.
    """

    values: Atoms
    most: int
    places: tuple[Atoms, ...] = ()
    uniform: bool = False


def sums(reach: Reach, counts: range, most: int) -> Atoms | None:
    """Return all sums of what a query may select, as raspir adds it: from left to right.

    One value is itself, whatever its type; of several, only numbers can be added. Failing sums are left out.

    Args:
        reach: what the query may select.
        counts: the positive numbers of positions that it may select.
        most: the limit on the number of atoms; more integers are widened to an arithmetic progression.

    Returns:
        The sums; ``None`` if there are too many, or too many additions to find them.
    """
    by_count = _by_count(reach, counts, most)
    return None if by_count is None else joined(by_count.values(), most)


def means(reach: Reach, counts: range, most: int) -> Atoms | None:
    """Return all means of what a query may select, as raspir divides their sums.

    The arguments and the result are those of :func:`sums`.
    """
    by_count = _by_count(reach, counts, most)
    if by_count is None or sum(map(size, by_count.values())) > 4 * most:
        return None
    quotients = {atom_key(mean): mean for count, sums in by_count.items() for mean in _divided(sums, count)}
    return canonical(quotients.values()) if len(quotients) <= most else None


def _divided(sums: Atoms, count: int) -> Iterator[Atom]:
    """Yield the quotients of sums by a count that succeed; a single value is its own mean."""
    if count == 1:
        yield from sums
        return
    for total in _numbers(sums):
        try:
            yield checked(total / count)
        except (ArithmeticError, ValueError):
            continue


def _by_count(reach: Reach, counts: range, most: int) -> Mapping[int, Atoms] | None:
    """Return the sums over each number of positions; ``None`` if there are too many."""
    found: dict[int, Atoms] = {1: reach.values} if 1 in counts else {}
    several = range(max(2, counts.start), counts.stop)
    options = [_numbers(place) for place in reach.places or (reach.values,)]
    if not several or not any(options):
        return found
    bits = None if reach.uniform else _Bits.of(options)
    if not reach.places and bits is not None and bits.is_contiguous(options[0]):
        return dict(bits.progressions(several)) | found
    arithmetic: _Arithmetic = bits if bits is not None and bits.is_cheap(options, several[-1]) else _Exact(4 * most)
    try:
        return dict(_totals(arithmetic, reach, options, several)) | found
    except _TooManyError:
        wide = _Bits.of(options)
        return None if wide is None else dict(wide.progressions(several)) | found


def _numbers(atoms: Atoms) -> Numbers:
    return atoms if isinstance(atoms, range) else [atom for atom in atoms if isinstance(atom, int | float)]


def _totals(
    arithmetic: _Arithmetic, reach: Reach, options: Sequence[Numbers], counts: range
) -> Iterator[tuple[int, Atoms]]:
    """Yield each number of positions with the sums over as many."""
    last = counts[-1]
    if reach.places:
        rows = [_placed(arithmetic, options, last)]
    else:
        rows = [_picked(arithmetic, each, last) for each in ([[n] for n in options[0]] if reach.uniform else options)]
    for count in counts:
        yield count, arithmetic.atoms(reduce(arithmetic.either, (row[count - 1] for row in rows)), count)


def _picked(arithmetic: _Arithmetic, numbers: Numbers, last: int) -> list[Any]:
    """Return the totals of 1, 2, … ``last`` of ``numbers``, each as often as may be."""
    totals: list[Any] = [arithmetic.start(numbers)]
    while len(totals) < last:
        totals.append(arithmetic.plus(totals[-1], numbers))
    return totals


def _placed(arithmetic: _Arithmetic, options: Sequence[Numbers], last: int) -> list[Any]:
    """Return the totals of 1, 2, … ``last`` numbers, at most one of each of ``options``, in their order."""
    totals: list[Any] = [arithmetic.start(())] * last
    for seen, numbers in enumerate(options):
        for count in range(min(seen, last - 1), 0, -1):
            totals[count] = arithmetic.either(totals[count], arithmetic.plus(totals[count - 1], numbers))
        totals[0] = arithmetic.either(totals[0], arithmetic.start(numbers))
    return totals


class _Arithmetic(Protocol):
    """How totals, sets of sums of one number of positions, are represented."""

    def start(self, numbers: Numbers) -> Any:
        """Return the totals of one number."""

    def plus(self, totals: Any, numbers: Numbers) -> Any:
        """Return the totals of one more number, where adding it succeeds."""

    def either(self, a: Any, b: Any) -> Any:
        """Return the union of totals."""

    def atoms(self, totals: Any, count: int) -> Atoms:
        """Return totals of ``count`` numbers as atoms."""


class _TooManyError(Exception):
    """Too many sums, or additions to find them."""


class _Exact:
    """Totals as sets of atoms, for any numbers: floats are added as raspir adds them.

    Args:
        most: the limit on the number of sums.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._work = 0

    def start(self, numbers: Numbers) -> dict[object, Atom]:
        """Return the totals of one number."""
        return {atom_key(number): number for number in numbers}

    def plus(self, totals: dict[object, Atom], numbers: Numbers) -> dict[object, Atom]:
        """Return the totals of one more number, where adding it succeeds."""
        self._work += len(totals) * len(numbers)
        if self._work > _WORK:
            raise _TooManyError
        found: dict[object, Atom] = {}
        for total in _numbers(tuple(totals.values())):
            for number in numbers:
                with suppress(ArithmeticError, ValueError):
                    added = checked(total + number)
                    found[atom_key(added)] = added
        return found

    def either(self, a: dict[object, Atom], b: dict[object, Atom]) -> dict[object, Atom]:
        """Return the union of totals."""
        return a | b

    def atoms(self, totals: dict[object, Atom], count: int) -> Atoms:
        """Return totals of ``count`` numbers as atoms."""
        self._most -= len(totals)
        if self._most < 0:
            raise _TooManyError
        return canonical(totals.values())


@dataclass(frozen=True)
class _Bits:
    """Totals of integers as the bits of one integer, which adding a number shifts.

    Attributes:
        low: the least number.
        step: the greatest common divisor of the differences of the numbers.
        places: how many steps the greatest number is above the least one.
    """

    low: int
    step: int
    places: int

    @staticmethod
    def of(options: Sequence[Numbers]) -> _Bits | None:
        """Return the representation of sums of ``options``; ``None`` if a float is among them."""
        lazy = [each for each in options if isinstance(each, range) and each]
        others = [number for each in options if not isinstance(each, range) for number in each]
        if any(isinstance(number, float) for number in others):
            return None
        ends = [*(int(number) for number in others), *(end for each in lazy for end in (each[0], each[-1]))]
        low = min(ends)
        step = gcd(*(each.step for each in lazy), *(end - low for end in ends)) or 1
        return _Bits(low, step, (max(ends) - low) // step)

    def is_contiguous(self, numbers: Numbers) -> bool:
        """Return whether ``numbers``, the only options, are an arithmetic progression."""
        return isinstance(numbers, range) or len({int(number) for number in numbers}) == self.places + 1

    def is_cheap(self, options: Sequence[Numbers], last: int) -> bool:
        """Return whether the sums of up to ``last`` numbers touch few enough machine words."""
        shifts = sum(map(len, options)) * last
        return shifts * (self.places * last // 64 + 1) <= _WORDS

    def progressions(self, counts: range) -> Iterator[tuple[int, Atoms]]:
        """Yield each number of positions with all multiples of the step between the ends of its sums."""
        for count in counts:
            first = count * self.low
            yield count, canonical(range(first, first + count * self.places * self.step + 1, self.step))

    def start(self, numbers: Numbers) -> int:
        """Return the totals of one number."""
        return self.plus(1, numbers)

    def plus(self, totals: int, numbers: Numbers) -> int:
        """Return the totals of one more number."""
        found = 0
        for number in numbers:
            found |= totals << (int(number) - self.low) // self.step
        return found

    def either(self, a: int, b: int) -> int:
        """Return the union of totals."""
        return a | b

    def atoms(self, totals: int, count: int) -> Atoms:
        """Return totals of ``count`` numbers as atoms."""
        bits = bin(totals)[:1:-1]
        return canonical(count * self.low + self.step * at for at, bit in enumerate(bits) if bit == "1")
