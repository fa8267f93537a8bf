"""Backends: the contract, capabilities, the adapter around each backend, and those that raspir brings along."""

from __future__ import annotations

import sys
from types import ModuleType

from raspir.backends.base import BACKENDS


class _Backends(ModuleType):
    """A package that can be called: ``raspir.backends()`` and ``import raspir.backends.base as base`` share a name."""

    def __call__(self) -> tuple[str, ...]:
        """Return the names of all backends, built in and installed."""
        return BACKENDS.names()


sys.modules[__name__].__class__ = _Backends
