"""Finding the line of the user's source that is being executed."""

from __future__ import annotations

from typing import NoReturn

from raspir.ir.errors import ProgramError
from raspir.ir.location import Location, calling_frame


def caller() -> Location | None:
    """Return the innermost line being executed that is not raspir's own; ``None`` if all are."""
    frame = calling_frame()
    return None if frame is None else Location(frame.f_code.co_filename, frame.f_lineno)


def mistake(message: str) -> NoReturn:
    """Raise a :class:`~raspir.ir.errors.ProgramError` that names the user's own line."""
    raise ProgramError(message, caller())
