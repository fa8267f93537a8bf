"""Atoms: the scalar values of a sequence at one position."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Set
from enum import Enum
from typing import Any, TypeGuard

from raspir.ir.errors import InputError, RaspirError

Atom = bool | int | float | str | None
"""An ``int`` (exact, any size), a ``float`` (never NaN), a ``bool``, a ``str``, or ``None`` for a missing value."""

ATOM_CLASSES: tuple[type, ...] = (bool, int, float, str, type(None))


PACKED = "\ufdd0"
"""The first character of a ``str`` that stands for a tuple (:mod:`raspir.ir.packing`): a Unicode noncharacter."""

_OPENING = f"{PACKED}("


class Failed(Enum):
    """The type of :data:`FAILED`."""

    FAILED = "failed"


FAILED = Failed.FAILED
"""The outcome of an operation that fails on some atoms, where ``None`` would be a result."""

_SHOWN = 60  # longest quotation of a value in an error message, in characters
_DECIMAL_BITS = 10_000  # print longer integers in hexadecimal: Python refuses to convert them to decimal


def as_atom(value: object) -> Atom:
    """Return ``value`` as an atom of exactly one of the atom classes.

    Convert instances of subclasses and NumPy scalars to the plain value.

    Raises:
        InputError: if ``value`` is not an atom; NaN is not one.
    """
    if type(value) not in ATOM_CLASSES:
        try:
            value = _plain(value)
        except RaspirError:
            raise
        except Exception as error:  # attribute access on a foreign object may run arbitrary code
            raise InputError(f"{show(value)} is not an atom: reading it raises {type(error).__name__}") from error
    if value != value:
        raise InputError("NaN is not an atom: numbers are totally ordered")
    return value  # type: ignore[return-value]  # _plain has checked the class


def given_atom(value: object) -> Atom:
    """Return an atom of the user, as :func:`as_atom`.

    Raises:
        InputError: also if it is a ``str`` that could stand for a tuple.
    """
    atom = as_atom(value)
    if type(atom) is str and atom.startswith(PACKED):
        raise InputError(f"a string cannot begin with U+{ord(PACKED):X}, a noncharacter, which marks tuples in raspir")
    return atom


def _plain(value: object) -> object:
    held = type(value)  # __class__ may lie
    if issubclass(held, int):
        return int.__int__(value)  # type: ignore[arg-type]  # int(value) may call an overridden __int__
    if issubclass(held, float):
        return float.__float__(value)  # type: ignore[arg-type]  # likewise
    if issubclass(held, str):
        return str.__str__(value)
    # NumPy scalars, recognized without importing NumPy: a shape of () and an item().
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        if getattr(value, "mask", False):
            raise InputError("a masked element is not an atom: fill it, as with array.filled(0)")
        item = value.item()
        if type(item) in ATOM_CLASSES:
            return item
    raise InputError(f"{show(value)} is not an atom (an atom is an int, a float, a bool, a str or None)")


def is_atom(value: object) -> TypeGuard[Atom]:
    """Return whether ``value`` is an atom as it stands: of one of the atom classes, and not NaN."""
    return type(value) in ATOM_CLASSES and value == value


def is_packed(atom: object) -> TypeGuard[str]:
    """Return whether ``atom`` is a ``str`` that stands for a tuple."""
    return type(atom) is str and atom.startswith(_OPENING)


def is_integer(atom: object) -> bool:
    """Return whether ``atom`` is an integer, as booleans are not."""
    return type(atom) is int


def is_boolean(atom: object) -> bool:
    """Return whether ``atom`` is a boolean."""
    return type(atom) is bool


def is_zero(atom: object) -> bool:
    """Return whether ``atom`` is the integer 0, as ``False`` and ``0.0`` are not."""
    return is_integer(atom) and atom == 0


def read_sequence(value: object, packed: bool = False) -> list[Atom]:
    """Return the atoms of ``value``: the characters of a ``str``, or the items of any other sequence.

    Args:
        value: the sequence.
        packed: whether an item may be a ``str`` that stands for a tuple, as those of the user may not.

    Raises:
        InputError: if ``value`` is not a sequence, or an item is not an atom; the message names the position.
    """
    read = as_atom if packed else given_atom
    atoms: list[Atom] = []
    for position, item in enumerate(_items(value)):
        try:
            atoms.append(read(item))
        except InputError as error:
            raise InputError(f"position {position}: {error.message}") from None
    return atoms


def is_one_of(value: object, choices: Iterable[str]) -> bool:
    """Return whether ``value`` is one of ``choices``, without calling a user-defined ``__eq__``."""
    return issubclass(type(value), str) and str.__str__(value) in choices


def read_mapping(value: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return the entries of a mapping of any class as a ``dict``.

    Raises:
        InputError: if reading the mapping fails.
    """
    try:
        return {key: value[key] for key in value}
    except Exception as error:
        raise InputError(f"{show(value)} is not a mapping: reading it raises {type(error).__name__}") from error


def _items(value: object) -> Iterator[object]:
    """Yield the items of ``value``; raise :class:`InputError` if iteration fails."""
    try:
        yield from _iterated(value)
    except RaspirError:  # a program reports by itself why it is not iterable
        raise
    except Exception as error:
        raise InputError(f"{show(value)} is not a sequence: reading it raises {type(error).__name__}") from error


def _iterated(value: object) -> Iterator[object]:
    error = InputError(f"{show(value)} is not a sequence: give a str or a list of atoms")
    if isinstance(value, Mapping | Set) or not isinstance(value, Iterable):
        raise error
    try:
        return iter(value)
    except TypeError:  # zero-dimensional NumPy arrays are Iterable, but iter() rejects them
        raise error from None


def atom_key(atom: Atom) -> tuple[object, ...]:
    """Return a key that two atoms share only if no program can distinguish them.

    ``True``, ``1`` and ``1.0`` have different keys, and so have ``0.0`` and ``-0.0``.
    """
    if type(atom) is float:
        return (float, atom, math.copysign(1.0, atom))
    return (type(atom), atom)


def equal_atoms(atom: Atom) -> tuple[Atom, ...]:
    """Return all atoms that equal ``atom`` in Python's sense, in an order of their kinds: of 1, also ``True``, 1.0."""
    if not isinstance(atom, int | float):
        return (atom,)
    found: list[Atom] = [truth for truth in (False, True) if truth == atom]
    if isinstance(atom, int) or atom.is_integer():
        found.append(int(atom))
    try:
        real = float(atom)
    except OverflowError:
        return tuple(found)
    found += ([0.0, -0.0] if real == 0 else [real]) if real == atom else []
    return tuple(found)


def distinct(values: object, packed: bool = False) -> tuple[Atom, ...]:
    """Return the distinct atoms of a sequence or set, in a canonical order.

    Args:
        values: the sequence or set.
        packed: as for :func:`read_sequence`.

    Raises:
        InputError: as :func:`read_sequence`.
    """
    given = list(values) if isinstance(values, Set) else values
    atoms = {atom_key(atom): atom for atom in read_sequence(given, packed)}
    return tuple(sorted(atoms.values(), key=lambda atom: (atom is None, type(atom).__name__, *atom_key(atom)[1:])))


def show_int(value: int) -> str:
    """Return ``value`` in decimal, or in hexadecimal if it exceeds Python's limit on decimal conversion."""
    return str(value) if value.bit_length() <= _DECIMAL_BITS else hex(value)


def show(value: Any) -> str:
    """Return a short one-line ``repr`` of ``value`` for an error message.

    A class whose ``repr`` is unsuitable for messages, such as a program's, defines ``_shown_as``.
    """
    shown_as = getattr(type(value), "_shown_as", None)
    try:
        if shown_as is not None:
            return str(shown_as())
        text = show_int(value) if type(value) is int else value[1:] if is_packed(value) else repr(value)
    except Exception:  # a user-defined __repr__ may raise, and must not hide the error being reported
        text = f"<{type(value).__name__}>"
    text = text.replace("\n", "\\n")
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 12]}…{text[-11:]}"
