"""Tuples as values of sequences: a ``str`` stands for a tuple wherever an atom is needed.

It consists of the character :data:`~raspir.ir.atoms.PACKED`, with which no string of the user may begin, and the tuple
as Python writes it. Items keep their types, so the equal tuples ``(1,)`` and ``(True,)`` are two atoms; where tuples
are compared, :func:`canonical` makes them one.
"""

from __future__ import annotations

from ast import literal_eval
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, isinf
from typing import Any

from raspir.ir.atoms import PACKED, Atom, atom_key, given_atom, is_packed, show_int
from raspir.ir.errors import InputError

DEEPEST = 50
"""The limit on the nesting of tuples, which Python's parser has as well."""

_REMEMBERED = 1 << 16  # tuples, as predicates meet each of them once per partner
_INFINITE = "1e999"  # an infinite float, which Python writes as a name


def pack(value: tuple[Any, ...]) -> str:
    """Return the ``str`` that stands for a tuple of atoms and of such tuples.

    Raises:
        ValueError: if an item is neither, or tuples are nested more than :data:`DEEPEST` deep.
    """
    return PACKED + _written(value, 1)


def _written(value: object, depth: int) -> str:
    if type(value) is tuple:
        if depth > DEEPEST:
            raise ValueError(f"the result is a tuple of tuples, nested more than {DEEPEST} deep")
        items = ", ".join([_written(item, depth + 1) for item in value])
        return f"({items},)" if len(value) == 1 else f"({items})"
    try:
        atom = given_atom(value)
    except InputError as error:
        raise ValueError(f"the result is a tuple, and {error.message}") from None
    if type(atom) is float and isinf(atom):
        return _INFINITE if atom > 0 else f"-{_INFINITE}"
    return show_int(atom) if type(atom) is int else repr(atom)


@lru_cache(_REMEMBERED)
def _read(text: str) -> Any:
    try:
        value = literal_eval(text[1:])
        is_written_so = type(value) is tuple and pack(value) == text
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):  # a text that functions have made
        return text
    return value if is_written_so else text


def unpack(atom: Atom) -> Any:
    """Return the tuple that ``atom`` stands for, or else ``atom`` itself."""
    return _read(atom) if is_packed(atom) else atom


def unpack_all(atoms: Iterable[Atom]) -> list[Any]:
    """Return the atoms of a list, with each tuple in place of the atom that stands for it."""
    return [unpack(atom) for atom in atoms]


def pack_all(values: Iterable[Any]) -> list[Atom]:
    """Return the values of a list, with each tuple replaced by the atom that stands for it."""
    return [pack(value) if type(value) is tuple else value for value in values]


def value_key(value: Any) -> tuple[object, ...]:
    """Return a key that two atoms or tuples share only if no program can distinguish them.

    The second item is ``value``.
    """
    return (tuple, value, pack(value)) if type(value) is tuple else atom_key(value)


def canonical(value: Any) -> Any:
    """Return a tuple that equals ``value``: the same one for all equal tuples, with whole numbers as integers.

    The atoms that stand for canonical tuples are equal if the tuples are. Other values are returned as they are.
    """
    return tuple(map(_canonical, value)) if type(value) is tuple else value


def _canonical(item: Any) -> Any:
    if type(item) is bool or (type(item) is float and isfinite(item) and item.is_integer()):
        return int(item)
    return canonical(item)


@dataclass(frozen=True)
class Packing:
    """A function that makes tuples, with results packed into atoms.

    Attributes:
        function: the function.
    """

    function: Callable[..., Any]

    def __call__(self, *atoms: Atom) -> Any:
        """Return the result on these atoms.

        Raises:
            ValueError: if the result is a tuple of anything but atoms and tuples.
        """
        made = self.function(*atoms)
        return pack(made) if type(made) is tuple else made
