"""The pass depth: reduction of layers by algebraic rewrites, then minimization of heads at that depth."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from raspir.analysis import Analysis
from raspir.analysis.domains import LIMIT
from raspir.ir import BudgetWarning, Graph
from raspir.ir.errors import warn
from raspir.passes.base import PassContext, Remark
from raspir.passes.depth import (
    best,
    classes,
    closed_forms,
    ends,
    exchange,
    gathers,
    joins,
    keys,
    members,
    monotone,
    order_statistics,
    permutations,
    reorderings,
    residues,
    scores,
    shifts,
    split,
    uniform,
)
from raspir.passes.depth.budget import Budget
from raspir.passes.depth.rounds import Found, Rounds
from raspir.passes.depth.search import Rules, SearchLimits
from raspir.rewriting.graphs import cost

RULES: Rules = (
    *gathers.RULES,
    *keys.RULES,
    *closed_forms.RULES,
    *uniform.RULES,
    *permutations.RULES,
    *reorderings.RULES,
    *closed_forms.REDUCTIONS,
    *residues.RULES,
    *exchange.RULES,
    *joins.RULES,
    *shifts.RULES,
    *best.RULES,
    *order_statistics.RULES,
    *scores.RULES,
    *ends.RULES,
    *members.RULES,
    *monotone.RULES,
    *split.RULES,
    *classes.RULES,
)
"""All rules, in the order in which they are tried."""

_LONGEST = 1e9  # seconds, so that the sum with the clock is a float for any integer


@dataclass(frozen=True)
class Depth:
    """A search for fewer layers.

    Attributes:
        max_heads: the maximum number of heads that may replace one.
        max_work: the maximum number of values that the search builds for each value of the program, on average. Then no
            further rule is tried; earlier results are kept. A later run in the same pipeline has what the first
            left over.
        time_budget: the seconds after which no further rule is tried, as a last resort.
        max_table: the maximum number of rows of a table in place of an opaque function.
    """

    max_heads: int = 16
    time_budget: float = 600.0
    max_table: int = LIMIT
    max_work: int = 30

    name: ClassVar[str] = "depth"
    summary: ClassVar[str] = "reduces attention layers by algebra, spending heads only on the critical path"

    def __post_init__(self) -> None:
        if min(self.max_heads, self.max_work) < 1 or not self.time_budget >= 0:
            raise ValueError("max_heads and max_work must be at least 1, and time_budget at least 0 seconds")

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` with the fewest layers found, or the same graph if no rule saves any."""
        deadline = time.monotonic() + min(self.time_budget, _LONGEST)
        spare = context.spare.get(self.name)  # a second search is for what other passes have simplified since the first
        budgets: list[Budget] = []
        rounds = Rounds(RULES, SearchLimits(context.attention, self.max_heads), self.max_table, context.progress)

        def searched(found: Found, analysis: Analysis) -> Found:
            budgets.append(Budget(self.max_work, deadline, len(found.graph), spare))
            return rounds.searched(found, analysis, budgets[-1])

        bounded, unbounded = context.analysis(graph), Analysis(graph.functions, causal=graph.causal)

        def shallower(found: Found) -> Found:
            best = searched(found, bounded)
            if graph.max_length is None or not best.graph.stats().layers:
                return best
            # Answers for each length or position may hide from other rules what these need.
            other = searched(found, unbounded)
            return searched(other, bounded) if cost(other.graph) < cost(best.graph) else best

        best, found = Found(graph), shallower(Found(graph))
        while cost(found.graph) < cost(best.graph):
            best, found = found, shallower(found)
        context.spare[self.name] = budgets[0].left
        context.remarks.extend(best.remarks)
        self._report(budgets, context)
        return context.kept_causal(best.graph)

    def _report(self, budgets: Iterable[Budget], context: PassContext) -> None:
        """Add a remark, and warn the user, if the search ended before all rules were tried: once for a pipeline."""
        limits = [f"max_work is {self.max_work}"] if any(each.is_exceeded for each in budgets) else []
        limits += [f"time_budget is {self.time_budget:g} s"] if any(each.is_late for each in budgets) else []
        for limit in limits:
            gain = f"ended early, before all rules were tried: {limit}"
            if gain not in context.warned:
                context.warned.add(gain)
                context.remarks.append(Remark("depth", "the search", gain))
                warn(BudgetWarning(f"the search for fewer layers {gain}; a greater limit may find fewer layers"))
