"""Ctrl-C at a time when it can be raised."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_pressed = threading.Event()


@contextmanager
def held_back() -> Iterator[None]:
    """Hold Ctrl-C back until :func:`raise_held` is called, or until the end of what runs here.

    Python raises it anywhere: callbacks of weak references and ``__del__`` lose it, and ctypes turns it into an error
    of its own when it comes while arguments are converted.

    Raises:
        KeyboardInterrupt: at the end, if Ctrl-C was pressed.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, _remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        raise_held()


def raise_held() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed while it was held back."""
    if _pressed.is_set():
        _pressed.clear()
        raise KeyboardInterrupt


def _remember(number: int, frame: FrameType | None) -> None:
    _pressed.set()
