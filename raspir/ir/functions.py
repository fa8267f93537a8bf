"""Opaque Python functions: which of them are the same."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

Function = Callable[..., Any]
"""An opaque Python function: of one atom for ``map``, of a key's and a query's atom for ``select.by``."""


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
