"""Columns as tables for synthesis: their rows, and what the symbols of a table stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from raspir.ir import Node
from raspir.transformer.bundles import Bundle
from raspir.transformer.columns import Column, Values
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
