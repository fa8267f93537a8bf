"""Planning: lowers a graph to kernel calls in graph order, choosing a strategy for each aggregate's selector."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from raspir.backends.numpy import tabulation
from raspir.backends.numpy.builder import PlanBuilder
from raspir.backends.numpy.kernels import aggregates, columns, conditions, elementwise, runs, sequences
from raspir.backends.numpy.plan import Broadcast, Plan, Ref, Strategy, Symbol
from raspir.backends.numpy.strategies import Selectors, StrategyChoice
from raspir.ir import Atom, Graph, Node, Role
from raspir.ir.types import NONE
from raspir.ir.views import (
    Aggregate,
    Best,
    Const,
    Elementwise,
    Has,
    Input,
    Item,
    Lookup,
    Map,
    OneType,
    Raw,
    Select,
    SelectBy,
    Where,
)
from raspir.ir.walks import computed

ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    "add": elementwise.add,
    "sub": elementwise.sub,
    "mul": elementwise.mul,
    "truediv": elementwise.truediv,
    "floordiv": elementwise.floordiv,
    "mod": elementwise.mod,
    "pow": elementwise.power,
    "neg": elementwise.neg,
    "abs": elementwise.absolute,
    "round": elementwise.rounded,
    "to_int": elementwise.converted_to_int,
    "to_float": elementwise.converted_to_float,
    "to_str": elementwise.converted_to_str,
    "to_bool": elementwise.converted_to_bool,
    "eq": elementwise.eq,
    "ne": elementwise.ne,
    "lt": elementwise.lt,
    "le": elementwise.le,
    "gt": elementwise.gt,
    "ge": elementwise.ge,
    "and": elementwise.both,
    "or": elementwise.either,
    "not": elementwise.inverted,
}
"""The kernel of each elementwise primitive."""

AGGREGATES: Mapping[str, Callable[..., Any]] = {
    "sum": aggregates.total,
    "mean": aggregates.mean,
    "average": sequences.average,
    "best": aggregates.best,
}
"""The kernel of each aggregate."""


def plan(graph: Graph, tables: bool = False) -> Plan:
    """Plan the execution of ``graph``.

    Args:
        graph: a verified graph.
        tables: whether to tabulate opaque functions, for targets that cannot call them.

    Raises:
        BackendError: if a function has to be tabulated and cannot be.
    """
    return Planner(graph, tables).plan()


class Planner(PlanBuilder):
    """The lowering of one graph to a plan."""

    def __init__(self, graph: Graph, tables: bool = False) -> None:
        super().__init__(graph, tables)
        self._values: dict[Node, Ref] = {}
        self._strategies: list[Strategy] = []
        self._selectors = Selectors(self)

    def plan(self) -> Plan:
        """Build the plan."""
        needed = self._needed()
        inputs = {name: self.value(node) for name, node in self.graph.inputs.items()}
        for node in self.graph:
            if node in needed:
                self.value(node)
            elif not self.facts[node].total:
                self._check(node)
        outputs = {name: self.value(node) for name, node in self.graph.outputs.items()}
        return Plan(self.graph, inputs, self.constants, tuple(self.steps), outputs, tuple(self._strategies))

    def _needed(self) -> set[Node]:
        """Return the live nodes: outputs, nodes that may fail, and their transitive operands."""
        outputs = set(self.graph.outputs.values())
        needed: set[Node] = set()
        for node in reversed(self.graph.nodes):
            role = node.operation.role
            if role is Role.SELECT and not self.facts[node].total:
                needed.update(node.operands)
            if role in (Role.SELECT, Role.SELECTOR_ALGEBRA):
                continue
            if node in outputs or node in needed or not self.facts[node].total or isinstance(node, Raw):
                needed.add(node)
                needed.update(self._operands(node))
        return needed

    def _operands(self, node: Node) -> Iterable[Node]:
        if not isinstance(node, Aggregate):
            return node.operands
        return (*self._selectors.choose(node).needs, *node.operands[1:])

    def _check(self, selector: Node) -> None:
        """Add a step that raises the errors of a selector that no other step evaluates."""
        if isinstance(selector, SelectBy):
            self.predicate(selector.key, selector.query, selector.function)
        elif isinstance(selector, Select) and selector.comparison in ("eq", "ne"):
            self.step("checked", conditions.check_present, *map(self.value, selector.operands), self.site(selector))
        elif isinstance(selector, Select):
            sides = map(self.value, selector.operands)
            self.step("checked", conditions.check_order, *sides, selector.operation.symbol, self.site(selector))

    def label(self, node: Node) -> str:
        """Return a name for the value of ``node``: its source name, or its name in the textual IR."""
        label = self.describer.label(node)
        return f"v{label[1:]}" if label.startswith("%") else label

    # Values

    def value(self, node: Node) -> Ref:
        """Return a reference to the value of a sequence."""
        return computed(node, self._operands, self._compute, self._values)

    def _compute(self, node: Node) -> Ref:
        if isinstance(node, Input):
            return Ref(self.unique_name(node.name))
        if isinstance(node, Const):
            return self.literal(node.value)
        if isinstance(node, Raw):
            atoms = (self.constant("raw", columns.column_of, node.values),) if node.values else ()
            return self.step(self.label(node), runs.fixed, self.site(node), *atoms)
        if isinstance(node, Aggregate):
            return self._aggregate(node)
        if isinstance(node, Elementwise):
            return self._elementwise(node)
        return self.step("indices", runs.indices)

    def _elementwise(self, node: Elementwise) -> Ref:
        operands, broadcast = self.level(map(self.value, node.operands))
        kernel, arguments = self._kernel(node, operands)
        return self.step(self.label(node), kernel, *arguments, broadcast=broadcast, comment=self.describer(node))

    def _kernel(self, node: Elementwise, operands: Sequence[Ref]) -> tuple[Callable[..., Any], Sequence[Any]]:
        """Return the kernel that evaluates an elementwise node, and its arguments."""
        if isinstance(node, Where):
            return elementwise.where, operands
        if isinstance(node, Map):
            return self._map(node, operands)
        if isinstance(node, Lookup):
            return self._lookup(node, tuple(zip(node.rows, node.values, strict=True)), node.otherwise, operands)
        if isinstance(node, Item):
            pairs = tuple(zip(node.keys, node.values, strict=True))
            table = self.constant(f"table_{self.label(node)}", elementwise.Items, pairs)
            return elementwise.picked, [table, *operands, self.site(node)]
        if isinstance(node, OneType):
            return sequences.one_type, [*operands, self.site(node)]
        is_has = isinstance(node, Has)
        kernel = elementwise.has if is_has else ELEMENTWISE[node.operation.name]
        last = node["values"] if is_has else self.site(node)
        if any(NONE in operand.type for operand in node.operands):
            if node.none == "skip":
                return elementwise.skip_none, [kernel, tuple(operands), last]
            if node.none == "error" and kernel in (elementwise.eq, elementwise.ne):
                return elementwise.refuse_none, [kernel, tuple(operands), last]
        return kernel, [*operands, last]

    def _map(self, node: Map, operands: Sequence[Ref]) -> tuple[Callable[..., Any], Sequence[Any]]:
        """Return the kernel that calls an opaque function, or looks up its results, and its arguments."""
        function: Ref | Symbol = Symbol(node.function)
        if self.tables:
            results, failures = tabulation.of_function(self.facts, self.graph, node)
            if not failures:
                return self._lookup(node, results, results[-1][1], operands)
            function = self.constant(f"table_{self.label(node)}", elementwise.Tabulated, results, failures)
        skip = ("skip",) if node.none == "skip" else ()
        return elementwise.apply, [function, tuple(operands), self.site(node), *skip]

    def _lookup(
        self, node: Node, rows: Sequence[tuple[tuple[Atom, ...], Atom]], otherwise: Atom, operands: Sequence[Ref]
    ) -> tuple[Callable[..., Any], Sequence[Any]]:
        """Return the kernel that looks up a value for each tuple of atoms, and its arguments."""
        table = functools.partial(self.constant, f"table_{self.label(node)}")
        if len(operands) > 1:
            return elementwise.jointly_looked_up, [table(elementwise.JointLookup, tuple(rows), otherwise), *operands]
        pairs = tuple((key, value) for (key,), value in rows)
        return elementwise.looked_up, [table(elementwise.Lookup, pairs, otherwise), *operands]

    # Aggregates

    def _aggregate(self, node: Aggregate) -> Ref:
        chosen = self._selectors.choose(node)
        if self.facts.is_length(node):
            return self._length(node)
        selection = chosen.build()
        broadcast = Broadcast.UNIFORM if chosen.uniform else Broadcast.FULL
        default = self.literal(node.default)
        comment, at = self.describer(node), self.site(node)
        value = self.value(node.value)
        self._report(node, chosen)
        label, kernel = self.label(node), AGGREGATES[node.operation.name]
        score = (self.value(node.score), node.pick, node.ties) if isinstance(node, Best) else ()
        return self.step(label, kernel, selection, value, *score, default, at, broadcast=broadcast, comment=comment)

    def _length(self, node: Aggregate) -> Ref:
        """Add the step that computes the length, which requires no attention."""
        self._report(node, StrategyChoice("length", "sum of ones over all positions", "1", True, (), lambda: Ref("")))
        return self.step(self.label(node), runs.length, broadcast=Broadcast.UNIFORM, comment=self.describer(node))

    def _report(self, node: Aggregate, chosen: StrategyChoice) -> None:
        location = self.graph.locations.get(node)
        label, selector = self.describer.label(node), self.describer.part(node.selector)
        where = str(location) if location is not None else ""
        self._strategies.append(Strategy(label, selector, chosen.name, chosen.why, chosen.cost, where))
