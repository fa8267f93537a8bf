"""Atoms that one number stands for, which no hidden unit tells apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from raspir.ir import Node
from raspir.transformer.codebook import Numbers
from raspir.transformer.columns import Column
from raspir.transformer.numbering import distinct


def confused(column: Column, numbers: Callable[[Node], Numbers]) -> tuple[Node, int, int] | None:
    """Return a value and two codes of its atoms, on which a column differs though one number stands for both.

    Args:
        column: the column.
        numbers: returns the number that the residual stream holds for each atom of a value.
    """
    for axis, root in enumerate(column.roots):
        rows = np.moveaxis(column.values, axis, 0).reshape(column.values.shape[axis], -1)
        codes = {root: np.arange(len(rows))} if isinstance(root, Node) else root.columns
        held = {node: np.unique(numbers(node), return_inverse=True)[1].reshape(-1) for node in codes}
        keys = np.stack([held[node][own] for node, own in codes.items()], axis=-1)
        first = dict[int, int]()
        for at, group in enumerate(distinct(keys)[1].tolist()):
            other = first.setdefault(group, at)
            if (np.abs(rows[at] - rows[other]) > 0).any():  # false where any number will do
                node = next(node for node, own in codes.items() if own[at] != own[other])
                return node, int(codes[node][other]), int(codes[node][at])
    return None
