"""Aggregation kernels: sums, means and best-score fetches over selections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from raspir.backends.numpy.kernels.columns import (
    BOOL,
    CHAR,
    FLOAT,
    INT,
    NONE,
    TABLE,
    WHOLE,
    Array,
    Column,
    atoms_of,
    booleans,
    choose,
    column_of,
    compact,
    floats,
    integers,
    is_native,
    is_number,
    order_classes,
    packed,
    take,
    unpacked,
    whole,
)
from raspir.backends.numpy.kernels.conditions import scale_of, sortable
from raspir.backends.numpy.kernels.elementwise import EXACT
from raspir.backends.numpy.kernels.failures import Site
from raspir.backends.numpy.kernels.runs import Run, full, warn_if_slow
from raspir.backends.numpy.kernels.selections import Everything, Fetch, Selection, Sliding
from raspir.backends.numpy.kernels.summation import float_sums
from raspir.ir.atoms import Atom
from raspir.ir.errors import MissingValueError
from raspir.ir.evaluation import checked
from raspir.runtime.messages import added_none, added_strings, addition_failed, scores_failed


class _RowError(Exception):
    """An aggregate failure on one row."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


def _require_none(failing: Array) -> None:
    """Raise the error of the first row of the mask, if there is one."""
    if failing.any():
        raise _RowError(int(failing.argmax()))


def total(run: Run, selection: Selection, value: Column, default: Column, at: Site) -> Column:
    """Return the sum of each row's selected values: the default if there are none, a single value unchanged.

    Raises:
        EvaluationError: for the first row whose sum fails, or that selects several values including a string.
    """
    return _aggregated(run, selection, value, default, at, mean=False)


def mean(run: Run, selection: Selection, value: Column, default: Column, at: Site) -> Column:
    """Return the mean of each row's selected values: the default if there are none, a single value unchanged.

    Raises:
        EvaluationError: as for :func:`total`.
    """
    return _aggregated(run, selection, value, default, at, mean=True)


def best(
    run: Run, selection: Selection, value: Column, score: Column, pick: str, ties: str, default: Column, at: Site
) -> Column:
    """Return each row's selected value of highest (or lowest) score; ties go to the leftmost (or rightmost).

    Raises:
        EvaluationError: for the first row whose scores are not comparable.
    """
    fetch = selection.as_fetch()
    if fetch is None:
        try:
            fetch = chosen(run, selection, score, pick, ties)
        except _RowError as error:
            _fail_on_scores(run, selection, error.row, full(run, score), pick, ties, at)
    return fetch.fetch(value, default)


def chosen(run: Run, selection: Selection, score: Column, pick: str, ties: str) -> Fetch:
    """Return the selection of each row's position of highest (or lowest) score among those that it selects."""
    if run.single and type(selection) is Everything and selection.keys is selection.queries is None:
        position = _extreme(score, pick, ties, run.n)
        if position is not None:
            return Fetch(run, np.array([position]), None, uniform=True)
    ranks = _ranks(run, selection, score, pick, ties)
    result = selection.best(ranks)
    valid = result >= 0
    positions = np.where(valid, result % run.n, 0)
    if ties == "left":
        positions = np.where(valid, run.n - 1 - positions, 0)
    return Fetch(run, positions, None if valid.all() else valid, selection.uniform)


def _extreme(score: Column, pick: str, ties: str, n: int) -> int | None:
    if len(score) == 1:
        return 0 if ties == "left" else n - 1
    if not is_native(score.kind):
        return None
    data = score.data if ties == "left" else score.data[::-1]
    position = int(data.argmax() if pick == "highest" else data.argmin())
    return position if ties == "left" else n - 1 - position


def _ranks(run: Run, selection: Selection, score: Column, pick: str, ties: str) -> Array:
    """Return a rank for each position, maximal for the one to fetch, from which the position can be recovered."""
    positions = run.positions if ties == "right" else run.n - 1 - run.positions
    if len(score) == 1:
        return positions
    score = full(run, score)
    if not is_native(score.kind):
        classes = order_classes(score).astype(np.int64)
        if classes.min() < classes.max():
            classes = np.broadcast_to(classes, run.n)
            highest, lowest = selection.best(classes), 2 - selection.best(2 - classes)
            _require_none((highest >= 0) & (highest != lowest))
    scale = scale_of(sortable(score))
    return (scale.codes if pick == "highest" else scale.size - 1 - scale.codes) * run.n + positions


def _fail_on_scores(
    run: Run, selection: Selection, row: int, score: Column, pick: str, ties: str, at: Site
) -> NoReturn:
    selected = selection.selected(row)
    scores: dict[int, Any] = dict(zip(selected, atoms_of(take(score, np.array(selected))), strict=True))
    result = selected[0]
    for j in selected[1:]:
        try:
            if scores[j] == scores[result]:
                result = j if ties == "right" else result
            elif scores[j] is None or scores[result] is None:
                raise MissingValueError
            elif scores[j] > scores[result] if pick == "highest" else scores[j] < scores[result]:
                result = j
        except (TypeError, MissingValueError) as error:
            raise at.failed(scores_failed(row, result, j, scores[result], scores[j], error)) from error
    raise AssertionError("it did not fail")


def _aggregated(run: Run, selection: Selection, value: Column, default: Column, at: Site, mean: bool) -> Column:
    if value.kind == INT and not isinstance(selection, Fetch):
        low, high = value.bounded or value.bounds()
        max_abs = max(-low, high)
        if max_abs * run.longest < EXACT and not mean and default.kind == INT and not default.data[0]:
            return _whole_sums(run, selection, value, max_abs)  # faster than gathering single values
    fetch = selection.as_fetch()
    if fetch is not None:
        return fetch.fetch(value, default)
    try:
        return _Sum(run, selection, default, mean).of(value)
    except _RowError as error:
        _fail_on_row(run, selection, error.row, full(run, value), mean, at)


def _whole_sums(run: Run, selection: Selection, value: Column, max_abs: int) -> Column:
    """Return sums of integers or booleans of magnitude at most ``max_abs``; 0 for empty rows."""
    if len(value) > 1 or run.n == 1:
        weights = compact if type(selection) is Sliding else whole
        sums = selection.sums(weights(full(run, value)), max_abs)
    else:
        sums = selection.counts if max_abs == 1 == value.data[0] else selection.counts * int(value.data[0])
    low, high = value.bounds()
    return integers(sums, min(low, 0) * run.longest, max(high, 0) * run.longest)


def _fail_on_row(run: Run, selection: Selection, row: int, value: Column, mean: bool, at: Site) -> NoReturn:
    selected = selection.selected(row)
    values: list[Any] = atoms_of(take(value, np.array(selected)))
    if any(isinstance(atom, str) for atom in values):
        raise at.failed(added_strings(row, selected, values[0], values[-1]))
    if None in values:
        raise at.failed(added_none(row, selected, values[0], values[-1]))
    try:
        _added(values, mean)
    except (ArithmeticError, ValueError) as error:
        raise at.failed(addition_failed(row, selected, values, error)) from error
    raise AssertionError("it did not fail")


def _added(values: Sequence[Any], mean: bool) -> Atom:
    """Return the sum or mean of two or more numbers, accumulated from left to right."""
    added = values[0]
    for each in values[1:]:
        added = added + each
    return checked(added / len(values) if mean else added)


def _large_digits(integers: list[int], size: int) -> Array:
    """Return the base-2**32 digits of each integer, least significant first, in two's complement."""
    data = b"".join(integer.to_bytes(4 * size, "little", signed=True) for integer in integers)
    return np.ascontiguousarray(np.frombuffer(data, dtype="<u4").reshape(len(integers), size).T, dtype=np.uint32).T


def _large_whole(sums: Array) -> int:
    """Return the integer with base-2**32 digit sums ``sums``, of which only the most significant may be negative."""
    lower, highest = sums[:-1], int(sums[-1])
    low, high = (int.from_bytes((lower >> shift & 0xFFFFFFFF).astype("<u4").tobytes(), "little") for shift in (0, 32))
    return low + (high << 32) + (highest << 32 * len(lower))


class _Sum:
    """Sum or mean over each row of a selection."""

    def __init__(self, run: Run, selection: Selection, default: Column, mean: bool) -> None:
        self._run, self._selection, self._default, self._mean = run, selection, default, mean

    def of(self, value: Column) -> Column:
        """Return the sum or mean of ``value`` for each row."""
        if value.kind & (CHAR | TABLE | NONE):
            value = full(self._run, value)
            numbers = np.broadcast_to(is_number(value), self._run.n)
            if not numbers.all():
                return self._others(value, numbers)
            value = _numeric(value)
        if value.kind & ~WHOLE == 0:
            return self._whole(value)
        if value.kind == FLOAT:
            return self._floats(value)
        value = full(self._run, value)
        if value.kind & TABLE:
            return self._row_by_row(value) if value.kind & FLOAT else self._large(value)
        return self._numbers(value)

    def _alone(self, result: Column, value: Column) -> Column:
        """Patch ``result`` with the value itself in rows that select one position, and the default in empty rows."""
        counts = self._selection.counts
        own = Fetch(self._run, np.where(counts == 1, self._selection.only(), 0), counts == 1, self._selection.uniform)
        result = choose(counts == 1, own.fetch(value, self._default), result)
        return choose(counts == 0, self._default, result) if not counts.all() else result

    def _whole(self, value: Column) -> Column:
        low, high = value.bounds()
        max_abs, longest = max(abs(low), abs(high)), self._run.longest
        if max_abs * longest >= (EXACT if self._mean else 2**62):
            return self._large(value)
        selection = self._selection
        result = _whole_sums(self._run, selection, value, max_abs)
        if self._mean:
            result = choose(selection.counts > 1, floats(result.data / np.maximum(selection.counts, 1)), result)
        if value.kind & BOOL:
            single_boolean = self._boolean(value)
            if single_boolean.any():
                result = _with_booleans(result, single_boolean)
        if self._default.kind != INT or self._default.data[0] != 0:
            none = selection.counts == 0
            result = choose(none, self._default, result) if none.any() else result
        return result

    def _boolean(self, value: Column) -> Array:
        """Return the mask of the rows that select exactly one position, holding a boolean."""
        single_boolean = self._selection.ones()
        if value.kind == BOOL:
            return single_boolean
        tags, _ = packed(full(self._run, value))
        return single_boolean & (self._selection.sums((tags == BOOL).astype(np.int64), 1) > 0)

    def _large(self, value: Column) -> Column:
        """Return sums of integers of any size, recombined from exact sums of their digits."""
        atoms: list[Any] = atoms_of(full(self._run, value))
        size = max(int(atom).bit_length() for atom in atoms) // 32 + 1
        digits = _large_digits([int(atom) for atom in atoms], size)
        result = np.empty((self._selection.rows, size), dtype=np.int64)
        for digit in range(size):
            part = digits[:, digit].astype(np.int64) if digit < size - 1 else digits[:, digit].view(np.int32)
            result[:, digit] = self._selection.sums(part.astype(np.int64), 2**32)
        sums = [_large_whole(row) for row in result]
        counts = self._selection.counts
        if not self._mean:
            return self._alone(column_of(sums), value)
        means: list[Atom] = []
        for row, (each, count) in enumerate(zip(sums, counts.tolist(), strict=True)):
            try:
                means.append(each / count if count > 1 else 0.0)
            except OverflowError:
                raise _RowError(row) from None
        return self._alone(column_of(means), value)

    def _row_by_row(self, value: Column) -> Column:
        """Sum in Python, row by row: floats mixed with big integers have no array representation."""
        atoms: list[Any] = atoms_of(value)
        results: list[Atom] = []
        warn_if_slow("adding floats and large integers row by row", self._selection.rows * self._run.longest / 5e6)
        for row in range(self._selection.rows):
            selected = self._selection.selected(row)
            try:
                results.append(_added([atoms[j] for j in selected], self._mean) if len(selected) > 1 else 0)
            except (ArithmeticError, ValueError):
                raise _RowError(row) from None
        return self._alone(column_of(results), value)

    def _others(self, value: Column, numbers: Array) -> Column:
        """Return sums where some values are strings or ``None``, which may only be selected alone."""
        selection = self._selection
        invalid = (selection.sums((~numbers).astype(np.int64), 1) > 0) & (selection.counts > 1)
        row = int(invalid.argmax()) if invalid.any() else None
        if not numbers.any():
            result = integers(np.zeros(selection.rows, dtype=np.int64))
        else:
            kinds = value.kind & (WHOLE | FLOAT | TABLE)
            try:
                only = choose(numbers, value, integers(np.zeros(1, dtype=np.int64)))
                result = self.of(column_of(atoms_of(only)) if kinds & TABLE else _numeric(only))
            except _RowError as error:
                raise _RowError(error.row if row is None else min(row, error.row)) from None
        if row is not None:
            raise _RowError(row)
        return self._alone(result, value)

    def _floats(self, value: Column) -> Column:
        selection = self._selection
        sums = float_sums(self._run, selection, full(self._run, value).data)
        _require_none(np.isnan(sums))
        counts = selection.counts
        if self._mean:
            sums = np.where(counts > 1, sums / np.maximum(counts, 1), sums)
        none = counts == 0
        return choose(none, self._default, floats(sums)) if none.any() else floats(sums)

    def _numbers(self, value: Column) -> Column:
        """Return sums over mixed integers and floats."""
        run, selection = self._run, self._selection
        tags, data = packed(value)
        real = np.broadcast_to(tags == FLOAT, run.n)
        integral = np.where(real, 0, data)
        if int(np.abs(integral).max()) * run.longest >= EXACT or int(integral.min()) == -(2**63):
            return self._row_by_row(value)
        values = np.where(real, np.ascontiguousarray(data).view(np.float64), integral.astype(np.float64))
        sums = float_sums(run, selection, values)
        _require_none(np.isnan(sums))
        counts = selection.counts
        if self._mean:
            return self._alone(floats(sums / np.maximum(counts, 1)), value)
        some_real = selection.sums(real.astype(np.int64), 1) > 0
        return self._alone(
            choose(some_real, floats(sums), integers(np.where(some_real, 0, sums).astype(np.int64))), value
        )


def _with_booleans(numbers: Column, boolean: Array) -> Column:
    """Return ``numbers`` with the rows of the mask converted to booleans."""
    if numbers.kind == INT:
        tags = np.where(boolean, np.uint8(BOOL), np.uint8(INT))
        return Column(BOOL | INT, numbers.data, tags, (), numbers.bounded)
    return choose(boolean, booleans(packed(numbers)[1] != 0), numbers)


def _numeric(column: Column) -> Column:
    """Drop ``CHAR`` and ``NONE`` from the kinds of a column known to hold neither."""
    rest = column.kind & ~(CHAR | NONE)
    if rest in (BOOL, INT, FLOAT):
        return Column(rest, unpacked(column.data, rest))
    return Column(rest, column.data, column.tags, column.atoms)
