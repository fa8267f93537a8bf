"""Calls in ``FILE:CALL``, such as ``make_shift(2)``: parsed, with literals as arguments, and never executed as code."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raspir.ir import LoadError
from raspir.ir.atoms import show

_CALL = re.compile(r":(?=[^\W\d][\w.]*\s*\()")
"""The colon before a call: a name and a parenthesis follow it."""

_LITERALS = "arguments on the command line are literals, such as 2, 'abc' or [1, 2]"


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
        LoadError: if it is no call of a function by its name, or an argument is not a literal.
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
            raise LoadError(f"`**{_source(text, keyword.value)}` is not a literal: {_LITERALS}")
        if keyword.arg in named:
            raise LoadError(f"the call {written} gives {keyword.arg} twice")
        named[keyword.arg] = _literal(text, keyword.value)
    return Call(text, parsed.func.id, tuple(_literal(text, each) for each in parsed.args), named)


def _literal(text: str, argument: ast.expr) -> Any:
    try:
        return ast.literal_eval(argument)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise LoadError(f"`{_source(text, argument)}` is not a literal: {_LITERALS}") from None


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


def example_call(name: str, required: int) -> str:
    """Return an example of a call of the function ``name``, which requires this many arguments."""
    return f"{name}({', '.join(str(2 + each) for each in range(required))})"
