"""The ``repl`` command: on a terminal with history and editing, else in the format of the language's own console."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from raspir.cli.commands import examples
from raspir.frontends.rasp.limits import Limits

commands = typer.Typer()

_LIMITS = Limits()


@commands.command(
    epilog=examples(
        "raspir repl",
        "raspir repl < session.txt",
        "echo 'select(indices,indices,<);' | raspir repl",
    )
)
def repl(
    max_items: Annotated[
        int, typer.Option("--max-items", metavar="N", min=1, help="The most items of a list or range.")
    ] = _LIMITS.items,
    max_calls: Annotated[
        int, typer.Option("--max-calls", metavar="N", min=1, help="The deepest nesting of calls.")
    ] = _LIMITS.calls,
) -> None:
    """Run statements of the paper's language line by line, each with its value on a running example.

    On a terminal, lines can be edited, Tab completes names, and the word help shows what can be typed. If standard
    input is no terminal, standard output has the format of the language's own interpreter: prompts without the input.
    Where files were written is said on standard error.
    """
    limits = Limits(items=max_items, calls=max_calls)
    if _is_interactive():
        from raspir.cli.repl.terminal import run  # slow to import
    else:
        from raspir.cli.repl.piped import run
    run(limits)


def _is_interactive() -> bool:
    """Return whether lines can be edited where they are typed."""
    streams = sys.stdin, sys.stdout
    return all(each is not None and each.isatty() for each in streams) and os.environ.get("TERM") != "dumb"
