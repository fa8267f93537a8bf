"""An SMT solver with a time limit, which Ctrl-C interrupts."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import z3

from raspir.runtime.interrupts import raise_held
from raspir.validation.values import Term

_MOST = 2**31 - 1  # milliseconds, which the solver stores in 32 bits
_POLL = 0.1  # seconds between two checks for Ctrl-C


class Solver(z3.Solver):  # type: ignore[misc]  # z3 is untyped
    """A solver with a timeout for each query.

    Args:
        seconds: the timeout.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.set("timeout", max(1, int(min(1000 * seconds, _MOST))))
        self.set("ctrl_c", False)  # the solver would take the signal, and drop it when it is about to answer

    def check(self, *assumptions: Term) -> z3.CheckSatResult:
        """Return whether the constraints are satisfiable.

        The solver runs in a thread, so that the main thread, which alone receives signals, can stop it.

        Raises:
            KeyboardInterrupt: if Ctrl-C was pressed.
        """
        raise_held()
        if threading.current_thread() is not threading.main_thread():
            return super().check(*assumptions)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(super().check, *assumptions)
            try:
                while not wait([answer], _POLL).done:
                    raise_held()
            except KeyboardInterrupt:
                self.interrupt()
                raise
        return answer.result()
