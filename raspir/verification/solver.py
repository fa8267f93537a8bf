"""The SMT solver as it is asked here: for some seconds; who presses Ctrl-C stops the program and not the question."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import z3

from raspir.verification.values import Term

_MOST = 2**31 - 1  # milliseconds: the solver keeps them in 32 bits

_stopped = threading.Event()


@contextmanager
def stoppable() -> Iterator[None]:
    """Remember that Ctrl-C was pressed, until the next question.

    Terms of the solver are let go in ``__del__``, and what is raised there, as Ctrl-C raises it anywhere, is lost.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def remember(number: int, frame: FrameType | None) -> None:
        _stopped.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, remember)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        _stopped.clear()


class Solver(z3.Solver):  # type: ignore[misc]  # z3 tells no types
    """A solver that takes so many seconds for a question at most.

    Args:
        seconds: how long it may take.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.set("timeout", max(1, int(min(1000 * seconds, _MOST))))

    def check(self, *assumptions: Term) -> z3.CheckSatResult:
        """Return whether there is a model.

        Raises:
            KeyboardInterrupt: if Ctrl-C was pressed. The solver takes the signal and only says that it cannot tell.
        """
        if _stopped.is_set():
            raise KeyboardInterrupt
        answer = super().check(*assumptions)
        if _stopped.is_set() or (answer == z3.unknown and self.reason_unknown() == "interrupted from keyboard"):
            raise KeyboardInterrupt
        return answer
