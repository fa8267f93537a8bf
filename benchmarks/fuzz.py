"""Generated programs before and after the optimiser: ``python benchmarks/fuzz.py --cases 100000 --seed 0``.

A case is one program, under one choice of options, on one input. Where the program as written yields a result, the
optimised one must yield an equal one; and no program may get more layers. The first failure is made small and printed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.pool import Pool
from random import Random
from tempfile import TemporaryDirectory

from generate import Generated, program
from minimise import minimised
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

import raspir
from raspir.ir import Atom, Graph
from raspir.passes.base import PASSES, Attention, Pass

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

    def optimise(self, graph: Graph) -> Graph:
        """Return ``graph`` after the optimiser."""
        return raspir.optimize(graph, self.vocab, self.max_length, self.attention, self.passes)

    def __str__(self) -> str:
        promises = f"attention={self.attention!r}, vocab={self.vocab!r}, max_length={self.max_length!r}"
        if self.passes is None:
            return f"{promises}, the default pipeline"
        return f"{promises}, passes={[each if isinstance(each, str) else each.name for each in self.passes]}"


@dataclass(frozen=True)
class Outcome:
    """What came of one program.

    Attributes:
        cases: comparisons made.
        skipped: comparisons that could not be made, since the program as written fails on the input.
        shallower: optimised programs that lost layers.
        optimised: optimised programs.
        report: the failure, if there was one.
    """

    cases: int = 0
    skipped: int = 0
    shallower: int = 0
    optimised: int = 0
    report: str | None = None

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.cases + other.cases,
            self.skipped + other.skipped,
            self.shallower + other.shallower,
            self.optimised + other.optimised,
        )


class UnequalError(Exception):
    """The optimiser changed what a program means, made it deeper, or failed."""


def choices(random: Random, generated: Generated) -> list[Options]:
    """Return the options that one program is tried under: the default pipeline twice, a pass, an order of passes."""
    names = PASSES.names()

    def drawn(passes: tuple[str, ...] | None, attention: Attention) -> Options:
        vocab = generated.vocab if random.random() < 0.6 else None
        return Options(attention, vocab, generated.longest if random.random() < 0.3 else None, passes)

    found = [drawn(None, "select"), drawn(None, "best")]
    if names:
        some = tuple(random.choices(names, k=random.randint(2, len(names) + 1)))
        for passes in ((random.choice(names),), some):
            found.append(drawn(passes, random.choice(("select", "best"))))
    return found


def tried(number: int, seed: int) -> Outcome:
    """Try the program of this number."""
    random = Random(f"{seed}:{number}")
    generated = program(random)
    inputs = [generated.input(random) for _ in range(INPUTS)]
    written = raspir.compile(generated.graph, optimize=False)
    expected = [(given, result) for given in inputs if (result := result_of(written, given)) is not None]
    options = choices(random, generated)
    shallower = 0
    for each in options:
        try:
            shallower += compare(generated.graph, each, expected)
        except UnequalError as problem:
            with _scratch():
                return Outcome(report=f"program {number} of seed {seed}: {report(generated, each, problem)}")
    cases = len(options) * len(expected)
    return Outcome(cases, len(options) * len(inputs) - cases, shallower, len(options))


def result_of(run: raspir.backends.base.Executable, given: list[Atom]) -> object:
    """Return the result, or ``None`` where the program fails."""
    try:
        return run(given)
    except raspir.EvaluationError:
        return None


def compare(graph: Graph, options: Options, expected: list[tuple[list[Atom], object]]) -> bool:
    """Optimise ``graph`` and compare its results with those expected; return whether it became shallower.

    Raises:
        UnequalError: saying what is wrong, and on which input.
    """
    try:
        optimised = options.optimise(graph)
    except Exception as error:  # whatever the optimiser raises is a finding
        raise UnequalError(f"the optimiser failed: {type(error).__name__}: {error}", []) from error
    before, after = graph.stats().layers, optimised.stats().layers
    if after > before:
        raise UnequalError(f"it had {before} layers, and now has {after}", [])
    run = raspir.compile(optimised, optimize=False)
    for given, wanted in expected:
        try:
            got: object = run(given)
        except raspir.EvaluationError as error:
            got = error
        if isinstance(got, Exception) or got != wanted:
            raise UnequalError(f"on {given!r} it yields {wanted!r} as written, and optimised {got!r}", given)
    return after < before


def report(generated: Generated, options: Options, problem: UnequalError) -> str:
    """Return a text on a failure, after making it small."""
    graph, given = minimised(generated.graph, problem.args[1], partial(_fails, options))
    for simpler in (replace(options, vocab=None), replace(options, max_length=None)):
        if _fails(simpler, graph, given):
            options = simpler
    for index in range(len(options.passes or ()) - 1, -1, -1):
        fewer = replace(options, passes=(options.passes or ())[:index] + (options.passes or ())[index + 1 :])
        if _fails(fewer, graph, given):
            options = fewer
    try:
        compare(graph, options, _expected(graph, given))
    except UnequalError as smallest:
        problem = smallest
    parts = [problem.args[0], f"options: {options}", f"input: {given!r}", "", str(graph)]
    with suppress(Exception):  # the optimiser's own failure is what is being reported
        parts += ["optimised:", "", str(options.optimise(graph))]
    return "\n".join(parts)


@contextmanager
def _scratch() -> Iterator[None]:
    """Let what is saved of a pass that fails, over and over while a program is made small, go with the folder."""
    with TemporaryDirectory() as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        try:
            yield
        finally:
            tempfile.tempdir = before


def _expected(graph: Graph, given: list[Atom]) -> list[tuple[list[Atom], object]]:
    result = result_of(raspir.compile(graph, optimize=False), given)
    return [] if result is None else [(given, result)]


def _fails(options: Options, graph: Graph, given: list[Atom]) -> bool:
    """Tell whether the optimiser fails on a program and an input, and not for want of a program."""
    try:
        graph.promise(options.vocab)
    except raspir.RaspirError:
        return False
    try:
        compare(graph, options, _expected(graph, given))
    except UnequalError:
        return True
    return False


def main() -> int:
    """Fuzz, and return 1 at the first failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many comparisons to make (100000)")
    parser.add_argument("--seed", type=int, default=0, help="which programs and inputs are generated (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one for each processor)")
    options = parser.parse_args()
    console = Console(highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    done = Outcome()
    with (
        multiprocessing.Pool(options.jobs) as pool,
        Progress(*columns, TimeRemainingColumn(), console=console) as progress,
    ):
        task = progress.add_task("no difference", total=options.cases)
        for outcome in outcomes(pool, options.cases, options.seed):
            if outcome.report is not None:
                progress.update(task, description="1 difference")
                progress.stop()
                console.print(outcome.report, markup=False, soft_wrap=True)
                return 1
            done += outcome
            progress.update(task, completed=min(done.cases, options.cases))
    print(
        f"{done.cases} cases, no difference; {done.skipped} more skipped, where the program as written fails; "
        f"{done.shallower} of {done.optimised} optimised programs lost layers"
    )
    return 0


def outcomes(pool: Pool, cases: int, seed: int) -> Iterator[Outcome]:
    """Yield what comes of one program after another until there are enough cases, in their order."""
    made = start = 0
    while made < cases:
        count = max(1, min(512, (cases - made) // (2 * INPUTS)))  # in portions, since a pool reads all that it is given
        for outcome in pool.imap(partial(tried, seed=seed), range(start, start + count), chunksize=4):
            made += outcome.cases
            yield outcome
            if made >= cases:
                return
        start += count


if __name__ == "__main__":
    sys.exit(main())
