"""Where in the author's program a kernel works, for the errors that it raises."""

from __future__ import annotations

from typing import Any

from raspir.ir.errors import EvaluationError, RaspirError


class TooMuchError(RaspirError):
    """What several inputs need together is more memory than they may take: fewer must run at a time."""


class Site:
    """An operation of the author's program.

    Args:
        what: the operation, and its name where it has one.
        location: its line, where that is known.
    """

    def __init__(self, what: str, location: Any = None) -> None:
        self.what, self.location = what, location

    def failed(self, message: str) -> EvaluationError:
        """Return the error that says so of this operation."""
        return EvaluationError(f"{self.what} {message}", self.location)


NOWHERE = Site("")
"""Where steps stand that no operation of the author is, and that cannot fail."""
