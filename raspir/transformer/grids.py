"""Grids: what a value is for each combination of the atoms of other values at the same position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from raspir.ir import Node
from raspir.transformer.bundles import Bundle
from raspir.transformer.numbering import Codes, distinct

Root = Node | Bundle
"""What other values are functions of: a value, or several aggregates of one head."""


@dataclass(frozen=True, eq=False)
class Grid:
    """A value as a function of others, its roots, at the same position.

    Attributes:
        roots: the values on which it depends, in a fixed order of all nodes.
        codes: the number of its atom in its domain, of shape [atoms of the first root, …]; -1 for a combination on
            which the program fails, or which no input has.
    """

    roots: tuple[Root, ...]
    codes: Codes


@dataclass(frozen=True, eq=False)
class Joint:
    """Several values as functions of the same roots.

    Attributes:
        roots: all their roots.
        shape: the number of atoms of each root.
        columns: the codes of each value, of that shape; -1 where one of them has none.
    """

    roots: tuple[Root, ...]
    shape: tuple[int, ...]
    columns: list[Codes]

    @property
    def nodes(self) -> dict[Node, int]:
        """The values among the roots, those of bundles included, with the axis of each."""
        return {node: at for at, root in enumerate(self.roots) for node in nodes_of(root)}

    def along(self, node: Node) -> Codes:
        """Return the code of one of :attr:`nodes` for each combination, of the shape of a column."""
        at = self.nodes[node]
        root = self.roots[at]
        codes = root.columns[node] if isinstance(root, Bundle) else np.arange(self.shape[at])
        own = [-1 if number == at else 1 for number in range(len(self.shape))]
        return np.broadcast_to(codes.reshape(own), self.shape)


def nodes_of(root: Root) -> tuple[Node, ...]:
    """Return the values that a root stands for."""
    return (root,) if isinstance(root, Node) else tuple(root.columns)


def aligned(grid: Grid, roots: Sequence[Root], shape: tuple[int, ...]) -> Codes:
    """Return the codes of ``grid`` for each combination of the atoms of ``roots``: of ``shape``.

    Each of its own roots must be one of ``roots``, or held by a bundle among them.
    """
    codes: list[Codes] = []
    for own in grid.roots:
        at, root = next((at, root) for at, root in enumerate(roots) if root is own or _holds(root, own))
        along = [-1 if number == at else 1 for number in range(len(shape))]
        held = np.arange(shape[at]) if root is own or not isinstance(root, Bundle) else root.codes(own)
        codes.append(held.reshape(along))
    known = np.logical_and.reduce([each >= 0 for each in np.broadcast_arrays(*codes)]) if codes else True
    return np.broadcast_to(np.where(known, grid.codes[tuple(codes)], -1), shape)


def _holds(root: Root, own: Root) -> bool:
    return isinstance(root, Bundle) and root.holds(own)


def combinations(columns: Sequence[Codes]) -> tuple[Codes, Codes]:
    """Return the distinct rows of ``columns`` that hold no -1, and the number of each row among them, else -1.

    Args:
        columns: the codes of each value, all of one shape.

    Returns:
        The rows, of shape [distinct rows, values], and their numbers, of the shape of one column.
    """
    valid = np.logical_and.reduce([column >= 0 for column in columns])
    numbers = np.full(valid.shape, -1, dtype=np.int64)
    rows, numbers[valid] = distinct(np.stack([column[valid] for column in columns], axis=-1))
    return rows, numbers
