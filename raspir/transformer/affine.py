"""Affine forms of sources: what a weight column and its bias compute, with exact rational coefficients."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import TypeAlias

from raspir.ir.lazy import cached_property

Source: TypeAlias = Hashable
"""What names a direction of the residual stream."""
Number: TypeAlias = int | float | Fraction
"""An exact number; a float counts as the binary fraction that it is."""
Interval: TypeAlias = tuple[Fraction, Fraction]
Box: TypeAlias = Mapping[Source, "Number | tuple[Number, Number]"]
"""The value of each source, or its bounds."""


class Affine:
    """``constant + Σ coefficient · source``.

    Attributes:
        terms: the nonzero coefficient of each source, in order of first occurrence.
        constant: the constant term.
    """

    __slots__ = ("__dict__", "constant", "terms")

    def __init__(self, terms: Mapping[Source, Number] | None = None, constant: Number = 0) -> None:
        self.terms = {source: Fraction(c) for source, c in (terms or {}).items() if c}
        self.constant = Fraction(constant)

    @classmethod
    def of(cls, source: Source) -> Affine:
        """Return the form that is ``source`` itself."""
        return cls({source: 1})

    @cached_property
    def key(self) -> tuple[frozenset[tuple[Source, Fraction]], Fraction]:
        """The identity of the form, independent of the order of its terms."""
        return frozenset(self.terms.items()), self.constant

    def __add__(self, other: Affine | Number) -> Affine:
        if not isinstance(other, Affine):
            return Affine(self.terms, self.constant + Fraction(other))
        terms = dict(self.terms)
        for source, coefficient in other.terms.items():
            terms[source] = terms.get(source, Fraction()) + coefficient
        return Affine(terms, self.constant + other.constant)

    def __mul__(self, factor: Number) -> Affine:
        factor = Fraction(factor)
        return Affine({source: factor * c for source, c in self.terms.items()}, factor * self.constant)

    __rmul__ = __mul__

    def __neg__(self) -> Affine:
        return self * -1

    def __sub__(self, other: Affine | Number) -> Affine:
        return self + (-other)

    def __call__(self, values: Mapping[Source, Number]) -> Fraction:
        """Return the value of the form, given the values of its sources."""
        return self.constant + sum(c * Fraction(values[source]) for source, c in self.terms.items())

    def bounds(self, box: Box) -> Interval:
        """Return the exact bounds of the form where each source ranges over its bounds independently."""
        low = high = self.constant
        for source, c in self.terms.items():
            ends = [c * end for end in interval(box[source])]
            low, high = low + min(ends), high + max(ends)
        return low, high

    @property
    def factor(self) -> Fraction:
        """The positive factor that leaves coprime integer coefficients; 1 without terms."""
        if not self.terms:
            return Fraction(1)
        numerators = [c.numerator for c in self.terms.values()]
        return Fraction(gcd(*numerators), lcm(*[c.denominator for c in self.terms.values()]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Affine) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return " + ".join([*(f"{c}·{source!r}" for source, c in self.terms.items()), str(self.constant)])


def interval(bounds: Number | tuple[Number, Number]) -> Interval:
    """Return the bounds of a source: a number is both of its own."""
    low, high = bounds if isinstance(bounds, tuple) else (bounds, bounds)
    return Fraction(low), Fraction(high)


def total(forms: Iterable[Affine]) -> Affine:
    """Return the sum of forms."""
    result = Affine()
    for form in forms:
        result = result + form
    return result


def is_dyadic(number: Fraction) -> bool:
    """Return whether a number is an integer over a power of two, as every float is."""
    return number.denominator & (number.denominator - 1) == 0


def dyadic_above(number: Fraction, bits: int = 10) -> Fraction:
    """Return the least number of at most ``bits`` significant bits that is not below ``number``, which is positive."""
    exponent = number.numerator.bit_length() - number.denominator.bit_length() - bits + 1
    unit = Fraction(2) ** exponent
    return -(-number // unit) * unit
