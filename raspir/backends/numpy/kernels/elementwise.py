"""Elementwise kernels: vectorized where exact, else one Python call for each distinct tuple of atoms."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NoReturn, TypeAlias

import numpy as np

from raspir.backends.numpy.kernels.columns import (
    BOOL,
    CHAR,
    FLOAT,
    INT,
    KINDS,
    NONE,
    TABLE,
    WHOLE,
    Array,
    Column,
    assembled,
    booleans,
    choose,
    column_of,
    compact,
    constant,
    fits,
    floats,
    gather,
    integers,
    is_native,
    is_none,
    narrowed,
    narrowest,
    nones,
    numbered,
    part,
    rows_of,
    tabulated,
    take,
    truth,
    whole,
)
from raspir.backends.numpy.kernels.failures import Site
from raspir.ir.arithmetic import added, logical_not, multiplied, quotient, raised, remainder, to_float, to_int, to_str
from raspir.ir.atoms import Atom, atom_key, equal_atoms
from raspir.ir.errors import EvaluationError, MissingKeyError, MissingValueError, RecordedError
from raspir.ir.evaluation import checked, refusing, skipping

EXACT = 2**53
"""The largest magnitude below which floats represent all integers exactly."""

_SHORT = 1024  # length below which choosing a narrow dtype costs more than it saves

_LARGEST = 1 << 20  # entries of the largest table that is indexed by all of its keys at once

_NUMERIC = (WHOLE, FLOAT, CHAR, TABLE, NONE)

Bounds = tuple[int, int]
Row: TypeAlias = tuple[Atom, ...]
Kernel: TypeAlias = Callable[..., Column]
Function: TypeAlias = Callable[..., Any]
Ufunc: TypeAlias = Callable[..., Array]


def apply(function: Function, columns: Sequence[Column], at: Site, none: str = "error") -> Column:
    """Map a Python function over the atoms at each position, calling it once for each distinct tuple, in order.

    The function is not called with ``None``: the result is ``None`` if ``none`` is ``skip``, and an error otherwise.

    Raises:
        EvaluationError: for the first position where the function fails.
    """
    classes, firsts = numbered(columns)
    if any(column.kind & NONE for column in columns):
        function = skipping(function) if none == "skip" else refusing(function)
    results: list[Atom] = []
    for first, atoms in zip(firsts.tolist(), rows_of(columns, firsts), strict=True):
        try:
            results.append(checked(function(*atoms)))
        except (Exception, SystemExit) as error:  # an opaque function may raise anything
            raise at.failed_on(first, atoms, error) from error
    return take(narrowed(column_of(results)), classes)


def skip_none(kernel: Kernel, columns: Sequence[Column], last: Any) -> Column:
    """Return what ``kernel`` yields on ``columns`` and its last argument, and ``None`` where a column holds ``None``.

    Raises:
        EvaluationError: for the first position where the operation fails.
    """
    missing = _missing(columns)
    there = np.flatnonzero(~missing)
    if len(there) == len(missing):
        return kernel(*columns, last)
    if not len(there):
        return nones(len(missing))
    parts = [_restricted(column, column.kind & ~NONE, there) for column in columns]
    last = last.among(there) if isinstance(last, Site) else last
    return assembled(len(missing), [(there, kernel(*parts, last)), (np.flatnonzero(missing), nones(1))])


def refuse_none(kernel: Kernel, columns: Sequence[Column], at: Site) -> Column:
    """Return what ``kernel``, which treats ``None`` as any other atom, yields on columns without ``None``.

    Raises:
        EvaluationError: for the first position where a column holds ``None``.
    """
    missing = _missing(columns)
    if missing.any():
        position = int(missing.argmax())
        (atoms,) = rows_of(columns, np.array([position]))
        raise at.failed_on(position, atoms, MissingValueError())
    return kernel(*columns, at)


def _missing(columns: Sequence[Column]) -> Array:
    """Return the mask of the positions where a column holds ``None``."""
    missing = np.zeros(max(map(len, columns)), dtype=np.bool_)
    for column in columns:
        if column.kind & NONE:
            missing |= is_none(column)
    return missing


def fail_at(function: Function, columns: Sequence[Column], position: int, at: Site) -> NoReturn:
    """Raise the error of ``function`` at a position where it is known to fail."""
    (atoms,) = rows_of(columns, np.array([position]))
    try:
        checked(function(*atoms))
    except (ArithmeticError, TypeError, ValueError) as error:
        raise at.failed_on(position, atoms, error) from error
    raise AssertionError("it did not fail")


def split(
    kernel: Kernel, function: Function, columns: Sequence[Column], at: Site, groups: Sequence[int] = _NUMERIC
) -> Column:
    """Apply ``kernel`` to each combination of kinds separately, or ``function`` if there is only one combination."""
    kinds = [[group for group in groups if group & column.kind] for column in columns]
    if all(len(each) == 1 for each in kinds):
        return apply(function, columns, at)
    length = max(map(len, columns))
    pieces = []
    for combination in itertools.product(*kinds):
        mask = np.ones(length, dtype=np.bool_)
        for column, held in zip(columns, combination, strict=True):
            if column.tags is not None:
                mask &= (column.tags & held) != 0
        positions = np.flatnonzero(mask)
        if len(positions):
            parts = [_restricted(column, held, positions) for column, held in zip(columns, combination, strict=True)]
            try:
                pieces.append((positions, kernel(*parts, at)))
            except EvaluationError:
                apply(function, columns, at)  # raises for the first failing position across all kinds
                raise
    return assembled(length, pieces)


def _restricted(column: Column, kinds: int, positions: Array) -> Column:
    if len(column) == 1:
        positions = np.array([0])
    if column.tags is None:
        return column if len(column) == 1 else take(column, positions)
    held = column.kind & kinds
    if held in KINDS:
        return part(column, held, positions)
    return Column(held, column.data[positions], column.tags[positions], column.atoms)


def plain_numbers(*columns: Column) -> bool:
    """Return whether each column holds only integers and booleans, or only floats."""
    return all(column.kind & ~WHOLE == 0 or column.kind == FLOAT for column in columns)


def real(column: Column) -> Array:
    """Return numbers as float64."""
    return column.data if column.kind == FLOAT else column.data.astype(np.float64)


def _exact(ufunc: Ufunc, a: Column, b: Column, bound: Callable[[Bounds, Bounds], Bounds]) -> Column | None:
    """Apply ``ufunc`` to integers; return ``None`` if the result may overflow int64.

    It may compute in a dtype narrower than the operands' if the results fit: wraparound is correct modulo 2**bits.
    """
    bounds = bound(a.bounded or a.bounds(), b.bounded or b.bounds())
    if not fits(*bounds):
        bounds = bound(a.tightened(), b.tightened())
        if not fits(*bounds):
            return None
    x, y = compact(a), compact(b)
    if len(x) < _SHORT and (x.dtype.itemsize == 8 or y.dtype.itemsize == 8):
        return integers(ufunc(x, y), *bounds)
    return integers(ufunc(x, y, dtype=narrowest(*bounds)), *bounds)


def _arithmetic(
    kernel: Kernel,
    function: Function,
    ufunc: Ufunc,
    bound: Callable[[Bounds, Bounds], Bounds],
    a: Column,
    b: Column,
    at: Site,
) -> Column:
    if (a.kind | b.kind) & ~WHOLE == 0:
        return _exact(ufunc, a, b, bound) or apply(function, (a, b), at)
    if not plain_numbers(a, b):
        return split(kernel, function, (a, b), at)
    with np.errstate(all="ignore"):
        result = ufunc(real(a), real(b))
    return _without_nan(function, (a, b), result, at)


def _without_nan(function: Function, columns: Sequence[Column], result: Array, at: Site) -> Column:
    _fail_if_any(np.isnan(result), function, columns, at)
    return floats(result)


def _fail_if_any(invalid: Array, function: Function, columns: Sequence[Column], at: Site) -> None:
    """Raise the error of ``function`` at the first position of the mask ``invalid``, if there is one."""
    if invalid.any():
        fail_at(function, columns, int(invalid.argmax()), at)


def add(a: Column, b: Column, at: Site) -> Column:
    """Return ``a + b``."""
    return _arithmetic(add, added, np.add, lambda x, y: (x[0] + y[0], x[1] + y[1]), a, b, at)


def sub(a: Column, b: Column, at: Site) -> Column:
    """Return ``a - b``."""
    return _arithmetic(sub, operator.sub, np.subtract, lambda x, y: (x[0] - y[1], x[1] - y[0]), a, b, at)


def _products(x: Bounds, y: Bounds) -> Bounds:
    ends = [p * q for p in x for q in y]
    return min(ends), max(ends)


def mul(a: Column, b: Column, at: Site) -> Column:
    """Return ``a * b``."""
    return _arithmetic(mul, multiplied, np.multiply, _products, a, b, at)


def _first_zero(function: Function, a: Column, b: Column, at: Site) -> None:
    """Raise the error of the first division by zero, if any."""
    if b.kind != INT or b.bounds()[0] <= 0:
        _fail_if_any(b.data == 0, function, (a, b), at)


def truediv(a: Column, b: Column, at: Site) -> Column:
    """Return ``a / b``."""
    if not plain_numbers(a, b):
        return split(truediv, operator.truediv, (a, b), at)
    if (a.kind | b.kind) & ~WHOLE == 0 and max(map(abs, (*a.bounds(), *b.bounds()))) > EXACT:
        return apply(operator.truediv, (a, b), at)
    with np.errstate(all="ignore"):
        result = real(a) / real(b)
    _fail_if_any(np.isnan(result) | (b.data == 0), operator.truediv, (a, b), at)
    return floats(result)


def floordiv(a: Column, b: Column, at: Site) -> Column:
    """Return ``a // b``."""
    return _division(floordiv, quotient, np.floor_divide, a, b, at)


def mod(a: Column, b: Column, at: Site) -> Column:
    """Return ``a % b``."""
    return _division(mod, remainder, np.remainder, a, b, at)


def _division(kernel: Kernel, function: Function, ufunc: Ufunc, a: Column, b: Column, at: Site) -> Column:
    if not plain_numbers(a, b):
        return split(kernel, function, (a, b), at)
    if (a.kind | b.kind) & ~WHOLE == 0:
        _first_zero(function, a, b, at)
        max_abs = max(map(abs, a.bounds()))
        if not fits(-max_abs, max_abs):
            return apply(function, (a, b), at)
        low, high = b.bounds()
        bounds = (-max_abs, max_abs) if kernel is floordiv else (min(low + 1, 0), max(high - 1, 0))
        x, y = compact(a), compact(b)
        if len(y) == 1 < _SHORT <= len(x) and kernel is mod and low > 0:
            return integers(_remainders(x, y, narrowest(-max_abs, max(high, max_abs))), *bounds)
        if len(x) < _SHORT and x.dtype.itemsize == y.dtype.itemsize == 8:
            return integers(ufunc(x, y), *bounds)
        return integers(ufunc(x, y, dtype=narrowest(min(low, -max_abs), max(high, max_abs))), *bounds)
    x, y = real(a), real(b)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return apply(function, (a, b), at)
    _first_zero(function, a, b, at)
    with np.errstate(all="ignore"):
        return _without_nan(function, (a, b), ufunc(x, y), at)


def _remainders(x: Array, divisor: Array, kind: type[np.generic]) -> Array:
    """Return remainders modulo one positive integer: NumPy's division by a scalar is faster than its remainder."""
    result: Array = np.floor_divide(x, divisor, dtype=kind)
    result *= divisor.astype(kind)  # if this wraps around, the subtraction wraps back to the correct value
    return np.subtract(x, result, out=result, dtype=kind)


def power(a: Column, b: Column, at: Site) -> Column:
    """Return ``a ** b``."""
    if (a.kind | b.kind) & ~WHOLE == 0:
        max_abs, (lowest, highest) = max(1, *map(abs, a.bounds())), b.bounds()
        if lowest >= 0 and highest * max_abs.bit_length() < 63:
            return integers(np.power(whole(a), whole(b)), -(max_abs**highest), max_abs**highest)
    return apply(raised, (a, b), at) if plain_numbers(a, b) else split(power, raised, (a, b), at)


def neg(a: Column, at: Site) -> Column:
    """Return ``-a``."""
    if a.kind & ~WHOLE == 0 and fits(-a.bounds()[1], -a.bounds()[0]):
        low, high = -a.bounds()[1], -a.bounds()[0]
        return integers(np.negative(compact(a), dtype=narrowest(low, high)), low, high)
    return floats(-a.data) if a.kind == FLOAT else split(neg, operator.neg, (a,), at)


def absolute(a: Column, at: Site) -> Column:
    """Return ``abs(a)``."""
    max_abs = max(map(abs, a.bounds())) if a.kind & ~WHOLE == 0 else 0
    if a.kind & ~WHOLE == 0 and fits(-max_abs, max_abs):
        return integers(np.abs(compact(a), dtype=narrowest(-max_abs, max_abs)), 0, max_abs)
    return floats(np.abs(a.data)) if a.kind == FLOAT else split(absolute, abs, (a,), at)


def rounded(a: Column, at: Site) -> Column:
    """Return ``round(a)``."""
    if a.kind & ~WHOLE == 0:
        return integers(compact(a), *a.bounds())
    if a.kind == FLOAT and np.abs(a.data).max() < 2.0**62:
        return integers(np.rint(a.data).astype(np.int64))
    return split(rounded, round, (a,), at)


def converted_to_int(a: Column, at: Site) -> Column:
    """Return ``int(a)``."""
    if a.kind & ~WHOLE == 0:
        return integers(compact(a), *a.bounds())
    if a.kind == FLOAT and np.abs(a.data).max() < 2.0**62:
        return integers(a.data.astype(np.int64))
    return split(converted_to_int, to_int, (a,), at)


def converted_to_float(a: Column, at: Site) -> Column:
    """Return ``float(a)``."""
    if plain_numbers(a):
        return floats(real(a))
    return split(converted_to_float, to_float, (a,), at)


def converted_to_str(a: Column, at: Site) -> Column:
    """Return ``str(a)``."""
    return a if a.kind == CHAR else split(converted_to_str, to_str, (a,), at)


def converted_to_bool(a: Column, at: Site) -> Column:
    """Return ``bool(a)``."""
    return refuse_none(_truths, (a,), at) if a.kind & NONE else _truths(a, at)


def _truths(a: Column, at: Site) -> Column:
    return booleans(truth(a))


def _compared(kernel: Kernel, function: Function, ufunc: Ufunc, a: Column, b: Column, at: Site) -> Column:
    if is_native(a.kind | b.kind):
        return booleans(ufunc(compact(a), compact(b)))
    if plain_numbers(a, b):
        integral = b if a.kind == FLOAT else a
        if max(map(abs, integral.bounds())) <= EXACT:
            return booleans(ufunc(real(a), real(b)))
    return split(kernel, function, (a, b), at)


def eq(a: Column, b: Column, at: Site | None = None) -> Column:
    """Return ``a == b``."""
    return _equality(eq, operator.eq, np.equal, a, b, at)


def ne(a: Column, b: Column, at: Site | None = None) -> Column:
    """Return ``a != b``."""
    return _equality(ne, operator.ne, np.not_equal, a, b, at)


def _equality(kernel: Kernel, function: Function, ufunc: Ufunc, a: Column, b: Column, at: Site | None) -> Column:
    for x, y in ((a, b), (b, a)):
        if x.kind & ~(WHOLE | FLOAT) == 0 and y.kind == CHAR:
            return booleans(np.full(max(len(a), len(b)), kernel is ne))
        if x.kind == NONE:
            return booleans(np.broadcast_to(is_none(y) != (kernel is ne), max(len(a), len(b))))
    return _compared(kernel, function, ufunc, a, b, at or Site(kernel.__name__))


def lt(a: Column, b: Column, at: Site) -> Column:
    """Return ``a < b``."""
    return _compared(lt, operator.lt, np.less, a, b, at)


def le(a: Column, b: Column, at: Site) -> Column:
    """Return ``a <= b``."""
    return _compared(le, operator.le, np.less_equal, a, b, at)


def gt(a: Column, b: Column, at: Site) -> Column:
    """Return ``a > b``."""
    return _compared(gt, operator.gt, np.greater, a, b, at)


def ge(a: Column, b: Column, at: Site) -> Column:
    """Return ``a >= b``."""
    return _compared(ge, operator.ge, np.greater_equal, a, b, at)


def both(a: Column, b: Column, at: Site) -> Column:
    """Return ``a & b``: logical on booleans, bitwise on integers."""
    return _logic(both, operator.and_, np.bitwise_and, a, b, at)


def either(a: Column, b: Column, at: Site) -> Column:
    """Return ``a | b``: logical on booleans, bitwise on integers."""
    return _logic(either, operator.or_, np.bitwise_or, a, b, at)


def _logic(kernel: Kernel, function: Function, ufunc: Ufunc, a: Column, b: Column, at: Site) -> Column:
    if a.kind == b.kind == BOOL:
        return booleans(ufunc(a.data, b.data))
    if a.kind in (BOOL, INT) and b.kind in (BOOL, INT):
        return integers(ufunc(compact(a), compact(b)))
    return split(kernel, function, (a, b), at, KINDS)


def inverted(a: Column, at: Site) -> Column:
    """Return ``~a``: logical negation of booleans, bitwise inversion of integers."""
    if a.kind == BOOL:
        return booleans(~a.data)
    if a.kind == INT:
        low, high = a.bounds()
        return integers(~a.data, -high - 1, -low - 1)
    return split(inverted, logical_not, (a,), at, KINDS)


def where(condition: Column, a: Column, b: Column) -> Column:
    """Return ``a`` where the condition is truthy, else ``b``."""
    return choose(truth(condition), a, b)


def has(a: Column, values: Sequence[Atom]) -> Column:
    """Return whether each atom equals one of ``values``."""
    if len(values) > 8:
        held = frozenset(values)
        return tabulated((a,), lambda atom: atom in held)
    result = np.zeros(len(a), dtype=np.bool_)
    for value in values:
        result |= eq(a, constant(value)).data
    return booleans(result)


class Lookup:
    """A lookup table from atoms, distinguished by type, to atoms.

    Args:
        table: pairs of key and value.
        otherwise: the value of all other keys.
    """

    def __init__(self, table: Sequence[tuple[Atom, Atom]], otherwise: Atom) -> None:
        self._values = narrowed(column_of([*(value for _, value in table), otherwise]))
        self._places: Mapping[object, int] = {atom_key(key): index for index, (key, _) in enumerate(table)}
        self._direct: dict[int, tuple[int, Array, Column]] = {}
        none = [p for p, (k, _) in enumerate(table) if k is None]
        for kind, keys in (
            (CHAR, {ord(k): p for p, (k, _) in enumerate(table) if type(k) is str and len(k) == 1}),
            (INT, {k: p for p, (k, _) in enumerate(table) if type(k) is int}),
            (BOOL, {int(k): p for p, (k, _) in enumerate(table) if type(k) is bool}),
            (NONE, {0: none[0]} if none else {}),
        ):
            low, high = (min(keys), max(keys)) if keys else (0, 0)
            if kind == CHAR and high < 1 << 12:
                low = 1  # so that code points index the table directly
            if high - low < 1 << 16 and fits(low - 1, high + 1):
                indices = np.full(high - low + 3, len(table))  # sentinels at both ends catch out-of-range keys
                indices[[key - low + 1 for key in keys]] = list(keys.values())
                self._direct[kind] = low - 1, indices, take(self._values, indices)

    def look_up(self, column: Column) -> Column:
        """Look up each atom of ``column``."""
        direct = self._direct.get(column.kind)
        if direct is None:
            return take(self._values, self._indices_of(column))
        low, _, values = direct
        return take(values, _moved(compact(column), low))

    def _indices_of(self, column: Column) -> Array:
        """Return the index of the value of each atom, for columns of mixed kinds."""
        kinds = [kind for kind in KINDS if kind & column.kind]
        last = len(self._values) - 1
        if column.tags is None or not all(kind in self._direct for kind in kinds):
            return tabulated((column,), lambda atom: self._places.get(atom_key(atom), last)).data
        mask = {kind: column.tags == kind for kind in kinds}
        kinds.sort(key=lambda kind: -np.count_nonzero(mask[kind]))
        result = self._indices_of_kind(kinds[0], column.data)  # the most frequent kind; others are overwritten below
        for kind in kinds[1:]:
            others = np.flatnonzero(mask[kind])
            result[others] = self._indices_of_kind(kind, column.data[others])
        return result

    def _indices_of_kind(self, kind: int, data: Array) -> Array:
        low, indices, _ = self._direct[kind]
        return gather(indices, _moved(data, low))


class Items:
    """A table that finds keys by equality in Python's sense.

    Args:
        table: pairs of key and value.
    """

    def __init__(self, table: Sequence[tuple[Atom, Atom]]) -> None:
        self._values = narrowed(column_of([value for _, value in table])) if table else nones(1)
        places = [(atom, place) for place, (key, _) in enumerate(table) for atom in equal_atoms(key)]
        self._places = Lookup(places, -1)

    def look_up(self, column: Column, at: Site) -> Column:
        """Look up each atom of ``column``.

        Raises:
            EvaluationError: for the first position whose atom equals no key.
        """
        places = self._places.look_up(column).data
        missing = places < 0
        if missing.any():
            position = int(missing.argmax())
            ((atom,),) = rows_of((column,), np.array([position]))
            error = MissingKeyError(atom)
            raise at.failed_on(position, (atom,), error) from error
        return take(self._values, places)


class Tabulated:
    """An opaque function, tabulated over its domain.

    Args:
        results: pairs of argument tuple and result.
        failures: pairs of argument tuple and reason, for the calls that fail.
        otherwise: the result for all other arguments.
    """

    def __init__(
        self, results: Sequence[tuple[Row, Atom]], failures: Sequence[tuple[Row, str]], otherwise: Atom | None = None
    ) -> None:
        self._results = {tuple(map(atom_key, row)): result for row, result in results}
        self._failures = {tuple(map(atom_key, row)): why for row, why in failures}
        self._otherwise = otherwise

    def __call__(self, *arguments: Atom) -> Atom | None:
        """Return the recorded result, or raise the recorded failure."""
        key = tuple(map(atom_key, arguments))
        if key in self._failures:
            raise RecordedError(self._failures[key])
        return self._results.get(key, self._otherwise)


def _moved(data: Array, low: int) -> Array:
    """Return integers minus ``low``; on overflow the result wraps to an index outside the table."""
    if not low:
        return data
    narrow = data.dtype.itemsize < 4 and abs(low) < 1 << 30
    return np.subtract(data, low, dtype=np.int32 if narrow else np.int64)


class JointLookup:
    """A lookup table from tuples of atoms, distinguished by type, to atoms.

    Args:
        table: pairs of key and value; the keys are tuples of the same length.
        otherwise: the value of all other keys.
    """

    def __init__(self, table: Sequence[tuple[Row, Atom]], otherwise: Atom) -> None:
        rows = [tuple(map(atom_key, key)) for key, _ in table]
        self._values = narrowed(column_of([*(value for _, value in table), otherwise]))
        self._places: Mapping[object, int] = {row: place for place, row in enumerate(rows)}
        ordinals = [{key: number for number, key in enumerate(dict.fromkeys(side))} for side in zip(*rows, strict=True)]
        self._sides = [
            Lookup([(key[1], number) for key, number in ordinal.items()], len(ordinal)) for ordinal in ordinals
        ]
        sizes = [len(ordinal) + 1 for ordinal in ordinals]
        self._indices: Array | None = None
        if sizes and prod(sizes) <= _LARGEST:
            self._indices = np.full(sizes, len(table), dtype=narrowest(0, len(table)))
            for place, row in enumerate(rows):
                self._indices[tuple(ordinal[key] for ordinal, key in zip(ordinals, row, strict=True))] = place

    def look_up(self, columns: Sequence[Column]) -> Column:
        """Look up the atoms of ``columns`` at each position."""
        if self._indices is None:
            last = len(self._values) - 1
            places = tabulated(columns, lambda *atoms: self._places.get(tuple(map(atom_key, atoms)), last))
            return take(self._values, places.data)
        codes: Array = np.zeros(1, dtype=np.int64)
        for size, side, column in zip(self._indices.shape, self._sides, columns, strict=True):
            codes = codes * size + side.look_up(column).data
        return take(self._values, gather(self._indices.reshape(-1), codes))


def looked_up(table: Lookup, column: Column) -> Column:
    """Look up each atom in a table."""
    return table.look_up(column)


def jointly_looked_up(table: JointLookup, *columns: Column) -> Column:
    """Look up the atoms at each position in a table."""
    return table.look_up(columns)


def picked(table: Items, column: Column, at: Site) -> Column:
    """Look up each atom in a table by equality."""
    return table.look_up(column, at)


def is_true(a: Column) -> Column:
    """Return whether each atom is truthy in Python."""
    return booleans(truth(a))


def is_false(a: Column) -> Column:
    """Return whether each atom is falsy in Python."""
    return booleans(~truth(a))
