"""A memo of what is known of expressions."""

from __future__ import annotations

import weakref
from typing import Generic, TypeVar

from raspir.frontends.expressions import Expression

V = TypeVar("V")


class Memo(Generic[V]):
    """Values by expression: an entry goes when the expression does, which no dict of weak references does.

    Those compare their keys by ``==``, of which a program makes a program.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Expression], V]] = {}

    def __contains__(self, expression: object) -> bool:
        return id(expression) in self._entries

    def __getitem__(self, expression: Expression) -> V:
        return self._entries[id(expression)][1]

    def get(self, expression: Expression) -> V | None:
        """Return the value of ``expression``, or ``None`` if it has none."""
        entry = self._entries.get(id(expression))
        return None if entry is None else entry[1]

    def __setitem__(self, expression: Expression, value: V) -> None:
        key, entries = id(expression), self._entries

        def drop(_: weakref.ref[Expression]) -> None:
            entries.pop(key, None)

        entries[key] = weakref.ref(expression, drop), value
