"""Depth of optimized programs, checked against upper bounds: ``python benchmarks/depth.py``.

Every optimized program is also compared with the unoptimized one on generated inputs.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from itertools import zip_longest
from random import Random
from time import perf_counter

from measured import Inputs, Measured
from minima import PRINCIPLES, Minimum
from programs import CAUSAL, PROGRAMS
from rich.table import Table
from rich.text import Text

import raspir
from raspir.cli.tables import console
from raspir.ir import Graph
from raspir.passes.options import Attention

KINDS = ("select", "best")


@dataclass(frozen=True)
class Optimized:
    """The optimization result for one kind of attention.

    Attributes:
        layers: the number of layers of the optimized program.
        heads: the total number of heads.
        bound: the maximum number of layers.
        seconds: the optimization time.
        wrong: the inputs on which it differs from the unoptimized program.
    """

    layers: int
    heads: int
    bound: int
    seconds: float
    wrong: tuple[str, ...]

    def fails(self, name: str, kind: str) -> list[str]:
        """Return the failed checks, as messages."""
        found = []
        if self.layers > self.bound:
            found.append(f"{name}: {self.layers} layers with {kind} attention, over the limit of {self.bound}")
        if self.wrong:
            found.append(f"{name}: different results with {kind} attention on {', '.join(self.wrong[:3])}")
        return found


@dataclass(frozen=True)
class Row:
    """The measurements of one program, causal or not."""

    name: str
    causal: bool
    written: int
    written_heads: int
    tracr: int | None
    compared: int
    select: Optimized
    best: Optimized

    @property
    def fails(self) -> list[str]:
        """The failed checks, as messages."""
        found, name = [], f"{self.name}, causal" if self.causal else self.name
        for kind in KINDS:
            got: Optimized = getattr(self, kind)
            found += got.fails(name, kind)
        if not self.compared:
            found.append(f"{name}: it succeeded on no input")
        return found


@dataclass(frozen=True)
class Reached:
    """The measurements of a program whose least number of layers is known, for one kind of attention."""

    name: str
    principle: str
    attention: Attention
    written: int
    written_heads: int
    before: int
    now: Optimized

    @property
    def fails(self) -> list[str]:
        """The failed checks, as messages."""
        return self.now.fails(self.name, self.attention)


def measure(measured: Measured, inputs: int, seed: int) -> Row:
    """Optimize one program for both kinds of attention, and compare it with the unoptimized one."""
    written = raspir.lower(measured.program, measured.vocab, causal=measured.causal)
    expected = results(written, drawn(measured.name, measured.inputs, inputs, seed))
    stats = written.stats()
    bounds: dict[Attention, int] = {"select": measured.select, "best": measured.best}
    found = {kind: optimized(written, kind, bound, expected) for kind, bound in bounds.items()}
    return Row(measured.name, measured.causal, stats.layers, stats.heads, measured.tracr, len(expected), **found)


def measure_minimum(principle: str, minimum: Minimum, inputs: int, seed: int) -> Reached:
    """Optimize a program whose least number of layers is known, and compare it with the unoptimized one."""
    written, layers = minimum.written, minimum.reached.stats().layers
    expected = results(written, drawn(minimum.name, minimum.inputs, inputs, seed))
    now = optimized(written, minimum.attention, layers, expected)
    stats = written.stats()
    return Reached(minimum.name, principle, minimum.attention, stats.layers, stats.heads, minimum.before, now)


def drawn(name: str, inputs: Inputs, count: int, seed: int) -> list[object]:
    """Return inputs of a program, the same in each run."""
    random = Random(f"{name} {seed}")
    return [inputs(random) for _ in range(count)]


def optimized(written: Graph, kind: Attention, bound: int, expected: list[tuple[object, object]]) -> Optimized:
    """Optimize a program for a kind of attention, and compare its results with the expected ones."""
    start = perf_counter()
    graph = raspir.optimize(written, attention=kind)
    seconds = perf_counter() - start
    run = raspir.compile(graph, "reference", optimize=False)
    wrong = tuple(repr(given) for given, result in expected if not yields(run, given, result))
    return Optimized(graph.stats().layers, graph.stats().heads, bound, seconds, wrong)


def results(graph: Graph, inputs: list[object]) -> list[tuple[object, object]]:
    """Return the inputs on which ``graph`` succeeds, with their results."""
    run = raspir.compile(graph, "reference", optimize=False)
    found = []
    for given in inputs:
        try:
            found.append((given, run(given)))
        except raspir.EvaluationError:  # optimized programs may differ where the unoptimized one fails
            continue
    return found


def yields(run: raspir.backends.base.Executable, given: object, expected: object) -> bool:
    """Return whether ``run`` yields the expected result."""
    try:
        return run(given) == expected
    except raspir.EvaluationError:
        return False


TITLE = "Attention layers (≤ their bound), heads (written, select, best), seconds (select, best)"
HEADINGS = ("program", "as written", "Tracr", "select", "best", "heads", "seconds")


def cells(row: Row) -> list[str]:
    """Return the table cells of a program."""
    select, best = row.select, row.best
    return [
        row.name,
        str(row.written),
        "" if row.tracr is None else str(row.tracr),
        f"{select.layers} (≤ {select.bound})",
        f"{best.layers} (≤ {best.bound})",
        f"{row.written_heads}, {select.heads}, {best.heads}",
        f"{select.seconds:.3f}, {best.seconds:.3f}",
    ]


def table(rows: list[Row]) -> Table:
    """Return the terminal table of programs that are all causal, or all not, with missed bounds in red."""
    made = Table(title=f"Causal programs: {TITLE[0].lower()}{TITLE[1:]}" if rows[0].causal else TITLE)
    for number, heading in enumerate(HEADINGS):
        made.add_column(heading, justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        shown = [Text(cell) for cell in cells(row)]
        for at, got in ((3, row.select), (4, row.best)):
            shown[at].stylize("red" if got.layers > got.bound else "green")
        made.add_row(*shown)
    return made


def minima_table(rows: list[Reached]) -> Table:
    """Return the terminal table of programs whose least number of layers is known."""
    made = Table(title="Programs whose least number of layers is known", caption="heads as written and now")
    for heading in ("program", "attention", "as written", "before", "now", "to reach", "heads", "seconds"):
        made.add_column(heading, justify="left" if heading in ("program", "attention") else "right", no_wrap=True)
    for row, following in zip_longest(rows, rows[1:]):
        layers = Text(str(row.now.layers), "red" if row.now.layers > row.now.bound else "green")
        numbers = (row.written, row.before, layers, row.now.bound)
        heads, seconds = f"{row.written_heads}, {row.now.heads}", f"{row.now.seconds:.3f}"
        shown = (each if isinstance(each, Text) else str(each) for each in numbers)
        ends = following is not None and following.principle != row.principle
        made.add_row(row.name, row.attention, *shown, heads, seconds, end_section=ends)
    return made


def markdown(rows: list[Row]) -> str:
    """Return the documentation table, which holds machine-independent figures only, of programs like :func:`table`."""
    kind = "causal program" if rows[0].causal else "program"
    lines = [[kind, "as written", "Tracr", "`select`", "`best`", "heads"], ["---", *["---:"] * 5]]
    for row in rows:
        tracr = "" if row.tracr is None else str(row.tracr)
        heads = f"{row.written_heads}, {row.select.heads}, {row.best.heads}"
        lines.append([row.name, str(row.written), tracr, str(row.select.layers), str(row.best.layers), heads])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    """Print the measurements; return 1 if a bound is missed or a result differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument("--inputs", type=int, default=300, help="number of inputs for each program (300)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the inputs (0)")
    options = parser.parse_args()
    tables = [[measure(each, options.inputs, options.seed) for each in programs] for programs in (PROGRAMS, CAUSAL)]
    minima = [
        measure_minimum(principle, each, options.inputs, options.seed)
        for principle, programs in PRINCIPLES.items()
        for each in programs
    ]
    rows: list[Row | Reached] = [*tables[0], *tables[1], *minima]
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    elif options.markdown:
        print("\n\n".join(map(markdown, tables)))
    else:
        for rows_of_one in tables:
            console().print(table(rows_of_one))
        console().print(minima_table(minima))
        reached = sum(row.now.layers <= row.now.bound for row in minima)
        print(f"{reached} of {len(minima)} programs reach their least number of layers")
    fails = [line for row in rows for line in row.fails]
    for line in fails:
        print(line, file=sys.stderr)
    return 1 if fails else 0


if __name__ == "__main__":
    sys.exit(main())
