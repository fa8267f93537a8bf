"""Placing columns: which directions of the residual stream a number is an affine form of, and what computes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from raspir.ir import Graph, Node, build
from raspir.ir.atoms import show
from raspir.ir.text.describe import Describer
from raspir.ir.views import Aggregate, Indices, Input, Raw
from raspir.transformer.affine import Affine
from raspir.transformer.carrying import carried_by
from raspir.transformer.codebook import Numbers, numbers_of
from raspir.transformer.columns import Column, Columns, Values, separated
from raspir.transformer.confusion import confused
from raspir.transformer.errors import TransformerError
from raspir.transformer.grids import Root, nodes_of
from raspir.transformer.hints import hints_of
from raspir.transformer.problems import Problem, Rows, piece_of, rows_of, substituted
from raspir.transformer.relu import Units
from raspir.transformer.score_errors import Carried
from raspir.transformer.splitting import of_operands, split
from raspir.transformer.stream import FLAG, Direction, Placed, Slot, Stream
from raspir.transformer.summing import parts_of, summands
from raspir.transformer.synthesis import Synthesized, synthesized
from raspir.transformer.tables import Hint, Symbol, Table, error_of

END: Slot = (1 << 30, 0)
"""After all blocks."""
_UNITS = 2_000  # units of a function from which a block of an MLP alone is considered
_LEAST = 2.0**-20  # error that is wanted of what units read
_RELAXED = (1, 16, 256, 4096, 65536)  # factors of a tolerance that is wanted rather than needed
_BLOCK_PRICE = 10_000.0  # of an early column that needs one


@dataclass(frozen=True, eq=False)
class Scalar:
    """A value that the stream holds by its code number.

    Attributes:
        numbers: the code number of each of its atoms.
        placed: where it is.
        layer: the attention layer after which it is known.
    """

    numbers: Numbers
    placed: Placed
    layer: int


class Placer:
    """Places columns in the residual stream, each once.

    Args:
        graph: the program.
        columns: the columns of its values.
        stream: the directions so far.
        head: returns an aggregate as a scalar, for which it makes a head.
    """

    def __init__(self, graph: Graph, columns: Columns, stream: Stream, head: Callable[[Aggregate], Scalar]) -> None:
        self.columns = columns
        self.stream = stream
        self.methods: dict[Direction, str] = {}
        self.held: list[tuple[Column, Placed]] = []
        self._graph = graph
        self._head = head
        self._describer = Describer(graph)
        self._placed: dict[tuple[object, ...], list[Placed]] = {}
        self._scalars: dict[Node, Scalar] = {}
        self._found: dict[tuple[object, ...], tuple[Synthesized, Problem] | None] = {}

    def column(self, node: Node, table: Values | None = None, what: str = "") -> Column:
        """Return a function of ``node``, by default its code number."""
        numbers = numbers_of(self.columns.domains[node]) if table is None else table
        return self.columns.of(node, numbers, what or self.subject(node))

    def subject(self, node: Node) -> str:
        """Return ``node`` in the words of the program's author."""
        return self._describer.subject(node)

    def level(self, column: Column) -> int:
        """Return the attention layer after which a column can be computed."""
        return max((self._layer(node) for root in column.roots for node in nodes_of(root)), default=0)

    def _layer(self, node: Node) -> int:
        return 0 if isinstance(node, Input | Indices | Raw) else self.scalar(node).layer

    def place(self, column: Column, before: Slot, tolerance: float) -> Placed:
        """Return a column as a form whose error is at most ``tolerance``, ready before an MLP or an attention layer.

        Raises:
            TransformerError: if the error cannot be kept below ``tolerance``, or a value has too many atoms.
        """
        column = self.columns.reduced(self._by_position(column))
        if not column.roots:
            value = column.bounds[0]
            return self.stream.placed(Affine(constant=value))
        for placed in self._placed.get(column.key, ()):
            if placed.ready < before and placed.error <= tolerance:
                return placed
        placed = self._embedded(column) or self._computed(column, before, tolerance)
        self._placed.setdefault(column.key, []).append(placed)
        self.held.append((column, placed))
        return placed

    def close(self, column: Column, before: Slot, tolerance: float) -> Placed:
        """Return a column as :meth:`place` does, to within ``tolerance`` if that is possible, else less exactly."""
        for factor in _RELAXED:
            try:
                return self.place(column, before, factor * tolerance)
            except TransformerError:
                continue
        return self.place(column, before, tolerance)

    def foreseen(self, column: Column, before: Slot) -> Carried | None:
        """Return the function of inexact values that :meth:`place` makes where any error will do, if it is one."""
        column = self.columns.reduced(self._by_position(column))
        for placed in self._placed.get(column.key, ()):
            if placed.ready < before:
                return placed.carried
        layer = self.level(column)
        if not layer or summands(self.columns, column) is not None:
            return None
        best = self._synthesized(column, layer, np.inf)
        parts = None if _is_affordable(best) else split(self.columns, column)
        if parts is not None:
            return self.foreseen(parts, before)
        return None if best is None else carried_by(column, *best, self.stream.bits)

    def scalar(self, node: Node) -> Scalar:
        """Return an aggregate, or an elementwise value of too many combinations, by its code number."""
        if node not in self._scalars:
            scalar = self._head(node) if isinstance(node, Aggregate) else self._cut(node)
            self._scalars[node] = scalar
            self.held.append((Column((node,), scalar.numbers, self.subject(node), node), scalar.placed))
        return self._scalars[node]

    def refuse(self, node: Node | None, what: str) -> NoReturn:
        """Refuse the program because of a value."""
        place = None if node is None else self._graph.place(node)
        raise TransformerError(what, place)

    def _by_position(self, column: Column) -> Column:
        """Return a column with positions in place of fixed sequences among its roots."""
        for axis, root in enumerate(column.roots):
            if isinstance(root, Raw):
                codes = self.columns.domains.grid(root).codes
                values = np.take(column.values, codes, axis=axis)
                roots = (*column.roots[:axis], build("indices"), *column.roots[axis + 1 :])
                column = Column(roots, values, column.what, column.node)
        return column

    # Embeddings

    def _embedded(self, column: Column) -> Placed | None:
        """Return a sum of functions of one embedded value each."""
        if not all(isinstance(root, Input | Indices) for root in column.roots):
            return None
        parts = separated(column)
        if parts is None:
            return None
        form = Affine()
        for root, values in zip(column.roots, parts, strict=True):
            assert isinstance(root, Node)
            if np.nanmin(values) == np.nanmax(values):
                form = form + float(np.nanmin(values))
            else:
                form = form + self.stream.embedded(root, values, column.what)
        return self.stream.placed(form)

    # Hidden layers

    def price(self, column: Column, tolerance: float, most: float = float("inf")) -> float:
        """Return an estimate of the parameters that placing a column takes; infinity if not less than ``most``."""
        column = self.columns.reduced(self._by_position(column))
        if not column.roots or column.key in self._placed:
            return 0.0
        if all(isinstance(root, Input | Indices) for root in column.roots) and separated(column) is not None:
            return self._price(column, 1)
        found = self._synthesized(column, self.level(column) or 1, tolerance, most)
        return float("inf") if found is None else found[0].cost

    def _computed(self, column: Column, before: Slot, tolerance: float) -> Placed:
        layer = self.level(column)
        if layer == 0:
            layer = 1 if before > (1, 0) else 0
        parts = summands(self.columns, column)
        if parts is not None:
            return self._sum(parts, before, tolerance)
        best = self._synthesized(column, layer, tolerance)
        before_it = None if _is_affordable(best) else split(self.columns, column)
        if before_it is not None:
            return self.place(before_it, before, tolerance)
        if best is None:
            self._too_inexact(column, tolerance)
        return self._written(column, *best, layer, tolerance)

    def _synthesized(
        self, column: Column, layer: int, tolerance: float, most: float = float("inf")
    ) -> tuple[Synthesized, Problem] | None:
        """Return the cheapest units for a column."""
        key = (column.key, layer, tolerance, most)
        if key not in self._found:
            rows = rows_of(column)
            now = [root for root in column.roots if self._is_now(root, layer)]
            best: tuple[Synthesized, Problem] | None = None
            for problem in self._problems(column, rows, now, layer):
                found = synthesized(problem.table, tolerance, most)
                if found is not None and (best is None or found.cost < best[0].cost):
                    best = found, problem
            self._found[key] = best
        return self._found[key]

    def _is_now(self, root: Root, layer: int) -> bool:
        return layer > 0 and any(self._layer(node) == layer for node in nodes_of(root))

    def _too_inexact(self, column: Column, tolerance: float) -> NoReturn:
        nodes = [node for root in column.roots for node in nodes_of(root)]
        node = column.node if column.node is not None else nodes[0]
        same = confused(column, lambda each: self.scalar(each).numbers if self._layer(each) else self._any(each))
        if same is not None:
            root, *codes = same
            pair = " and ".join(show(self.columns.domains[root][code]) for code in codes)
            self.refuse(
                node,
                f"`{column.what}` depends on which of {pair} `{self.subject(root)}` is, for which one number stands: "
                "atoms of one type, or floats further apart, would help",
            )
        held = [
            f"`{self.subject(each)}` by up to {self.scalar(each).placed.error:.2g}"
            for each in nodes[:3]
            if self._layer(each)
        ]
        self.refuse(
            node,
            f"`{column.what}` cannot be computed to within {tolerance:.2g}, as {', '.join(held) or 'floats'} may be "
            "off: dtype='float64', a smaller maximum length or a smaller vocabulary would help",
        )

    def _any(self, node: Node) -> Numbers:
        return np.arange(self.columns.size(node), dtype=np.float64)

    def _problems(self, column: Column, rows: Rows, now: list[Root], layer: int) -> Iterator[Problem]:
        """Yield the function as tables for synthesis, with different parts of it early."""
        early = [root for root in column.roots if root not in now]
        embedded = [root for root in early if isinstance(root, Input | Indices)]
        hints = tuple(hints_of(self.columns, column, rows))
        if layer > 1 or (layer == 1 and len(early) <= 1) or (layer == 1 and now):
            yield self._problem(column, rows, now, early, {}, hints, layer)
        if embedded and (layer <= 1 or len(early) > 1):
            rest = [root for root in early if root not in embedded]
            for natural in (True, False):
                pieces: dict[Root, Values] = {root: piece_of(self.columns, column, root, natural) for root in embedded}
                yield self._problem(column, rows, now, rest, pieces, hints, layer)

    def _problem(
        self,
        column: Column,
        rows: Rows,
        now: list[Root],
        early: list[Root],
        pieces: dict[Root, Values],
        hints: tuple[Hint, ...],
        layer: int,
    ) -> Problem:
        symbols: dict[Symbol, Placed] = {}
        nodes: dict[Symbol, Node] = {}
        for root in now:
            for node in nodes_of(root):
                numbers, placed = self.scalar(node).numbers, self.scalar(node).placed
                codes = rows.codes[root] if isinstance(root, Node) else root.columns[node][rows.codes[root]]
                symbol = Symbol(numbers[codes], placed.error)
                symbols[symbol], nodes[symbol] = placed, node
        for root, values in pieces.items():
            assert isinstance(root, Node)
            placed = self.stream.placed(Affine())  # placed once it is used
            symbols[Symbol(values[rows.codes[root]], 0.0, None)] = placed
        shape = tuple(self.columns.size(root) for root in early)
        numbers_ = (
            np.ravel_multi_index(tuple(rows.codes[root] for root in early), shape)
            if early
            else np.zeros(len(rows.results), dtype=np.int64)
        )
        cells, at = np.unique(numbers_, return_inverse=True)
        problem = Problem(symbols, nodes, {}, tuple(early), cells, shape)
        for symbol, (root, values) in zip(list(symbols)[len(symbols) - len(pieces) :], pieces.items(), strict=True):
            problem.pieces[symbol] = Column((root,), values, column.what)
        problem.table = Table(
            tuple(symbols),
            at.reshape(-1).astype(np.int64),
            rows.results,
            lambda values: self._price(problem.column(values, column.what), layer),
            hints,
            width=max(8, len(self.stream.directions)),
            bits=self.stream.bits,
        )
        return problem

    def _price(self, column: Column, layer: int) -> float:
        """Return an estimate of the parameters that an early column takes."""
        column = self.columns.reduced(column)
        if column.key in self._placed or not column.roots:
            return 0.0
        if all(isinstance(root, Input | Indices) for root in column.roots):
            if separated(column) is not None:
                return float(sum(self.columns.size(root) for root in column.roots)) + 4
            if layer <= 1:
                return _BLOCK_PRICE
        return 40.0 + 10.0 * len(np.unique(column.values[~np.isnan(column.values)]))

    def _written(self, column: Column, found: Synthesized, problem: Problem, layer: int, tolerance: float) -> Placed:
        """Write synthesized units to a direction of their own."""
        slot, symbols = self._read(column, found, problem, layer)
        error = error_of(problem.table, found.units, {symbol: placed.error for symbol, placed in symbols.items()})
        if error > tolerance:
            self._too_inexact(column, tolerance)
        units = Units(affine=substituted(found.units.affine, symbols))
        for unit in found.units.units:
            form = substituted(unit.input, symbols)
            high = self.stream.at_bos(form)[1]
            if high > 0:  # off at BOS
                form = form - Affine({FLAG: int(high) + 1})
            units = units + Units.ramp(form, unit.output)
        carried = carried_by(column, found, problem, self.stream.bits)
        if not units.units:
            placed = self.stream.placed(units.affine)
            return Placed(placed.form, max(placed.error, error), placed.ready, carried)
        values = problem.evaluated(Units(found.units.units))
        low, high = float(values.min()), float(values.max())
        direction = self.stream.add(
            Direction("mlp", column.what, low, high, error, slot, root=column.node, units=Units(units.units))
        )
        self.methods[direction] = found.method
        return Placed(Affine.of(direction) + units.affine, error, slot, carried)

    def _read(
        self, column: Column, found: Synthesized, problem: Problem, layer: int
    ) -> tuple[Slot, dict[Symbol, Placed]]:
        """Return the MLP that has to compute units, and where what they read is."""
        scalars = {symbol: placed for symbol, placed in problem.scalars.items() if symbol not in problem.pieces}
        number = max((placed.ready[1] + 1 for placed in scalars.values() if placed.ready[0] == layer), default=0)
        slot, symbols = (layer, max(number, 0)), scalars
        for source in found.units.sources():
            assert isinstance(source, Symbol)
            if source in problem.pieces:
                symbols[source] = self.close(problem.pieces[source], slot, _LEAST)
            elif source.cells is not None:
                part = problem.column(source.cells, f"{column.what}: a part")
                symbols[source] = self.close(part, slot, max(source.error, _LEAST))
        return slot, symbols

    # Splitting

    def _sum(self, columns: Sequence[Column], before: Slot, tolerance: float) -> Placed:
        """Return columns that are added up by whatever reads them."""
        return self.stream.total([self.place(each, before, tolerance / len(columns)) for each in columns])

    def _cut(self, node: Node) -> Scalar:
        """Return an elementwise value of too many combinations of roots, from its operands."""
        numbers = numbers_of(self.columns.domains[node])
        parts = parts_of(self.columns, node, numbers)
        if parts is not None:
            return Scalar(numbers, self._sum(parts, END, np.inf), max(self.level(each) for each in parts))
        if self.columns.domains.grid(node).roots != (node,):
            column = self.column(node, numbers)
            return Scalar(numbers, self.place(column, END, self._gap(numbers) / 8), self.level(column))
        own = of_operands(self.columns, node)
        if own is None:
            self.refuse(
                node,
                f"`{self.subject(node)}` depends on too many combinations of values: a smaller vocabulary or maximum "
                "length would help",
            )
        roots, codes = own
        column = self.columns.reduced(Column(roots, np.append(numbers, np.nan)[codes], self.subject(node)))
        layer = self.level(column)
        return Scalar(numbers, self.place(column, END, self._gap(numbers) / 8), layer)

    @staticmethod
    def _gap(numbers: Numbers) -> float:
        return float(np.diff(np.unique(numbers)).min(initial=np.inf))


def _is_affordable(found: tuple[Synthesized, Problem] | None) -> bool:
    return found is not None and len(found[0].units.units) < _UNITS
