"""The long evidence, step by step: ``python benchmarks/evidence.py [--minutes N]``.

Runs what ``make test`` leaves out, the quickest to find faults first: the tests of
``pytest --evidence``, the whole conformance kit on each built-in backend, the proofs of all rules, generated programs,
error bounds of transformers, and planted faults. The table at the end shows the result of each step and its seconds. A
step that fails makes the exit code 1; one that the time limit cuts off is not finished, which is no failure. Ctrl-C
stops the step that runs, with exit code 130.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
GRACE = 30
"""The seconds that a step may take to stop when it is interrupted."""

PYTEST = ("-m", "pytest", "-q", "-n", "auto", "--maxfail=1")
KIT = (*PYTEST, "--pyargs", "raspir.testing.conformance", "--exact-errors", "--backend")
RASPIR = ("-c", "from raspir.cli import main; main()")
STEPS = {
    "tests": (*PYTEST, "--evidence", "tests"),
    "conformance of numpy": (*KIT, "numpy"),
    "conformance of reference": (*KIT, "reference"),
    "proofs": (*RASPIR, "verify-rules"),
    "fuzzing": (*RASPIR, "fuzz", "--cases", "100000"),
    "causal fuzzing": (*RASPIR, "fuzz", "--cases", "40000", "--causal"),
    "error bounds": ("benchmarks/error_bounds.py", "--models", "1500"),
    "mutations": ("benchmarks/mutations.py",),
}
"""The arguments of the interpreter for each step, in order."""


@dataclass(frozen=True)
class Result:
    """The result of a step.

    Attributes:
        step: its name.
        code: its exit code; ``None`` if it was stopped, or not started.
        seconds: the time taken.
    """

    step: str
    code: int | None = None
    seconds: float = 0.0

    def __str__(self) -> str:
        if self.code is None:
            return "not finished" if self.seconds else "not started"
        return "passed" if self.code == 0 else f"failed with exit code {self.code}"


def run(step: str, arguments: tuple[str, ...], limit: float | None) -> Result:
    """Run a step for at most ``limit`` seconds.

    Raises:
        KeyboardInterrupt: on Ctrl-C, after the step has stopped.
    """
    start = time.monotonic()
    started = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, start_new_session=True)
    try:
        code: int | None = started.wait(limit)
    except subprocess.TimeoutExpired:
        _stop(started)
        code = None
    except KeyboardInterrupt:
        _stop(started)
        raise
    return Result(step, code, time.monotonic() - start)


def _stop(started: subprocess.Popen[bytes]) -> None:
    """Interrupt a step and the processes that it started, as Ctrl-C does, and kill what goes on nonetheless."""
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(started.pid, number)
            started.wait(GRACE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def shown(results: list[Result]) -> Table:
    """Return the table of results."""
    table = Table("step", "result", "seconds")
    for each in results:
        style = "bold red" if each.code else "yellow" if each.code is None else ""
        table.add_row(each.step, str(each), f"{each.seconds:.0f}" if each.seconds else "", style=style)
    return table


def main(arguments: list[str] | None = None) -> int:
    """Run the steps; return 1 if one fails, and 130 if they are interrupted."""
    parser = argparse.ArgumentParser(description="Run what make test leaves out, the quickest to find faults first.")
    parser.add_argument("--minutes", type=float, help="the time limit for all steps together (default: no limit)")
    parser.add_argument("--only", default="", help="only the steps whose names contain this")
    options = parser.parse_args(arguments)
    if options.minutes is not None and not options.minutes > 0:
        parser.error("--minutes must be positive")
    if not any(options.only in step for step in STEPS):
        parser.error(f"no step has {options.only!r} in its name: {', '.join(STEPS)}")
    signal.signal(signal.SIGTERM, _interrupt)  # so that the step that runs is stopped too
    start = time.monotonic()
    console = Console(highlight=False)
    results: list[Result] = []
    interrupted = False
    for step, command in STEPS.items():
        if options.only not in step:
            continue
        left = None if options.minutes is None else 60 * options.minutes - (time.monotonic() - start)
        if interrupted or (left is not None and left <= 0):
            results.append(Result(step))
            continue
        console.rule(step)
        began = time.monotonic()
        try:
            results.append(run(step, command, left))
        except KeyboardInterrupt:
            interrupted = True
            results.append(Result(step, None, time.monotonic() - began))
    console.print(shown(results))
    return 130 if interrupted else int(any(each.code for each in results))


if __name__ == "__main__":
    sys.exit(main())
