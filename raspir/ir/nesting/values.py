"""What is known of the values in a call of Python code: how deeply tuples may be nested in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from raspir.ir.packing import DEEPEST

UNKNOWN = object()
NULL = object()
"""What precedes or follows a function that is called as no method, depending on the version of Python."""


class Value(NamedTuple):
    """What is known of a value.

    Attributes:
        depth: how deeply tuples may be nested in it; 0 if it is no tuple.
        items: the same of its items, if it is a container.
        known: the value itself, if known.
    """

    depth: int = 0
    items: int = 0
    known: Any = UNKNOWN


ATOM = Value()


def tuple_of(depth: int) -> Value:
    """Return a tuple of items of this depth."""
    items = min(depth, DEEPEST - 1)
    return Value(items + 1, items)


def nested(depth: int) -> Value:
    """Return a value of this depth."""
    return tuple_of(depth - 1) if depth else ATOM


def container_of(depth: int) -> Value:
    """Return a container other than a tuple, with items of this depth."""
    return Value(0, depth)


def item_of(container: Value) -> Value:
    """Return an item of a container."""
    return nested(container.items)


def value_of(known: object) -> Value:
    """Return a known value."""
    depth = _depth(known, DEEPEST)
    return Value(depth, max(depth - 1, 0), known)


def joined(first: Value, second: Value) -> Value:
    """Return what is known of a value that is one of two."""
    known = first.known if first.known is second.known else UNKNOWN
    return Value(max(first.depth, second.depth), max(first.items, second.items), known)


def deepest(values: Iterable[Value]) -> int:
    """Return the greatest depth of several values."""
    return max((each.depth for each in values), default=0)


def _depth(value: object, limit: int) -> int:
    if type(value) is not tuple or not limit:
        return 0
    return 1 + max((_depth(item, limit - 1) for item in value), default=0)
