"""Construction of plans: deduplicated steps and constants, with unique names."""

from __future__ import annotations

import keyword
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable
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
    sequences,
)
from raspir.backends.numpy.kernels.failures import Site
from raspir.backends.numpy.plan import Broadcast, ConstantInit, Ref, Step, Symbol
from raspir.ir import Graph, Node
from raspir.ir.text.describe import Describer
from raspir.ir.views import SelectBy
from raspir.runtime import messages

RESERVED = frozenset({"run", "program", "batch", "np"}) | frozenset(
    name
    for module in (aggregates, columns, conditions, elementwise, execution, predicates, runs, selections, sequences)
    for name in vars(module)
)
"""Names unavailable to values because kernels or the emitted module use them."""


class PlanBuilder(ABC):
    """The steps and constants of a plan under construction.

    Args:
        graph: a verified graph.
        tables: whether to tabulate opaque functions.
    """

    def __init__(self, graph: Graph, tables: bool = False) -> None:
        self.graph = graph
        self.tables = tables
        self.facts = Analysis.of(graph)
        self.describer = Describer(graph)
        self.steps: list[Step] = []
        self.constants: dict[str, ConstantInit] = {}
        self._made: dict[object, Ref] = {}
        self._names: set[str] = set(RESERVED)
        self._numbers: dict[str, int] = defaultdict(lambda: 1)

    @abstractmethod
    def value(self, node: Node) -> Ref:
        """Return a reference to the value of a sequence."""

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
        result = self._made.get(key)
        if result is None:
            result = self._made[key] = Ref(self.unique_name(name), broadcast)
            takes_run = call.__module__ != elementwise.__name__ and call is not conditions.Combined
            self.steps.append(Step(result, call, arguments, keywords, takes_run, comment))
        return result

    def constant(self, name: str, call: Callable[..., Any], *arguments: Any) -> Ref:
        """Add a constant, deduplicated against those already in the plan, and return a reference to it."""
        key = (call, _hashable(arguments), "constant")
        result = self._made.get(key)
        if result is None:
            result = self._made[key] = Ref(self.unique_name(name).upper(), Broadcast.CONSTANT)
            self.constants[result.name] = ConstantInit(call, arguments)
        return result

    def literal(self, atom: Any) -> Ref:
        """Return a reference to the constant column of one atom."""
        return self.constant(_constant_name(atom), columns.constant, atom)

    def unique_name(self, label: str) -> str:
        """Return a new identifier that resembles ``label``."""
        name = re.sub(r"\W+", "_", label, flags=re.ASCII).strip("_").lower()[:40] or "value"
        name = f"v_{name}" if name[0].isdigit() or keyword.iskeyword(name) else name
        unique = name
        while unique in self._names or unique.upper() in self._names:
            self._numbers[name] += 1  # counting from 2 each time is quadratic when thousands of values share a name
            unique = f"{name}_{self._numbers[name]}"
        self._names.add(unique)
        return unique

    def site(self, node: Node) -> Ref:
        """Return a reference to the source site of ``node``."""
        name = f"at_{self.graph.name_of(node) or node.operation.name}"
        return self.constant(name, Site, messages.operation_of(self.graph, node), self.graph.place(node))

    @property
    def nowhere(self) -> Ref:
        """A reference to the site of steps that cannot fail and correspond to no source operation."""
        return Ref("NOWHERE", Broadcast.CONSTANT)

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
        ref = self.value(term)

        def scaled(kernel: Callable[..., Any], a: Ref, b: Ref) -> Ref:
            return self.step("scaled", kernel, a, b, self.nowhere, broadcast=ref.broadcast)

        if times == 1:
            return ref
        if self.facts.multiplies(term, times):
            return scaled(elementwise.mul, self.literal(times), ref)
        half = self._multiple(term, times // 2)
        twice = scaled(elementwise.add, half, half)
        return scaled(elementwise.add, twice, ref) if times % 2 else twice

    def predicate(self, key: Node, query: Node, function: str) -> Ref:
        """Return a reference to the results of an opaque predicate."""
        selector = next(
            node
            for node in self.graph
            if isinstance(node, SelectBy) and node.operands == (key, query) and node.function == function
        )
        callee: Ref | Symbol = Symbol(function)
        if self.tables:
            results, failures = tabulation.of_function(self.facts, self.graph, selector)
            pairs = tuple((pair, True) for pair, selects in results if selects)
            callee = self.constant(f"pairs_{function}", elementwise.Tabulated, pairs, failures, False)
        sides = self.value(key), self.broadcast(self.value(query))
        return self.step(f"by_{function}", predicates.predicate, *sides, callee, self.site(selector))


def _constant_name(atom: Any) -> str:
    if atom is None:
        return "missing"
    if isinstance(atom, bool):
        return f"always_{atom}"
    if isinstance(atom, int):
        if atom.bit_length() > 64:
            return "large"  # Python limits the size of integers that it converts to decimal
        return f"number_{atom}" if atom >= 0 else f"minus_{-atom}"
    return f"text_{atom}" if isinstance(atom, str) and atom.isalnum() and len(atom) < 20 else type(atom).__name__


def _hashable(value: Any) -> object:
    """Return a hashable key that distinguishes ``True``, ``1`` and ``1.0``, and ``0.0`` and ``-0.0``, at any depth."""
    if isinstance(value, tuple | list):
        return tuple(map(_hashable, value))
    if isinstance(value, dict):
        return tuple((name, _hashable(each)) for name, each in value.items())
    if isinstance(value, float):
        return (float, str(value))
    return (type(value), value)
