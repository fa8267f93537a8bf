"""Heuristic placement in nearly linear time, for programs too large for the exact search.

Heads are list-scheduled layer by layer, the most urgent first, under the smallest feasible limit per layer. Then heads
that share a selector are joined where possible, and elementwise work is delayed where that shortens the live ranges.
"""

from __future__ import annotations

from heapq import heappop, heappush

from raspir.passes.placement import Placement, Problem

_VISITS = 200_000
"""Maximum number of values visited to join heads: a bound on the time."""


def greedy_placement(problem: Problem) -> Placement:
    """Return a placement with the fewest layers, few heads in the widest layer, and few heads in total."""
    early = {value: problem.earliest[value] for value in problem.aggregates}
    return min((_improved(problem, start) for start in (early, _narrow(problem))), key=problem.cost)


def _improved(problem: Problem, fixed: dict[int, int]) -> Placement:
    """Return the placement with the aggregates in the layers of ``fixed``, after local improvement."""
    _join(problem, fixed)
    return _put_off(problem, problem.settle(fixed))


def _narrow(problem: Problem) -> dict[int, int]:
    """Return the layer of each aggregate under the smallest heads-per-layer limit that list scheduling can meet."""
    best = {value: problem.earliest[value] for value in problem.aggregates}
    low, high = 1, problem.cost(problem.earliest).widest
    while low < high:
        limit = (low + high) // 2
        found = _list(problem, limit)
        if found is None:
            low = limit + 1
        else:
            best, high = found, limit
    return best


def _list(problem: Problem, limit: int) -> dict[int, int] | None:
    """Return the layer of each aggregate with at most ``limit`` heads per layer, ``None`` if list scheduling fails."""
    waiting = [len(operands) for operands in problem.operands]
    ready: dict[int, list[int]] = {}
    urgent: list[tuple[int, int]] = []
    fixed: dict[int, int] = {}

    def arrive(values: list[int]) -> None:
        """Queue ready aggregates for a head, and propagate through other values at once."""
        while values:
            value = values.pop()
            if problem.steps[value] and value not in fixed:
                ready.setdefault(problem.selectors[value], []).append(value)
                heappush(urgent, (problem.latest[value], problem.selectors[value]))
                continue
            for user in problem.users[value]:
                waiting[user] -= 1
                if not waiting[user]:
                    values.append(user)

    arrive([value for value, operands in enumerate(problem.operands) if not operands])
    for layer in range(1, problem.depth + 1):
        placed: list[int] = []
        heads = 0
        while urgent and (heads < limit or urgent[0][0] <= layer):
            members = ready.pop(heappop(urgent)[1], [])
            heads += bool(members)
            placed += members
        if heads > limit:
            return None
        fixed.update(dict.fromkeys(placed, layer))
        arrive(placed)
    return fixed


def _join(problem: Problem, fixed: dict[int, int]) -> None:
    """Move whole heads onto another head of their selector, if all their aggregates can move."""
    budget = _VISITS // max(1, len(problem.nodes))
    at, due = problem.settle(fixed), problem.due(fixed)
    layers: dict[int, list[int]] = {}
    heads = problem.heads(at)
    for layer, selector in heads:
        layers.setdefault(selector, []).append(layer)
    for (layer, selector), members in sorted(heads.items(), key=lambda head: len(head[1])):
        if budget <= 0:
            return
        first = max(max([at[o] for o in problem.operands[value]], default=0) + 1 for value in members)
        last = min(due[value] for value in members)
        target = next((other for other in layers[selector] if other != layer and first <= other <= last), None)
        if target is not None:
            fixed.update(dict.fromkeys(members, target))
            layers[selector].remove(layer)
            at, due = problem.settle(fixed), problem.due(fixed)
            budget -= 1


def _put_off(problem: Problem, placement: list[int]) -> Placement:
    """Return ``placement`` with elementwise work delayed where that shortens the live ranges."""
    at, last = list(placement), problem.last_read(placement)
    reads = _latest_reads(problem, at, last)
    latest = problem.due({value: at[value] for value in problem.aggregates})
    for value in reversed(range(len(at))):
        if problem.steps[value] or not problem.moves[value]:
            continue
        users = problem.users[value]
        due = [at[user] - problem.steps[user] if problem.moves[user] else latest[user] for user in users]
        until = min([*due, problem.depth] if problem.is_output[value] else due)
        others = [_other_read(reads[operand], value) for operand in problem.operands[value]]
        at[value] = max(at[value], min(until, *others))
        for operand in problem.operands[value]:
            reads[operand] = sorted([*(read for read in reads[operand] if read[1] != value), (at[value], value)])[-2:]
    return at if problem.cost(at) < problem.cost(placement) else placement


def _latest_reads(problem: Problem, at: list[int], last: list[int]) -> list[list[tuple[int, int]]]:
    """Return the two latest reads of each value, as layer and user (``-1`` for an output)."""
    reads: list[list[tuple[int, int]]] = [[(problem.depth, -1)] if output else [] for output in problem.is_output]
    for user, operands in enumerate(problem.operands):
        read = at[user] - problem.steps[user] if problem.moves[user] else last[user]
        for operand in operands:
            reads[operand] = sorted([*reads[operand], (read, user)])[-2:]
    return reads


def _other_read(reads: list[tuple[int, int]], user: int) -> int:
    """Return the layer of the latest read by a user other than ``user``, or 0."""
    return max((layer for layer, by in reads if by != user), default=0)
