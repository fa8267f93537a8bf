"""For those who test what they build on raspir: generated programs and inputs, and what is wrong made small.

:func:`programs` and :func:`inputs_for` are strategies for hypothesis, which the extra ``raspir[testing]`` brings; they
are imported when they are first used. :class:`Setting` and :func:`difference` compare a program under passes and on a
backend with what it must yield, as ``raspir fuzz`` does; :func:`minimised` makes a failing program small.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raspir.testing.comparing import difference
    from raspir.testing.generate import Generated
    from raspir.testing.minimise import minimised
    from raspir.testing.settings import Setting
    from raspir.testing.strategies import inputs_for, programs

_MODULES = {
    "Generated": "generate",
    "Setting": "settings",
    "difference": "comparing",
    "inputs_for": "strategies",
    "minimised": "minimise",
    "programs": "strategies",
}

__all__ = ["Generated", "Setting", "difference", "inputs_for", "minimised", "programs"]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
