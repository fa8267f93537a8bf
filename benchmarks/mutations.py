"""Does anything notice? Small faults in rules and kernels, one at a time: ``python benchmarks/mutations.py``.

Each fault is one edit of raspir's source, made in a copy. Then the fuzzer runs, and the tests of what was edited, and
for a rule the solver, each in a process of its own. The table says what noticed the fault: a generated program, the
first test that fails, a counterexample. A fault that nothing notices ends with exit code 1; so does an edit that fits
nowhere, or in several places.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("raspir", "tests", "benchmarks", "examples", "pyproject.toml", "README.md")
RULES, NUMPY = ("tests/passes", "tests/analysis"), ("tests/backends/numpy",)


@dataclass(frozen=True)
class Fault:
    """One edit.

    Attributes:
        what: what is wrong then.
        file: the file under ``raspir``.
        right: a text that stands in it once.
        wrong: what stands there instead.
        tests: the tests of what is edited.
    """

    what: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...] = RULES

    def make(self, copy: Path) -> None:
        """Make the edit in a copy of raspir.

        Raises:
            SystemExit: if the text does not stand there once.
        """
        path = copy / "raspir" / self.file
        source = path.read_text(encoding="utf-8")
        if source.count(self.right) != 1:
            raise SystemExit(f"{self.what}: {self.file} has {self.right!r} {source.count(self.right)} times, not once")
        path.write_text(source.replace(self.right, self.wrong), encoding="utf-8")


FAULTS = (
    Fault("x * b is x or 1, not x or 0", "passes/algebra.py",
          'algebra("where", test, number, algebra.const(0))', 'algebra("where", test, number, algebra.const(1))'),
    Fault("not < becomes > and not >=", "passes/algebra.py",
          '{"eq": "ne", "ne": "eq", "lt": "ge"', '{"eq": "ne", "ne": "eq", "lt": "gt"'),
    Fault("a comparison that may hold is taken as one that does", "passes/algebra.py",
          "if possible <= allowed:\n        return algebra.const(True)",
          "if possible & allowed:\n        return algebra.const(True)"),
    Fault("a mean over several is a sum", "passes/algebra.py",
          "if algebra.facts.at_most_one(node.operands[0]):", "if node.operands:"),
    Fault("a decided choice takes the other branch", "passes/algebra.py",
          "return a if known[0] else b", "return b if known[0] else a"),
    Fault("selectors that overlap unite", "passes/merge.py",
          "coefficient == other and self._facts.are_disjoint(a.operands[0], b.operands[0])", "coefficient == other"),
    Fault("sums whose default is not 0 are added up", "passes/merge.py",
          "return integers and type(default) is int and default == 0", "return integers"),
    Fault("an interval counts one position less", "passes/depth/closed_forms.py",
          "interval.high, interval.low)), 1)", "interval.high, interval.low)), 0)"),
    Fault("an interval reaches beyond the input", "passes/depth/closed_forms.py",
          "return algebra.facts.bounds(room)[0] >= 1", "return True"),
    Fault("what is fetched from outside is computed there", "passes/depth/gathers.py",
          "if fetch.sure or _is_default_outside(algebra, fetch, there, aggregate.default):", "if fetch.position:"),
    Fault("a shift leaves its boundary out", "passes/depth/shifts.py",
          'return algebra("add", *parts)', "return parts[0]"),
    Fault("a reversal keeps the side of ties", "passes/depth/shifts.py",
          '"left" if changed["ties"] == "right" else "right"', 'changed["ties"]'),
    Fault("the best by rank takes ties from the other side", "passes/depth/best.py",
          'ties = "right" if order.reverse != last else "left"', 'ties = "left" if order.reverse != last else "right"'),
    Fault("a condition on the query yields 0 and not the default", "passes/depth/uniform.py",
          'algebra.holds(outside), inner, search.algebra.const(aggregate.default))',
          'algebra.holds(outside), inner, search.algebra.const(0))'),
    Fault("1 and True are split as if they were told apart", "passes/depth/split.py",
          "total *= len(domain.atoms or ()) if _tells_apart(domain) else 0", "total *= len(domain.atoms or ())"),
    Fault("a value is uniform where the selector's rows are not the same", "analysis/facts.py",
          "return operands[0].uniform, positional", "return operands[1].uniform, positional"),
    Fault("the bounds of a difference forget the sign", "analysis/domains.py",
          "return plus(a.low, -b.high), plus(a.high, -b.low)", "return plus(a.low, -b.low), plus(a.high, -b.high)"),
    Fault("the complement of a clause is one of its conditions' alone", "analysis/selectors.py",
          "parts = [condition(pair, ~allowed) for pair, allowed in clause.sets.items()]",
          "parts = [condition(pair, ~allowed) for pair, allowed in clause.sets.items()][:1]"),
    Fault("a table gives another atom's value", "passes/fuse.py",
          "pairs = zip(self._atoms_of(root), self._columns[node], strict=True)",
          "pairs = zip(self._atoms_of(root), self._columns[node][::-1], strict=True)", ("tests/passes",)),
    Fault("a sum of none is 0 and not the default", "backends/numpy/kernels/aggregates.py",
          "if self._default.kind != INT or self._default.data[0] != 0:", "if self._default.kind != INT:", NUMPY),
    Fault("a single True comes as 1", "backends/numpy/kernels/aggregates.py",
          "if alone.any():\n                result", "if alone.all():\n                result", NUMPY),
    Fault("integers too large for 64 bits are added in 64 bits", "backends/numpy/kernels/aggregates.py",
          "(EXACT if self._mean else 2**62)", "(EXACT if self._mean else 2**90)", NUMPY),
    Fault("a window ends one position too early", "backends/numpy/kernels/selections.py",
          "np.clip(run.places + (self._high + 1), run.first, run.end)",
          "np.clip(run.places + self._high, run.first, run.end)", NUMPY),
    Fault("a band leaves its first key out", "backends/numpy/kernels/conditions.py",
          "return (codes >= _picked(self.low, rows))", "return (codes > _picked(self.low, rows))", NUMPY),
    Fault("a position beyond the end is fetched", "backends/numpy/kernels/selections.py",
          "there = (places >= 0) & (places < lengths)", "there = (places >= 0) & (places <= lengths)", NUMPY),
    Fault("the best of equals is on the other side", "backends/numpy/kernels/aggregates.py",
          'places = run.places if ties == "right" else', 'places = run.places if ties == "left" else', NUMPY),
    Fault("integers and floats are compared as floats", "backends/numpy/kernels/elementwise.py",
          "if max(map(abs, integral.bounds())) <= EXACT:\n            return booleans",
          "if integral:\n            return booleans", NUMPY),
    Fault("a difference is kept in too few bits", "backends/numpy/kernels/elementwise.py",
          "lambda x, y: (x[0] - y[1], x[1] - y[0]), a, b, at)", "lambda x, y: (x[0] - y[0], x[1] - y[1]), a, b, at)",
          NUMPY),
)  # fmt: skip
"""Faults in rules and in what they rest on, then faults in kernels."""


@dataclass(frozen=True)
class Noticed:
    """What noticed a fault.

    Attributes:
        by: in words; empty if it did not.
        seconds: how long that took.
    """

    by: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.by or 'not noticed'} ({self.seconds:.0f} s)"


def fuzzed(copy: Path, scratch: Path, cases: int, jobs: int) -> Noticed:
    """Let the fuzzer look at a copy."""
    code = "from raspir.cli import main; main()"
    arguments = ["fuzz", "--cases", str(cases), "--seed", "0", "--jobs", str(jobs)]
    done, seconds = _run(copy, scratch, ["-c", code, *arguments])
    if done.returncode == 0:
        return Noticed("", seconds)
    found = re.search(r"program (\d+)", done.stdout + done.stderr)
    return Noticed(f"program {found[1]}" if found else _last(done), seconds)


def tested(copy: Path, scratch: Path, tests: tuple[str, ...], jobs: int) -> Noticed:
    """Let tests look at a copy, up to the first that fails."""
    options = ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-n", str(jobs), "--no-header"]
    done, seconds = _run(copy, copy, [*options, *tests])
    if done.returncode == 0:
        return Noticed("", seconds)
    found = re.search(r"^(?:FAILED|ERROR) (?:\S*/)?(\S+)", done.stdout, re.MULTILINE)
    return Noticed(found[1] if found else _last(done), seconds)


def _run(copy: Path, folder: Path, arguments: list[str]) -> tuple[subprocess.CompletedProcess[str], float]:
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done, time.perf_counter() - start


def _last(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"


def copied(folder: Path) -> Path:
    """Return a copy of the project."""
    copy = folder / "copy"
    for name in COPIED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=ignored)
        else:
            copy.mkdir(exist_ok=True)
            shutil.copy(source, copy / name)
    return copy


def looked_at(fault: Fault | None, cases: int, jobs: int) -> tuple[Noticed, Noticed | None]:
    """Return what the fuzzer and the tests make of a fault; for ``None`` the fuzzer of raspir as it is."""
    with TemporaryDirectory() as folder:
        copy, scratch = copied(Path(folder)), Path(folder) / "scratch"
        scratch.mkdir()
        if fault is not None:
            fault.make(copy)
        by_fuzzer = fuzzed(copy, scratch, cases, jobs)
        return by_fuzzer, None if fault is None else tested(copy, scratch, fault.tests, jobs)


def main() -> int:
    """Make each fault, and return 1 if nothing notices one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="cases of the fuzzer for each fault (20000)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (one for each processor)")
    parser.add_argument("--only", default="", help="only the faults with this in their words or files")
    options = parser.parse_args()
    chosen = [fault for fault in FAULTS if options.only in f"{fault.what} {fault.file}"]
    console = Console(highlight=False)
    clean, _ = looked_at(None, options.cases, options.jobs)
    if clean.by:
        console.print(f"without any fault the fuzzer finds one: {clean.by}", markup=False)
        return 1
    table = Table(show_lines=True)
    for heading in ("fault", "file", "the fuzzer", "the tests"):
        table.add_column(heading, overflow="fold")
    missed = 0
    for fault in chosen:
        by_fuzzer, by_tests = looked_at(fault, options.cases, options.jobs)
        noticed = bool(by_fuzzer.by or (by_tests and by_tests.by))
        missed += not noticed
        cells = fault.what, fault.file, str(by_fuzzer), str(by_tests)
        table.add_row(*map(Text, cells), style="" if noticed else "bold red")
        console.print(f"{fault.what}: fuzzer {by_fuzzer}; tests {by_tests}", markup=False, soft_wrap=True)
    console.print(table)
    console.print(f"{len(chosen)} faults, {missed} of them not noticed")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
