"""The contract of passes beyond results: no pass adds depth, and none adds nodes without a reported gain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from raspir.ir import Graph
from raspir.ir.views import Map, SelectBy
from raspir.passes.base import PASSES, Pass, Remark
from raspir.passes.options import Target
from raspir.passes.pipeline import DEFAULT, run_passes
from raspir.testing.differences import DifferenceError
from raspir.testing.quiet import quiet

NEVER_LARGER = frozenset({"fuse", "schedule"})
"""Passes that reduce neither layers, heads nor values, and so have no justification for growing a graph."""


@dataclass
class Contract:
    """Checker of passes as they run, for ``remarks`` and ``on_pass`` of :func:`raspir.passes.pipeline.run_passes`.

    Only built-in passes are checked.

    Attributes:
        remarks: the remarks recorded so far.
        ran: the passes that ran so far.
    """

    remarks: list[Remark] = field(default_factory=list)
    ran: list[Pass] = field(default_factory=list)
    _seen: int = 0

    def on_pass(self, each: Pass, before: Graph, after: Graph) -> None:
        """Check a pass that just ran.

        Raises:
            DifferenceError: if it made the graph deeper, or larger without a gain or a remark.
        """
        remarked, self._seen = len(self.remarks) > self._seen, len(self.remarks)
        self.ran.append(each)
        if after is not before and is_own(each):
            _check_layers(each, before, after)
            if len(after) > len(before):
                _check_growth(each, before, after, remarked)

    def running(self, passes: Sequence[str | Pass] | None) -> str:
        """Return the name of the next of ``passes`` to run."""
        named = [each if isinstance(each, str) else each.name for each in (DEFAULT if passes is None else passes)]
        at = len(self.ran)
        return f"pass {named[at]}" if at < len(named) else f"pass {named[-1]} on its own result"

    def check_again(self, after: Graph, target: Target) -> None:
        """Check that the last pass is idempotent.

        Raises:
            DifferenceError: if it changes its own result.
        """
        if not self.ran or not is_own(self.ran[-1]):
            return
        last = self.ran[-1]
        with quiet():
            again = run_passes(after, [last], target)
        if again != after:
            sizes = f"{len(after)} → {len(again)} nodes"
            raise DifferenceError(f"pass {last.name} is not idempotent: a second run changes {sizes}", kind="again")


def is_own(each: Pass) -> bool:
    """Return whether a pass is built in."""
    return each.name in PASSES.built_in and type(each) is type(PASSES.get(each.name))


def _check_layers(each: Pass, before: Graph, after: Graph) -> None:
    had, has = (len(graph.layering.heads) for graph in (before, after))
    if has > had:
        raise DifferenceError(f"pass {each.name} increases the layers from {had} to {has}", kind="layers")


def _check_growth(each: Pass, before: Graph, after: Graph, remarked: bool) -> None:
    grown = f"pass {each.name} grows the graph from {len(before)} to {len(after)} nodes"
    had, has = _figures(before), _figures(after)
    if each.name in NEVER_LARGER or (has[0] >= had[0] and has[1:] >= had[1:]):
        pairs = zip(_FIGURES, had, has, strict=True)
        figures = ", ".join(f"{name} {old} → {new}" for name, old, new in pairs)
        raise DifferenceError(f"{grown} without a gain ({figures})", kind="growth")
    if not remarked:
        raise DifferenceError(f"{grown} without a remark", kind="growth")


_FIGURES = ("functions", "layers", "heads", "values")
"""What a pass may grow a graph for: fewer opaque functions, or fewer of the others in this order."""


def _figures(graph: Graph) -> tuple[int, ...]:
    functions, stats = sum(isinstance(node, Map | SelectBy) for node in graph), graph.stats()
    return functions, stats.layers, stats.heads, stats.values
