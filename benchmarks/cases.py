"""What every way of fuzzing shares: how a program is optimised, what came of it, and many of them at a time."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.pool import Pool
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

import raspir
from raspir.ir import Atom, Graph
from raspir.passes.base import Attention, Pass
from raspir.testing.generate import Generated

INPUTS = 6


@dataclass(frozen=True)
class Options:
    """How a program is optimised.

    Attributes:
        attention: which kind of heads there may be.
        vocab: the promised vocabulary, if there is one.
        max_length: the promised length, if there is one.
        passes: the passes, in order; the default pipeline for ``None``.
    """

    attention: Attention
    vocab: tuple[Atom, ...] | None = None
    max_length: int | None = None
    passes: tuple[str | Pass, ...] | None = None

    @staticmethod
    def drawn(
        random: Random, generated: Generated, attention: Attention, passes: tuple[str, ...] | None = None
    ) -> Options:
        """Return options for a generated program, with promises that its own inputs keep, or without."""
        vocab = generated.vocab if random.random() < 0.6 else None
        return Options(attention, vocab, generated.longest if random.random() < 0.3 else None, passes)

    def optimise(self, graph: Graph) -> Graph:
        """Return ``graph`` after the optimiser."""
        return raspir.optimize(graph, self.vocab, self.max_length, self.attention, self.passes)

    def simpler(self) -> Iterator[Options]:
        """Yield options with a promise or a pass less."""
        if self.vocab is not None:
            yield replace(self, vocab=None)
        if self.max_length is not None:
            yield replace(self, max_length=None)
        passes = self.passes or ()
        for index in range(len(passes) - 1, -1, -1):
            yield replace(self, passes=passes[:index] + passes[index + 1 :])

    def __str__(self) -> str:
        promises = f"attention={self.attention!r}, vocab={self.vocab!r}, max_length={self.max_length!r}"
        if self.passes is None:
            return f"{promises}, the default pipeline"
        return f"{promises}, passes={[each if isinstance(each, str) else each.name for each in self.passes]}"


@dataclass(frozen=True)
class Outcome:
    """What came of one program, or of several.

    Attributes:
        cases: comparisons made.
        report: the failure, if there was one.
        counts: whatever else is counted.
    """

    cases: int = 0
    report: str | None = None
    counts: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.cases + other.cases, self.report or other.report, self.counts + other.counts)


class UnequalError(Exception):
    """There is a difference, which the first argument tells; the second is what it was found on."""


class Simplifies(Protocol):
    """What there are simpler ones of."""

    def simpler(self) -> Iterator[Any]:
        """Yield simpler ones."""


Simple = TypeVar("Simple", bound=Simplifies)


def simplest(options: Simple, fails: Callable[[Simple], bool]) -> Simple:
    """Return options as simple as there still is a failure with."""
    changed = True
    while changed:
        changed = False
        for simpler in options.simpler():
            if fails(simpler):
                options, changed = simpler, True
                break
    return options


@contextmanager
def scratch() -> Iterator[None]:
    """Let what is saved of a pass that fails, over and over while a program is made small, go with the folder."""
    with TemporaryDirectory() as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def fuzzed(tried: Callable[[int], Outcome], cases: int, jobs: int) -> Outcome:
    """Try one program after another in several processes, up to the first failure or until there are enough cases."""
    console = Console(highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    done = Outcome()
    with (
        multiprocessing.Pool(jobs) as pool,
        Progress(*columns, TimeRemainingColumn(), console=console) as progress,
    ):
        task = progress.add_task("no difference", total=cases)
        for outcome in _outcomes(pool, tried, cases):
            done += outcome
            if done.report is not None:
                progress.update(task, description="1 difference")
                progress.stop()
                console.print(done.report, markup=False, soft_wrap=True)
                break
            progress.update(task, completed=min(done.cases, cases))
    return done


def _outcomes(pool: Pool, tried: Callable[[int], Outcome], cases: int) -> Iterator[Outcome]:
    """Yield what comes of one program after another until there are enough cases, in their order."""
    made = start = 0
    while made < cases:
        count = max(1, min(512, (cases - made) // (2 * INPUTS)))  # in portions, since a pool reads all that it is given
        for outcome in pool.imap(tried, range(start, start + count), chunksize=4):
            made += outcome.cases
            yield outcome
            if made >= cases:
                return
        start += count
