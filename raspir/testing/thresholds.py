"""Backend thresholds between alternative algorithms, lowered so that small inputs exercise all of them.

A backend's modules are imported only when its thresholds are set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

_KERNELS = "raspir.backends.numpy.kernels"


def _never(size: int, n: int) -> bool:
    return False


def _several(run: Any) -> bool:
    return not run.single


_THRESHOLDS: Mapping[str, Mapping[str, tuple[tuple[str, str, int | Callable[..., bool]], ...]]] = {
    "numpy": {
        "long sums": ((f"{_KERNELS}.summation", "SMALL", 0),),
        "not small": ((f"{_KERNELS}.conditions", "small", _never), (f"{_KERNELS}.selections", "small", _never)),
        "large": ((f"{_KERNELS}.conditions", "_LARGE", 0),),
        "chunks": ((f"{_KERNELS}.execution", "CHUNK", 3),),
        "short rows": ((f"{_KERNELS}.selections", "are_short", _several),),
    }
}
"""Groups of thresholds by backend and name; each is a module, an attribute and its replacement value."""

LONG_SUMS = "long sums"
"""The group that lets float sums be reassociated."""


def thresholds(backend: str) -> tuple[str, ...]:
    """Return the names of a backend's threshold groups."""
    return tuple(_THRESHOLDS.get(backend, ()))


def replaced(backend: str, name: str) -> Iterator[tuple[Any, str, Any]]:
    """Yield the replacements in a group: module, attribute and value."""
    for module, attribute, value in _THRESHOLDS[backend][name]:
        yield import_module(module), attribute, value
