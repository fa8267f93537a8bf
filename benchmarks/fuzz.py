"""Generated programs, compared: ``python benchmarks/fuzz.py --cases 100000 --seed 0``.

Before and after the optimiser: a case is one program, under one choice of options, on one input. Where the program as
written yields a result, the optimised one must yield an equal one; and no program may get more layers. With
``--backend numpy``, a backend against the reference (see judged.py). The first failure is made small and printed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from contextlib import suppress
from functools import partial
from random import Random

import judged
from cases import INPUTS, Options, Outcome, UnequalError, fuzzed, scratch, simplest

import raspir
from raspir.backends.base import BACKENDS
from raspir.ir import Atom, Graph
from raspir.passes.base import PASSES
from raspir.testing.generate import Generated, program
from raspir.testing.minimise import minimised


def choices(random: Random, generated: Generated) -> list[Options]:
    """Return the options that one program is tried under: the default pipeline twice, a pass, an order of passes."""
    names = PASSES.names()
    found = [Options.drawn(random, generated, "select"), Options.drawn(random, generated, "best")]
    if names:
        some = tuple(random.choices(names, k=random.randint(2, len(names) + 1)))
        for passes in ((random.choice(names),), some):
            found.append(Options.drawn(random, generated, random.choice(("select", "best")), passes))
    return found


def tried(number: int, seed: int) -> Outcome:
    """Try the program of this number."""
    random = Random(f"{seed}:{number}")
    generated = program(random)
    inputs = [generated.input(random) for _ in range(INPUTS)]
    written = raspir.compile(generated.graph, "reference", optimize=False)
    expected = [(given, result) for given in inputs if (result := result_of(written, given)) is not None]
    options = choices(random, generated)
    shallower = []
    for each in options:
        try:
            found = compare(generated.graph, each, expected)
            shallower += [] if found is None else [found]
        except UnequalError as problem:
            with scratch():
                return Outcome(report=f"program {number} of seed {seed}: {report(generated, each, problem)}")
    cases = len(shallower) * len(expected)
    skipped = len(shallower) * len(inputs) - cases
    counts = {"skipped": skipped, "shallower": sum(shallower), "optimised": len(shallower)}
    return Outcome(cases, counts=Counter(counts))


def result_of(run: raspir.backends.base.Executable, given: list[Atom]) -> object:
    """Return the result, or ``None`` where the program fails."""
    try:
        return run(given)
    except raspir.EvaluationError:
        return None


def compare(graph: Graph, options: Options, expected: list[tuple[list[Atom], object]]) -> bool | None:
    """Optimise ``graph`` and compare its results with those expected; return whether it became shallower.

    ``None`` if an opaque function fails on the promised vocabulary, which is the program's mistake.

    Raises:
        UnequalError: saying what is wrong, and on which input.
    """
    try:
        optimised = options.optimise(graph)
    except raspir.ProgramError:
        return None
    except Exception as error:  # whatever the optimiser raises is a finding
        raise UnequalError(f"the optimiser failed: {type(error).__name__}: {error}", []) from error
    before, after = graph.stats().layers, optimised.stats().layers
    if after > before:
        raise UnequalError(f"it had {before} layers, and now has {after}", [])
    run = raspir.compile(optimised, "reference", optimize=False)
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
    options = simplest(options, lambda simpler: _fails(simpler, graph, given))
    try:
        compare(graph, options, _expected(graph, given))
    except UnequalError as smallest:
        problem = smallest
    parts = [problem.args[0], f"options: {options}", f"input: {given!r}", "", str(graph)]
    with suppress(Exception):  # the optimiser's own failure is what is being reported
        parts += ["optimised:", "", str(options.optimise(graph))]
    return "\n".join(parts)


def _expected(graph: Graph, given: list[Atom]) -> list[tuple[list[Atom], object]]:
    result = result_of(raspir.compile(graph, "reference", optimize=False), given)
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


def told(done: Outcome) -> str:
    """Return a line on what was compared."""
    counts = done.counts
    return (
        f"{done.cases} cases, no difference; {counts['skipped']} more skipped, where the program as written fails; "
        f"{counts['shallower']} of {counts['optimised']} optimised programs lost layers"
    )


def main() -> int:
    """Fuzz, and return 1 at the first failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many comparisons to make (100000)")
    parser.add_argument("--seed", type=int, default=0, help="which programs and inputs are generated (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one for each processor)")
    parser.add_argument("--backend", choices=BACKENDS.names(), help="compare a backend with the reference instead")
    options = parser.parse_args()
    if options.backend is None:
        each, end = partial(tried, seed=options.seed), told
    else:
        each, end = partial(judged.tried, seed=options.seed, backend=options.backend), judged.told
    done = fuzzed(each, options.cases, options.jobs)
    if done.report is None:
        print(end(done))
    return int(done.report is not None)


if __name__ == "__main__":
    sys.exit(main())
