"""The paper's language beside its own interpreter, and how long files and sessions take.

``python benchmarks/rasp_language.py`` applies programs to long inputs inside a running session and compares the times
with those of the language's own interpreter, which were measured on a machine of the same kind and are stored here. It
also times the start of ``raspir repl``, loads files of 3,000 operations, and compares the halves of a long session.
Every result is checked against plain Python.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from rich.table import Table
from start import ENVIRONMENT, command

from raspir.cli.tables import console
from raspir.frontends.rasp.console import Console
from raspir.frontends.rasp.showing import sequence

ROOT = Path(__file__).parent.parent
LENGTH, QUICK_LENGTH = 1024, 64
OPERATIONS, QUICK_OPERATIONS = 3000, 200
STATEMENTS, QUICK_STATEMENTS = 1000, 100
ROUNDS = 5
LEAST = 100.0
"""The least ratio of the time of the language's own interpreter to raspir's."""
START = 0.5
"""The most seconds until ``raspir repl`` has started and ended."""
LOADING = 1.0
"""The most seconds in which a file loads."""
GROWTH = 1.5
"""The greatest ratio of the time of a session's second half to that of its first: 1 if the time is linear."""
SEED = 18


class Written:
    """Keeps what a session has written last."""

    def __init__(self) -> None:
        self.last = ""

    def write(self, text: str) -> None:
        """Keep lines."""
        self.last = text

    def note(self, text: str) -> None:
        """Ignore notes."""

    def draw(self, drawn: object, given: object) -> None:
        """Draw nothing."""


@dataclass
class Session:
    """A session at the console.

    Attributes:
        written: keeps what it writes.
        console: its console.
    """

    written: Written = field(default_factory=Written)
    console: Console = field(init=False)

    def __post_init__(self) -> None:
        self.console = Console(self.written)

    def seconds(self, line: str) -> float:
        """Return the time of a line, which must not fail."""
        begin = perf_counter()
        self.console.feed(line)
        taken = perf_counter() - begin
        assert "ignoring input" not in self.written.last, self.written.last
        assert "something went wrong" not in self.written.last, self.written.last
        return taken


# Long inputs


def hist(text: str) -> list[int]:
    """Return how often the character of each position occurs."""
    counts = {character: text.count(character) for character in set(text)}
    return [counts[character] for character in text]


def add(text: str) -> list[int]:
    """Return the digits of the sum, right-aligned."""
    first, second = text.split("+")
    return [int(digit) for digit in str(int(first) + int(second)).rjust(len(text), "0")]


@dataclass(frozen=True)
class Task:
    """A program of ``examples/rasp``, applied to long inputs.

    Attributes:
        file: its file.
        name: its name.
        inputs: a random input of a length.
        expected: the same in plain Python.
        original: the seconds that the language's own interpreter takes for 1,024 characters.
    """

    file: str
    name: str
    inputs: Callable[[random.Random, int], str]
    expected: Callable[[str], list[int]]
    original: float


def letters(chosen: random.Random, n: int) -> str:
    return "".join(chosen.choices("abcdefghijklmnopqrstuvwxyz", k=n))


def sums(chosen: random.Random, n: int) -> str:
    digits = "".join(chosen.choices("0123456789", k=n - 1))
    return f"{digits[: n // 2]}+{digits[n // 2 :]}"


TASKS = (
    Task("long_addition", "add", sums, add, original=20.9),
    Task("hist", "hist", letters, hist, original=9.1),
)


def application(task: Task, n: int) -> float:
    """Return the median seconds of an application to ``n`` characters in a session that has loaded the program."""
    session = Session()
    with chdir(ROOT):
        session.seconds(f'load "examples/rasp/{task.file}";')
    chosen = random.Random(SEED)
    times = []
    for _ in range(ROUNDS + 1):  # the first imports NumPy
        given = task.inputs(chosen, n)
        times.append(session.seconds(f'{task.name}("{given}");'))
        assert session.written.last == f"\t =  {sequence(task.expected(given))}\n", given
    return median(times[1:])


# Starts, files and sessions


def start() -> float:
    """Return the least seconds in which ``raspir repl`` starts, runs a statement and ends."""
    run = [sys.executable, "-c", command("repl")]
    times = []
    for _ in range(ROUNDS + 1):  # the first compiles and caches modules
        begin = perf_counter()
        done = subprocess.run(run, input="1 + 1;\n", text=True, capture_output=True, check=True, env=ENVIRONMENT)
        times.append(perf_counter() - begin)
        assert "value: out =  2" in done.stdout, done.stdout
    return min(times)


def chain(n: int) -> Iterator[str]:
    """Yield a chain: each operation takes the result of the one before it."""
    yield "a = indices;"
    signs = "+-*"
    for number in range(n):
        yield f"a = (a {signs[number % 3]} {number % 7}) % 1000;" if number % 2 else f"a = a + {number};"


def wide(n: int) -> Iterator[str]:
    """Yield operations on the input, each with a name of its own."""
    for number in range(n):
        yield f"a{number} = indices * {number};"


def calls(n: int) -> Iterator[str]:
    """Yield calls of functions, which have two operations each."""
    yield "def f(a, b) { c = a + b; return c * 2 if a > b else c; }"
    yield "a = indices;"
    for number in range(n // 4):
        yield f"a{number} = f(indices, {number});"


def attention(n: int) -> Iterator[str]:
    """Yield selectors and aggregates: every third operation is an aggregate of a value computed before."""
    yield "a = indices;"
    for number in range(n // 3):
        yield f"s{number} = select(indices, {number % 9}, <=) and select(tokens, tokens, ==);"
        yield f"a = aggregate(s{number}, a, {number % 5});"


def library(n: int) -> Iterator[str]:
    """Yield calls of the library, with a long loop."""
    yield f"for i in range({n // 4}) {{"
    yield '    b = shift(indices, i % 3, 0) + count(tokens, "l");'
    yield "    c = sort(b, tokens);"
    yield "}"
    yield "a = c;"


SHAPES = {"chain": chain, "wide": wide, "calls": calls, "attention": attention, "library": library}
"""Files of about n operations: what their lines are."""


def loading(shape: str, n: int) -> float:
    """Return the median seconds in which a file of about ``n`` operations loads in a new session."""
    with TemporaryDirectory() as folder, chdir(folder):
        Path("long.rasp").write_text("\n".join(SHAPES[shape](n)) + "\n", encoding="utf-8")
        return median(Session().seconds('load "long";') for _ in range(3))


def statements(n: int) -> Iterator[str]:
    """Yield the statements of a session, which use names bound long before and just before."""
    yield "a0 = indices;"
    kinds = (
        "a{0} = a{1} + {0};",
        "a{0} = a{2} * 2 if a{1} > {0} else a{1};",
        "a{0} = aggregate(select(indices, indices, <=), a{1});",
        'a{0} = indicator(tokens == "l") + a{2};',
    )
    for number in range(1, n):
        yield kinds[number % len(kinds)].format(number, number - 1, number // 2)


def growth(n: int) -> float:
    """Return the ratio of the times of the second and the first half of a session of ``n`` statements."""

    def ratio() -> float:
        session = Session()
        times = [session.seconds(line) for line in statements(n)]
        return sum(times[n // 2 :]) / sum(times[: n // 2])

    return median(ratio() for _ in range(ROUNDS))


@dataclass(frozen=True)
class Row:
    """A figure and its limit.

    Attributes:
        name: what was measured.
        figure: the figure, as shown.
        original: the figure of the language's own interpreter, as shown.
        value: what is compared with the limit.
        limit: the limit, as shown.
        misses: whether the limit is missed.
    """

    name: str
    figure: str
    original: str
    value: str
    limit: str
    misses: bool


def rows(*, quick: bool = False) -> Iterator[Row]:
    """Measure everything; a quick run takes short inputs, so that only its results count."""
    length = QUICK_LENGTH if quick else LENGTH
    for task in TASKS:
        seconds = application(task, length)
        ratio = task.original / seconds
        compared = ("", "") if quick else (f"{task.original:.1f} s", f"{ratio:,.0f} times as fast")
        shown = f"{1e3 * seconds:,.1f} ms", *compared
        yield Row(f"{task.name} of {length:,} characters", *shown, f"at least {LEAST:.0f}", ratio < LEAST)
    seconds = start()
    yield Row(
        "start of raspir repl", f"{1e3 * seconds:,.0f} ms", "", "", f"at most {1e3 * START:.0f} ms", seconds > START
    )
    size = QUICK_OPERATIONS if quick else OPERATIONS
    for shape in SHAPES:
        seconds = loading(shape, size)
        limit = f"at most {1e3 * LOADING:,.0f} ms"
        yield Row(f"{size:,} operations, {shape}", f"{1e3 * seconds:,.0f} ms", "", "", limit, seconds > LOADING)
    count = QUICK_STATEMENTS if quick else STATEMENTS
    ratio = growth(count)
    name = f"{count:,} statements, second half / first"
    yield Row(name, f"{ratio:.2f}", "", "", f"at most {GROWTH}", ratio > GROWTH)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; return 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="use short inputs: check results, not times")
    quick = parser.parse_args(arguments).quick
    table = Table("measured", "raspir", "RASP's interpreter", "ratio", "limit")
    missed = []
    for row in rows(quick=quick):
        style = "red" if row.misses else ""
        table.add_row(row.name, row.figure, row.original, row.value, row.limit, style=style)
        missed += [f"{row.name}: {row.value or row.figure}, where the limit is {row.limit}"] if row.misses else []
    console().print(table)
    for line in missed if not quick else []:
        print(line, file=sys.stderr)
    return 1 if missed and not quick else 0


if __name__ == "__main__":
    sys.exit(main())
