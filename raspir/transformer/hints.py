"""Hints for synthesis, from the operations that a value is computed by: numbers of which it may be a function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from raspir.ir import Node
from raspir.ir.views import Aggregate, Compare
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Column, Columns, Values
from raspir.transformer.problems import Rows
from raspir.transformer.tables import Hint


def hints_of(columns: Columns, column: Column, rows: Rows) -> Iterator[Hint]:
    """Yield numbers of which the function may be one: values that it is computed from, and compared differences."""
    for node in [] if column.node is None else _cone(column.node):
        own = _within(columns, node, rows)
        if own is None:
            continue
        if not isinstance(node, Compare):
            yield Hint(own)
        elif _are_numeric(columns, node.operands):
            left, right = (_within(columns, each, rows) for each in node.operands)
            if left is not None and right is not None:
                yield Hint(left - right, own)


def _within(columns: Columns, node: Node, rows: Rows) -> Values | None:
    """Return the code number of a value in the rows of a column, if it depends on the same roots alone."""
    own = columns.of(node, numbers_of(columns.domains[node]))
    codes = [rows.along(root) for root in own.roots]
    known = [each for each in codes if each is not None]
    if len(known) < len(codes):
        return None
    return np.broadcast_to(np.nan_to_num(own.values[tuple(known)]), rows.results.shape)


def _cone(node: Node, most: int = 12) -> list[Node]:
    """Return some values that a value is computed from elementwise, with the nearest first."""
    found = [node]
    for each in found:
        if not isinstance(each, Aggregate):
            found += [o for o in dict.fromkeys(each.operands) if o.operands and o not in found]
        if len(found) >= most:
            break
    return [each for each in found if not isinstance(each, Aggregate)]


def _are_numeric(columns: Columns, nodes: Iterable[Node]) -> bool:
    """Return whether all atoms of values are numbers."""
    domains = [columns.domains[node] for node in nodes]
    return all(isinstance(atoms, range) or all(isinstance(a, int | float) for a in atoms) for atoms in domains)
