"""Generated programs, as written and optimised, on several inputs each: what no list of features thinks of."""

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
from raspir.testing.generate import Generated, program, program_within
from raspir.testing.minimise import minimised
from raspir.testing.quiet import quiet

Promises = tuple[tuple[Any, ...] | None, int | None]
"""The vocabulary and the length that are promised; ``None`` where nothing is."""

VERSIONS = ("as written", "optimised", "optimised for best")
GROUP = "generated"
INPUTS = 6
PROGRAMS = 300
"""How many programs are generated unless told otherwise."""


@lru_cache(maxsize=8)
def generated(number: int, seed: int) -> tuple[Generated, tuple[Any, ...]]:
    """Return a program and inputs for it, always the same for these two numbers."""
    random = Random(f"conformance {seed} {number}")
    made = program(random)
    return made, tuple(_drawn(random, made) for _ in range(INPUTS))


@lru_cache(maxsize=8)
def fitting(number: int, seed: int, judge: Judge) -> tuple[Generated, tuple[Any, ...]]:
    """Return a program and inputs as :func:`generated` does, or others that the judge's backend supports.

    A program that it does not support with promises gives way to one that is made of what it supports.
    """
    made, inputs = generated(number, seed)
    if _supports(judge, made.promised):
        return made, inputs
    random = Random(f"conformance within support {seed} {number}")
    other = program_within(random, partial(_supports, judge))
    return (made, inputs) if other is None else (other, tuple(_drawn(random, other) for _ in range(INPUTS)))


def _supports(judge: Judge, graph: Graph) -> bool:
    try:
        judge.compiled(graph)
    except BackendError:
        return False
    except NonconformityError:  # it says nothing beforehand, so it is tried, and found out
        return True
    return True


def _drawn(random: Random, made: Generated) -> Any:
    """Return an input, sometimes a longer one, as a list, a tuple or a str."""
    given = made.input(random)
    if random.random() < 0.06:
        given = random.choices(made.vocab, k=random.randint(13, 60))
    if all(isinstance(each, str) and len(each) == 1 for each in given) and random.random() < 0.5:
        return "".join(map(str, given))
    return tuple(given) if random.random() < 0.2 else given


def cases(number: int, seed: int) -> Iterator[Case]:
    """Yield the cases on a generated program: one for each of :data:`VERSIONS`."""
    return (case_of(number, seed, version) for version in VERSIONS)


def case_of(number: int, seed: int, version: str, judge: Judge | None = None) -> Case:
    """Return the case on a version of a generated program.

    Args:
        number: which program.
        seed: of which series.
        version: one of :data:`VERSIONS`.
        judge: where given, the program is one that its backend supports, if such a one is found.
    """
    made, inputs = generated(number, seed) if judge is None else fitting(number, seed, judge)
    graph = versioned(made.graph, version, *_promises(made, number, seed, version))
    return Case(f"{GROUP}, {version}", f"number {number} of seed {seed}", (Trial(graph, inputs),))


def versioned(graph: Graph, version: str, vocab: tuple[Any, ...] | None = None, max_length: int | None = None) -> Graph:
    """Return a program as written or optimised."""
    if version != VERSIONS[0]:
        with quiet():
            graph = optimize(graph, vocab, max_length, "select" if version == VERSIONS[1] else "best")
    return located(graph)


def _promises(made: Generated, number: int, seed: int, version: str) -> Promises:
    random = Random(f"promises {seed} {number} {version}")
    return made.vocab if random.random() < 0.6 else None, made.longest if random.random() < 0.3 else None


class Patience:
    """How long failing programs are made smaller: the first three for a while, and all others not at all."""

    def __init__(self, programs: int = 3, seconds: float = 15) -> None:
        self._left, self._seconds = programs, seconds

    def __call__(self) -> float:
        """Return how many seconds the next program may take."""
        self._left -= 1
        return self._seconds if self._left >= 0 else 0


def check(judge: Judge, number: int, seed: int, version: str, patience: Patience) -> Verdict:
    """Return what came of a version of a generated program. Of errors in it, only class and input are compared.

    Args:
        judge: holds the backend to it.
        number: which program.
        seed: of which series.
        version: one of :data:`VERSIONS`.
        patience: how long a failing program is made smaller at most.

    Raises:
        NonconformityError: if the backend is wrong; the message shows a small program that it is wrong on.
    """
    case = case_of(number, seed, version, judge)
    made, _ = fitting(number, seed, judge)
    judge = replace(judge, locations=judge.exact_errors)
    try:
        return judge.check(case)
    except NonconformityError as problem:
        seconds = patience()
        told = (
            _smallest(judge, case, made, _promises(made, number, seed, version), version, seconds) if seconds else None
        )
        raise NonconformityError(told or str(problem)) from None


def _smallest(
    judge: Judge, case: Case, made: Generated, promises: Promises, version: str, seconds: float
) -> str | None:
    """Return what is wrong on a program and inputs made small, as written if it is wrong there."""
    inputs = case.trials[0].inputs
    found: str | None = None
    deadline = monotonic() + seconds

    def fails(graph: Graph, given: list[Any]) -> bool:
        nonlocal found
        if not given or monotonic() > deadline:
            return False
        for simpler in dict.fromkeys((VERSIONS[0], version)):
            try:
                trial = Trial(versioned(graph, simpler, *promises), tuple(given))
                judge.check(replace(case, trials=(trial,)))
            except NonconformityError as problem:
                found = str(problem)
                return True
            except (BackendError, ProgramError):  # what is smaller may be no program
                continue
        return False

    minimised(made.graph, list(inputs), fails)
    return found  # of the last that failed, which is the smallest
