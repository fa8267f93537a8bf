"""Selectors as score dimensions over columns: sums over conjuncts, each by the cheapest construction for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Node, build
from raspir.ir.causal import is_mask, unmasked
from raspir.ir.layers import comparisons, selector_parts
from raspir.ir.views import Aggregate, Indices, Input, Select
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Classes, Column, Columns, constant, separated
from raspir.transformer.digits import digits
from raspir.transformer.grids import combinations
from raspir.transformer.numbering import Codes
from raspir.transformer.piecewise import count_kinks
from raspir.transformer.scores import Column as ScoreColumn
from raspir.transformer.scores import Scores, scores

_ENTRIES = 1 << 20  # most pairs of classes of queries and keys
_MIXED = 300  # price of a column that no sum of functions of one value each is
_PARTS = 8  # most parts of a disjunction
_PAIRS = 4  # most heads of neighbors
_WIDTH = 8  # the residual width that is assumed to price dimensions
_PRICES = {"constant": 0, "code": 0, "square": 12, "threshold": 20, "indicator": 40, "table": 60}


Matrix = NDArray[np.bool_]
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
        is_own: whether the query's own position alone is selected, for which no head is needed.
    """

    dimensions: tuple[Dimension, ...]
    calibrated: bool
    method: str
    is_own: bool = False


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
    found = [_conjoined(columns, selector, causal, needs, subject)]
    if needs.additive:
        found += _windows(columns, selector, causal)
        parts = list(islice(_disjoint(columns, selector), _PARTS + 1))
        if 1 < len(parts) <= _PARTS:
            found.append([head for part in parts for head in _conjoined(columns, part, causal, needs, subject)])
    return min(found, key=_cost)


def _conjoined(columns: Columns, selector: Node, causal: bool, needs: Needs, subject: Subject) -> list[Scoring]:
    """Return the scores of a selector from those of its conjuncts."""
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


def _disjoint(columns: Columns, selector: Node) -> Iterator[Node]:
    """Yield selectors that exclude each other and make up another: parts of disjunctions among its conjuncts."""
    parts = list(_conjuncts(selector))
    at = next((at for at, part in enumerate(parts) if part.operation.name == "selector.or"), None)
    if at is None:
        yield selector
        return
    first, second = parts[at].operands
    rest = [*parts[:at], *parts[at + 1 :]]
    yield from _disjoint(columns, _all_of([*rest, first]))
    if not _exclude(columns, first, second):
        rest.append(build("selector.not", first))
    yield from _disjoint(columns, _all_of([*rest, second]))


def _all_of(selectors: Sequence[Node]) -> Node:
    whole = selectors[0]
    for selector in selectors[1:]:
        whole = build("selector.and", whole, selector)
    return whole


def _exclude(columns: Columns, first: Node, second: Node) -> bool:
    """Return whether two selectors are known to exclude each other."""
    both = build("selector.and", first, second)
    compared = comparisons(both)
    try:
        queries = _classes(columns, [each.query for each in compared])
        keys = _classes(columns, [each.key for each in compared])
        if len(queries.rows) * len(keys.rows) > _ENTRIES:
            return False
        return not _matrix(columns, both, compared, queries.rows, keys.rows).any()
    except UnscorableError:
        return False


def _cost(heads: Sequence[Scoring]) -> float:
    """Return an estimate of the parameters of heads and of what they read."""
    read = {column.key: column for head in heads for d in head.dimensions for column in (d.query, *d.keys)}
    width = _WIDTH + sum(bool(column.roots) for column in read.values()) // 2
    sizes = sum(1 + sum(bool(d.query.roots) for d in head.dimensions) for head in heads if not head.is_own)
    mixed = sum(len(column.roots) > 1 and separated(column) is None for column in read.values())
    return (
        (4 * width + 3) * sizes
        + sum(column.values.size + 4 for column in read.values() if column.roots) / 2
        + _MIXED * mixed
    )


def _windows(columns: Columns, selector: Node, causal: bool) -> Iterator[list[Scoring]]:
    """Yield heads of neighbors for a selector between positions, with and without a query's own position."""
    compared = comparisons(selector)
    of_queries = _classes(columns, [each.query for each in compared])
    of_keys = _classes(columns, [each.key for each in compared])
    if not all(isinstance(root, Indices) for root in (*of_queries.roots, *of_keys.roots)):
        return
    matrix = _matrix(columns, selector, compared, of_queries.rows, of_keys.rows)
    positions = build("indices")
    length = columns.size(positions)
    q, k = (np.broadcast_to(each.numbers, (length,)) for each in (of_queries, of_keys))
    selected = matrix[q[:, None], k[None, :]]
    if causal:  # attention leaves out what the mask does
        selected = np.tril(selected)
    own = bool(np.diagonal(selected).all())
    rest = selected & ~np.eye(length, dtype=bool) if own else selected
    pairs = list(_pairs(rest))
    if len(pairs) > _PAIRS:
        return
    everywhere = np.arange(length)
    classes = Classes((positions,), everywhere[:, None], everywhere)

    def column(values: Sequence[int]) -> Column:
        return columns.of_classes([positions], classes, np.array(values, dtype=np.float64), "position")

    found = []
    for pair in pairs:
        dimensions = _neighbors(pair)
        made = tuple(Dimension(column(of_q), (column(of_k),)) for of_q, of_k in dimensions)
        found.append(Scoring(made, True, "neighbors"))
    if found:
        yield [*found, *([Scoring((), True, "own position", is_own=True)] if own else [])]


def _pairs(selected: Matrix) -> Iterator[Matrix]:
    """Yield selectors of at most two neighbors each that make up another: the last two of each row, and so on."""
    while selected.any():
        pair = np.zeros_like(selected)
        for row, chosen in zip(pair, selected, strict=True):
            keys = np.flatnonzero(chosen)[-2:]
            row[keys if len(keys) < 2 or keys[1] == keys[0] + 1 else keys[-1:]] = True
        yield pair
        selected = selected & ~pair


def _neighbors(selected: Matrix) -> list[tuple[list[int], list[int]]]:
    """Return dimensions of ``1 - (2q - 2k)^2`` for the middle ``q`` of two neighbors, and ``-(2q - 2k)^2`` for one.

    The middle moves on by one from row to row where it can, so that it is affine in the position.
    """
    rows = [np.flatnonzero(row).tolist() for row in selected]
    count, pairs = selected.shape[1], max(map(len, rows)) == 2
    widest = next(at for at, row in enumerate(rows) if len(row) == 1 + pairs)
    offset = sum(rows[widest]) - (1 + pairs) * widest if pairs else 2 * (rows[widest][0] - widest)
    ends, shifts = list[int](), list[int]()
    for at, row in enumerate(rows):
        natural = 2 * at + offset
        if _selected(natural, count, pairs) != row:
            natural = row[0] + row[-1] if row else -4
        ends.append(natural)
        shifts.append(int(pairs and natural % 2 == 1))
    keys = list(range(count))
    return [
        ([4 * end for end in ends], keys),
        ([1] * len(ends), [-4 * k * k for k in keys]),
        ([shift - end * end for shift, end in zip(shifts, ends, strict=True)], [1] * count),
    ]


def _selected(end: int, count: int, pairs: bool) -> list[int]:
    """Return the keys that score 0 for twice the middle of a row."""
    return [k for k in range(count) if abs(end - 2 * k) <= pairs]


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
    sides = [
        None if codes is None or _is_embedded(each) else numbers
        for each, numbers in zip((of_queries, of_keys), codes or ((), ()), strict=True)
    ]
    best = min(found, key=lambda each: _price(each, *sides))
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


def _is_sound(found: Scores, matrix: Matrix) -> bool:
    """Return whether no selected key scores less than a sink below 0 may."""
    return found.calibrated or bool((np.array(found.matrix())[matrix] >= 0).all())


def _is_embedded(classes: Classes) -> bool:
    return all(isinstance(root, Input | Indices) for root in classes.roots)


def _price(found: Scores, queries: Sequence[int] | None, keys: Sequence[int] | None) -> float:
    """Return an estimate of the parameters that scores take.

    Args:
        found: the scores.
        queries: the code of each query class, where its functions are computed from it by hidden units.
        keys: the same for keys.
    """

    def priced(column: ScoreColumn, codes: Sequence[int] | None) -> float:
        kinks = None if codes is None else count_kinks(sorted(zip(codes, column.values, strict=True)))
        return _PRICES[column.kind] if kinks is None else kinks * (2 * _WIDTH + 1)

    columns = {(q, False) for q, _ in found.dimensions} | {(k, True) for _, k in found.dimensions}
    return found.cost(_WIDTH, lambda column: 0) + sum(
        priced(column, keys if of_keys else queries) for column, of_keys in columns
    )


def _classes(columns: Columns, nodes: Sequence[Node]) -> Classes:
    """Return the distinct combinations of the atoms of values."""
    joint = columns.domains.joint(nodes)
    if joint is None:
        raise UnscorableError("values that depend on too many others")
    return Classes(joint.roots, *combinations(joint.columns))


def _matrix(columns: Columns, selector: Node, compared: Sequence[Select], queries: Codes, keys: Codes) -> Matrix:
    entries: dict[Node, Matrix] = {}
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
