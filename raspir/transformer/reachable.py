"""Reachable sums and means: what a head may yield that adds up or averages values of a finite domain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd

from raspir.ir import Atom
from raspir.ir.atoms import atom_key
from raspir.ir.evaluation import checked
from raspir.transformer.atomsets import Atoms, canonical, joined, size

_WORK = 1 << 20  # most additions of floats
_WORDS = 1 << 26  # most machine words that the subset sums of integers may touch


def sums(values: Atoms, counts: range, most: int) -> Atoms | None:
    """Return all sums of ``values`` over k positions, for each k in ``counts``, as raspir adds them.

    One value is itself, whatever its type; only numbers can be added; floats are added from left to right in all
    orders. Failing sums are left out.

    Args:
        values: the atoms of the summed value.
        counts: the positive numbers of selected positions.
        most: the limit on the number of atoms; more integers are widened to an arithmetic progression.

    Returns:
        The sums, ``None`` if there are too many or too many additions to find them.
    """
    by_count = _by_count(values, counts, most)
    return None if by_count is None else joined(by_count.values(), most)


def means(values: Atoms, counts: range, most: int) -> Atoms | None:
    """Return all means of ``values`` over k positions, for each k in ``counts``, as raspir divides their sums.

    The arguments and the result are those of :func:`sums`.
    """
    by_count = _by_count(values, counts, most)
    if by_count is None or sum(map(size, by_count.values())) > 4 * most:
        return None
    quotients = {atom_key(mean): mean for count, sums in by_count.items() for mean in _divided(sums, count)}
    return canonical(quotients.values()) if len(quotients) <= most else None


def _divided(sums: Atoms, count: int) -> Iterator[Atom]:
    """Yield the quotients of sums by a count that succeed; a single value is its own mean."""
    if count == 1:
        yield from sums
        return
    for total in sums:
        try:
            yield checked(total / count)  # type: ignore[operator]  # only numbers have been added
        except (ArithmeticError, ValueError):
            continue


def _by_count(values: Atoms, counts: range, most: int) -> dict[int, Atoms] | None:
    """Return the sums over each number of positions; ``None`` if there are too many."""
    if not counts or not values:
        return {}
    found: dict[int, Atoms] = {1: values} if 1 in counts else {}
    several = range(max(2, counts[0]), counts[-1] + 1)
    if not several:
        return found
    numbers = values if isinstance(values, range) else [atom for atom in values if isinstance(atom, int | float)]
    if all(isinstance(atom, int) for atom in numbers):
        found.update(_integer_sums(numbers, several))  # type: ignore[arg-type]  # see the condition
        return found
    others = _float_sums(numbers, several, most)
    return None if others is None else {**found, **others}


def _integer_sums(values: Iterable[bool | int], counts: range) -> Iterator[tuple[int, Atoms]]:
    """Yield each count with the sums of as many integers: as bits of one integer, shifted by each value."""
    numbers = values if isinstance(values, range) else sorted({int(value) for value in values})
    if not numbers:
        return
    low, high = numbers[0], numbers[-1]
    step = numbers.step if isinstance(numbers, range) else gcd(*(number - low for number in numbers)) or 1
    places = (high - low) // step + 1
    if isinstance(numbers, range) or len(numbers) == places or len(numbers) * places * counts[-1] ** 2 > 128 * _WORDS:
        for count in counts:
            yield count, canonical(range(count * low, count * high + 1, step))
        return
    offsets = [(number - low) // step for number in numbers]
    reached = 1
    for count in range(1, counts[-1] + 1):
        shifted = 0
        for offset in offsets:
            shifted |= reached << offset
        reached = shifted
        if count in counts:
            bits = bin(reached)[:1:-1]
            yield count, canonical(count * low + step * at for at, bit in enumerate(bits) if bit == "1")


def _float_sums(values: Iterable[Atom], counts: range, most: int) -> dict[int, Atoms] | None:
    """Return the sums over each number of positions where floats are among the values: in all orders."""
    numbers = list(values)
    found: dict[int, Atoms] = {}
    reached: dict[object, Atom] = {atom_key(atom): atom for atom in numbers}
    work = total = 0
    for count in range(2, counts[-1] + 1):
        work += len(reached) * len(numbers)
        if work > _WORK:
            return None
        reached = {atom_key(each): each for each in _added(reached.values(), numbers)}
        if count in counts:
            total += len(reached)
            if total > 4 * most:
                return None
            found[count] = canonical(reached.values())
    return found


def _added(totals: Iterable[Atom], numbers: Iterable[Atom]) -> Iterator[Atom]:
    """Yield the sums of each total and each number that succeed."""
    for total in totals:
        for number in numbers:
            try:
                yield checked(total + number)  # type: ignore[operator]  # both are numbers
            except (ArithmeticError, ValueError):
                continue
