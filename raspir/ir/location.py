"""Source locations."""

from __future__ import annotations

import os
import re
import sys
from types import FrameType
from typing import NamedTuple

_PACKAGE = __name__.partition(".")[0]

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
    """Return the innermost stack frame outside raspir, or ``None``."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and is_own(frame):
        frame = frame.f_back
    return frame


def is_own(frame: FrameType) -> bool:
    """Return whether a stack frame executes code of raspir."""
    module = str(frame.f_globals.get("__name__", ""))
    return module == _PACKAGE or module.startswith(_PACKAGE + ".")


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
