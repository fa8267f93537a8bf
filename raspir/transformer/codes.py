"""Tables of several small-domain sources as a function of one linear form of them, plus an affine part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product
from math import gcd, inf

from raspir.transformer.affine import Affine, Number, Source
from raspir.transformer.piecewise import count_kinks, fit
from raspir.transformer.relu import Units, function

Rows = Sequence[tuple[tuple[int, ...], "Number | None"]]
"""The legal combinations of the sources' values, each with the result; ``None`` where any result will do."""

_WORK = 60_000  # rows times codes that are tried
_REORDERED = 4  # sources of which all orders and signs are tried


@dataclass(frozen=True)
class Code:
    """A table as ``affine · values + function(code · values)``.

    Attributes:
        coefficients: the coefficient of each source in the code.
        affine: the coefficient of each source in the affine part.
        table: the codes of the legal combinations in ascending order, each with the function's result.
        kinks: the least number of kinks of the function.
    """

    coefficients: tuple[int, ...]
    affine: tuple[Fraction, ...]
    table: tuple[tuple[int, Fraction], ...]
    kinks: int

    def units(self, sources: Sequence[Source], error: Number = 0, flat: bool = False) -> Units:
        """Return the units that compute the table, one for each kink.

        Args:
            sources: the source of each column of the table.
            error: the largest error of the code, as in :func:`raspir.transformer.piecewise.fit`.
            flat: as there; the affine part passes errors on all the same.
        """
        form = Affine(dict(zip(sources, self.coefficients, strict=True)))
        rest = Affine(dict(zip(sources, self.affine, strict=True)))
        return function(form, fit(self.table, error, flat)) + rest


def linear_code(rows: Rows, work: int = _WORK) -> Code:
    """Return the code with the fewest kinks among those tried, and of the smallest coefficients among these.

    Tried are sums, differences and mixed radix, of which one always works, then coefficients by ascending sum of
    their magnitudes. Combinations may share a code if their results differ by an affine function of the values.

    Args:
        rows: the table, of distinct combinations.
        work: the number of codes times rows after which the search stops; the first codes are tried regardless.

    Raises:
        ValueError: no row has a result.
    """
    legal = [(values, Fraction(result)) for values, result in rows if result is not None]
    if not legal:
        raise ValueError("a table needs at least one result")
    domains = [sorted(set(column)) for column in zip(*(values for values, _ in legal), strict=True)]
    best: Code | None = None
    for coefficients in _candidates(domains, work // len(legal)):
        found = _coded(legal, coefficients, inf if best is None else best.kinks)
        if found is not None and (best is None or _price(found) < _price(best)):
            best = found
            if best.kinks <= 1:  # the first code has none if any has
                break
    assert best is not None  # mixed radix has distinct codes
    return best


def _price(code: Code) -> tuple[int, int]:
    return code.kinks, sum(map(abs, code.coefficients))


def _candidates(domains: Sequence[Sequence[int]], most: int) -> Iterator[tuple[int, ...]]:
    """Yield distinct coefficient vectors up to sign and scale, natural ones first."""
    seen: set[tuple[int, ...]] = set()
    for vector in _natural(domains):
        if vector not in seen:
            seen.add(vector)
            yield vector
    widest = max(len(domain) for domain in domains)
    for norm in range(1, 2 * widest * len(domains)):
        for vector in _vectors(len(domains), norm):
            if len(seen) >= most:
                return
            if vector not in seen and gcd(*vector) == 1 and next(filter(None, vector)) > 0:
                seen.add(vector)
                yield vector


def _natural(domains: Sequence[Sequence[int]]) -> Iterator[tuple[int, ...]]:
    count, few = len(domains), len(domains) <= _REORDERED
    yield (0,) * count
    yield from ((1, *signs) for signs in product((1, -1), repeat=count - 1)) if few else [(1,) * count]
    spans = [domain[-1] - domain[0] + 1 for domain in domains]
    for order in permutations(range(count)) if few else [tuple(range(count))]:
        radix, vector = 1, [0] * count
        for i in order:
            vector[i], radix = radix, radix * spans[i]
        for signs in product((1, -1), repeat=count - 1) if few else [(1,) * (count - 1)]:
            yield tuple(sign * v for sign, v in zip((1, *signs), vector, strict=True))


def _vectors(count: int, norm: int) -> Iterator[tuple[int, ...]]:
    """Yield all integer vectors whose magnitudes sum to ``norm``."""
    if count == 1:
        yield from {(norm,), (-norm,)} if norm else [(0,)]
        return
    for first in range(norm + 1):
        for rest in _vectors(count - 1, norm - first):
            yield (first, *rest)
            if first:
                yield (-first, *rest)


def _coded(rows: Sequence[tuple[tuple[int, ...], Fraction]], coefficients: tuple[int, ...], most: float) -> Code | None:
    """Return the table by a code; ``None`` if it has no such form, or more than ``most`` kinks."""
    firsts: dict[int, tuple[tuple[int, ...], Fraction]] = {}
    system = _System(len(coefficients))
    for values, result in rows:
        code = sum(c * v for c, v in zip(coefficients, values, strict=True))
        others, other = firsts.setdefault(code, (values, result))
        if values is not others and not system.add(
            [v - w for v, w in zip(values, others, strict=True)], result - other
        ):
            return None
    affine = system.solution()
    table = tuple(
        (code, result - sum((a * v for a, v in zip(affine, values, strict=True)), Fraction()))
        for code, (values, result) in sorted(firsts.items())
    )
    kinks = count_kinks(table, most)
    return None if kinks is None else Code(coefficients, affine, table, kinks)


class _System:
    """Linear equations, kept in reduced form: each has a pivot that no later one has."""

    def __init__(self, unknowns: int) -> None:
        self._unknowns = unknowns
        self._rows: list[tuple[int, list[Fraction], Fraction]] = []

    def add(self, row: Sequence[Number], right: Fraction) -> bool:
        """Add ``row · unknowns = right``, and return whether the system still has a solution."""
        left = [Fraction(each) for each in row]
        for pivot, other, value in self._rows:
            if factor := left[pivot]:
                left = [a - factor * b for a, b in zip(left, other, strict=True)]
                right -= factor * value
        first = next((i for i, each in enumerate(left) if each), None)
        if first is None:
            return right == 0
        self._rows.append((first, [each / left[first] for each in left], right / left[first]))
        return True

    def solution(self) -> tuple[Fraction, ...]:
        """Return a solution, with 0 for what no equation determines."""
        result = [Fraction()] * self._unknowns
        for pivot, row, right in reversed(self._rows):  # the pivot itself is still 0
            result[pivot] = right - sum((a * b for a, b in zip(row, result, strict=True)), Fraction())
        return tuple(result)
