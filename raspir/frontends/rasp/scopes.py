"""Scopes: the names of the console, of a file, or of one call; and functions, which keep the scope that they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from raspir.frontends.rasp.faults import RefusedError
from raspir.frontends.rasp.syntax import Definition
from raspir.frontends.rasp.values import Function, Value

RESERVED = frozenset(
    (
        "out", "True", "False", "indices", "tokens_asis", "tokens_str", "tokens_int", "tokens_float", "tokens_bool",
        "get", "len", "zip", "range",
    )
)  # fmt: skip
"""The names that no program may bind, beside the keywords."""

_UNKNOWN = object()


class Scope:
    """Names with values, inside another scope.

    Attributes:
        creator: where functions defined in it say that they come from.
        parent: the scope in which names are looked up that this one does not bind.
        bound: the names bound here, in order.
        out: the last value shown or bound; in a call, the caller cannot see it.
    """

    def __init__(self, creator: str, parent: Scope | None, reserved: frozenset[str] = frozenset()) -> None:
        self.creator, self.parent = creator, parent
        self.bound: dict[str, Value] = {}
        self._reserved = reserved
        self._exported_to: Scope | None = None
        self.out: Value = _UNKNOWN

    def exporting_to(self, scope: Scope) -> Scope:
        """Return this scope, after it has been made to bind each public name in ``scope``, too."""
        self._exported_to = scope
        return self

    def lookup(self, name: str) -> Value:
        """Return the value of ``name``.

        Raises:
            RefusedError: if it has none.
        """
        scope: Scope | None = self
        while scope is not None:
            found = scope.out if name == "out" else scope.bound.get(name, _UNKNOWN)
            if found is not _UNKNOWN:
                return found
            scope = scope.parent
        raise RefusedError(f"Error: Undefined variable: {name}")

    def bind(self, names: Iterable[str], values: Iterable[Value]) -> None:
        """Bind each name to its value, or none of them.

        Raises:
            RefusedError: if a name is reserved.
        """
        new = dict(zip(names, values, strict=True))
        for name in new:
            for scope in self._binding(name):
                if name in RESERVED or name in scope._reserved:
                    raise RefusedError(f"Error: Cannot set reserved name: {name}")
        for name, value in new.items():
            for scope in self._binding(name):
                scope.bound[name] = value

    def _binding(self, name: str) -> Iterator[Scope]:
        """Yield the scopes in which a binding of ``name`` here takes effect."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = None if name.startswith("_") else scope._exported_to

    def visible(self) -> list[str]:
        """Return all names that have a value here, without repetition."""
        names: dict[str, None] = {}
        scope: Scope | None = self
        while scope is not None:
            names.update(dict.fromkeys(scope.bound))
            scope = scope.parent
        return list(names)


@dataclass(frozen=True, slots=True, eq=False)
class Defined(Function):
    """A function that a program defines.

    Attributes:
        definition: its text.
        scope: the scope of its definition, in which its calls look up names.
    """

    definition: Definition
    scope: Scope
