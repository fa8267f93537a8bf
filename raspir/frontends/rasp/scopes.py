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
        is_call: whether it is that of a call, which sees no value of an expression that its surroundings have begun.
        out: the last value of an expression, or of a part of one.
        last: the last value of a statement, which calls inside see as ``out``.
    """

    def __init__(
        self, creator: str, parent: Scope | None, reserved: frozenset[str] = frozenset(), *, is_call: bool = False
    ) -> None:
        self.creator, self.parent, self.is_call = creator, parent, is_call
        self.bound: dict[str, Value] = {}
        self._reserved = reserved
        self._exported_to: Scope | None = None
        self.out: Value = _UNKNOWN
        self.last: Value = _UNKNOWN

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
        is_outside = False
        while scope is not None:
            out = scope.last if is_outside else scope.out
            found = out if name == "out" else scope.bound.get(name, _UNKNOWN)
            if found is not _UNKNOWN:
                return found
            is_outside |= scope.is_call
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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Defined(Function):
    """A function that a program defines.

    Attributes:
        definition: its text.
        scope: the scope of its definition, in which its calls look up names.
    """

    definition: Definition
    scope: Scope
