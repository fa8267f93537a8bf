"""Synonyms of parameters: the names that RASPy gives them are accepted as keywords."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from raspir.frontends.source import mistake
from raspir.ir.tracebacks import forwarding

P = ParamSpec("P")
R = TypeVar("R")


def also_named(**synonyms: str) -> Callable[[Callable[P, R]], Callable[..., R]]:
    """Return a decorator that lets callers name parameters as in RASPy, by names that map to raspir's.

    :func:`inspect.signature` shows raspir's names alone; the docstring lists the others, and overloads declare both to
    type checkers.
    """
    listed = ", ".join(f"{theirs} for {own}" for theirs, own in synonyms.items())

    def decorate(function: Callable[P, R]) -> Callable[..., R]:
        @forwarding
        @wraps(function)
        def call(*given: Any, **named: Any) -> R:
            if synonyms.keys().isdisjoint(named):
                return function(*given, **named)
            return function(*given, **_by_own_names(function, synonyms, given, named))

        if function.__doc__:  # there is none under -OO
            call.__doc__ = f"{inspect.cleandoc(function.__doc__)}\n\nRASPy's names are accepted, too: {listed}."
        return call

    return decorate


def _by_own_names(
    function: Callable[..., Any], synonyms: Mapping[str, str], given: tuple[Any, ...], named: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the keyword arguments of a call, with synonyms replaced by the function's own names.

    Raises:
        ProgramError: if an argument is given twice.
    """
    by_position = list(inspect.signature(function).parameters)[: len(given)]
    own: dict[str, Any] = {}
    names = dict.fromkeys(by_position, "by position")
    for written, value in named.items():
        name = synonyms.get(written, written)
        if name in names:
            mistake(f"{function.__name__}: the argument {name} is given twice, {names[name]} and as {written}")
        own[name], names[name] = value, f"as {written}"
    return own
