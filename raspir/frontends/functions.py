"""Opaque Python functions: which are the same, and what to call them."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

Function = Callable[..., Any]


def identity(function: Function) -> tuple[object, ...]:
    """Return a key that two functions share only if they are the same code with the same captured variables.

    A ``lambda`` in a helper that is called twice makes two function objects, but one function: they share their
    code, their globals, their defaults and the very cells that they close over. The key is valid while the
    functions live.
    """
    if isinstance(function, MethodType):
        return (MethodType, id(function.__self__), *identity(function.__func__))
    if isinstance(function, FunctionType):
        defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
        parts = (function.__code__, function.__globals__, *(function.__closure__ or ()), *defaults)
        return (FunctionType, *map(id, parts))
    return (id(function),)


class Symbols:
    """Gives each opaque function of one graph a symbol: its name, made unique."""

    def __init__(self) -> None:
        self.functions: dict[str, Function] = {}
        self._of: dict[tuple[object, ...], str] = {}

    def symbol(self, operation: str, function: Function) -> str:
        """Return the symbol of ``function`` in ``operation``, the same for the same function."""
        key = (operation, *identity(function))
        if key not in self._of:
            base = symbol = _name(function)
            count = 1
            while symbol in self.functions:
                count += 1
                symbol = f"{base}_{count}"
            self._of[key] = symbol
            self.functions[symbol] = function
        return self._of[key]


def _name(function: Function) -> str:
    name = getattr(function, "__name__", None) or type(function).__name__
    return "lambda" if name == "<lambda>" else str(name)
