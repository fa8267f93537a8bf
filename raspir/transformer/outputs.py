"""Outputs: logits of which the largest belongs to the right atom.

An output is read in the cheapest of several ways: from one number, by the nearest of its atoms' numbers; from several
numbers of which it is a function, by the nearest combination of them; from differences that are compared, if each
comparison implies the one before; or, if it has two atoms, from a sum of conditions that all hold for one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from raspir.ir import Atom, Node
from raspir.ir.views import Indices, Input
from raspir.transformer.affine import Affine, total
from raspir.transformer.chains import chain_of
from raspir.transformer.codebook import is_countable, numbers_of
from raspir.transformer.columns import Column, Values
from raspir.transformer.conjunctions import conjoined
from raspir.transformer.grids import nodes_of
from raspir.transformer.hints import hints_of
from raspir.transformer.numbering import Codes
from raspir.transformer.placing import END, Placer
from raspir.transformer.problems import rows_of
from raspir.transformer.softmax import rounding_unit
from raspir.transformer.stream import Placed, Stream, directions_of

_CLOSE = 1e-9  # relative difference of floats that are not told apart
_POINTS = 1 << 13  # most combinations of numbers that are read as points


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
    """Numbers that determine an output, each a sum of multiples of columns, and for each of their combinations an atom.

    Attributes:
        sums: the columns of each number with their factors.
        rows: the numbers of each combination.
        atoms: the atom of each combination.
    """

    sums: tuple[tuple[tuple[Column, float], ...], ...]
    rows: Values
    atoms: tuple[int, ...]

    @property
    def columns(self) -> list[Column]:
        """All columns that are read."""
        return [column for each in self.sums for column, _ in each]

    @classmethod
    def of(cls, sums: Sequence[tuple[tuple[Column, float], ...]], rows: Values, atoms: Sequence[int]) -> _Points | None:
        """Return distinct points; ``None`` if the numbers do not determine the atom."""
        found: dict[tuple[float, ...], int] = {}
        for row, atom in zip(map(tuple, rows.tolist()), atoms, strict=True):
            if found.setdefault(row, atom) != atom:
                return None
        return cls(tuple(sums), np.array(list(found)), tuple(found.values()))

    def narrowed(self) -> _Points:
        """Return fewer numbers, if sums or differences of two determine the atom as well."""
        for i, j in combinations(range(len(self.sums)), 2):
            for sign in (-1.0, 1.0):
                scaled = tuple((column, sign * factor) for column, factor in self.sums[j])
                rest = [at for at in range(len(self.sums)) if at not in (i, j)]
                sums = [(*self.sums[i], *scaled), *(self.sums[at] for at in rest)]
                rows = np.column_stack([self.rows[:, i] + sign * self.rows[:, j], *(self.rows[:, at] for at in rest)])
                found = _Points.of(sums, rows, self.atoms)
                if found is not None:
                    return found.narrowed()
        return self


class _Reading:
    def __init__(self, placer: Placer, stream: Stream, node: Node) -> None:
        self._placer = placer
        self._stream = stream
        self._node = node
        domain = placer.columns.domains[node]
        self._atoms: tuple[Atom, ...] = tuple(domain) or (None,)
        self._numbers = numbers_of(domain) if domain else np.zeros(1)
        self._column = placer.column(node, self._numbers[: len(domain)] if domain else np.zeros(0))
        self._width = len(stream.directions) + 3

    def best(self) -> Output:
        """Return the cheapest reading."""
        if np.unique(self._numbers).size == 1:
            return Output((Affine(),), self._atoms[:1], np.inf)
        found = self._conjoined() or self._ordered() or self._chained()
        if found is not None:
            return found
        points = self._points()
        gap = float(np.diff(np.unique(self._numbers)).min())
        quotient = None if points is None else self._quotient(points)
        if quotient is not None:
            return quotient
        spread = np.inf if points is None else self._price(points)
        single = self._placer.price(self._column, gap / 4, spread) + (0 if self._is_scalar() else 2 * self._width)
        if points is not None and spread < single:
            found = self._nearest(points)
            if found is not None:
                return found
        one = self._nearest(
            _Points((((self._column, 1.0),),), np.unique(self._numbers)[:, None], self._first_of_each())
        )
        if one is None and points is not None:
            one = self._nearest(points)
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

    def _conjoined(self) -> Output | None:
        """Return a reading of two atoms, of which either is the result of a conjunction."""
        numbers = np.unique(self._numbers)
        if len(numbers) != 2:
            return None
        for at in (1, 0):
            found = conjoined(self._placer, self._column, float(numbers[at]))
            if found is not None:
                margin = 1 - 2 * found.error - 4 * self._rounding(found)
                first = self._first_of_each()
                if margin > 0:
                    return Output((Affine(), found.form), (self._atoms[first[1 - at]], self._atoms[first[at]]), margin)
        return None

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
        found = _Points.of([((column, 1.0),) for column in columns], rows, atoms)
        return None if found is None else found.narrowed()

    def _price(self, points: _Points) -> float:
        """Return the parameters that a reading takes beyond one logit for each atom."""
        known = sum(self._placer.price(each, np.inf) for each in points.columns)
        return known + (len(points.rows) - len(set(points.atoms))) * (self._width + 1)

    def _nearest(self, points: _Points) -> Output | None:
        """Return a reading by the nearest point, ``None`` if they are too close."""
        rows = points.rows
        gap = float(min(np.diff(np.unique(column)).min(initial=np.inf) for column in rows.T))
        spare = gap / 4 if len(points.columns) == 1 else gap / 8 / len(points.columns)
        placed = [self._placed(each, spare) for each in points.sums]
        middle = (rows.max(axis=0) + rows.min(axis=0)) / 2
        shifted = [each.form - center for each, center in zip(placed, middle.tolist(), strict=True)]
        logits = [
            total(form * (2 * n) - n * n for form, n in zip(shifted, row, strict=True))
            for row in (rows - middle).tolist()
        ]
        margin = self._margin(placed, rows - middle, gap)
        return Output(tuple(logits), tuple(self._atoms[at] for at in points.atoms), margin) if margin > 0 else None

    def _placed(self, parts: Sequence[tuple[Column, float]], spare: float) -> Placed:
        placed = [(self._placer.place(column, END, spare), factor) for column, factor in parts]
        scaled = [Placed(each.form * factor, each.error * abs(factor), each.ready) for each, factor in placed]
        return self._stream.total(scaled)

    def _margin(self, placed: Sequence[Placed], rows: Values, gap: float) -> float:
        """Return a bound below the difference of the logits of a point and its neighbors, less all errors."""
        rounding, off = 0.0, 0.0
        for each, column in zip(placed, rows.T, strict=True):
            extent = float(np.abs(column).max())
            rounding += 2 * extent * self._rounding(each, extent)
            off += each.error
        return gap * gap - 2 * gap * off * len(placed) - 2 * rounding

    def _rounding(self, placed: Placed, extent: float = 0.0) -> float:
        """Return a bound on the rounding of a logit that is a number, of this extent once it is centered."""
        terms = [abs(float(c)) * max(abs(d.low), abs(d.high)) for d, c in directions_of(placed.form)]
        held = sum(terms) + abs(float(placed.form.constant)) + extent
        return rounding_unit(self._stream.bits) * (len(terms) + 4) * held

    # Quotients

    def _quotient(self, points: _Points) -> Output | None:
        """Return a reading of ``p / q`` from both numbers: the logit ``2vp - v²q`` is largest for the nearest ``v``.

        Of atoms of one number, as ``1`` and ``1.0``, one belongs to small ``q`` and gets more there.
        """
        atoms = sorted(set(points.atoms))
        numbers = [float(atom) if is_countable(atom := self._atoms[at]) else np.nan for at in atoms]
        if points.rows.shape[1] != 2 or len(atoms) < 3:
            return None
        right = np.searchsorted(atoms, points.atoms)
        for p, q in ((0, 1), (1, 0)):
            top, shift = points.rows[:, p], _shift(points.rows[:, p], points.rows[:, q], np.array(numbers)[right])
            bottom = points.rows[:, q] + shift
            if bottom.min() <= 0 or not np.allclose(np.array(numbers)[right], top / bottom, rtol=_CLOSE, atol=0):
                continue
            weights = np.array([[2 * v, -v * v] for v in numbers])
            extra = _for_small(numbers, bottom, right)
            offsets = np.zeros(len(atoms))
            if extra is not None:
                weights[:, 1] -= extra[0]
                offsets = extra[1]
            values = np.stack([top, bottom], axis=-1) @ weights.T + offsets
            placed = [self._placed(points.sums[each], 1.0) for each in (p, q)]
            margin = self._least_margin(values, right, weights, placed)
            if margin > 0:
                pairs = zip(weights.tolist(), offsets.tolist(), strict=True)
                logits = [total([placed[0].form * a, (placed[1].form + shift) * b]) + c for (a, b), c in pairs]
                return Output(tuple(logits), tuple(self._atoms[at] for at in atoms), margin)
        return None

    def _least_margin(self, values: Values, right: Codes, weights: Values, placed: Sequence[Placed]) -> float:
        """Return by how much the right logit exceeds others at least, less all errors.

        Args:
            values: the logits of each row.
            right: the right one of each row.
            weights: the weight of each number in each logit.
            placed: the numbers.
        """
        errors = np.array([each.error for each in placed])
        off = np.abs(weights[:, None, :] - weights[None, :, :]) @ errors
        rows = np.arange(len(right))
        differences = values[rows, right][:, None] - values - off[right]
        differences[rows, right] = np.inf
        rounding = sum(self._rounding(each) * float(np.abs(weights[:, at]).max()) for at, each in enumerate(placed))
        return float(differences.min()) - 2 * rounding

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
        kept = sorted(by_count)
        if kept != list(range(len(found) + 1)):
            return None
        at = dict(zip(np.unique(self._numbers).tolist(), self._first_of_each(), strict=True))
        atoms = [self._atoms[at[by_count[count]]] for count in kept]
        return self._counted([column for column, _, _ in found], atoms, float(np.abs(increments).min()))

    def _chained(self) -> Output | None:
        """Return a reading of a chain of choices."""
        found = chain_of(self._placer.columns, self._node)
        if found is None:
            return None
        what = self._placer.subject(self._node)
        differences = [each.mapped(lambda values: values, what) for each in found.differences]
        return self._counted(differences, found.atoms, found.least)

    def _counted(self, differences: Sequence[Column], atoms: Sequence[Atom], least: float) -> Output | None:
        """Return a reading of the atom that belongs to the number of differences above 0.

        Args:
            differences: columns, none of which is less than the next one.
            atoms: the atom of each number, from 0.
            least: the least magnitude of a difference.
        """
        placed = [self._placer.place(column, END, 1 / 16) for column in differences]
        logits = [Affine()]
        for each in placed:
            logits.append(logits[-1] + each.form)
        error = sum(each.error for each in placed)
        margin = least - 2 * error - 2 * sum(self._rounding(each) for each in placed)
        return Output(tuple(logits), tuple(atoms), margin) if margin > 0 else None

    def _nested(self) -> Iterator[tuple[Column, Values, Values]]:
        """Yield compared differences as columns that are above 0 where the comparison holds, and below elsewhere."""
        column = self._column
        valid = ~np.isnan(column.values)
        for hint in hints_of(self._placer.columns, column, rows_of(column)):
            difference, outcome = hint.values, hint.condition
            if outcome is None:
                continue
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


def _shift(top: Values, bottom: Values, quotients: Values) -> float:
    """Return what has to be added to ``bottom`` for quotients."""
    known = np.flatnonzero((quotients != 0) & ~np.isnan(quotients))
    return float(np.round(top[known[0]] / quotients[known[0]] - bottom[known[0]])) if len(known) else 0.0


def _for_small(numbers: Sequence[float], bottom: Values, right: Codes) -> tuple[Values, Values] | None:
    """Return by how much the logits of atoms for small denominators decrease with them, and what is added to these."""
    slopes, offsets = np.zeros(len(numbers)), np.zeros(len(numbers))
    step = 1 / (4 * float(bottom.max()) ** 2)
    for first, second in combinations(range(len(numbers)), 2):
        if numbers[first] == numbers[second]:
            of_first, of_second = bottom[right == first], bottom[right == second]
            small = first if of_first.max() < of_second.min() else second
            between = (min(of_first.max(), of_second.max()) + max(of_first.min(), of_second.min())) / 2
            slopes[small], offsets[small] = step, step * between
    return (slopes, offsets) if slopes.any() else None
