"""Compile time of adversarial programs at sizes ×1, ×2 and ×4: ``python benchmarks/hostile.py``.

Each row is a family of programs that once took exponential or quadratic time to compile. The default pipeline compiles
three sizes, each in its own process; ``growth`` is the time at ×4 over that at ×1, less the time of a trivial program.
Exits with 1 if a program of about 50 nodes takes more than 5 seconds, if quadrupling the size takes more than 12 times
as long (4 is linear), if a vocabulary makes compiling more than 5 times and a second slower, or if a program grows
without a gain.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

import raspir
from raspir import SOp, indices, key, query, tokens, where

SECONDS, FACTOR, VOCABULARY = 5.0, 12.0, 5.0
NOISE = 0.25  # seconds of measurement error


def mismatched_default(size: int) -> SOp:
    """Return sums with defaults of a kind other than their values'."""
    made = tokens.round()
    for number in range(size):
        made = (key(1) == query(1)).value(made + number, default=0.5)
    return (made + indices + 1) == 1


def table(size: int) -> SOp:
    """Return a comparison of a table written as a chain of choices."""
    made = tokens
    for number in range(size):
        made = where(tokens == number, number + 1000, made)
    return made == 1003


def transitions(size: int) -> SOp:
    """Return a chain of choices, each of which compares its predecessor."""
    made = indices
    for number in range(size):
        made = where(made == number, number + 1, made)
    return made


def shared(size: int) -> SOp:
    """Return a sum over a selector in which each part is used twice."""
    selector = key(tokens) < query(indices)
    total = (key(tokens) == query(1)).value(tokens)
    for number in range(size):
        one, other = key(tokens) < query(indices * tokens - number), key(tokens * tokens) == query(total + number)
        selector = (selector & one) | (selector & other)
    return selector.value(tokens)


def doubled(size: int) -> SOp:
    """Return an elementwise expression in which each part is used twice."""
    made = tokens
    for _ in range(size):
        made = where(made == 1, made + 1, made * 2)
    return made


def shifted(value: SOp, by: int) -> SOp:
    """Return ``value`` shifted right by ``by`` positions."""
    return (key(indices) == query(indices - by)).value(value)


def parity(size: int) -> SOp:
    """Return iterated parities of neighbors."""
    made = tokens
    for _ in range(size):
        before = shifted(made, 1)
        made = made + before - 2 * made * before
    return made


def parity_by_doubling(size: int) -> SOp:
    """Return a parity over a window that doubles at each step."""
    made = tokens
    for number in range(size):
        before = shifted(made, 2**number)
        made = (made + before) % 2
    return made


def automaton(size: int) -> SOp:
    """Return steps of an elementary cellular automaton, rule 110."""
    made = tokens
    for _ in range(size):
        code = 4 * shifted(made, 1) + 2 * made + shifted(made, -1)
        made = where(code.has([1, 2, 3, 5, 6]), 1, 0)
    return made


KINDS: dict[str, tuple[Callable[[int], SOp], int, bool]] = {
    "defaults of a different kind": (mismatched_default, 15, False),
    "table as a chain of choices": (table, 250, False),
    "chained choices": (transitions, 100, False),
    "shared selectors": (shared, 10, False),
    "shared values": (doubled, 12, False),
    "parity, unrolled": (parity, 8, True),
    "parity by doubling": (parity_by_doubling, 6, True),
    "cellular automaton": (automaton, 6, True),
}
"""The constructor of each family, its smallest size, and whether it is also compiled under a vocabulary."""


def measure(kind: str, size: int, vocabulary: bool) -> None:
    """Print the processor time of compilation, the nodes before and after, and whether there was a gain."""
    from raspir.rewriting.graphs import cost

    raspir.optimize(tokens + 1)  # warm up lazy imports
    graph = raspir.lower(KINDS[kind][0](size), [0, 1] if vocabulary else None)
    begin = time.process_time()
    made = raspir.optimize(graph)
    seconds = time.process_time() - begin
    print(seconds, len(graph), len(made), int(len(made) <= len(graph) or cost(made) < cost(graph)))


def measured(kind: str, size: int, vocabulary: bool) -> tuple[float, int, int, bool]:
    """Run :func:`measure` in a subprocess and return what it prints."""
    command = [sys.executable, __file__, kind, str(size), str(int(vocabulary))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    seconds, before, after, gain = done.stdout.split()
    return float(seconds), int(before), int(after), gain == "1"


def main() -> int:
    """Print the table and return the exit code."""
    report = Table(title="the default pipeline, seconds at sizes ×1, ×2, ×4")
    for heading in ("program", "vocabulary", "nodes", "optimized", "×1", "×2", "×4", "growth", ""):
        report.add_column(heading, justify="left" if heading in ("program", "vocabulary") else "right")
    failed = False
    for kind, (_, size, with_vocabulary) in KINDS.items():
        plain: list[float] = []
        for vocabulary in (False, True) if with_vocabulary else (False,):
            rows = [measured(kind, size * times, vocabulary) for times in (1, 2, 4)]
            times = [row[0] for row in rows]
            wrong = [
                "slow" if any(row[0] > SECONDS and row[1] <= 60 for row in rows) else "",
                "growth" if times[2] > FACTOR * times[0] + NOISE else "",
                "" if all(row[3] for row in rows) else "larger",
                "vocabulary"
                if plain and any(t > VOCABULARY * p + 1 for p, t in zip(plain, times, strict=True))
                else "",
            ]
            plain = plain or times
            failed |= any(wrong)
            nodes, after = (" ".join(str(row[place]) for row in rows) for place in (1, 2))
            shown = [f"{seconds:.2f}" for seconds in times]
            growth = f"{times[2] / max(times[0], 0.01):.1f}"
            cells = ["0, 1" if vocabulary else "", nodes, after, *shown, growth, " ".join(filter(None, wrong)) or "✓"]
            report.add_row(kind, *cells)
    Console(width=140).print(report)
    return int(failed)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], int(sys.argv[2]), sys.argv[3] == "1")
    else:
        sys.exit(main())
