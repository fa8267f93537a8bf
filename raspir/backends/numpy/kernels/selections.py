"""Selections: aggregation over selector rows, avoiding the n×n matrix where the selector's structure permits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import isqrt
from typing import TypeAlias, TypedDict, Unpack

import numpy as np

from raspir.backends.numpy.kernels.columns import (
    WHOLE,
    Array,
    Column,
    blocks,
    choose,
    compact,
    gather,
    narrowest,
    padded,
    tabulated,
    take,
)
from raspir.backends.numpy.kernels.conditions import Between, Equal, argsorted, locate, small
from raspir.backends.numpy.kernels.dominance import dominated
from raspir.backends.numpy.kernels.elementwise import EXACT, add, sub
from raspir.backends.numpy.kernels.failures import NOWHERE
from raspir.backends.numpy.kernels.predicates import Predicate
from raspir.backends.numpy.kernels.ranges import range_max, running_sums
from raspir.backends.numpy.kernels.runs import Run, broadcast, full, warn_if_slow
from raspir.backends.numpy.kernels.short import Pairs, are_short
from raspir.ir.lazy import cached_property

Condition: TypeAlias = Equal | Between | Predicate

_ENTRIES_PER_SECOND = 60e6
_MANY = 1024  # length from which checking for distinct values pays off
_FEW_OFFSETS = 5  # band width up to which direct addition is faster than prefix sums


class Filters(TypedDict, total=False):
    """The keyword arguments of all selections.

    Attributes:
        keys: the mask of the selectable positions; ``None`` for all.
        queries: the mask of the rows that select anything; ``None`` for all.
        uniform: whether there is one row per sequence.
    """

    keys: Column | None
    queries: Column | None
    uniform: bool


class Selection:
    """The rows of a selector, evaluated in blocks of the matrix of bounded size.

    This is the fallback; subclasses implement faster methods. There is one row per position, or one per sequence if
    all rows of a sequence are equal.

    Args:
        run: the run.
        conditions: the conditions on key and query.
        keys, queries, uniform: as in :class:`Filters`.
        what: a description for progress reports and warnings.
    """

    def __init__(
        self,
        run: Run,
        conditions: Sequence[Condition] = (),
        keys: Column | None = None,
        queries: Column | None = None,
        uniform: bool = False,
        what: str = "a selector",
    ) -> None:
        self.run = run
        self.conditions = conditions
        self.keys = None if keys is None else full(run, keys).data
        self.queries = None if queries is None else queries.data
        self.uniform = uniform
        self.rows = run.count if uniform else run.n
        self.what = what

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return the selector matrix restricted to ``rows`` and ``columns``, as a mask."""
        run = self.run
        mask = np.ones((len(rows), columns.stop - columns.start), dtype=np.bool_)
        if not run.single:
            sequence = rows if self.uniform else run.sequence[rows]
            mask &= run.sequence[None, columns] == sequence[:, None]
        if self.keys is not None:
            mask &= self.keys[None, columns]
        if self.queries is not None:
            mask &= self.queries[:, None] if len(self.queries) == 1 else self.queries[rows, None]
        for condition in self.conditions:
            mask &= condition.mask(rows, columns)
        return mask

    def selected(self, row: int) -> list[int]:
        """Return the positions that a row selects."""
        return np.flatnonzero(self.mask(np.array([row]), slice(0, self.run.n))[0]).tolist()

    def blocks(self, sequences: Array | None = None) -> Iterator[tuple[Array, slice, Array]]:
        """Yield blocks of rows of the given sequences (all for ``None``), with their column range and mask."""
        run = self.run
        longest = max(64, run.longest)
        room = run.budget // (48 * longest)
        step = max(1, min(longest, isqrt(room) if self.uniform else room))  # uniform rows have disjoint columns
        starts = [
            (start, min(start + step, stop))
            for first, stop in self._stretches(sequences)
            for start in range(first, stop, step)
        ]
        self._warn(sum(stop - start for start, stop in starts), step)
        for number, (start, stop) in enumerate(starts):
            rows = np.arange(start, stop)
            first, last = (rows[0], rows[-1]) if self.uniform else (run.sequence[rows[0]], run.sequence[rows[-1]])
            columns = slice(int(run.starts[first]), int(run.starts[last] + run.lengths[last]))
            yield rows, columns, self.mask(rows, columns)
            if run.report is not None:
                run.report(f"evaluating {self.what}", number + 1, len(starts))

    def _stretches(self, sequences: Array | None) -> list[tuple[int, int]]:
        """Return the contiguous row ranges of the given sequences (all for ``None``)."""
        if sequences is None:
            return [(0, self.rows)]
        edges = np.flatnonzero(np.diff(np.concatenate(([False], sequences, [False])).astype(np.int8)))
        ends = np.arange(self.run.count + 1) if self.uniform else np.append(self.run.starts, self.run.n)
        result = ends[edges].reshape(-1, 2)
        return [(int(first), int(stop)) for first, stop in result]

    def _warn(self, rows: int, step: int) -> None:
        seconds = rows * min(self.run.n, self.run.longest + step) / _ENTRIES_PER_SECOND
        warn_if_slow(f"evaluating {self.what} for each pair of positions", seconds)

    @cached_property
    def counts(self) -> Array:
        """The number of positions that each row selects."""
        return self.count()

    def ones(self) -> Array:
        """Return the mask of the rows that select exactly one position."""
        one: Array = self.counts == 1
        return one

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        counts = np.empty(self.rows, dtype=np.int64)
        for rows, _, mask in self.blocks():
            counts[rows] = np.count_nonzero(mask, axis=1)
        return counts

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return each row's sum of selected int64 weights of magnitude at most ``max_abs``; sums must fit in int64."""
        result = np.empty(self.rows, dtype=np.int64)
        exact = max_abs * self.run.longest < EXACT
        numbers = weights.astype(np.float64) if exact else weights
        for rows, columns, mask in self.blocks():
            chosen = numbers[columns]
            result[rows] = mask.astype(np.float64) @ chosen if exact else np.where(mask, chosen, 0).sum(axis=1)
        return result

    def ordered_sums(self, values: Array) -> Array | None:
        """Return each row's float sum accumulated from left to right, or ``None`` if another method is faster."""
        return self.sequential_sums(values) if type(self) is Selection else None

    def sequential_sums(self, values: Array, sequences: Array | None = None) -> Array:
        """Return float sums accumulated from left to right, for the rows of the given sequences (all for ``None``)."""
        result = np.zeros(self.rows)
        with np.errstate(all="ignore"):
            for rows, columns, mask in self.blocks(sequences):
                result[rows] = np.add.accumulate(np.where(mask, values[columns], 0.0), axis=1)[:, -1]
        return result

    def best(self, ranks: Array) -> Array:
        """Return the maximum of each row's selected ``ranks``, which are nonnegative; -1 for empty rows."""
        result = np.empty(self.rows, dtype=np.int64)
        for rows, columns, mask in self.blocks():
            result[rows] = np.where(mask, ranks[columns], -1).max(axis=1)
        return result

    def only(self) -> Array:
        """Return the selected position of each row that selects exactly one."""
        return self.sums(self.run.positions, self.run.n)

    def as_fetch(self) -> Fetch | None:
        """Return this selection as a :class:`Fetch`, or ``None`` if a row may select several positions."""
        return None

    def masked(self, values: Array, fill: int = 0) -> Array:
        """Return ``values``, replaced by ``fill`` outside the key mask."""
        if self.keys is None:
            return values
        # Integers are zeroed by multiplication, which is branch-free; floats are not, since inf * 0 is NaN.
        zeroed = fill == 0 and values.dtype.kind == "i"
        return values * self.keys if zeroed else np.where(self.keys, values, values.dtype.type(fill))

    def per_row(self, result: Array, none: int = 0) -> Array:
        """Apply the query mask, with ``none`` for empty rows, and broadcast to one entry per row."""
        if self.queries is not None:
            result = np.where(self.queries, result, none)
        return result if len(result) == self.rows else np.broadcast_to(result, self.rows)


class Fetch(Selection):
    """A selection of at most one position per row.

    Args:
        run: the run.
        positions: the global index of each row's position; arbitrary where a row selects none.
        valid: the mask of the rows that select their position; ``None`` for all.
        uniform: whether there is one row per sequence.
    """

    def __init__(self, run: Run, positions: Array, valid: Array | None, uniform: bool = False) -> None:
        super().__init__(run, uniform=uniform)
        self.positions, self.valid = positions, valid

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return the selector matrix restricted to ``rows`` and ``columns``, as a mask."""
        mask = np.equal(np.arange(columns.start, columns.stop)[None], self.positions[rows, None])
        return mask if self.valid is None else mask & self.valid[rows, None]

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        return np.ones(self.rows, dtype=np.int64) if self.valid is None else self.valid.astype(np.int64)

    def _gather(self, values: Array, none: int) -> Array:
        result = gather(values, self.positions)
        return result if self.valid is None else np.where(self.valid, result, none)

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return each row's selected weight."""
        return self._gather(weights, 0)

    def ordered_sums(self, values: Array) -> Array | None:
        """Return each row's selected float."""
        return self._gather(values, 0)

    def best(self, ranks: Array) -> Array:
        """Return each row's selected rank."""
        return self._gather(ranks, -1)

    def as_fetch(self) -> Fetch | None:
        """Return this selection itself."""
        return self

    def fetch(self, column: Column, default: Column) -> Column:
        """Gather each row's selected atom of ``column``, or the default."""
        result = column
        if len(column) > 1:
            result = take(full(self.run, column), self.positions)
        elif self.valid is None:
            return column
        return result if self.valid is None else choose(self.valid, result, default)


class Shift(Fetch):
    """An affine fetch within a single sequence: row i selects position ``slope`` · i + ``offset``."""

    def __init__(self, run: Run, slope: int, offset: int) -> None:
        low, high = (-offset, run.n - offset) if slope > 0 else (offset - run.n + 1, offset + 1)
        self._slope, self._offset = slope, offset
        self._low = min(max(low, 0), run.n)
        self._high = min(max(high, self._low), run.n)
        valid = None
        if self._high - self._low < run.n:
            valid = np.zeros(run.n, dtype=np.bool_)
            valid[self._low : self._high] = True
        Selection.__init__(self, run)
        self.valid = valid

    @cached_property
    def positions(self) -> Array:  # lazy: rarely needed
        """The position of each row; arbitrary where it selects none."""
        positions: Array = np.clip(self._slope * self.run.positions + self._offset, 0, self.run.n - 1)
        return positions

    def fetch(self, column: Column, default: Column) -> Column:
        """Gather each row's selected atom of ``column``, or the default."""
        if self._low == self._high:
            return take(default, np.zeros(self.run.n, dtype=np.int64))
        ends = self._slope * self._low + self._offset, self._slope * (self._high - 1) + self._offset
        if len(column) > 1:
            column = take(column, slice(ends[0], ends[1] + 1) if self._slope > 0 else _backwards(*ends))
        return column if self.valid is None else padded(column, self._low, self._high, self.run.n, default)


def _backwards(first: int, last: int) -> slice:
    return slice(first, last - 1 if last else None, -1)


def at_position(run: Run, position: Column, conditions: Sequence[Condition] = (), **filters: Unpack[Filters]) -> Fetch:
    """Return the selection of one position per row, if it is in range and satisfies all conditions.

    Args:
        run: the run.
        position: the index within its sequence that each row selects.
        conditions: the conditions on that position and the row.
        filters: the arguments of the selection.
    """
    selection = Selection(run, conditions, **filters)
    places: Array = compact(position if position.kind & ~WHOLE == 0 else _inside(position))
    lengths, firsts = (run.lengths, run.starts) if selection.uniform or run.single else (run.length_there, run.first)
    valid = (places >= 0) & (places < lengths)
    positions = np.add(places, firsts, dtype=np.int64)
    if len(positions) < selection.rows:
        positions, valid = (np.broadcast_to(each, selection.rows) for each in (positions, valid))
    if selection.keys is not None:
        valid = valid & gather(selection.keys, positions)
    if selection.queries is not None:
        valid = valid & selection.queries
    for condition in conditions:
        valid = valid & condition.at(positions)
    return Fetch(run, positions, valid, selection.uniform)


def _inside(position: Column) -> Column:
    """Return positions as int64, with larger integers mapped outside every sequence."""
    return tabulated((position,), lambda atom: atom if isinstance(atom, int) and 0 <= atom < 2**62 else -1)


def shifted(run: Run, slope: int, offset: Column) -> Fetch:
    """Return the selection of position ``slope`` · i + ``offset`` in row i, where the slope is 1 or -1."""
    if run.single and offset.kind & ~WHOLE == 0 and abs(int(offset.data[0])) < 2**62:
        return Shift(run, slope, int(offset.data[0]))
    move = add if slope > 0 else sub
    return at_position(run, move(broadcast(run, offset), run.indices, NOWHERE))


class Everything(Selection):
    """All positions of the sequence, restricted to the key mask."""

    def __init__(
        self, run: Run, keys: Column | None = None, queries: Column | None = None, uniform: bool = True
    ) -> None:
        super().__init__(run, (), keys, queries, uniform)

    def per_row(self, result: Array, none: int = 0) -> Array:
        """Broadcast one entry per sequence to the rows, with ``none`` for empty rows."""
        if not (self.uniform or self.run.single):
            result = gather(result, self.run.sequence)
        return super().per_row(result, none)

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        run = self.run
        if self.keys is None:
            return self.per_row(run.lengths)
        if run.single:
            return self.per_row(np.array([np.count_nonzero(self.keys)]))
        return self.per_row(np.add.reduceat(self.keys.astype(np.int64), run.starts))

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return each sequence's weight sum."""
        if self.run.single:
            chosen = weights if self.keys is None else weights[self.keys]
            result = chosen.sum(keepdims=True)
        else:
            result = np.add.reduceat(self.masked(weights), self.run.starts)
        return self.per_row(result)

    def ordered_sums(self, values: Array) -> Array | None:
        """Return each sequence's float sum, accumulated from left to right."""
        ends = self.run.starts + self.run.lengths - 1
        result = running_sums(self.masked(values), self.run.starts, self.run.lengths)[ends]
        return self.per_row(result)

    def best(self, ranks: Array) -> Array:
        """Return each sequence's maximum rank."""
        ranks = self.masked(ranks, -1)
        result = ranks.max(keepdims=True) if self.run.single else np.maximum.reduceat(ranks, self.run.starts)
        return self.per_row(result, -1)


class Sliding(Selection):
    """The window of relative positions ``low`` to ``high``; ``None`` extends it to the sequence's start or end."""

    def __init__(self, run: Run, low: int | None, high: int | None, keys: Column | None = None) -> None:
        super().__init__(run, (), keys)
        self._low = None if low is None else max(-run.longest, min(low, run.longest))  # to fit in int64
        self._high = None if high is None else max(-run.longest, min(high, run.longest))

    @cached_property
    def start(self) -> Array:
        """The first position that each row selects."""
        run = self.run
        return run.first if self._low is None else np.clip(run.positions + self._low, run.first, run.end)

    @cached_property
    def stop(self) -> Array:
        """The position past the last that each row selects."""
        run = self.run
        return run.end if self._high is None else np.clip(run.positions + (self._high + 1), run.first, run.end)

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return the selector matrix restricted to ``rows`` and ``columns``, as a mask."""
        start, stop = np.broadcast_to(self.start, self.rows)[rows], np.broadcast_to(self.stop, self.rows)[rows]
        positions = np.arange(columns.start, columns.stop)[None]
        mask: Array = (positions >= start[:, None]) & (positions < stop[:, None])
        return mask if self.keys is None else mask & self.keys[None, columns]

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        if self.keys is not None:
            return self.sums(np.ones(self.run.n, dtype=np.int64), 1)
        if self.run.single and self._low is None and self._high == 0:
            return np.arange(1, self.rows + 1)
        return np.broadcast_to(np.maximum(self.stop - self.start, 0), self.rows)

    def ones(self) -> Array:
        """Return the mask of the rows that select exactly one position."""
        if self.keys is not None or self._low is not None or self._high != 0:
            return super().ones()
        one = np.zeros(self.rows, dtype=np.bool_)
        one[self.run.starts] = True
        return one

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return window sums by prefix sums, in int32 if the weights are narrow and the totals fit."""
        weights = self.masked(weights)
        small_ = weights.dtype.itemsize < 4 and max_abs * self.run.longest < 1 << 31
        low, high = self._low, self._high
        if self.run.single and low is not None and high is not None and 0 <= high - low < _FEW_OFFSETS:
            return self._of_few(weights, range(low, high + 1))
        running = weights.cumsum(dtype=np.int32 if small_ else np.int64)
        if self.run.single:
            return self._single(running)
        if self._low is None and self._high == 0:
            before = np.append(0, running)[self.run.starts]
            result: Array = running - np.repeat(before.astype(running.dtype), self.run.lengths)
            return result
        padded_ = np.concatenate((np.zeros(1, dtype=running.dtype), running))  # wraparound cancels in differences
        return np.where(self.stop > self.start, gather(padded_, self.stop) - gather(padded_, self.start), 0)

    def _of_few(self, weights: Array, offsets: range) -> Array:
        """Return the sums of narrow windows by direct addition, in blocks that stay in the cache."""
        n = self.run.n
        result = np.empty(n, dtype=np.int64)
        for rows in blocks(n):
            sums = result[rows]
            sums[:] = 0
            for offset in offsets:
                first, stop = max(rows.start, -offset), min(rows.stop, n - offset)
                if first < stop:
                    sums[first - rows.start : stop - rows.start] += weights[first + offset : stop + offset]
        return result

    def _single(self, running: Array) -> Array:
        n, low, high = self.run.n, self._low, self._high
        if low is not None and high is not None and low > high:
            return np.zeros(n, dtype=running.dtype)
        if high is None:
            result = np.full(n, running[-1])
        elif high == 0:
            result = running if low is None else running.copy()
        else:
            result = np.full(n, running[-1] if high > 0 else 0)
            if abs(high) < n:
                result[max(0, -high) : n - max(0, high)] = running[max(0, high) : n - max(0, -high)]
        if low is None:
            return result
        skip = 1 - low  # the first row whose window no longer includes the first position
        if skip > 0:
            result[skip:] -= running[: max(0, n - skip)]
        else:
            result[: max(0, n + skip - 1) + 1] -= running[-skip:n] if -skip < n else running[-1]
            result[max(0, n + skip) :] = 0
        return result

    def ordered_sums(self, values: Array) -> Array | None:
        """Return float window sums accumulated from left to right, for prefixes and narrow windows only."""
        weights = self.masked(values)
        if self._low is None:
            running = running_sums(weights, self.run.starts, self.run.lengths)
            last = np.broadcast_to(np.maximum(self.stop, 1), self.rows) - 1
            return np.where(self.stop > self.start, running[last], 0.0)
        if self._high is None or self._high - self._low >= 64:
            return None
        result = np.zeros(self.rows)
        for offset in range(self._high - self._low + 1):
            position = self.start + offset
            valid = position < self.stop
            with np.errstate(all="ignore"):
                result = np.where(valid, result + weights[np.where(valid, position, 0)], result)
        return result

    def best(self, ranks: Array) -> Array:
        """Return the maximum rank in each row's window."""
        start = None if self.run.single and self._low is None else np.broadcast_to(self.start, self.rows)
        return range_max(self.masked(ranks, -1), start, self.stop, self.rows)


class Grouped(Selection):
    """Equality selection: each row selects the class of keys with its code.

    Args:
        run: the run.
        conditions: the equality conditions.
        unique: whether every class is known to have at most one key.
        filters: the arguments of the selection.
    """

    def __init__(self, run: Run, conditions: Sequence[Equal], unique: bool = False, **filters: Unpack[Filters]) -> None:
        super().__init__(run, conditions, **filters)
        self._equal, self._unique = conditions, unique

    @cached_property
    def _composite(self) -> tuple[Array, int, Array]:
        """The class of each key, the number of classes, and the class that each row selects."""
        return composite(self.run, self._equal, self.uniform)

    @cached_property
    def _pairs(self) -> Pairs | None:
        """All pairs of positions with equal codes, for batches of many short sequences."""
        if self.uniform or not are_short(self.run):
            return None
        return Pairs(self.run, *composite(self.run, self._equal, self.uniform, sequences=False))

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        if not self.run.single and self._pairs is not None:
            return self.per_row(self._pairs.counts(self.keys))
        long = self.run.single and self.run.n > _MANY
        if long and self.keys is None and len(self._equal) == 1 and self._equal[0].is_identity:
            return self.per_row(np.ones(1, dtype=np.int64))
        codes, size, requested = self._composite
        table = counted(codes if self.keys is None else codes[self.keys], size + 1)
        return self.per_row(gather(table, requested))

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return the weight sum of each row's class."""
        if not self.run.single and self._pairs is not None:
            return self.per_row(self._pairs.sums(self.masked(weights)))
        codes, size, requested = self._composite
        table = tally(codes, self.masked(weights), size + 1, max_abs * self.run.longest < EXACT)
        return self.per_row(gather(table, requested))

    def ordered_sums(self, values: Array) -> Array | None:
        """Return the float sum of each row's class, accumulated from left to right."""
        codes, size, requested = self._composite
        return self.per_row(gather(np.bincount(codes, self.masked(values), size + 1), requested))

    def best(self, ranks: Array) -> Array:
        """Return the maximum rank of each row's class."""
        codes, size, requested = self._composite
        table = np.full(size + 1, -1)
        if self.keys is not None:
            codes, ranks = codes[self.keys], ranks[self.keys]
        np.maximum.at(table, codes, ranks)
        return self.per_row(gather(table, requested), -1)

    def as_fetch(self) -> Fetch | None:
        """Return this selection as a :class:`Fetch`, if no class has several keys."""
        codes, size, requested = self._composite
        members = self.run.n if self.keys is None else np.count_nonzero(self.keys)
        if members > size and not self._unique:
            return None
        position = np.full(size + 1, -1, dtype=narrowest(0, self.run.n))
        for stretch in blocks(self.run.n):
            keys = np.arange(stretch.stop - stretch.start) if self.keys is None else np.flatnonzero(self.keys[stretch])
            position[gather(codes[stretch], keys)] = keys + stretch.start
        if not self._unique and np.count_nonzero(position >= 0) < members:
            return None
        result = self.per_row(gather(position, requested), -1)
        valid = result >= 0
        return Fetch(self.run, result, None if valid.all() else valid, self.uniform)


class Window(Selection):
    """Keys of equal code with a value between bounds: contiguous ranges in the order of class and value."""

    def __init__(self, run: Run, groups: Sequence[Equal], bounds: Between, **filters: Unpack[Filters]) -> None:
        super().__init__(run, (*groups, bounds), **filters)
        self._codes, self._size = bounds.codes, bounds.size
        self._start, self._stop = bounds.low, bounds.high
        if groups or not run.single:
            self._classes(groups, bounds)
        else:
            self._stop = np.maximum(self._start, self._stop)
        self._order: Array | None = None
        if not small(self._size, run.n):
            self._sorted()

    def _classes(self, groups: Sequence[Equal], bounds: Between) -> None:
        classes, count, requested = composite(self.run, groups, self.uniform)
        start = np.where(requested < count, bounds.low, 0)
        stop = np.where(requested < count, np.maximum(bounds.low, bounds.high), 0)
        self._codes = np.multiply(classes, bounds.size, dtype=np.int64) + bounds.codes
        self._size = count * bounds.size
        base = np.multiply(np.where(requested < count, requested, 0), bounds.size, dtype=np.int64)
        self._start, self._stop = base + start, base + stop

    def _sorted(self) -> None:
        """Rank positions by code, so that the table has at most n entries."""
        self._order, codes = argsorted(self._codes, stable=True)
        self._start, self._stop = self._located(codes, self._start), self._located(codes, self._stop)
        self._size = len(codes)

    def _located(self, codes: Array, values: Array) -> Array:
        assert self._order is not None
        if len(values) != len(codes):
            return locate(codes, values)
        result = np.empty(len(values), dtype=np.int64)  # sorted like the keys, which most queries resemble
        if np.array_equal(values, self._codes):  # each row's bound is its own code, so no search is needed
            result[self._order] = _first_equal(codes)
        else:
            result[self._order] = np.searchsorted(codes, gather(values, self._order))
        return result

    def ranges(self) -> tuple[Array, Array, Array | slice]:
        """Return the start and stop of each row's range, and the order of positions that they index."""
        if self._order is None and self._codes is self.run.positions:
            return self._start, self._stop, slice(None)
        if self._order is None:
            self._sorted()
        assert self._order is not None
        return self._start, self._stop, self._order

    def _by_code(self, weights: Array, max_abs: int) -> Array:
        if self._order is not None:
            return gather(weights, self._order)
        return tally(self._codes, weights, self._size, max_abs * self.run.n < EXACT)

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        if self.keys is None and self._order is not None:
            return self.per_row(self._stop - self._start)
        return self.sums(np.ones(self.run.n, dtype=np.int64), 1)

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return the weight sum between each row's bounds."""
        running = np.zeros(self._size + 1, dtype=np.int64)
        np.cumsum(self._by_code(self.masked(weights), max_abs), out=running[1:])
        if len(self._start) == 1 and not self._start[0]:
            return self.per_row(gather(running, self._stop))
        return self.per_row(gather(running, self._stop) - gather(running, self._start))

    def best(self, ranks: Array) -> Array:
        """Return the maximum rank between each row's bounds."""
        ranks = self.masked(ranks, -1)
        if self._order is not None:
            table = gather(ranks, self._order)
        else:
            table = np.full(self._size, -1)
            np.maximum.at(table, self._codes, ranks)
        start = None if len(self._start) == 1 and not self._start[0] else np.broadcast_to(self._start, self.rows)
        return self.per_row(range_max(table, start, self._stop, self.rows), -1)


class Dominance(Selection):
    """Keys of equal code with two values, each between its own bounds."""

    def __init__(
        self, run: Run, groups: Sequence[Equal], first: Between, second: Between, **filters: Unpack[Filters]
    ) -> None:
        super().__init__(run, (*groups, first, second), **filters)
        self._inner = Window(run, groups, first, uniform=self.uniform)
        self._second = second

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return the weight sum within each row's bounds."""
        start, stop, order = self._inner.ranges()
        second, weights = self._second, self.masked(weights)[order]
        bounds = start, stop, second.low, second.high
        return self.per_row(dominated(second.codes[order], second.size, weights, *bounds, self.rows))

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        return self.sums(np.ones(self.run.n, dtype=np.int64), 1)


class Tabled(Selection):
    """Keys of equal code that satisfy a predicate, both with few distinct values."""

    def __init__(self, run: Run, groups: Sequence[Equal], predicate: Predicate, **filters: Unpack[Filters]) -> None:
        super().__init__(run, (*groups, predicate), **filters)
        self._groups, self._predicate = groups, predicate

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return the weight sum of the keys that satisfy each row's predicate."""
        codes, size, requested = composite(self.run, self._groups, self.uniform)
        predicate, answers = self._predicate, self._predicate.answers
        if not small((size + 1) * max(answers.keys, answers.queries), self.run.n):
            return super().sums(weights, max_abs)
        exact = max_abs * self.run.n < EXACT
        both = np.multiply(codes, answers.keys, dtype=np.int64) + predicate.codes
        by_class = tally(both, self.masked(weights), (size + 1) * answers.keys, exact).reshape(size + 1, -1)
        by_class = by_class.astype(np.float64) if exact else by_class
        step = max(1, self.run.budget // (8 * answers.keys))  # a row unpacked to float64 takes eight bytes per key
        result = np.empty((size + 1, answers.queries), dtype=np.int64)
        for start in range(0, answers.queries, step):
            some = np.arange(start, min(start + step, answers.queries))
            result[:, some] = by_class @ answers.of(some).T.astype(by_class.dtype)
        return self.per_row(result[requested, predicate.requested])

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        return self.sums(np.ones(self.run.n, dtype=np.int64), 1)


class Signed(Selection):
    """A signed sum of selections that counts each selected position exactly once.

    Args:
        parts: pairs of sign (1 or -1) and selection.
        uniform: whether there is one row per sequence.
    """

    def __init__(self, run: Run, parts: Sequence[tuple[int, Selection]], uniform: bool = False) -> None:
        super().__init__(run, uniform=uniform)
        self._parts = parts

    def mask(self, rows: Array, columns: slice) -> Array:
        """Return the selector matrix restricted to ``rows`` and ``columns``, as a mask."""
        total = np.zeros((len(rows), columns.stop - columns.start), dtype=np.int8)
        for sign, part in self._parts:
            own_rows = self.run.sequence[rows] if part.uniform and not self.uniform else rows
            total += sign * part.mask(own_rows, columns).astype(np.int8)
        return super().mask(rows, columns) & (total > 0)

    def _each_row(self, part: Selection, values: Array) -> Array:
        """Broadcast the values of a part's rows to the rows of the whole."""
        return values[self.run.sequence] if part.uniform and not self.uniform and not self.run.single else values

    def _total(self, values_of: Callable[[Selection], Array]) -> Array:
        total = np.zeros(self.rows, dtype=np.int64)
        for sign, part in self._parts:
            combine = np.add if sign > 0 else np.subtract
            combine(total, self._each_row(part, values_of(part)), out=total)
        return total

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        return self._total(lambda part: part.counts)

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return the weight sum of the positions that each row selects."""
        return self._total(lambda part: part.sums(weights, max_abs))


class Union(Signed):
    """A union of possibly overlapping selections, for aggregates that are insensitive to duplicates."""

    def __init__(self, run: Run, parts: Sequence[Selection], uniform: bool = False) -> None:
        super().__init__(run, [(1, part) for part in parts], uniform)

    def count(self) -> Array:
        """Return the number of positions that each row selects."""
        return Selection.count(self)

    def sums(self, weights: Array, max_abs: int) -> Array:
        """Return the weight sum of the positions that each row selects."""
        return Selection.sums(self, weights, max_abs)

    def best(self, ranks: Array) -> Array:
        """Return the maximum of each row's selected ranks."""
        result = np.full(self.rows, -1)
        for _, part in self._parts:
            np.maximum(result, self._each_row(part, part.best(ranks)), out=result)
        return result


def composite(run: Run, conditions: Sequence[Equal], uniform: bool, sequences: bool = True) -> tuple[Array, int, Array]:
    """Fuse equality conditions into one; return the key codes, their number, and the code that each row requests.

    Args:
        run: the run.
        conditions: the equality conditions.
        uniform: whether there is one row per sequence.
        sequences: whether codes must differ between sequences.
    """
    separate = sequences and not run.single
    if len(conditions) == 1 and not separate:
        (only,) = conditions
        return only.codes, only.size, only.requested
    parts = [(each.codes, each.size, each.requested) for each in conditions]
    if separate:
        own_sequence = np.arange(run.count) if uniform else run.sequence
        parts.insert(0, (run.sequence, run.count, own_sequence))
    if not parts:
        return np.zeros(run.n, dtype=np.int64), 1, np.zeros(1, dtype=np.int64)
    codes, size, requested = parts[0]
    for other_codes, count, other_requested in parts[1:]:
        own = codes is requested and other_codes is other_requested  # each row requests the class of its own position
        missing = (requested == size) | (other_requested == count)
        codes = np.multiply(codes, count, dtype=np.int64) + other_codes
        requested = np.multiply(requested, count, dtype=np.int64) + other_requested
        size *= count
        requested = codes if own else np.where(missing, size, requested)
        if not small(size, run.n):
            codes, size, requested = _condensed(codes, requested, own)
    return codes, size, requested


def _condensed(codes: Array, requested: Array, own: bool) -> tuple[Array, int, Array]:
    distinct, inverse = np.unique(codes, return_inverse=True)
    inverse = inverse.reshape(-1)
    if own:
        return inverse, len(distinct), inverse
    positions = locate(distinct, requested)
    valid = gather(distinct, positions) == requested
    return inverse, len(distinct), np.where(valid, positions, len(distinct))


def counted(codes: Array, size: int) -> Array:
    """Return the histogram of the codes."""
    if codes.dtype.itemsize == 8 or size > 1 << 12:
        return np.bincount(codes, minlength=size)
    table = np.zeros(size, dtype=np.int64)
    for stretch in blocks(len(codes)):
        table += np.bincount(codes[stretch], minlength=size)
    return table


def tally(codes: Array, weights: Array, size: int, exact: bool) -> Array:
    """Return the weight sum of each code; ``exact`` is whether float64 represents all such sums exactly."""
    if exact:
        return np.bincount(codes, weights, size).astype(np.int64)
    table = np.zeros(size, dtype=np.int64)
    np.add.at(table, codes, weights)
    return table


def _first_equal(codes: Array) -> Array:
    """Return for each element of a sorted array the index of the first one equal to it."""
    positions = np.arange(len(codes))
    positions[1:][codes[1:] == codes[:-1]] = 0
    return np.maximum.accumulate(positions)
