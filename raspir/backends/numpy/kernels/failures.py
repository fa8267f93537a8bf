"""Source sites of kernels, for error reporting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from raspir.ir.atoms import Atom
from raspir.ir.errors import EvaluationError, RaspirError
from raspir.runtime.messages import failed_on


class BatchTooLargeError(RaspirError):
    """Several inputs together exceed the memory limit; the batch must be split."""


class Site:
    """An operation of the source program.

    Args:
        what: a description of the operation, with its name where it has one.
        location: its source location, where known.
        positions: where an operation is evaluated at some positions only, these positions.
    """

    def __init__(self, what: str, location: Any = None, positions: Any = None) -> None:
        self.what, self.location, self._positions = what, location, positions

    def among(self, positions: Any) -> Site:
        """Return this site for an evaluation at some positions only."""
        return Site(self.what, self.location, positions)

    def failed(self, message: str) -> EvaluationError:
        """Return an error with this message at this site."""
        return EvaluationError(f"{self.what} {message}", self.location)

    def failed_on(self, position: int, atoms: Sequence[Atom], error: BaseException) -> EvaluationError:
        """Return the error of an elementwise failure at a position."""
        place = position if self._positions is None else int(self._positions[position])
        return self.failed(failed_on(place, atoms, error))


NOWHERE = Site("")
"""The site of steps that cannot fail and correspond to no source operation."""
