"""The errors that a user can cause, and warnings: one line each, naming the user's source where there is one."""

from __future__ import annotations

import warnings

from raspir.ir.location import Location, calling_frame
from raspir.ir.text.visible import visible


class RaspirError(Exception):
    """The base of every error that a user of raspir can cause.

    Attributes:
        message: what is wrong, in one line, in which nothing steers a terminal.
        location: where in the user's source, when that is known.
        input: which of several inputs it is about, counted from 0; ``None`` where there is one.
    """

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message, location)
        self.message = visible(message)
        self.location = location
        self.input: int | None = None

    def __str__(self) -> str:
        told = self.message if self.input is None else f"input {self.input}: {self.message}"
        return told if self.location is None else f"{visible(str(self.location))}: {told}"


class ProgramError(RaspirError, TypeError):
    """A program is written wrongly: operands of impossible types, a selector used as a value, ``if program:``."""


class InputError(RaspirError, ValueError):
    """An input is not a sequence of atoms, or breaks a promise (vocabulary, maximum length)."""


class EvaluationError(RaspirError):
    """An operation failed on the values of one position."""


class TextError(RaspirError, ValueError):
    """Textual IR is malformed. The location holds its line and column."""


class GraphError(RaspirError):
    """A graph breaks a rule of the IR. The message names the node and the rule."""


class LoadError(RaspirError):
    """A file, module or name that should hold a program does not."""


class BackendError(RaspirError):
    """A backend or pass is unknown, cannot be loaded, or cannot do what it was asked to."""


class RecordedError(Exception):
    """What an opaque function raised when it was made a table: its class and what it said."""


def reason(error: BaseException) -> str:
    """Return the class of ``error`` and what it says."""
    if isinstance(error, RecordedError):
        return str(error)
    try:
        told = str(error)
    except Exception:  # a user's exception may fail at this too
        told = ""
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


class RaspirWarning(UserWarning):
    """The base of every warning of raspir: something that is probably not meant, or takes long.

    Attributes:
        message: what it is, in one line, in which nothing steers a terminal.
        location: where in the user's source, when that is known.
    """

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message, location)
        self.message = visible(message)
        self.location = location

    def __str__(self) -> str:
        return self.message if self.location is None else f"{visible(str(self.location))}: {self.message}"


class VocabularyWarning(RaspirWarning):
    """A program fails on inputs that keep its vocabulary."""


def warn(warning: RaspirWarning) -> None:
    """Issue ``warning`` at the line of the user's code that is being executed."""
    frame = calling_frame()
    if frame is None:
        warnings.warn(warning, stacklevel=2)
        return
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    module = frame.f_globals.get("__name__")
    warnings.warn_explicit(warning, type(warning), frame.f_code.co_filename, frame.f_lineno, module, registry)


class SlowWarning(RaspirWarning):
    """Something that a program needs takes more than a minute.

    Attributes:
        what: what takes long.
        seconds: how long, about.
    """

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(what)
        self.args = (what, seconds)
        self.what = what
        self.seconds = seconds

    def __str__(self) -> str:
        amount, unit = (self.seconds / 60, "minute") if self.seconds < 7200 else (self.seconds / 3600, "hour")
        return f"{self.what} takes about {amount:.0f} {unit}{'' if round(amount) == 1 else 's'}"
