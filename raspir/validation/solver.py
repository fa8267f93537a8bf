"""The SMT solver with a timeout, and with Ctrl-C interrupting the program rather than the query."""

from __future__ import annotations

import z3

from raspir.runtime.interrupts import raise_held
from raspir.validation.values import Term

_MOST = 2**31 - 1  # milliseconds, which the solver stores in 32 bits


class Solver(z3.Solver):  # type: ignore[misc]  # z3 is untyped
    """A solver with a timeout for each query.

    Args:
        seconds: the timeout.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.set("timeout", max(1, int(min(1000 * seconds, _MOST))))

    def check(self, *assumptions: Term) -> z3.CheckSatResult:
        """Return whether the constraints are satisfiable.

        Raises:
            KeyboardInterrupt: if Ctrl-C was pressed; the solver consumes the signal and merely answers ``unknown``.
        """
        raise_held()
        answer = super().check(*assumptions)
        if answer == z3.unknown and self.reason_unknown() == "interrupted from keyboard":
            raise KeyboardInterrupt
        return answer
