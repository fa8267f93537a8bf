"""Values of the language as Python has them, and Python's as the language does."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from raspir.frontends.python.embedded import Selector, SOp
from raspir.frontends.rasp.values import Function, Operand, Selection, Sequence, Value, is_atom
from raspir.ir import ProgramError
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public

Call = Callable[[Function, list[Value]], Value]
"""Calls a function of the language."""

_NONE = object()


class RaspFunction:
    """A function of the language, which Python calls with values and programs.

    Attributes:
        function: the function.
    """

    __signature__: inspect.Signature | None = None

    def __init__(self, function: Function, call: Call) -> None:
        self.function, self._call = function, call
        self.__name__ = self.__qualname__ = function.name
        with suppress(ValueError):
            self.__signature__ = signature_of(function)

    @public
    def __call__(self, *arguments: object, **named: object) -> Any:
        """Return what the function returns: a program, a selector, an atom, a list, a dict or a function.

        Raises:
            ProgramError: if an argument is no value of the language.
            StatementError: if the number of arguments is wrong, or the function fails on them.
        """
        if named:
            arguments = self._in_order(arguments, named)
        given = list(map(self._argument, arguments))
        return to_python(self._call(self.function, given), self._call)

    def _in_order(self, arguments: tuple[object, ...], named: dict[str, object]) -> tuple[object, ...]:
        """Return the arguments by position."""
        if self.__signature__ is None:
            raise ProgramError(f"{self.__name__} takes arguments by position only")
        try:
            return tuple(self.__signature__.bind(*arguments, **named).arguments.values())
        except TypeError as error:
            raise ProgramError(f"{self.__name__}: {error}") from None

    def _argument(self, argument: object) -> Value:
        value = from_python(argument, "s-op")
        if value is None:
            raise ProgramError(
                f"{self.__name__} takes programs, selectors, atoms, lists and dicts, not {show(argument)}"
            )
        return value

    def __repr__(self) -> str:
        return f"<function of RASP {self.function.name}({', '.join(self.function.parameters)})>"


def signature_of(function: Function) -> inspect.Signature:
    """Return the signature of a function in Python.

    Raises:
        ValueError: if Python has no such parameters: two of one name, or a keyword.
    """
    parameter = inspect.Parameter
    return inspect.Signature([parameter(name, parameter.POSITIONAL_OR_KEYWORD) for name in function.parameters])


def to_python(value: Value, call: Call) -> Any:
    """Return a value of the language as Python has it: s-ops and selectors as programs, functions as callables."""
    if isinstance(value, Operand):
        return value.expression
    if isinstance(value, Function):
        return RaspFunction(value, call)
    if isinstance(value, list):
        return [to_python(item, call) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item, call) for key, item in value.items()}
    return value


def from_python(value: object, name: str) -> Value | None:
    """Return a value of Python as the language has it, or ``None`` if it has no such value.

    Args:
        value: a program, a selector, an atom, a function of the language, or a list, tuple or dict of these.
        name: the name under which an s-op or selector is shown.
    """
    try:
        found = _converted(value, name)
    except RecursionError:  # a list that contains itself
        return None
    return None if found is _NONE else found


def _converted(value: object, name: str) -> Value:
    if isinstance(value, SOp):
        return Sequence(value, name)
    if isinstance(value, Selector):
        return Selection(value, name)
    if isinstance(value, RaspFunction):
        return value.function
    if type(value) in (list, tuple):
        assert isinstance(value, list | tuple)
        return _all(_converted(item, name) for item in value)
    if type(value) is dict:
        values = _all(_converted(item, name) for item in value.values())
        return dict(zip(value, values, strict=True)) if values is not _NONE and all(map(is_atom, value)) else _NONE
    return value if type(value) in (bool, int, float, str) and value == value else _NONE


def _all(values: Iterable[Value]) -> Value:
    """Return the list of values, unless one of them is none of the language."""
    made = list(values)
    return _NONE if any(value is _NONE for value in made) else made
