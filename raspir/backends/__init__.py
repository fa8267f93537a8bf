"""Backends: protocols, capabilities, the adapter around each backend, and the built-in backends."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

from raspir._forking import importing


class _Backends(ModuleType):
    """A callable package, so that ``raspir.backends()`` and ``import raspir.backends.base`` share a name."""

    def __call__(self) -> tuple[str, ...]:
        """Return the names of all backends, built-in and installed."""
        with importing.lock:
            from raspir.backends.base import BACKENDS  # deferred, as every program imports this package

        return BACKENDS.names()

    def __getattr__(self, name: str) -> object:
        if not name.startswith("_"):
            with importing.lock:
                import_module("raspir.backends.base")  # and with it the modules of this package that it needs
        if name not in vars(self):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return vars(self)[name]


sys.modules[__name__].__class__ = _Backends
