"""The depth of Python's stack, and the errors of the language where it or the memory is exhausted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from raspir.frontends.rasp.faults import FailedError
from raspir.ir.location import Location

_FRAMES = 20_000
"""The depth of Python's stack for the deepest calls that :class:`~raspir.frontends.rasp.limits.Limits` admits."""


@contextmanager
def deep_stack() -> Iterator[None]:
    """Let Python's stack grow, since nested calls of the language are nested calls of Python."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@contextmanager
def exhaustion_reported(place: Location | None) -> Iterator[None]:
    """Convert the exhaustion of the stack or the memory to an error of the language."""
    try:
        yield
    except RecursionError:
        raise FailedError("the statement is nested too deeply", place) from None
    except MemoryError:
        raise FailedError("the statement needs more memory than there is", place) from None
