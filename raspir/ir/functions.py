"""Opaque Python functions: identity and picklability."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType, FunctionType, MethodType
from typing import Any

from raspir.ir.atoms import atom_key, is_atom
from raspir.ir.composition import Chain, Composed
from raspir.ir.errors import ProgramError, reason
from raspir.ir.location import Location
from raspir.ir.packing import Packing

Function = Callable[..., Any]
"""An opaque Python function: of one or more atoms for ``map``, of a key and a query atom for ``select.by``."""

OF_ATOMS = "_raspir_of_atoms"
"""The attribute of a function of programs that holds the function of atoms which it applies."""


def of_atoms(function: Function) -> Function:
    """Return the function of atoms that ``function`` is on atoms: itself, unless it takes programs as well."""
    found: Function = getattr(function, OF_ATOMS, function)
    return found


def identity(function: Function) -> tuple[object, ...]:
    """Return a key that two functions share only if they have the same code and captured variables.

    Two calls of a helper that contains a ``lambda`` create two function objects for one function: they share code,
    globals, defaults and closure cells. The key is valid as long as the functions are alive.
    """
    if isinstance(function, Composed):
        counts = ((part.function is None, part.count, part.none) for part in function.parts)
        return (Composed, function.none, *counts, *map(identity, function.functions))
    if isinstance(function, Chain):
        return (Chain, *map(identity, function.functions))
    if isinstance(function, partial) and not function.keywords:
        return (partial, *identity(function.func), *map(_argument, function.args))
    if isinstance(function, Packing):
        return (Packing, *identity(function.function))
    if isinstance(function, MethodType):
        return (MethodType, id(function.__self__), *identity(function.__func__))
    if isinstance(function, FunctionType):
        defaults = (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values())
        parts = (function.__code__, function.__globals__, *(function.__closure__ or ()), *defaults)
        return (FunctionType, *map(id, parts))
    return (id(function),)


def _argument(value: object) -> object:
    """Return a key of an argument that a partial function holds."""
    if callable(value):
        return identity(value)
    if type(value) is tuple:
        return tuple(map(_argument, value))
    return atom_key(value) if is_atom(value) else id(value)


def require_picklable(function: Function, where: str, location: Location | None) -> None:
    """Check that an opaque function can be pickled along with its program.

    Args:
        function: the function.
        where: the operation that applies it, in source notation.
        location: the source location, if known.

    Raises:
        ProgramError: if it cannot be pickled; the message suggests a fix.
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
    """Return whether the pickler on the call stack is one that serializes code, which pickle itself does not."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not {"cloudpickle", "dill"}.isdisjoint(str(frame.f_globals.get("__name__")).split(".")):
            return True
        frame = frame.f_back
    return False
