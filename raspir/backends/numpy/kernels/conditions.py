"""Conditions on key and query, evaluated as comparisons of order-preserving integer codes."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from raspir.backends.numpy.kernels.columns import (
    CHAR,
    FLOAT,
    NONE,
    WHOLE,
    Array,
    Column,
    atoms_of,
    blocks,
    classes_of,
    compact,
    constant,
    extremes,
    fits,
    floats,
    gather,
    integers,
    is_native,
    is_none,
    narrowest,
    order_classes,
    packed,
    take,
    whole,
)
from raspir.backends.numpy.kernels.elementwise import EXACT, add, plain_numbers, real
from raspir.backends.numpy.kernels.failures import NOWHERE, Site
from raspir.backends.numpy.kernels.runs import Run, full
from raspir.ir.atoms import Atom
from raspir.ir.errors import MissingValueError
from raspir.ir.lazy import cached_property
from raspir.runtime.messages import pair_failed

_LARGE = 1 << 16


def small(size: int, n: int) -> bool:
    """Return whether a table of ``size`` entries costs no more than a few passes over ``n`` positions."""
    return size <= 4 * n + 1024


def locate(sorted_values: Array, values: Array, side: Any = "left") -> Array:
    """Return the insertion points of ``values`` in a sorted array; large queries are sorted first for locality."""
    if len(values) < _LARGE or len(sorted_values) < _LARGE:
        return np.searchsorted(sorted_values, values, side)
    order = np.argsort(values)
    places = np.empty(len(values), dtype=np.int64)
    places[order] = np.searchsorted(sorted_values, gather(values, order), side)
    return places


class Scale:
    """Order-preserving codes 0 … size-1 of a column's values; equal values share a code.

    Args:
        column: integers and booleans, characters, or floats.

    Attributes:
        size: the number of codes.
    """

    def __init__(self, column: Column) -> None:
        self.distinct: Array | None = None
        self.low = 0
        if column.kind == FLOAT or not self._counts(column):
            self._sort(column.data + 0.0 if column.kind == FLOAT else whole(column))

    def _counts(self, column: Column) -> bool:
        """Use the offset from the minimum as the code, if the range is small enough; return whether it is."""
        self.low, high = column.bounds()
        if not small(high - self.low + 1, len(column)) and column.kind & ~WHOLE == 0:
            self.low, high = column.tightened()
        if not small(high - self.low + 1, len(column)) or not fits(self.low - 1, high + 1):
            return False
        self.size = high - self.low + 1
        data = compact(column)
        if self.low:
            wide = column.kind == CHAR or data.dtype.itemsize == 8
            kind = data.dtype if wide else np.result_type(data, narrowest(self.low, self.size))
            data = np.subtract(data, self.low, dtype=kind)
        self.narrow = data
        return True

    def _sort(self, data: Array) -> None:
        self._order, ordered = argsorted(data)
        new = np.empty(len(data), dtype=np.bool_)
        new[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
        self.distinct = ordered if new.all() else ordered[new]
        self.size = len(self.distinct)
        self._new = new

    @cached_property
    def narrow(self) -> Array:
        """The code of each position, in its stored dtype."""
        codes = np.empty(len(self._order), dtype=narrowest(0, self.size))
        codes[self._order] = np.cumsum(self._new, dtype=codes.dtype) - 1
        return codes

    @cached_property
    def codes(self) -> Array:
        """The code of each position, as int64."""
        return self.narrow.astype(np.int64, copy=False)

    @cached_property
    def all_distinct(self) -> bool:
        """Whether all values are known to be distinct; false where establishing it costs more than it saves."""
        n = len(self._order) if self.distinct is not None else len(self.narrow)
        if self.size < n or self.distinct is not None:
            return self.size == n
        seen = np.zeros(self.size, dtype=np.bool_)
        for stretch in blocks(n):
            seen[self.narrow[stretch]] = True
            if not stretch.start and np.count_nonzero(seen) < stretch.stop:
                return False  # exit early: among random values, duplicates occur in the first block
        return int(np.count_nonzero(seen)) == n

    def below(self, values: Array, inclusive: bool = False) -> Array:
        """Return for each value the number of codes below it, or not above it if ``inclusive``."""
        if self.distinct is None:
            return np.clip(values, self.low - inclusive, self.low + self.size - inclusive) - (self.low - inclusive)
        return locate(self.distinct, values, "right" if inclusive else "left")

    def at(self, values: Array) -> Array:
        """Return the code of each value, ``size`` if absent."""
        if self.distinct is None:
            # As unsigned integers, values below the range wrap around to large ones.
            places = np.subtract(values, self.low, dtype=np.int64) if self.low else values
            if self.size >= 1 << (8 * places.dtype.itemsize - 1):
                places = places.astype(np.int64)
            kind = np.dtype(f"u{places.dtype.itemsize}").type
            result: Array = np.minimum(places.view(kind), kind(self.size)).view(f"i{places.dtype.itemsize}")
            return result
        places = locate(self.distinct, values)
        present = gather(self.distinct, places) == values
        return np.where(present, places, self.size)


def argsorted(data: Array, stable: bool = False) -> tuple[Array, Array]:
    """Return the argsort of an array and its sorted values; equal values keep their order if ``stable``."""
    if data.dtype.kind == "i":
        low, bits = int(data.min()), len(data).bit_length()
        if (int(data.max()) - low) >> (62 - bits) == 0:  # value and position packed into one int64 sort faster
            both = data - low
            both <<= bits
            both |= np.arange(len(data))
            both.sort()
            order = both & ((1 << bits) - 1)
            both >>= bits
            both += low
            return order, both
    order = np.argsort(data, kind="stable" if stable else None)
    return order, gather(data, order)


def scale_of(column: Column) -> Scale:
    """Return the scale of a column, cached on it."""
    if column.scaled is None:
        column.scaled = Scale(column)
    result: Scale = column.scaled
    return result


def comparable(key: Column, query: Column) -> tuple[Column, Column]:
    """Return two columns that compare like the given ones, both of integers, characters or floats."""
    if is_native(key.kind | query.kind):
        return key, query
    if plain_numbers(key, query):
        integral = query if key.kind == FLOAT else key
        if max(map(abs, integral.bounds())) <= EXACT:
            return floats(real(key)), floats(real(query))
    first, second = ranked((key, query))
    return first, second


def sortable(column: Column) -> Column:
    """Return a column that compares like the given one, of integers, characters or floats."""
    return column if is_native(column.kind) else ranked((column,))[0]


def ranked(columns: Sequence[Column]) -> list[Column]:
    """Return integer columns that compare like the atoms of ``columns``: ``None``, then numbers, then strings."""
    shifted = _below_all(columns)
    if shifted is not None:
        return shifted
    held = [classes_of((column,)) for column in columns]
    atoms = [atoms_of(take(column, firsts)) for column, (_, firsts) in zip(columns, held, strict=True)]
    every = {atom for each in atoms for atom in each}
    numbers = sorted(atom for atom in every if atom is not None and not isinstance(atom, str))
    texts = sorted(atom for atom in every if isinstance(atom, str))
    rank: dict[Atom, int] = {atom: place for place, atom in enumerate([None, *numbers, *texts])}
    return [
        integers(np.array([rank[atom] for atom in each])[classes], 0, len(rank) - 1)
        for each, (classes, _) in zip(atoms, held, strict=True)
    ]


def _below_all(columns: Sequence[Column]) -> list[Column] | None:
    """Return integer columns with ``None`` below all others; ``None`` if not all others are integers or characters."""
    kinds = functools.reduce(operator.or_, (column.kind for column in columns)) & ~NONE
    if kinds & ~WHOLE and kinds != CHAR:
        return None
    words = [packed(column)[1] for column in columns]
    ends = [extremes(each) for each in words]
    low, high = min(low for low, _ in ends) - 1, max(high for _, high in ends)
    if not fits(low, high):
        return None
    return [
        integers(np.where(is_none(column), low, each), low, high)
        for column, each in zip(columns, (each.astype(narrowest(low, high), copy=False) for each in words), strict=True)
    ]


def _picked(values: Array, rows: Array) -> Array:
    """Gather per-row values, where a single value broadcasts."""
    return values[:, None] if len(values) == 1 else values[rows, None]


class Equal:
    """The condition that the key's code equals the one that the query requests.

    Args:
        scale: the codes of the keys.
        requested: the code that each query requests, or a single one that broadcasts; ``size`` for none. ``None`` if
            each row requests the code of its own position.

    Attributes:
        size: the number of codes.
    """

    def __init__(self, scale: Scale, requested: Array | None = None) -> None:
        self._scale, self._requested = scale, requested
        self.size = scale.size

    @property
    def codes(self) -> Array:
        """The code of each key, below ``size``."""
        return self._scale.narrow

    @property
    def requested(self) -> Array:
        """The code that each query requests, or a single one that broadcasts; ``size`` for none."""
        return self._scale.narrow if self._requested is None else self._requested

    @property
    def is_identity(self) -> bool:
        """Whether each row is known to select exactly its own position."""
        return self._requested is None and self._scale.all_distinct

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return the selector matrix restricted to ``rows`` and ``columns``, as a mask."""
        return np.equal(self.codes[None, columns], _picked(self.requested, rows))

    def at(self, positions: Array) -> Array:
        """Return for each row whether it selects its entry of ``positions``."""
        return np.equal(gather(self.codes, positions), self.requested)


class Between:
    """The condition ``low <= code < high`` on the key's code.

    Args:
        scale: the codes of the keys.
        low: the lower bound of each query, or a single one that broadcasts; ``None`` for none.
        high: the upper bound, likewise.
    """

    def __init__(self, scale: Scale, low: Array | None = None, high: Array | None = None) -> None:
        self.codes, self.size = scale.codes, scale.size
        self.low: Array = np.zeros(1, dtype=np.int64) if low is None else low
        self.high: Array = np.array([scale.size]) if high is None else high

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return the selector matrix restricted to ``rows`` and ``columns``, as a mask."""
        codes = self.codes[None, columns]
        return (codes >= _picked(self.low, rows)) & (codes < _picked(self.high, rows))

    def at(self, positions: Array) -> Array:
        """Return for each row whether it selects its entry of ``positions``."""
        codes = gather(self.codes, positions)
        return np.logical_and(codes >= self.low, codes < self.high)


def equal(run: Run, key: Column, query: Column, offset: int = 0) -> Equal:
    """Return the condition that the key equals the query plus ``offset``."""
    if query is key and not offset:
        return Equal(scale_of(full(run, sortable(key))))
    if offset:
        query = add(query, constant(offset), NOWHERE)
    key, query = comparable(key, query)
    scale = scale_of(full(run, key))
    return Equal(scale, scale.at(compact(query)))


def between(run: Run, key: Column, query: Column, low: int | None, high: int | None) -> Between:
    """Return the condition ``low <= key - query <= high`` on integers.

    Args:
        run: the run.
        key: integers.
        query: integers.
        low: the lowest difference; ``None`` if unbounded.
        high: the highest difference; ``None`` if unbounded.
    """
    offsets = [offset for offset in (low, high) if offset is not None]
    lowest, highest = query.bounds() if query.kind & ~WHOLE == 0 else (0, 0)
    if (key.kind | query.kind) & ~WHOLE or not all(fits(lowest + offset, highest + offset) for offset in offsets):
        moved = [add(query, constant(offset), NOWHERE) for offset in offsets]
        key, *moved = ranked((key, *moved))
        scale = scale_of(full(run, key))
        return Between(
            scale,
            None if low is None else scale.below(whole(moved[0])),
            None if high is None else scale.below(whole(moved[-1]), True),
        )
    scale = scale_of(full(run, key))
    if query is key and scale.distinct is not None:  # one search per distinct value
        return Between(
            scale,
            None if low is None else gather(scale.below(scale.distinct + low), scale.codes),
            None if high is None else gather(scale.below(scale.distinct + high, True), scale.codes),
        )
    values = whole(query)
    return Between(
        scale,
        None if low is None else scale.below(values + low),
        None if high is None else scale.below(values + high, True),
    )


def ordered(run: Run, key: Column, query: Column, low: int | None, high: int | None) -> Between:
    """Return an order comparison of key and query: above (low 1), not below (low 0), below (high -1), not above (0)."""
    if query is key:
        scale = scale_of(full(run, sortable(key)))
        return Between(
            scale, None if low is None else scale.codes + low, None if high is None else scale.codes + (high + 1)
        )
    key, query = comparable(key, query)
    scale = scale_of(full(run, key))
    values = query.data if query.kind == FLOAT else whole(query)
    return Between(
        scale,
        None if low is None else scale.below(values, low == 1),
        None if high is None else scale.below(values, high == 0),
    )


def check_order(run: Run, key: Column, query: Column, symbol: str, at: Site) -> None:
    """Raise the error of an order comparison with ``None``, or between a number and a string of one sequence."""
    if (key.kind | query.kind) & ~(WHOLE | FLOAT) == 0 or key.kind == query.kind == CHAR:
        return
    keys, queries = (np.broadcast_to(order_classes(full(run, column)), run.n) for column in (key, query))
    lowest, highest = np.minimum.reduceat(keys, run.starts), np.maximum.reduceat(keys, run.starts)
    wrong = (queries == 0) | (lowest[run.sequence] != queries) | (highest[run.sequence] != queries)
    if wrong.any():
        i = int(wrong.argmax())
        start, length = (int(of[run.sequence[i]]) for of in (run.starts, run.lengths))
        there = keys[start : start + length]
        j = start + int(((there == 0) | (there != queries[i])).argmax())
        _fail_on_pair(full(run, key), full(run, query), i, j, symbol, at)


def check_present(run: Run, key: Column, query: Column, at: Site) -> None:
    """Raise the error of a comparison that refuses ``None``, if a key or a query holds it."""
    if (key.kind | query.kind) & NONE:
        keys, queries = (np.broadcast_to(is_none(full(run, column)), run.n) for column in (key, query))
        failing = np.logical_or.reduceat(keys, run.starts)[run.sequence] | queries
        if failing.any():
            i = int(failing.argmax())
            start = int(run.starts[run.sequence[i]])
            j = start + (0 if queries[i] else int(keys[start:].argmax()))
            _fail_on_pair(full(run, key), full(run, query), i, j, "==", at)


def _fail_on_pair(key: Column, query: Column, i: int, j: int, symbol: str, at: Site) -> None:
    (a,), (b,) = atoms_of(take(key, np.array([j]))), atoms_of(take(query, np.array([i])))
    compare = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}.get(symbol)
    try:
        if a is None or b is None:
            raise MissingValueError
        if compare is not None:
            compare(a, b)
    except (TypeError, MissingValueError) as error:
        raise at.failed(pair_failed(i, j, a, b, error)) from error


class Combined:
    """A Boolean combination of conditions, as a DAG of ``and``, ``or`` and ``not``.

    Nodes may be heavily shared and thousands deep, so they are evaluated iteratively, each once per block of pairs,
    and a mask is released after its last use.

    Args:
        conditions: the leaf conditions.
        steps: operations with the indices of their operands, which number the conditions first, then earlier steps.
            The last step is the result.
    """

    def __init__(self, conditions: tuple[Any, ...], steps: tuple[tuple[Any, ...], ...]) -> None:
        self.conditions, self.steps = conditions, steps
        self._last_use = {place: number for number, (_, *places) in enumerate(steps) for place in places}

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return the selector matrix restricted to ``rows`` and ``columns``, as a mask."""
        masks: dict[int, Array] = {}
        for number, (operation, *places) in enumerate(self.steps):
            for place in places:
                if place not in masks:
                    masks[place] = self.conditions[place].mask(rows, columns)
            operands = [masks[place] for place in places]
            masks[len(self.conditions) + number] = _COMBINING[operation](*operands)
            for place in set(places):
                if self._last_use[place] == number:
                    del masks[place]
        return masks[len(self.conditions) + len(self.steps) - 1]


_COMBINING: dict[str, Callable[..., Array]] = {
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
}
