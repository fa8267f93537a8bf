"""The pass ``schedule``: which layer each head and each piece of elementwise work is placed in."""

from __future__ import annotations

from dataclasses import dataclass

from raspir.ir import Graph
from raspir.passes.base import PassContext, Remark
from raspir.passes.exact_schedule import exact_placement
from raspir.passes.greedy_schedule import greedy_placement
from raspir.passes.placement import Cost, Placement, Problem


@dataclass(frozen=True)
class Schedule:
    """Gives a graph the schedule that costs least.

    The cost is, in this order: attention layers, of which there are never more than the operations demand; heads in
    the layer that has the most; heads in all, where aggregates of one layer that share a selector are one; and how
    long values stay in the residual stream. Small graphs are searched exactly. Where the graph is too large, or the
    search goes past its limits, the schedule is a heuristic's, and the remark says so.

    A graph whose cost is least when everything is as soon as possible has no schedule afterwards, so that its text
    stays plain.
    """

    name = "schedule"
    summary = "places heads and elementwise work in layers: few heads in each, and values that do not stay long"

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` with the schedule of least cost that was found."""
        problem = Problem.of(graph)
        plain: Placement = problem.earliest
        present = plain if graph.schedule is None else problem.placement(graph.schedule.items())
        found, how = _search(problem)
        best = min((plain, present, found), key=problem.cost)  # of equals the first: no schedule, then no change
        gain = _gain(problem.cost(present), problem.cost(best))
        if gain:
            cost = problem.cost(best)
            subject = f"{_count(cost.heads, 'head')} in {_count(cost.layers, 'layer')}"
            context.remarks.append(Remark("schedule", subject, f"{gain}, {how}"))
        if best is present:
            return graph if best is not plain or graph.schedule is None else graph.scheduled(None)
        return graph.scheduled(None if best is plain else problem.schedule(best))


def _search(problem: Problem) -> tuple[Placement, str]:
    """Return the best placement that can be found, and how it was found."""
    if all(problem.earliest[value] == problem.latest[value] for value in range(len(problem.nodes))):
        return problem.earliest, "exact"
    found, is_best = exact_placement(problem)
    if found is not None and is_best:
        return found, "exact"
    greedy = greedy_placement(problem)
    return (greedy if found is None else min(found, greedy, key=problem.cost)), "heuristic"


def _gain(before: Cost, after: Cost) -> str:
    """Say in words in what ``after`` is less than ``before``; nothing where it is not."""
    told = []
    if after.layers < before.layers:
        told.append(f"{_count(after.layers, 'layer')} (was {before.layers})")
    if after.widest < before.widest:
        told.append(f"at most {_count(after.widest, 'head')} in a layer (was {before.widest})")
    if after.heads < before.heads:
        told.append(f"{_count(after.heads, 'head')} in all (was {before.heads})")
    if after.live_range < before.live_range:
        told.append(f"values stay for {_count(after.live_range, 'layer')} in all (was {before.live_range})")
    return ", ".join(told)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
