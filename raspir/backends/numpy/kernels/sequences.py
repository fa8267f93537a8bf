"""Kernels that check whole sequences, each sequence of a batch by itself."""

from __future__ import annotations

import numpy as np

from raspir.backends.numpy.kernels.aggregates import mean
from raspir.backends.numpy.kernels.columns import (
    BOOL,
    CHAR,
    FLOAT,
    INT,
    WHOLE,
    Array,
    Column,
    atoms_of,
    order_classes,
    packed,
    take,
)
from raspir.backends.numpy.kernels.failures import Site
from raspir.backends.numpy.kernels.runs import Run, full
from raspir.backends.numpy.kernels.selections import Fetch, Selection
from raspir.ir.errors import MixedTypesError, NoAverageError
from raspir.runtime.messages import average_refused, sequence_refused

_STRINGS, _NUMBERS = 1, 2  # as order_classes has them


def one_type(run: Run, column: Column, at: Site) -> Column:
    """Return ``column``, of which each sequence must hold either only strings or only numbers.

    Raises:
        EvaluationError: for the first sequence that holds neither.
    """
    if column.kind == CHAR or column.kind & ~(WHOLE | FLOAT) == 0:
        return column
    classes = order_classes(column)
    if len(classes) == 1 and classes[0]:
        return column
    least, most = _extremes(run, _everywhere(run, classes))
    bad = (least != most) | (least == 0)
    if bad.any():
        error = MixedTypesError(_atoms(run, column, int(bad.argmax())))
        raise at.failed(sequence_refused(error)) from error
    return column


def average(run: Run, selection: Selection, value: Column, default: Column, at: Site) -> Column:
    """Return the mean of each row's selected values, as :func:`~raspir.backends.numpy.kernels.aggregates.mean`.

    Raises:
        EvaluationError: as for the mean, and for the first row that selects several positions of a sequence that does
            not hold numbers, at least one of them no boolean.
    """
    if value.kind not in (INT, FLOAT) and not isinstance(selection, Fetch) and selection.as_fetch() is None:
        _require_numbers(run, selection, value, at)
    return mean(run, selection, value, default, at)


def _require_numbers(run: Run, selection: Selection, value: Column, at: Site) -> None:
    least, most = _extremes(run, _everywhere(run, _numeric_classes(value)))
    bad = (least == 0) | (most < _NUMBERS)
    if not bad.any():
        return
    invalid = selection.counts > 1
    invalid &= bad if selection.uniform else bad[run.sequence]
    if invalid.any():
        row = int(invalid.argmax())
        error = NoAverageError(_atoms(run, value, row if selection.uniform else int(run.sequence[row])))
        raise at.failed(average_refused(row, int(selection.counts[row]), error)) from error


def _numeric_classes(column: Column) -> Array:
    """Return 2 for integers and floats, 1 for booleans and 0 for all else, of length 1 if it is uniform."""
    tags, _ = packed(column)
    classes = np.where(tags == BOOL, np.uint8(1), np.uint8(_NUMBERS))
    if column.kind & ~(WHOLE | FLOAT):
        classes = np.where(order_classes(column) == _NUMBERS, classes, np.uint8(0))
    return classes


def _everywhere(run: Run, classes: Array) -> Array:
    """Return one class for each position."""
    if len(classes) == run.n:
        return classes
    return np.broadcast_to(classes, run.n) if len(classes) == 1 else classes[run.sequence]


def _extremes(run: Run, classes: Array) -> tuple[Array, Array]:
    """Return the least and the greatest class of each sequence."""
    return np.minimum.reduceat(classes, run.starts), np.maximum.reduceat(classes, run.starts)


def _atoms(run: Run, column: Column, sequence: int) -> list[object]:
    """Return the atoms of one sequence."""
    start = int(run.starts[sequence])
    return list(atoms_of(take(full(run, column), slice(start, start + int(run.lengths[sequence])))))
