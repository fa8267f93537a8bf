"""Errors of programs in the language, each with the lines that the console shows for it."""

from __future__ import annotations

from raspir.frontends.rasp.errors import RaspSyntaxError
from raspir.ir.errors import EvaluationError, RaspirError
from raspir.ir.location import Location

_DETAIL = "\n\t\t "
"""What stands between the words of a message and the values that it is about."""


_WORDS = {"Sequence": "s-op", "Selection": "selector", "Defined": "function", "BuiltIn": "function"}
"""The kinds of values that are no values of Python, by their classes."""


class StatementError(RaspirError):
    """An error of a statement, which binds nothing.

    Attributes:
        text: the message as the console shows it, which may have a second line with values.
        on_example: whether an s-op or selector fails on the example, on which it is checked.
    """

    opening = ""
    on_example = False

    def __init__(self, text: str, location: Location | None = None) -> None:
        super().__init__(text.replace(_DETAIL, " "), location)
        self.text = text

    def shown(self) -> str:
        """Return the lines that the console shows, without the last line end."""
        return self.opening + self.text


class RefusedError(StatementError):
    """An error of the language itself: an unknown name, a wrong kind of value."""

    opening = "\t\t!!ignoring input:\n\t "


class FailedError(StatementError, EvaluationError):
    """An operation that fails on atoms, as it does in Python."""

    opening = "something went wrong: "


class NotCallableError(StatementError):
    """A call of what is no function, s-op or selector."""

    def __init__(self, what: str, location: Location | None = None) -> None:
        super().__init__(f"{what} cannot be called: it is no function, s-op or selector", location)

    def shown(self) -> str:
        """Return the line that the console shows."""
        return "not implemented this command yet! ignoring"


def worded(error: BaseException) -> str:
    """Return the message of an error of Python in the words of the language.

    It names no class of raspir, and has no number of the operating system.
    """
    message = str(error.args[-1] if error.args else error)
    if isinstance(error, TypeError):
        for name, word in _WORDS.items():
            message = message.replace(f"'{name}'", f"'{word}'").replace(f'"{name}"', f'"{word}"')
    return message


def different_types(values: object) -> RefusedError:
    """Return the error of a sequence that holds strings and numbers."""
    return RefusedError(f"attempted to create sequence with vals of different types:{_DETAIL}{values}")


def illegal_types(values: object) -> RefusedError:
    """Return the error of a sequence that holds what is no atom."""
    return RefusedError(
        "attempted to create sequence with illegal val types (vals must be bool, float, int or string):"
        f"{_DETAIL}{values}"
    )


def no_input(given: str) -> RefusedError:
    """Return the error of an input that is empty, or nothing that holds items."""
    return RefusedError(f"RASP sequences/selectors expect non-empty iterables, got: {given}")


def shown_syntax_error(error: RaspSyntaxError, *, in_file: bool) -> str:
    """Return the line that the console shows for a syntax error, with its place if it is in a file."""
    return f"\t!! antlr exception: {error if in_file else error.message} \t-- ignoring input"
