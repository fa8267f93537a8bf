"""Columns as tables for synthesis: their rows, and what the symbols of a table stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from raspir.ir import Node
from raspir.transformer.affine import Affine
from raspir.transformer.bundles import Bundle
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Column, Columns, Values
from raspir.transformer.grids import Root
from raspir.transformer.numbering import Codes
from raspir.transformer.relu import Units
from raspir.transformer.stream import Placed
from raspir.transformer.tables import Symbol, Table, evaluated


@dataclass(eq=False)
class Problem:
    """A table for synthesis, with what its symbols stand for."""

    scalars: dict[Symbol, Placed]
    nodes: dict[Symbol, Node]
    pieces: dict[Symbol, Column]
    early: tuple[Root, ...]
    cells: Codes
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        self.table = Table((), np.zeros(0, dtype=np.int64), np.zeros(0), lambda values: 0.0)

    def column(self, values: Values | None, what: str) -> Column:
        """Return the early column that has a value for each early cell."""
        assert values is not None
        whole = np.full(int(np.prod(self.shape, dtype=np.int64)), np.nan)
        whole[self.cells] = values
        return Column(self.early, whole.reshape(self.shape), what)

    def evaluated(self, units: Units) -> Values:
        """Return what units yield in each row."""
        return evaluated(units, np.arange(len(self.table.results)))


@dataclass(frozen=True, eq=False)
class Rows:
    """The cells of a column where its number matters."""

    codes: dict[Root, Codes]
    index: tuple[Codes, ...]
    results: Values

    def along(self, root: Root) -> Codes | None:
        """Return the code of a root, or of one that a bundle among the column's roots holds, in these rows."""
        if root in self.codes:
            return self.codes[root]
        for holder, codes in self.codes.items():
            if isinstance(holder, Bundle) and holder.holds(root):
                return holder.codes(root)[codes]
        return None


def rows_of(column: Column) -> Rows:
    """Return the cells of a column where its number matters."""
    index = tuple(each.astype(np.int64) for each in np.nonzero(~np.isnan(column.values)))
    return Rows(dict(zip(column.roots, index, strict=True)), index, column.values[index])


def piece_of(columns: Columns, column: Column, root: Root, natural: bool) -> Values:
    """Return a number for each atom of an embedded root: its code, or the class of atoms of equal results."""
    if natural:
        assert isinstance(root, Node)
        return numbers_of(columns.domains[root])
    axis = column.roots.index(root)
    flat = np.moveaxis(column.values, axis, 0).reshape(column.values.shape[axis], -1)
    _, classes = np.unique(np.nan_to_num(flat, nan=-1e300), axis=0, return_inverse=True)
    classes = classes.reshape(-1)
    means = [
        float(np.nanmean(flat[classes == each])) if not np.isnan(flat[classes == each]).all() else 0.0
        for each in range(int(classes.max()) + 1)
    ]
    rank = np.empty(len(means))
    rank[np.argsort(means, kind="stable")] = np.arange(len(means))
    return np.asarray(rank[classes], dtype=np.float64)


def substituted(form: Affine, symbols: dict[Symbol, Placed]) -> Affine:
    """Return a form of symbols as one of what they stand for."""
    total = Affine(constant=form.constant)
    for source, c in form.terms.items():
        assert isinstance(source, Symbol)
        total = total + symbols[source].form * c
    return total
