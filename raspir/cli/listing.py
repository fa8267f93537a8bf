"""The commands that list what there is: backends and passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from raspir.backends.base import BACKENDS
from raspir.cli.options import AsJson
from raspir.cli.shared import print_json, prints_aside
from raspir.passes.base import PASSES
from raspir.passes.options import options_named
from raspir.registry import Member, Registry

if TYPE_CHECKING:
    from rich.table import Table

commands = typer.Typer()


@commands.command()
def backends(as_json: AsJson = False) -> None:
    """List the backends: what runs programs, and what writes them."""
    from raspir.tables import member_table

    with prints_aside():
        members = _members(BACKENDS) if as_json else member_table(BACKENDS)
    _print_members(BACKENDS, members)


@commands.command()
def passes(as_json: AsJson = False) -> None:
    """List the passes of the optimiser and their options."""
    from raspir.tables import pass_table

    with prints_aside():
        members = _members(PASSES) if as_json else pass_table(PASSES)
        for member in members if isinstance(members, list) else ():
            member["options"] = [option.to_json() for option in options_named(PASSES, member["name"])]
    _print_members(PASSES, members)


def _members(registry: Registry[Member]) -> list[dict[str, Any]]:
    return [{"name": name, "summary": registry.describe(name)} for name in registry.names()]


def _print_members(registry: Registry[Member], members: list[dict[str, Any]] | Table) -> None:
    from raspir.tables import console

    if isinstance(members, list):
        print_json(members)
    elif registry.names():
        console().print(members)
    else:
        typer.echo(f"There is no {registry.what} yet. Installed packages add them under {registry.group}.")
