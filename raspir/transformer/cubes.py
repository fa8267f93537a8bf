"""Tables of sources that stand in the stream as indicators of their values: one unit for each cube of values.

A cube allows a set of values for each source. Its indicator is the conjunction of a sum of indicators for each source
that it restricts; a cube that restricts at most one source needs no unit. Two expansions are counted. The *disjoint*
one covers the cells of each result but the commonest by disjoint cubes. The *inclusive* one (inclusion and exclusion;
for bits the Möbius or Reed–Muller transform with real coefficients) has cubes that overlap and add up: ``x xor y`` is
``x + y - 2·(x and y)``, one unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, islice, product
from math import prod

from raspir.transformer.affine import Affine, Number, total
from raspir.transformer.relu import Units, conjunction

Cell = tuple[Hashable, ...]
Cube = tuple[frozenset[Hashable], ...]
"""The values that are allowed for each source."""

_REFERENCES = 64  # choices of reference values that are tried
_EXACT = 8  # cells for which disjoint covers are searched exactly
_CUBES = 4096  # cubes of the whole table, for the same


@dataclass(frozen=True)
class Cubes:
    """``constant + Σ weight · [cube]``.

    Attributes:
        domains: the values of each source.
        terms: the cubes with their weights.
        constant: the constant term.
    """

    domains: tuple[tuple[Hashable, ...], ...]
    terms: tuple[tuple[Cube, Fraction], ...]
    constant: Fraction

    @property
    def count(self) -> int:
        """The number of units: of cubes that restrict more than one source."""
        return sum(len(self._restricted(cube)) > 1 for cube, _ in self.terms)

    def units(self, indicators: Sequence[Mapping[Hashable, Affine]]) -> Units:
        """Return the units.

        Args:
            indicators: for each source, the form that is 1 for a value and 0 for the others. A bit ``x`` has ``x`` and
                ``1 - x``; a thermometer has differences of neighbours.
        """
        result = Units(affine=Affine(constant=self.constant))
        for cube, weight in self.terms:
            allowed = [total(indicators[i][v] for v in self.domains[i] if v in cube[i]) for i in self._restricted(cube)]
            result = result + (conjunction(allowed) if allowed else Units(affine=Affine(constant=1))) * weight
        return result

    def _restricted(self, cube: Cube) -> list[int]:
        return [i for i, domain in enumerate(self.domains) if len(cube[i]) < len(domain)]


def cubes(domains: Sequence[Sequence[Hashable]], table: Mapping[Cell, Number | None]) -> Cubes:
    """Return the expansion of a table with the fewest units among those tried.

    Disjoint covers are minimal for few cells, and greedy otherwise; reference values are tried in order.

    Args:
        domains: the values of each source.
        table: the result for each combination of values; where it is ``None`` or missing, any result will do.

    Raises:
        ValueError: no result is given.
    """
    results = {cell: Fraction(result) for cell, result in table.items() if result is not None}
    if not results:
        raise ValueError("a table needs at least one result")
    sets = tuple(tuple(domain) for domain in domains)
    base = Counter(results.values()).most_common(1)[0][0]
    full = {cell: results.get(cell, base) for cell in product(*sets)}
    inclusive = (_inclusive(sets, full, reference) for reference in islice(product(*sets), _REFERENCES))
    return min(chain([_disjoint(sets, results, base)], inclusive), key=lambda found: found.count)


def _disjoint(sets: tuple[tuple[Hashable, ...], ...], results: Mapping[Cell, Fraction], base: Fraction) -> Cubes:
    free = {cell for cell in product(*sets) if cell not in results}
    terms: list[tuple[Cube, Fraction]] = []
    for result in sorted(set(results.values()) - {base}):
        cells = [cell for cell in product(*sets) if results.get(cell) == result]
        for cube in _cover(sets, cells, free):
            terms.append((cube, result - base))
    return Cubes(sets, tuple(terms), base)


def _cover(sets: Sequence[Sequence[Hashable]], cells: Sequence[Cell], free: set[Cell]) -> list[Cube]:
    """Return disjoint cubes that cover ``cells``, and nothing else but cells in ``free``."""
    if len(cells) <= _EXACT and prod(2 ** len(domain) - 1 for domain in sets) <= _CUBES:
        return _least(sets, cells, free)
    left, found = set(cells), list[Cube]()
    while left:
        grown = (_grown(sets, cell, left | free, order) for cell in cells if cell in left for order in (1, -1))
        found.append(max(grown, key=lambda cube: len(left.intersection(product(*cube)))))
        left -= set(product(*found[-1]))
    return found


def _least(sets: Sequence[Sequence[Hashable]], cells: Sequence[Cell], free: set[Cell]) -> list[Cube]:
    """Return the shortest cover, found over the sets of cells in order of size."""
    bits, inside = {cell: 1 << i for i, cell in enumerate(cells)}, free | set(cells)
    masks: dict[int, Cube] = {}
    sides = [[frozenset(side) for n in range(len(domain)) for side in combinations(domain, n + 1)] for domain in sets]
    for cube in product(*sides):
        covered = list(product(*cube))
        if inside.issuperset(covered):
            masks[sum(bits.get(cell, 0) for cell in covered)] = cube
    best: list[list[Cube]] = [[]]
    for state in range(1, 1 << len(cells)):
        top = 1 << (state.bit_length() - 1)
        ways = ([*best[state ^ m], cube] for m, cube in masks.items() if m & top and m | state == state)
        best.append(min(ways, key=len))
    return best[-1]


def _grown(sets: Sequence[Sequence[Hashable]], cell: Cell, inside: set[Cell], order: int) -> Cube:
    """Return a cube around ``cell`` that lies ``inside`` and allows no further value."""
    cube = [frozenset([value]) for value in cell]
    for i in range(len(sets))[::order]:
        for value in sets[i]:
            layer = product(*[{value} if j == i else side for j, side in enumerate(cube)])
            if inside.issuperset(layer):
                cube[i] |= {value}
    return tuple(cube)


def _inclusive(sets: tuple[tuple[Hashable, ...], ...], full: Mapping[Cell, Fraction], reference: Cell) -> Cubes:
    """Return the expansion over cubes that restrict sources to values other than those of ``reference``."""
    weights = dict(full)
    for i, origin in enumerate(reference):  # differences from the reference, one source after another
        for cell in [cell for cell in weights if cell[i] != origin]:
            weights[cell] -= weights[(*cell[:i], origin, *cell[i + 1 :])]
    terms = {
        tuple(
            frozenset(domain if v == origin else [v]) for v, origin, domain in zip(cell, reference, sets, strict=True)
        ): weight
        for cell, weight in weights.items()
        if weight and cell != reference
    }
    merged = list(terms.items())
    for i, domain in enumerate(sets):
        merged = _merged(merged, i, frozenset(domain))
    return Cubes(sets, tuple(merged), weights[reference])


def _merged(terms: list[tuple[Cube, Fraction]], i: int, everything: frozenset[Hashable]) -> list[tuple[Cube, Fraction]]:
    """Unite disjoint cubes of equal weight that differ in source ``i`` alone."""
    groups: dict[tuple[Cube, Fraction, bool], frozenset[Hashable]] = {}
    for cube, weight in terms:
        key = (*cube[:i], *cube[i + 1 :]), weight, cube[i] == everything
        groups[key] = groups.get(key, frozenset()) | cube[i]
    return [((*rest[:i], side, *rest[i:]), weight) for (rest, weight, _), side in groups.items()]


def indicators(form: Affine, values: Sequence[Number]) -> dict[Hashable, Affine]:
    """Return the indicator of each value of a form that has at most two, in ascending order."""
    if len(values) == 1:
        return {values[0]: Affine(constant=1)}
    low, high = (Fraction(value) for value in values)
    upper = (form - low) * (1 / (high - low))
    return {values[0]: Affine(constant=1) - upper, values[1]: upper}
