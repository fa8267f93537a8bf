"""The value domain: a lattice of small sets of atoms, ranges of integers, and types."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from raspir.ir import Atom, Operation, Type
from raspir.ir.arithmetic import atom_size
from raspir.ir.atoms import FAILED, Failed, atom_key
from raspir.ir.evaluation import checked
from raspir.ir.ranges import LONGEST_BOUND, Bound, Range
from raspir.ir.types import ATOM, BOOL, INT, NONE, NUMBER, STR, type_of, union

LIMIT = 256
"""Cardinality beyond which a set of atoms is widened to a range or a type."""

_TRIALS = 4096  # most combinations of operand atoms on which an operation is evaluated


@dataclass(frozen=True)
class Domain(Range):
    """An over-approximation of the atoms of a value, at all positions of all inputs that satisfy the assumptions.

    If ``None`` is the only atom that is not an integer or a boolean, the bounds hold of all others.

    Attributes:
        atoms: the set of atoms, distinguished by type, in order of discovery; ``None`` if it has been widened.
    """

    atoms: tuple[Atom, ...] | None = None

    @staticmethod
    def of(atoms: Iterable[Atom]) -> Domain | None:
        """Return the domain of exactly these atoms, or ``None`` if there are none or too many."""
        held = {atom_key(atom): atom for atom in atoms}
        if not 0 < len(held) <= LIMIT:
            return None
        values = tuple(held.values())
        kinds = union(map(type_of, values))
        integers = [int(value) for value in values if isinstance(value, int)]
        if integers and kinds in BOOL | INT | NONE:
            return Domain(kinds, min(integers), max(integers), values)
        return Domain(kinds, atoms=values)

    @staticmethod
    def range(kinds: Type, low: Bound, high: Bound) -> Domain:
        """Return the domain of the integers or booleans in an interval, and of ``None`` if that is one of ``kinds``."""
        if kinds is NONE:
            return Domain(NONE, atoms=(None,))
        if kinds is BOOL:
            return Domain(BOOL, 0, 1, (False, True))
        if kinds is INT and low == high:
            return Domain(INT, low, high, (int(low),))
        return Domain(kinds, low, high)

    @property
    def boolean(self) -> bool:
        """Whether every atom is ``True`` or ``False``."""
        return self.kinds is BOOL

    @property
    def single(self) -> Atom | None:
        """The only atom, or ``None`` if there may be several, or the only one is ``None``."""
        return self.atoms[0] if self.atoms is not None and len(self.atoms) == 1 else None

    def join(self, other: Domain) -> Domain:
        """Return the join: an upper bound of both domains."""
        if self.atoms is not None and other.atoms is not None:
            both = Domain.of((*self.atoms, *other.atoms))
            if both is not None:
                return both
        kinds = self.kinds | other.kinds
        bounded = [each for each in (self, other) if each.kinds is not NONE]
        if bounded and kinds in BOOL | INT | NONE:
            return Domain.range(kinds, min(each.low for each in bounded), max(each.high for each in bounded))
        return Domain(kinds)

    @property
    def may_be_none(self) -> bool:
        """Whether ``None`` may be among the atoms."""
        return NONE in self.kinds

    def without(self, atom: Atom) -> Domain:
        """Return the domain of the atoms that do not equal ``atom``; this domain if nothing is known about them."""
        if self.atoms is not None:
            return Domain.of(each for each in self.atoms if each != atom) or self
        some = self.kinds & (NUMBER | STR)
        return Domain(some, self.low, self.high) if atom is None and some else self

    def is_apart_from(self, other: Domain) -> bool:
        """Return whether no atom of this domain can equal one of ``other``, by their kinds."""
        return not any(self.kinds & kinds and other.kinds & kinds for kinds in (NUMBER, STR, NONE))


ANYTHING = Domain(ATOM)


class TooLargeError(Exception):
    """A value that is too large to evaluate at compile time."""


def applied(operation: Operation, function: Callable[..., Any], atoms: Sequence[Atom]) -> Atom | Failed:
    """Return the result of an elementwise operation on atoms, or :data:`~raspir.ir.atoms.FAILED` if it fails.

    Args:
        operation: the operation.
        function: its scalar function.
        atoms: one for each operand.

    Raises:
        TooLargeError: if the result exceeds :data:`~raspir.ir.ranges.LONGEST_BOUND`.
    """
    if operation.size is not None and operation.size(*atoms) > LONGEST_BOUND:
        raise TooLargeError
    try:
        result = checked(function(*atoms))
    except (Exception, SystemExit):  # opaque functions may raise anything
        return FAILED
    if atom_size(result) > LONGEST_BOUND:
        raise TooLargeError
    return result


def tried(
    operation: Operation, function: Callable[..., Any], operands: Iterable[Domain]
) -> tuple[list[tuple[Atom, ...]], list[Atom]] | None:
    """Return the combinations of operand atoms on which an operation succeeds, with its results.

    ``None`` if an operand's atoms are unknown, there are too many combinations, or a result is too large.
    """
    sets = [operand.atoms for operand in operands]
    size = 1
    for each in sets:
        size *= len(each) if each is not None else _TRIALS + 1
    if size > _TRIALS:
        return None
    taken: list[tuple[Atom, ...]] = []
    results: list[Atom] = []
    for combination in itertools.product(*(each for each in sets if each is not None)):
        try:
            result = applied(operation, function, combination)
        except TooLargeError:
            return None
        if result is not FAILED:
            taken.append(combination)
            results.append(result)
    return taken, results
