"""Python functions that programs apply to atoms: whether a value is one, and whether it takes as many arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeGuard

from raspir.frontends.expressions import RefusedOperations
from raspir.frontends.source import mistake


def is_function(value: object) -> TypeGuard[Callable[..., Any]]:
    """Return whether ``value`` can be called on atoms, unlike a program."""
    return callable(value) and not isinstance(value, RefusedOperations)


def check_arity(function: Callable[..., Any], count: int) -> None:
    """Check that ``function`` takes ``count`` positional arguments, as far as its signature is known.

    Raises:
        ProgramError: if it does not.
    """
    try:
        signature = inspect.signature(function)
    except Exception:  # functions written in C may not say, and other objects may raise anything
        return
    try:
        signature.bind(*range(count))
    except TypeError:
        arguments = f"{count} argument{'' if count == 1 else 's'}"
        mistake(f"{function_name(function)}{signature} cannot be called with {arguments}, one atom each")


def function_name(function: Callable[..., Any]) -> str:
    """Return the name of a function for messages: that of its class if it has none."""
    return str(getattr(function, "__name__", type(function).__name__))
