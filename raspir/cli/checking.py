"""The ``check`` command."""

from __future__ import annotations

from typing import Annotated

import typer

from raspir.cli.options import Bind, ProgramSpec, examples, with_options
from raspir.cli.shared import load_graph, prints_aside
from raspir.passes.options import Options, described
from raspir.transformer.options import Storage

commands = typer.Typer()


@commands.command(
    epilog=examples(
        "raspir check examples/puzzles.py:smallest --vocab-range 0:3 --max-length 5",
        "raspir check examples/addition.py:add --vocab 01+ --max-length 5 --budget 2000",
    )
)
@with_options
def check(
    program: ProgramSpec,
    budget: Annotated[
        int, typer.Option("--budget", metavar="N", help="The maximum number of inputs; of more, some are chosen.")
    ] = 10_000,
    *,
    options: Options,
    storage: Storage,
    bind: Bind = None,
) -> None:
    """Make a transformer of a program, and compare it with the program on all inputs, or on as many as the budget
    admits.

    It needs a vocabulary and a maximum length. Outputs are compared with those of the reference interpreter, the
    attention of each head with its selector, and the residual stream with the program's values. The exit code is 1 if
    something is wrong.
    """
    from raspir.transformer.making import to_transformer  # slow to import, and not needed by help

    with prints_aside():
        chosen = {name: getattr(each, name) for each in (options, storage) for name in described(type(each))}
        made = to_transformer(load_graph(program, bind, options), **chosen)
        report = made.check(budget)
    typer.echo(str(report))
    if not report.ok:
        raise typer.Exit(1)
