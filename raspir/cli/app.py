"""The typer application with all commands, and its console entry point."""

from __future__ import annotations

from typing import Annotated

import typer

from raspir import __version__
from raspir.cli import fuzzing, listing, pictures, programs, proofs, running
from raspir.cli.shared import plain_warnings, print_message
from raspir.ir import RaspirError

app = typer.Typer(
    name="raspir",
    help="Run, optimize, draw and translate programs for idealized transformers (RASP, RASPy).",
    epilog="Try: raspir run examples/addition.py:add --input 683+345",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for group in (running, programs, pictures, listing, proofs, fuzzing):
    app.add_typer(group.commands)


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        typer.echo(f"raspir {__version__}")
        raise typer.Exit
    context.with_resource(plain_warnings())


def main() -> None:
    """Run the command line; report a :class:`RaspirError` in one line, with exit code 2."""
    try:
        app()
    except RaspirError as error:
        print_message(str(error))
        raise SystemExit(2) from None
