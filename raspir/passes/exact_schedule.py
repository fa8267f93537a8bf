"""Optimal placement by integer programming.

For each value and layer, ``by`` is whether the value is available by that layer, and ``done`` whether it has been read
for the last time. Each constraint then compares two of these, so once the ``by`` of the aggregates are integral, the
others are integral at the vertices of the feasible polytope. A ``head`` for each selector and layer is at least the
contribution of each of its aggregates.
"""

from __future__ import annotations

from typing import Any, Literal

from raspir._forking import importing
from raspir.passes.placement import Placement, Problem

MOST_CHOICES = 800
"""Maximum slack in layers, summed over all values; beyond it the search would take too long."""

MOST_CELLS = 20_000
"""Maximum of values times layers; beyond it the model would take too long to build."""

MOST_BRANCHES = 200
"""Maximum branch-and-bound nodes per criterion: a limit independent of the speed of the machine."""

MOST_CHECKS = 100
"""Maximum times per criterion that the solver asks whether to stop, at points that its algorithm determines.

It limits programs that are slow although they branch little.
"""

MOST_SECONDS = 60.0
"""Time limit per criterion, as a last resort."""

_WHOLE = 0.5  # rounding threshold between 0 and 1

Term = int | bool
"""A column by its number, or a constant."""


Outcome = Literal["exact", "heuristic", "late"]
"""Whether a placement is proven optimal, and if not, whether only for lack of time."""


def exact_placement(problem: Problem) -> tuple[Placement | None, Outcome]:
    """Return the placement of least cost found, and whether it is proven optimal.

    If the problem or the search exceeds its limits, the placement may be optimal by the first criteria only, or
    ``None``.
    """
    slack = sum(problem.latest[value] - problem.earliest[value] for value in range(len(problem.nodes)))
    if slack > MOST_CHOICES or len(problem.nodes) * (problem.depth + 1) > MOST_CELLS:
        return None, "heuristic"
    program = _Program(problem)
    outcome: Outcome = "exact"
    for stage in program.stages:
        if outcome == "exact":
            outcome = program.minimize(stage)
    return program.placement(), outcome


class _Program:
    """The integer program of one problem, with its solver."""

    def __init__(self, problem: Problem) -> None:
        with importing.lock:
            import highspy  # slow to import, and needed only by programs with a choice

        self._problem = problem
        self._ok = highspy.HighsModelStatus.kOptimal
        self._late = highspy.HighsModelStatus.kTimeLimit
        self._whole = highspy.HighsVarType.kInteger
        self._solver = _silent(highspy.Highs)
        options = {"output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0}
        limits = {"mip_max_nodes": MOST_BRANCHES, "time_limit": MOST_SECONDS}
        for name, setting in {**options, **limits}.items():
            self._solver.setOptionValue(name, setting)
        self._checks = 0
        self._solver.cbMipInterrupt.subscribe(self._check)
        self._columns = 0
        self._solution: list[float] = []
        self._by: list[list[Term]] = [self._steps(value) for value in range(len(problem.nodes))]
        self._order()
        self.stages = [*self._head_counts(), self._stays()]

    def minimize(self, stage: dict[int, float]) -> Outcome:
        """Minimize the weighted sum of the columns in ``stage``, and fix it at its minimum.

        Returns:
            Whether the minimum was found within the limits.
        """
        if not stage:
            return "exact"
        solver = self._solver
        for column in range(self._columns):
            solver.changeColCost(column, stage.get(column, 0.0))
        self._checks = 0
        solver.run()
        status = solver.getModelStatus()
        if status != self._ok:
            return "late" if status == self._late else "heuristic"
        self._solution = list(solver.getSolution().col_value)
        least = round(solver.getInfo().objective_function_value)
        solver.addRow(-solver.inf, least, len(stage), list(stage), list(stage.values()))
        return "exact"

    def _check(self, event: Any) -> None:
        """Stop the solver after its last check."""
        self._checks += 1
        event.data_in.user_interrupt = self._checks > MOST_CHECKS

    def placement(self) -> Placement | None:
        """Return the last placement found, or ``None``."""
        solution = self._solution
        if not solution:
            return None
        return [
            sum(not (known if isinstance(known, bool) else solution[known] > _WHOLE) for known in by) for by in self._by
        ]

    def _column(self, upper: float = 1.0, whole: bool = False) -> int:
        self._solver.addCol(0.0, 0.0, upper, 0, [], [])
        self._columns += 1
        if whole:
            self._solver.changeColIntegrality(self._columns - 1, self._whole)
        return self._columns - 1

    def _steps(self, value: int) -> list[Term]:
        """Return whether ``value`` is available by each layer, from 0."""
        problem, whole = self._problem, bool(self._problem.steps[value])
        first, last = problem.earliest[value], problem.latest[value]
        open_ = {layer: self._column(whole=whole) for layer in range(first, last)}
        return [open_.get(layer, layer >= last) for layer in range(problem.depth + 1)]

    def _order(self) -> None:
        """Constrain availability to be monotone, and operands to be available before their users."""
        for value, by in enumerate(self._by):
            step = self._problem.steps[value]
            for layer in range(1, len(by)):
                self._at_most(by[layer - 1], by[layer])
                for operand in self._problem.operands[value]:
                    self._at_most(by[layer], self._by[operand][layer - step])
            if not step:
                for operand in self._problem.operands[value]:
                    self._at_most(by[0], self._by[operand][0])

    def _at_most(self, a: Term, b: Term) -> None:
        """Constrain ``a`` to be at most ``b``, unless it is trivially so."""
        if a is not False and b is not True:
            self._row([(a, 1.0), (b, -1.0)], 0.0)

    def _row(self, terms: list[tuple[Term, float]], upper: float) -> None:
        """Constrain the sum of ``terms`` to be at most ``upper``."""
        known = sum(factor for term, factor in terms if term is True)
        rest = [(term, factor) for term, factor in terms if not isinstance(term, bool)]
        columns, factors = [term for term, _ in rest], [factor for _, factor in rest]
        self._solver.addRow(-self._solver.inf, upper - known, len(rest), columns, factors)

    def _head_counts(self) -> list[dict[int, float]]:
        """Constrain the heads of each layer, and return the objectives: the widest layer, then the total."""
        depth, problem = self._problem.depth, self._problem
        layers: list[dict[int, int]] = [{} for _ in range(depth + 1)]
        for value in problem.aggregates:
            by = self._by[value]
            for layer in range(problem.earliest[value], problem.latest[value] + 1):
                selector = problem.selectors[value]
                head = layers[layer][selector] if selector in layers[layer] else self._column()
                layers[layer][selector] = head
                self._row([(by[layer], 1.0), (by[layer - 1], -1.0), (head, -1.0)], 0.0)
        widest = self._column(upper=float(len(problem.aggregates)), whole=True)
        for heads in layers:
            self._row([*((head, 1.0) for head in heads.values()), (widest, -1.0)], 0.0)
        return [{widest: 1.0}, {head: 1.0 for heads in layers for head in heads.values()}]

    def _stays(self) -> dict[int, float]:
        """Constrain the last read of each value, and return the objective: the total length of the live ranges."""
        problem = self._problem
        last = problem.depth
        done: list[list[Term]] = [[] for _ in problem.nodes]
        live_range: dict[int, float] = {}
        values = set(problem.values())
        for value in reversed(range(len(problem.nodes))):
            for layer in range(last + 1):
                uses = [self._use(user, done, layer) for user in problem.users[value]]
                done[value].append(
                    self._all([*uses, self._by[value][layer]], problem.is_output[value] and layer < last)
                )
                if value in values:
                    for term, factor in ((self._by[value][layer], 1.0), (done[value][layer], -1.0)):
                        if not isinstance(term, bool):
                            live_range[term] = live_range.get(term, 0.0) + factor
        return live_range

    def _use(self, user: int, done: list[list[Term]], layer: int) -> Term:
        """Return whether ``user`` has read its operands by ``layer``."""
        problem = self._problem
        if not problem.moves[user]:
            return done[user][layer]
        return self._by[user][min(layer + problem.steps[user], problem.depth)]

    def _all(self, terms: list[Term], never: bool) -> Term:
        """Return a term that is at most each of ``terms``; ``False`` if ``never`` is set."""
        if never or False in [term for term in terms if isinstance(term, bool)]:
            return False
        open_ = {term for term in terms if not isinstance(term, bool)}
        if len(open_) <= 1:
            return next(iter(open_), True)
        both = self._column()
        for term in sorted(open_):
            self._at_most(both, term)
        return both


def _silent(solver: Any) -> Any:
    """Return a solver that never writes to the terminal, as some versions do during construction."""

    def enable_callbacks(self: Any) -> None:
        self.setOptionValue("output_flag", False)
        solver.enableCallbacks(self)

    return type("Silent", (solver,), {"enableCallbacks": enable_callbacks})()
