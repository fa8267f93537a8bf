"""Composed functions: one that takes tuples apart, composed with those that make them, needs no tuples as values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from raspir.ir.atoms import Atom
from raspir.ir.errors import MissingValueError
from raspir.ir.evaluation import checked

Function = Callable[..., Any]


@dataclass(frozen=True)
class Part:
    """An argument of a composed function: an atom, or what a function makes of some.

    Attributes:
        function: the function, ``None`` for an atom itself.
        count: the number of atoms that it takes.
        none: what it does where one of them is ``None``, as the attribute of ``map``.
    """

    function: Function | None
    count: int
    none: str

    def __call__(self, atoms: Sequence[Atom]) -> Any:
        """Return the argument.

        Raises:
            MissingValueError: if an atom is ``None`` and the function refuses it.
            ValueError: if the result is neither an atom nor a tuple.
        """
        if self.function is None:
            return atoms[0]
        if any(atom is None for atom in atoms):
            if self.none == "error":
                raise MissingValueError
            return None
        made = self.function(*atoms)
        return made if type(made) is tuple else checked(made)


@dataclass(frozen=True)
class Composed:
    """A function of what other functions make of the atoms, such as a tuple that it takes apart.

    Attributes:
        function: the function.
        parts: its arguments, which take the atoms in order.
        none: what the function does where one of the arguments is ``None``; ``value`` if it takes ``None`` like others.
    """

    function: Function
    parts: tuple[Part, ...]
    none: str

    def __call__(self, *atoms: Atom) -> Any:
        """Return the result on these atoms."""
        arguments, start = [], 0
        for part in self.parts:
            arguments.append(part(atoms[start : start + part.count]))
            start += part.count
        if self.none != "value" and any(argument is None for argument in arguments):
            if self.none == "error":
                raise MissingValueError
            return None
        return self.function(*arguments)

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions that are composed, the outer one first."""
        return (self.function, *(part.function for part in self.parts if part.function is not None))


class Chain:
    """One function after another: the outer one takes whatever the inner one returns, ``None`` included.

    A chain of chains can be long, so nothing here recurses.

    Args:
        function: the outer function, of one value.
        inner: the inner function.
    """

    __slots__ = ("function", "inner")

    def __init__(self, function: Function, inner: Function) -> None:
        self.function, self.inner = function, inner

    @property
    def functions(self) -> tuple[Function, ...]:
        """The functions of the chain, the outer one first."""
        found: list[Function] = []
        waiting: list[Function] = [self]
        while waiting:
            each = waiting.pop()
            if isinstance(each, Chain):
                waiting += (each.inner, each.function)
            else:
                found.append(each)
        return tuple(found)

    def __call__(self, *atoms: Any) -> Any:
        """Return the result of the outermost function."""
        *later, first = self.functions
        value = first(*atoms)
        for function in reversed(later):
            value = function(value)
        return value

    def __reduce__(self) -> tuple[object, ...]:
        return (chain, self.functions)


def chain(function: Function, *inner: Function) -> Function:
    """Return the chain of functions, the outer one first."""
    functions = [function, *inner]
    made = functions.pop()
    while functions:
        made = Chain(functions.pop(), made)
    return made
