"""Combinations of atoms that no input has, since the position and the length bound values at that position."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf

import numpy as np
from numpy.typing import NDArray

from raspir.analysis import Analysis
from raspir.ir import Node, build
from raspir.ir.ranges import Bound
from raspir.transformer.atomsets import Atoms, as_range
from raspir.transformer.grids import Root, nodes_of

_LARGEST = 1 << 62  # integers beyond do not fit NumPy's


class Admitted:
    """The combinations of atoms that the position and the length admit.

    Args:
        facts: the analysis of the graph.
        domain: returns the atoms of a value.
    """

    def __init__(self, facts: Analysis, domain: Callable[[Node], Atoms]) -> None:
        self._facts = facts
        self._domain = domain
        self._indices, self._length = build("indices"), facts.length
        self._masks: dict[tuple[Root, ...], NDArray[np.bool_]] = {}

    def mask(self, roots: tuple[Root, ...], shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Return which combinations of the atoms of ``roots`` may be, of ``shape``."""
        if roots not in self._masks:
            mask = np.ones(shape, dtype=bool)
            values = dict(self._values(roots))
            for measure, excess in ((self._indices, self._facts.lead), (self._length, self._facts.excess)):
                for node in values if measure in values else ():
                    most = self._most(node, measure, excess)
                    if most < inf:
                        mask &= values[node] <= values[measure] + int(most)
            self._masks[roots] = mask
        return self._masks[roots]

    def _most(self, node: Node, measure: Node, excess: Callable[[Node], Bound]) -> Bound:
        """Return by how much the integer ``node`` may exceed the position or the length."""
        if node is self._indices and measure is self._length:
            return -1
        most = inf if node in (self._indices, self._length) else excess(node)
        return most if abs(most) < _LARGEST else inf

    def _values(self, roots: tuple[Root, ...]) -> Iterator[tuple[Node, NDArray[np.int64]]]:
        """Yield the integer values among ``roots`` with their atoms along their axis."""
        for at, root in enumerate(roots):
            along = [-1 if number == at else 1 for number in range(len(roots))]
            for node in nodes_of(root):
                atoms = self._domain(node)
                ends = as_range(atoms)
                if self._facts[node].domain.integral and -_LARGEST < ends.low <= ends.high < _LARGEST:
                    column = np.array(atoms, dtype=np.int64)
                    yield node, (column if isinstance(root, Node) else column[root.columns[node]]).reshape(along)
