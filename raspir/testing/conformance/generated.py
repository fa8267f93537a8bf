"""Conformance on generated programs, unoptimized and optimized, for feature interactions that no list anticipates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial
from random import Random
from time import monotonic
from typing import Any

from raspir.api import optimize
from raspir.ir import BackendError, Graph, ProgramError
from raspir.testing.conformance.case import Case, Trial, located
from raspir.testing.conformance.judge import Judge, NonconformityError, Verdict
from raspir.testing.generate import Generated, in_any_form, program, program_within
from raspir.testing.minimize import minimized
from raspir.testing.quiet import quiet

Assumptions = tuple[tuple[Any, ...] | None, int | None]
"""The assumed vocabulary and maximum length; ``None`` for no assumption."""

VERSIONS = ("as written", "optimized", "optimized for best")
GROUP = "generated"
INPUTS = 6
CAUSAL = 5
"""One program in this many is causal."""
PROGRAMS = 300
"""The default number of generated programs."""


@lru_cache(maxsize=8)
def generated(number: int, seed: int) -> tuple[Generated, tuple[Any, ...]]:
    """Return a program and inputs, deterministic in ``number`` and ``seed``."""
    random = Random(f"conformance {seed} {number}")
    made = program(random, causal=number % CAUSAL == CAUSAL - 1)
    return made, tuple(_drawn(random, made) for _ in range(INPUTS))


@lru_cache(maxsize=8)
def fitting(number: int, seed: int, judge: Judge) -> tuple[Generated, tuple[Any, ...]]:
    """Return a program and inputs as :func:`generated` does, or others that the judge's backend supports.

    A program that is unsupported even under assumptions is replaced with one built from supported operations.
    """
    made, inputs = generated(number, seed)
    if _supports(judge, made.assumed):
        return made, inputs
    random = Random(f"conformance within support {seed} {number}")
    other = program_within(random, partial(_supports, judge))
    if other is not None and made.causal:
        masked = replace(other, causal=True)
        other = masked if _supports(judge, masked.assumed) else other
    return (made, inputs) if other is None else (other, tuple(_drawn(random, other) for _ in range(INPUTS)))


def _supports(judge: Judge, graph: Graph) -> bool:
    try:
        judge.compiled(graph)
    except BackendError:
        return False
    except NonconformityError:  # not a declared limitation: keep the program, so that the check reports it
        return True
    return True


def _drawn(random: Random, made: Generated) -> Any:
    """Return an input, occasionally a longer one, as a list, a tuple or a str."""
    given = made.input(random)
    if random.random() < 0.06:
        given = random.choices(made.vocab, k=random.randint(13, 60))
    return in_any_form(random, given)


def cases(number: int, seed: int) -> Iterator[Case]:
    """Yield the cases on a generated program, one for each of :data:`VERSIONS`."""
    return (case_of(number, seed, version) for version in VERSIONS)


def case_of(number: int, seed: int, version: str, judge: Judge | None = None) -> Case:
    """Return the case on one version of a generated program.

    Args:
        number: the index of the program.
        seed: the seed of the series.
        version: one of :data:`VERSIONS`.
        judge: if given, the program is one that its backend supports, where one is found.
    """
    made, inputs = generated(number, seed) if judge is None else fitting(number, seed, judge)
    graph = versioned(made.graph, version, *_assumptions(made, number, seed, version), made.causal)
    return Case(f"{GROUP}, {version}", f"number {number} of seed {seed}", (Trial(graph, inputs),))


def versioned(
    graph: Graph,
    version: str,
    vocab: tuple[Any, ...] | None = None,
    max_length: int | None = None,
    causal: bool = False,
) -> Graph:
    """Return a program unoptimized or optimized, under the given assumptions, and causal if asked for."""
    graph = graph.assume(causal=causal or None)
    if version != VERSIONS[0]:
        with quiet():
            graph = optimize(graph, vocab, max_length, "select" if version == VERSIONS[1] else "best")
    return located(graph)


def _assumptions(made: Generated, number: int, seed: int, version: str) -> Assumptions:
    random = Random(f"promises {seed} {number} {version}")
    return made.vocab if random.random() < 0.6 else None, made.longest if random.random() < 0.3 else None


class Patience:
    """The time budget for minimization: the first failing programs get a share each, all others none."""

    def __init__(self, programs: int = 3, seconds: float = 15) -> None:
        self._left, self._seconds = programs, seconds

    def __call__(self) -> float:
        """Return the number of seconds available for the next program."""
        self._left -= 1
        return self._seconds if self._left >= 0 else 0


def check(judge: Judge, number: int, seed: int, version: str, patience: Patience) -> Verdict:
    """Check one version of a generated program, comparing errors by class and input only.

    Args:
        judge: the judge of the backend.
        number: the index of the program.
        seed: the seed of the series.
        version: one of :data:`VERSIONS`.
        patience: the time budget for minimization.

    Raises:
        NonconformityError: if the backend is wrong; the message shows a minimized failing program.
    """
    case = case_of(number, seed, version, judge)
    made, _ = fitting(number, seed, judge)
    judge = replace(judge, locations=judge.exact_errors)
    try:
        return judge.check(case)
    except NonconformityError as problem:
        seconds = patience()
        message = (
            _smallest(judge, case, made, _assumptions(made, number, seed, version), version, seconds)
            if seconds
            else None
        )
        raise NonconformityError(message or str(problem)) from None


def _smallest(
    judge: Judge, case: Case, made: Generated, assumptions: Assumptions, version: str, seconds: float
) -> str | None:
    """Return the failure of a minimized program and inputs, unoptimized if that fails too."""
    inputs = case.trials[0].inputs
    found: str | None = None
    deadline = monotonic() + seconds

    def fails(graph: Graph, given: list[Any]) -> bool:
        nonlocal found
        if not given or monotonic() > deadline:
            return False
        for simpler in dict.fromkeys((VERSIONS[0], version)):
            try:
                trial = Trial(versioned(graph, simpler, *assumptions, made.causal), tuple(given))
                judge.check(replace(case, trials=(trial,)))
            except NonconformityError as problem:
                found = str(problem)
                return True
            except (BackendError, ProgramError):  # a shrunk candidate may be invalid
                continue
        return False

    minimized(made.graph, list(inputs), fails)
    return found  # of the last failing candidate, which is the smallest
