"""Functions of one linear form of symbols, and the forms to try."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product

import numpy as np

from raspir.transformer.affine import Affine
from raspir.transformer.columns import Values
from raspir.transformer.piecewise import count_kinks, fit
from raspir.transformer.relu import Units, function
from raspir.transformer.tables import Cells, Symbol, symbol_of

_SAMPLE = 1 << 10  # rows that are looked at before many
_KINKS = 1_500  # most kinks of a function that is considered


@dataclass(frozen=True, eq=False)
class Function:
    """A function of a form: the arguments that it may have, with results."""

    form: Affine
    arguments: Values
    results: Values
    error: float
    flat: bool
    kinks: int

    def made(self) -> Units | None:
        """Return its units, ``None`` if its arguments are too close."""
        pairs = zip(map(Fraction, self.arguments.tolist()), map(Fraction, self.results.tolist()), strict=True)
        try:
            return function(self.form, fit(pairs, rounded_up(self.error), flat=self.flat))
        except ValueError:
            return None


def of_form(
    form: Sequence[float], symbols: Sequence[Symbol], rows: Cells, results: Values, flat: bool
) -> Function | None:
    """Return results as a function of a linear form of symbols."""
    values = sum((c * each.values[rows] for c, each in zip(form, symbols, strict=True)), np.zeros(len(rows)))
    affine = Affine(dict(zip(symbols, form, strict=True)))
    return function_of(affine, values, results, form_error(affine), flat)


def form_error(form: Affine) -> float:
    """Return a bound on the error of a form from those of its symbols."""
    return sum(abs(float(c)) * symbol_of(source).error for source, c in form.terms.items())


def function_of(form: Affine, values: Values, results: Values, error: float, flat: bool) -> Function | None:
    """Return results as a function of a form, ``None`` if they are none, or of too many kinks."""
    some = slice(None, None, len(values) // _SAMPLE + 1)  # what is no function mostly shows in a few rows
    found = _points(values, results) if _points(values[some], results[some]) is not None else None
    if found is None:
        return None
    points, at = found
    if len(points) > 1 and error > 0 and float(np.diff(points).min()) <= 2.5 * error:
        return None
    kinks = (
        2 * int((at[1:] != at[:-1]).sum())
        if flat
        else count_kinks(list(zip(points.tolist(), at.tolist(), strict=True)))
    )
    return None if kinks is None else Function(form, points, at, error, flat, kinks)


def _points(values: Values, results: Values) -> tuple[Values, Values] | None:
    """Return the distinct values in ascending order with their results, ``None`` if one has several, or for many."""
    order = np.argsort(values, kind="stable")
    ordered, sorted_results = values[order], results[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    group = np.cumsum(first) - 1
    points, at = ordered[first], sorted_results[first]
    return (points, at) if np.array_equal(at[group], sorted_results) and len(points) <= _KINKS else None


def rounded_up(number: float) -> float:
    """Return a power of two that is at least ``number``."""
    return float(2.0 ** np.ceil(np.log2(number))) if number > 0 else 0.0


def linear_forms(columns: Sequence[Values]) -> list[tuple[float, ...]]:
    """Return coefficients of linear forms to try: each alone, sums and differences, and mixed radix."""
    size = len(columns)
    if size == 0:
        return [()]
    forms: dict[tuple[float, ...], None] = {}
    for at in range(size):
        forms[tuple(float(each == at) for each in range(size))] = None
    if size <= 4:
        for signs in product((1.0, -1.0), repeat=size - 1):
            forms[(1.0, *signs)] = None
    if size > 1:
        forms |= dict.fromkeys(radix(columns))
    return list(forms)


def radix(columns: Sequence[Values]) -> Iterator[tuple[float, ...]]:
    """Yield coefficients of mixed radix, which keep all combinations apart."""
    size = len(columns)
    orders = list(permutations(range(size))) if size <= 3 else [tuple(range(size)), tuple(reversed(range(size)))]
    for order in orders:
        form, reach = [0.0] * size, 0.0
        for at in order:
            legal = np.unique(columns[at])
            gaps = np.diff(legal)
            if len(gaps) == 0:
                continue
            least = float(gaps.min())
            form[at] = 1.0 if reach == 0 else float(np.ceil((reach + _least_gap(columns, form)) / least))
            reach += form[at] * float(legal[-1] - legal[0])
        if reach < 2.0**24:
            yield tuple(form)


def _least_gap(columns: Sequence[Values], form: Sequence[float]) -> float:
    """Return the least gap between different values of a form."""
    values = np.unique(
        np.round(sum((c * each for c, each in zip(form, columns, strict=True)), np.zeros(len(columns[0]))), 9)
    )
    return float(np.diff(values).min()) if len(values) > 1 else 1.0
