"""Finding the line of the user's source that is being executed."""

from __future__ import annotations

import sys
from typing import NoReturn

from raspir.ir.errors import ProgramError
from raspir.ir.location import Location

_PACKAGE = __name__.partition(".")[0]


def caller() -> Location | None:
    """Return the innermost line being executed that is not raspir's own; ``None`` if all are."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module != _PACKAGE and not module.startswith(_PACKAGE + "."):
            return Location(frame.f_code.co_filename, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment]  # the loop ends at None
    return None


def mistake(message: str) -> NoReturn:
    """Raise a :class:`~raspir.ir.errors.ProgramError` that names the user's own line."""
    raise ProgramError(message, caller())
