"""One hidden layer of ReLUs: units from exact specifications, and bounds on what they compute with errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from itertools import product as combinations

import numpy as np
from numpy.typing import DTypeLike, NDArray

from raspir.transformer.affine import Affine, Box, Number, Source, dyadic_above, interval, is_dyadic, total
from raspir.transformer.piecewise import Piecewise, fit, through


@dataclass(frozen=True)
class Unit:
    """``output · max(0, input)``."""

    input: Affine
    output: Fraction


@dataclass(frozen=True)
class Units:
    """``affine + Σ units``: what one hidden layer writes to a direction.

    Sums share units with proportional inputs: inputs have coprime integer coefficients, and ``max(0, -z)`` is
    ``max(0, z) - z``.

    Attributes:
        units: the hidden units.
        affine: the rest, which needs none: readers fold it into their own weights.
    """

    units: tuple[Unit, ...] = ()
    affine: Affine = field(default_factory=Affine)

    @classmethod
    def ramp(cls, form: Affine, output: Number = 1) -> Units:
        """Return ``output · max(0, form)``."""
        if not form.terms or not output:
            return cls(affine=Affine(constant=max(form.constant, Fraction()) * Fraction(output)))
        factor = form.factor
        return cls((Unit(form * (1 / factor), factor * Fraction(output)),))

    def __call__(self, values: Mapping[Source, Number]) -> Fraction:
        """Return the result, given the values of the sources."""
        return self.affine(values) + sum(unit.output * max(unit.input(values), Fraction()) for unit in self.units)

    def __add__(self, other: Units | Affine) -> Units:
        if isinstance(other, Affine):
            return Units(self.units, self.affine + other)
        affine, outputs = self.affine + other.affine, {unit.input: unit.output for unit in self.units}
        for unit in other.units:
            form = unit.input
            if form not in outputs and -form in outputs:
                affine, form = affine + form * unit.output, -form
            outputs[form] = outputs.get(form, Fraction()) + unit.output
        return Units(tuple(Unit(form, output) for form, output in outputs.items() if output), affine)

    def __mul__(self, factor: Number) -> Units:
        factor = Fraction(factor)
        scaled = tuple(Unit(unit.input, factor * unit.output) for unit in self.units) if factor else ()
        return Units(scaled, self.affine * factor)

    def __sub__(self, other: Units | Affine) -> Units:
        return self + other * -1

    def parameters(self, width: int) -> int:
        """Return the number of weights and biases of the units at a residual width."""
        return len(self.units) * (2 * width + 1)

    def materialized(self, box: Box) -> Units:
        """Return the same function with a constant affine part, by at most one further unit.

        Args:
            box: bounds of the sources.
        """
        if not self.affine.terms:
            return self
        slopes = Affine(self.affine.terms)
        for unit in self.units:  # turning a unit around may take up the slopes
            if slopes == Affine(unit.input.terms) * -unit.output:
                rest = tuple(each for each in self.units if each != unit)
                turned = Unit(-unit.input, unit.output)
                return Units((*rest, turned), self.affine + unit.input * unit.output)
        low = slopes.bounds(box)[0]
        added = Units.ramp(slopes - low)  # beside the others, as the sum of relu(z) and -relu(-z) would be folded to z
        return Units((*self.units, *added.units), Affine(constant=self.affine.constant + low) + added.affine)

    def error(self, box: Box, errors: Mapping[Source, Number]) -> Fraction:
        """Return a bound on the error of the result where each source is off by at most its error.

        The gradient is bounded over all that the sources may be: units that are certainly on cancel exactly.

        Args:
            box: what the sources are: numbers, or bounds where many values share a bound.
            errors: the error of each source; 0 for others.
        """
        off = {source: Fraction(e) for source, e in errors.items()}
        near = {}
        for source in self.sources():
            low, high = interval(box[source])
            near[source] = (low - off.get(source, 0), high + off.get(source, 0))
        lows, highs = dict(self.affine.terms), dict(self.affine.terms)
        for unit in self.units:
            low, high = unit.input.bounds(near)
            for source, c in unit.input.terms.items() if high > 0 else ():
                slope = unit.output * c
                lows[source] = lows.get(source, Fraction()) + (slope if low >= 0 else min(slope, Fraction()))
                highs[source] = highs.get(source, Fraction()) + (slope if low >= 0 else max(slope, Fraction()))
        return sum((max(-lows[each], highs[each]) * off.get(each, Fraction()) for each in lows), Fraction())

    def rounding(self, box: Box, bits: int = 24) -> Fraction:
        """Return a bound on the error of evaluation in floats of ``bits`` significant bits, in any order of additions.

        It is 0 where all sums are exact: the sources are integers, the coefficients binary fractions, and all partial
        sums fit into ``bits`` bits.

        Args:
            box: bounds of the sources.
            bits: 24 for float32, 53 for float64.
        """
        ends = {source: max(map(abs, interval(box[source]))) for source in self.sources()}
        inner = [_magnitude(unit.input, ends) for unit in self.units]
        outer = [abs(unit.output) * m for unit, m in zip(self.units, inner, strict=True)]
        everything = sum(outer, _magnitude(self.affine, ends))
        if self._is_exact(box, max([everything, *inner]), bits):
            return Fraction()
        u = Fraction(1, 2**bits)
        passed = sum((len(unit.input.terms) + 3) * m for unit, m in zip(self.units, outer, strict=True))
        return Fraction(101, 100) * u * (passed + (len(self.units) + len(self.affine.terms) + 3) * everything)

    def _is_exact(self, box: Box, most: Fraction, bits: int) -> bool:
        inputs = [n for unit in self.units for n in (*unit.input.terms.values(), unit.input.constant)]
        outputs = [*(unit.output for unit in self.units), *self.affine.terms.values(), self.affine.constant]
        whole = all(end.denominator == 1 for source in self.sources() for end in interval(box[source]))
        if not (whole and all(map(is_dyadic, [*inputs, *outputs]))):
            return False
        finest = max([n.denominator for n in inputs], default=1) * max(n.denominator for n in outputs)
        return bool(most * finest <= 2**bits)

    def sources(self) -> list[Source]:
        """Return all sources that are read, in order of first occurrence."""
        forms = (*(unit.input for unit in self.units), self.affine)
        return list(dict.fromkeys(source for form in forms for source in form.terms))


def _magnitude(form: Affine, ends: Mapping[Source, Fraction]) -> Fraction:
    return abs(form.constant) + sum(abs(c) * ends[source] for source, c in form.terms.items())


@dataclass(frozen=True)
class HiddenLayer:
    """The weights of one hidden layer and of the affine parts beside it, for ``s`` sources, ``m`` units, ``o`` outputs.

    Attributes:
        w_in: [s, m].
        b_in: [m].
        w_out: [m, o].
        skip: [s, o], the affine parts, for readers to fold.
        b_out: [o].
    """

    w_in: NDArray[np.floating]
    b_in: NDArray[np.floating]
    w_out: NDArray[np.floating]
    skip: NDArray[np.floating]
    b_out: NDArray[np.floating]

    def __call__(self, x: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the outputs ``[..., o]`` for sources ``[..., s]``."""
        hidden = np.maximum(x @ self.w_in + self.b_in, 0)
        return np.asarray(hidden @ self.w_out + x @ self.skip + self.b_out)


def hidden_layer(outputs: Sequence[Units], sources: Sequence[Source], dtype: DTypeLike = np.float32) -> HiddenLayer:
    """Return one hidden layer that computes all ``outputs``, which share units of equal input.

    Raises:
        KeyError: a source that is read is not among ``sources``.
    """
    rows = {source: i for i, source in enumerate(sources)}
    forms = list(dict.fromkeys(unit.input for each in outputs for unit in each.units))
    columns = {form: j for j, form in enumerate(forms)}
    w_out = np.zeros((len(forms), len(outputs)), dtype)
    for j, each in enumerate(outputs):
        for unit in each.units:
            w_out[columns[unit.input], j] = float(unit.output)
    w_in, b_in = _columns(forms, rows, dtype)
    skip, b_out = _columns([each.affine for each in outputs], rows, dtype)
    return HiddenLayer(w_in, b_in, w_out, skip, b_out)


def _columns(
    forms: Sequence[Affine], rows: Mapping[Source, int], dtype: DTypeLike
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    weights = np.zeros((len(rows), len(forms)), dtype)
    for j, form in enumerate(forms):
        for source, c in form.terms.items():
            weights[rows[source], j] = float(c)
    return weights, np.array([float(form.constant) for form in forms], dtype)


def function(form: Affine, values: Piecewise) -> Units:
    """Return a piecewise-linear function of ``form``, one unit for each kink.

    Units open away from a flat piece, if there is one, so that the affine part is constant.
    """
    slopes = values.slopes()
    base = slopes.index(Fraction()) if Fraction() in slopes else 0
    # No two inputs are proportional, unless the form is constant, so that nothing has to be added up.
    result = Units(
        tuple(
            unit
            for i, (at, change) in enumerate(values.kinks)
            for unit in Units.ramp(-form + at if i < base else form - at, change).units
        )
    )
    (first, at_first), slope = values.points[0], slopes[base]
    opened = sum((change * (at - first) for at, change in values.kinks[:base]), slope * first)
    return result + form * slope + Affine(constant=at_first - opened)


def conjunction(literals: Sequence[Affine]) -> Units:
    """Return the conjunction of forms that are 0 or 1, with at most one unit."""
    form = total(literals) - (len(literals) - 1)
    return Units(affine=form) if len(literals) <= 1 else Units.ramp(form)


def gate(
    form: Affine,
    values: Iterable[Number],
    threshold: Number,
    gated: Affine,
    bounds: tuple[Number, Number],
    error: Number = 0,
) -> Units:
    """Return ``gated`` where ``form >= threshold``, and 0 elsewhere.

    One unit is ``gated`` plus a multiple of ``form`` that closes it below the threshold; the rest is a function of
    ``form`` alone. The same for ``-gated`` may take fewer units.

    Args:
        form: the condition.
        values: the legal values of ``form``.
        threshold: the least value at which the gate is open, or any number above the next smaller legal value.
        gated: what passes.
        bounds: the least and the greatest value of ``gated``.
        error: the largest error of ``form``; a gate that has to keep it off may take a unit more.

    Raises:
        ValueError: no legal value; bounds in the wrong order; or an error of half the gap at the threshold or more.
    """
    low, high = interval(bounds)
    legal = sorted({Fraction(value) for value in values})
    if not legal or low > high:
        raise ValueError("a gate needs a legal value of its condition, and bounds in ascending order")
    closed, opened = [v for v in legal if v < threshold], [v for v in legal if v >= threshold]
    if not closed or not opened:
        return Units(affine=gated if opened else Affine())
    if low == high or not gated.terms:
        return function(form, fit([(v, low if v >= threshold else 0) for v in legal], error, flat=error > 0))
    positive = _gate(form, closed, opened, gated, (low, high), Fraction(error))
    negative = _gate(form, closed, opened, -gated, (-high, -low), Fraction(error)) * -1
    return min(positive, negative, key=lambda units: len(units.units))


def _gate(
    form: Affine,
    closed: list[Fraction],
    opened: list[Fraction],
    gated: Affine,
    bounds: tuple[Fraction, Fraction],
    error: Fraction,
) -> Units:
    (low, high), gap = bounds, opened[0] - closed[-1]
    margin = dyadic_above(error) if error else error
    if gap <= 2 * margin:
        raise ValueError(f"an error of {float(error):g} confuses {closed[-1]} and {opened[0]}")
    steepness = dyadic_above((high - low) / (gap - 2 * margin))
    offset = steepness * margin - low  # keeps the unit on at the opening value, less the error
    unit = Units.ramp(gated + (form - opened[0]) * steepness + offset)
    rest = [(v, Fraction()) for v in closed] + [(v, -offset - steepness * (v - opened[0])) for v in opened]
    slopes = [Fraction()] * len(closed) + [-steepness] * len(opened)
    return unit + function(form, through(rest, slopes, margin) if margin else fit(rest))


def where(
    form: Affine,
    values: Iterable[Number],
    threshold: Number,
    x: Affine,
    y: Affine,
    box: Box,
    error: Number = 0,
) -> Units:
    """Return ``x`` where ``form >= threshold``, and ``y`` elsewhere, by the gate of either side that takes fewer units.

    Args:
        form: the condition.
        values: the legal values of ``form``.
        threshold: the least value at which the result is ``x``.
        x: the first choice.
        y: the second choice.
        box: bounds of the sources of ``x`` and ``y``.
        error: the largest error of ``form``.

    Raises:
        ValueError: as :func:`gate`.
    """
    legal = sorted({Fraction(value) for value in values})
    (low, high), below = (x - y).bounds(box), [v for v in legal if v < threshold]
    over = gate(form, legal, threshold, x - y, (low, high), error) + y
    if not below:
        return over
    under = gate(-form, [-v for v in legal], -below[-1], y - x, (-high, -low), error) + x
    return min(over, under, key=lambda units: len(units.units))


def product(x: Affine, y: Affine, pairs: Iterable[tuple[Number, Number]]) -> Units:
    """Return ``x · y`` for factors with finitely many values, by the identity that takes the fewest units.

    Either squares, which are functions of one form each: ``4xy = (x+y)² - (x-y)²``, ``2xy = (x+y)² - x² - y²`` and
    ``2xy = x² + y² - (x-y)²``; or one gate of a factor for each step of the other.

    Args:
        x: the first factor.
        y: the second factor.
        pairs: the values that the factors may have together.

    Raises:
        ValueError: no pair is given.
    """
    legal = [(Fraction(a), Fraction(b)) for a, b in pairs]

    def square(p: int, q: int) -> Units:
        table = {p * a + q * b: (p * a + q * b) ** 2 for a, b in legal}
        return function(x * p + y * q, fit(table.items()))

    plus, minus, of_x, of_y = square(1, 1), square(1, -1), square(1, 0), square(0, 1)
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    candidates = [
        (plus - minus) * quarter, (plus - of_x - of_y) * half, (of_x + of_y - minus) * half,
        _by_gates(x, y, legal), _by_gates(y, x, [(b, a) for a, b in legal]),
    ]  # fmt: skip
    return min(candidates, key=lambda units: len(units.units))


def _by_gates(x: Affine, y: Affine, pairs: Sequence[tuple[Fraction, Fraction]]) -> Units:
    """Return ``x · y`` as ``y`` times the least ``x``, and one gate for each step of ``x``."""
    values = sorted({a for a, _ in pairs})
    bounds = min(b for _, b in pairs), max(b for _, b in pairs)
    result = Units(affine=y * values[0])
    for below, value in pairwise(values):
        result = result + gate(x, values, value, y, bounds) * (value - below)
    return result


def grid(domains: Mapping[Source, Iterable[Number]]) -> Iterable[dict[Source, Number]]:
    """Yield all combinations of the sources' values."""
    for row in combinations(*domains.values()):
        yield dict(zip(domains, row, strict=True))
