"""The classes of all commands: each has ``--traceback``, and a help page that lists flags without a type."""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandInfo

Traceback = Annotated[bool, typer.Option("--traceback", help="Print the Python traceback of an error.")]

FULL = "RASPIR_TRACEBACK"
"""The environment variable that keeps tracebacks complete if it is ``full``; worker processes inherit it."""


STDIN = "<stdin>"
"""The name of standard input where it holds a program."""


class Command(TyperCommand):
    """A command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse arguments; ``-:NAME``, a program of standard input, is an argument and no option."""
        options = {name for each in self.params if not getattr(each, "is_flag", True) for name in each.opts}
        taken = [before in options for before in ("", *args)]  # as the value of an option
        for at, arg in enumerate(args):
            if arg.startswith("-:") and not taken[at]:
                args[at] = f"{STDIN}{arg[1:]}"
        return super().parse_args(ctx, args)

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters as the help page lists them."""
        return _listed(super().get_params(ctx))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line, without braces around required arguments."""
        return [re.sub(r"^\{(.*)\}$", r"\1", piece) for piece in super().collect_usage_pieces(ctx)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help page, without tables on a narrow terminal, where they would cut names off."""
        if _is_narrow():
            self.rich_markup_mode = None
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """A group of commands."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters as the help page lists them."""
        return _listed(super().get_params(ctx))


def _is_narrow() -> bool:
    return shutil.get_terminal_size().columns < _WIDE


_WIDE = 100  # columns, from which help pages are tables


def _listed(parameters: list[Any]) -> list[Any]:
    """Return parameters, of which the help page shows the placeholder alone: none for a flag, no type of an argument.

    Versions of typer differ in where they take the type from.
    """
    for each in parameters:
        if getattr(each, "is_flag", False) and each.metavar is None:
            each.metavar = ""
        elif each.param_type_name == "argument" and each.metavar is not None:
            vars(each)["display_type_rich"] = lambda ctx: None
    return parameters


def with_shared_parts(command: CommandInfo) -> CommandInfo:
    """Return a registered command with the options and the help page of all commands."""
    extended = copy.copy(command)
    assert command.callback is not None
    extended.cls, extended.callback = Command, _with_traceback(command.callback)
    return extended


def examples(*lines: str) -> str:
    """Return the examples for the epilog of a command's help."""
    return "Examples:\n\n" + "\n\n".join(f"  $ {line}" for line in lines)


def taking(run: Callable[..., None], parameters: Iterable[inspect.Parameter]) -> Callable[..., None]:
    """Return ``run``, a function of keyword arguments, with a signature for typer to read."""
    taken = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
    run.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]  # typer reads the signature
    run.__annotations__ = {each.name: each.annotation for each in taken}
    return run


def _with_traceback(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with the option ``--traceback``."""

    @functools.wraps(command)
    def run(*, traceback: bool, **given: Any) -> None:
        with full_tracebacks(traceback), _printed():
            command(**given)

    hints = get_type_hints(command, include_extras=True)
    own = [each.replace(annotation=hints[name]) for name, each in inspect.signature(command).parameters.items()]
    option = inspect.Parameter("traceback", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Traceback)
    return taking(run, [*own, option])


@contextlib.contextmanager
def full_tracebacks(wanted: bool) -> Iterator[None]:
    """Keep tracebacks complete within the block, in this process and its workers, if ``wanted``."""
    before = os.environ.get(FULL)
    if wanted:
        os.environ[FULL] = "full"
    try:
        yield
    finally:
        if wanted and before is None:
            del os.environ[FULL]
        elif wanted and before is not None:
            os.environ[FULL] = before


@contextlib.contextmanager
def _printed() -> Iterator[None]:
    """Print the traceback of an error that the command line reports in one line, if tracebacks are complete."""
    try:
        yield
    except Exception as error:
        from traceback import print_exception

        from raspir.ir import RaspirError

        if isinstance(error, RaspirError) and os.environ.get(FULL) == "full":
            print_exception(error)
        raise
