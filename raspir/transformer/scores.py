"""Selectors as low-rank integer scores: 0 where a query selects a key, at most -1 elsewhere.

A selector is a boolean matrix over classes of queries and of keys. Its scores are a sum over dimensions, each a column
over query classes times a column over key classes, which the caller has to produce in the residual stream; the number
of dimensions is the size of the head's queries and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal, TypeAlias

Matrix: TypeAlias = Sequence[Sequence[bool]]
"""Whether each query class (row) selects each key class (column)."""
Kind: TypeAlias = Literal["constant", "code", "square", "threshold", "indicator", "table"]


@dataclass(frozen=True)
class Column:
    """A function of the class of a query or of a key.

    Attributes:
        values: the value for each class.
        kind: the simplest kind that fits: ``constant``; ``code``, affine in the code; ``square``, quadratic in it;
            ``threshold``, two values with one change in the order of codes; ``indicator``, two values of which one
            belongs to a single code; else ``table``.
    """

    values: tuple[int, ...]
    kind: Kind

    @classmethod
    def of(cls, values: Sequence[int], codes: Sequence[int]) -> Column:
        """Return a column with its kind, given the code of each class."""
        return cls(
            tuple(values), _kind(dict(zip(codes, values, strict=True)), len(set(zip(codes, values, strict=True))))
        )


def _kind(table: dict[int, int], pairs: int) -> Kind:
    results = [table[code] for code in sorted(table)]
    if pairs > len(table):  # no function of the code
        return "table"
    if len(set(results)) == 1:
        return "constant"
    if _is_polynomial(table, 1):
        return "code"
    if _is_polynomial(table, 2):
        return "square"
    if len(set(results)) == 2:
        if sum(a != b for a, b in pairwise(results)) == 1:
            return "threshold"
        if min(results.count(value) for value in set(results)) == 1:
            return "indicator"
    return "table"


def _is_polynomial(table: dict[int, int], degree: int) -> bool:
    if len(table) > degree * len(set(table.values())) > degree:  # it would take a value too often
        return False
    nodes = sorted(table)[: degree + 1]

    def interpolated(x: int) -> Fraction:
        value = Fraction()
        for node in nodes:
            term = Fraction(table[node])
            for other in nodes:
                term = term if other == node else term * Fraction(x - other, node - other)
            value += term
        return value

    return all(interpolated(x) == y for x, y in table.items())


@dataclass(frozen=True)
class Scores:
    """Scores of a selector.

    Attributes:
        dimensions: the column of queries and the column of keys of each dimension.
        shape: the number of query classes and of key classes.
        calibrated: whether selected keys score 0, and all keys of an empty row less; else all selected keys of a row
            score the same, and no row is empty.
        method: how the scores were found, for reports.
    """

    dimensions: tuple[tuple[Column, Column], ...]
    shape: tuple[int, int]
    calibrated: bool
    method: str

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self.dimensions)

    def matrix(self) -> list[list[int]]:
        """Return the score of each key class for each query class."""
        rows, columns = self.shape
        return [
            [sum(q.values[i] * k.values[j] for q, k in self.dimensions) for j in range(columns)] for i in range(rows)
        ]

    def cost(self, width: int, price: Callable[[Column], int]) -> int:
        """Return the parameters of a head with these scores, at least of size 1, and of the columns that it reads.

        Args:
            width: the residual width.
            price: the parameters that a column takes to produce.
        """
        size = max(self.rank, 1)
        columns = {column for dimension in self.dimensions for column in dimension}
        return 4 * width * size + 3 * size + sum(price(column) for column in columns)


@dataclass(frozen=True)
class _Classes:
    """A selector after merging: rows that are equal, and columns that are equal.

    Attributes:
        rows: for each distinct row, the columns that it selects.
        columns: the number of distinct columns.
        row_of: the distinct row of each query class; 0 for one that no query takes.
        column_of: the distinct column of each key class.
    """

    rows: tuple[frozenset[int], ...]
    columns: int
    row_of: tuple[int, ...]
    column_of: tuple[int, ...]


def _merged(selected: Matrix, taken: Sequence[bool]) -> _Classes:
    live = [tuple(map(bool, row)) for row, takes in zip(selected, taken, strict=True) if takes]
    by_column = list(zip(*live, strict=True))
    columns = {column: j for j, column in enumerate(dict.fromkeys(by_column))}
    column_of = tuple(columns[column] for column in by_column)
    sets = [frozenset(column_of[j] for j, is_selected in enumerate(row) if is_selected) for row in selected]
    rows = {each: i for i, each in enumerate(dict.fromkeys(s for s, takes in zip(sets, taken, strict=True) if takes))}
    row_of = tuple(rows[each] if takes else 0 for each, takes in zip(sets, taken, strict=True))
    return _Classes(tuple(rows), len(columns), row_of, column_of)


def _unmerged(classes: _Classes) -> _Classes | None:
    """Return the same selector with equal columns apart, as their codes may be; ``None`` if none are equal."""
    keys = len(classes.column_of)
    if keys == classes.columns:
        return None
    rows = tuple(frozenset(j for j in range(keys) if classes.column_of[j] in row) for row in classes.rows)
    return _Classes(rows, keys, classes.row_of, tuple(range(keys)))


def scores(
    selected: Matrix,
    codes: tuple[Sequence[int], Sequence[int]] | None = None,
    taken: Sequence[bool] | None = None,
    calibrated: bool = True,
) -> list[Scores]:
    """Return scores of a selector by each construction that applies, by ascending rank.

    - A selector of everything has rank 0.
    - If each query selects one class of keys, or two that are neighbours in the order of codes, a parabola
      ``δ² - (a - 2b)²`` has rank 3; without the part that depends on the query alone, 2.
    - Otherwise an indicator of each distinct row that does not select everything, or the same of columns.

    Args:
        selected: the selector.
        codes: the numbers by which the stream has the classes of queries and of keys; their indices if ``None``.
        taken: whether any query is of a class; rows that are not taken are free.
        calibrated: require a score of 0 where selected. Else a query whose row is not empty may add a constant.

    Raises:
        ValueError: the codes of two classes on one side are equal, or there is no class.
    """
    takes = [True] * len(selected) if taken is None else list(taken)
    shape = len(selected), len(selected[0]) if selected else 0
    of_queries, of_keys = codes or (range(shape[0]), range(shape[1]))
    if not any(takes) or not shape[1]:
        raise ValueError("a selector needs a class of queries and one of keys")
    if len(set(of_queries)) < shape[0] or len(set(of_keys)) < shape[1]:
        raise ValueError("codes of different classes must differ")
    classes = _merged(selected, takes)

    def made(method: str, dimensions: Sequence[tuple[Sequence[int], Sequence[int]]], exact: bool = True) -> Scores:
        columns = tuple((Column.of(q, of_queries), Column.of(k, of_keys)) for q, k in dimensions)
        return Scores(columns, shape, exact, method)

    everything = frozenset(range(classes.columns))
    if all(row == everything for row in classes.rows):
        return [made("everything", [])]
    free = not calibrated and all(classes.rows)
    apart = _unmerged(classes)
    found = [
        made("parabola", dimensions, not free)
        for each in ([classes] if apart is None else [classes, apart])
        for numbers in _numberings(each, of_queries, of_keys, takes)
        for dimensions in _parabolas(each, numbers, free, of_queries)
    ]
    found += [made("rows", _by_rows(classes)), made("columns", _by_columns(classes))]
    return sorted(
        found, key=lambda each: (each.rank, sum(q.kind == "table" or k.kind == "table" for q, k in each.dimensions))
    )


_Dimensions: TypeAlias = list[tuple[list[int], list[int]]]


def _by_rows(classes: _Classes) -> _Dimensions:
    return [
        ([int(i == each) for each in classes.row_of], [-int(j not in row) for j in classes.column_of])
        for i, row in enumerate(classes.rows)
        if len(row) < classes.columns
    ]


def _by_columns(classes: _Classes) -> _Dimensions:
    rows = [classes.rows[i] for i in classes.row_of]
    return [
        ([int(j not in row) for row in rows], [-int(j == each) for each in classes.column_of])
        for j in range(classes.columns)
        if not all(j in row for row in classes.rows)
    ]


def _numberings(
    classes: _Classes, of_queries: Sequence[int], of_keys: Sequence[int], takes: Sequence[bool]
) -> Iterator[dict[int, int]]:
    """Yield numbers of the distinct columns for which each row is a point or two neighbours."""
    if any(len(row) > 2 for row in classes.rows):
        return
    candidates = [_path(classes)]
    if len(set(classes.column_of)) == len(classes.column_of):  # the keys' own codes
        candidates.insert(0, dict(zip(classes.column_of, of_keys, strict=True)))
    singles = [(row, code) for row, code in zip((classes.rows[i] for i in classes.row_of), of_queries, strict=True)]
    owners = [(next(iter(row)), code) for (row, code), t in zip(singles, takes, strict=True) if t and len(row) == 1]
    if len(dict(owners)) == len(owners) and all(len(row) <= 1 for row in classes.rows):  # the queries' own codes
        numbers = dict(owners)
        for j in range(classes.columns):
            numbers.setdefault(j, max([*numbers.values(), *of_queries]) + 1)
        candidates.append(numbers)
    for numbers in candidates:
        order = sorted(numbers, key=numbers.__getitem__)
        neighbours = {frozenset(pair) for pair in pairwise(order)}
        if len(order) == classes.columns and all(len(row) < 2 or row in neighbours for row in classes.rows):
            yield numbers


def _path(classes: _Classes) -> dict[int, int]:
    """Return the order of columns in which those that share a row are neighbours, if there is one."""
    near: dict[int, list[int]] = {j: [] for j in range(classes.columns)}
    for row in classes.rows:
        if len(row) == 2:
            a, b = sorted(row)
            near[a].append(b)
            near[b].append(a)
    order: dict[int, int] = {}
    for start in sorted(near, key=lambda j: (len(near[j]) > 1, j)):  # ends of paths first
        at: int | None = start
        while at is not None and at not in order:
            order[at] = len(order)
            at = next((each for each in near[at] if each not in order), None)
    return order


def _parabolas(
    classes: _Classes, numbers: dict[int, int], free: bool, of_queries: Sequence[int]
) -> Iterator[_Dimensions]:
    """Yield ``δ² - (a - 2b)²`` for numbers ``b``, the sum ``a`` of the ends of a row, and their distance ``δ``.

    A row that selects nothing has the query's own code for a number if no key has that, else one beyond all numbers.
    If all rows are points, the square may as well continue in a straight line for numbers beyond those of rows.
    """
    beyond, taken = max(numbers.values()) + 1, set(numbers.values())
    ends = [
        sorted(numbers[j] for j in classes.rows[i]) or [beyond if own in taken else own]
        for i, own in zip(classes.row_of, of_queries, strict=True)
    ]
    sums, constants = [each[0] + each[-1] for each in ends], [(each[0] - each[-1]) ** 2 for each in ends]
    keys, scale = [numbers[j] for j in classes.column_of], 2
    if not any(constants):  # all even
        sums, scale = [a // 2 for a in sums], 1
    squares = [[(scale * b) ** 2 for b in keys]]
    if scale == 1:
        squares.append([_square(b, min(sums), max(sums)) for b in keys])
    for each in squares if squares[0] != squares[-1] else squares[:1]:
        dimensions = [([2 * scale * a for a in sums], keys), ([1] * len(sums), [-square for square in each])]
        if not free:
            dimensions.append(([c - a * a for a, c in zip(sums, constants, strict=True)], [1] * len(keys)))
        yield dimensions


def _square(number: int, low: int, high: int) -> int:
    """Return the square of a number from ``low`` to ``high``, and a tangent's value plus the distance beyond them."""
    near = min(max(number, low), high)
    return near * near + 2 * near * (number - near) + abs(number - near)
