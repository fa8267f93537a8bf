"""The pass interface and the registry of passes.

Installed packages register passes through the entry-point group ``raspir.passes``, as they register backends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from raspir.analysis import Analysis
from raspir.analysis.causality import kept_causal
from raspir.ir import Graph, Location
from raspir.passes.options import Attention, Target
from raspir.plugins.options import options_problem
from raspir.plugins.registry import Registry, signature_violation


@dataclass(frozen=True)
class Remark:
    """A notable rewrite.

    Attributes:
        rule: the name of the applied rule.
        subject: the rewritten value, by its source name or its expression.
        gain: the gain in words, such as ``layer 6 → 4``; a gain in layers begins with the word layer.
        location: the source line, if known.
    """

    rule: str
    subject: str
    gain: str
    location: Location | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the fields of the remark for JSON."""
        line = None if self.location is None else str(self.location)
        return {"rule": self.rule, "subject": self.subject, "gain": self.gain, "line": line}


@dataclass(frozen=True)
class PassContext:
    """The input of a pass besides the graph, which carries the assumptions (vocabulary, maximum length, causal) itself.

    Attributes:
        target: the transformer to compile for.
        remarks: the list to which passes append a remark for each notable rewrite, in order.
        progress: the callback to which slow passes report the steps done and the steps in total.
        warned: the warnings already issued, so that each is issued once.
        spare: the work that the last run of a pass left over, by its name, as a limit on its next run.
    """

    target: Target = field(default_factory=Target)
    remarks: list[Remark] = field(default_factory=list)
    progress: Callable[[int, int], None] | None = None
    warned: set[str] = field(default_factory=set, repr=False)
    spare: dict[str, float] = field(default_factory=dict, repr=False)
    _analyses: list[Analysis] = field(default_factory=list, repr=False, compare=False)

    @property
    def attention(self) -> Attention:
        """The kind of attention heads of the target."""
        return self.target.attention

    def analysis(self, graph: Graph) -> Analysis:
        """Return the analysis of ``graph``, reusing that of an earlier pass if it fits.

        A cached analysis with far more nodes than the graph, as after a long search, is replaced.
        """
        for known in self._analyses:
            if known.fits(graph) and len(known) < 16 * len(graph) + 1000:
                return known
        self._analyses[:] = [Analysis.of(graph)]
        return self._analyses[0]

    def kept_causal(self, graph: Graph) -> Graph:
        """Return ``graph``, whose heads look back if it is causal, with the mask wherever that cannot be proven.

        A pass returns its result through this if its rewrites keep heads from looking ahead, but may lose the evidence.
        """
        return kept_causal(self.analysis(graph), graph)


@runtime_checkable
class Pass(Protocol):
    """A pass: a function from graphs to graphs with equal results on every input that satisfies the assumptions.

    Passes are idempotent.
    """

    @property
    def name(self) -> str:
        """The name by which users select the pass."""

    @property
    def summary(self) -> str:
        """A one-line summary of the transformation."""

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return a graph equal to ``graph``."""


def violation(pass_: Any) -> str | None:
    """Return why an object with the attributes of a pass violates the interface, or ``None`` if it conforms."""
    if not callable(pass_.run):
        return "its run is not a method"
    problem = signature_violation(pass_.run, "graph", "context")
    return options_problem(pass_, "pass") if problem is None else f"its run {problem}"


PASSES: Registry[Pass] = Registry(
    "pass",
    "raspir.passes",
    {
        "recognize": "raspir.passes.recognize:Recognize",
        "fold": "raspir.passes.fold:Fold",
        "merge": "raspir.passes.merge:Merge",
        "depth": "raspir.passes.depth:Depth",
        "fuse": "raspir.passes.fuse:Fuse",
        "schedule": "raspir.passes.schedule:Schedule",
    },
    Pass,
    violation,
)
"""The registered passes."""
