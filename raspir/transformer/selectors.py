"""Selectors as score dimensions over columns: sums over conjuncts, each by the cheapest construction for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from raspir.ir import Node
from raspir.ir.causal import is_mask, unmasked
from raspir.ir.layers import comparisons, selector_parts
from raspir.ir.views import Aggregate, Select
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Classes, Column, Columns, constant
from raspir.transformer.digits import digits
from raspir.transformer.grids import combinations
from raspir.transformer.numbering import Codes
from raspir.transformer.scores import Scores, scores

_ENTRIES = 1 << 20  # most pairs of classes of queries and keys
_WIDTH = 8  # the residual width that is assumed to price dimensions
_PRICES = {"constant": 0, "code": 0, "square": 12, "threshold": 20, "indicator": 40, "table": 60}


Subject = Callable[[Node], str]


@dataclass(frozen=True)
class Needs:
    """What scores are needed for.

    Attributes:
        calibrated: selected keys must score 0, and all keys of an empty row less.
        additive: results of heads whose selectors exclude each other may be added up.
    """

    calibrated: bool
    additive: bool


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


def scoring(columns: Columns, aggregate: Aggregate, causal: bool, needs: Needs, subject: Subject) -> list[Scoring]:
    """Return scores of the selector of an aggregate, by the cheapest construction for each of its conjuncts.

    Args:
        columns: the columns of the graph's values.
        aggregate: the aggregate.
        causal: whether the causal mask, which attention has anyway, is left out.
        needs: what the scores are needed for.
        subject: describes a value for labels.

    Returns:
        The scores of each of several selectors that exclude each other, if results may be added up; else of one.

    Raises:
        UnscorableError: if there are too many classes of queries and keys.
    """
    selector = unmasked(aggregate.selector) if causal else aggregate.selector
    heads = [Scoring((), needs.calibrated, "everything")]
    for part in _conjuncts(selector):
        if not (causal and is_mask(part)):
            own = _scored(columns, part, needs, subject)
            heads = [
                Scoring((*a.dimensions, *b.dimensions), needs.calibrated, _both(a.method, b.method))
                for a in heads
                for b in own
            ]
    return heads


def _both(first: str, second: str) -> str:
    return second if first == "everything" else f"{first} & {second}"


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


def _scored(columns: Columns, selector: Node, needs: Needs, subject: Subject) -> list[Scoring]:
    """Return the scores of one conjunct."""
    compared = comparisons(selector)
    query_nodes, key_nodes = [each.query for each in compared], [each.key for each in compared]
    of_queries, of_keys = _classes(columns, query_nodes), _classes(columns, key_nodes)
    if len(of_queries.rows) * len(of_keys.rows) > _ENTRIES:
        raise UnscorableError(f"{len(of_queries.rows):,} classes of queries and {len(of_keys.rows):,} of keys")
    matrix = _matrix(columns, selector, compared, of_queries.rows, of_keys.rows)
    names = [", ".join(dict.fromkeys(map(subject, nodes))) for nodes in (query_nodes, key_nodes)]

    def made(dimensions: Iterable[tuple[Sequence[int], Sequence[int]]], method: str) -> Scoring:
        found = []
        for q, k in dimensions:
            query = columns.of_classes(query_nodes, of_queries, np.array(q, dtype=np.float64), names[0])
            key = columns.of_classes(key_nodes, of_keys, np.array(k, dtype=np.float64), names[1])
            found.append(Dimension(query, (key,)))
        return Scoring(tuple(found), needs.calibrated, method)

    parts = digits(matrix) if needs.additive else None
    if parts is not None:
        return [made(part.dimensions, f"digit {at}") for at, part in enumerate(parts, start=1)]
    codes = _codes(columns, compared[0], of_queries.rows, of_keys.rows) if len(compared) == 1 else None
    # A row that selects nothing, or several keys, keeps its score only if it is calibrated.
    calibrated = needs.calibrated or not bool((matrix.sum(axis=1) == 1).all())
    found = [each for each in scores(matrix.tolist(), codes, calibrated=calibrated) if _is_sound(each, matrix)]
    best = min(found, key=_price)
    return [made([(q.values, k.values) for q, k in best.dimensions], best.method)]


def _codes(columns: Columns, select: Select, queries: Codes, keys: Codes) -> tuple[list[int], list[int]] | None:
    """Return the code numbers of the classes of a comparison, if they are integers."""
    numbers = [
        numbers_of(columns.domains[node])[rows[:, 0]] for node, rows in ((select.query, queries), (select.key, keys))
    ]
    whole = [each.astype(np.int64) for each in numbers]
    if not all(np.array_equal(a, b) for a, b in zip(numbers, whole, strict=True)):
        return None
    return whole[0].tolist(), whole[1].tolist()


def _is_sound(found: Scores, matrix: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> bool:
    """Return whether no selected key scores less than a sink below 0 may."""
    return found.calibrated or bool((np.array(found.matrix())[matrix] >= 0).all())


def _price(found: Scores) -> float:
    return found.cost(_WIDTH, lambda column: _PRICES[column.kind])


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
