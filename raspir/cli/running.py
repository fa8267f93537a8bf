"""The ``run`` command."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import typer

from raspir import api
from raspir.backends.base import Executable, Reports, runner
from raspir.cli.batch import Lines, Writer, read_json, run_lines
from raspir.cli.options import (
    BackendName,
    Batch,
    BatchFormat,
    BatchFormatOption,
    Bind,
    Input,
    JsonInput,
    NoOptimize,
    Output,
    ProgramSpec,
    examples,
    with_options,
)
from raspir.cli.shared import (
    allow_long_integers,
    input_of,
    load_optimized,
    print_json,
    prints_aside,
    writing,
)
from raspir.ir import Graph, InputError
from raspir.passes.options import Options
from raspir.viz.shown import counted

if TYPE_CHECKING:
    from raspir.cli.progress import Bars

commands = typer.Typer()


@commands.command(
    epilog=examples(
        "raspir run examples/addition.py:add --input 683+345",
        "raspir run examples/attention.py:cumsum --json '[3, 1, -2]'",
        "raspir run examples/addition.py:add --batch sums.txt --output results.jsonl",
        "raspir run add.rir --bind digit=examples/addition.py:digit -i 1+1",
    )
)
@with_options
def run(
    program: ProgramSpec,
    input: Input = None,
    json_input: JsonInput = None,
    batch: Batch = None,
    batch_format: BatchFormatOption = None,
    backend: BackendName = "numpy",
    *,
    options: Options,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    output: Output = None,
) -> None:
    """Run a program on an input, or on each line of a file, and print the result as JSON.

    Infinite floats are printed as Infinity. Results for a file are written one per line, as they become available.
    """
    given = input_of(input, json_input)
    if batch is None and batch_format is not None:
        raise InputError("--batch-format applies only to --batch: give --batch FILE")
    if batch is not None and given is not None:
        raise InputError("give one input (--input or --json) or a file of them (--batch), not both")
    if batch is None and given is None:
        raise InputError("give an input: --input TEXT for characters, or --json '[5, 2]', or --batch FILE for many")
    # Report errors in the arguments before slow work.
    lines = None if batch is None else _lines(batch, output)
    with prints_aside() as stdout:
        runner(backend)
        is_text = lines is not None and _format(lines, batch_format) is BatchFormat.text
        sample = "" if is_text else given  # in place of the lines, which are all characters
        graph = load_optimized(program, bind, options, no_optimize, sample)
        executable = api.compile(graph, backend, optimize=False)
        if lines is not None:
            _run_lines(executable, graph, lines, _format(lines, batch_format), output, stdout)
            return
        with _reporting(executable):
            result = executable(given)
    print_json(result, output)


def _lines(batch: Path, output: Path | None) -> Lines:
    lines = Lines(batch)
    with contextlib.suppress(OSError):
        if output is not None and output.samefile(batch):
            raise InputError(f"--output {output} would overwrite the inputs")
    return lines


def _format(lines: Lines, chosen: BatchFormat | None) -> BatchFormat:
    if chosen is not None:
        return chosen
    return BatchFormat.json if lines.name.lower().endswith((".jsonl", ".ndjson")) else BatchFormat.text


def _run_lines(
    run: Executable, graph: Graph, lines: Lines, kind: BatchFormat, output: Path | None, stdout: TextIO
) -> None:
    """Run a program on the lines of a file; report the duration if stderr is a terminal."""
    if kind is BatchFormat.text and len(graph.inputs) > 1:
        names = ", ".join(graph.inputs)
        raise InputError(f"the program has several inputs ({names}): give --batch-format json, and an object per line")
    read = str if kind is BatchFormat.text else read_json
    allow_long_integers()
    start = time.monotonic()
    with contextlib.ExitStack() as stack:
        bars = stack.enter_context(_reporting(run))
        if output is None:
            shared = stdout.isatty()
            writer = Writer(stdout.buffer, stdout.encoding or "utf-8", terminal=shared)
        else:
            shared = False
            with writing(str(output)):
                file = output.open("wb")
            stack.callback(_close, file)
            writer = Writer(file, name=str(output))

        def on_progress(count: int, done: int, size: int | None) -> None:
            if bars is not None and not shared:  # a bar would interleave with the results, which show progress anyway
                bars("running", done, size, f"{count} inputs")

        count = run_lines(run, lines, read, writer, on_progress, skip_blank=kind is BatchFormat.json)
    if sys.stderr.isatty():
        typer.echo(f"{counted(count, 'input')} in {_duration(time.monotonic() - start)}", err=True)


def _close(file: BinaryIO) -> None:
    with contextlib.suppress(OSError):  # a write error, which has been reported
        file.close()


@contextlib.contextmanager
def _reporting(program: Executable) -> Iterator[Bars | None]:
    """Show progress bars for the slow operations of a program."""
    from raspir.cli.progress import progress_bars

    with progress_bars() as bars:
        if isinstance(program, Reports):
            program.report = bars
        yield bars


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} minutes"
