"""Arguments and options shared by several commands."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer

from raspir.cli import completion
from raspir.cli.commands import examples as examples
from raspir.cli.commands import taking
from raspir.cli.vocabulary import OPTIONS, vocabulary
from raspir.ir import InputError
from raspir.passes.options import About, Documented, described


class BatchFormat(StrEnum):
    """The choices of --batch-format."""

    text = "text"
    json = "json"


ProgramSpec = Annotated[
    str,
    typer.Argument(
        metavar="FILE[:NAME]",
        autocompletion=completion.programs,
        help="A Python file, a .rasp file, a dotted module or a textual IR file; - for Python code or textual IR from "
        "standard input. NAME is a program in it, or a function without parameters that returns one; it is optional if "
        "there is only one. A function with parameters takes literals, as in FILE:'make_shift(2)', and expressions of "
        "the language in a .rasp file.",
    ),
]
NoOptimize = Annotated[bool, typer.Option("--no-optimize", help="Do not optimize the program.")]
Input = Annotated[str | None, typer.Option("--input", "-i", metavar="TEXT", help="The input, as characters.")]
InputJson = Annotated[
    str | None, typer.Option("--input-json", metavar="JSON", help="The input, as a JSON list such as '[5, 2]'.")
]
Inputs = Annotated[
    list[str] | None, typer.Option("--input", "-i", metavar="TEXT", help="An input, as characters. May be repeated.")
]
InputsJson = Annotated[
    list[str] | None, typer.Option("--input-json", metavar="JSON", help="An input, as JSON. May be repeated.")
]
Batch = Annotated[
    Path | None,
    typer.Option(
        "--batch",
        metavar="FILE",
        help="A file of inputs, one per line; - for standard input. Prints a result per line.",
    ),
]
BatchFormatOption = Annotated[
    BatchFormat | None,
    typer.Option(
        "--batch-format",
        help="The format of the lines of --batch: characters or JSON. By default, JSON for .jsonl and .ndjson files, "
        "otherwise characters. A blank line of characters is an empty input; a blank line of JSON is skipped.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="OUT", help="The output file, instead of standard output.")
]
Bind = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SYMBOL=FILE:NAME",
        help="The Python function for a symbol of a textual IR file. May be repeated.",
        autocompletion=completion.functions,
    ),
]
Passes = Annotated[
    str | None,
    typer.Option(
        metavar="A,B{OPTION=VALUE},C",
        help="The passes to run, in order, instead of the default ones; see `raspir passes`.",
        autocompletion=completion.passes,
    ),
]
BackendName = Annotated[
    str,
    typer.Option(
        "--backend",
        "-b",
        metavar="NAME{OPTION=VALUE}",
        help="The backend; see `raspir backends`.",
        autocompletion=completion.backends,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", metavar="N", help="The number of processes; by default, one per core."),
]


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command with an option for each field of the dataclasses of options among its parameters.

    A vocabulary may also be given as JSON or as a range of integers, and an input as JSON under a former name.
    """
    own = inspect.signature(command, eval_str=True).parameters
    classes = {name: each.annotation for name, each in own.items() if _declares_options(each.annotation)}
    shared = {name: _parameters(each) for name, each in classes.items()}
    others = [inspect.Parameter(name, _BY_NAME, default=None, annotation=hint) for name, hint in OPTIONS.items()]
    taken: list[inspect.Parameter] = []
    for name, each in own.items():
        for new in shared.get(name, [each.replace(kind=_BY_NAME)]):
            taken += [new, *others] if new.name == "vocab" else [new]
    if "input_json" in own and "as_json" not in own:
        taken.append(_former(own["input_json"]))

    @functools.wraps(command)
    def run(**given: Any) -> None:
        if "vocab" in given:
            given["vocab"] = vocabulary(given["vocab"], *(given.pop(name) for name in OPTIONS))
        for name, of in classes.items():
            chosen = {each.name: given.pop(each.name) for each in shared[name]}
            given[name] = of(**{key: each.value if isinstance(each, StrEnum) else each for key, each in chosen.items()})
        if former := given.pop(_FORMER, None):
            given["input_json"] = _renamed(former, given["input_json"])
        command(**given)

    return taking(run, taken)


def _declares_options(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Documented)


_BY_NAME = inspect.Parameter.KEYWORD_ONLY
_FORMER = "former_input_json"


def _former(option: inspect.Parameter) -> inspect.Parameter:
    """Return the hidden option ``--json VALUE``, the former name of ``--input-json``."""
    kind = get_args(option.annotation)[0]
    return option.replace(name=_FORMER, annotation=Annotated[kind, typer.Option("--json", hidden=True)])


def _renamed(former: str | list[str], given: str | list[str] | None) -> str | list[str]:
    """Return the value of ``--input-json``, given under its former name at least; warn about the name.

    Raises:
        InputError: if a single input is given under both names.
    """
    from raspir.cli.shared import print_message

    if isinstance(former, list):
        value: str | list[str] = [*(given or ()), *former]
    elif given is not None:
        raise InputError("give --input-json once: --json is its former name")
    else:
        value = former
    print_message("--json VALUE is the former name of --input-json VALUE")
    return value


def _parameters(options: type[Documented]) -> list[inspect.Parameter]:
    """Return one command parameter per option."""
    hints = get_type_hints(options)
    return [_parameter(name, about, getattr(options, name), hints[name]) for name, about in described(options).items()]


def _parameter(name: str, about: About, default: object, hint: Any) -> inspect.Parameter:
    if get_origin(hint) is Literal:
        hint = _choices(name, hint)
        default = hint(default)
    taken = str | None if about.text else hint
    option = typer.Option(metavar=about.metavar or None, help=about.help, show_default=default is not None)
    return inspect.Parameter(name, _BY_NAME, default=default, annotation=Annotated[taken, option])


def _choices(name: str, hint: object) -> type[StrEnum]:
    """Return an enum of the values of a ``Literal``, as some versions of typer do not support ``Literal``."""
    choices = [(choice, choice) for choice in get_args(hint)]
    return StrEnum(name, choices)  # type: ignore[return-value]  # mypy does not type the functional API
