"""Tracebacks that show the user's code: raspir's own frames are removed where an error leaves raspir.

Set the environment variable ``RASPIR_TRACEBACK`` to ``full`` to keep them, to debug raspir itself.
"""

from __future__ import annotations

import functools
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, FunctionType, TracebackType
from typing import Any, TypeVar, cast

from raspir.ir.errors import RaspirError, RaspirWarning, SequenceError
from raspir.ir.location import Location, is_own

FULL = "RASPIR_TRACEBACK"
"""The environment variable that keeps tracebacks complete, if set to ``full``."""

_FORWARDING: set[CodeType] = set()

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)
T = TypeVar("T")


def forwarding(function: F) -> F:
    """Return ``function``, which only forwards its arguments: errors of a call with wrong arguments do not show it."""
    _FORWARDING.add(cast(FunctionType, function).__code__)
    return function


def public(function: F) -> F:
    """Return ``function`` with the frames of raspir removed from the tracebacks of its errors.

    A bare ``raise`` does not add the current frame to a traceback again, so none of raspir remains.
    """

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (RaspirError, RaspirWarning) as error:
            conceal(error)
            raise
        except TypeError as error:
            if all(frame.f_code in _FORWARDING for frame, _ in traceback.walk_tb(error.__traceback__)):
                error.__traceback__ = None  # of a call with the wrong arguments
            raise

    return cast(F, forwarding(call))


def concealed(results: Iterator[T]) -> Iterator[T]:
    """Yield ``results``, with the frames of raspir removed from the tracebacks of errors on the way."""
    try:
        yield from results
    except (RaspirError, RaspirWarning) as error:
        conceal(error)
        raise


def public_methods(cls: C) -> C:
    """Return ``cls`` with :func:`public` applied to the methods that it defines: public ones and operators."""
    for name, method in list(vars(cls).items()):
        if isinstance(method, FunctionType) and (not name.startswith("_") or name.endswith("__")):
            setattr(cls, name, public(method))
    return cls


def conceal(error: BaseException) -> None:
    """Remove raspir's frames from the traceback of an error, and the exceptions chained to it that show nothing else.

    Exceptions of the user's code remain: of a function or plugin as the cause, and one that was being handled as the
    context. The cause of a crash of raspir itself remains complete.
    """
    if os.environ.get(FULL) == "full":
        return
    cause, error.__context__ = _cause(error), _outer_context(error)
    error.__traceback__ = _users(error.__traceback__)
    error.__cause__ = cause
    error.__suppress_context__ = cause is not None
    if cause is not None:
        cause.__traceback__ = _users(cause.__traceback__) or cause.__traceback__
        cause.__context__ = _outer_context(cause)


def _cause(error: BaseException) -> BaseException | None:
    """Return the cause of an error, or of the errors of raspir that led to it, if it shows the user's code or a bug.

    So is a cause that holds a sequence, for callers that have words of their own for it.
    """
    each: BaseException | None = error
    seen = set()
    while isinstance(each, RaspirError | RaspirWarning) and each not in seen:
        cause = each.__cause__
        if isinstance(cause, SequenceError) or (cause is not None and _shows(each, cause)):
            return cause
        seen.add(each)
        each = each.__context__
    return None


def _shows(error: BaseException, cause: BaseException) -> bool:
    """Return whether the cause of an error shows the user's code, or a crash of raspir."""
    return _users(cause.__traceback__) is not None or getattr(error, "crash", False)


def _users(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the frames of raspir, and without those of the standard library that it called."""
    kept: list[TracebackType] = []
    is_own_call = False
    while trace is not None:
        is_own_call = is_own(trace.tb_frame) or (is_own_call and _is_standard(trace.tb_frame))
        if not is_own_call:
            kept.append(trace)
        trace = trace.tb_next
    found = None
    for each in reversed(kept):
        found = TracebackType(found, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return found


def _is_standard(frame: FrameType) -> bool:
    return _package(frame) in sys.stdlib_module_names


def _outer_context(error: BaseException) -> BaseException | None:
    """Return the exception that the user's code was handling when it called raspir, or ``None``.

    Python chains it behind the exceptions that raspir has handled on the way.
    """
    context = error.__context__
    seen = {id(error)}
    while context is not None and id(context) not in seen:
        trace = context.__traceback__
        if trace is not None and not is_own(trace.tb_frame):
            return context
        seen.add(id(context))
        context = context.__context__
    return None


def place(error: BaseException, package: str) -> Location | None:
    """Return the innermost line at which an exception passed through the code of a plugin, or ``None``.

    Args:
        error: the exception.
        package: the top-level package or module of the plugin. An exception that has not passed through it is located
            at the innermost line outside raspir, if possible outside the standard library.
    """
    walked = list(traceback.walk_tb(error.__traceback__))[::-1]
    choices: list[Callable[[FrameType], bool]] = [
        lambda frame: _package(frame) == package,
        lambda frame: not is_own(frame) and not _is_standard(frame),
        lambda frame: not is_own(frame) and _package(frame) != "importlib",
    ]
    for wanted in choices:
        for frame, line in walked:
            if wanted(frame):
                return Location(frame.f_code.co_filename, line)
    return None


def package_of(member: object) -> str:
    """Return the top-level package or module of the class of an object."""
    return type(member).__module__.partition(".")[0]


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]
