"""Thresholds of backends: where they turn to other ways of doing the same, set so that small inputs reach all of these.

The modules of a backend are imported when its thresholds are set.
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
"""By the names of backends, what is set together: a module, a name in it and a value."""

LONG_SUMS = "long sums"
"""What has floats added in another order than from left to right."""


def thresholds(backend: str) -> tuple[str, ...]:
    """Return the names of what can be set of a backend."""
    return tuple(_THRESHOLDS.get(backend, ()))


def replaced(backend: str, name: str) -> Iterator[tuple[Any, str, Any]]:
    """Yield what is set under a name: the module, the name in it and the value."""
    for module, attribute, value in _THRESHOLDS[backend][name]:
        yield import_module(module), attribute, value
