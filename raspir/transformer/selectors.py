"""Selectors as score dimensions over columns: sums over conjuncts, each by the cheapest construction for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from raspir.ir import Node
from raspir.ir.causal import is_mask, unmasked
from raspir.ir.layers import comparisons, selector_parts
from raspir.ir.views import Select
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Classes, Column, Columns, constant
from raspir.transformer.grids import combinations
from raspir.transformer.numbering import Codes
from raspir.transformer.scores import Scores, scores

_ENTRIES = 1 << 20  # most pairs of classes of queries and keys
_WIDTH = 8  # the residual width that is assumed to price dimensions
_PRICES = {"constant": 0, "code": 0, "square": 12, "threshold": 20, "indicator": 40, "table": 60}


class UnscorableError(Exception):
    """A selector with too many classes of queries and keys."""


@dataclass(frozen=True, eq=False)
class Dimension:
    """One dimension of queries and keys.

    Attributes:
        query: the number of each query.
        keys: numbers of each key, which are added up.
    """

    query: Column
    keys: tuple[Column, ...]

    @property
    def bounds(self) -> tuple[float, float]:
        """Bounds of the sum of the keys' numbers."""
        return sum(each.bounds[0] for each in self.keys), sum(each.bounds[1] for each in self.keys)

    @property
    def magnitude(self) -> float:
        """A bound on the magnitude of the sum of the keys' numbers."""
        return sum(each.magnitude for each in self.keys)

    def scaled(self, factor: float) -> Dimension:
        """Return this dimension with keys multiplied by a factor."""
        return Dimension(self.query, tuple(each.mapped(lambda values: values * factor) for each in self.keys))


@dataclass(frozen=True, eq=False)
class Scoring:
    """Scores of a selector: 0 where it selects, if they are calibrated, and at most -1 elsewhere.

    Attributes:
        dimensions: what the scores are the sum of.
        calibrated: whether selected keys score 0; else all selected keys of a row score the same.
        method: how the scores were found.
    """

    dimensions: tuple[Dimension, ...]
    calibrated: bool
    method: str


def scoring(
    columns: Columns, selector: Node, causal: bool, calibrated: bool, subject: Callable[[Node], str]
) -> Scoring:
    """Return scores of a selector by the cheapest construction for each of its conjuncts.

    Args:
        columns: the columns of the graph's values.
        selector: the selector.
        causal: whether the causal mask, which attention has anyway, is left out.
        calibrated: require a score of 0 where selected, and less in rows that select nothing.
        subject: describes a value for labels.

    Raises:
        UnscorableError: if there are too many classes of queries and keys.
    """
    parts = [each for each in _conjuncts(unmasked(selector) if causal else selector) if not (causal and is_mask(each))]
    found = [_cheapest(columns, part, calibrated, subject) for part in parts]
    dimensions = [dimension for each, _ in found for dimension in each]
    methods = " & ".join(method for _, method in found) or "everything"
    return Scoring(tuple(dimensions), calibrated, methods)


def _conjuncts(selector: Node) -> Iterator[Node]:
    stack, seen = [selector], set[Node]()
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.operation.name == "selector.and":
            stack += reversed(node.operands)
        else:
            yield node


def _cheapest(
    columns: Columns, selector: Node, calibrated: bool, subject: Callable[[Node], str]
) -> tuple[list[Dimension], str]:
    compared = comparisons(selector)
    query_nodes, key_nodes = [each.query for each in compared], [each.key for each in compared]
    of_queries, of_keys = _classes(columns, query_nodes), _classes(columns, key_nodes)
    queries, keys = of_queries.rows, of_keys.rows
    if len(queries) * len(keys) > _ENTRIES:
        raise UnscorableError(f"{len(queries):,} classes of queries and {len(keys):,} of keys")
    matrix = _matrix(columns, selector, compared, queries, keys)
    codes = None
    if len(compared) == 1:
        code_q, code_k = (
            _integers(numbers_of(columns.domains[node])[rows[:, 0]])
            for node, rows in ((compared[0].query, queries), (compared[0].key, keys))
        )
        codes = (code_q, code_k) if code_q is not None and code_k is not None else None
    # A row that selects nothing, or several keys, keeps its score only if it is calibrated.
    single = bool((matrix.sum(axis=1) == 1).all())
    free = calibrated or not single
    candidates = [each for each in scores(matrix.tolist(), codes, calibrated=free) if _is_sound(each, matrix)]
    best = min(candidates, key=_price)
    names = [", ".join(dict.fromkeys(map(subject, nodes))) for nodes in (query_nodes, key_nodes)]
    dimensions = [
        Dimension(
            columns.of_classes(query_nodes, of_queries, np.array(q.values, dtype=np.float64), names[0]),
            (columns.of_classes(key_nodes, of_keys, np.array(k.values, dtype=np.float64), names[1]),),
        )
        for q, k in best.dimensions
    ]
    return dimensions, best.method


def _is_sound(found: Scores, matrix: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> bool:
    """Return whether no selected key scores less than a sink below 0 may."""
    return found.calibrated or bool((np.array(found.matrix())[matrix] >= 0).all())


def _price(found: Scores) -> float:
    return found.cost(_WIDTH, lambda column: _PRICES[column.kind])


def _integers(numbers: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[int] | None:
    whole = numbers.astype(np.int64)
    return whole.tolist() if np.array_equal(whole, numbers) else None


def _classes(columns: Columns, nodes: Sequence[Node]) -> Classes:
    """Return the distinct combinations of the atoms of values."""
    joint = columns.domains.joint(nodes)
    if joint is None:
        raise UnscorableError("values that depend on too many others")
    return Classes(joint.roots, *combinations(joint.columns))


def _matrix(
    columns: Columns, selector: Node, compared: Sequence[Select], queries: Codes, keys: Codes
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    entries: dict[Node, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]] = {}
    for part in selector_parts(selector):
        if isinstance(part, Select):
            at, table = compared.index(part), columns.domains.outcomes(part)
            if table is None:
                raise UnscorableError("too many pairs of a key and a query")
            entries[part] = table[queries[:, at, None], keys[None, :, at]] > 0
        else:
            entries[part] = _COMBINED[part.operation.name](*(entries[operand] for operand in part.operands))
    return np.broadcast_to(entries[selector], (len(queries), len(keys)))


_COMBINED = {"selector.and": np.logical_and, "selector.or": np.logical_or, "selector.not": np.logical_not}


def joined(dimensions: Sequence[Dimension]) -> list[Dimension]:
    """Return dimensions with those whose query is constant added up, as the first, even if there are none."""
    rest: list[Dimension] = []
    keys: list[Column] = []
    for each in dimensions:
        if each.query.roots:
            rest.append(each)
        elif each.query.bounds[0]:
            keys += each.scaled(each.query.bounds[0]).keys
    return [Dimension(constant(1), tuple(keys)), *rest]
