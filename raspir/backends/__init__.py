"""Backends: what runs programs, and what writes them. ``raspir.backends()`` lists them."""

from __future__ import annotations

import sys
from types import ModuleType

from raspir.backends.base import BACKENDS


class _Backends(ModuleType):
    """This package as a function as well: ``raspir.backends()`` and ``raspir.backends.base`` share a name."""

    def __call__(self) -> tuple[str, ...]:
        """Return the names of all backends, built in and installed."""
        return BACKENDS.names()


sys.modules[__name__].__class__ = _Backends
