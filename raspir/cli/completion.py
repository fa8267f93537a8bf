"""Shell completion for --backend, --passes and puzzles: names with summaries, and options within braces."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from contextlib import redirect_stdout

import typer

from raspir.backends.base import BACKENDS, Backend
from raspir.backends.protocols import Draws, Explains, Runs, Writes
from raspir.passes.base import PASSES
from raspir.plugins.options import options_listed
from raspir.plugins.registry import Listing, Member

_NEEDS: dict[str, type] = {"run": Runs, "emit": Writes, "draw": Draws, "plan": Explains, "fuzz": Runs}
"""The protocol that each command requires of a backend; other commands complete all backends."""

Offered = list[tuple[str, str]]


def backends(context: typer.Context, incomplete: str) -> Offered:
    """Return the completions of ``incomplete`` to backends that the command can use, with their summaries."""
    needed = _NEEDS.get(context.info_name or "", Backend)
    with redirect_stdout(sys.stderr):  # the shell would take the output of plugins for completions
        return _offered(
            incomplete, [each for each in BACKENDS.listings() if isinstance(each.member, needed)], "backend"
        )


def passes(incomplete: str) -> Offered:
    """Return the completions of the last pass of the pipeline ``incomplete``, with their summaries."""
    with redirect_stdout(sys.stderr):  # the shell would take the output of plugins for completions
        usable = [each for each in PASSES.listings() if each.member is not None]
        braces = incomplete.rfind("{")
        inside = braces > incomplete.rfind("}")
        start = incomplete.rfind(",", 0, braces if inside else None) + 1
        done, last = incomplete[:start], incomplete[start:]
        return [(done + text, summary) for text, summary in _offered(last, usable, "pass")]


def puzzles(incomplete: str) -> Offered:
    """Return the completions of ``incomplete`` to names of puzzles, with their tasks."""
    from raspir.puzzles.catalog import PUZZLES

    return [(name, _shown(puzzle.task)) for name, puzzle in PUZZLES.items() if name.startswith(incomplete)]


def _offered(incomplete: str, usable: Sequence[Listing[Member]], what: str) -> Offered:
    name, brace, inside = incomplete.partition("{")
    if not brace:
        return [(each.name, _shown(each.summary)) for each in usable if each.name.startswith(incomplete.strip())]
    options = [option for each in usable if each.name == name.strip() for option in options_listed(each, what)]
    written, comma, last = inside.rpartition(",")
    given = {part.partition("=")[0].strip() for part in written.split(",")}
    return [
        (f"{name}{{{written}{comma}{option.name}=", f"{option.wanted}")
        for option in options
        if option.name.startswith(last.strip()) and option.name not in given
    ]


def _shown(summary: str) -> str:
    """Return a summary shortened to one menu line, with any markup escaped."""
    from rich.markup import escape

    return escape(textwrap.shorten(summary, 60, placeholder=" …"))
