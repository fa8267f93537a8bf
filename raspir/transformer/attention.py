"""Attention heads: from an aggregate to its queries, keys, values and sink, with a bound on the error of the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, exp, inf, log2, sqrt
from typing import Literal

import numpy as np

from raspir.analysis import Analysis
from raspir.ir import Atom, Graph, Node, build
from raspir.ir.atoms import atom_key, show
from raspir.ir.layers import attention_of
from raspir.ir.views import Aggregate, Best, Sum
from raspir.transformer.affine import Affine
from raspir.transformer.atomsets import Atoms
from raspir.transformer.codebook import Numbers, is_countable, numbers_of, ranks_of
from raspir.transformer.columns import Column, Columns, Values, constant
from raspir.transformer.placing import Placer, Scalar
from raspir.transformer.score_errors import Part, score_error
from raspir.transformer.selectors import Dimension, Needs, UnscorableError, joined, scoring
from raspir.transformer.softmax import leak, mean_error, rounding_unit, sum_head
from raspir.transformer.stream import Direction, Placed, Slot, Stream

GAP = 40.0
"""The least difference between the scores of selected keys and of others, after the division."""

_RELAXED = 3 / 8  # most error of a score, in steps, that functions of inexact values may pass on where one is selected

Pooling = Literal["sum", "mean"]


@dataclass(eq=False)
class Value:
    """One value of a head.

    Attributes:
        aggregate: the aggregate.
        placed: what is read, less the default.
        direction: where it is written.
    """

    aggregate: Aggregate
    placed: Placed
    direction: Direction


@dataclass(eq=False)
class HeadPlan:
    """A head.

    Attributes:
        layer: its attention layer, from 1.
        pooling: whether BOS takes nearly all attention, so that values add up.
        queries: the form of each query dimension, without the factor; the first is 1.
        keys: the form of each key dimension.
        factor: what queries are multiplied by, so that scores differ by :data:`GAP` after the division, or more.
        most: the largest size that the head may get.
        sink: the score of BOS: after the division if values add up, else as a key, in steps of scores.
        scale: what values are multiplied by.
        method: how scores were found, for reports.
        selector: what it attends to, with other heads if several add up to it.
        dimensions: the columns of queries and keys.
        counts: the most positions that are selected.
        off: a bound on the error of scores, in their steps.
        values: the values.
        attends_to_itself: whether BOS must attend to itself alone, as other heads read there what it yields.
        adds_own: whether the value at the query's own position has to be added.
    """

    layer: int
    pooling: Pooling
    queries: list[Placed]
    keys: list[Placed]
    factor: float
    most: int
    sink: float
    scale: float
    method: str
    selector: Node
    dimensions: list[Dimension]
    counts: int
    off: float = 0.0
    values: list[Value] = field(default_factory=list)
    attends_to_itself: bool = False
    adds_own: bool = False

    @property
    def steps(self) -> tuple[float, float]:
        """Bounds of the least difference of scores after the division, which depends on the size."""
        return self.factor / sqrt(self.most), self.factor / sqrt(len(self.dimensions))

    def key_of_bos(self, size: int) -> float:
        """Return the number that BOS has for its key in the constant dimension of a head of a size."""
        return self.sink * sqrt(size) / self.factor if self.pooling == "sum" else self.sink


@dataclass(frozen=True)
class _Design:
    """What determines the heads of an aggregate.

    Attributes:
        pooling: whether values add up.
        counts: the most keys that are selected.
        accuracy: the least difference of results, relative to the largest.
    """

    pooling: Pooling
    counts: int
    accuracy: float

    @property
    def single(self) -> bool:
        """Whether at most one key is selected, so that scores of selected keys may differ."""
        return self.counts <= 1

    def tolerance(self, step: float, size: int) -> float:
        """Return the largest error of a product of a query and a key, in scores whose least difference is 1.

        Args:
            step: the least difference of scores after the division.
            size: the number of dimensions.
        """
        return 1 / (32 * size) if self.single else self.accuracy / (16 * step * size)


class Attention:
    """Makes heads for aggregates, one for all that share queries, keys and pooling.

    Args:
        graph: the program.
        columns: the columns of its values.
        stream: the directions so far.
        facts: the analysis of the program.
        length: the maximum length.
    """

    def __init__(self, graph: Graph, columns: Columns, stream: Stream, facts: Analysis, length: int) -> None:
        self.plans: list[HeadPlan] = []
        self.placer = Placer(graph, columns, stream, self.scalar)
        self._graph = graph
        self._columns = columns
        self._stream = stream
        self._facts = facts
        self._length = length
        self._values_of = Counter(attention_of(node) for node in graph if isinstance(node, Aggregate))
        self._by_attention: dict[tuple[object, ...], list[HeadPlan]] = {}

    def scalar(self, aggregate: Aggregate) -> Scalar:
        """Return an aggregate by its code number, for which it makes a head, or adds a value to one."""
        atoms = self._columns.domains[aggregate]
        counts = 1 if isinstance(aggregate, Best) else self._columns.domains.most_selected(aggregate)
        single = counts <= 1
        numbers = numbers_of(atoms, distinct=single)
        pooling: Pooling = "sum" if isinstance(aggregate, Sum) and not single else "mean"
        if not single:
            self._require_numbers(aggregate)
        value = self._value(aggregate, atoms, numbers)
        gap = float(np.diff(np.unique(numbers)).min(initial=1.0))
        total = value.magnitude * (counts if pooling == "sum" else 1)
        plans = self._plans_of(aggregate, _Design(pooling, counts, gap / max(total, gap)), value)
        return Scalar(numbers, self._added(plans, aggregate, value, numbers), plans[0].layer)

    def _require_numbers(self, aggregate: Aggregate) -> None:
        """Refuse values that no floats can add up."""
        held = self._columns.domains[aggregate.value]
        for atom in held if isinstance(held, tuple) else ():
            if isinstance(atom, int | float) and not is_countable(atom):
                self.placer.refuse(
                    aggregate,
                    f"`{self.placer.subject(aggregate)}` adds up values such as {show(atom)}, which no weights can",
                )

    def _may_be_empty(self, aggregate: Aggregate) -> bool:
        return not self._facts.selects_some(aggregate.selector)

    def _value(self, aggregate: Aggregate, atoms: Atoms, numbers: Numbers) -> Column:
        """Return the number of the value at each key, less that of the default."""
        known = dict(zip(map(atom_key, _listed(atoms)), numbers.tolist(), strict=True))
        offset = self._offset(aggregate, known)
        held = self._columns.domains[aggregate.value]
        own = numbers_of(held, distinct=False)
        table = np.array(
            [
                known.get(atom_key(atom), number if _is_number(atom) else np.nan) - offset
                for atom, number in zip(_listed(held), own.tolist(), strict=True)
            ]
        )
        return self._columns.of(aggregate.value, table, self.placer.subject(aggregate.value))

    def _offset(self, aggregate: Aggregate, known: dict[tuple[object, ...], float]) -> float:
        """Return the number of the default, which BOS stands for where nothing is selected."""
        if not self._may_be_empty(aggregate):
            return 0.0
        return known.get(atom_key(aggregate.default), 0.0)

    def _plans_of(self, aggregate: Aggregate, design: _Design, value: Column) -> list[HeadPlan]:
        """Return the heads whose results add up to an aggregate."""
        key = (attention_of(aggregate), design.pooling, design.counts, self._may_be_empty(aggregate))
        after = self.placer.level(value) + 1
        known = self._by_attention.get(key)
        if known is None or known[0].layer < after:  # the value is known too late for these heads
            known = self._by_attention[key] = self._designed(aggregate, design, after)
            self.plans += known
        return known

    # Scores

    def _designed(self, aggregate: Aggregate, design: _Design, after: int) -> list[HeadPlan]:
        calibrated = self._may_be_empty(aggregate) or not design.single or isinstance(aggregate, Best)
        needs = Needs(calibrated, design.pooling == "sum")
        try:
            found = scoring(self._columns, aggregate, self._graph.causal, needs, self.placer.subject)
        except UnscorableError as error:
            self.placer.refuse(
                aggregate,
                f"the selector of `{self.placer.subject(aggregate)}` has too many pairs to score ({error}): a smaller "
                "vocabulary or maximum length would help",
            )
        adds_own = any(each.is_own for each in found)
        found = [each for each in found if not each.is_own]
        heads, span = [joined(each.dimensions) for each in found], 0.0
        if isinstance(aggregate, Best):
            ordered, span = self._with_order(aggregate, found[0].dimensions)
            heads = [joined(ordered)]
        columns = [column for dimensions in heads for d in dimensions for column in (d.query, *d.keys)]
        layer = max([after, *(self.placer.level(column) + 1 for column in columns)])
        plans = [
            self._head(aggregate, design, layer, dimensions, each.method, span)
            for dimensions, each in zip(heads, found, strict=True)
        ]
        plans[0].adds_own = adds_own
        return plans

    def _head(
        self, aggregate: Aggregate, design: _Design, layer: int, dimensions: list[Dimension], method: str, span: float
    ) -> HeadPlan:
        size = len(dimensions)
        most = max(size, self._values_of[attention_of(aggregate)]) + 1
        factor = 2.0 ** ceil(log2(GAP * sqrt(most)))
        share, before = design.tolerance(factor / sqrt(size), size), (layer, -1)
        relaxed = self._are_relaxed(dimensions, before, share, design.single, relative=span == 0)

        def placed(column: Column, magnitude: float) -> Placed:
            if relaxed and self.placer.foreseen(column, before) is not None:
                return self.placer.place(column, before, inf)
            return self.placer.close(column, before, share / max(magnitude, 1.0))

        queries, keys = list[Placed](), list[list[Placed]]()
        for d in dimensions:
            queries.append(placed(d.query, d.magnitude))
            keys.append([placed(key, d.query.magnitude * max(len(d.keys), 1)) for key in d.keys])
        plan = HeadPlan(
            layer, design.pooling, queries, [self._stream.total(each) for each in keys], factor, most, 0.0, 1.0, method,
            aggregate.selector, dimensions, max(design.counts, 1),
        )  # fmt: skip
        plan.off = self._score_error(plan, keys, relative=span == 0)
        if design.single and 1 / 16 < plan.off < 0.5:  # only one score matters: it may be as far from others as need be
            plan.factor *= 2.0 ** ceil(log2(0.5 / (0.5 - plan.off)))
        if plan.pooling == "sum":
            calibrated = sum_head(self._length + 1, 1.0, plan.counts, self._leak(plan), self._stream.bits)
            plan.sink, plan.scale = calibrated.sink, calibrated.scale
        else:
            plan.sink = -(span + 0.5)
        return plan

    def _with_order(self, aggregate: Best, dimensions: Sequence[Dimension]) -> tuple[list[Dimension], float]:
        """Return dimensions in which the best position scores most, and the span of these scores."""
        domain = self._columns.domains[aggregate.score]
        ranks = ranks_of(_listed(domain))
        if aggregate.pick == "lowest":
            ranks = ranks.max() - ranks
        places = np.arange(self._length, dtype=np.float64)
        if aggregate.ties == "left":
            places = places.max() - places
        order = self._columns.of(aggregate.score, ranks * self._length, self.placer.subject(aggregate.score))
        side = self._columns.of(build("indices"), places, "position")
        span = float(ranks.max() * self._length + self._length - 1)
        low = span + 1  # all selected keys score at most 0, and more than -low
        wide = [d.scaled(low + 1) for d in dimensions]
        return [*wide, Dimension(constant(1), (order, side.mapped(lambda values: values - low + 1)))], low

    def _are_relaxed(
        self, dimensions: Sequence[Dimension], before: Slot, share: float, single: bool, relative: bool
    ) -> bool:
        """Return whether functions of one inexact value may pass its error on, as these cancel each other."""
        queries, keys = list[Part](), list[Part]()
        for at, d in enumerate(dimensions):
            for parts, columns, other in ((queries, (d.query,), d.magnitude), (keys, d.keys, d.query.magnitude)):
                for column in columns:
                    error = share / max(other, 1.0) / len(columns) if self.placer.level(column) else 0.0
                    parts.append(Part(at, column, error, self.placer.foreseen(column, before)))
        most = _RELAXED if single else 2 * len(dimensions) * share
        return self._off(dimensions, queries, keys, relative) <= most

    @staticmethod
    def _off(dimensions: Sequence[Dimension], queries: Sequence[Part], keys: Sequence[Part], relative: bool) -> float:
        """Return a bound on the error of scores, in their steps, that comes from those of queries and of keys."""
        of_queries = score_error(queries, [d.keys for d in dimensions], False, relative)
        of_keys = score_error(keys, [[d.query] for d in dimensions], True, relative)
        both = sum(q.error * k.error for q in queries for k in keys if q.dimension == k.dimension)
        return of_queries + of_keys + both

    def _score_error(self, plan: HeadPlan, placed: Sequence[Sequence[Placed]], relative: bool) -> float:
        """Return a bound on the error of a score, in steps of scores.

        Args:
            plan: the head.
            placed: the summands of the key of each dimension.
            relative: count errors of pairs relative to the gap, if that is larger than 1.
        """

        def parts(sides: Sequence[tuple[Sequence[Column], Sequence[Placed]]]) -> list[Part]:
            return [
                Part(at, column, each.error, each.carried)
                for at, (columns, found) in enumerate(sides)
                for column, each in zip(columns, found, strict=True)
            ]

        queries = parts([((d.query,), (q,)) for d, q in zip(plan.dimensions, plan.queries, strict=True)])
        keys = parts([(d.keys, found) for d, found in zip(plan.dimensions, placed, strict=True)])
        total, unit = self._off(plan.dimensions, queries, keys, relative), rounding_unit(self._stream.bits)
        for d, q, k in zip(plan.dimensions, plan.queries, plan.keys, strict=True):
            most = d.query.magnitude * d.magnitude
            if not _exact(d, q, k) or most * len(plan.dimensions) > 2.0**self._stream.bits:
                total += (len(plan.dimensions) + 2) * unit * most
        return total

    def _leak(self, plan: HeadPlan) -> float:
        return leak(self._length + 1, plan.steps[0] * (1 - 2 * plan.off), self._stream.bits)

    # Values

    def _added(self, plans: Sequence[HeadPlan], aggregate: Aggregate, value: Column, numbers: Numbers) -> Placed:
        """Add a value to heads that exclude each other, which write it to one direction."""
        ready: Slot = (plans[0].layer, -1)
        gap = float(np.diff(np.unique(numbers)).min(initial=1.0))
        placed = self.placer.close(value, ready, gap / (64 * max(plans[0].counts, 1)))
        atoms = _listed(self._columns.domains[aggregate])
        offset = self._offset(aggregate, dict(zip(map(atom_key, atoms), numbers.tolist(), strict=True)))
        error = sum(self._error(plan, value.magnitude, placed.error) for plan in plans)
        own = value.magnitude if plans[0].adds_own else 0.0
        low, high = float(numbers.min(initial=0.0)) - offset - own, float(numbers.max(initial=0.0)) - offset + own
        reach = value.magnitude * (self._length * len(plans) if plans[0].pooling == "sum" else 1)
        direction = self._stream.add(
            Direction(
                "head", self.placer.subject(aggregate), min(low, 0.0), max(high, 0.0), error, ready,
                root=aggregate, at_bos=(0.0, 0.0) if self._graph.causal else (-reach, reach),
            )
        )  # fmt: skip
        for plan in plans:
            plan.values.append(Value(aggregate, placed, direction))
        result = Placed(Affine.of(direction) + offset, error + self._stream.stored(offset), ready)
        return self._stream.total([result, placed]) if plans[0].adds_own else result

    def _error(self, plan: HeadPlan, extent: float, of_value: float) -> float:
        """Return a bound on the error of a value of a head."""
        bits, count = self._stream.bits, plan.counts
        spread = exp(min(2 * plan.off * plan.steps[1], 20.0)) - 1 if count > 1 or plan.pooling == "sum" else 0.0
        leaked = self._leak(plan)
        if plan.pooling == "sum":
            found = sum_head(self._length + 1, extent, count, leaked, bits)
            return found.error + count * (of_value + spread * extent)
        sink = leak(self._length + 2, plan.steps[0] * (0.5 - plan.off), bits)
        unit = rounding_unit(bits)
        base = mean_error(count, extent, leaked, bits, self._length + 1)
        return base + of_value + spread * extent + 2 * sink * extent + 4 * unit * extent


def _exact(d: Dimension, q: Placed, k: Placed) -> bool:
    return q.error == 0 and k.error == 0 and all(_is_whole(each.values) for each in (d.query, *d.keys))


def _is_whole(values: Values) -> bool:
    known = values[~np.isnan(values)]
    return bool((known == np.floor(known)).all())


def _is_number(atom: Atom) -> bool:
    return isinstance(atom, int | float)


def _listed(atoms: Atoms) -> Sequence[Atom]:
    return atoms if isinstance(atoms, tuple) else tuple(atoms)
