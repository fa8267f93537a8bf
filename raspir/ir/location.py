"""Source locations."""

from __future__ import annotations

import os
import re
import sys
from types import FrameType
from typing import NamedTuple

_PACKAGE = __name__.partition(".")[0]
_COMMAND_LINE = f"{_PACKAGE}.cli"

_CELL = re.compile(r"[/\\]ipykernel_\d+[/\\]\d+\.py$")


class Location(NamedTuple):
    """A line of the user's source, and its 1-based column if known."""

    file: str
    line: int
    column: int | None = None

    def __str__(self) -> str:
        column = "" if self.column is None else f":{self.column}"
        return f"{_shorten(self.file)}:{self.line}{column}"


def calling_frame() -> FrameType | None:
    """Return the innermost stack frame outside raspir, or ``None``.

    What is outside of the command line is no code of the user, but that of the library which parses the options.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_own(frame):
        if _is_in(frame, _COMMAND_LINE):
            return None
        frame = frame.f_back
    return frame


def is_own(frame: FrameType) -> bool:
    """Return whether a stack frame executes code of raspir."""
    return _is_in(frame, _PACKAGE)


def _is_in(frame: FrameType, package: str) -> bool:
    module = str(frame.f_globals.get("__name__", ""))
    return module == package or module.startswith(package + ".")


def _shorten(file: str) -> str:
    """Return ``file`` relative to the working directory if it lies below; a notebook cell has no file."""
    if _CELL.search(file):  # a temporary name that changes with every execution
        return "notebook cell"
    if not os.path.isabs(file):
        return file
    try:
        relative = os.path.relpath(file)
    except (ValueError, OSError):  # another drive, or a deleted working directory
        return file
    return file if relative.startswith(os.pardir) else relative
