"""Source sites of kernels, for error reporting."""

from __future__ import annotations

from typing import Any

from raspir.ir.errors import EvaluationError, RaspirError


class BatchTooLargeError(RaspirError):
    """Several inputs together exceed the memory limit; the batch must be split."""


class Site:
    """An operation of the source program.

    Args:
        what: a description of the operation, with its name where it has one.
        location: its source location, where known.
    """

    def __init__(self, what: str, location: Any = None) -> None:
        self.what, self.location = what, location

    def failed(self, message: str) -> EvaluationError:
        """Return an error with this message at this site."""
        return EvaluationError(f"{self.what} {message}", self.location)


NOWHERE = Site("")
"""The site of steps that cannot fail and correspond to no source operation."""
