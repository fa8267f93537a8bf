"""Planning: lowers a graph to kernel calls in graph order, choosing a strategy for each aggregate's selector."""

from __future__ import annotations

import keyword
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from raspir.analysis.facts import Analysis
from raspir.analysis.linear import Linear
from raspir.backends.numpy import tabulation
from raspir.backends.numpy.kernels import (
    aggregates,
    columns,
    conditions,
    elementwise,
    execution,
    predicates,
    runs,
    selections,
)
from raspir.backends.numpy.kernels.columns import column_of, constant
from raspir.backends.numpy.kernels.failures import Site
from raspir.backends.numpy.plan import Broadcast, ConstantInit, Plan, Ref, Step, Strategy, Symbol
from raspir.backends.numpy.strategies import Selectors, StrategyChoice
from raspir.ir import Graph, Node, Role
from raspir.ir.atoms import show
from raspir.ir.text.describe import Describer
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


RESERVED = frozenset({"run", "program", "batch", "np"}) | frozenset(
    name
    for module in (aggregates, columns, conditions, elementwise, execution, predicates, runs, selections)
    for name in vars(module)
)
"""Names unavailable to values because kernels or the emitted module use them."""


def plan(graph: Graph, tables: bool = False) -> Plan:
    """Plan the execution of ``graph``.

    Args:
        graph: a verified graph.
        tables: whether to tabulate opaque functions, for targets that cannot call them.

    Raises:
        BackendError: if a function has to be tabulated and cannot be.
    """
    return Planner(graph, tables).plan()


class Planner:
    """The lowering of one graph to a plan.

    Args:
        graph: a verified graph.
        tables: whether to tabulate opaque functions.
    """

    def __init__(self, graph: Graph, tables: bool = False) -> None:
        self.graph = graph
        self._tables = tables
        self.facts = Analysis.of(graph)
        self.describer = Describer(graph)
        self.selectors = Selectors(self)
        self._steps: list[Step] = []
        self._constants: dict[str, ConstantInit] = {}
        self._made: dict[object, Ref] = {}
        self._values: dict[Node, Ref] = {}
        self._names: set[str] = set(RESERVED)
        self._numbers: dict[str, int] = defaultdict(lambda: 1)
        self._strategies: list[Strategy] = []
        self._chosen: dict[Node, StrategyChoice] = {}

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
        return Plan(self.graph, inputs, self._constants, tuple(self._steps), outputs, tuple(self._strategies))

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
        return (*self.chosen(node).needs, *node.operands[1:])

    def chosen(self, aggregate: Node) -> StrategyChoice:
        """Return the memoized strategy of an aggregate."""
        found = self._chosen.get(aggregate)
        if found is None:
            found = self._chosen[aggregate] = self.selectors.choose(aggregate)
        return found

    def _check(self, selector: Node) -> None:
        """Add a step that raises the errors of a selector that no other step evaluates."""
        if selector.operation.name == "select.by":
            key, query = selector.operands
            self.predicate(key, query, str(selector["function"]))
        elif selector.operation.role is Role.SELECT:
            sides = map(self.value, selector.operands)
            self.step("checked", conditions.check_order, *sides, selector.operation.symbol, self.site(selector))

    # Steps

    def step(
        self,
        name: str,
        call: Callable[..., Any],
        *arguments: Any,
        broadcast: Broadcast = Broadcast.FULL,
        comment: str = "",
        **keywords: Any,
    ) -> Ref:
        """Add a step, deduplicated against those already in the plan, and return its result."""
        key = (call, _hashable(arguments), _hashable(keywords))
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Ref(self._name(name), broadcast)
            takes_run = call.__module__ != elementwise.__name__ and call not in _WITHOUT_RUN
            self._steps.append(Step(found, call, arguments, keywords, takes_run, comment))
        return found

    def made(
        self, name: str, call: Callable[..., Any], *arguments: Any, broadcast: Broadcast = Broadcast.CONSTANT
    ) -> Ref:
        """Add a constant, deduplicated against those already in the plan."""
        key = (call, _hashable(arguments), "constant")
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = Ref(self._name(name).upper(), broadcast)
            self._constants[found.name] = ConstantInit(call, arguments)
        return found

    def literal(self, atom: Any) -> Ref:
        """Return a reference to the constant column of one atom."""
        return self.made(_constant_name(atom), constant, atom)

    def _name(self, wanted: str) -> str:
        name = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_").lower()[:40] or "value"
        name = f"v_{name}" if name[0].isdigit() or keyword.iskeyword(name) else name
        found = name
        while found in self._names or found.upper() in self._names:
            self._numbers[name] += 1  # counting from 2 each time is quadratic when thousands of values share a name
            found = f"{name}_{self._numbers[name]}"
        self._names.add(found)
        return found

    def site(self, node: Node) -> Ref:
        """Return a reference to the source site of ``node``."""
        operation = node.operation
        what = operation.symbol
        if operation.name in ("map", "select.by"):
            what = f"{what}({node['function']})"
        name = self.graph.name_of(node)
        called = f" ({show(name)})" if name else ""
        return self.made(f"at_{name or operation.name}", Site, f"`{what}`{called}", self.graph.locations.get(node))

    @property
    def nowhere(self) -> Ref:
        """A reference to the site of steps that cannot fail and correspond to no source operation."""
        return Ref("NOWHERE", Broadcast.CONSTANT)

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
            return Ref(self._name(str(node["name"])))
        if name == "indices":
            return self.step("indices", runs.indices)
        if name == "const":
            return self.literal(node["value"])
        if name == "raw":
            held = (self.made("raw", column_of, node["values"]),) if node["values"] else ()
            return self.step(self.label(node), runs.fixed, self.site(node), *held)
        if role is Role.AGGREGATE:
            return self._aggregate(node)
        return self._elementwise(node)

    def level(self, refs: Iterable[Ref]) -> tuple[list[Ref], Broadcast]:
        """Return values aligned to their common broadcast level, and that level."""
        refs = list(refs)
        broadcast = max((ref.broadcast for ref in refs), key=lambda each: each.value, default=Broadcast.CONSTANT)
        return [self.broadcast(ref) if broadcast is Broadcast.FULL else ref for ref in refs], broadcast

    def broadcast(self, ref: Ref) -> Ref:
        """Return a value with one entry per position, or a constant."""
        if ref.broadcast is not Broadcast.UNIFORM:
            return ref
        return self.step(f"{ref.name}_everywhere", runs.broadcast, ref)

    def _elementwise(self, node: Node) -> Ref:
        name = node.operation.name
        operands, broadcast = self.level(map(self.value, node.operands))
        label, comment = self.label(node), self.describer(node)
        if name == "where":
            return self.step(label, elementwise.where, *operands, broadcast=broadcast, comment=comment)
        if name == "has":
            return self.step(label, elementwise.has, *operands, node["values"], broadcast=broadcast, comment=comment)
        if name == "lookup":
            keys, values = node.atoms("keys"), node.atoms("values")
            pairs = tuple(zip(keys, values, strict=True))
            table = self.made(f"table_{label}", elementwise.Lookup, pairs, node["otherwise"])
            return self.step(label, elementwise.looked_up, table, *operands, broadcast=broadcast, comment=comment)
        if name == "map":
            function: Ref | Symbol = Symbol(str(node["function"]))
            if self._tables:
                results, failures = tabulation.of_function(self.facts, self.graph, node)
                if not failures:
                    pairs = tuple((key, value) for (key,), value in results)
                    table = self.made(f"table_{label}", elementwise.Lookup, pairs, pairs[-1][1])
                    return self.step(
                        label, elementwise.looked_up, table, *operands, broadcast=broadcast, comment=comment
                    )
                function = self.made(f"table_{label}", elementwise.Tabulated, results, failures)
            return self.step(
                label,
                elementwise.apply,
                function,
                tuple(operands),
                self.site(node),
                broadcast=broadcast,
                comment=comment,
            )
        return self.step(label, ELEMENTWISE[name], *operands, self.site(node), broadcast=broadcast, comment=comment)

    def linear(self, form: Linear) -> Ref:
        """Return a reference to the value of a linear form."""
        if not form.terms:
            return self.literal(form.constant)
        nowhere = self.nowhere
        total: Ref | None = None
        for term, coefficient in sorted(form.terms.items(), key=lambda part: part[1] < 0):
            scaled = self._multiple(term, abs(coefficient))
            if total is None and coefficient < 0:
                total = self.step("negated", elementwise.neg, scaled, nowhere, broadcast=scaled.broadcast)
            elif total is None:
                total = scaled
            else:
                (a, b), broadcast = self.level((total, scaled))
                kernel = elementwise.add if coefficient > 0 else elementwise.sub
                total = self.step("combined", kernel, a, b, nowhere, broadcast=broadcast)
        assert total is not None
        if not form.constant:
            return total
        kernel = elementwise.add if form.constant > 0 else elementwise.sub
        moved = self.literal(abs(form.constant))
        return self.step(f"{total.name}_moved", kernel, total, moved, nowhere, broadcast=total.broadcast)

    def _multiple(self, term: Node, times: int) -> Ref:
        """Return a reference to ``times · term``, by repeated addition where a product could be too large."""
        ref, nowhere = self.value(term), self.nowhere
        if times == 1:
            return ref
        if self.facts.multiplies(term, times):
            return self.step("scaled", elementwise.mul, self.literal(times), ref, nowhere, broadcast=ref.broadcast)
        half = self._multiple(term, times // 2)
        twice = self.step("scaled", elementwise.add, half, half, nowhere, broadcast=ref.broadcast)
        return (
            self.step("scaled", elementwise.add, twice, ref, nowhere, broadcast=ref.broadcast) if times % 2 else twice
        )

    def predicate(self, key: Node, query: Node, function: str) -> Ref:
        """Return a reference to the results of an opaque predicate."""
        found = next(
            node
            for node in self.graph
            if node.operation.name == "select.by" and node.operands == (key, query) and node["function"] == function
        )
        called: Ref | Symbol = Symbol(function)
        if self._tables:
            results, failures = tabulation.of_function(self.facts, self.graph, found)
            true = tuple(row for row, selects in results if selects)
            called = self.made(f"pairs_{function}", predicates.PredicateTable, true, failures)
        sides = self.value(key), self.broadcast(self.value(query))
        return self.step(f"by_{function}", predicates.predicate, *sides, called, self.site(found))

    # Aggregates

    def _aggregate(self, node: Node) -> Ref:
        chosen = self.chosen(node)
        if self.facts.is_length(node):
            return self._length(node)
        selection = chosen.build()
        broadcast = Broadcast.UNIFORM if chosen.uniform else Broadcast.FULL
        default = self.literal(node["default"])
        comment, at = self.describer(node), self.site(node)
        value = self.value(node.operands[1])
        self._report(node, chosen)
        label = self.label(node)
        if node.operation.name == "best":
            score = self.value(node.operands[2])
            how = (node["pick"], node["ties"])
            return self.step(
                label, aggregates.best, selection, value, score, *how, default, at, broadcast=broadcast, comment=comment
            )
        kernel = aggregates.total if node.operation.name == "sum" else aggregates.mean
        return self.step(label, kernel, selection, value, default, at, broadcast=broadcast, comment=comment)

    def _length(self, node: Node) -> Ref:
        """Add the step that computes the length, which requires no attention."""
        self._report(node, StrategyChoice("length", "ones, added up over all", "1", True, (), lambda: Ref("")))
        return self.step(self.label(node), runs.length, broadcast=Broadcast.UNIFORM, comment=self.describer(node))

    def _report(self, node: Node, chosen: StrategyChoice) -> None:
        location = self.graph.locations.get(node)
        label, selector = self.describer.label(node), self.describer.part(node.operands[0])
        where = str(location) if location is not None else ""
        self._strategies.append(Strategy(label, selector, chosen.name, chosen.why, chosen.cost, where))


def _constant_name(atom: Any) -> str:
    if isinstance(atom, bool):
        return f"always_{atom}"
    if isinstance(atom, int):
        if atom.bit_length() > 64:
            return "large"  # Python limits the size of integers that it converts to decimal
        return f"number_{atom}" if atom >= 0 else f"minus_{-atom}"
    return f"text_{atom}" if isinstance(atom, str) and atom.isalnum() and len(atom) < 20 else type(atom).__name__


_WITHOUT_RUN: frozenset[Callable[..., Any]] = frozenset({conditions.Combined})


def _hashable(value: Any) -> object:
    """Return a hashable key that distinguishes ``True``, ``1`` and ``1.0``, and ``0.0`` and ``-0.0``, at any depth."""
    if isinstance(value, tuple | list):
        return tuple(map(_hashable, value))
    if isinstance(value, dict):
        return tuple((name, _hashable(each)) for name, each in value.items())
    if isinstance(value, float):
        return (float, str(value))
    return (type(value), value)
