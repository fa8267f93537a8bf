"""The ``draw``, ``show`` and ``report`` commands."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from raspir import api
from raspir.backends.base import BackendAdapter, drawer
from raspir.backends.picture import Picture
from raspir.cli import completion
from raspir.cli.options import (
    BackendName,
    Bind,
    Input,
    InputJson,
    Inputs,
    InputsJson,
    NoOptimize,
    Output,
    ProgramSpec,
    examples,
    with_options,
)
from raspir.cli.screen import print_lines
from raspir.cli.shared import (
    after_passes,
    check_writable,
    input_of,
    load_drawn,
    load_graph,
    prints_aside,
    program_name,
    write,
)
from raspir.ir import BackendError, InputError
from raspir.passes.options import Options
from raspir.passes.report import Report
from raspir.runtime.inputs import read_inputs
from raspir.viz.options import DiagramOptions

commands = typer.Typer()


@commands.command(
    epilog=examples(
        "raspir draw examples/addition.py:add -o add.svg",
        "raspir draw examples/addition.py:add --input 683+345 -o add.png",
        "raspir draw examples/addition.py:add --vocab 0123456789+ --optimize -o add.pdf",
        "raspir draw examples/addition.py:add --input 683+345 --head 2.1 --theme dark -o head.svg",
    )
)
@with_options
def draw(
    program: ProgramSpec,
    output: Output = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="svg, png, pdf or dot, or another format of the backend.",
            autocompletion=completion.formats,
        ),
    ] = None,
    input: Input = None,
    input_json: InputJson = None,
    optimize: Annotated[
        bool | None,
        typer.Option(
            "--optimize/--no-optimize",
            help="Draw the program as written and optimized side by side, or only as written.",
            show_default="as written",
        ),
    ] = None,
    backend: BackendName = "graphviz",
    renderer: Annotated[
        str,
        typer.Option("--renderer", metavar="NAME", help="The layout engine, for backends that have several."),
    ] = "auto",
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="The title; by default, the name of the program.")
    ] = None,
    no_title: Annotated[bool, typer.Option("--no-title", help="Write no title.")] = False,
    *,
    diagram: DiagramOptions,
    options: Options,
    bind: Bind = None,
) -> None:
    """Draw a program: its layers, the heads in each, and the data flow between them; with an input, also its values."""
    output = None if str(output) == "-" else output
    with prints_aside() as stdout:
        if no_title and title is not None:
            raise BackendError("give either --title or --no-title")
        given, untitled = input_of(input, input_json), {"title": False} if no_title else {}
        chosen = drawer(backend).with_options({**diagram.given, **untitled})
        kind = _picture_format(chosen, format, output)
        graphs = [load_graph(program, bind, options, given)]
        if optimize:
            graphs.append(after_passes(graphs[0], options, None))
        title = title or program_name(program)
        drawn = chosen.draw(graphs, format=kind, input=given, title=title, renderer=renderer)
        if output is None and isinstance(drawn, bytes) and stdout.isatty():
            raise BackendError(f"cannot write {kind} to a terminal: give --output FILE")
    write(drawn, output)


@commands.command(
    epilog=examples(
        "raspir report examples/addition.py:add --input 683+345 --input 99+1 --vocab 0123456789+ -o add.html",
        "raspir report examples/attention.py:cumsum --input-json '[3, 1, -2]' -o cumsum.html",
    )
)
@with_options
def report(
    program: ProgramSpec,
    output: Output = None,
    input: Inputs = None,
    input_json: InputsJson = None,
    *,
    options: Options,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
) -> None:
    """Write an HTML page on a program: its layers as written and optimized, and their values on inputs.

    The page is a single self-contained file. Without an input, it shows only the program.
    """
    output = None if str(output) == "-" else output
    with prints_aside():
        inputs: dict[str, object] = {text: text for text in input or ()}
        for text in input_json or ():
            inputs[f"JSON {text}" if text in inputs else text] = input_of(None, text)
        if output is not None:
            check_writable(output)
        pass_report = Report()
        graph = load_graph(program, bind, options, *inputs.values())
        for given in inputs.values():
            read_inputs(graph, given)  # report invalid inputs before slow work
        optimized = None if no_optimize else after_passes(graph, options, None, pass_report)
        page = api.report_on(graph, optimized, pass_report.remarks, inputs, program_name(program))
    write(page, output)


@commands.command(
    epilog=examples(
        "raspir show examples/attention.py:before --input hello",
        "raspir show examples/addition.py:add --input 683+345",
        "raspir show examples/attention.py:cumsum --input-json '[3, 1, -2]' --optimize",
    )
)
@with_options
def show(
    program: ProgramSpec,
    input: Input = None,
    input_json: InputJson = None,
    optimize: Annotated[
        bool, typer.Option("--optimize", help="Show the optimized program instead of the program as written.")
    ] = False,
    *,
    options: Options,
    bind: Bind = None,
) -> None:
    """Show a program or a selector on an input as text: each layer's attention, its values, and the result.

    Each head has its matrix, with the keys on top and the queries on the left. On a terminal, it is in color, unless
    NO_COLOR is set. What does not fit the width of the terminal is left out, and a line says so.
    """
    with prints_aside():
        given = input_of(input, input_json)
        if given is None:
            raise InputError("give an input: --input TEXT for characters, or --input-json '[5, 2]'")
        kind, graph = load_drawn(program, bind, options, given)
        if optimize and kind == "selector":
            raise InputError(f"--optimize applies to programs, but {program} is a selector")
        picture = Picture(kind, after_passes(graph, options, None) if optimize else graph, given)
    print_lines(picture.lines(shutil.get_terminal_size().columns))
    if picture.failure is not None:
        raise picture.failure.error


def _picture_format(chosen: BackendAdapter, format: str | None, output: Path | None) -> str:
    """Return the format of a drawing; report an unknown format or unwritable file before any work."""
    known = ", ".join(chosen.formats)
    suffix = "" if output is None else output.suffix.lower().removeprefix(".").replace("gv", "dot")
    kind = format or suffix or ("svg" if output is None else "")
    if kind not in chosen.formats:
        problem = f"there is no format {format}" if format else f"the suffix of {output} is not a known format"
        raise BackendError(f"{problem}: give --format or a suffix, one of {known}")
    if output is not None:
        check_writable(output)
    return kind
