"""Deferral of Ctrl-C to points where it is safe to raise."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_pressed = threading.Event()


@contextmanager
def held_back() -> Iterator[None]:
    """Defer Ctrl-C until :func:`raise_held` is called, or until the end of the block.

    Python may raise it at any bytecode: weak-reference callbacks and ``__del__`` swallow it, and ctypes turns it into
    an error of its own during argument conversion.

    Raises:
        KeyboardInterrupt: at the end of the block, if Ctrl-C was pressed.
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
    """Raise KeyboardInterrupt if Ctrl-C was pressed while it was deferred."""
    if _pressed.is_set():
        _pressed.clear()
        raise KeyboardInterrupt


def _remember(number: int, frame: FrameType | None) -> None:
    _pressed.set()
