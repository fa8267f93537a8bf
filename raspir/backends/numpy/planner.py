"""Planning: lowers a graph to kernel calls in graph order, choosing a strategy for each aggregate's selector."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from raspir.backends.numpy import tabulation
from raspir.backends.numpy.builder import PlanBuilder
from raspir.backends.numpy.kernels import aggregates, columns, conditions, elementwise, runs
from raspir.backends.numpy.plan import Broadcast, Plan, Ref, Strategy, Symbol
from raspir.backends.numpy.strategies import Selectors, StrategyChoice
from raspir.ir import Graph, Node, Role
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
            if node in outputs or node in needed or not self.facts[node].total or node.operation.name == "raw":
                needed.add(node)
                needed.update(self._operands(node))
        return needed

    def _operands(self, node: Node) -> Iterable[Node]:
        if node.operation.role is not Role.AGGREGATE:
            return node.operands
        return (*self._selectors.choose(node).needs, *node.operands[1:])

    def _check(self, selector: Node) -> None:
        """Add a step that raises the errors of a selector that no other step evaluates."""
        if selector.operation.name == "select.by":
            key, query = selector.operands
            self.predicate(key, query, str(selector["function"]))
        elif selector.operation.role is Role.SELECT:
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
        name, role = node.operation.name, node.operation.role
        if name == "input":
            return Ref(self.unique_name(str(node["name"])))
        if name == "indices":
            return self.step("indices", runs.indices)
        if name == "const":
            return self.literal(node["value"])
        if name == "raw":
            atoms = (self.constant("raw", columns.column_of, node["values"]),) if node["values"] else ()
            return self.step(self.label(node), runs.fixed, self.site(node), *atoms)
        if role is Role.AGGREGATE:
            return self._aggregate(node)
        return self._elementwise(node)

    def _elementwise(self, node: Node) -> Ref:
        operands, broadcast = self.level(map(self.value, node.operands))
        kernel, arguments = self._kernel(node, operands)
        return self.step(self.label(node), kernel, *arguments, broadcast=broadcast, comment=self.describer(node))

    def _kernel(self, node: Node, operands: Sequence[Ref]) -> tuple[Callable[..., Any], Sequence[Any]]:
        """Return the kernel that evaluates an elementwise node, and its arguments."""
        name = node.operation.name
        if name == "where":
            return elementwise.where, operands
        if name == "has":
            return elementwise.has, [*operands, node["values"]]
        table = functools.partial(self.constant, f"table_{self.label(node)}")
        if name == "lookup":
            pairs = tuple(zip(node.atoms("keys"), node.atoms("values"), strict=True))
            return elementwise.looked_up, [table(elementwise.Lookup, pairs, node["otherwise"]), *operands]
        if name != "map":
            return ELEMENTWISE[name], [*operands, self.site(node)]
        function: Ref | Symbol = Symbol(str(node["function"]))
        if self.tables:
            results, failures = tabulation.of_function(self.facts, self.graph, node)
            if not failures:
                pairs = tuple((key, value) for (key,), value in results)
                return elementwise.looked_up, [table(elementwise.Lookup, pairs, pairs[-1][1]), *operands]
            function = table(elementwise.Tabulated, results, failures)
        return elementwise.apply, [function, tuple(operands), self.site(node)]

    # Aggregates

    def _aggregate(self, node: Node) -> Ref:
        chosen = self._selectors.choose(node)
        if self.facts.is_length(node):
            return self._length(node)
        selection = chosen.build()
        broadcast = Broadcast.UNIFORM if chosen.uniform else Broadcast.FULL
        default = self.literal(node["default"])
        comment, at = self.describer(node), self.site(node)
        value = self.value(node.operands[1])
        self._report(node, chosen)
        label, kernel = self.label(node), AGGREGATES[node.operation.name]
        is_best = kernel is aggregates.best
        score = (self.value(node.operands[2]), node["pick"], node["ties"]) if is_best else ()
        return self.step(label, kernel, selection, value, *score, default, at, broadcast=broadcast, comment=comment)

    def _length(self, node: Node) -> Ref:
        """Add the step that computes the length, which requires no attention."""
        self._report(node, StrategyChoice("length", "sum of ones over all positions", "1", True, (), lambda: Ref("")))
        return self.step(self.label(node), runs.length, broadcast=Broadcast.UNIFORM, comment=self.describer(node))

    def _report(self, node: Node, chosen: StrategyChoice) -> None:
        location = self.graph.locations.get(node)
        label, selector = self.describer.label(node), self.describer.part(node.operands[0])
        where = str(location) if location is not None else ""
        self._strategies.append(Strategy(label, selector, chosen.name, chosen.why, chosen.cost, where))
