"""Wall-clock time limits."""

from __future__ import annotations

import signal
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SOON = 0.01  # seconds
_LONGEST = 1e8  # seconds: three years, within the range of all platforms' timers


class TimeUpError(BaseException):
    """The time limit expired; not an :class:`Exception`, so that handlers around third-party code do not catch it."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Interrupt the body after ``seconds``, where the platform and the thread permit it.

    A call into compiled code is interrupted when it returns. If the interruption is swallowed, it recurs after the same
    time.

    Raises:
        TimeUpError: if the limit is exceeded.
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
        if left:  # resume the enclosing limit
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - start), 1e-6), interval)


def _stop(number: int, frame: FrameType | None) -> None:
    if frame is not None and frame.f_code.co_filename == weakref.__file__:  # weakref callbacks swallow exceptions
        signal.setitimer(signal.ITIMER_REAL, _SOON, _SOON)
    else:
        raise TimeUpError
