"""Outputs: logits of which the largest belongs to the right atom.

An output is read in the cheapest of several ways: from one number, by the nearest of its atoms' numbers; from several
numbers of which it is a function, by the nearest combination of them; or from differences that are compared, if each
comparison implies the one before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from raspir.ir import Atom, Node
from raspir.ir.views import Indices, Input
from raspir.transformer.affine import Affine
from raspir.transformer.atomsets import Atoms
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Column, Values
from raspir.transformer.grids import nodes_of
from raspir.transformer.placing import Placer
from raspir.transformer.softmax import rounding_unit
from raspir.transformer.stream import Placed, Stream, directions_of

END = (1 << 30, 0)
"""After all blocks."""
_CLOSE = 1e-9  # relative difference of floats that are not told apart
_POINTS = 1 << 13  # most combinations of numbers that are read as points
_SPARE = 1.0 / 64  # share of the least gap of points by which their numbers may be off


@dataclass(frozen=True, eq=False)
class Output:
    """How an output is read.

    Attributes:
        logits: the logits.
        atoms: the atom of each.
        margin: a bound below the difference between the logit of the right atom and others, less all errors.
    """

    logits: tuple[Affine, ...]
    atoms: tuple[Atom, ...]
    margin: float


def output_of(placer: Placer, stream: Stream, node: Node) -> Output:
    """Return how an output is read.

    Raises:
        TransformerError: if its atoms are too close to be told apart.
    """
    return _Reading(placer, stream, node).best()


@dataclass(frozen=True, eq=False)
class _Points:
    """Numbers that determine an output: each a column, and for each of their combinations an atom."""

    columns: tuple[Column, ...]
    rows: Values
    atoms: tuple[int, ...]


class _Reading:
    def __init__(self, placer: Placer, stream: Stream, node: Node) -> None:
        self._placer = placer
        self._stream = stream
        self._node = node
        domain = placer.columns.domains[node]
        self._atoms: tuple[Atom, ...] = tuple(domain) or (None,)
        self._numbers = _merged(domain, numbers_of(domain)) if domain else np.zeros(1)
        self._column = placer.column(node, self._numbers[: len(domain)] if domain else np.zeros(0))
        self._width = len(stream.directions) + 3

    def best(self) -> Output:
        """Return the cheapest reading."""
        if np.unique(self._numbers).size == 1:
            return Output((Affine(),), self._atoms[:1], np.inf)
        ordered = self._ordered()
        if ordered is not None:
            return ordered
        points = self._points()
        gap = float(np.diff(np.unique(self._numbers)).min())
        spread = np.inf if points is None else self._price(points)
        single = self._placer.price(self._column, gap / 4, spread) + (0 if self._is_scalar() else 2 * self._width)
        if points is not None and spread < single:
            found = self._nearest(points.columns, points.rows, points.atoms)
            if found is not None:
                return found
        one = self._nearest((self._column,), np.unique(self._numbers)[:, None], self._first_of_each())
        if one is None and points is not None:
            one = self._nearest(points.columns, points.rows, points.atoms)
        if one is None:
            self._placer.refuse(
                self._node,
                f"the {len(self._atoms):,} atoms of `{self._placer.subject(self._node)}` are too close for logits of "
                f"{self._stream.bits} bits: dtype='float64', a smaller maximum length or vocabulary would help",
            )
        return one

    def _is_scalar(self) -> bool:
        return len(self._column.roots) == 1 and not isinstance(self._column.roots[0], Input | Indices)

    def _first_of_each(self) -> tuple[int, ...]:
        """Return the first atom of each number, in the order of numbers."""
        return tuple(np.unique(self._numbers, return_index=True)[1].tolist())

    # Points

    def _points(self) -> _Points | None:
        """Return the numbers of the roots as points."""
        column = self._column
        index = np.nonzero(~np.isnan(column.values))
        if len(index[0]) > _POINTS or len(column.roots) == 0:
            return None
        columns, numbers = list[Column](), list[Values]()
        for root, codes in zip(column.roots, index, strict=True):
            for node in nodes_of(root):
                own = codes if isinstance(root, Node) else root.columns[node][codes]
                table = numbers_of(self._placer.columns.domains[node])
                if not isinstance(node, Input | Indices):
                    table = self._placer.scalar(node).numbers
                columns.append(self._placer.column(node, table))
                numbers.append(table[own])
        rows = np.stack(numbers, axis=-1)
        atom_of = {
            number: at for at, number in zip(self._first_of_each(), np.unique(self._numbers).tolist(), strict=True)
        }
        atoms = [atom_of[number] for number in column.values[index].tolist()]
        found = dict(zip(map(tuple, rows.tolist()), atoms, strict=True))
        if any(found[tuple(row)] != atom for row, atom in zip(rows.tolist(), atoms, strict=True)):
            return None
        return _Points(tuple(columns), np.array(list(found)), tuple(found.values()))

    def _price(self, points: _Points) -> float:
        """Return the parameters that a reading takes beyond one logit for each atom."""
        known = sum(self._placer.price(each, np.inf) for each in points.columns)
        return known + (len(points.rows) - len(set(points.atoms))) * (self._width + 1)

    def _nearest(self, columns: Sequence[Column], rows: Values, atoms: Sequence[int]) -> Output | None:
        """Return a reading by the nearest point, ``None`` if they are too close."""
        gap = float(min(np.diff(np.unique(column)).min(initial=np.inf) for column in rows.T))
        spare = gap / 4 if len(columns) == 1 else gap * _SPARE * 8
        placed = [self._placer.place(column, END, spare) for column in columns]
        middle = (rows.max(axis=0) + rows.min(axis=0)) / 2
        logits = [
            sum(
                (
                    (each.form - c) * (2 * (n - c)) - (n - c) ** 2
                    for each, n, c in zip(placed, row, middle.tolist(), strict=True)
                ),
                start=Affine(),
            )
            for row in rows.tolist()
        ]
        margin = self._margin(placed, rows - middle, gap)
        return Output(tuple(logits), tuple(self._atoms[at] for at in atoms), margin) if margin > 0 else None

    def _margin(self, placed: Sequence[Placed], rows: Values, gap: float) -> float:
        """Return a bound below the difference of the logits of a point and its neighbors, less all errors."""
        unit, rounding, off = rounding_unit(self._stream.bits), 0.0, 0.0
        for each, column in zip(placed, rows.T, strict=True):
            extent = float(np.abs(column).max())
            terms = [abs(float(c)) * max(abs(d.low), abs(d.high)) for d, c in directions_of(each.form)]
            held = sum(terms) + abs(float(each.form.constant)) + extent
            rounding += unit * (len(terms) + 4) * (2 * extent * held + extent**2)
            off += each.error
        return gap * gap - 2 * gap * off * len(placed) - 2 * rounding

    # Comparisons

    def _ordered(self) -> Output | None:
        """Return a reading from comparisons, each of which implies the one before."""
        found = sorted(self._nested(), key=lambda each: -float(each[2].sum()))
        if len(found) < 2:
            return None
        outcomes = np.stack([outcome for _, _, outcome in found], axis=-1)
        if not (outcomes[:, 1:] <= outcomes[:, :-1]).all():
            return None
        counts = outcomes.sum(axis=1).astype(np.int64)
        results = self._column.values[~np.isnan(self._column.values)]
        by_count = dict(zip(counts.tolist(), results.tolist(), strict=True))
        if any(by_count[count] != result for count, result in zip(counts.tolist(), results.tolist(), strict=True)):
            return None
        increments = np.stack([values for _, values, _ in found], axis=-1)
        if not (np.diff(increments, axis=1) <= 0).all():  # so that the sum of the first ones is largest at their count
            return None
        placed = [self._placer.place(column, END, 1 / 16) for column, _, _ in found]
        logits = [Affine()]
        for each in placed:
            logits.append(logits[-1] + each.form)
        error = sum(each.error for each in placed)
        margin = float(np.abs(increments).min()) - 2 * error
        at = dict(zip(np.unique(self._numbers).tolist(), self._first_of_each(), strict=True))
        kept = sorted(by_count)
        if margin <= 0 or kept != list(range(len(logits))):
            return None
        return Output(tuple(logits), tuple(self._atoms[at[by_count[count]]] for count in kept), margin)

    def _nested(self) -> Iterator[tuple[Column, Values, Values]]:
        """Yield compared differences as columns that are above 0 where the comparison holds, and below elsewhere."""
        column = self._column
        valid = ~np.isnan(column.values)
        for _, _, difference, outcome in self._placer.conditions(column):
            holds, fails = difference[outcome > 0], difference[outcome == 0]
            if len(holds) == 0 or len(fails) == 0:
                continue
            if holds.min() > fails.max():
                values = difference - (holds.min() + fails.max()) / 2
            elif holds.max() < fails.min():
                values = (holds.max() + fails.min()) / 2 - difference
            else:
                continue
            whole = np.full(column.values.shape, np.nan)
            whole[valid] = values
            yield Column(column.roots, whole, column.what), values, outcome


def _merged(atoms: Atoms, numbers: Values) -> Values:
    """Return numbers in which floats that are not told apart share one."""
    merged = numbers.copy()
    floats = sorted((atom, at) for at, atom in enumerate(atoms) if isinstance(atom, float))
    for (low, first), (high, second) in pairwise(floats):
        if high - low <= _CLOSE * max(abs(low), abs(high)):
            merged[second] = merged[first]
    return merged
