"""Completions of arguments: programs, functions, backends, passes, formats, rules and puzzles, with their summaries.

Files are parsed and not executed.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path

import typer

from raspir.backends.base import BACKENDS, Backend, drawer
from raspir.backends.protocols import Draws, Explains, Runs, Writes
from raspir.frontends.python.names import Named, names_in
from raspir.ir import RaspirError, parse
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


def programs(incomplete: str) -> Offered:
    """Return the completions of ``FILE:NAME`` to the names of programs; none for a path, which shells complete."""
    return _names_of(incomplete, lambda each: each.may_be_program)


def solutions(incomplete: str) -> Offered:
    """Return the completions of ``FILE:NAME`` to the names of programs and of functions with any parameters."""
    return _names_of(incomplete, lambda each: each.may_be_program or each.is_function)


def functions(incomplete: str) -> Offered:
    """Return the completions of ``SYMBOL=FILE:NAME`` to the names of Python functions."""
    symbol, equals, target = incomplete.partition("=")
    if target.partition(":")[0].endswith(".rasp"):
        return []
    return [(f"{symbol}={text}", about) for text, about in _names_of(target, lambda each: each.is_function) if equals]


def formats(context: typer.Context, incomplete: str) -> Offered:
    """Return the completions of ``incomplete`` to the formats that the chosen backend draws."""
    with redirect_stdout(sys.stderr):
        try:
            drawn = drawer(context.params.get("backend") or "graphviz").formats
        except RaspirError:
            return []
    return [(each, "") for each in drawn if each.startswith(incomplete)]


def rules(incomplete: str) -> Offered:
    """Return the completions of ``incomplete`` to the rules of the optimizer; none without the solver."""
    try:
        from raspir.testing.proofs.cases import RULES
    except ImportError:
        return []
    names = dict.fromkeys(each.name for each in RULES)
    return [(name, "") for name in names if name.startswith(incomplete)]


_LARGEST = 1 << 20
"""The size in bytes of the largest file that is read for its names."""


def _names_of(target: str, wanted: Callable[[Named], bool]) -> Offered:
    file, colon, start = target.rpartition(":")
    if not colon:
        file, start = target, ""
    path = Path(file).expanduser()
    if colon and not path.exists() and file.replace(".", "").isidentifier():  # a dotted module
        path = Path(*file.split(".")).with_suffix(".py")
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return []
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return []
    names = _names_in(text, path.suffix)
    chosen = [each for each in names if wanted(each) and each.name.startswith(start)]
    return [(f"{file}:{each.name}", _shown(each.summary)) for each in chosen]


def _names_in(text: str, suffix: str) -> list[Named]:
    if suffix == ".rasp":
        from raspir.frontends.rasp.names import names_in as names_in_rasp

        return names_in_rasp(text)
    return names_in(text) if suffix == ".py" else _outputs(text)


def _outputs(text: str) -> list[Named]:
    """Return the outputs of textual IR; none if it is malformed."""
    try:
        return [Named(name, "output", False, True) for name in parse(text).outputs if name.isidentifier()]
    except RaspirError:
        return []


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
