"""How long raspir takes to start, as a multiple of an empty start of Python: ``python benchmarks/start.py``.

The starts alternate, so that other load slows all of them alike, and the fastest of each counts.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from rich.table import Table

from raspir.cli.tables import console

ROOT = Path(__file__).parent.parent
ROUNDS = 15

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""That of users, for whom Python caches compiled modules."""


@dataclass(frozen=True)
class Start:
    """A way to start Python.

    Attributes:
        name: the name in the table.
        code: the code that Python runs.
        ratio: the limit as a multiple of an empty start; ``None`` if there is none.
        seconds: the limit in seconds; ``None`` if there is none.
    """

    name: str
    code: str
    ratio: float | None = None
    seconds: float | None = None


def command(*arguments: str) -> str:
    """Return code that runs the command line."""
    return f"import sys; sys.argv = {['raspir', *arguments]}; from raspir.cli import main; main()"


STARTS = (
    Start("python", "pass"),
    Start("import raspir", "import raspir", ratio=7),
    Start("from raspir import *", "from raspir import *", ratio=7),
    Start("raspir.optimize", "import raspir; raspir.optimize"),
    Start("raspir --help", command("--help"), seconds=0.25),
    Start("raspir run --help", command("run", "--help")),
    Start("raspir run", command("run", "examples/addition.py:add", "--input", "683+345")),
    Start("import numpy", "import numpy"),
    Start("import networkx", "import networkx"),
)
"""raspir, with what it is compared with: NumPy and networkx are imported only by what needs them."""


@dataclass(frozen=True)
class Row:
    """The seconds that a start takes, and as a multiple of an empty start."""

    start: Start
    seconds: float
    ratio: float

    @property
    def misses(self) -> str:
        """The exceeded limits, as a message; empty if there are none."""
        found = []
        if self.start.ratio is not None and self.ratio > self.start.ratio:
            found.append(f"{self.ratio:.1f} times an empty start, over the limit of {self.start.ratio:g}")
        if self.start.seconds is not None and self.seconds > self.start.seconds:
            found.append(f"{self.seconds:.3f} s, over the limit of {self.start.seconds:g} s")
        return "; ".join(found)


def timed(code: str) -> float:
    """Return the seconds that Python takes to start, run ``code`` and end."""
    command = [sys.executable, "-c", code]
    begin = perf_counter()
    subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    return perf_counter() - begin


def measure(starts: tuple[Start, ...] = STARTS, rounds: int = ROUNDS) -> list[Row]:
    """Time the starts, the first of which is empty, after a round that compiles and caches their modules."""
    for each in starts:
        timed(each.code)
    times = [[timed(each.code) for each in starts] for _ in range(rounds)]
    best = [min(column) for column in zip(*times, strict=True)]
    return [Row(each, seconds, seconds / best[0]) for each, seconds in zip(starts, best, strict=True)]


def table(rows: list[Row]) -> Table:
    """Return the terminal table, with exceeded limits in red."""
    made = Table(title=f"The fastest of {ROUNDS} starts")
    for number, heading in enumerate(("start", "ms", "times an empty start", "at most")):
        made.add_column(heading, justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        limit = f"{row.start.ratio:g} times" if row.start.ratio else ""
        limit = f"{1000 * row.start.seconds:g} ms" if row.start.seconds else limit
        style = "red" if row.misses else "green" if limit else ""
        made.add_row(row.start.name, f"{1000 * row.seconds:.0f}", f"{row.ratio:.1f}", limit, style=style)
    return made


def main() -> int:
    """Print the measurements; return 1 if a start exceeds its limit."""
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
            print(f"{row.start.name}: {row.misses}", file=sys.stderr)
    return 1 if any(row.misses for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
