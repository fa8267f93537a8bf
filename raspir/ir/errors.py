"""User-facing errors and warnings: one line each, with the source location where it is known."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from raspir.ir.location import Location, calling_frame
from raspir.ir.text.visible import visible


class RaspirError(Exception):
    """Base class of all user-facing errors.

    Attributes:
        message: the problem, on one line, free of terminal control sequences.
        location: the location in the user's source, if known.
        input: the index of the offending input in a batch, from 0; ``None`` for a single input.
        crash: whether it reports an unexpected exception, its cause, and thereby a bug of raspir or of a plugin.
    """

    crash: bool = False

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message, location)
        self.message = visible(message)
        self.location = location
        self.input: int | None = None

    def __str__(self) -> str:
        text = self.message if self.input is None else f"input {self.input}: {self.message}"
        return text if self.location is None else f"{visible(str(self.location))}: {text}"


class ProgramError(RaspirError, TypeError):
    """An ill-formed program: operands of invalid types, a selector used as a value, ``if program:``."""


class InputError(RaspirError, ValueError):
    """An input that is not a sequence of atoms, or violates an assumption (vocabulary, maximum length)."""


class EvaluationError(RaspirError):
    """A failure of an operation on the values at one position."""


class TextError(RaspirError, ValueError):
    """Malformed textual IR. The location holds line and column."""


class GraphError(RaspirError):
    """A graph that violates a rule of the IR. The message names the node and the rule."""


class LoadError(RaspirError):
    """A file, module or name that does not hold a program."""


class BackendError(RaspirError):
    """A backend or pass that is unknown, cannot be loaded, or cannot carry out a request."""


class RecordedError(Exception):
    """An exception of an opaque function recorded during tabulation: its class and message."""


class MissingValueError(Exception):
    """An operation on ``None`` that takes only other atoms."""

    def __str__(self) -> str:
        return "None stands for a missing value: replace it, as by a default"


class SequenceError(Exception):
    """A sequence that an operation refuses as a whole.

    Attributes:
        values: the atoms of the sequence, in order of position.
    """

    problem = ""

    def __init__(self, values: Sequence[object]) -> None:
        super().__init__(tuple(values))
        self.values: tuple[object, ...] = tuple(values)

    def __str__(self) -> str:
        return self.problem


class MixedTypesError(SequenceError):
    """A sequence that holds neither only strings nor only numbers."""

    problem = "the sequence holds neither only strings nor only numbers"


class NoAverageError(SequenceError):
    """A sequence of which several values are averaged, although they are not all numbers, or all are booleans."""

    problem = "a mean of several takes a sequence of numbers, not all of them booleans"


class MissingKeyError(KeyError):
    """An atom that equals no key of a table."""

    def __str__(self) -> str:
        return "no key equals it"


def reason(error: BaseException) -> str:
    """Return the class and message of ``error``."""
    if isinstance(error, RecordedError | MissingKeyError | MissingValueError | SequenceError):
        return str(error)
    try:
        message = str(error)
    except Exception:  # a user-defined __str__ may itself raise
        message = ""
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


class RaspirWarning(UserWarning):
    """Base class of all warnings: a likely mistake, or a slow operation.

    Attributes:
        message: the problem, on one line, free of terminal control sequences.
        location: the location in the user's source, if known.
    """

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message, location)
        self.message = visible(message)
        self.location = location

    def __str__(self) -> str:
        return self.message if self.location is None else f"{visible(str(self.location))}: {self.message}"


class VocabularyWarning(RaspirWarning):
    """A program that fails on inputs within its vocabulary."""


class StringWarning(RaspirWarning):
    """A string of several characters where single characters are expected: RASPy reads it as their sequence."""


class BudgetWarning(RaspirWarning):
    """A search of the optimizer that ended early, so that a program may have more layers than necessary."""


def warn(warning: RaspirWarning) -> None:
    """Issue ``warning`` at the innermost line of user code on the stack."""
    frame = calling_frame()
    if frame is None:
        warnings.warn(warning, stacklevel=2)
        return
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    module = frame.f_globals.get("__name__")
    warnings.warn_explicit(warning, type(warning), frame.f_code.co_filename, frame.f_lineno, module, registry)


_WARNED: dict[str | tuple[str, type[Warning], int], int] = {}
"""The registry of the warnings given by :func:`warn_once`, which Python clears when its filters change."""


def warn_once(warning: RaspirWarning) -> None:
    """Issue ``warning`` at its own location: by default once, wherever on the stack it occurs again."""
    if warning.location is None:
        warn(warning)
    else:
        file, line, _ = warning.location
        warnings.warn_explicit(warning, type(warning), file, line, registry=_WARNED)


class SlowWarning(RaspirWarning):
    """A step of running a program that takes more than a minute.

    Attributes:
        what: the slow step.
        seconds: its estimated duration.
    """

    def __init__(self, what: str, seconds: float) -> None:
        super().__init__(what)
        self.args = (what, seconds)
        self.what = what
        self.seconds = seconds

    def __str__(self) -> str:
        amount, unit = (self.seconds / 60, "minute") if self.seconds < 7200 else (self.seconds / 3600, "hour")
        return f"{self.what} takes about {amount:.0f} {unit}{'' if round(amount) == 1 else 's'}"
