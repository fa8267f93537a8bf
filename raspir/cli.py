"""The command line."""

from __future__ import annotations

import contextlib
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from raspir import __version__, api
from raspir.backends.base import BACKENDS
from raspir.frontends.files import load, load_function
from raspir.frontends.lowering import lower
from raspir.ir import Atom, Graph, InputError, LoadError, RaspirError, Sequence, print_graph
from raspir.passes.base import PASSES
from raspir.registry import Member, Registry

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
NoOptimize = Annotated[bool, typer.Option("--no-optimize", help="Leave the program as written.")]
Input = Annotated[
    str | None, typer.Option("--input", "-i", metavar="TEXT", help="The input, as characters.", show_default=False)
]
JsonInput = Annotated[
    str | None,
    typer.Option("--json", metavar="JSON", help="The input, as a JSON list such as '[5, 2]'.", show_default=False),
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
        "raspir run add.rir --bind digit=examples/addition.py:digit -i 1+1",
    )
)
def run(
    target: Target,
    input: Input = None,
    json_input: JsonInput = None,
    backend: BackendName = "reference",
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
) -> None:
    """Run a program on an input and print the result as JSON (an infinite float as Infinity)."""
    given = _input(input, json_input)
    if given is None:
        raise InputError("give an input: --input TEXT for characters, or --json '[5, 2]'")
    with _prints_aside():
        graph = _graph(target, bind)
        result = api.compile(graph, backend, not no_optimize, vocab, max_length, attention.value)(given)
    _print_json(result)


@app.command(epilog=_examples("raspir stats examples/addition.py:add", "raspir stats examples/addition.py:add --json"))
def stats(
    target: Target,
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    as_json: AsJson = False,
) -> None:
    """Show the layers of a program, the heads in each, and what they cost."""
    with _prints_aside():
        written = _graph(target, bind).promise(vocab, max_length)
        after = None if no_optimize else api.optimize(written, attention=attention.value)
    if after == written:
        after = None  # nothing to tell apart
    if as_json:
        figures = written.stats().to_json()
        _print_json(figures if after is None else {**figures, "optimized": after.stats().to_json()})
        return
    _print_table(written, f"{target}, as written")
    if after is not None:
        _print_table(after, f"{target}, optimised")


@app.command(epilog=_examples("raspir opt examples/addition.py:add", "raspir opt examples/addition.py:add -o add.rir"))
def opt(
    target: Target,
    passes: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C", help="The passes to run, in order, and not the default ones.", show_default=False
        ),
    ] = None,
    vocab: Vocab = None,
    max_length: MaxLength = None,
    attention: Attention = AttentionKind.select,
    no_optimize: NoOptimize = False,
    bind: Bind = None,
    output: Output = None,
) -> None:
    """Optimise a program and print it as textual IR."""
    with _prints_aside():
        chosen = "" if no_optimize and passes is None else passes
        graph = api.optimize(_graph(target, bind), vocab, max_length, attention.value, chosen)
    _write(print_graph(graph, locations=True), output)


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
    no_optimize: NoOptimize = False,
    bind: Bind = None,
) -> None:
    """Write a program as a backend writes it."""
    with _prints_aside():
        given = _input(input, json_input)
        emitted = api.emit(_graph(target, bind), backend, given, not no_optimize, vocab, max_length, attention.value)
    _write(emitted, output)


@app.command()
def backends(as_json: AsJson = False) -> None:
    """List the backends: what runs programs, and what writes them."""
    _list(BACKENDS, as_json)


@app.command()
def passes(as_json: AsJson = False) -> None:
    """List the passes of the optimiser."""
    _list(PASSES, as_json)


def _list(registry: Registry[Member], as_json: bool) -> None:
    from raspir.tables import console, member_table

    if as_json:
        _print_json([{"name": name, "summary": registry.describe(name)} for name in registry.names()])
    elif registry.names():
        console().print(member_table(registry))
    else:
        typer.echo(f"There is no {registry.what} yet. Installed packages add them under {registry.group}.")


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


def _input(text: str | None, json_text: str | None) -> str | list[Atom] | None:
    if text is not None and json_text is not None:
        raise InputError("give --input or --json, not both")
    if json_text is None:
        return text
    _allow_long_integers()
    try:
        value = json.loads(json_text)
    except ValueError as error:
        raise InputError(f"--json holds no JSON: {error}") from None
    except RecursionError:
        raise InputError("--json is nested too deeply: it takes a list of atoms") from None
    if not isinstance(value, list | str):
        raise InputError(f"--json takes a list of atoms such as '[5, 2]', not {json_text[:40]}")
    return value


@contextlib.contextmanager
def _prints_aside() -> Any:
    """Send what the user's own code prints to standard error, so that standard output holds the result alone."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def _print_json(value: object) -> None:
    _allow_long_integers()
    text = json.dumps(value, ensure_ascii=False, default=_plain)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, default=_plain)
    typer.echo(text)


def _allow_long_integers() -> None:
    """Let Python read and write decimal integers of any length: an atom may be any integer."""
    sys.set_int_max_str_digits(0)


def _plain(value: object) -> object:
    if isinstance(value, Sequence):
        return value.tolist()
    raise TypeError(f"not JSON: {value!r}")


def _print_table(graph: Graph, title: str) -> None:
    from raspir.tables import console, layer_table, totals

    console().print(layer_table(graph, title))
    typer.echo(totals(graph.stats()))


def _write(content: str | bytes, output: Path | None) -> None:
    if output is None:
        if isinstance(content, bytes):
            sys.stdout.buffer.write(content)
        else:
            typer.echo(content, nl=False)
        return
    try:
        output.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as error:
        raise RaspirError(f"cannot write {output}: {error.strerror}") from None


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
