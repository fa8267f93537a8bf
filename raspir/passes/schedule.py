"""The pass ``schedule``: assignment of heads and elementwise work to layers."""

from __future__ import annotations

from dataclasses import dataclass

from raspir.ir import BudgetWarning, Graph
from raspir.ir.errors import warn
from raspir.passes.base import PassContext, Remark
from raspir.passes.exact_schedule import MOST_SECONDS, Outcome, exact_placement
from raspir.passes.greedy_schedule import greedy_placement
from raspir.passes.placement import Cost, Placement, Problem


@dataclass(frozen=True)
class Schedule:
    """A placement of least cost.

    The cost is lexicographic: attention layers, never more than the critical path; heads in the widest layer; heads in
    total, where aggregates of one layer that share a selector are one; and the live ranges of values in the residual
    stream. Small graphs are solved exactly. If the graph is too large, or the search exceeds its limits, the schedule
    is heuristic, and the remark says so.

    A graph for which the ASAP placement has least cost gets no explicit schedule, so that its text stays plain.
    """

    name = "schedule"
    summary = "assigns heads and elementwise work to layers, with few heads in each and short lifetimes of values"

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` with the least-cost schedule found."""
        problem = Problem.of(graph)
        plain: Placement = problem.earliest
        present = plain if graph.schedule is None else problem.placement(graph.schedule.items())
        found, outcome = _search(problem)
        if outcome == "late":
            gain = f"ended early, after {MOST_SECONDS:g} s, so the schedule depends on the speed of the machine"
            context.remarks.append(Remark("schedule", "the search", gain))
            warn(BudgetWarning(f"the search for a schedule {gain}"))
        best = min((plain, present, found), key=problem.cost)  # ties go to the first: no schedule, then the present one
        gain = _gain(problem.cost(present), problem.cost(best))
        if gain:
            cost = problem.cost(best)
            subject = f"{_count(cost.heads, 'head')} in {_count(cost.layers, 'layer')}"
            how = "exact" if outcome == "exact" else "heuristic"
            context.remarks.append(Remark("schedule", subject, f"{gain}, {how}"))
        if best is present:
            return graph if best is not plain or graph.schedule is None else graph.scheduled(None)
        return graph.scheduled(None if best is plain else problem.schedule(best))


def _search(problem: Problem) -> tuple[Placement, Outcome]:
    """Return the best placement found, and whether it is proven optimal."""
    if all(problem.earliest[value] == problem.latest[value] for value in range(len(problem.nodes))):
        return problem.earliest, "exact"
    found, outcome = exact_placement(problem)
    if found is not None and outcome == "exact":
        return found, outcome
    greedy = greedy_placement(problem)
    return (greedy if found is None else min(found, greedy, key=problem.cost)), outcome


def _gain(before: Cost, after: Cost) -> str:
    """Return the figures in which ``after`` is less than ``before``, in words; empty if there are none."""
    gains = []
    if after.layers < before.layers:
        gains.append(f"{_count(after.layers, 'layer')} (was {before.layers})")
    if after.widest < before.widest:
        gains.append(f"at most {_count(after.widest, 'head')} per layer (was {before.widest})")
    if after.heads < before.heads:
        gains.append(f"{_count(after.heads, 'head')} in total (was {before.heads})")
    if after.live_range < before.live_range:
        gains.append(f"values live for {_count(after.live_range, 'layer')} in total (was {before.live_range})")
    return ", ".join(gains)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
