"""Differential testing of single rules on generated programs, with the reference backend.

Proofs cover handwritten programs; this covers programs that nobody thought of.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from unittest import mock

from raspir.analysis import Analysis
from raspir.analysis.bool_int import bool_int_agnostic
from raspir.backends.base import runner
from raspir.ir import Atom, EvaluationError, Graph, Node
from raspir.passes import depth
from raspir.passes.base import PASSES, PassContext
from raspir.passes.depth.extraction import extracted
from raspir.passes.depth.search import Search, SearchLimits
from raspir.rewriting import algebra
from raspir.rewriting.builder import Builder
from raspir.runtime.interrupts import held_back
from raspir.testing.generate import Generated, program
from raspir.testing.proofs.proving import Provable
from raspir.testing.quiet import quiet

INPUTS, CAUSAL = 4, 5
"""The number of inputs of a program; and of programs, of which one is causal."""


@dataclass(frozen=True)
class Checks:
    """The results of a rule on generated programs.

    Attributes:
        programs: the number of generated programs.
        applied: the number of programs that the rule changed.
        compared: the number of inputs compared on these, on which the original program has a result.
        difference: the first difference, in words.
    """

    programs: int
    applied: int
    compared: int
    difference: str | None = None

    def __str__(self) -> str:
        programs = "1 generated program" if self.applied == 1 else f"{self.applied:,} generated programs"
        return f"{self.compared:,} {'result' if self.compared == 1 else 'results'} of {programs}"


def check(rule: Provable, programs: int, seed: int = 0) -> Checks:
    """Return the results of ``rule`` on that many generated programs, up to the first difference."""
    alone = _ALONE.get(rule.pass_, _by_pass)
    applied = compared = 0
    for number in range(programs):
        random = Random(f"{seed} {number}")
        with quiet(), held_back():  # exceptions raised while terms and nodes are freed are lost
            generated = program(random, causal=number % CAUSAL == CAUSAL - 1)
            graph = generated.graph.assume(generated.vocab if random.random() < 0.5 else None)
            graph = graph.assume(causal=generated.causal or None)
            changed = alone(rule, graph)
        if changed is not None:
            applied += 1
            for given, expected in _results(random, generated, graph):
                compared += 1
                got = _result(changed, given)
                if got != expected:
                    text = f"on {given!r} it yields {expected}, but {'fails' if got is None else got} after:\n{graph}"
                    return Checks(number + 1, applied, compared, text)
    return Checks(programs, applied, compared)


def _results(random: Random, generated: Generated, graph: Graph) -> Iterator[tuple[list[Atom], object]]:
    for _ in range(INPUTS):
        given = generated.input(random)
        expected = _result(graph, given)
        if expected is not None:
            yield given, expected


def _result(graph: Graph, given: list[Atom]) -> object:
    try:
        return runner("reference").compile(graph)(given)
    except EvaluationError:
        return None


# One rule alone


def _folded(rule: Provable, graph: Graph) -> Graph | None:
    """Return ``graph`` after one row of the algebra, or ``None`` if that changes nothing."""
    with _only(rule.name) as fired:
        after = PASSES.get("fold").run(graph, PassContext())
        return after if fired else None


@contextmanager
def _only(name: str) -> Iterator[list[Node]]:
    """Restrict the algebra to one row, and yield the list of nodes to which it is applied."""
    fired: list[Node] = []

    def recording(row: algebra.Row) -> algebra.Row:
        @functools.wraps(row)
        def apply(of: Builder, node: Node) -> Node | None:
            new = row(of, node)
            fired.extend([node] if new is not None and new is not node else [])
            return new

        return apply

    rows = {
        operation: [row for row in given if algebra.rule_name(row) == name]
        for operation, given in algebra.RULES.items()
    }
    with mock.patch.dict(algebra.RULES, {of: tuple(map(recording, given)) for of, given in rows.items()}):
        yield fired


def _shallower(rule: Provable, graph: Graph) -> Graph | None:
    """Return ``graph`` after a search with one rule of depth, or ``None`` if it never applies."""
    (only,) = (each for each in depth.RULES if each.name == rule.name)
    search = Search(algebra.Algebra(Analysis.of(graph)), (only,), SearchLimits("best"), bool_int_agnostic(graph))
    found, _ = extracted(graph, search)
    return found if search.steps else None


def _by_pass(rule: Provable, graph: Graph) -> Graph | None:
    """Return ``graph`` after the pass of a rule, or ``None`` if the pass does not apply the rule."""
    context = PassContext()
    after = PASSES.get(rule.pass_).run(graph, context)
    return after if after != graph and any(remark.rule == rule.name for remark in context.remarks) else None


_ALONE: dict[str, Callable[[Provable, Graph], Graph | None]] = {"fold": _folded, "depth": _shallower}
