"""The ``backends`` and ``passes`` commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

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

M = TypeVar("M", bound=Member)


@commands.command()
def backends(as_json: AsJson = False) -> None:
    """List the backends, with their capabilities and options."""
    from raspir.cli.tables import backend_table

    _list(BACKENDS, as_json, _backend_to_json, backend_table)


@commands.command()
def passes(as_json: AsJson = False) -> None:
    """List the passes of the optimizer and their options."""
    from raspir.cli.tables import pass_table

    _list(PASSES, as_json, lambda each: _to_json(each, PASSES.what), pass_table)


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


def _list(
    registry: Registry[M],
    as_json: bool,
    to_json: Callable[[Listing[M]], dict[str, Any]],
    table: Callable[[Registry[M]], Table],
) -> None:
    from raspir.cli.tables import console

    with prints_aside():
        members = [to_json(each) for each in registry.listings()] if as_json else table(registry)
    if isinstance(members, list):
        print_json(members)
    else:
        console().print(members)
