"""The best placement, by integer programming.

For each value and layer, ``by`` says whether the value is there by that layer, and ``done`` whether it has been read
for the last time. Every rule is then a comparison of two of these, so once the aggregates' ``by`` are whole, the
others are whole at the corners of what is feasible. A ``head`` for each selector and layer is at least what any of
its aggregates adds there.
"""

from __future__ import annotations

from typing import Any

from raspir.ir.forking import importing
from raspir.passes.placement import Placement, Problem

MOST_CHOICES = 800
"""Layers that values can be moved by, added up over all values: with more the search would take too long."""

MOST_CELLS = 20_000
"""Values times layers: with more it would take too long to state the problem."""

MOST_BRANCHES = 200
"""How far the search for one of the criteria goes: a limit that does not depend on the speed of the machine."""

MOST_SECONDS = 2.0
"""The last resort against a program that is slow although it branches little."""

_WHOLE = 0.5  # what is below is 0, what is above is 1

Term = int | bool
"""A column by its number, or what is known beforehand."""


def exact_placement(problem: Problem) -> tuple[Placement | None, bool]:
    """Return the placement of least cost that was found, and whether there is none of less.

    Where the search would go, or went, past its limits, the placement may be best by some of the criteria only, or
    there is none.
    """
    slack = sum(problem.latest[value] - problem.earliest[value] for value in range(len(problem.nodes)))
    if slack > MOST_CHOICES or len(problem.nodes) * (problem.depth + 1) > MOST_CELLS:
        return None, False
    program = _Program(problem)
    done = all(program.minimise(stage) for stage in program.stages)
    return program.placement(), done


class _Program:
    """The integer program of one problem, and the solver that holds it."""

    def __init__(self, problem: Problem) -> None:
        with importing.lock:
            import highspy  # slow to import, and programs without a choice never need it

        self._problem = problem
        self._ok = highspy.HighsModelStatus.kOptimal
        self._whole = highspy.HighsVarType.kInteger
        self._solver = _silent(highspy.Highs)
        options = {"output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": 0.0}
        limits = {"mip_max_nodes": MOST_BRANCHES, "time_limit": MOST_SECONDS}
        for name, setting in {**options, **limits}.items():
            self._solver.setOptionValue(name, setting)
        self._columns = 0
        self._solution: list[float] = []
        self._by: list[list[Term]] = [self._steps(value) for value in range(len(problem.nodes))]
        self._order()
        self.stages = [*self._head_counts(), self._stays()]

    def minimise(self, stage: dict[int, float]) -> bool:
        """Make the sum of the columns in ``stage``, with these factors, as small as can be, and hold it there.

        Returns:
            Whether the least sum was found within the limits.
        """
        if not stage:
            return True
        solver = self._solver
        for column in range(self._columns):
            solver.changeColCost(column, stage.get(column, 0.0))
        solver.run()
        if solver.getModelStatus() != self._ok:
            return False
        self._solution = list(solver.getSolution().col_value)
        least = round(solver.getInfo().objective_function_value)
        solver.addRow(-solver.inf, least, len(stage), list(stage), list(stage.values()))
        return True

    def placement(self) -> Placement | None:
        """Return the placement that was found last, if any was."""
        told = self._solution
        if not told:
            return None
        return [
            sum(not (known if isinstance(known, bool) else told[known] > _WHOLE) for known in by) for by in self._by
        ]

    def _column(self, upper: float = 1.0, whole: bool = False) -> int:
        self._solver.addCol(0.0, 0.0, upper, 0, [], [])
        self._columns += 1
        if whole:
            self._solver.changeColIntegrality(self._columns - 1, self._whole)
        return self._columns - 1

    def _steps(self, value: int) -> list[Term]:
        """Return whether ``value`` is there by each layer from 0."""
        problem, whole = self._problem, bool(self._problem.steps[value])
        first, last = problem.earliest[value], problem.latest[value]
        open_ = {layer: self._column(whole=whole) for layer in range(first, last)}
        return [open_.get(layer, layer >= last) for layer in range(problem.depth + 1)]

    def _order(self) -> None:
        """State that what is there stays there, and that operands are there before what reads them."""
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
        """State that ``a`` is at most ``b``, where that is not known."""
        if a is not False and b is not True:
            self._row([(a, 1.0), (b, -1.0)], 0.0)

    def _row(self, terms: list[tuple[Term, float]], upper: float) -> None:
        """State that the sum of ``terms`` is at most ``upper``."""
        known = sum(factor for term, factor in terms if term is True)
        rest = [(term, factor) for term, factor in terms if not isinstance(term, bool)]
        columns, factors = [term for term, _ in rest], [factor for _, factor in rest]
        self._solver.addRow(-self._solver.inf, upper - known, len(rest), columns, factors)

    def _head_counts(self) -> list[dict[int, float]]:
        """State how many heads there are in each layer, and return what to minimise: the most, then all."""
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
        """State when each value is done with, and return what to minimise: the layers in which it is there and not."""
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
        """Return a term that can be true where all ``terms`` are."""
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
    """Return a solver of this class that never writes to the terminal, as some versions do while they are made."""

    def enable_callbacks(self: Any) -> None:
        self.setOptionValue("output_flag", False)
        solver.enableCallbacks(self)

    return type("Silent", (solver,), {"enableCallbacks": enable_callbacks})()
