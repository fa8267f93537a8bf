"""The command line."""

from __future__ import annotations

import contextlib
import json
import sys
import time
import warnings
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, TextIO

import typer

from raspir import __version__, api
from raspir.backends.base import BACKENDS, Draws, Executable, Reports, Strategy, drawer, explainer, runner, writer
from raspir.backends.inputs import read_inputs
from raspir.batch import Lines, Writer, read_json, run_lines
from raspir.frontends.files import load, load_function
from raspir.frontends.lowering import lower
from raspir.ir import BackendError, Graph, InputError, LoadError, RaspirError, Sequence, SlowWarning, print_graph
from raspir.ir.critical import path_to_json
from raspir.passes.base import PASSES
from raspir.passes.options import options_named
from raspir.passes.report import Report
from raspir.registry import Member, Registry

if TYPE_CHECKING:
    from rich.table import Table

    from raspir.progress import Bars

app = typer.Typer(
    name="raspir",
    help="Run, measure and translate programs written for idealised transformers (RASP, RASPy).",
    epilog="Try: raspir run examples/addition.py:add --input 683+345",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class AttentionKind(StrEnum):
    """The choices of --attention."""

    select = "select"
    best = "best"


class BatchFormat(StrEnum):
    """The choices of --batch-format."""

    text = "text"
    json = "json"


Target = Annotated[
    str,
    typer.Argument(
        metavar="FILE[:NAME]",
        help="A Python file, a dotted module or a textual IR file; NAME is a program in it, or a function of no "
        "arguments that returns one, and may be left out where there is only one.",
        show_default=False,
    ),
]
Vocab = Annotated[
    str | None,
    typer.Option(
        "--vocab", metavar="CHARS", help="Promise that inputs hold only these characters.", show_default=False
    ),
]
MaxLength = Annotated[
    int | None,
    typer.Option("--max-length", metavar="N", help="Promise that no input is longer.", show_default=False),
]
Attention = Annotated[AttentionKind, typer.Option(help="Which attention heads the optimiser may use.")]
MaxHeads = Annotated[
    int | None,
    typer.Option(
        "--max-heads", metavar="N", help="The most heads a layer may be given to save layers.", show_default=False
    ),
]
TimeBudget = Annotated[
    float | None,
    typer.Option(
        "--time-budget", metavar="SECONDS", help="How long a pass of the optimiser may search.", show_default=False
    ),
]
NoOptimize = Annotated[bool, typer.Option("--no-optimize", help="Leave the program as written.")]
Input = Annotated[
    str | None, typer.Option("--input", "-i", metavar="TEXT", help="The input, as characters.", show_default=False)
]
JsonInput = Annotated[
    str | None,
    typer.Option("--json", metavar="JSON", help="The input, as a JSON list such as '[5, 2]'.", show_default=False),
]
Batch = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        metavar="FILE",
        help="Inputs, one a line; - for standard input. Results come one a line, too.",
        show_default=False,
    ),
]
BatchFormatOption = Annotated[
    BatchFormat | None,
    typer.Option(
        "--batch-format",
        help="Whether a line of --batch is characters or JSON. If left out: JSON in files that end in .jsonl or "
        ".ndjson, characters in all others.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="OUT", help="Write here and not on the terminal.", show_default=False),
]
Bind = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SYMBOL=FILE:NAME",
        help="The Python function behind a symbol of a textual IR file. May be repeated.",
        show_default=False,
    ),
]
BackendName = Annotated[str, typer.Option("--backend", "-b", metavar="NAME", help="See [bold]raspir backends[/bold].")]


def _examples(*lines: str) -> str:
    """Return the end of a command's help."""
    return "Examples:\n\n" + "\n\n".join(f"  $ {line}" for line in lines)


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False) -> None:
    if version:
        typer.echo(f"raspir {__version__}")
        raise typer.Exit


@app.command(
    epilog=_examples(
        "raspir run examples/addition.py:add --input 683+345",
        "raspir run examples/attention.py:cumsum --json '[3, 1, -2]'",
        "raspir run examples/addition.py:add --batch sums.txt --output results.jsonl",
        "raspir run add.rir --bind digit=examples/addition.py:digit -i 1+1",
    )
)
def run(
    target: Target,
    input: Input = None,
    json_input: JsonInput = None,
    batch: Batch = None,
    batch_format: BatchFormatOption = None,
    backend: BackendName = "numpy",
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    max_heads: MaxHeads = None,
    time_budget: TimeBudget = None,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    output: Output = None,
) -> None:
    """Run a program on an input, or on each line of a file, and print the result as JSON.

    An infinite float is Infinity. The results of a file come as they are found, one a line.
    """
    given = _input(input, json_input)
    if batch is None and batch_format is not None:
        raise InputError("--batch-format says how the lines of a file are read: give --batch FILE")
    if batch is not None and given is not None:
        raise InputError("give one input (--input or --json) or a file of them (--batch), not both")
    if batch is None and given is None:
        raise InputError("give an input: --input TEXT for characters, or --json '[5, 2]', or --batch FILE for many")
    # Before anything that takes time: what can be told to be wrong at once.
    lines = None if batch is None else _lines(batch, output)
    with _prints_aside() as stdout, _slow_told():
        runner(backend)
        graph = _graph(target, bind).promise(vocab, max_length)
        graph = _optimize(graph, attention, max_heads, time_budget, "" if no_optimize else None)
        program = api.compile(graph, backend, optimize=False)
        if lines is not None:
            _run_lines(program, graph, lines, _format(lines, batch_format), output, stdout)
            return
        with _reporting(program):
            result = program(given)
    _print_json(result, output)


def _lines(batch: Path, output: Path | None) -> Lines:
    lines = Lines(batch)
    with contextlib.suppress(OSError):
        if output is not None and output.samefile(batch):
            raise InputError(f"--output {output} is the file of the inputs, which it would replace")
    return lines


def _format(lines: Lines, chosen: BatchFormat | None) -> BatchFormat:
    if chosen is not None:
        return chosen
    return BatchFormat.json if lines.name.lower().endswith((".jsonl", ".ndjson")) else BatchFormat.text


def _run_lines(
    program: Executable, graph: Graph, lines: Lines, kind: BatchFormat, output: Path | None, stdout: TextIO
) -> None:
    """Run a program on the lines of a file, and say on a terminal how long that took."""
    if kind is BatchFormat.text and len(graph.inputs) > 1:
        names = ", ".join(graph.inputs)
        raise InputError(f"the program has several inputs ({names}): give --batch-format json, and lines of objects")
    read = str if kind is BatchFormat.text else read_json
    _allow_long_integers()
    start = time.monotonic()
    with contextlib.ExitStack() as stack:
        bars = stack.enter_context(_reporting(program))
        if output is None:
            shared = stdout.isatty()
            writer = Writer(stdout.buffer, stdout.encoding or "utf-8")
        else:
            shared = False
            with _writing(str(output)):
                file = output.open("wb")
            stack.callback(_close, file)
            writer = Writer(file, name=str(output))

        def tell(count: int, done: int, size: int | None) -> None:
            if bars is not None and not shared:  # else results show how far it is, and a bar would stand among them
                bars("running", done, size, f"{count} inputs")

        count = run_lines(program, lines, read, writer, tell)
    if sys.stderr.isatty():
        inputs = "1 input" if count == 1 else f"{count} inputs"
        typer.echo(f"{inputs} in {_duration(time.monotonic() - start)}", err=True)


def _close(file: BinaryIO) -> None:
    with contextlib.suppress(OSError):  # of what could not be written, which has been told
        file.close()


@contextlib.contextmanager
def _reporting(program: Executable) -> Iterator[Bars | None]:
    """Show how far a program is with what takes long."""
    from raspir.progress import progress_bars

    with progress_bars() as bars:
        if isinstance(program, Reports):
            program.report = bars
        yield bars


@contextlib.contextmanager
def _slow_told() -> Iterator[None]:
    """Say in a plain line that something takes long, once for each thing."""
    told: set[str] = set()

    def show(message: Warning | str, *rest: Any, **named: Any) -> None:
        if not isinstance(message, SlowWarning):
            show_others(message, *rest, **named)
        elif message.what not in told:
            told.add(message.what)
            _tell(str(message))

    with warnings.catch_warnings():
        warnings.simplefilter("always", SlowWarning)
        show_others = warnings.showwarning
        warnings.showwarning = show
        yield


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.1f} minutes"


@app.command(epilog=_examples("raspir stats examples/addition.py:add", "raspir stats examples/addition.py:add --json"))
def stats(
    target: Target,
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    max_heads: MaxHeads = None,
    time_budget: TimeBudget = None,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    as_json: AsJson = False,
) -> None:
    """Show the layers of a program, the heads in each, and what they cost."""
    report = Report()
    with _prints_aside():
        written = _graph(target, bind).promise(vocab, max_length)
        passes = "" if no_optimize else None
        optimised = _optimize(written, attention, max_heads, time_budget, passes, report)
    after = None if optimised == written else optimised
    if as_json:
        remarks = {} if no_optimize else {"remarks": [remark.to_json() for remark in report.remarks]}
        optimized = {} if after is None else {"optimized": _figures(after)}
        _print_json({**_figures(written), **optimized, **remarks})
    else:
        _print_stats(target, written, after, report)
        if after is None and not no_optimize:
            typer.echo("\nThe optimiser found nothing to improve.")
        for remark in report.remarks:
            if remark.rule == "time budget":
                typer.echo(f"\nThe {remark.rule} of {remark.subject} {remark.gain}.")


@app.command(
    epilog=_examples(
        "raspir opt examples/addition.py:add -o add.rir",
        "raspir opt examples/addition.py:add --vocab 0123456789+ --remarks",
    )
)
def opt(
    target: Target,
    passes: Annotated[
        str | None,
        typer.Option(
            metavar="A,B{OPTION=VALUE},C",
            help="The passes to run, in order, and not the default ones; see [bold]raspir passes[/bold].",
            show_default=False,
        ),
    ] = None,
    remarks: Annotated[
        bool, typer.Option("--remarks", help="Say above the IR, as its comments, what each pass gained and where.")
    ] = False,
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    max_heads: MaxHeads = None,
    time_budget: TimeBudget = None,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    output: Output = None,
) -> None:
    """Optimise a program and print it as textual IR."""
    report = Report()
    with _prints_aside():
        graph = _graph(target, bind).promise(vocab, max_length)
        chosen = "" if no_optimize and passes is None else passes
        graph = _optimize(graph, attention, max_heads, time_budget, chosen, report)
    comments = [f"{line}\n" for line in report.comments()] if remarks else []
    _write("".join([*comments, print_graph(graph, locations=True)]), output)


@app.command(epilog=_examples("raspir emit examples/addition.py:add --backend text -o add.rir"))
def emit(
    target: Target,
    backend: BackendName,
    output: Output = None,
    input: Input = None,
    json_input: JsonInput = None,
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    max_heads: MaxHeads = None,
    time_budget: TimeBudget = None,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
) -> None:
    """Write a program as a backend writes it."""
    with _prints_aside():
        given = _input(input, json_input)
        writer(backend)  # a wrong name is told before anything that takes time
        graph = _graph(target, bind).promise(vocab, max_length)
        graph = _optimize(graph, attention, max_heads, time_budget, "" if no_optimize else None)
        emitted = api.emit(graph, backend, given, optimize=False)
    _write(emitted, output)


@app.command(
    epilog=_examples(
        "raspir draw examples/addition.py:add -o add.svg",
        "raspir draw examples/addition.py:add --input 683+345 -o add.png",
        "raspir draw examples/addition.py:add --vocab 0123456789+ --optimize -o add.pdf",
    )
)
def draw(
    target: Target,
    output: Output = None,
    format: Annotated[
        str | None, typer.Option("--format", metavar="FORMAT", help="svg, png, pdf or dot.", show_default=False)
    ] = None,
    input: Input = None,
    json_input: JsonInput = None,
    optimize: Annotated[
        bool | None,
        typer.Option(
            "--optimize/--no-optimize",
            help="Draw the program as written and optimised beside each other, or as written alone.",
            show_default="as written",
        ),
    ] = None,
    backend: BackendName = "graphviz",
    renderer: Annotated[
        str, typer.Option("--renderer", metavar="auto|wasm|dot", help="What lays the diagram out.")
    ] = "auto",
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    max_heads: MaxHeads = None,
    time_budget: TimeBudget = None,
    bind: Bind = None,
) -> None:
    """Draw a program: its layers, the heads in each, and what flows between them; with an input, at work on it."""
    output = None if str(output) == "-" else output
    with _prints_aside() as stdout:
        given, chosen = _input(input, json_input), drawer(backend)
        kind = _picture_format(chosen, format, output, stdout)
        if renderer not in ("auto", "wasm", "dot"):
            raise BackendError(f"--renderer is auto, wasm or dot, not {renderer}")
        graphs = [_graph(target, bind).promise(vocab, max_length)]
        if optimize:
            graphs.append(_optimize(graphs[0], attention, max_heads, time_budget, None))
        drawn = chosen.draw(graphs, format=kind, input=given, title=_program_name(target), renderer=renderer)
    _write(drawn, output)


@app.command(
    epilog=_examples(
        "raspir report examples/addition.py:add --input 683+345 --input 99+1 --vocab 0123456789+ -o add.html",
        "raspir report examples/attention.py:cumsum --json '[3, 1, -2]' -o cumsum.html",
    )
)
def report(
    target: Target,
    output: Output = None,
    input: Annotated[
        list[str] | None,
        typer.Option(
            "--input", "-i", metavar="TEXT", help="An input, as characters. May be repeated.", show_default=False
        ),
    ] = None,
    json_input: Annotated[
        list[str] | None,
        typer.Option("--json", metavar="JSON", help="An input, as JSON. May be repeated.", show_default=False),
    ] = None,
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    max_heads: MaxHeads = None,
    time_budget: TimeBudget = None,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
) -> None:
    """Write a page of HTML on a program: its layers before and after, and each of them at work on the inputs.

    The page is one file that needs nothing else. Without an input it shows what the program is, and no steps.
    """
    output = None if str(output) == "-" else output
    with _prints_aside():
        inputs: dict[str, object] = {text: text for text in input or ()}
        for text in json_input or ():
            inputs[f"JSON {text}" if text in inputs else text] = _input(None, text)
        if output is not None:
            _check_writable(output)
        told = Report()
        graph = _graph(target, bind).promise(vocab, max_length)
        for given in inputs.values():
            read_inputs(graph, given)  # what is wrong with an input is told before anything that takes time
        optimised = None if no_optimize else _optimize(graph, attention, max_heads, time_budget, None, told)
        page = api.report_on(graph, optimised, told.remarks, inputs, _program_name(target))
    _write(page, output)


def _picture_format(chosen: Draws, format: str | None, output: Path | None, stdout: TextIO) -> str:
    """Return what a picture is written as; what is wrong with it or its place is told before any work."""
    known = ", ".join(chosen.formats)
    suffix = "" if output is None else output.suffix.lower().removeprefix(".").replace("gv", "dot")
    kind = format or suffix or ("svg" if output is None else "")
    if kind not in chosen.formats:
        told = f"--format {format} is not known" if format else f"{output} has no suffix that says what it is to be"
        raise BackendError(f"{told}: give --format, or a suffix, of one of {known}")
    if output is None and kind in ("png", "pdf") and stdout.isatty():
        raise BackendError(f"{kind} is not for a terminal: give --output FILE")
    if output is not None:
        _check_writable(output)
    return kind


def _check_writable(output: Path) -> None:
    """Say at once, and not after all work, that a file cannot be written."""
    with _writing(str(output)):
        new = not output.exists()
        output.open("ab").close()
        if new:
            output.unlink()


def _program_name(target: str) -> str:
    """Return what a picture calls the program of a target: its name, else its file's."""
    path, _, name = target.rpartition(":")
    return name if path and "/" not in name and "\\" not in name else Path(target).stem


@app.command(
    epilog=_examples(
        "raspir plan examples/addition.py:add --vocab 0123456789+",
        "raspir plan examples/puzzles.py:smallest --json",
    )
)
def plan(
    target: Target,
    backend: BackendName = "numpy",
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    max_heads: MaxHeads = None,
    time_budget: TimeBudget = None,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    as_json: AsJson = False,
) -> None:
    """Show how a backend evaluates the selector of each aggregate, and how long that takes for n positions."""
    with _prints_aside():
        chosen = explainer(backend)  # a wrong name is told before anything that takes time
        graph = _graph(target, bind).promise(vocab, max_length)
        graph = _optimize(graph, attention, max_heads, time_budget, "" if no_optimize else None)
        strategies = tuple(chosen.explain(graph))
    if as_json:
        _print_json([_strategy_to_json(strategy) for strategy in strategies])
    else:
        _print_plan(target, chosen.name, strategies)


@app.command()
def backends(as_json: AsJson = False) -> None:
    """List the backends: what runs programs, and what writes them."""
    from raspir.tables import member_table

    with _prints_aside():
        members = _members(BACKENDS) if as_json else member_table(BACKENDS)
    _print_members(BACKENDS, members)


@app.command()
def passes(as_json: AsJson = False) -> None:
    """List the passes of the optimiser and their options."""
    from raspir.tables import pass_table

    with _prints_aside():
        members = _members(PASSES) if as_json else pass_table(PASSES)
        for member in members if isinstance(members, list) else ():
            member["options"] = [option.to_json() for option in options_named(PASSES, member["name"])]
    _print_members(PASSES, members)


def _members(registry: Registry[Member]) -> list[dict[str, Any]]:
    return [{"name": name, "summary": registry.describe(name)} for name in registry.names()]


def _print_members(registry: Registry[Member], members: list[dict[str, Any]] | Table) -> None:
    from raspir.tables import console

    if isinstance(members, list):
        _print_json(members)
    elif registry.names():
        console().print(members)
    else:
        typer.echo(f"There is no {registry.what} yet. Installed packages add them under {registry.group}.")


def _optimize(
    graph: Graph,
    attention: AttentionKind,
    max_heads: int | None,
    time_budget: float | None,
    passes: str | None,
    report: Report | None = None,
) -> Graph:
    """Return ``graph`` after ``passes``, the default ones if ``None``; a bar shows how far it is if it takes long."""
    from raspir.progress import progress_bar

    report = report or Report()
    with progress_bar("optimising") as tell:
        return api.optimize(
            graph,
            attention=attention.value,
            passes=passes,
            max_heads=max_heads,
            time_budget=time_budget,
            remarks=report.remarks,
            progress=tell,
            on_pass=report.on_pass,
        )


def _graph(target: str, bind: list[str] | None = None) -> Graph:
    program = load(target)
    graph = program if isinstance(program, Graph) else lower(program)
    functions = {}
    for binding in bind or ():
        symbol, equals, function = binding.partition("=")
        if not equals:
            raise LoadError(f"--bind takes SYMBOL=FILE:NAME, not {binding}")
        functions[symbol.removeprefix("@")] = load_function(function)
    return graph.bind(functions)


def _input(text: str | None, json_text: str | None) -> object:
    if text is not None and json_text is not None:
        raise InputError("give --input or --json, not both")
    if json_text is None:
        return text
    _allow_long_integers()
    try:
        return read_json(json_text)
    except InputError as error:
        raise InputError(f"--json: {error.message}") from None


@contextlib.contextmanager
def _prints_aside() -> Iterator[TextIO]:
    """Send what the user's own code prints to standard error, so that standard output holds the result alone.

    Yields standard output.
    """
    stdout = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        yield stdout


def _print_json(value: object, output: Path | None = None) -> None:
    _allow_long_integers()
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    try:
        text.encode("utf-8" if output is not None else sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, default=_plain)
    _write(f"{text}\n", output)


def _allow_long_integers() -> None:
    """Let Python read and write decimal integers of any length: an atom may be any integer."""
    sys.set_int_max_str_digits(0)


def _plain(value: object) -> object:
    if isinstance(value, Sequence):
        return value.tolist()
    raise TypeError(f"not JSON: {value!r}")


def _figures(graph: Graph) -> dict[str, Any]:
    return {**graph.stats().to_json(), "critical_path": path_to_json(graph)}


def _print_stats(target: str, written: Graph, after: Graph | None, report: Report) -> None:
    """Print tables of a program as written and, if they differ, optimised."""
    from raspir.tables import comparison_table, console, remark_table

    before = written.stats()
    _print_layers(written, f"{target}, as written")
    if after is None:
        return
    console().print()
    _print_layers(after, f"{target}, optimised")
    console().print()
    console().print(comparison_table(before, after.stats()))
    if report.remarks and after.stats().layers < before.layers:
        console().print()
        console().print(remark_table(report.remarks))


def _print_layers(graph: Graph, title: str) -> None:
    from raspir.tables import console, critical_table, layer_table, totals

    console().print(layer_table(graph, title))
    typer.echo(totals(graph.stats()))
    if graph.stats().layers:
        console().print()
        console().print(critical_table(graph))


def _strategy_to_json(strategy: Strategy) -> dict[str, Any]:
    return {
        "value": strategy.value,
        "strategy": strategy.name,
        "cost": strategy.cost,
        "why": strategy.why,
        "selector": strategy.selector,
        "line": strategy.location or None,
        "falls_back": strategy.falls_back,
    }


def _print_plan(target: str, backend: str, strategies: tuple[Strategy, ...]) -> None:
    from raspir.tables import console, strategy_table

    if not strategies:
        typer.echo(f"{target} has no attention: there is no selector to evaluate.")
        return
    console().print(strategy_table(strategies, f"{target}, as backend {backend} evaluates its selectors"))
    count = sum(strategy.falls_back for strategy in strategies)
    if count:
        falls = "1 selector falls back" if count == 1 else f"{count} selectors fall back"
        typer.echo(f"{falls}: each key is compared with each query, block by block. Long inputs take long, with n².")


def _write(content: str | bytes, output: Path | None) -> None:
    with _writing("the result" if output is None else str(output)):
        if output is not None:
            output.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        elif isinstance(content, bytes):
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            typer.echo(content, nl=False)


@contextlib.contextmanager
def _writing(name: str) -> Iterator[None]:
    """Say in one line that something cannot be written; who no longer reads a pipe is told nothing."""
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:  # a name may hold a null character
        raise RaspirError(f"cannot write {name}: {getattr(error, 'strerror', None) or error}") from None


def main() -> None:
    """Run the command line; an error that the user can cause ends it with one line and exit code 2."""
    try:
        app()
    except RaspirError as error:
        _tell(str(error))
        raise SystemExit(2) from None


def _tell(message: str) -> None:
    encoding = sys.stderr.encoding or "utf-8"
    typer.echo(f"raspir: {message}".encode(encoding, "backslashreplace").decode(encoding), err=True)
