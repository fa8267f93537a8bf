"""Synthesis of one hidden layer: the units for a function of numbers in the stream and of what was known before it.

A function is given by rows. Numbers that attention has just written stand as they are, its *scalars*. What the MLP
before could read, the *early* part, may enter by any function of its cell, as that MLP, or an embedding, can compute
it. Several constructions are tried; each is checked on all rows, and its error bounded on all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from raspir.ir.lazy import cached_property
from raspir.transformer.affine import Affine, Source
from raspir.transformer.codes import linear_code
from raspir.transformer.columns import Values
from raspir.transformer.cubes import cubes, indicators
from raspir.transformer.forms import Function, form_error, function_of, linear_forms, of_form, radix, rounded_up
from raspir.transformer.relu import Units, gate
from raspir.transformer.tables import (
    Cells,
    Hint,
    Symbol,
    Table,
    centered,
    error_of,
    evaluated,
    numbered,
    symbol_of,
    symbols_of,
)

_CLASS_KINKS = 200  # most kinks of a function that is gated
_CONDITIONS = 24  # most conditions whose affine forms are tried
_WORK = 1 << 24  # most units times rows that are evaluated
_TRIED = 6  # most candidates that are made
_CODED = 400  # most rows for which codes beside mixed radix are searched
_CELLS = 4096  # most cells of a table that is split into cubes
_SAMPLE = 1 << 10  # rows that are looked at before many
_RUNS = 6  # most intervals of one scalar that gates switch between
_SYMBOL_ERROR = 2.0**-20  # relative error of early columns that is assumed before they are placed


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
        return _Candidate(method, self._cost(len(units.units), symbols_of(units)), lambda: units)

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

    def _of(self, function: Function) -> _Candidate:
        symbols = [symbol_of(source) for source in function.form.terms]
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
        if len(rows) > 2 * _SAMPLE:  # what is not affine mostly shows in a few rows
            some = slice(None, None, len(rows) // _SAMPLE)
            if self._affine(rows[some], results[some], scalars) is None:
                return None
        read = table.scalars if scalars is None else scalars
        early, size = table.early[rows], table.cells
        held = np.bincount(early, minlength=size)
        matrix = np.stack([each.values[rows] for each in read], axis=-1) if read else None
        coefficients: Values = np.zeros(len(read))
        if matrix is not None:
            inner = centered(matrix, early, held)
            target = centered(results[:, None], early, held)[:, 0]
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

    def _functions(self, rows: Cells, results: Values, flat: bool) -> Iterator[Function]:
        """Yield the results as functions of one linear form of the scalars."""
        for form in linear_forms([each.values[rows] for each in self.table.scalars]):
            function = of_form(form, self.table.scalars, rows, results, flat)
            if function is not None:
                yield function

    @cached_property
    def _hinted(self) -> list[tuple[Affine, Hint]]:
        """The hints that are affine forms."""
        everything = np.arange(len(self.table.results))
        found = [(self._affine(everything, hint.values), hint) for hint in self.table.hints]
        return [(units.affine, hint) for units, hint in found if units is not None and units.affine.terms]

    def _of_hints(self, flat: bool) -> Iterator[_Candidate]:
        """Yield functions of one hint, and affine forms of conditions on several."""
        conditions: dict[Symbol, Function] = {}
        for form, hint in self._hinted:
            whole = function_of(form, hint.values, self.table.results, form_error(form), flat)
            if whole is not None:
                yield self._of(whole)
            if hint.condition is not None:
                condition = function_of(form, hint.values, hint.condition, form_error(form), flat)
                if condition is not None and condition.kinks:
                    conditions[Symbol(hint.condition, 0.0)] = condition
        if 2 <= len(conditions) <= _CONDITIONS:
            everything = np.arange(len(self.table.results))
            combined = self._affine(everything, self.table.results, (*self.table.scalars, *conditions))
            if combined is not None:
                yield self._of_conditions(combined.affine, conditions)

    def _of_conditions(self, form: Affine, conditions: Mapping[Symbol, Function]) -> _Candidate:
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
        return _Candidate("conditions", self._cost(count, map(symbol_of, read)), made)

    def _classes(self) -> tuple[Cells, list[Cells]]:
        """Return the class of each early cell, and the rows of each class: cells of one function of the scalars."""
        table = self.table
        scalars = numbered(np.stack([each.values for each in table.scalars], axis=-1)) if table.scalars else None
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
                rest = self.table.results[own] - evaluated(common, own)
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
            values = evaluated(Units(affine=slopes), everything)
            low, high = float(np.floor(values.min())), float(values.max())
            margin = 1 + Fraction(rounded_up(high - low))
            total, offset = total + Units.ramp(slopes - low + closed * margin), offset + low
        for unit in units.units:
            most = max(0.0, float(evaluated(Units(affine=unit.input), everything).max()))
            total = total + Units.ramp(unit.input + closed * (1 + Fraction(rounded_up(most))), unit.output)
        return total, offset

    def _coded(self, flat: bool) -> Iterator[_Candidate]:
        """Yield a function of one code of the scalars and of the class of early cells."""
        classes, rows = self._classes()
        order = sorted(range(len(rows)), key=lambda each: (float(self.table.results[rows[each]].mean()), each))
        rank = np.empty(len(rows))
        rank[order] = np.arange(len(rows))
        symbols = (*self.table.scalars, self.early(rank[classes]))
        everything = np.arange(len(self.table.results))
        for form in radix([each.values for each in symbols]):
            function = of_form(form, symbols, everything, self.table.results, flat)
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
        if len(np.unique(numbers[:: len(numbers) // _SAMPLE + 1], axis=0)) > _CODED:
            return
        results = dict(zip(map(tuple, numbers.tolist()), table.results.tolist(), strict=True))
        if 1 < len(results) <= _CODED:
            code = linear_code(list(results.items()), _CODED * 16)
            units = code.units(symbols, rounded_up(max(each.error for each in symbols)))
            yield self._candidate("code", units)

    def _gated(self) -> Iterator[_Candidate]:
        """Yield functions whose form changes at thresholds of one scalar, or of one compared difference."""
        table = self.table
        if len(table.scalars) + (table.cells > 1) < 2:
            return
        forms = [(Affine.of(scalar), scalar.values) for scalar in table.scalars]
        forms += [(form, hint.values) for form, hint in self._hinted if hint.condition is not None]
        for form, values in dict(forms).items():
            units = self._in_runs(form, values)
            if units is not None:
                yield self._candidate("gates", units)

    def _in_runs(self, form: Affine, values: Values) -> Units | None:
        """Return the results as affine forms for runs of values of ``form``, which gates switch."""
        runs = self._runs(values)
        if runs is None:
            return None
        total, legal = runs[0][1], np.unique(values).tolist()
        for (_, before), (threshold, after) in pairwise(runs):
            difference = (after - before).affine
            gated = evaluated(Units(affine=difference), np.arange(len(self.table.results)))
            bounds = float(np.nanmin(gated)), float(np.nanmax(gated))
            error = form_error(form) + form_error(difference)  # so that units that cancel each other are on for both
            try:
                total = total + gate(form, legal, threshold, difference, bounds, error)
            except ValueError:
                return None
        return total

    def _runs(self, values: Values) -> list[tuple[float, Units]] | None:
        """Return runs of ascending ``values`` in which results are an affine form, each with its least one."""
        runs: list[tuple[float, Units]] = []
        rows = np.zeros(0, dtype=np.int64)
        for value in np.unique(values).tolist():
            own = np.flatnonzero(values == value)
            more = np.concatenate([rows, own])
            wider = self._affine(more, self.table.results[more])
            if runs and wider is not None:
                rows, runs[-1] = more, (runs[-1][0], wider)
                continue
            alone = self._affine(own, self.table.results[own])
            if alone is None or len(runs) == _RUNS:
                return None
            rows = own
            runs.append((value, alone))
        return runs if len(runs) > 1 else None

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
        forms: list[Mapping[Hashable, Affine]] = [
            indicators(Affine.of(each), values) for each, values in zip(table.scalars, domains, strict=True)
        ]
        of_rows = [each.values.tolist() for each in table.scalars]
        if len(rows) > 1:
            domains.append(list(map(float, range(len(rows)))))
            symbols = [Affine.of(self.early((classes == n).astype(np.float64))) for n in range(len(rows) - 1)]
            last = Affine(constant=1) - sum(symbols, start=Affine())
            forms.append(dict(zip(domains[-1], [*symbols, last], strict=True)))
            of_rows.append(classes[table.early].astype(np.float64).tolist())
        results = dict(zip(zip(*of_rows, strict=True), table.results.tolist(), strict=True))
        yield self._candidate("cubes", cubes(domains, dict(results)).units(forms))


@dataclass(frozen=True, eq=False)
class _Candidate:
    """Units that are made once they are wanted."""

    method: str
    cost: float
    made: Callable[[], Units | None]


def _nice(coefficients: NDArray[np.floating[Any]]) -> Values:
    """Return coefficients as binary fractions of few bits where they are that close to them."""
    near = np.round(coefficients * 4096) / 4096
    return np.asarray(np.where(np.isclose(coefficients, near, rtol=0, atol=1e-9), near, coefficients), dtype=np.float64)
