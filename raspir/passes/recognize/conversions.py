"""Conversions: ``int``, ``float`` and ``str`` must return atoms, so others are called on recorded operands."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

from raspir.ir import Function
from raspir.passes.recognize.recording import Operand

OPERATIONS = ("to_int", "to_float", "to_str", "to_bool")
"""The operations that convert an atom."""


def _recording(name: str, builtin: Callable[..., Any]) -> Function:
    """Return ``builtin``, which of a recorded operand records the operation ``name``."""

    def convert(*arguments: Any, **keywords: Any) -> Any:
        if len(arguments) == 1 and not keywords and type(arguments[0]) is Operand:
            return arguments[0].converted(name)
        return builtin(*arguments, **keywords)

    return convert


_OF_BUILTINS: dict[int, Function] = {
    id(builtin): _recording(f"to_{builtin.__name__}", builtin) for builtin in (int, float, str, bool)
}
"""What is recorded instead of each builtin, by its identity."""


def recordable(function: Function) -> Function:
    """Return a function that does the same as ``function``, which must be pure, on atoms and on recorded operands.

    It is the function itself unless that is a conversion, or calls one by its global name. A truth value that the
    function asks for by ``bool`` remains a condition.
    """
    if id(function) in _OF_BUILTINS:
        return _OF_BUILTINS[id(function)]
    if not isinstance(function, FunctionType):
        return function
    found = {}
    for name in ("int", "float", "str"):
        value = function.__globals__.get(name, getattr(function, "__builtins__", {}).get(name))
        if id(value) in _OF_BUILTINS:
            found[name] = _OF_BUILTINS[id(value)]
    if found.keys().isdisjoint(function.__code__.co_names):
        return function
    globals_ = {**function.__globals__, **found}
    made = FunctionType(function.__code__, globals_, function.__name__, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    return made
