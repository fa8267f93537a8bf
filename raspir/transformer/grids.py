"""Grids: what a value is for each combination of the atoms of other values at the same position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Node

Codes = NDArray[np.int64]
"""Numbers of atoms in a domain; -1 for none."""


@dataclass(frozen=True, eq=False)
class Grid:
    """A value as a function of others, its roots, at the same position.

    Attributes:
        roots: the values on which it depends, in a fixed order of all nodes.
        codes: the number of its atom in its domain, of shape [atoms of the first root, …]; -1 for a combination on
            which the program fails, or which no input has.
    """

    roots: tuple[Node, ...]
    codes: Codes


@dataclass(frozen=True, eq=False)
class Joint:
    """Several values as functions of the same roots.

    Attributes:
        roots: all their roots.
        shape: the number of atoms of each root.
        columns: the codes of each value, of that shape; -1 where one of them has none.
    """

    roots: tuple[Node, ...]
    shape: tuple[int, ...]
    columns: list[Codes]

    def axis(self, root: Node) -> Codes:
        """Return the code of a root for each combination, of the shape of a column."""
        at = self.roots.index(root)
        own = [-1 if number == at else 1 for number in range(len(self.shape))]
        return np.broadcast_to(np.arange(self.shape[at]).reshape(own), self.shape)


def roots_of(grids: Iterable[Grid], place: dict[Node, int]) -> tuple[Node, ...]:
    """Return the roots of all ``grids``, in the order of ``place``."""
    return tuple(sorted({root for grid in grids for root in grid.roots}, key=place.__getitem__))


def aligned(grid: Grid, roots: Sequence[Node], shape: tuple[int, ...]) -> Codes:
    """Return the codes of ``grid`` for each combination of the atoms of more roots, in the same order: of ``shape``."""
    own = [size if root in grid.roots else 1 for root, size in zip(roots, shape, strict=True)]
    return np.broadcast_to(grid.codes.reshape(own), shape)


def combinations(columns: Sequence[Codes]) -> tuple[Codes, Codes]:
    """Return the distinct rows of ``columns`` that hold no -1, and the number of each row among them, else -1.

    Args:
        columns: the codes of each value, all of one shape.

    Returns:
        The rows, of shape [distinct rows, values], and their numbers, of the shape of one column.
    """
    valid = np.logical_and.reduce([column >= 0 for column in columns])
    held = np.stack([column[valid] for column in columns], axis=-1)
    sizes = [int(each) + 1 for each in held.max(axis=0, initial=0)]
    numbers = np.full(valid.shape, -1, dtype=np.int64)
    if prod(sizes) < 2**62:  # one number for each row: sorting numbers is faster than sorting rows
        keys, inverse = np.unique(np.ravel_multi_index(held.T, sizes), return_inverse=True)
        rows = np.stack(np.unravel_index(keys, sizes), axis=-1).astype(np.int64)
    else:
        rows, inverse = np.unique(held, axis=0, return_inverse=True)
    numbers[valid] = inverse.reshape(-1)
    return rows, numbers
