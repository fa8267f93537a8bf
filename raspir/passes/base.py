"""What a pass is, and the registry of passes.

Installed packages add passes through the entry-point group ``raspir.passes``, as they add backends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from raspir.ir import Graph
from raspir.registry import Registry

Attention = Literal["select", "best"]
"""Which attention heads there are: plain selectors, or also heads that fetch from the best selected position."""


@dataclass(frozen=True)
class PassContext:
    """What a pass may know besides the graph, whose promises (vocabulary, maximum length) the graph itself holds.

    Attributes:
        attention: which attention heads the transformer has.
    """

    attention: Attention = "select"


@runtime_checkable
class Pass(Protocol):
    """A pass: a graph goes in, and a graph that yields equal results on every input that keeps the promises comes out.

    Running a pass again on its own result changes nothing.
    """

    @property
    def name(self) -> str:
        """The name that users choose it by."""

    @property
    def summary(self) -> str:
        """What it does, in one line."""

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return a graph equal to ``graph``."""


PASSES: Registry[Pass] = Registry("pass", "raspir.passes", {}, Pass)
"""All passes. raspir's own come with the optimiser, which docs/roadmap.md plans."""
