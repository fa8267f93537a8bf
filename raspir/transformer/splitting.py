"""Columns as functions of values that an MLP before computes, where one hidden layer does not suffice."""

from __future__ import annotations

import numpy as np

from raspir.ir import Node
from raspir.ir.views import Aggregate
from raspir.transformer.columns import Column, Columns, Values
from raspir.transformer.grids import combinations
from raspir.transformer.numbering import Codes


def split(columns: Columns, column: Column) -> Column | None:
    """Return a function of values that a block before computes; ``None`` if it is none."""
    node = column.node
    if column.split is not None and not set(column.split.roots) <= set(column.roots):
        return column.split
    if node is None or not node.operands or isinstance(node, Aggregate):
        return None
    own = of_operands(columns, node)
    if own is None:
        return None
    roots, codes = own
    table = _table_of(columns, column, node)
    if table is None or all(root in column.roots for root in roots):
        return None
    return Column(roots, np.append(table, np.nan)[codes], column.what)


def _table_of(columns: Columns, column: Column, node: Node) -> Values | None:
    """Return the number of each atom of ``node`` that a column is."""
    grid = columns.domains.grid(node)
    table = np.full(columns.size(node), np.nan)
    whole = columns.reduced(Column(grid.roots, grid.codes.astype(np.float64)))
    if whole.roots != column.roots:
        return None
    valid = ~np.isnan(whole.values) & ~np.isnan(column.values)  # an atom may matter in some combinations only
    table[whole.values[valid].astype(np.int64)] = column.values[valid]
    return table


def of_operands(columns: Columns, node: Node) -> tuple[tuple[Node, ...], Codes] | None:
    """Return the code of ``node`` for each combination of its operands' atoms."""
    operands = tuple(dict.fromkeys(node.operands))
    joint = columns.domains.joint((*operands, node))
    if joint is None:
        return None
    rows, _ = combinations(joint.columns)
    shape = tuple(columns.size(each) for each in operands)
    codes = np.full(shape, -1, dtype=np.int64)
    codes[tuple(rows[:, at] for at in range(len(operands)))] = rows[:, -1]
    return operands, codes
