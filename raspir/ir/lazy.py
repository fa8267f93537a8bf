"""Attributes computed on first use."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def cached_property(function: Callable[[Any], T]) -> functools.cached_property[T]:
    """Return a :class:`functools.cached_property` without the lock that Python 3.11 holds while computing it.

    A process forked while another thread holds that lock would deadlock.
    """
    made = functools.cached_property(function)
    made.lock = contextlib.nullcontext()  # type: ignore[attr-defined]  # Python 3.12 has removed the lock
    return made
