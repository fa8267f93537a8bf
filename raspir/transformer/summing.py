"""Columns that are sums of others, which whatever reads them adds up."""

from __future__ import annotations

import numpy as np

from raspir.ir import Node
from raspir.ir.views import Aggregate
from raspir.transformer.codebook import Numbers, is_countable, numbers_of
from raspir.transformer.columns import Column, Columns


def summands(columns: Columns, column: Column) -> list[Column] | None:
    """Return columns that add up to one that depends on values that are computed, too; ``None`` if it is no sum."""
    node = column.node
    if node is None or not any(isinstance(each, Node) and _is_elementwise(each) for each in column.roots):
        return None
    numbers = numbers_of(columns.domains[node])
    return parts_of(columns, node, numbers) if column.key == columns.of(node, numbers).key else None


def parts_of(columns: Columns, node: Node, numbers: Numbers) -> list[Column] | None:
    """Return columns of its operands that add up to the numbers of a value; ``None`` if it is no sum."""
    if node.operation.name not in ("add", "sub") or not np.array_equal(numbers, _as_numbers(columns, node)):
        return None
    first, second = node.operands
    sign = 1.0 if node.operation.name == "add" else -1.0
    return [
        columns.of(first, _as_numbers(columns, first)),
        columns.of(second, sign * _as_numbers(columns, second) + 0.0),
    ]


def _as_numbers(columns: Columns, node: Node) -> Numbers:
    """Return the atoms of a value as numbers, ``nan`` for others."""
    return np.array([float(each) if is_countable(each) else np.nan for each in columns.domains[node]])


def _is_elementwise(node: Node) -> bool:
    return bool(node.operands) and not isinstance(node, Aggregate)
