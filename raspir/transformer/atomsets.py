"""Finite sets of atoms in canonical order, with arithmetic progressions of integers kept lazy."""

from __future__ import annotations

from collections.abc import Iterable
from math import copysign, gcd

from raspir.ir import Atom
from raspir.ir.atoms import atom_key, is_integer, show, show_int
from raspir.ir.ranges import Bound, Range
from raspir.ir.types import INT, type_of, union

Atoms = tuple[Atom, ...] | range
"""Distinct atoms in canonical order: ``None``, booleans, numbers ascending, strings ascending.

Atoms are distinguished by type: an integer precedes the equal float, and ``-0.0`` precedes ``0.0``. An arithmetic
progression of many integers is a ``range``: its size is :func:`size`, as ``len`` fails for huge ones, and membership is
:func:`contains`, as a ``range`` holds ``True``.
"""

_LAZY = 64  # integers from which an arithmetic progression is a range


def order(atom: Atom) -> tuple[object, ...]:
    """Return the sort key of the canonical order."""
    if atom is None:
        return (0,)
    if isinstance(atom, bool | str):
        return (1 if isinstance(atom, bool) else 3, atom)
    return (2, atom, isinstance(atom, float), copysign(1.0, atom) if atom == 0 else 0.0)


def is_negative_zero(atom: Atom) -> bool:
    """Return whether ``atom`` is ``-0.0``, which equals ``0.0``."""
    return isinstance(atom, float) and atom == 0 and copysign(1.0, atom) < 0


def canonical(atoms: Iterable[Atom]) -> Atoms:
    """Return the distinct ones of ``atoms`` in canonical order."""
    if isinstance(atoms, range):
        return atoms if size(atoms) >= _LAZY else tuple(atoms)
    found = tuple(sorted({atom_key(atom): atom for atom in atoms}.values(), key=order))
    if len(found) < _LAZY or not all(map(is_integer, found)):
        return found
    lazy = hull([found])
    return lazy if lazy is not None and size(lazy) == len(found) else found


def size(atoms: Atoms) -> int:
    """Return the number of ``atoms``."""
    if not isinstance(atoms, range):
        return len(atoms)
    return (atoms[-1] - atoms[0]) // atoms.step + 1 if atoms else 0


def contains(atoms: Atoms, atom: Atom) -> bool:
    """Return whether ``atom`` is one of ``atoms``, of the same type."""
    if isinstance(atoms, range):
        return is_integer(atom) and atom in atoms
    return any(atom_key(each) == atom_key(atom) for each in atoms)


def joined(parts: Iterable[Atoms], most: int) -> Atoms | None:
    """Return the union of sets of atoms; ``None`` if there are more than ``most`` in all and they are not integers.

    The union of more than ``most`` integers is widened to the arithmetic progression around them.
    """
    sets = [part for part in parts if part]
    if sum(map(size, sets)) <= most:
        return canonical(atom for part in sets for atom in part)
    return hull(sets)


def clipped(atoms: Atoms, low: Bound, high: Bound) -> Atoms:
    """Return the integers and booleans ``atoms`` that are at least ``low`` and at most ``high``."""
    if not isinstance(atoms, range):
        return tuple(atom for atom in atoms if isinstance(atom, int) and low <= atom <= high)
    first = 0 if low <= atoms[0] else -((atoms[0] - int(low)) // atoms.step)
    last = size(atoms) if high >= atoms[-1] else max(0, (int(high) - atoms[0]) // atoms.step + 1)
    return canonical(atoms[first:last])


def hull(parts: Iterable[Atoms]) -> range | None:
    """Return the least ascending progression that holds some sets of integers, ``None`` if others are among them."""
    integers: list[int] = []
    step = 0
    for part in parts:
        if isinstance(part, range):
            step = gcd(step, part.step)
            integers += part[0], part[-1]
            continue
        for atom in part:
            if type(atom) is not int:
                return None
            integers.append(atom)
    step = gcd(step, *(each - integers[0] for each in integers))
    return range(min(integers), max(integers) + 1, step or 1) if integers else None


def as_range(atoms: Atoms) -> Range:
    """Return the kinds of non-empty ``atoms``, and the bounds of its integers and booleans."""
    if isinstance(atoms, range):
        return Range(INT, atoms[0], atoms[-1])
    integers = [int(atom) for atom in atoms if isinstance(atom, int)]
    kinds = union(map(type_of, atoms))
    return Range(kinds, min(integers), max(integers)) if integers else Range(kinds)


def described(atoms: Atoms) -> str:
    """Return a short description of ``atoms`` for a message."""
    if isinstance(atoms, range):
        steps = f" in steps of {show_int(atoms.step)}" if atoms.step > 1 else ""
        return f"the integers from {show_int(atoms[0])} to {show_int(atoms[-1])}{steps}"
    return ", ".join(map(show, atoms[:6])) + (f", … ({len(atoms):,} atoms)" if len(atoms) > 6 else "")
