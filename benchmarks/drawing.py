"""Rendering time of diagrams and reports, checked against limits: ``python benchmarks/drawing.py``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from random import Random
from time import perf_counter

from programs import PROGRAMS, Measured
from rich.table import Table

import raspir
from raspir import indices, key, query, tokens
from raspir.backends.tracing import traced
from raspir.cli.tables import console
from raspir.ir import Graph

LENGTH, NODES, REPEATS, REPORTED = 20, 2000, 3, 5


@dataclass(frozen=True)
class Row:
    """The measurements of one picture; ``bound`` is ``None`` if it has no time limit."""

    picture: str
    nodes: int
    seconds: float
    bound: float | None
    megabytes: float
    most: float | None = None

    @property
    def misses(self) -> str:
        """The exceeded limits, as a message; empty if there are none."""
        found = []
        if self.bound is not None and self.seconds > self.bound:
            found.append(f"{self.seconds:.2f} s, over the limit of {self.bound:g} s")
        if self.most is not None and self.megabytes > self.most:
            found.append(f"{self.megabytes:.2f} MB, over the limit of {self.most:g} MB")
        return "; ".join(found)


def timed(draw: Callable[[], str | bytes], repeats: int) -> tuple[float, float]:
    """Return the minimum seconds over several runs, and the size of the output in megabytes."""
    best, made = float("inf"), 0
    for _ in range(repeats):
        start = perf_counter()
        drawn = draw()
        best = min(best, perf_counter() - start)
        made = len(drawn.encode() if isinstance(drawn, str) else drawn)
    return best, made / 1e6


def long_input(measured: Measured, graph: Graph) -> object:
    """Return an input of ``LENGTH`` positions, preferably one on which the program succeeds."""
    random = Random(measured.name)
    given: list[object] = []
    for _ in range(50):
        given = []
        while len(given) < LENGTH:
            given += list(measured.inputs(random))
        given = given[:LENGTH]
        if traced(graph, given).failure is None:
            break
    return given


def large() -> Graph:
    """Return a program of at least ``NODES`` nodes, several layers deep and many heads wide."""
    values = [tokens + number for number in range(40)]
    while len(raspir.lower({str(at): value for at, value in enumerate(values)})) < NODES:
        values = [
            (key(indices + at) == query(value)).value(values[at - 1], at) * at + value
            for at, value in enumerate(values)
        ]
    return raspir.lower({str(at): value for at, value in enumerate(values)})


def measure() -> list[Row]:
    """Time the pictures, after a warm-up of the first one that loads Graphviz."""
    graphs = [(measured, raspir.lower(measured.program, measured.vocab)) for measured in PROGRAMS]
    measured, graph = max(graphs, key=lambda pair: len(pair[1]))
    given, wide, name = long_input(measured, graph), large(), measured.name
    first, size = timed(lambda: raspir.draw(graph), 1)
    rows = [Row(f"{name}, the first picture", len(graph), first, None, size)]
    for picture, drawn, input_, bound in (
        (name, graph, None, 1.0),
        (f"{name} on {LENGTH} positions", graph, given, 2.0),
        ("a large program", wide, None, 5.0),
        (f"a large program on {LENGTH} positions", wide, list(range(LENGTH)), None),
    ):
        seconds, size = timed(lambda drawn=drawn, input_=input_: str(raspir.draw(drawn, input=input_)), REPEATS)
        rows.append(Row(picture, len(drawn), seconds, bound, size))
    random = Random(0)
    inputs = {f"input {number}": measured.inputs(random) for number in range(REPORTED)}
    seconds, size = timed(lambda: raspir.report(measured.program, inputs, vocab=measured.vocab), REPEATS)
    rows.append(Row(f"{name}, report of {REPORTED} inputs", len(graph), seconds, 5.0, size, 3.0))
    return rows


def table(rows: list[Row]) -> Table:
    """Return the terminal table, with exceeded limits in red."""
    made = Table(title="Time and size of diagrams (SVG) and reports")
    for number, heading in enumerate(("picture", "nodes", "seconds", "at most", "MB", "at most")):
        made.add_column(heading, justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        bound, most = ("" if limit is None else f"{limit:g}" for limit in (row.bound, row.most))
        style = "red" if row.misses else "green" if bound else ""
        made.add_row(
            row.picture, str(row.nodes), f"{row.seconds:.3f}", bound, f"{row.megabytes:.2f}", most, style=style
        )
    return made


def main() -> int:
    """Print the measurements; return 1 if a picture exceeds its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    options = parser.parse_args()
    rows = measure()
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        console().print(table(rows))
    for row in rows:
        if row.misses:
            print(f"{row.picture}: {row.misses}", file=sys.stderr)
    return 1 if any(row.misses for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
