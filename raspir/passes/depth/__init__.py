"""The pass depth: reduction of layers by algebraic rewrites, then minimization of heads at that depth."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from raspir.analysis.bool_int import bool_int_agnostic
from raspir.analysis.domains import LIMIT
from raspir.ir import Graph
from raspir.passes.base import PassContext, Remark
from raspir.passes.depth import best, closed_forms, exchange, gathers, shifts, split, uniform
from raspir.passes.depth.extraction import extracted
from raspir.passes.depth.search import Rules, Search, SearchLimits
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import cost

RULES: Rules = (
    *gathers.RULES,
    *closed_forms.RULES,
    *uniform.RULES,
    *shifts.RULES,
    *exchange.RULES,
    *best.RULES,
    *split.RULES,
)
"""All rules, in the order in which they are tried."""

_ROUNDS = 6
_LONGEST = 1e9  # seconds, so that the sum with the clock is a float for any integer


@dataclass(frozen=True)
class Depth:
    """A search for fewer layers.

    Attributes:
        max_heads: the maximum number of heads that may replace one whose query, or a uniform value, has few atoms.
        time_budget: the seconds after which no further rule is tried; earlier results are kept.
        max_table: the maximum number of rows of a table in place of an opaque function.
    """

    max_heads: int = 16
    time_budget: float = 30.0
    max_table: int = LIMIT

    name: ClassVar[str] = "depth"
    summary: ClassVar[str] = "reduces attention layers by algebra, spending heads only on the critical path"

    def __post_init__(self) -> None:
        if self.max_heads < 1 or not self.time_budget >= 0:
            raise ValueError("max_heads must be at least 1, and time_budget at least 0 seconds")

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` with the fewest layers found, or the same graph if no rule saves any."""
        deadline = time.monotonic() + min(self.time_budget, _LONGEST)
        limits = SearchLimits(context.attention, self.max_heads, deadline)
        analysis = context.analysis(graph)
        for _ in range(_ROUNDS):
            search = Search(Algebra(analysis, graph, self.max_table), RULES, limits, bool_int_agnostic(graph))
            found, remarks = extracted(graph, search, context.progress)
            is_better = cost(found) < cost(graph)
            if is_better:
                graph = found
                context.remarks.extend(remarks)
            if search.exhausted:
                gain = f"ended after {self.time_budget:g} s, before all rules were tried"
                context.remarks.append(Remark("time budget", "the search", gain))
            if search.exhausted or not is_better:
                break
        return context.kept_causal(graph)
