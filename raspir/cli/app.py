"""The typer application with all commands, and its console entry point."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated, Any

import typer

from raspir import __version__
from raspir.cli.commands import Group, Traceback, full_tracebacks, with_shared_parts
from raspir.cli.shells import INSTRUCTION, complete

COMMANDS = {
    "run": ("running", "Run a program on an input, or on each line of a file, and print the result as JSON."),
    "stats": ("programs", "Show the layers of a program, the heads in each, and their costs."),
    "opt": ("programs", "Optimize a program and print it as textual IR."),
    "emit": ("programs", "Write a program in the format of a backend."),
    "plan": (
        "programs",
        "Show how a backend evaluates the selector of each aggregate, and its time complexity in the length n.",
    ),
    "draw": (
        "pictures",
        "Draw a program: its layers, the heads in each, and the data flow between them; with an input, also its "
        "values.",
    ),
    "show": (
        "pictures",
        "Show a program or a selector on an input as text: each layer's attention, its values, and the result.",
    ),
    "check": (
        "checking",
        "Make a transformer of a program, and compare it with the program on all inputs, or on as many as the budget "
        "admits.",
    ),
    "report": (
        "pictures",
        "Write an HTML page on a program: its layers as written and optimized, and their values on inputs.",
    ),
    "repl": ("repl", "Run statements of the paper's language line by line, each with its value on a running example."),
    "backends": ("listing", "List the backends, with their capabilities and options."),
    "passes": ("listing", "List the passes of the optimizer and their options."),
    "puzzle": ("puzzles", "List the puzzles, show one, or check a solution."),
    "verify-rules": (
        "proofs",
        "Prove the rewrite rules of the optimizer with an SMT solver, and check that their side conditions are needed.",
    ),
    "fuzz": (
        "fuzzing",
        "Compare the results of generated programs: optimized and as written, on backends and the reference "
        "interpreter.",
    ),
}
"""The module of each command in this package, and the first paragraph of its docstring, for the list of commands."""


class _Commands(Group):
    """The commands, each imported when it is resolved, as a list of them needs only their names and summaries."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and load_command(str(command.name)), rest


def load_command(name: str) -> Any:
    """Return the click command called ``name``, with its parameters."""
    module = import_module(f"raspir.cli.{COMMANDS[name][0]}")
    group = typer.Typer(rich_markup_mode="markdown", pretty_exceptions_enable=False, add_completion=False)
    group.registered_commands += map(with_shared_parts, module.commands.registered_commands)
    return typer.main.get_group(group).commands[name]


app = typer.Typer(
    name="raspir",
    cls=_Commands,
    help="Run, optimize, draw and translate programs for idealized transformers (RASP, RASPy).",
    epilog="Try: raspir run examples/addition.py:add --input 683+345",
    no_args_is_help=True,
    rich_markup_mode="rich",  # the list of commands needs no Markdown, whose rendering takes a tenth of the time
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _name, (_, _summary) in COMMANDS.items():
    app.command(_name, help=_summary)(lambda: None)


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    traceback: Traceback = False,
) -> None:
    if version:
        typer.echo(f"raspir {__version__}")
        raise typer.Exit
    from raspir.cli.shared import plain_warnings

    context.with_resource(plain_warnings())
    context.with_resource(full_tracebacks(traceback))


def main() -> None:
    """Run the command line; report a :class:`RaspirError` in one line, with exit code 2."""
    if os.environ.get(INSTRUCTION, "").startswith("complete_"):
        complete(app)
    try:
        app()
    except KeyboardInterrupt:  # before or after the command
        raise SystemExit(130) from None
    except Exception as error:
        from raspir.cli.shared import print_error  # slow to import, and needed neither by help nor by completion
        from raspir.ir import RaspirError

        if not isinstance(error, RaspirError):
            raise
        print_error(error)
        raise SystemExit(2) from None
