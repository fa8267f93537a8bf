"""Execution plans: the kernel calls that evaluate a graph, and the strategy of each aggregate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from raspir.backends.numpy.kernels.runs import fixed
from raspir.ir import Graph


class Broadcast(Enum):
    """How a value varies: not at all, per sequence, or per position."""

    CONSTANT = 0
    UNIFORM = 1
    FULL = 2


@dataclass(frozen=True)
class Ref:
    """A named reference to the result of a step, an input or a constant.

    Attributes:
        name: a Python identifier, unique in its plan.
        broadcast: how the value varies.
    """

    name: str
    broadcast: Broadcast = Broadcast.FULL


@dataclass(frozen=True)
class Symbol:
    """A reference to the opaque Python function under a symbol of the graph."""

    name: str


@dataclass(frozen=True)
class ConstantInit:
    """The initializer of a constant.

    Attributes:
        call: the kernel that constructs it.
        arguments: the kernel's arguments, all literals.
    """

    call: Callable[..., Any]
    arguments: tuple[Any, ...]

    def make(self) -> Any:
        """Construct the constant."""
        return self.call(*self.arguments)


@dataclass(frozen=True)
class Step:
    """A kernel call.

    Attributes:
        result: the reference to its result.
        call: the kernel.
        arguments: literals, kernels, :class:`Ref`, :class:`Symbol`, or sequences of these.
        keywords: keyword arguments, of the same kinds.
        takes_run: whether the kernel's first argument is the run.
        comment: the source expression that it evaluates.
    """

    result: Ref
    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)
    takes_run: bool = False
    comment: str = ""

    @property
    def kernels(self) -> Iterator[Callable[..., Any]]:
        """The kernel, and the kernels among its arguments."""
        yield self.call
        yield from filter(callable, self.arguments)


@dataclass(frozen=True)
class Strategy:
    """The evaluation strategy of an aggregate's selector.

    Attributes:
        value: the value that the aggregate computes, by its source name where it has one.
        selector: the selector in source form.
        name: the strategy.
        why: the property of the selector that makes it applicable.
        cost: the asymptotic time in the length n.
        location: the source line, where known.
    """

    value: str
    selector: str
    name: str
    why: str
    cost: str
    location: str

    @property
    def falls_back(self) -> bool:
        """Whether the selector is evaluated pair by pair."""
        return self.name == FALLBACK


FALLBACK = "blocks of pairs"
"""The name of the strategy of last resort."""


@dataclass(frozen=True)
class Plan:
    """An executable form of a graph.

    Attributes:
        graph: the graph.
        inputs: the reference to each input.
        constants: initializers of the constants, by name.
        steps: the kernel calls of each run, in execution order.
        outputs: the reference to each output.
        strategies: the strategy of each evaluated aggregate, in graph order.
    """

    graph: Graph
    inputs: Mapping[str, Ref]
    constants: Mapping[str, ConstantInit]
    steps: tuple[Step, ...]
    outputs: Mapping[str, Ref]
    strategies: tuple[Strategy, ...]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def fixed(self) -> list[tuple[int, str]]:
        """Return the length of each fixed sequence, and the name of the constant that holds its site."""
        result = []
        for step in self.steps:
            if step.call is fixed:
                at, *column = step.arguments
                result.append((len(self.constants[column[0].name].arguments[0]) if column else 0, at.name))
        return result

    def __str__(self) -> str:
        """Return the strategies, one aligned line each, with their justifications."""
        if not self.strategies:
            return "no attention: elementwise maps alone"
        rows = [(s.value, s.name, s.cost, s.why, s.selector, s.location) for s in self.strategies]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = []
        for value, name, cost, why, selector, location in rows:
            head = f"{value:{widths[0]}}  {name:{widths[1]}}  {cost:{widths[2]}}  {why}"
            lines += [head.rstrip(), f"{'':{widths[0]}}  {selector}" + (f"  ({location})" if location else "")]
        return "\n".join(lines)
