"""Backends: protocols, capabilities, the adapter around each backend, and the built-in backends."""

from __future__ import annotations

import sys
from types import ModuleType

from raspir.backends.base import BACKENDS


class _Backends(ModuleType):
    """A callable package, so that ``raspir.backends()`` and ``import raspir.backends.base`` share a name."""

    def __call__(self) -> tuple[str, ...]:
        """Return the names of all backends, built-in and installed."""
        return BACKENDS.names()


sys.modules[__name__].__class__ = _Backends
