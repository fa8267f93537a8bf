"""Programs of Tracr's library on long inputs, beside an evaluator that fills an n×n matrix for each selector.

``python benchmarks/tracr_evaluation.py`` evaluates each program on n tokens in three ways: as Tracr's own evaluator
does, by lists of lists; by ``raspir.tracr.rasp.evaluate``; and compiled. It also compares causal programs with the same
programs that have the mask written out. Every result is checked against that of the matrices.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from rich.table import Table

import raspir
from raspir.cli.tables import console
from raspir.tracr import lib, rasp

LENGTH, QUICK = 1024, 64
ROUNDS = 5
LEAST = 100.0
"""The least ratio of the matrices' time to that of an evaluation, for the programs of which it is required."""
MOST = 1.25
"""The greatest ratio of a causal program's time to that of the same program with the mask written out."""
SEED = 17


@dataclass(frozen=True)
class Task:
    """A program of the library.

    Attributes:
        name: the name in the table.
        program: the program.
        vocab: the tokens from which inputs are drawn.
        required: whether the ratio is required, or only shown.
    """

    name: str
    program: rasp.SOp
    vocab: list[Any]
    required: bool = False

    def tokens(self, n: int) -> list[Any]:
        """Return ``n`` random tokens."""
        chosen = np.random.default_rng(SEED).integers(len(self.vocab), size=n)
        return [self.vocab[each] for each in chosen]


LETTERS, NUMBERS, BRACKETS = list("abcdefghij"), list(range(40)), list("(){}")
TASKS = [
    Task("hist", lib.make_hist(), LETTERS, required=True),
    Task("sort", lib.make_sort(rasp.tokens, rasp.tokens, max_seq_len=LENGTH, min_key=1), NUMBERS, required=True),
    Task("reverse", lib.make_reverse(rasp.tokens), LETTERS, required=True),
    Task("frac_prevs", lib.make_frac_prevs(rasp.tokens == "a"), LETTERS),
    Task("pair_balance", lib.make_pair_balance(rasp.tokens, "(", ")"), BRACKETS),
    Task("shuffle_dyck2", lib.make_shuffle_dyck2(), BRACKETS),
    Task("sort_freq", lib.make_sort_freq(LENGTH), LETTERS),
    Task("detect_pattern", lib.detect_pattern(rasp.tokens, "abc"), LETTERS),
]


class Matrices:
    """An evaluator that computes every selector as a matrix, and every value by a loop over it.

    Args:
        tokens: the input.
        causal: whether selectors are confined to the keys up to the query's own position.
    """

    def __init__(self, tokens: list[Any], causal: bool = False) -> None:
        self._tokens, self._positions = tokens, range(len(tokens))
        self._causal = causal
        self._values: dict[int, list[Any]] = {}

    def __call__(self, expr: Any) -> list[Any]:
        """Return the values of a program, or the rows of a selector; each part is computed once."""
        if id(expr) not in self._values:
            self._values[id(expr)] = self._of(expr)
        return self._values[id(expr)]

    def _of(self, expr: Any) -> list[Any]:
        match expr:
            case rasp.TokensType():
                return self._tokens
            case rasp.IndicesType():
                return list(self._positions)
            case rasp.Map():
                return [None if x is None else expr.f(x) for x in self(expr.inner)]
            case rasp.SequenceMap():
                pairs = zip(self(expr.fst), self(expr.snd), strict=True)
                return [None if x is None or y is None else expr.f(x, y) for x, y in pairs]
            case rasp.Select():
                return self._selected(expr)
            case rasp.SelectorWidth():
                return [sum(row) for row in self(expr.selector)]
            case rasp.Aggregate():
                return self._aggregated(expr)
        raise TypeError(expr)

    def _selected(self, expr: Any) -> list[Any]:
        keys, queries = self(expr.keys), self(expr.queries)
        rows = []
        for i in self._positions:
            chosen = [bool(expr.predicate(key, queries[i])) for key in keys]
            rows.append([one and (j <= i or not self._causal) for j, one in enumerate(chosen)])
        return rows

    def _aggregated(self, expr: Any) -> list[Any]:
        values = self(expr.sop)
        results = []
        for row in self(expr.selector):
            found = [value for chosen, value in zip(row, values, strict=True) if chosen]
            results.append(expr.default if not found else found[0] if len(found) == 1 else sum(found) / len(found))
        return results


def seconds(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of a call."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return median(times)


@dataclass(frozen=True)
class Times:
    """Times of one program, in seconds.

    Attributes:
        matrices: by the evaluator of this module.
        evaluated: by ``rasp.evaluate``.
        compiled: by the compiled program.
    """

    matrices: float
    evaluated: float
    compiled: float

    @property
    def ratio(self) -> float:
        """How many times as long the matrices take as an evaluation."""
        return self.matrices / self.evaluated


def measured(task: Task, n: int) -> Times:
    """Return the times of a program on ``n`` tokens; its results must be equal."""
    given = task.tokens(n)
    run = raspir.compile(task.program)
    expected = Matrices(given)(task.program)
    assert list(run(given)) == expected, task.name
    assert rasp.evaluate(task.program, given) == expected, task.name
    return Times(
        seconds(lambda: Matrices(given)(task.program), rounds=1),
        seconds(lambda: rasp.evaluate(task.program, given)),
        seconds(lambda: list(run(given))),
    )


def masked(task: Task, n: int) -> float:
    """Return the ratio of the time of a causal program to that with the mask as the author would write it."""
    given = task.tokens(n)
    causal = raspir.compile(task.program, causal=True)
    written = raspir.compile(raspir.lower(task.program, causal=True), causal=False)
    expected = Matrices(given, causal=True)(task.program)
    assert list(causal(given)) == list(written(given)) == expected, task.name
    many = given * 64  # so that the time is that of the kernels
    pairs = [(seconds(lambda: causal(many), 1), seconds(lambda: written(many), 1)) for _ in range(9)]
    return median(a / b for a, b in pairs)


def main(arguments: list[str] | None = None) -> int:
    """Print the times; return 1 if a required ratio is not reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="use short inputs: check results, not times")
    n = QUICK if parser.parse_args(arguments).quick else LENGTH
    table = Table("program", "n×n", "evaluate", "compiled", "n×n / evaluate", "causal / mask written", title=f"n = {n}")
    for column in table.columns[1:]:
        column.justify = "right"
    failed = []
    for task in TASKS:
        times, ratio = measured(task, n), masked(task, n)
        figures = [f"{1e3 * each:,.1f} ms" for each in (times.matrices, times.evaluated, times.compiled)]
        least = f" (least {LEAST:.0f})" if task.required else ""
        table.add_row(task.name, *figures, f"{times.ratio:,.0f}{least}", f"{ratio:.2f}")
        if task.required and times.ratio < LEAST:
            failed.append(f"{task.name}: {times.ratio:.0f} times as fast as matrices, where {LEAST:.0f} are required")
        if ratio > MOST:
            failed.append(f"{task.name}: causal, it takes {ratio:.2f} times as long as with the mask written out")
    console().print(table)
    for line in failed if n == LENGTH else []:
        print(line, file=sys.stderr)
    return 1 if failed and n == LENGTH else 0


if __name__ == "__main__":
    sys.exit(main())
