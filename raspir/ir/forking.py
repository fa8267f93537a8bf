"""Locks that are free in a forked process, whatever other threads were doing when it was forked."""

from __future__ import annotations

import os
import threading


class ForkSafe:
    """A re-entrant lock that a fork of the process waits for, so that what it protects is whole in the child.

    Attributes:
        lock: what to enter. The child has a new one: what threads that are gone did to the old one cannot be undone.
    """

    def __init__(self) -> None:
        self._renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self._acquire, after_in_parent=self._release, after_in_child=self._renew)

    def _acquire(self) -> None:
        self.lock.acquire()

    def _release(self) -> None:
        self.lock.release()

    def _renew(self) -> None:
        self.lock = threading.RLock()


# A fork takes the last first: a module that is being imported may make nodes.
making = ForkSafe()
"""Held while a node is made; re-entrant, as a garbage collection meanwhile may run code that makes nodes."""

importing = ForkSafe()
"""Held while modules are imported late: what another thread is importing is never finished in the child."""
