"""Source locations of the code that builds programs."""

from __future__ import annotations

from typing import NoReturn

from raspir.ir.errors import ProgramError
from raspir.ir.location import Location, calling_frame


def caller() -> Location | None:
    """Return the location of the innermost stack frame outside raspir, or ``None``."""
    frame = calling_frame()
    return None if frame is None else Location(frame.f_code.co_filename, frame.f_lineno)


def mistake(message: str) -> NoReturn:
    """Raise a :class:`~raspir.ir.errors.ProgramError` at the caller's location."""
    raise ProgramError(message, caller())
