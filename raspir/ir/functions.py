"""Opaque Python functions: which of them are the same, and which can be pickled."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from types import FrameType, FunctionType, MethodType
from typing import Any

from raspir.ir.errors import ProgramError, reason
from raspir.ir.location import Location

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


def require_picklable(function: Function, where: str, location: Location | None) -> None:
    """Check that an opaque function can be pickled with the program that applies it.

    Args:
        function: the function.
        where: what applies it, as its author writes it.
        location: the author's line, where it is known.

    Raises:
        ProgramError: if it cannot, with advice.
    """
    try:
        pickle.dumps(function)
    except Exception as error:
        if _pickles_by_value():
            return
        name = getattr(function, "__qualname__", None) or type(function).__name__
        advice = "pickle finds a function by its name, so define it with def at the top level of a module"
        raise ProgramError(f"`{where}({name})` cannot be pickled: {advice} ({reason(error)})", location) from error


def _pickles_by_value() -> bool:
    """Tell whether a package is pickling that takes functions with their code, as pickle itself does not."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not {"cloudpickle", "dill"}.isdisjoint(str(frame.f_globals.get("__name__")).split(".")):
            return True
        frame = frame.f_back
    return False
