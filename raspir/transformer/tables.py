"""Tables to synthesize: their rows and symbols, and what units yield on them, with bounds on the error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from raspir.transformer.affine import Affine
from raspir.transformer.columns import Values
from raspir.transformer.relu import Units
from raspir.transformer.softmax import Bits, rounding_unit

Cells = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Symbol:
    """A number that units read.

    Attributes:
        values: its value in each row.
        error: a bound on its error.
        cells: for an early column, its value for each early cell; ``None`` for a scalar.
    """

    values: Values
    error: float
    cells: Values | None = None


@dataclass(frozen=True, eq=False)
class Hint:
    """A number of which the result may be a function.

    Attributes:
        values: its value in each row.
        condition: whether the condition that depends on it holds in each row, as 0 or 1, if there is one.
    """

    values: Values
    condition: Values | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """A function to synthesize.

    Attributes:
        scalars: the scalars.
        early: the early cell of each row.
        results: the result of each row.
        width: the residual width that is assumed to price units.
        price: returns the price in parameters of an early column, given its value for each early cell.
        hints: numbers of which the result may be a function.
        bits: the significant bits of the floats.
    """

    scalars: tuple[Symbol, ...]
    early: Cells
    results: Values
    price: Callable[[Values], float]
    hints: tuple[Hint, ...] = ()
    width: int = 10
    bits: Bits = 24

    @property
    def cells(self) -> int:
        """The number of early cells."""
        return int(self.early.max(initial=-1)) + 1


def error_of(table: Table, units: Units, errors: Mapping[Symbol, float] | None = None) -> float:
    """Return a bound on the error of units on all rows; infinity if they do not compute the table.

    Args:
        table: the table.
        units: the units.
        errors: the errors of symbols, if they are not as assumed.
    """
    everything = np.arange(len(table.results))
    scale = max(1.0, float(np.abs(table.results).max(initial=0.0)))
    if not np.allclose(evaluated(units, everything), table.results, rtol=0, atol=1e-7 * scale):
        return float("inf")
    off = {symbol: symbol.error for symbol in symbols_of(units)} | dict(errors or {})
    return float((_passed_on(units, everything, off) + rounding(units, everything, table.bits)).max(initial=0.0))


def symbol_of(source: object) -> Symbol:
    """Return a source, which is a symbol."""
    assert isinstance(source, Symbol)
    return source


def symbols_of(units: Units) -> list[Symbol]:
    """Return the symbols that units read."""
    return [symbol_of(source) for source in units.sources()]


def form_values(form: Affine, rows: Cells) -> Values:
    """Return the value of a form in ``rows``."""
    total = np.full(len(rows), float(form.constant))
    for source, c in form.terms.items():
        total = total + float(c) * symbol_of(source).values[rows]
    return total


def evaluated(units: Units, rows: Cells) -> Values:
    """Return what ``units`` yield in ``rows``."""
    total = form_values(units.affine, rows)
    for unit in units.units:
        total = total + float(unit.output) * np.maximum(form_values(unit.input, rows), 0)
    return total


def slopes(units: Units, rows: Cells, errors: Mapping[Symbol, float]) -> dict[Symbol, tuple[Values, Values]]:
    """Return bounds of the slope in each symbol close to each row.

    Close to a row each unit is off, on, or between: then any slope up to its own counts.
    """
    symbols = symbols_of(units)
    lows = {each: np.full(len(rows), float(units.affine.terms.get(each, 0))) for each in symbols}
    highs = {each: lows[each].copy() for each in symbols}
    for unit in units.units:
        values = form_values(unit.input, rows)
        reach = sum(abs(float(c)) * errors[symbol_of(s)] for s, c in unit.input.terms.items())
        for source, c in unit.input.terms.items():
            slope, symbol = float(unit.output * c), symbol_of(source)
            lows[symbol] += np.where(values >= reach, slope, np.where(values > -reach, min(slope, 0.0), 0.0))
            highs[symbol] += np.where(values >= reach, slope, np.where(values > -reach, max(slope, 0.0), 0.0))
    return {each: (lows[each], highs[each]) for each in symbols}


def _passed_on(units: Units, rows: Cells, errors: Mapping[Symbol, float]) -> Values:
    """Return a bound on the error in each row that comes from those of the symbols."""
    total = np.zeros(len(rows))
    for symbol, (low, high) in slopes(units, rows, errors).items():
        total += errors[symbol] * np.maximum(np.abs(low), np.abs(high))
    return total


def rounding(units: Units, rows: Cells, bits: Bits) -> Values:
    """Return a bound on the rounding of the evaluation in each row."""
    unit_error = rounding_unit(bits)
    total = np.abs(form_values(units.affine, rows)) + abs(float(units.affine.constant))
    passed = np.zeros(len(rows))
    for unit in units.units:
        value, inner = form_values(unit.input, rows), abs(float(unit.input.constant)) + np.zeros(len(rows))
        for source, c in unit.input.terms.items():
            inner = inner + abs(float(c)) * np.abs(symbol_of(source).values[rows])
        is_on = value > -1e-3 * np.maximum(1.0, inner)
        rounded = np.abs(value) if _is_shift(unit.input) else inner * (len(unit.input.terms) + 2)
        passed += np.where(is_on, abs(float(unit.output)) * rounded, 0.0)
        total = total + np.where(is_on, np.abs(float(unit.output) * value), 0.0)
    return np.asarray(unit_error * (passed + (len(units.units) + 2) * total))


def _is_shift(form: Affine) -> bool:
    """Return whether a form is a number and a constant, so that only the result is rounded."""
    return len(form.terms) == 1 and all(abs(c) == 1 and symbol_of(s).cells is None for s, c in form.terms.items())


def centered(matrix: Values, groups: Cells, held: Cells) -> Values:
    """Return each column less its mean in each group."""
    result = np.empty_like(matrix)
    for at in range(matrix.shape[1]):
        means = np.bincount(groups, matrix[:, at], minlength=len(held)) / np.maximum(held, 1)
        result[:, at] = matrix[:, at] - means[groups]
    return result


def numbered(rows: Values) -> Cells:
    """Return the number of each row among the distinct ones."""
    return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1), dtype=np.int64)
