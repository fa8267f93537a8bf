"""Types: the kinds of atoms in a sequence, or ``selector``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from raspir.ir.atoms import Atom


class Type:
    """A set of kinds: a union of ``bool``, ``int``, ``float``, ``str`` and ``none``, or ``selector`` alone.

    Types are interned, so ``is`` and ``==`` agree. ``bool`` and ``int`` are distinct kinds, although Python's ``bool``
    is a subclass of ``int``.
    """

    __slots__ = ("_mask", "kinds")

    kinds: tuple[Type, ...]
    """The single kinds of this union, in a fixed order."""

    def __init__(self, mask: int) -> None:
        self._mask = mask

    def __or__(self, other: Type) -> Type:
        return _TYPES[self._mask | other._mask]

    def __and__(self, other: Type) -> Type:
        return _TYPES[self._mask & other._mask]

    def __contains__(self, other: Type) -> bool:
        """Return whether ``other`` is a subtype of this type."""
        return other._mask & ~self._mask == 0

    def __bool__(self) -> bool:
        return self._mask != 0

    def __str__(self) -> str:
        if self is ATOM:
            return "atom"
        return "|".join(name for bit, name in _NAMES.items() if bit & self._mask) or "nothing"

    def __repr__(self) -> str:
        return f"Type({self})"

    def __reduce__(self) -> tuple[object, ...]:
        return (_of_mask, (self._mask,))


_NAMES = {1: "bool", 2: "int", 4: "float", 8: "str", 16: "none", 32: "selector"}
_TYPES = tuple(Type(mask) for mask in range(64))
for _type in _TYPES:
    _type.kinds = tuple(_TYPES[bit] for bit in _NAMES if bit & _type._mask)


def _of_mask(mask: int) -> Type:
    return _TYPES[mask]


NOTHING = _TYPES[0]
"""The empty type: the result of a typing rule on ill-typed operands."""
BOOL, INT, FLOAT, STR, NONE, SELECTOR = (_TYPES[bit] for bit in _NAMES)
NUMBER = BOOL | INT | FLOAT
ATOM = NUMBER | STR | NONE
"""Any atom: the type of ``tokens`` without a vocabulary, and of the results of opaque functions."""

BY_NAME = {str(type_): type_ for type_ in (BOOL, INT, FLOAT, STR, NONE, SELECTOR, ATOM)}
"""The type names of the textual IR, which joins them by ``|`` for a union."""

_BY_CLASS = {bool: BOOL, int: INT, float: FLOAT, str: STR, type(None): NONE}


def type_of(atom: Atom) -> Type:
    """Return the kind of ``atom``."""
    return _BY_CLASS[type(atom)]


def union(types: Iterable[Type]) -> Type:
    """Return the union of ``types``; :data:`NOTHING` for none."""
    return reduce(Type.__or__, types, NOTHING)
