"""Calls in ``FILE:CALL``, such as ``make_shift(2)``: parsed, and never executed as code.

Arguments are literals, or names of programs that the file has, such as ``rasp.tokens``.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from raspir.frontends.expressions import Expression
from raspir.ir import LoadError
from raspir.ir.atoms import show

_CALL = re.compile(r":(?=[^\W\d][\w.]*\s*\()")
"""The colon before a call: a name and a parenthesis follow it."""

_ARGUMENTS = "arguments on the command line are literals, such as 2 or 'abc', and programs of the file, such as tokens"


def split(target: str) -> tuple[str, str | None]:
    """Return the file, and the name or the call in it, if any, of ``FILE``, ``FILE:NAME`` or ``FILE:CALL``.

    A call begins at the first colon that a name and a parenthesis follow, so its arguments may hold colons and paths.
    """
    if is_file(Path(target)):
        return target, None
    starts = [found.start() for found in _CALL.finditer(target) if found.start()]
    known = next((start for start in starts if is_file(Path(target[:start]))), None)
    file, colon, name = target.rpartition(":")
    if known is None and colon and file and name.isidentifier():
        return file, name
    if not starts:
        return target, None
    start = starts[0] if known is None else known
    return target[:start], target[start + 1 :]


def is_file(path: Path) -> bool:
    """Return whether ``path`` is a file; no path that the system refuses is one."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # the name is too long or contains a null character
        return False


@dataclass(frozen=True)
class Reference:
    """An argument that names a value of the file.

    Attributes:
        path: the name, and the attributes after it.
    """

    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class Call:
    """A call of a function of a file.

    Attributes:
        text: the call as it was written.
        name: the name of the function.
        positional: the positional arguments.
        named: the arguments by name.
    """

    text: str
    name: str
    positional: tuple[Any, ...]
    named: dict[str, Any]

    def resolved(self, names: Mapping[str, object]) -> Call:
        """Return the call with programs for their names, looked up in those of the file.

        Raises:
            LoadError: if one is missing, or not a program.
        """
        positional = tuple(_resolved(each, names) for each in self.positional)
        return replace(self, positional=positional, named={k: _resolved(v, names) for k, v in self.named.items()})

    def check(self, function: Callable[..., Any]) -> None:
        """Check that ``function`` takes these arguments.

        Raises:
            LoadError: if it does not; the message says what it takes.
        """
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):  # some built-in functions have no signature
            return
        try:
            signature.bind(*self.positional, **self.named)
        except TypeError as error:
            takes = f"{self.name}{_parameters(signature)}"
            raise LoadError(f"{self.text} does not agree with {takes}: {error}") from None


def is_call(name: str) -> bool:
    """Return whether ``name``, a name or a call, is a call."""
    return "(" in name


def read_call(text: str) -> Call:
    """Return the call that ``text`` is.

    Raises:
        LoadError: if it is no call of a function by its name, or an argument is neither a literal nor a name.
    """
    written = f"`{show(text)[1:-1]}`"
    try:
        parsed = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise LoadError(f"the call {written} is not valid Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:  # null characters, or too many parentheses
        raise LoadError(f"the call {written} cannot be read: {error}") from None
    if not isinstance(parsed, ast.Call) or not isinstance(parsed.func, ast.Name):
        raise LoadError(f"{written} is not a call of one function of the file by its name, such as make_shift(2)")
    named: dict[str, Any] = {}
    for keyword in parsed.keywords:
        if keyword.arg is None:
            raise LoadError(f"`**{_source(text, keyword.value)}` is not a literal: {_ARGUMENTS}")
        if keyword.arg in named:
            raise LoadError(f"the call {written} gives {keyword.arg} twice")
        named[keyword.arg] = _argument(text, keyword.value)
    return Call(text, parsed.func.id, tuple(_argument(text, each) for each in parsed.args), named)


def _argument(text: str, argument: ast.expr) -> Any:
    try:
        return ast.literal_eval(argument)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        path = _path(argument)
        if path is None:
            raise LoadError(f"`{_source(text, argument)}` is not a literal: {_ARGUMENTS}") from None
        return Reference(path)


def _path(argument: ast.expr) -> tuple[str, ...] | None:
    """Return the parts of a dotted name, or ``None`` for any other expression."""
    attributes: list[str] = []
    while isinstance(argument, ast.Attribute):
        attributes.append(argument.attr)
        argument = argument.value
    return (argument.id, *reversed(attributes)) if isinstance(argument, ast.Name) else None


def _resolved(argument: object, names: Mapping[str, object]) -> object:
    """Return the program that an argument names, or else the argument."""
    if not isinstance(argument, Reference):
        return argument
    value = names.get(argument.path[0])
    for attribute in argument.path[1:]:
        value = vars(value).get(attribute) if isinstance(value, ModuleType) else None
    if not isinstance(value, Expression):
        raise LoadError(f"`{argument}` is neither a literal nor a program of the file: {_ARGUMENTS}")
    return value


def _source(text: str, argument: ast.expr) -> str:
    return show(ast.get_source_segment(text, argument) or ast.unparse(argument))[1:-1]


def _parameters(signature: inspect.Signature) -> str:
    """Return parameters in one line: their names, and defaults without the annotations."""
    empty = inspect.Parameter.empty
    plain = [
        each.replace(annotation=empty, default=empty if each.default is empty else _Shown(each.default))
        for each in signature.parameters.values()
    ]
    return str(signature.replace(parameters=plain, return_annotation=empty))


class _Shown:
    """A default value whose ``repr`` is short, and does not evaluate a program."""

    def __init__(self, value: object) -> None:
        self._text = show(value)

    def __repr__(self) -> str:
        return self._text


def example_call(name: str, required: Iterable[inspect.Parameter]) -> str:
    """Return an example of a call of the function ``name`` with its required parameters.

    A parameter that is annotated as a program takes the tokens, under the name that they have beside the annotation.
    """
    return f"{name}({', '.join(_example(number, each) for number, each in enumerate(required))})"


def _example(number: int, parameter: inspect.Parameter) -> str:
    annotation = parameter.annotation
    written = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    found = re.fullmatch(r"((?:\w+\.)*)SOp", written)
    given = f"{found[1]}tokens" if found else str(2 + number)
    return f"{parameter.name}={given}" if parameter.kind is parameter.KEYWORD_ONLY else given
