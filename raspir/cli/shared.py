"""Helpers shared by commands: loading of graphs and inputs, and output of results and messages."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

import typer

from raspir.backends.picture import Kind
from raspir.cli.batch import cause, read_json, to_json
from raspir.cli.commands import FULL, STDIN
from raspir.frontends.calls import split
from raspir.frontends.files import Loaded, load_function, load_shown, load_text, refuse_selector
from raspir.frontends.lowering import lower
from raspir.frontends.programs import ProgramExpression, pictured
from raspir.ir import Graph, InputError, LoadError, RaspirError, RaspirWarning, SlowWarning
from raspir.ir.text.printer import escape
from raspir.passes.base import Pass
from raspir.passes.options import Options
from raspir.passes.pipeline import run_passes
from raspir.passes.report import Report
from raspir.runtime.strings import warn_of_strings

OnPass = Callable[[Pass, Graph, Graph], None]
"""A callback after a pass, called with the pass and the graphs before and after it."""

MOST_DIGITS = 320_000
"""The limit on decimal digits of integers; the largest result of an operation has 315,653."""


def after_passes(
    graph: Graph, options: Options, passes: str | None, report: Report | None = None, on_pass: OnPass | None = None
) -> Graph:
    """Return ``graph`` after ``passes``, the default pipeline if ``None``, with a progress bar if slow.

    Without a progress bar if ``on_pass`` is given, a callback after each pass that prints to stderr itself.
    """
    from raspir.cli.progress import progress_bar

    report = report or Report()

    def on_each(each: Pass, before: Graph, after: Graph) -> None:
        report.on_pass(each, before, after)
        if on_pass is not None:
            on_pass(each, before, after)

    with progress_bar("optimizing") if on_pass is None else contextlib.nullcontext() as progress:
        return run_passes(
            graph,
            passes,
            options.target,
            options=options.limits,
            remarks=report.remarks,
            progress=progress,
            on_pass=on_each,
        )


def load_graph(spec: str, bind: list[str] | None, options: Options, *inputs: object) -> Graph:
    """Load the graph of a program under the assumptions of ``options``, with functions bound to its symbols.

    Warn of strings in it that are likely mistakes on ``inputs``.

    Raises:
        RaspirError: if loading or binding fails, or an assumption is invalid.
    """
    return _bound(refuse_selector(_loaded(spec), program_name(spec)), bind, options, inputs)


def load_drawn(spec: str, bind: list[str] | None, options: Options, *inputs: object) -> tuple[Kind, Graph]:
    """Load the graph of a program as :func:`load_graph`, or that of the width of a selector.

    Returns:
        what the graph stands for, and the graph.

    Raises:
        RaspirError: as for :func:`load_graph`.
    """
    kind, program = pictured(_loaded(spec))
    return kind, _bound(program, bind, options, inputs)


def _bound(
    program: ProgramExpression | Graph, bind: list[str] | None, options: Options, inputs: Iterable[object]
) -> Graph:
    graph = program if isinstance(program, Graph) else lower(program, causal=options.causal)
    functions = {}
    for binding in bind or ():
        symbol, equals, function = binding.partition("=")
        if not equals:
            raise LoadError(f"--bind takes SYMBOL=FILE:NAME, not {binding}")
        if is_stdin(function):
            raise LoadError(f"--bind takes SYMBOL=FILE:NAME, and no function from standard input: {binding}")
        functions[symbol.removeprefix("@")] = load_function(function)
    graph = options.assumed(graph.bind(functions))
    if not isinstance(program, Graph):
        warn_of_strings(graph, *inputs)
    return graph


def is_stdin(spec: str) -> bool:
    """Return whether a program is read from standard input: ``-``, or ``-:NAME``, which commands take as an argument.

    See :class:`raspir.cli.commands.Command`.
    """
    return spec == "-" or spec.startswith((f"{STDIN}:", "-:"))


def _loaded(spec: str) -> Loaded:
    """Return the program or selector of a command's argument."""
    return _from_stdin(spec) if is_stdin(spec) else load_shown(spec)


def _from_stdin(spec: str) -> Loaded:
    """Return the program or selector that standard input contains."""
    if sys.stdin is None:
        raise LoadError("cannot read standard input: it is closed")
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        why = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else cause(error)
        raise LoadError(f"cannot read standard input: {why}") from None
    return load_text(text, STDIN, spec.partition(":")[2] or None)


def load_optimized(spec: str, bind: list[str] | None, options: Options, no_optimize: bool, *inputs: object) -> Graph:
    """Load the graph of a program as :func:`load_graph`, and run the default passes unless ``no_optimize``."""
    return after_passes(load_graph(spec, bind, options, *inputs), options, "" if no_optimize else None)


def input_of(text: str | None, json_text: str | None) -> object:
    """Return the input of a command, given as characters or as JSON; ``None`` without one.

    Raises:
        InputError: if both are given, or the JSON is malformed.
    """
    if text is not None and json_text is not None:
        raise InputError("give --input or --input-json, not both")
    if json_text is None:
        return text
    allow_long_integers()
    try:
        return read_json(json_text)
    except InputError as error:
        raise InputError(f"--input-json: {error.message}") from None


def shown_spec(spec: str) -> str:
    """Return a program as it was given, for titles; standard input in words."""
    return "standard input" if spec == "-" else spec


def program_name(spec: str) -> str:
    """Return the name of a program, or the stem of its file if it is given without a name."""
    if spec == "-":
        return "standard input"
    file, name = split(spec)
    return name or Path(file).stem


@contextlib.contextmanager
def prints_aside() -> Iterator[TextIO]:
    """Redirect the output of user code to stderr, so that stdout carries the result alone.

    Yields the original stdout.
    """
    stdout = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        yield stdout


def print_json(value: object, output: Path | None = None) -> None:
    """Write a value as JSON, to stdout if no file is given."""
    allow_long_integers()
    text = to_json(value)
    if output is None:
        text = escape(text)  # a terminal interprets some characters that JSON leaves unescaped
    try:
        text.encode("utf-8" if output is not None else sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(json.loads(text))
    write(f"{text}\n", output)


def allow_long_integers() -> None:
    """Raise Python's limit on integer digits above the largest result of an operation.

    Conversion takes quadratic time, a second or two at this limit, so the limit stays finite.
    """
    sys.set_int_max_str_digits(MOST_DIGITS)


def write(content: str | bytes, output: Path | None) -> None:
    """Write the result of a command, to stdout if no file is given."""
    with writing("the result" if output is None else str(output)):
        if output is not None:
            output.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        elif isinstance(content, bytes):
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            typer.echo(content, nl=False)


@contextlib.contextmanager
def writing(name: str) -> Iterator[None]:
    """Convert write errors to a :class:`RaspirError`; a broken pipe propagates unchanged."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:  # a path may contain a null character
        raise RaspirError(f"cannot write {name}: {cause(error)}") from None


def check_writable(output: Path) -> None:
    """Check that a file is writable, so that an error is reported before the work."""
    with writing(str(output)):
        new = not output.exists()
        output.open("ab").close()
        if new:
            output.unlink()


def print_message(message: str) -> None:
    """Print a one-line message to stderr, escaping unencodable characters."""
    encoding = sys.stderr.encoding or "utf-8"
    typer.echo(f"raspir: {message}".encode(encoding, "backslashreplace").decode(encoding), err=True)


def print_error(error: RaspirError) -> None:
    """Print an error in one line to stderr; where it reports a bug, also how to see the traceback."""
    what, saved, where = str(error).partition("; the graph before it")
    is_shown = os.environ.get(FULL) == "full" or "--traceback" in sys.argv
    hint = " (--traceback shows more)" if error.crash and not is_shown else ""
    print_message(f"{what}{hint}{saved}{where}")


@contextlib.contextmanager
def plain_warnings() -> Iterator[None]:
    """Print each of raspir's warnings once, in one line on stderr."""
    shown: set[str] = set()

    def show(message: Warning | str, *rest: Any, **named: Any) -> None:
        if not isinstance(message, RaspirWarning):
            show_others(message, *rest, **named)
            return
        key = message.what if isinstance(message, SlowWarning) else str(message)  # the estimated time may vary
        if key not in shown:
            shown.add(key)
            print_message(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always", RaspirWarning)
        show_others = warnings.showwarning
        warnings.showwarning = show
        yield
