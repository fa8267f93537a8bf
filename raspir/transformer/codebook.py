"""Code numbers: the number by which a direction of the residual stream holds an atom."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count, pairwise
from math import inf
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from raspir.ir import Atom
from raspir.transformer.atomsets import Atoms, size

Numbers = NDArray[np.float64]

_HUGE = 1 << 60  # numbers from which on logits, which hold their squares, may be too large for float32
_FINE = 50  # bits of the largest number that are left for codes beyond it
_CLOSE = 1e-9  # relative difference of floats that share a number
_LARGE = 1 << 20  # numbers larger than this have squares that no score holds
_FAR = 1 << 12  # numbers this many times larger than their least difference are no codes


def numbers_of(atoms: Atoms, distinct: bool = True) -> Numbers:
    """Return the code number of each of ``atoms``: of a number itself, of others an integer beyond all numbers.

    Floats that differ by rounding at most share a number.

    Args:
        atoms: the domain of a value.
        distinct: give equal numbers of different types, as ``1``, ``1.0`` and ``True``, different codes: all but the
            first such integers, too; and let places stand for numbers that are large for their differences.
    """
    if isinstance(atoms, range):
        return atoms.start + atoms.step * np.arange(size(atoms), dtype=np.float64)
    numbers = sorted({float(atom) for atom in atoms if is_countable(atom)})
    same = _merged(numbers)
    if distinct and _are_far_apart(sorted(set(same.values())), len(atoms) > len(numbers)):
        return np.arange(len(atoms), dtype=np.float64)
    top = int(max(numbers, default=-1.0))
    step = max(1, top >> _FINE)
    beyond = count(top + step, step)
    codes: list[float] = []
    kinds: dict[float | None, type[object]] = {}
    exact: set[Atom] = set()
    for atom in atoms:
        code = same[float(atom)] if is_countable(atom) else None
        rounded = isinstance(atom, float) and kinds.get(code) is float and atom not in exact
        taken = distinct and code in codes and not rounded
        codes.append(float(next(beyond)) if code is None or taken else code)
        kinds.setdefault(codes[-1], type(atom))
        exact.add(atom)
    return np.array(codes)


def _merged(numbers: list[float]) -> dict[float, float]:
    """Return for each of ascending numbers the first of those from which it differs by rounding at most."""
    found: dict[float, float] = {}
    for low, number in pairwise([-inf, *numbers]):
        found[number] = found[low] if number - low <= _CLOSE * max(abs(low), abs(number)) < inf else number
    return found


def _are_far_apart(numbers: list[float], beyond: bool) -> bool:
    """Return whether numbers are too large, at all or for their differences, so that their places stand for them.

    Args:
        numbers: the numbers, ascending.
        beyond: whether integers beyond them stand for other atoms.
    """
    gaps = [high - low for low, high in pairwise(numbers)] + [1.0] * beyond
    return bool(numbers) and max(abs(numbers[0]), abs(numbers[-1])) > min(_LARGE, _FAR * min(gaps, default=1.0))


def is_countable(atom: Atom) -> TypeGuard[int | float]:
    """Return whether ``atom`` is a number that a float may stand for."""
    return isinstance(atom, int | float) and abs(atom) < _HUGE


def ranks_of(atoms: Sequence[Atom]) -> Numbers:
    """Return the rank of each atom in ascending order, equal ones sharing theirs."""
    numbers = sorted({atom for atom in atoms if isinstance(atom, int | float)})
    texts = sorted({atom for atom in atoms if isinstance(atom, str)})
    rank = {number: at for at, number in enumerate(numbers)}
    of_texts = {text: at for at, text in enumerate(texts)}
    return np.array(
        [
            float(rank[atom])
            if isinstance(atom, int | float)
            else float(of_texts.get(atom, 0))
            if isinstance(atom, str)
            else 0.0
            for atom in atoms
        ]
    )
