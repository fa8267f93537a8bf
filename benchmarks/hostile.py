"""Compile time of adversarial programs at sizes ×1, ×2 and ×4: ``python benchmarks/hostile.py``.

Each row is a family of programs that invite exponential or quadratic work. The default pipeline compiles
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


def choices_in_query(size: int) -> SOp:
    """Return a fetch from a position chosen among several by nested conditions."""
    position = indices
    for number in range(size):
        count = (key(tokens) == query(number)).value(1)
        position = where(count > number, indices - number, position)
    return (key(indices) == query(position)).value(tokens)


def choices_of_conditions(size: int) -> SOp:
    """Return a fetch whose query alternates choices and comparisons, each in a layer of its own."""
    made = tokens
    for number in range(size):
        made = where((key(tokens) == query(made)).value(1) > number, number % 3, made)
    return (key(tokens) == query(made)).value(indices)


def alternating(size: int) -> SOp:
    """Return a sum over alternating disjunctions and complements of selectors."""
    selector = key(tokens) == query(tokens)
    for number in range(size):
        selector = ~(selector | (key(tokens) == query(tokens + number)))
    return selector.value(1)


def cumulated(value: SOp) -> SOp:
    """Return the running sum of ``value``."""
    return (key(indices) <= query(indices)).value(value)


def running_sums(size: int) -> SOp:
    """Return running sums of running sums."""
    made = tokens
    for _ in range(size):
        made = cumulated(made)
    return made


def running_counts(size: int) -> SOp:
    """Return running counts of conditions on running counts."""
    made = tokens
    for number in range(size):
        made = cumulated(made > number)
    return made


def window(value: SOp, width: int) -> SOp:
    """Return the sum of ``value`` over a window of ``width`` positions."""
    return ((key(indices) > query(indices - width)) & (key(indices) <= query(indices))).value(value)


def windows(size: int) -> SOp:
    """Return sums over windows of sums over windows."""
    made = tokens
    for number in range(size):
        made = window(made, 2 + number % 3)
    return made


def rank(value: SOp) -> SOp:
    """Return the position of each element in sorted order, with ties by position."""
    ties = (key(value) == query(value)) & (key(indices) < query(indices))
    return ((key(value) < query(value)) | ties).value(1)


def ranks(size: int) -> SOp:
    """Return ranks of ranks."""
    made = tokens
    for _ in range(size):
        made = rank(made)
    return made


def sorts(size: int) -> SOp:
    """Return a sequence that is sorted several times, by another key in turn."""
    made = tokens
    for number in range(size):
        made = (key(rank(made if number % 2 else -made)) == query(indices)).value(made)
    return made


def histograms(size: int) -> SOp:
    """Return counts of equal counts of equal counts."""
    made = tokens
    for _ in range(size):
        made = (key(made) == query(made)).value(1)
    return made


def conditional_totals(size: int) -> SOp:
    """Return totals of values chosen by totals, which a vocabulary invites to split case by case."""
    made = tokens
    for number in range(size):
        total = (key(tokens) == query(number % 2)).value(made)
        made = where(total > number, made, tokens) + shifted(total, 1)
    return made


def bests(size: int) -> SOp:
    """Return the largest predecessors of the largest predecessors."""
    made = tokens
    for _ in range(size):
        made = (key(indices) < query(indices)).best(made, made)
    return made


PLAIN, BITS, DIGITS = (0,), (0, 2), (0, 2, 10)

KINDS: dict[str, tuple[Callable[[int], SOp], int, tuple[int, ...]]] = {
    "defaults of a different kind": (mismatched_default, 15, PLAIN),
    "table as a chain of choices": (table, 250, PLAIN),
    "chained choices": (transitions, 100, PLAIN),
    "shared selectors": (shared, 10, PLAIN),
    "shared values": (doubled, 12, PLAIN),
    "parity, unrolled": (parity, 8, BITS),
    "parity by doubling": (parity_by_doubling, 6, BITS),
    "cellular automaton": (automaton, 6, BITS),
    "choices in a query": (choices_in_query, 6, DIGITS),
    "choices and comparisons": (choices_of_conditions, 6, DIGITS),
    "alternating selectors": (alternating, 20, PLAIN),
    "running sums": (running_sums, 20, BITS),
    "running counts": (running_counts, 20, DIGITS),
    "windows of windows": (windows, 8, BITS),
    "ranks of ranks": (ranks, 8, DIGITS),
    "sorts of sorts": (sorts, 5, DIGITS),
    "histograms of histograms": (histograms, 20, DIGITS),
    "conditional totals": (conditional_totals, 5, DIGITS),
    "bests of bests": (bests, 20, BITS),
}
"""The constructor of each family, its smallest size, and the sizes of its vocabularies: 0 is none."""


def measure(kind: str, size: int, vocabulary: int) -> None:
    """Print the processor time of compilation, the nodes before and after, and whether there was a gain."""
    from raspir.rewriting.graphs import cost

    raspir.optimize(tokens + 1)  # warm up lazy imports
    graph = raspir.lower(KINDS[kind][0](size), range(vocabulary) if vocabulary else None)
    begin = time.process_time()
    made = raspir.optimize(graph)
    seconds = time.process_time() - begin
    print(seconds, len(graph), len(made), int(len(made) <= len(graph) or cost(made) < cost(graph)))


def measured(kind: str, size: int, vocabulary: int) -> tuple[float, int, int, bool]:
    """Run :func:`measure` in a subprocess and return what it prints."""
    command = [sys.executable, __file__, kind, str(size), str(vocabulary)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    seconds, before, after, gain = done.stdout.split()
    return float(seconds), int(before), int(after), gain == "1"


def main() -> int:
    """Print the table and return the exit code."""
    report = Table(title="the default pipeline, seconds at sizes ×1, ×2, ×4")
    for heading in ("program", "vocabulary", "nodes", "optimized", "×1", "×2", "×4", "growth", ""):
        report.add_column(heading, justify="left" if heading in ("program", "vocabulary") else "right")
    failed = False
    for kind, (_, size, vocabularies) in KINDS.items():
        plain: list[float] = []
        for vocabulary in vocabularies:
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
            cells = [
                f"0 to {vocabulary - 1}" if vocabulary else "",
                nodes,
                after,
                *shown,
                growth,
                " ".join(filter(None, wrong)) or "✓",
            ]
            report.add_row(kind, *cells)
    Console(width=140).print(report)
    return int(failed)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main())
