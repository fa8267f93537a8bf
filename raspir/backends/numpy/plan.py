"""Plans: what the backend does to run a graph, step by step, and the strategy of each aggregate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from raspir.backends.numpy.kernels.runs import fixed
from raspir.ir import Graph


class Broadcast(Enum):
    """Where a value differs: nowhere, from sequence to sequence, or from position to position."""

    CONSTANT = 0
    UNIFORM = 1
    FULL = 2


@dataclass(frozen=True)
class Ref:
    """The result of a step, an input or a constant, by name.

    Attributes:
        name: a Python identifier, unique in its plan.
        spread: where the value differs.
    """

    name: str
    broadcast: Broadcast = Broadcast.FULL


@dataclass(frozen=True)
class Symbol:
    """The opaque Python function under a symbol of the graph."""

    name: str


@dataclass(frozen=True)
class ConstantInit:
    """A constant of a plan, and how it is made.

    Attributes:
        call: a kernel that makes it.
        arguments: what it is called with, all of them literals.
    """

    call: Callable[..., Any]
    arguments: tuple[Any, ...]

    def make(self) -> Any:
        """Return the constant."""
        return self.call(*self.arguments)


@dataclass(frozen=True)
class Step:
    """A call of a kernel.

    Attributes:
        result: what holds its result.
        call: the kernel.
        arguments: literals, :class:`Ref`, :class:`Symbol`, or sequences of these.
        keywords: the same, by name.
        takes_run: whether the kernel's first argument is the run.
        comment: what it computes, as its author would write it.
    """

    result: Ref
    call: Callable[..., Any]
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any] = field(default_factory=dict)
    takes_run: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Strategy:
    """How an aggregate's selector is evaluated.

    Attributes:
        value: what the aggregate computes, by its author's name where it has one.
        selector: the selector as its author wrote it.
        name: the strategy.
        why: what of the selector it rests on.
        cost: how the time grows with the length n.
        location: the author's line, where it is known.
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
"""The name of the strategy that is left where no other fits."""


@dataclass(frozen=True)
class Plan:
    """What the backend does to run a graph.

    Attributes:
        graph: the graph.
        inputs: what holds each input.
        constants: what is made once, by name.
        steps: what is done for each run, in order.
        outputs: what holds each output.
        strategies: how each aggregate that is computed is evaluated, in order.
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
        """Return the length of each fixed sequence, and the name of what says where it stands."""
        found = []
        for step in self.steps:
            if step.call is fixed:
                at, *held = step.arguments
                found.append((len(self.constants[held[0].name].arguments[0]) if held else 0, at.name))
        return found

    def __str__(self) -> str:
        """Return the strategies as aligned lines, and what each rests on."""
        if not self.strategies:
            return "no attention: elementwise maps alone"
        rows = [(s.value, s.name, s.cost, s.why, s.selector, s.location) for s in self.strategies]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = []
        for value, name, cost, why, selector, location in rows:
            head = f"{value:{widths[0]}}  {name:{widths[1]}}  {cost:{widths[2]}}  {why}"
            lines += [head.rstrip(), f"{'':{widths[0]}}  {selector}" + (f"  ({location})" if location else "")]
        return "\n".join(lines)
