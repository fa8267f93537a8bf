"""The value domain: a lattice of small sets of atoms, ranges of integers, and types."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from raspir.analysis.intset import MOST_BITS, Bound, plus, product
from raspir.ir import Atom, Type
from raspir.ir import evaluation as scalar
from raspir.ir.atoms import atom_key
from raspir.ir.evaluation import checked
from raspir.ir.types import ATOM, BOOL, INT, NUMBER, STR, type_of, union

LIMIT = 256
"""Cardinality beyond which a set of atoms is widened to a range or a type."""

_TRIALS = 4096  # most combinations of operand atoms on which an operation is evaluated


@dataclass(frozen=True)
class Domain:
    """An over-approximation of the atoms of a value, at all positions of all inputs that satisfy the assumptions.

    Attributes:
        kinds: the types of the atoms.
        atoms: the set of atoms, distinguished by type, in order of discovery; ``None`` if it has been widened.
        low: a lower bound; meaningful only if all atoms are integers or booleans.
        high: an upper bound, likewise.
    """

    kinds: Type
    atoms: tuple[Atom, ...] | None = None
    low: Bound = -inf
    high: Bound = inf

    @staticmethod
    def of(atoms: Iterable[Atom]) -> Domain | None:
        """Return the domain of exactly these atoms, or ``None`` if there are none or too many."""
        held = {atom_key(atom): atom for atom in atoms}
        if not 0 < len(held) <= LIMIT:
            return None
        values = tuple(held.values())
        kinds = union(map(type_of, values))
        if kinds in BOOL | INT:
            return Domain(kinds, values, int(min(values)), int(max(values)))
        return Domain(kinds, values)

    @staticmethod
    def range(kinds: Type, low: Bound, high: Bound) -> Domain:
        """Return the domain of the integers (or booleans) in an interval."""
        if kinds is BOOL:
            return Domain(BOOL, (False, True), 0, 1)
        if kinds is INT and low == high:
            return Domain(INT, (int(low),), low, high)
        return Domain(kinds, None, low, high)

    @property
    def integral(self) -> bool:
        """Whether every atom is an integer or a boolean, so that arithmetic is exact."""
        return self.kinds in BOOL | INT

    @property
    def bits(self) -> Bound:
        """An upper bound on the bit length of the integers."""
        ends = abs(self.low), abs(self.high)
        return inf if inf in ends else max(int(end).bit_length() for end in ends)

    @property
    def boolean(self) -> bool:
        """Whether every atom is ``True`` or ``False``."""
        return self.kinds is BOOL

    @property
    def single(self) -> Atom | None:
        """The only atom, or ``None`` if there may be several."""
        return self.atoms[0] if self.atoms is not None and len(self.atoms) == 1 else None

    def join(self, other: Domain) -> Domain:
        """Return the join: an upper bound of both domains."""
        if self.atoms is not None and other.atoms is not None:
            both = Domain.of((*self.atoms, *other.atoms))
            if both is not None:
                return both
        kinds = self.kinds | other.kinds
        if self.integral and other.integral:
            return Domain.range(kinds, min(self.low, other.low), max(self.high, other.high))
        return Domain(kinds)


ANYTHING = Domain(ATOM)


class TooLargeError(Exception):
    """A value that is too large to evaluate at compile time."""


def applied(name: str, function: Callable[..., Any], atoms: Sequence[Atom]) -> Atom | None:
    """Return the result of an elementwise operation on atoms, or ``None`` if it fails.

    Args:
        name: the name of the operation.
        function: its scalar function.
        atoms: one for each operand.

    Raises:
        TooLargeError: if the result exceeds :data:`MOST_BITS`.
    """
    if name in ("pow", "mul") and _bits_of_result(name, atoms) > MOST_BITS:
        raise TooLargeError
    try:
        result = checked(function(*atoms))
    except (Exception, SystemExit):  # opaque functions may raise anything
        return None
    if _bits(result) > MOST_BITS:
        raise TooLargeError
    return result


def _bits(atom: Atom) -> int:
    if isinstance(atom, str):
        return 8 * len(atom)
    return atom.bit_length() if isinstance(atom, int) else 64


def _bits_of_result(operation: str, atoms: Sequence[Any]) -> int:
    """Return an estimate of the bits of a ``pow`` or ``mul``, so that excessive results are never computed."""
    a, b = atoms
    if operation == "pow":
        return _bits(a) * abs(b) if isinstance(a, int) and isinstance(b, int) else 0
    if isinstance(a, str) or isinstance(b, str):
        text, times = (a, b) if isinstance(a, str) else (b, a)
        return _bits(text) * times if isinstance(times, int) else 0
    return 0


def tried(
    name: str, function: Callable[..., Any], operands: Iterable[Domain]
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
            result = applied(name, function, combination)
        except TooLargeError:
            return None
        if result is not None:
            taken.append(combination)
            results.append(result)
    return taken, results


def bounded(name: str, operands: list[Domain]) -> tuple[Bound, Bound]:
    """Return bounds of the integer results of an elementwise operation: interval arithmetic on its operands."""
    if not all(operand.integral for operand in operands):
        return -inf, inf
    if name == "add":
        a, b = operands
        return plus(a.low, b.low), plus(a.high, b.high)
    if name == "sub":
        a, b = operands
        return plus(a.low, -b.high), plus(a.high, -b.low)
    if name == "round":
        return operands[0].low, operands[0].high
    if name == "neg":
        return -operands[0].high, -operands[0].low
    if name == "abs":
        low, high = operands[0].low, operands[0].high
        return max(low, -high, 0), max(abs(low), abs(high))
    if name == "mul":
        return product(*((operand.low, operand.high) for operand in operands))
    if name == "mod" and operands[1].low > 0:
        return 0, min(operands[1].high - 1, operands[0].high if operands[0].low >= 0 else inf)
    if name == "floordiv" and operands[1].low > 0:
        a = operands[0]
        return (0 if a.low >= 0 else a.low), (a.high if a.high >= 0 else -1)
    return -inf, inf


def may_be_too_large(name: str, operands: list[Domain]) -> bool:
    """Return whether an operation on integers may exceed :data:`raspir.ir.evaluation.MOST_BITS`."""
    if name not in ("mul", "floordiv", "mod", "pow") or not all(operand.integral for operand in operands):
        return False
    a, b = (operand.bits for operand in operands)
    if name == "pow":
        return a * max(operands[1].high, 0) > scalar.MOST_BITS if a else False
    return (a + b if name == "mul" else max(a, b)) > scalar.MOST_BITS


def cannot_fail(name: str, operands: list[Domain]) -> bool:
    """Return whether an elementwise operation is total on its operands' domains."""
    if name in ("eq", "ne", "where", "has", "lookup"):
        return True
    if name == "map":
        return False
    if all(operand.integral for operand in operands):
        if name in ("truediv", "pow") or may_be_too_large(name, operands):
            return False
        return name not in ("floordiv", "mod") or operands[1].low > 0 or operands[1].high < 0
    if name in ("lt", "le", "gt", "ge"):
        return all(d.kinds in NUMBER for d in operands) or all(d.kinds is STR for d in operands)
    return False
