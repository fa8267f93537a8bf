"""What a pass is, and the registry of passes.

Installed packages add passes through the entry-point group ``raspir.passes``, as they add backends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from raspir.analysis import Analysis
from raspir.ir import Graph, Location
from raspir.passes.options import Attention, Target
from raspir.plugins.options import options_problem
from raspir.plugins.registry import Registry, signature_violation


@dataclass(frozen=True)
class Remark:
    """A rewrite that mattered.

    Attributes:
        rule: the name of the rule that was applied.
        subject: the value that it was applied to, as the author calls it or wrote it.
        gain: what it gained, in words, such as ``layer 6 → 4``; what saves layers begins with the word layer.
        location: the author's line, where it is known.
    """

    rule: str
    subject: str
    gain: str
    location: Location | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the remark by its parts, for JSON."""
        line = None if self.location is None else str(self.location)
        return {"rule": self.rule, "subject": self.subject, "gain": self.gain, "line": line}


@dataclass(frozen=True)
class PassContext:
    """What a pass may know besides the graph, which holds the assumptions (vocabulary, maximum length) itself.

    Attributes:
        target: the transformer to compile for.
        remarks: where passes record each rewrite that mattered, in order.
        progress: told by passes that can take long how many steps of how many are done.
        warned: the warnings that passes issued, so that each comes once.
    """

    target: Target = field(default_factory=Target)
    remarks: list[Remark] = field(default_factory=list)
    progress: Callable[[int, int], None] | None = None
    warned: set[str] = field(default_factory=set, repr=False)
    _analyses: list[Analysis] = field(default_factory=list, repr=False, compare=False)

    @property
    def attention(self) -> Attention:
        """The kind of attention heads of the target."""
        return self.target.attention

    def analysis(self, graph: Graph) -> Analysis:
        """Return the analysis of ``graph``: the one of the pass before, which knows many of its nodes, if that fits.

        One that knows many more nodes than there are, as after a long search, makes room for a new one.
        """
        for known in self._analyses:
            if known.fits(graph) and len(known) < 8 * len(graph) + 1000:
                return known
        self._analyses[:] = [Analysis.of(graph)]
        return self._analyses[0]


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


def violation(pass_: Any) -> str | None:
    """Say how an object that has all that a pass has is none all the same; ``None`` where it is one."""
    if not callable(pass_.run):
        return "its run is not a method"
    problem = signature_violation(pass_.run, "graph", "context")
    return options_problem(pass_, "pass") if problem is None else f"its run {problem}"


PASSES: Registry[Pass] = Registry(
    "pass",
    "raspir.passes",
    {
        "fold": "raspir.passes.fold:Fold",
        "merge": "raspir.passes.merge:Merge",
        "depth": "raspir.passes.depth:Depth",
        "fuse": "raspir.passes.fuse:Fuse",
        "schedule": "raspir.passes.schedule:Schedule",
    },
    Pass,
    violation,
)
"""All passes."""
