"""The ``backends`` and ``passes`` commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from raspir.backends.base import BACKENDS, Backend
from raspir.backends.protocols import Draws, Runs, Writes, level_of, support_of
from raspir.cli.options import AsJson
from raspir.cli.shared import print_json, prints_aside
from raspir.passes.base import PASSES
from raspir.plugins.options import options_listed
from raspir.plugins.registry import Listing, Member, Registry

if TYPE_CHECKING:
    from rich.table import Table

commands = typer.Typer()


@commands.command()
def backends(as_json: AsJson = False) -> None:
    """List the backends, with their capabilities and options."""
    from raspir.cli.tables import backend_table

    with prints_aside():
        members = [_backend_to_json(each) for each in BACKENDS.listings()] if as_json else backend_table(BACKENDS)
    _print_members(BACKENDS, members)


@commands.command()
def passes(as_json: AsJson = False) -> None:
    """List the passes of the optimizer and their options."""
    from raspir.cli.tables import pass_table

    with prints_aside():
        members = [_to_json(each, PASSES.what) for each in PASSES.listings()] if as_json else pass_table(PASSES)
    _print_members(PASSES, members)


def _to_json(listing: Listing[Member], what: str) -> dict[str, Any]:
    return {
        "name": listing.name,
        "summary": listing.summary,
        "package": listing.origin or None,
        "problem": listing.problem or None,
        "options": [option.to_json() for option in options_listed(listing, what)],
    }


def _backend_to_json(listing: Listing[Backend]) -> dict[str, Any]:
    common, backend = _to_json(listing, BACKENDS.what), listing.member
    if backend is None:
        return common
    return {
        **common,
        "level": level_of(backend),
        "runs": isinstance(backend, Runs),
        "writes": list(backend.suffixes) if isinstance(backend, Writes) else [],
        "draws": list(backend.formats) if isinstance(backend, Draws) else [],
        "supports": support_of(backend).to_json() or "everything",
    }


def _print_members(registry: Registry[Any], members: list[dict[str, Any]] | Table) -> None:
    from raspir.cli.tables import console

    if isinstance(members, list):
        print_json(members)
    elif registry.names():
        console().print(members)
    else:
        typer.echo(f"There is no {registry.what} yet. Installed packages add them under {registry.group}.")
