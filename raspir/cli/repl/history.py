"""The history of a terminal session, kept for later ones."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory


def history(note: Callable[[str], None]) -> History:
    """Return the history of former sessions, or that of this one alone where none can be kept."""
    try:
        path = history_path()
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.open("ab").close()
    except (OSError, RuntimeError) as error:  # there may be no home directory
        note(f"the history of this session is not kept: {getattr(error, 'strerror', None) or error}")
        return InMemoryHistory()
    return _KeptHistory(path)


def history_path() -> Path:
    """Return the file of the history, in the user's directory of states."""
    if sys.platform == "win32":
        folder = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    else:
        folder = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(folder) / "raspir" / "history"


class _KeptHistory(FileHistory):
    """A history in a file, whose loss, as on a full disk, does not end the session."""

    def store_string(self, string: str) -> None:
        """Append a text to the file."""
        with contextlib.suppress(OSError):
            super().store_string(string)
