"""The ``fuzz`` command."""

from __future__ import annotations

import contextlib
import math
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from raspir.cli import completion
from raspir.cli.options import examples
from raspir.cli.shared import check_writable, prints_aside, tell, writing
from raspir.ir import InputError

if TYPE_CHECKING:
    from raspir.testing.fuzzer import Fuzzed
    from raspir.testing.trying import Campaign, Failure

commands = typer.Typer()

Cases = Annotated[int, typer.Option("--cases", metavar="N", help="How many cases.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="Decides which cases.")]
Backends = Annotated[
    list[str] | None,
    typer.Option(
        "--backend",
        "-b",
        metavar="NAME",
        help="Run programs on this backend. May be repeated; if left out: on each that runs programs.",
        show_default=False,
        autocompletion=completion.backends,
    ),
]
Passes = Annotated[
    str | None,
    typer.Option(
        metavar="PASSES",
        help="The passes of every case, as for [bold]raspir opt[/bold]; '' for programs as written. If left out: the "
        "default ones, each pass alone, and several in any order; passes of installed packages only without --backend.",
        show_default=False,
        autocompletion=completion.passes,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", metavar="J", help="Processes; one for each processor if left out.", show_default=False
    ),
]
Failures = Annotated[int, typer.Option("--failures", metavar="N", help="Stop after so many differences.")]
TimeLimit = Annotated[
    float,
    typer.Option(
        "--time-limit", metavar="SECONDS", help="A case that takes longer is a difference; most take milliseconds."
    ),
]
Saved = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Where a difference is saved as Python that shows it. If left out: raspir-fuzz-SEED-NUMBER.py here.",
        show_default=False,
    ),
]


@commands.command(
    epilog=examples(
        "raspir fuzz --cases 200000 --seed 1",
        "raspir fuzz --backend numpy --passes ''",
        "raspir fuzz --passes 'fold,depth{max_heads=4}' --backend reference",
    )
)
def fuzz(
    cases: Cases = 10_000,
    seed: Seed = 0,
    backend: Backends = None,
    passes: Passes = None,
    jobs: Jobs = None,
    failures: Failures = 1,
    time_limit: TimeLimit = 60.0,
    output: Saved = None,
) -> None:
    """Compare the results of generated programs: optimized and as written, on backends and the reference interpreter.

    A case is one program under one configuration of passes, attention, input assumptions and backend. The optimized
    program runs on six inputs. On the reference, its results must equal those of the program as written; on the
    backend, they must equal those of the reference on the same graph, types and errors included, one by one and as a
    batch. Four cases share a program. The passes of raspir must not add layers, may add nodes only for a gain that they
    report, and must be idempotent. Some programs are also written as text and parsed again.

    Programs use only what the backend supports. The first difference is shrunk, printed and saved as a Python script
    that reproduces it, and the exit code is 1; it is 2 if a named backend supported none of the programs.
    """
    from raspir.testing.fuzzer import fuzz as run
    from raspir.testing.trying import Campaign

    for option, value in (("--cases", cases), ("--jobs", jobs), ("--failures", failures)):
        if value is not None and value < 1:
            raise InputError(f"{option} is a positive number, not {value}")
    if not 0 < time_limit < math.inf:
        raise InputError(f"--time-limit is a positive number of seconds, not {time_limit:g}")
    if output is not None:
        check_writable(output)
    with prints_aside():
        asked = Campaign(seed, tuple(dict.fromkeys(backend or ())), passes, time_limit=time_limit)
        campaign = asked.check()
        if left_out := asked.left_out():
            tell(f"left out, since they cannot be used: {', '.join(left_out)}")
        with _progress(cases) as on_progress:
            done = run(campaign, cases, jobs or os.cpu_count() or 1, failures, on_progress)
    for failure in done.failures:
        _save(campaign, failure, output)
    for line in _covered(done):
        typer.echo(line)
    typer.echo(_last(done))
    if done.stopped:
        raise typer.Exit(130)
    idle = [] if done.failures else _idle(done, campaign)
    for name in idle:
        tell(f"nothing was compared on backend {name}: it supports none of the programs")
    if any(name in asked.backends for name in idle):
        raise typer.Exit(2)
    raise typer.Exit(int(bool(done.failures)))


@contextlib.contextmanager
def _progress(cases: int) -> Iterator[Callable[[Fuzzed], None]]:
    """Yield a progress callback that updates a bar on a terminal, and prints occasional lines elsewhere."""
    from raspir.cli.progress import case_bar

    with case_bar(cases) as bar:
        said = time.monotonic()

        def on_progress(done: Fuzzed) -> None:
            nonlocal said
            found = _differences(len(done.failures))
            rate = f"{done.cases / max(done.seconds, 1e-9):.0f} cases/s"
            if bar is not None:
                bar(done.cases, found, rate)
            elif time.monotonic() - said >= _QUIET:
                said = time.monotonic()
                tell(f"{done.cases} of {cases} cases, {found}, {rate}")

        yield on_progress


_QUIET = 10.0  # seconds between progress lines


def _differences(count: int) -> str:
    return "no difference" if count == 0 else "1 difference" if count == 1 else f"{count} differences"


def _save(campaign: Campaign, failure: Failure, output: Path | None) -> None:
    """Shrink a difference, print it as a Python script, and save the script."""
    from raspir.testing.scripts import save, script, shrunk

    command = f"raspir fuzz --seed {campaign.seed}"
    number = failure.number
    tell(f"program {number} shows a difference, which is made small now")
    content = script(
        shrunk(failure), f"A difference that {command} found with program {number}; running this shows it."
    )
    typer.echo(content.encode("utf-8", "backslashreplace").decode())
    path = output or Path(f"raspir-fuzz-{campaign.seed}-{number}.py")
    with writing(str(path)):
        saved = save(content, path)
    typer.echo(f"Saved in {saved}: run it with python {saved}")


_GROUPS = {
    "passes": "passes",
    "attention": "attention",
    "promised": "promised",
    "backend": "backends",
    "forced": "thresholds",
    "strategy": "strategies",
    "best of": "best of",
    "difference": "differences",
}
"""The groups of coverage counts: the prefix of the counts, and the heading of the line."""


def _covered(done: Fuzzed) -> list[str]:
    """Return the coverage, one line per group, and a line on the comparisons."""
    counts = done.counts
    lines = []
    for group, heading in _GROUPS.items():
        begin = f"{group} "
        found = [(-count, name.removeprefix(begin)) for name, count in counts.items() if name.startswith(begin)]
        if found:
            lines.append(f"{heading}: {', '.join(f'{name} {-count}' for count, name in sorted(found))}")
    lines.append(
        f"{counts['results']} results compared, {counts['failing']} of them fail alike, {counts['excused']} may differ "
        f"since floats round; {counts['shallower']} programs lost layers, {counts['impossible']} do not go with their "
        f"promises, {counts['unsupported']} are not supported"
    )
    return lines


def _idle(done: Fuzzed, campaign: Campaign) -> list[str]:
    """Return the names of the backends that supported none of their programs."""
    others = [name for name in campaign.backends if name != "reference" and done.counts[f"backend {name}"]]
    return [name for name in others if not done.counts[f"ran {name}"]]


def _last(done: Fuzzed) -> str:
    stopped = "stopped after " if done.stopped else ""
    each, core = (done.cases / max(seconds, 1e-9) for seconds in (done.seconds, done.cpu))
    backends = ", ".join(sorted(name.removeprefix("backend ") for name in done.counts if name.startswith("backend ")))
    return (
        f"{stopped}{done.cases} cases, {_differences(len(done.failures))}; {each:.0f} cases/s, {core:.0f} in a second "
        f"of one core; on {backends or 'no backend'}"
    )
