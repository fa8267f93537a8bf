"""Columns: numbers as functions of values at one position, which readers of the residual stream need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Node
from raspir.ir.lazy import cached_property
from raspir.transformer.atomsets import size
from raspir.transformer.bundles import Bundle
from raspir.transformer.domains import Domains
from raspir.transformer.grids import Root
from raspir.transformer.numbering import Codes

Values = NDArray[np.float64]

_SYSTEM = 1 << 22  # most numbers of a system of equations
_SPLIT = 1 << 18  # most combinations of values of which a column is noted as a function


@dataclass(frozen=True, eq=False)
class Column:
    """A number for each combination of the atoms of some roots.

    Attributes:
        roots: the values that it depends on.
        values: the numbers, of shape [atoms of the first root, …]; ``nan`` where any will do.
        what: a description for labels.
        node: the value of which it is a function, if it is one of a single value.
        split: the same function of values that are themselves computed from the roots, if it is one.
    """

    roots: tuple[Root, ...]
    values: Values
    what: str = ""
    node: Node | None = None
    split: Column | None = None

    @cached_property
    def key(self) -> tuple[object, ...]:
        """The identity of the function."""
        return self.roots, self.values.shape, self.values.tobytes()

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest number; 0 if any will do everywhere."""
        if np.isnan(self.values).all():
            return 0.0, 0.0
        return float(np.nanmin(self.values)), float(np.nanmax(self.values))

    @property
    def magnitude(self) -> float:
        """The greatest magnitude."""
        return max(map(abs, self.bounds))

    def mapped(self, function: Callable[[Values], Values], what: str = "") -> Column:
        """Return a function of this column."""
        split = self.split and self.split.mapped(function)
        return Column(self.roots, function(self.values), what or self.what, self.node, split)


def constant(value: float) -> Column:
    """Return a column of one number."""
    return Column((), np.array(value, dtype=np.float64))


@dataclass(frozen=True, eq=False)
class Classes:
    """The combinations of the atoms of some values.

    Attributes:
        roots: what the values are functions of.
        rows: the codes of the values' atoms in each combination, of shape [combinations, values].
        numbers: the number of the combination for each combination of the roots' atoms; -1 for none.
    """

    roots: tuple[Root, ...]
    rows: Codes
    numbers: Codes


class Columns:
    """Makes columns from values.

    Args:
        domains: the domains of a graph.
    """

    def __init__(self, domains: Domains) -> None:
        self.domains = domains

    def of(self, node: Node, table: Values, what: str = "") -> Column:
        """Return a function of one value: ``table`` has the number of each of its atoms."""
        grid = self.domains.grid(node)
        return self.reduced(Column(grid.roots, _looked_up(table, grid.codes), what, node))

    def of_classes(self, nodes: Sequence[Node], classes: Classes, table: Values, what: str = "") -> Column:
        """Return a function of several values: ``table`` has the number of each combination of their atoms."""
        distinct = tuple(dict.fromkeys(nodes))
        shape = tuple(map(self.size, distinct))
        split = None
        if np.prod(shape, dtype=np.float64) <= _SPLIT:
            whole = np.full(shape, np.nan)
            whole[tuple(classes.rows[:, nodes.index(node)] for node in distinct)] = table
            split = Column(distinct, whole, what)
        return self.reduced(Column(classes.roots, _looked_up(table, classes.numbers), what, None, split))

    def size(self, root: Root) -> int:
        """Return the number of atoms of a root, or of combinations of a bundle's."""
        return size(self.domains[root]) if isinstance(root, Node) else len(root)

    def reduced(self, column: Column) -> Column:
        """Return the same function of only those roots on which it depends."""
        for root in column.roots:
            column = _without(column, root)
        for root in column.roots:
            if isinstance(root, Bundle):
                column = self._of_member(column, root)
        return column

    def _of_member(self, column: Column, bundle: Bundle) -> Column:
        """Return the same function of only one member of a bundle, if it is one."""
        axis = column.roots.index(bundle)
        moved = np.moveaxis(column.values, axis, 0)
        for member, codes in bundle.columns.items():
            shape = (self.size(member), *moved.shape[1:])
            low, high = np.full(shape, np.inf), np.full(shape, -np.inf)
            np.minimum.at(low, codes, np.where(np.isnan(moved), np.inf, moved))
            np.maximum.at(high, codes, np.where(np.isnan(moved), -np.inf, moved))
            matter = low <= high
            if (low == high)[matter].all():
                values = np.moveaxis(np.where(matter, low, np.nan), 0, axis)
                roots = (*column.roots[:axis], member, *column.roots[axis + 1 :])
                return Column(roots, values, column.what, column.node, column.split)
        return column


def _looked_up(table: Values, codes: Codes) -> Values:
    return np.asarray(np.append(table, np.nan)[codes], dtype=np.float64)


def _constant_along(values: Values, axis: int) -> Values | None:
    """Return ``values`` without an axis along which they are constant where they matter, ``None`` if they are not."""
    if values.shape[axis] == 0:
        return None
    with np.errstate(invalid="ignore"):
        low = np.where(np.isnan(values), np.inf, values).min(axis=axis)
        high = np.where(np.isnan(values), -np.inf, values).max(axis=axis)
    matter = low <= high
    return np.where(matter, low, np.nan) if (low == high)[matter].all() else None


def _without(column: Column, root: Root) -> Column:
    axis = column.roots.index(root)
    values = _constant_along(column.values, axis)
    if values is None:
        return column
    return Column((*column.roots[:axis], *column.roots[axis + 1 :]), values, column.what, column.node, column.split)


def separated(column: Column) -> list[Values] | None:
    """Return a column as a sum of a function of each root, ``None`` if it is none."""
    if len(column.roots) == 1:
        return [column.values]
    index = np.nonzero(~np.isnan(column.values))
    results = column.values[index]
    sizes = column.values.shape
    if len(results) * sum(sizes) > _SYSTEM:
        return None
    matrix, starts = np.zeros((len(results), sum(sizes))), [0, *accumulate(sizes)]
    for codes, start in zip(index, starts, strict=False):
        matrix[np.arange(len(codes)), start + codes] = 1
    solution = np.linalg.lstsq(matrix, results, rcond=None)[0]
    parts = [solution[start:end] - solution[start] for start, end in pairwise(starts)]
    parts = [np.round(part * 64) / 64 for part in parts]
    parts[0] = parts[0] + (results[0] - _added(parts, index)[0])
    return parts if np.array_equal(_added(parts, index), results) else None


def _added(parts: Sequence[Values], index: Sequence[Codes]) -> Values:
    """Return the sum of one number of each part."""
    return np.asarray(sum(part[codes] for part, codes in zip(parts, index, strict=True)), dtype=np.float64)
