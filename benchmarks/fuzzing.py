"""Throughput of the fuzzer in cases per second of one core: ``python benchmarks/fuzzing.py``.

Measures the fuzzer's own distribution, on the reference alone and on all backends, grouped by program size. Times are
processor times, to be robust against other load.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from raspir.testing.trying import SETTINGS, Campaign

SIZES = (5, 10, 20, 1000)
"""The upper limits in nodes of the size groups."""


def measured(campaign: Campaign, programs: int, start: int = 1000) -> Iterator[tuple[int, int, float]]:
    """Yield for each program its number of nodes, its number of cases, and the seconds that they took.

    Raises:
        SystemExit: if a program shows a difference.
    """
    for number in range(start, start + programs):
        generated, _ = campaign.program(number)
        begin = time.process_time()
        outcome = campaign.tried(number)
        seconds = time.process_time() - begin
        if outcome.failure is not None:
            raise SystemExit(f"program {number} shows a difference: {outcome.failure.problem.description}")
        yield len(generated.graph), outcome.cases, seconds


def rows(found: list[tuple[int, int, float]]) -> Iterator[tuple[str, int, float]]:
    """Yield for each size group its label, its number of programs, and its cases per second."""
    least = 1
    for most in SIZES:
        some = [each for each in found if least <= each[0] <= most]
        if some:
            size = f"of {least} to {most} nodes" if most < SIZES[-1] else f"of {least} nodes and more"
            yield size, len(some), sum(cases for _, cases, _ in some) / sum(seconds for *_, seconds in some)
        least = most + 1
    yield "all", len(found), sum(cases for _, cases, _ in found) / sum(seconds for *_, seconds in found)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=int, default=400, help="number of programs (400)")
    programs = parser.parse_args(arguments).programs
    table = Table(title=f"{SETTINGS} cases per program; rates per second of one core")
    for heading in ("backends", "programs", "count", "cases/s", "programs/s"):
        table.add_column(heading, justify="left" if heading in ("backends", "programs") else "right")
    for backends in (("reference",), Campaign().check().backends):
        campaign = Campaign(77, backends)
        list(measured(campaign, 20, start=0))  # warm up imports and caches
        for size, count, rate in rows(list(measured(campaign, programs))):
            table.add_row(", ".join(backends), size, str(count), f"{rate:.0f}", f"{rate / SETTINGS:.0f}")
    Console().print(table)


if __name__ == "__main__":
    gc.freeze()  # as the fuzzer's worker processes do
    gc.set_threshold(20_000)
    main()
