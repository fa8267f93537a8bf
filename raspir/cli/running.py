"""The ``run`` command."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import typer

from raspir import api
from raspir.backends.base import Reports, runner
from raspir.backends.picture import Picture
from raspir.cli.batch import Lines, Run, Writer, read_json, run_lines, to_json
from raspir.cli.options import (
    BackendName,
    Batch,
    BatchFormat,
    BatchFormatOption,
    Bind,
    Input,
    InputJson,
    NoOptimize,
    Output,
    ProgramSpec,
    examples,
    with_options,
)
from raspir.cli.shared import (
    after_passes,
    allow_long_integers,
    input_of,
    is_stdin,
    load_drawn,
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

_BACKEND = "numpy"


@commands.command(
    epilog=examples(
        "raspir run examples/addition.py:add --input 683+345",
        "raspir run examples/attention.py:cumsum --input-json '[3, 1, -2]'",
        "raspir run examples/attention.py:before --input hello",
        "raspir run examples/addition.py:add --batch sums.txt --output results.jsonl",
        "raspir run add.rir --bind digit=examples/addition.py:digit -i 1+1",
    )
)
@with_options
def run(
    program: ProgramSpec,
    input: Input = None,
    input_json: InputJson = None,
    batch: Batch = None,
    batch_format: BatchFormatOption = None,
    backend: BackendName = _BACKEND,
    *,
    options: Options,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    output: Output = None,
) -> None:
    """Run a program on an input, or on each line of a file, and print the result as JSON.

    A selector gives its matrix: a row for each query, with 1 for each key that it attends to. Infinite floats are
    printed as Infinity. Results for a file are written one per line, as they become available.
    """
    given = input_of(input, input_json)
    if batch is None and batch_format is not None:
        raise InputError("--batch-format applies only to --batch: give --batch FILE")
    if batch is not None and given is not None:
        raise InputError("give one input (--input or --input-json) or a file of them (--batch), not both")
    if batch is None and given is None:
        raise InputError("give an input: --input TEXT for characters, --input-json '[5, 2]', or --batch FILE for many")
    if str(batch) == "-" and is_stdin(program):
        raise InputError("standard input is either the program (-) or its inputs (--batch -), not both")
    # Report errors in the arguments before slow work.
    lines = None if batch is None else _lines(batch, output)
    with prints_aside() as stdout:
        runner(backend)
        is_text = lines is not None and _format(lines, batch_format) is BatchFormat.text
        sample = "" if is_text else given  # in place of the lines, which are all characters
        kind, graph = load_drawn(program, bind, options, sample)
        if kind == "selector" and backend != _BACKEND:
            raise InputError(f"--backend applies to programs, but {program} is a selector")
        if kind == "program":
            graph = after_passes(graph, options, "" if no_optimize else None)
        executable = partial(_matrix, graph) if kind == "selector" else api.compile(graph, backend, optimize=False)
        if lines is not None:
            _run_lines(executable, graph, lines, _format(lines, batch_format), output, stdout)
            return
        if kind == "selector":
            rows = _rows(graph, given)
        else:
            with _reporting(executable):
                result = executable(given)
    if kind == "selector":
        _write_rows(rows, output)
    else:
        print_json(result, output)


def _rows(graph: Graph, given: object) -> Iterator[list[int]]:
    """Return the rows (queries) of the matrix of a selector, with 1 for each key that is selected."""
    picture = Picture("selector", graph, given)
    picture.require_known()
    return ([*map(int, row)] for row in picture.matrix())


def _matrix(graph: Graph, given: object) -> list[list[int]]:
    return list(_rows(graph, given))


def _write_rows(rows: Iterator[list[int]], output: Path | None) -> None:
    """Write a matrix as JSON, with each row on its own line; it may be too large to be held as a whole."""
    with contextlib.ExitStack() as stack:
        put: Callable[[str], object] = partial(typer.echo, nl=False)
        if output is not None:
            stack.enter_context(writing(str(output)))
            put = stack.enter_context(output.open("w", encoding="utf-8")).write
        before = "["
        for row in rows:
            put(before + to_json(row))
            before = ",\n "
        put("[]\n" if before == "[" else "]\n")


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


def _run_lines(run: Run, graph: Graph, lines: Lines, kind: BatchFormat, output: Path | None, stdout: TextIO) -> None:
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
def _reporting(program: Run) -> Iterator[Bars | None]:
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
