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
from raspir.cli.options import Jobs, examples
from raspir.cli.shared import check_writable, print_message, prints_aside, writing
from raspir.ir import InputError
from raspir.viz.shown import counted

if TYPE_CHECKING:
    from raspir.testing.fuzzer import Fuzzed
    from raspir.testing.trying import Campaign, Failure

commands = typer.Typer()

Cases = Annotated[int, typer.Option("--cases", metavar="N", help="The number of cases.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="The seed that determines the cases.")]
Causal = Annotated[bool, typer.Option("--causal", help="Make every program causal, instead of one in five.")]
Backends = Annotated[
    list[str] | None,
    typer.Option(
        "--backend",
        "-b",
        metavar="NAME",
        help="A backend to test. May be repeated; by default, all that run programs without assumptions.",
        autocompletion=completion.backends,
    ),
]
Passes = Annotated[
    str | None,
    typer.Option(
        metavar="PASSES",
        help="The passes of every case, as for `raspir opt`; '' for none. By default, the default pipeline, each pass "
        "alone, and several in any order, with passes of installed packages only without --backend.",
        autocompletion=completion.passes,
    ),
]
Failures = Annotated[int, typer.Option("--failures", metavar="N", help="Stop after this many differences.")]
TimeLimit = Annotated[
    float,
    typer.Option("--time-limit", metavar="SECONDS", help="The time limit of a case; exceeding it is a difference."),
]
Saved = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="The Python script that reproduces a difference; by default, raspir-fuzz-SEED-NUMBER.py.",
    ),
]


@commands.command(
    epilog=examples(
        "raspir fuzz --cases 200000 --seed 1",
        "raspir fuzz --cases 100000 --causal",
        "raspir fuzz --backend numpy --passes ''",
        "raspir fuzz --passes 'fold,depth{max_heads=4}' --backend reference",
    )
)
def fuzz(
    cases: Cases = 10_000,
    seed: Seed = 0,
    causal: Causal = False,
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
    batch. Four cases share a program. One program in five is causal: in most of its cases it must remain so, in the
    others passes may make heads that look ahead. The passes of raspir must not add layers, may add nodes only for a
    gain that they report, and must be idempotent. Some programs are also written as text and parsed again.

    Programs use only what the backend supports. The first difference is shrunk, printed and saved as a Python script
    that reproduces it, and the exit code is 1; it is 2 if a named backend supported none of the programs.
    """
    from raspir.cli.progress import announced
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
        asked = Campaign(seed, tuple(dict.fromkeys(backend or ())), passes, time_limit=time_limit, causal=causal)
        campaign = asked.check()
        if left_out := asked.left_out():
            print_message(f"left out, since they cannot be used: {', '.join(left_out)}")
        processes = jobs or os.cpu_count() or 1
        if message := announced(f"comparing {counted(cases, 'case')}", cases / _RATE, processes):
            print_message(message)
        with _progress(cases) as on_progress:
            done = run(campaign, cases, processes, failures, on_progress)
    for failure in done.failures:
        _save(campaign, failure, output)
    for line in _covered(done):
        typer.echo(line)
    typer.echo(_last(done))
    if done.stopped:
        raise typer.Exit(130)
    idle = [] if done.failures else _idle(done, campaign)
    for name in idle:
        print_message(f"nothing was compared on backend {name}: it supports none of the programs")
    if any(name in asked.backends for name in idle):
        raise typer.Exit(2)
    raise typer.Exit(int(bool(done.failures)))


@contextlib.contextmanager
def _progress(cases: int) -> Iterator[Callable[[Fuzzed], None]]:
    """Yield a progress callback that updates a bar on a terminal, and prints occasional lines elsewhere."""
    from raspir.cli.progress import progress_bars

    with progress_bars(delay=0) as bars:
        printed = time.monotonic()

        def on_progress(done: Fuzzed) -> None:
            nonlocal printed
            rate = f"{done.cases / max(done.seconds, 1e-9):.0f} cases/s"
            status = f"{done.cases} of {cases} cases, {_differences(len(done.failures))}, {rate}"
            if bars is not None:
                bars("fuzzing", done.cases, cases, status)
            elif time.monotonic() - printed >= _QUIET:
                printed = time.monotonic()
                print_message(status)

        yield on_progress


_QUIET = 10.0  # seconds between progress lines
_RATE = 200.0  # cases in a second of one core, roughly


def _differences(count: int) -> str:
    return counted(count, "difference") if count else "no difference"


def _save(campaign: Campaign, failure: Failure, output: Path | None) -> None:
    """Shrink a difference, print it as a Python script, and save the script."""
    from raspir.testing.scripts import save, script, shrunk

    command = f"raspir fuzz --seed {campaign.seed}{' --causal' if campaign.causal else ''}"
    number = failure.number
    print_message(f"program {number} shows a difference, which is being minimized")
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
    "heads": "heads",
    "assumed": "assumed",
    "backend": "backends",
    "forced": "thresholds",
    "strategy": "strategies",
    "best of": "best of",
    "rule": "rules of depth",
    "refusal": "reasons of refusals",
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
    if done.unused:
        lines.append(f"rules of depth that saved no layers: {', '.join(done.unused)}")
    lines.append(
        f"{counts['results']} results compared, {counts['failing']} of them equal errors, {counts['excused']} that "
        f"may differ by rounding; {counts['shallower']} programs lost layers, {counts['impossible']} contradict their "
        f"assumptions, {counts['unsupported']} are not supported"
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
