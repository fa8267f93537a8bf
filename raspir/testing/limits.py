"""A limit on how long something may take."""

from __future__ import annotations

import signal
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SOON = 0.01  # seconds
_LONGEST = 1e8  # three years, which every platform can count


class TimeUpError(BaseException):
    """The time is up. It is no :class:`Exception`, since whoever runs code of others turns those into messages."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Interrupt what runs for longer than so many seconds, where the platform and the thread allow it.

    A call into compiled code is interrupted when it returns. Where something swallows the interruption, it comes again
    after as long.

    Raises:
        TimeUpError: if it runs for longer.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    start = time.monotonic()
    handler = signal.signal(signal.SIGALRM, _stop)
    seconds = min(seconds, _LONGEST)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)
        if left:  # somebody else's limit goes on
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - start), 1e-6), interval)


def _stop(number: int, frame: FrameType | None) -> None:
    if frame is not None and frame.f_code.co_filename == weakref.__file__:  # callbacks there swallow what is raised
        signal.setitimer(signal.ITIMER_REAL, _SOON, _SOON)
    else:
        raise TimeUpError
