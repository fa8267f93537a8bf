"""The errors that a user can cause: one line each, naming the user's source where there is one."""

from __future__ import annotations

from raspir.ir.location import Location


class RaspirError(Exception):
    """The base of every error that a user of raspir can cause.

    Attributes:
        message: what is wrong, in one line.
        location: where in the user's source, when that is known.
    """

    def __init__(self, message: str, location: Location | None = None) -> None:
        super().__init__(message, location)
        self.message = message.replace("\r", "\\r").replace("\n", "\\n")
        self.location = location

    def __str__(self) -> str:
        return self.message if self.location is None else f"{self.location}: {self.message}"


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
