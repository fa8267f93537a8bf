"""Locks that are unlocked in a forked child, whatever other threads held at the time of the fork."""

from __future__ import annotations

import os
import threading


class ForkSafe:
    """A re-entrant lock that is acquired around a fork, so that the state it protects is consistent in the child.

    Attributes:
        lock: the lock itself. The child gets a new one, as the owner of the old one may not exist there.
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


# Before a fork, locks are acquired in reverse order of creation: importing a module may build nodes.
making = ForkSafe()
"""Held while a node is interned; re-entrant, as garbage collection may run code that builds nodes."""

importing = ForkSafe()
"""Held during late imports: an import in progress in another thread is never finished in the child."""
