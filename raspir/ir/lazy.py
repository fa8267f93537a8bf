"""Attributes that are computed when they are first needed."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def cached_property(function: Callable[[Any], T]) -> functools.cached_property[T]:
    """Return the attribute that ``function`` computes once, without the lock that Python 3.11 holds meanwhile.

    A process that is forked while another thread holds that lock would wait for it for ever.
    """
    made = functools.cached_property(function)
    made.lock = contextlib.nullcontext()  # type: ignore[attr-defined]  # which later versions neither have nor need
    return made
