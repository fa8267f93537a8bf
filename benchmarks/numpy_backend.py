"""The NumPy backend against handwritten NumPy: ``python benchmarks/numpy_backend.py``.

Measures time on long inputs, on large batches and on a tiny input, its growth, and peak memory; every result is checked
against the handwritten code's.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from math import gcd
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from rich.text import Text

import raspir
from raspir import SOp, indices, key, query, select, tokens, where
from raspir.backends.numpy.program import Program
from raspir.cli.tables import console
from raspir.ir.operations import Role

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

import addition
import attention
import puzzles
import tracr

Array = npt.NDArray[Any]
ROUNDS = 5
"""The minimum number of timing rounds."""
SECONDS = 1.0
"""The minimum total time of fast measurements in seconds, to average out transient load."""
MOST_ROUNDS = 25
WIDTH = 16
"""The sequence length in batches."""


@dataclass(frozen=True)
class Task:
    """A program and its handwritten equivalent.

    Attributes:
        name: the name in the table.
        program: the RASP program.
        inputs: draws a random input of approximately the given number of tokens.
        by_hand: the NumPy equivalent.
        vocab: the assumed characters; ``None`` for no assumption.
        most: the maximum ratio of the program's time to the equivalent's.
        atoms: converts the equivalent's result to atoms.
        as_array: whether to convert the program's result to an array; a lazy one is left unconverted.
    """

    name: str
    program: SOp
    inputs: Callable[[np.random.Generator, int], Any]
    by_hand: Callable[[Any], Array]
    vocab: str | None = None
    most: float = 5.0
    atoms: Callable[[Array], list[Any]] = np.ndarray.tolist
    as_array: bool = True

    def compiled(self, backend: str = "numpy") -> Any:
        """Compile the program."""
        return raspir.compile(self.program, backend=backend, vocab=self.vocab)

    def call(self, run: Any, given: Any) -> Callable[[], Any]:
        """Return a callable that runs the program on an input and materializes its result."""
        return (lambda: np.asarray(run(given))) if self.as_array else (lambda: run(given))

    def agrees(self, given: Any, result: Any) -> bool:
        """Return whether a result has the same atoms as the handwritten one."""
        return typed(result) == typed(self.atoms(self.by_hand(given)))


def typed(atoms: Any) -> list[tuple[type, Any]]:
    """Return each atom with its class, to distinguish ``True`` from ``1``."""
    found = atoms.tolist() if isinstance(atoms, np.ndarray) else list(atoms)
    return list(zip(map(type, found), found, strict=True))


# Inputs


def numbers(rng: np.random.Generator, size: int) -> Array:
    """Return random integers with many duplicates."""
    return rng.integers(-500_000, 500_000, size)


def distinct(rng: np.random.Generator, size: int) -> Array:
    """Return a random permutation of the integers below ``size``."""
    return rng.permutation(size)


def scattered(rng: np.random.Generator, size: int) -> Array:
    """Return random distinct integers, widely scattered."""
    return rng.permutation(size) * 1_000_003 - 7


def characters(vocab: str) -> Callable[[np.random.Generator, int], str]:
    """Return a generator of random strings over ``vocab``."""
    return lambda rng, size: rng.choice(np.frombuffer(vocab.encode(), np.uint8), size).tobytes().decode()


LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"


def two_numbers(rng: np.random.Generator, size: int) -> str:
    """Return two random numbers of half as many digits each, joined by a plus sign."""
    first, second = (characters(DIGITS)(rng, size // 2) for _ in range(2))
    return f"{first}+{second}"


# Handwritten equivalents


def points(text: str) -> Array:
    """Return the code points of an ASCII string."""
    return np.frombuffer(text.encode("ascii"), dtype=np.uint8)


def next_of(there: Array) -> Array:
    """Return for each position the next position in the mask, itself included; the length if there is none."""
    places = np.where(there, np.arange(len(there)), len(there))
    return np.minimum.accumulate(places[::-1])[::-1]


def flip(x: Array) -> Array:
    """Reverse the input."""
    return np.ascontiguousarray(x[::-1])


def window(x: Array) -> Array:
    """Add to each token the two before it."""
    found = x.copy()
    found[1:] += x[:-1]
    found[2:] += x[:-2]
    return found


def hist_of_letters(text: str) -> Array:
    """Return each letter's number of occurrences."""
    codes = points(text)
    return np.bincount(codes)[codes]


def hist_below(x: Array) -> Array:
    """Return each number's number of occurrences, for small nonnegative numbers."""
    return np.bincount(x)[x]


def hist(x: Array) -> Array:
    """Return each number's number of occurrences."""
    _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    return counts[inverse]


def in_order(x: Array) -> Array:
    """Sort by value, with ties by position."""
    return x[np.argsort(x, kind="stable")]


def minimum(x: Array) -> Array:
    """Return the minimum at every position."""
    return np.full(len(x), x.min())


def slide(text: str) -> Array:
    """Replace each "<" with the next other character, or 0 if there is none."""
    codes = points(text)
    return np.append(codes, 0)[next_of(codes != ord("<"))]


def add(text: str) -> Array:
    """Add two numbers digit by digit."""
    size, plus = len(text), text.index("+")
    digits = points(text).astype(np.int64) - ord("0")
    column = np.zeros(size, dtype=np.int64)
    column[plus + 1 :] = digits[plus + 1 :]
    column[size - plus :] += digits[:plus]
    deciding = np.append(next_of(column != 9), size)[1:]  # the next column that does not propagate a carry
    return (column + np.append(column > 9, False)[deciding]) % 10


def characters_or_zero(codes: Array) -> list[Any]:
    """Return the atoms of a string in which code point 0 stands for the atom 0."""
    return [chr(code) if code else 0 for code in codes.tolist()]


TASKS = (
    Task("flip", attention.flip(), numbers, flip),
    Task("cumulative sum", attention.cumsum(), numbers, np.cumsum),
    Task("sum of a window of 3", attention.sum2, numbers, window),
    Task("hist, letters", attention.hist, characters(LETTERS), hist_of_letters),
    Task("hist, distinct integers", attention.hist, distinct, hist_below),
    Task("hist, scattered integers", attention.hist, scattered, hist),
    Task("sort", tracr.sort, numbers, in_order),
    Task("minimum", puzzles.smallest, numbers, minimum),
    Task("slide", puzzles.slide_example, characters("xhl<"), slide, atoms=characters_or_zero, as_array=False),
    Task("addition", addition.add(), two_numbers, add, vocab=DIGITS + "+"),
)  # fmt: skip
"""The tasks with handwritten equivalents."""


def named(name: str) -> Task:
    """Return the task of this name."""
    return next(task for task in TASKS if task.name == name)


@dataclass(frozen=True)
class Batch:
    """A program run on a batch of short sequences, and on one sequence of the same total length.

    Attributes:
        name: the name in the table.
        task: the program, its long input, and the handwritten equivalent.
        inputs: draws the given number of random sequences, each of :data:`WIDTH` tokens.
        most: the maximum ratio of the batch's time to the single sequence's.
    """

    name: str
    task: Task
    inputs: Callable[[np.random.Generator, int], Any]
    most: float = 3.0


def texts(rng: np.random.Generator, count: int) -> list[str]:
    """Return strings of letters."""
    return [characters(LETTERS)(rng, WIDTH) for _ in range(count)]


def rows_of_numbers(rng: np.random.Generator, count: int) -> Array:
    """Return an array with the sequences as rows."""
    return numbers(rng, count * WIDTH).reshape(count, WIDTH)


def sums(rng: np.random.Generator, count: int) -> list[str]:
    """Return sums such as ``1234567+12345678``."""
    digits = [characters(DIGITS)(rng, WIDTH) for _ in range(count)]
    return [f"{text[:7]}+{text[8:]}" for text in digits]


HIST = Task("hist, integers", attention.hist, numbers, hist)
BATCHES = (
    Batch("hist, letters", named("hist, letters"), texts),
    Batch("hist, integers", HIST, rows_of_numbers),
    Batch("sort", named("sort"), rows_of_numbers),
    Batch("addition", named("addition"), sums),
)
"""The batched tasks."""

smaller_before = ((key(indices) < query(indices)) & (key(tokens) < query(tokens))).value(1)
"""The number of smaller earlier values at each position: a two-dimensional dominance count."""


def smaller_before_at(x: Array, position: int) -> int:
    """Count smaller earlier values at one position."""
    return int(np.count_nonzero(x[:position] < x[position]))


opaque = (select(tokens, tokens, lambda k, q: k * k % 7 < q % 5) & (key(indices) <= query(indices))).value(1)
"""A selector that only the pairwise fallback can evaluate."""


def opaque_by_hand(x: Array) -> list[int]:
    """Count row by row what :data:`opaque` selects."""
    keys, queries = x * x % 7, x % 5
    return [int(np.count_nonzero(keys[: row + 1] < queries[row])) for row in range(len(x))]


def of_ten() -> SOp:
    """Return a program of ten operations: unique values above the running mean, less that mean."""
    mean = attention.cumsum() // (indices + 1)
    above = (tokens > mean) & (attention.hist == 1)
    return where(above, tokens - mean, mean * attention.hist)


# Measurement


@dataclass(frozen=True)
class Sizes:
    """The problem sizes.

    Attributes:
        tokens: the length of a long input.
        sequences: the number of sequences in a batch.
        pairs: the length for the pairwise fallback.
        reference: the length for the reference backend.
        calls: the number of calls on a tiny input.
    """

    tokens: int
    sequences: int
    pairs: int
    reference: int
    calls: int


FULL = Sizes(tokens=1_000_000, sequences=100_000, pairs=20_000, reference=1_024, calls=1_000)
QUICK = Sizes(tokens=2_000, sequences=100, pairs=500, reference=64, calls=10)


@dataclass(frozen=True)
class Row:
    """A measurement and its limit.

    Attributes:
        name: the measured program.
        against: the baseline.
        base: the baseline's milliseconds; ``None`` if there is no baseline.
        ours: raspir's milliseconds.
        figure: the figure to limit: the ratio of the two, or another one.
        unit: the unit of the figure.
        most: the maximum of the figure; ``None`` for no limit.
        agrees: whether the results are equal.
    """

    name: str
    against: str
    base: float | None
    ours: float
    figure: float
    unit: str
    most: float | None
    agrees: bool = True

    @property
    def met(self) -> bool:
        """Whether the figure is within its limit."""
        return self.most is None or self.figure <= self.most


def ratio(name: str, against: str, times: list[float], most: float, agrees: bool = True) -> Row:
    """Return the row of two times, the baseline's first."""
    base, ours = times
    return Row(name, against, base, ours, ours / base, "×", most, agrees)


def timed(*calls: Callable[[], Any]) -> list[float]:
    """Return the median milliseconds of each call after a warm-up; calls are interleaved, so that drift affects all."""
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    gc.collect()
    gc.disable()
    try:
        for number in range(MOST_ROUNDS):
            if number >= ROUNDS and sum(map(sum, times)) > SECONDS:
                break
            for call, found in zip(calls, times, strict=True):
                start = perf_counter()
                result = call()
                found.append(perf_counter() - start)
                del result  # exclude deallocation from the measurement
    finally:
        gc.enable()
    return [1e3 * median(found) for found in times]


def measured(task: Task, size: int) -> Iterator[Row]:
    """Yield the comparison of a task with handwritten code, and its growth."""
    rng = np.random.default_rng(0)
    run = task.compiled()
    short, long = task.inputs(rng, size // 4), task.inputs(rng, size)
    call, quarter = task.call(run, long), task.call(run, short)
    agrees = task.agrees(long, call()) and task.agrees(short, quarter())
    calls = (lambda: task.by_hand(short), quarter, lambda: task.by_hand(long), call)
    hand_short, ours_short, hand, ours = timed(*calls)
    yield ratio(task.name, "handwritten", [hand, ours], task.most, agrees)
    yield ratio(task.name, f"¼ tokens (handwritten {hand / hand_short:.1f} ×)", [ours_short, ours], 5.0)


def batched(batch: Batch, count: int) -> Row:
    """Return the comparison of a batch with one sequence of as many tokens."""
    rng = np.random.default_rng(0)
    task, run = batch.task, batch.task.compiled()
    one, many = task.inputs(rng, count * WIDTH), batch.inputs(rng, count)
    results = run.batch(many)
    agrees = len(results) == count and all(task.agrees(many[i], results[i]) for i in range(0, count, 97))
    times = timed(lambda: run(one), lambda: run.batch(many))
    return ratio(f"{batch.name}, {count:,} × {WIDTH}", "one sequence", times, batch.most, agrees)


def two_inequalities(size: int) -> Row:
    """Return the comparison of a two-dimensional dominance count with a sort."""
    rng = np.random.default_rng(0)
    x = numbers(rng, size)
    run = raspir.compile(smaller_before, backend="numpy")
    result = np.asarray(run(x))
    agrees = all(result[at] == smaller_before_at(x, at) for at in rng.integers(0, size, 500))
    times = timed(lambda: np.sort(x), lambda: np.asarray(run(x)))
    return ratio("two inequalities", "np.sort", times, 60.0, agrees)


def opaque_function(size: int) -> Row:
    """Return the comparison of an opaque function of two sequences, of 100 distinct pairs, with their sum."""
    x = np.random.default_rng(0).integers(0, 10, size)
    other = indices % 10
    added, called = (
        raspir.compile(each, backend="numpy") for each in (tokens + other, raspir.apply(gcd, tokens, other))
    )
    agrees = typed(called(x)) == typed(np.gcd(x, np.arange(size) % 10))
    times = timed(lambda: np.asarray(added(x)), lambda: np.asarray(called(x)))
    return ratio("opaque function of two sequences", "their sum", times, 3.0, agrees)


def tiny(calls: int) -> Row:
    """Return the time of a call on five tokens."""
    run = raspir.compile(of_ten(), backend="numpy")
    assert operations(run) >= 10
    given = [3, 1, 4, 1, 5]
    agrees = typed(run(given)) == typed(raspir.compile(of_ten(), "reference")(given))

    def repeated() -> None:
        for _ in range(calls):
            run(given)

    (ms,) = timed(repeated)
    return Row("ten operations on 5 tokens", "", None, ms / calls, 1e3 * ms / calls, "µs", 100.0, agrees)


def operations(run: Any) -> int:
    """Return the number of maps and aggregates in a compiled program."""
    return sum(node.operation.role in (Role.ELEMENTWISE, Role.AGGREGATE) for node in run.plan.graph)


def against_reference(size: int) -> Iterator[Row]:
    """Yield the comparison of addition with the reference backend, and its compile time."""
    task = named("addition")
    given = task.inputs(np.random.default_rng(0), size)
    run, reference = task.compiled(), task.compiled("reference")
    agrees = typed(run(given)) == typed(reference(given))
    times = timed(lambda: reference(given), lambda: np.asarray(run(given)))
    yield ratio(f"addition, {len(given):,} characters", "reference backend", times, 0.01, agrees)
    (ms,) = timed(task.compiled)
    yield Row("addition: compilation", "", None, ms, ms, "ms", None)


# Memory


PEAKS = {"addition": ("addition", "tokens", 600.0), "pairs": ("pairwise fallback", "pairs", 500.0)}
"""Measurements of peak memory: the name, the field of :class:`Sizes`, and the maximum megabytes of the process."""


def peak_row(which: str, sizes: Sizes) -> Row:
    """Run one measurement in a subprocess."""
    name, field, most = PEAKS[which]
    size = getattr(sizes, field)
    command = [sys.executable, __file__, "--peak", which, "--size", str(size)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    name = f"{name}: peak, {size:,} tokens"
    return Row(name, "", None, found["ms"], found["megabytes"], "MB", most, found["agrees"])


def peak_of(which: str, size: int) -> dict[str, Any]:
    """Run one of :data:`PEAKS` in this process, and return its peak memory."""
    rng = np.random.default_rng(0)
    if which == "addition":
        task = named("addition")
        run, given = task.compiled(), task.inputs(rng, size)
    else:
        run, given = raspir.compile(opaque, backend="numpy"), rng.integers(0, 300, size)
        assert falls_back(run)
    start = perf_counter()
    result = np.asarray(run(given))
    ms = 1e3 * (perf_counter() - start)
    unit = 1 if sys.platform == "darwin" else 1024
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    expected = add(given).tolist() if which == "addition" else opaque_by_hand(given)
    return {"ms": ms, "megabytes": megabytes, "agrees": typed(result) == typed(expected)}


def falls_back(run: Program) -> bool:
    """Return whether a compiled program has a selector that is evaluated pair by pair."""
    return any(strategy.falls_back for strategy in run.plan.strategies)


# The table


def measure(sizes: Sizes) -> Iterator[Row]:
    """Yield all rows."""
    for which in PEAKS:  # first, since a child process inherits its parent's peak memory
        yield peak_row(which, sizes)
    for task in TASKS:
        yield from measured(task, sizes.tokens)
    for batch in BATCHES:
        yield batched(batch, sizes.sequences)
    yield two_inequalities(sizes.tokens)
    yield opaque_function(sizes.tokens)
    yield tiny(sizes.calls)
    yield from against_reference(sizes.reference)


def cells(row: Row) -> list[str]:
    """Return the table cells of a row."""
    base = "" if row.base is None else f"{row.base:.2f}"
    most = "" if row.most is None else shown(row.most, row.unit)
    met = "" if row.most is None else "yes" if row.met else "no"
    return [row.name, row.against, base, f"{row.ours:.2f}", shown(row.figure, row.unit), most, met]


def shown(figure: float, unit: str) -> str:
    """Format a figure with its unit."""
    return f"{figure:.3g} {unit}" if figure < 100 else f"{figure:.0f} {unit}"


HEADINGS = ("task", "against", "baseline ms", "raspir ms", "ratio", "at most", "met")


def table(rows: list[Row], sizes: Sizes) -> Table:
    """Return the terminal table, with exceeded limits in red."""
    title = f"The NumPy backend on {sizes.tokens:,} tokens by default; medians of {ROUNDS} to {MOST_ROUNDS} runs"
    made = Table(title=title if sizes is FULL else f"{title}; too small to judge times")
    for number, heading in enumerate(HEADINGS):
        made.add_column(heading, justify="left" if number < 2 else "right")
    for row in rows:
        style = "red" if not (row.met and row.agrees) else "green" if row.most is not None else ""
        *first, last = cells(row)
        made.add_row(*map(Text, first), Text(last, style))
    return made


def fails(rows: list[Row], quick: bool) -> list[str]:
    """Return the failed checks, as messages."""
    found = [f"{row.name}: wrong results" for row in rows if not row.agrees]
    missed = [] if quick else [row for row in rows if not row.met]
    for row in missed:
        _, against, _, _, figure, most, _ = cells(row)
        found.append(f"{row.name}{' against ' if against else ''}{against}: {figure}, over the limit of {most}")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print the measurements; return 1 if something is too slow or too large, or a result differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="use small inputs: check results, not times")
    parser.add_argument("--json", metavar="FILE", type=Path, help="also write the figures to this file")
    parser.add_argument("--peak", choices=PEAKS, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.peak:
        print(json.dumps(peak_of(options.peak, options.size)))
        return 0
    sizes = QUICK if options.quick else FULL
    rows = []
    with Console(stderr=True).status("measuring") as status:
        for row in measure(sizes):
            rows.append(row)
            status.update(f"measured: {row.name}")
    console().print(table(rows, sizes))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) | {"met": row.met} for row in rows], indent=2) + "\n")
    wrong = fails(rows, options.quick)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
