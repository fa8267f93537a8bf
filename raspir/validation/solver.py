"""The SMT solver as it is asked here: for some seconds; who presses Ctrl-C stops the program and not the question."""

from __future__ import annotations

import z3

from raspir.runtime.interrupts import raise_held
from raspir.validation.values import Term

_MOST = 2**31 - 1  # milliseconds: the solver keeps them in 32 bits


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
        raise_held()
        answer = super().check(*assumptions)
        if answer == z3.unknown and self.reason_unknown() == "interrupted from keyboard":
            raise KeyboardInterrupt
        return answer
