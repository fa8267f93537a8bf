"""Synthesis of one hidden layer: the units for a function of numbers in the stream and of what was known before it.

A function is given by rows. Numbers that attention has just written stand as they are, its *scalars*. What the MLP
before could read, the *early* part, may enter by any function of its cell, as that MLP, or an embedding, can compute
it. Several constructions are tried; each is checked on all rows, and its error bounded on all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raspir.transformer.affine import Affine, Source
from raspir.transformer.codes import linear_code
from raspir.transformer.columns import Values
from raspir.transformer.cubes import cubes
from raspir.transformer.piecewise import count_kinks, fit
from raspir.transformer.relu import Units, function, gate
from raspir.transformer.softmax import Bits, rounding_unit

Cells = NDArray[np.int64]

_KINKS = 1_500  # most kinks of a function that is considered
_CLASS_KINKS = 200  # most kinks of a function that is gated
_CONDITIONS = 24  # most conditions whose affine forms are tried
_WORK = 1 << 24  # most units times rows that are evaluated
_TRIED = 6  # most candidates that are made
_CODED = 400  # most rows for which codes beside mixed radix are searched
_CELLS = 4096  # most cells of a table that is split into cubes
_RUNS = 6  # most intervals of one scalar whose functions of the others are told apart by gates
_SYMBOL_ERROR = 2.0**-20  # relative error of early columns that is assumed before they are placed


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


@dataclass(frozen=True, eq=False)
class Synthesized:
    """Units that compute a table.

    Attributes:
        units: the units, over symbols.
        method: how they were found.
        cost: their price in parameters, with that of early columns.
        error: a bound on the error of the result.
    """

    units: Units
    method: str
    cost: float
    error: float


def synthesized(table: Table, tolerance: float, most: float = float("inf")) -> Synthesized | None:
    """Return the cheapest units whose error is at most ``tolerance`` and whose price is less than ``most``, if any."""
    return _Synthesis(table).best(tolerance, most)


class _Synthesis:
    def __init__(self, table: Table) -> None:
        self.table = table
        self._early: dict[bytes, Symbol] = {}

    def best(self, tolerance: float, most: float) -> Synthesized | None:
        """Return the cheapest units."""
        for flat in (False, True):
            affordable = _WORK // len(self.table.results) * self.table.width
            candidates = [each for each in self._candidates(flat) if each.cost < min(most, affordable)]
            for candidate in sorted(candidates, key=lambda each: each.cost)[:_TRIED]:
                units = candidate.made()
                error = float("inf") if units is None else error_of(self.table, units)
                if units is not None and error <= tolerance:
                    return Synthesized(units, candidate.method, candidate.cost, error)
        return None

    def _cost(self, count: int, symbols: Iterable[Symbol]) -> float:
        early = {each for each in symbols if each.cells is not None}
        return count * (2 * self.table.width + 1) + sum(
            self.table.price(each.cells) for each in early if each.cells is not None
        )

    def _candidate(self, method: str, units: Units) -> _Candidate:
        return _Candidate(method, self._cost(len(units.units), _symbols(units)), lambda: units)

    # Candidates

    def _candidates(self, flat: bool) -> Iterator[_Candidate]:
        everything = np.arange(len(self.table.results))
        if not flat:
            exact = self._affine(everything, self.table.results)
            if exact is not None:
                yield self._candidate("affine", exact)
                return
        for each in self._functions(everything, self.table.results, flat):
            yield self._of(each)
        yield from self._of_hints(flat)
        if self.table.cells > 1:
            yield from self._coded(flat)
            yield from self._by_class(flat)
        yield from self._gated()
        if not flat:
            yield from self._cubes()
            yield from self._of_codes()

    def _of(self, function: _Function) -> _Candidate:
        symbols = [_symbol(source) for source in function.form.terms]
        return _Candidate("function", self._cost(function.kinks, symbols), function.made)

    def early(self, cells: Values) -> Symbol:
        """Return the symbol of a function of the early cell."""
        key = cells.tobytes()
        if key not in self._early:
            error = _SYMBOL_ERROR * float(np.abs(np.nan_to_num(cells)).max(initial=0.0))
            self._early[key] = Symbol(cells[self.table.early], error, cells)
        return self._early[key]

    def _affine(self, rows: Cells, results: Values, scalars: Sequence[Symbol] | None = None) -> Units | None:
        """Return the results as an affine form of the scalars plus an early column, if they are one."""
        table = self.table
        read = table.scalars if scalars is None else scalars
        early, size = table.early[rows], table.cells
        held = np.bincount(early, minlength=size)
        matrix = np.stack([each.values[rows] for each in read], axis=-1) if read else None
        coefficients: Values = np.zeros(len(read))
        if matrix is not None:
            inner = _centered(matrix, early, held)
            target = _centered(results[:, None], early, held)[:, 0]
            coefficients = _nice(np.linalg.lstsq(inner, target, rcond=None)[0])
            results = results - matrix @ coefficients
        cells = np.full(size, np.nan)
        cells[early] = results
        if not np.allclose(cells[early], results, rtol=1e-12, atol=1e-12):
            return None
        terms: dict[Source, Fraction] = dict(zip(read, map(Fraction, coefficients.tolist()), strict=True))
        return Units(affine=Affine(terms) + self._of_cells(cells))

    def _of_cells(self, cells: Values) -> Affine:
        known = cells[~np.isnan(cells)]
        if len(known) == 0 or (known == known[0]).all():
            return Affine(constant=float(known[0]) if len(known) else 0)
        return Affine.of(self.early(cells))

    def _functions(self, rows: Cells, results: Values, flat: bool) -> Iterator[_Function]:
        """Yield the results as functions of one linear form of the scalars."""
        for form in _forms([each.values[rows] for each in self.table.scalars]):
            function = _of_form(form, self.table.scalars, rows, results, flat)
            if function is not None:
                yield function

    def _hinted(self) -> Iterator[tuple[Affine, Hint]]:
        """Yield the hints that are affine forms."""
        for hint in self.table.hints:
            units = self._affine(np.arange(len(hint.values)), hint.values)
            if units is not None and units.affine.terms:
                yield units.affine, hint

    def _of_hints(self, flat: bool) -> Iterator[_Candidate]:
        """Yield functions of one hint, and affine forms of conditions on several."""
        conditions: dict[Symbol, _Function] = {}
        for form, hint in self._hinted():
            whole = _function(form, hint.values, self.table.results, _form_error(form), flat)
            if whole is not None:
                yield self._of(whole)
            if hint.condition is not None:
                condition = _function(form, hint.values, hint.condition, _form_error(form), flat)
                if condition is not None and condition.kinks:
                    conditions[Symbol(hint.condition, 0.0)] = condition
        if 2 <= len(conditions) <= _CONDITIONS:
            everything = np.arange(len(self.table.results))
            combined = self._affine(everything, self.table.results, (*self.table.scalars, *conditions))
            if combined is not None:
                yield self._of_conditions(combined.affine, conditions)

    def _of_conditions(self, form: Affine, conditions: Mapping[Symbol, _Function]) -> _Candidate:
        """Return an affine form of conditions, each of which is a function of a form."""
        rest = Affine({s: c for s, c in form.terms.items() if s not in conditions}, form.constant)
        used = [(condition, form.terms[s]) for s, condition in conditions.items() if s in form.terms]

        def made() -> Units | None:
            total = Units(affine=rest)
            for condition, factor in used:
                units = condition.made()
                if units is None:
                    return None
                total = total + units * factor
            return total

        read = [*rest.terms, *(source for condition, _ in used for source in condition.form.terms)]
        count = sum(condition.kinks for condition, _ in used)
        return _Candidate("conditions", self._cost(count, map(_symbol, read)), made)

    def _classes(self) -> tuple[Cells, list[Cells]]:
        """Return the class of each early cell, and the rows of each class: cells of one function of the scalars."""
        table = self.table
        scalars = _numbered(np.stack([each.values for each in table.scalars], axis=-1)) if table.scalars else None
        at = np.zeros(len(table.early), dtype=np.int64) if scalars is None else scalars
        results = np.full((table.cells, int(at.max(initial=0)) + 1), np.nan)
        results[table.early, at] = table.results
        merged: list[Values] = []
        classes = np.zeros(table.cells, dtype=np.int64)
        for cell, row in enumerate(results):
            for number, other in enumerate(merged):
                if not ((row != other) & ~np.isnan(row) & ~np.isnan(other)).any():
                    merged[number] = np.where(np.isnan(other), row, other)
                    classes[cell] = number
                    break
            else:
                classes[cell] = len(merged)
                merged.append(row.copy())
        of_rows = classes[table.early]
        return classes, [np.flatnonzero(of_rows == number) for number in range(len(merged))]

    def _by_class(self, flat: bool) -> Iterator[_Candidate]:
        """Yield a function of the scalars for each class of early cells, gated by its indicator."""
        classes, rows = self._classes()
        if not self.table.scalars or not 2 <= len(rows) <= 64:
            return
        plain = [self._plain(each, self.table.results[each], flat) for each in rows]
        for base in (None, *range(len(rows))) if len(rows) <= 8 else (None,):
            common = Units() if base is None else plain[base]
            if common is None:
                continue
            units: Units | None = common
            offsets = np.zeros(self.table.cells)
            for number, own in enumerate(rows):
                if number == base:
                    continue
                rest = self.table.results[own] - _evaluated(common, own)
                difference = self._plain(own, rest, flat)
                if difference is None or units is None:
                    units = None
                    break
                gated, offset = self._gated_by(np.where(classes == number, 1.0, 0.0), difference)
                units = units + gated
                offsets[classes == number] = offset
            if units is not None:
                yield self._candidate("classes", units + self._of_cells(offsets))

    def _plain(self, rows: Cells, results: Values, flat: bool) -> Units | None:
        """Return a function of the scalars alone, by the fewest units."""
        affine = self._affine_of_scalars(rows, results) if not flat else None
        if affine is not None:
            return affine
        best = min(self._functions(rows, results, flat), key=lambda each: each.kinks, default=None)
        return None if best is None or best.kinks > _CLASS_KINKS else best.made()

    def _affine_of_scalars(self, rows: Cells, results: Values) -> Units | None:
        """Return an affine form of the scalars, if the results are one."""
        matrix = np.stack([*(each.values[rows] for each in self.table.scalars), np.ones(len(rows))], axis=-1)
        solution = _nice(np.linalg.lstsq(matrix, results, rcond=None)[0])
        if not np.allclose(matrix @ solution, results, rtol=1e-12, atol=1e-12):
            return None
        *coefficients, offset = map(Fraction, solution.tolist())
        return Units(affine=Affine(dict(zip(self.table.scalars, coefficients, strict=True)), offset))

    def _gated_by(self, cells: Values, units: Units) -> tuple[Units, float]:
        """Return what ``units`` add where an indicator is 1, and 0 elsewhere, but for a constant: that, too."""
        everything = np.arange(len(self.table.results))
        closed = Affine.of(self.early(cells)) - 1
        total, offset = Units(), float(units.affine.constant)
        slopes = Affine(units.affine.terms)
        if slopes.terms:
            values = _evaluated(Units(affine=slopes), everything)
            low, high = float(np.floor(values.min())), float(values.max())
            margin = 1 + Fraction(_rounded_up(high - low))
            total, offset = total + Units.ramp(slopes - low + closed * margin), offset + low
        for unit in units.units:
            most = max(0.0, float(_evaluated(Units(affine=unit.input), everything).max()))
            total = total + Units.ramp(unit.input + closed * (1 + Fraction(_rounded_up(most))), unit.output)
        return total, offset

    def _coded(self, flat: bool) -> Iterator[_Candidate]:
        """Yield a function of one code of the scalars and of the class of early cells."""
        classes, rows = self._classes()
        order = sorted(range(len(rows)), key=lambda each: (float(self.table.results[rows[each]].mean()), each))
        rank = np.empty(len(rows))
        rank[order] = np.arange(len(rows))
        symbols = (*self.table.scalars, self.early(rank[classes]))
        everything = np.arange(len(self.table.results))
        for form in _radix([each.values for each in symbols]):
            function = _of_form(form, symbols, everything, self.table.results, flat)
            if function is not None:
                yield self._of(function)

    def _of_codes(self) -> Iterator[_Candidate]:
        """Yield an affine form plus a function of one code of the scalars and of the class of early cells."""
        table = self.table
        if not 1 <= len(table.scalars) <= 4 or not all((s.values == np.floor(s.values)).all() for s in table.scalars):
            return
        symbols = list(table.scalars)
        if table.cells > 1:
            classes, rows = self._classes()
            if len(rows) > 1:
                symbols.append(self.early(classes.astype(np.float64)))
        numbers = np.stack([each.values for each in symbols], axis=-1).astype(np.int64)
        results = dict(zip(map(tuple, numbers.tolist()), table.results.tolist(), strict=True))
        if 1 < len(results) <= _CODED:
            code = linear_code(list(results.items()), _CODED * 16)
            units = code.units(symbols, _rounded_up(max(each.error for each in symbols)))
            yield self._candidate("code", units)

    def _gated(self) -> Iterator[_Candidate]:
        """Yield a function whose form changes at thresholds of one scalar."""
        table = self.table
        if len(table.scalars) + (table.cells > 1) < 2:
            return
        for scalar in table.scalars:
            units = self._in_runs(scalar)
            if units is not None:
                yield self._candidate("gates", units)

    def _in_runs(self, scalar: Symbol) -> Units | None:
        """Return the results as affine forms for runs of values of ``scalar``, which gates switch."""
        table = self.table
        legal = np.unique(scalar.values)
        forms: list[tuple[float, Units]] = []
        rows = np.zeros(0, dtype=np.int64)
        held: Units | None = None
        for value in legal.tolist():
            more = np.concatenate([rows, np.flatnonzero(scalar.values == value)])
            wider = self._affine(more, table.results[more])
            if wider is None and held is not None:
                forms.append((float(scalar.values[rows].min()), held))
                if len(forms) >= _RUNS:
                    return None
                more = np.flatnonzero(scalar.values == value)
                wider = self._affine(more, table.results[more])
            if wider is None:
                return None
            rows, held = more, wider
        if held is None or not forms:
            return None
        forms.append((float(scalar.values[rows].min()), held))
        total = forms[0][1]
        for (_, before), (threshold, after) in pairwise(forms):
            difference = (after - before).affine
            values = _evaluated(Units(affine=difference), np.arange(len(table.results)))
            bounds = float(np.nanmin(values)), float(np.nanmax(values))
            try:
                step = gate(Affine.of(scalar), legal.tolist(), threshold, difference, bounds, scalar.error)
            except ValueError:
                return None
            total = total + step
        return total

    def _cubes(self) -> Iterator[_Candidate]:
        """Yield cubes of scalars that have two values, and of the class of early cells."""
        table = self.table
        legal = [np.unique(each.values) for each in table.scalars]
        if not legal or any(len(values) > 2 for values in legal):
            return
        classes, rows = self._classes()
        if len(rows) * 2 ** len(legal) > _CELLS or len(rows) > 16:
            return
        domains: list[list[float]] = [values.tolist() for values in legal]
        indicators: list[dict[Hashable, Affine]] = [
            _indicators(each, values) for each, values in zip(table.scalars, domains, strict=True)
        ]
        of_rows = [each.values.tolist() for each in table.scalars]
        if len(rows) > 1:
            domains.append(list(map(float, range(len(rows)))))
            symbols = [Affine.of(self.early((classes == n).astype(np.float64))) for n in range(len(rows) - 1)]
            last = Affine(constant=1) - sum(symbols, start=Affine())
            indicators.append(dict(zip(domains[-1], [*symbols, last], strict=True)))
            of_rows.append(classes[table.early].astype(np.float64).tolist())
        results = dict(zip(zip(*of_rows, strict=True), table.results.tolist(), strict=True))
        yield self._candidate("cubes", cubes(domains, dict(results)).units(indicators))


def error_of(table: Table, units: Units, errors: Mapping[Symbol, float] | None = None) -> float:
    """Return a bound on the error of units on all rows; infinity if they do not compute the table.

    Args:
        table: the table.
        units: the units.
        errors: the errors of symbols, if they are not as assumed.
    """
    everything = np.arange(len(table.results))
    scale = max(1.0, float(np.abs(table.results).max(initial=0.0)))
    if not np.allclose(_evaluated(units, everything), table.results, rtol=0, atol=1e-7 * scale):
        return float("inf")
    off = {symbol: symbol.error for symbol in _symbols(units)} | dict(errors or {})
    return float((_passed_on(units, everything, off) + _rounding(units, everything, table.bits)).max(initial=0.0))


def _indicators(symbol: Symbol, values: Sequence[float]) -> dict[Hashable, Affine]:
    if len(values) == 1:
        return {values[0]: Affine(constant=1)}
    low, high = map(Fraction, values)
    upper = (Affine.of(symbol) - low) * (1 / (high - low))
    return {values[0]: Affine(constant=1) - upper, values[1]: upper}


def _symbol(source: object) -> Symbol:
    assert isinstance(source, Symbol)
    return source


def _symbols(units: Units) -> list[Symbol]:
    return [_symbol(source) for source in units.sources()]


def _form_values(form: Affine, rows: Cells) -> Values:
    total = np.full(len(rows), float(form.constant))
    for source, c in form.terms.items():
        total = total + float(c) * _symbol(source).values[rows]
    return total


def _evaluated(units: Units, rows: Cells) -> Values:
    """Return what ``units`` yield in ``rows``."""
    total = _form_values(units.affine, rows)
    for unit in units.units:
        total = total + float(unit.output) * np.maximum(_form_values(unit.input, rows), 0)
    return total


def _passed_on(units: Units, rows: Cells, errors: Mapping[Symbol, float]) -> Values:
    """Return a bound on the error in each row that comes from those of the symbols.

    Close to a row each unit is off, on, or between: the bound takes the largest gradient of any such combination.
    """
    symbols = _symbols(units)
    lows = {each: np.full(len(rows), float(units.affine.terms.get(each, 0))) for each in symbols}
    highs = {each: lows[each].copy() for each in symbols}
    for unit in units.units:
        values = _form_values(unit.input, rows)
        reach = sum(abs(float(c)) * errors[_symbol(s)] for s, c in unit.input.terms.items())
        for source, c in unit.input.terms.items():
            slope, symbol = float(unit.output * c), _symbol(source)
            lows[symbol] += np.where(values >= reach, slope, np.where(values > -reach, min(slope, 0.0), 0.0))
            highs[symbol] += np.where(values >= reach, slope, np.where(values > -reach, max(slope, 0.0), 0.0))
    total = np.zeros(len(rows))
    for symbol in symbols:
        total += errors[symbol] * np.maximum(np.abs(lows[symbol]), np.abs(highs[symbol]))
    return total


def _rounding(units: Units, rows: Cells, bits: Bits) -> Values:
    """Return a bound on the rounding of the evaluation in each row."""
    unit_error = rounding_unit(bits)
    total = np.abs(_form_values(units.affine, rows)) + abs(float(units.affine.constant))
    passed = np.zeros(len(rows))
    for unit in units.units:
        value, inner = _form_values(unit.input, rows), abs(float(unit.input.constant)) + np.zeros(len(rows))
        for source, c in unit.input.terms.items():
            inner = inner + abs(float(c)) * np.abs(_symbol(source).values[rows])
        is_on = value > -1e-3 * np.maximum(1.0, inner)
        rounded = np.abs(value) if _is_shift(unit.input) else inner * (len(unit.input.terms) + 2)
        passed += np.where(is_on, abs(float(unit.output)) * rounded, 0.0)
        total = total + np.where(is_on, np.abs(float(unit.output) * value), 0.0)
    return np.asarray(unit_error * (passed + (len(units.units) + 2) * total))


def _is_shift(form: Affine) -> bool:
    """Return whether a form is a number and a constant, so that only the result is rounded."""
    return len(form.terms) == 1 and all(abs(c) == 1 and _symbol(s).cells is None for s, c in form.terms.items())


@dataclass(frozen=True, eq=False)
class _Candidate:
    """Units that are made once they are wanted."""

    method: str
    cost: float
    made: Callable[[], Units | None]


@dataclass(frozen=True, eq=False)
class _Function:
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
            return function(self.form, fit(pairs, _rounded_up(self.error), flat=self.flat))
        except ValueError:
            return None


def _of_form(
    form: Sequence[float], symbols: Sequence[Symbol], rows: Cells, results: Values, flat: bool
) -> _Function | None:
    """Return results as a function of a linear form of symbols."""
    values = sum((c * each.values[rows] for c, each in zip(form, symbols, strict=True)), np.zeros(len(rows)))
    affine = Affine(dict(zip(symbols, form, strict=True)))
    return _function(affine, values, results, _form_error(affine), flat)


def _form_error(form: Affine) -> float:
    return sum(abs(float(c)) * _symbol(source).error for source, c in form.terms.items())


def _function(form: Affine, values: Values, results: Values, error: float, flat: bool) -> _Function | None:
    """Return results as a function of a form, ``None`` if they are none, or of too many kinks."""
    order = np.argsort(values, kind="stable")
    ordered, sorted_results = values[order], results[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    group = np.cumsum(first) - 1
    points, at = ordered[first], sorted_results[first]
    if not np.array_equal(at[group], sorted_results) or len(points) > _KINKS:
        return None
    if len(points) > 1 and error > 0 and float(np.diff(points).min()) <= 2.5 * error:
        return None
    kinks = (
        2 * int((at[1:] != at[:-1]).sum())
        if flat
        else count_kinks(list(zip(points.tolist(), at.tolist(), strict=True)))
    )
    return None if kinks is None else _Function(form, points, at, error, flat, kinks)


def _rounded_up(number: float) -> float:
    """Return a power of two that is at least ``number``."""
    return float(2.0 ** np.ceil(np.log2(number))) if number > 0 else 0.0


def _nice(coefficients: NDArray[np.floating[Any]]) -> Values:
    """Return coefficients as binary fractions of few bits where they are that close to them."""
    near = np.round(coefficients * 4096) / 4096
    return np.asarray(np.where(np.isclose(coefficients, near, rtol=0, atol=1e-9), near, coefficients), dtype=np.float64)


def _centered(matrix: Values, groups: Cells, held: Cells) -> Values:
    """Return each column less its mean in each group."""
    result = np.empty_like(matrix)
    for at in range(matrix.shape[1]):
        means = np.bincount(groups, matrix[:, at], minlength=len(held)) / np.maximum(held, 1)
        result[:, at] = matrix[:, at] - means[groups]
    return result


def _numbered(rows: Values) -> Cells:
    """Return the number of each row among the distinct ones."""
    return np.asarray(np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1), dtype=np.int64)


def _forms(columns: Sequence[Values]) -> list[tuple[float, ...]]:
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
        forms |= dict.fromkeys(_radix(columns))
    return list(forms)


def _radix(columns: Sequence[Values]) -> Iterator[tuple[float, ...]]:
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
