"""Testing tools for extensions of raspir: program and input generators, differential comparison, and minimization.

:func:`programs` and :func:`inputs_for` are hypothesis strategies; they require the extra ``testing`` and are
imported on first use. :class:`Setting` and :func:`difference` compare a program, under given passes and a backend, with
the reference, as ``raspir fuzz`` does; :func:`minimized` shrinks a failing program.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raspir.testing.comparing import difference
    from raspir.testing.generate import Generated
    from raspir.testing.minimize import minimized
    from raspir.testing.settings import Setting
    from raspir.testing.strategies import inputs_for, programs

_MODULES = {
    "Generated": "generate",
    "Setting": "settings",
    "difference": "comparing",
    "inputs_for": "strategies",
    "minimised": "minimize",  # former name
    "minimized": "minimize",
    "programs": "strategies",
}

__all__ = ["Generated", "Setting", "difference", "inputs_for", "minimized", "programs"]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
