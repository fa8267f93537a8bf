"""Conjunctions of conditions on single values, as linear forms: no hidden layer is needed to read one.

A condition that holds at the least or the greatest of the numbers that a value may have is a form of this number that
is 1 there and at most 0 elsewhere. All of ``n`` conditions hold where the sum of their forms is above ``n - 1/2``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Node
from raspir.ir.views import Indices, Input
from raspir.transformer.columns import Column, Values
from raspir.transformer.grids import nodes_of
from raspir.transformer.numbering import Codes
from raspir.transformer.placing import END, Placer
from raspir.transformer.problems import rows_of
from raspir.transformer.stream import Placed


def conjoined(placer: Placer, column: Column, result: float) -> Placed | None:
    """Return a form that is 1 where a column is ``result``, and at most -1 elsewhere.

    It is ``None`` if the column is not ``result`` just where each of several conditions holds, as above.
    """
    rows = rows_of(column)
    holds = rows.results == result
    terms: list[Placed] = []
    conjunction = np.ones(len(holds), dtype=bool)
    for node, codes in _values(placer, column, rows.index):
        inside = np.isin(codes, codes[holds])
        if inside.all():
            continue
        conjunction &= inside
        term = _condition(placer, node, codes, inside)
        if term is None:
            return None
        terms.append(term)
    if not terms or not np.array_equal(conjunction, holds):
        return None
    whole = placer.stream.total(terms)
    return Placed(whole.form * 2 - (2 * len(terms) - 1), 2 * whole.error, whole.ready)


def _values(placer: Placer, column: Column, index: tuple[Codes, ...]) -> Iterator[tuple[Node, Codes]]:
    """Yield the values that a column depends on with their code in each row."""
    for root, codes in zip(column.roots, index, strict=True):
        for node in nodes_of(root):
            yield node, codes if isinstance(root, Node) else root.columns[node][codes]


def _condition(placer: Placer, node: Node, codes: Codes, inside: NDArray[np.bool_]) -> Placed | None:
    """Return a form that is 1 where a value is inside, and at most 0 elsewhere; ``None`` if there is none."""
    if isinstance(node, Input | Indices):
        indicator = np.full(placer.columns.size(node), np.nan)
        indicator[codes] = inside
        return placer.place(Column((node,), indicator, placer.subject(node), node), END, 0.0)
    scalar = placer.scalar(node)
    found: Values = scalar.numbers[codes]
    held, others = found[inside], found[~inside]
    for sign in (1.0, -1.0):
        gap = float((sign * held).min() - (sign * others).max())
        if gap > 0 and (held == held[0]).all():
            form = (scalar.placed.form - float(held[0])) * (sign / gap) + 1
            return Placed(form, scalar.placed.error / gap, scalar.placed.ready)
    return None
