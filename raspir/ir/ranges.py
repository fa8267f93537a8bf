"""Ranges of atoms, and interval arithmetic on them: what the operands of an operation say about its result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

from raspir.ir.types import BOOL, FLOAT, INT, NUMBER, STR, Type

Bound = int | float
"""An integer, or an infinity for no bound."""

LONGEST_BOUND = 10_000
"""Limit on the bits of integers in compile-time evaluation and linear forms; longer bounds widen to infinity."""


@dataclass(frozen=True)
class Range:
    """An over-approximation of the atoms of a value.

    Attributes:
        kinds: the types of the atoms.
        low: a lower bound; meaningful only if all atoms are integers or booleans.
        high: an upper bound, likewise.
    """

    kinds: Type
    low: Bound = -inf
    high: Bound = inf

    @property
    def integral(self) -> bool:
        """Whether every atom is an integer or a boolean, so that arithmetic is exact."""
        return self.kinds in BOOL | INT

    @property
    def bits(self) -> Bound:
        """An upper bound on the bit length of the integers."""
        return max(map(bits, (self.low, self.high)))


def bits(bound: Bound) -> Bound:
    """Return the bit length of ``bound``, infinite if it is no bound."""
    return inf if bound in (-inf, inf) else int(bound).bit_length()


def plus(a: Bound, b: Bound) -> Bound:
    """Return ``a + b``, where an infinity absorbs even integers beyond the range of floats."""
    if a in (-inf, inf):
        return a
    return b if b in (-inf, inf) else a + b


def times(a: Bound, b: Bound) -> Bound:
    """Return ``a * b``, where zero times infinity is zero."""
    if not a or not b:
        return 0
    if a in (-inf, inf) or b in (-inf, inf):
        return inf if (a > 0) == (b > 0) else -inf
    return a * b


def product(a: tuple[Bound, Bound], b: tuple[Bound, Bound]) -> tuple[Bound, Bound]:
    """Return the product of two intervals, widened if its bounds would be too long."""
    finite = [[bits(end) for end in ends if end not in (-inf, inf)] for ends in (a, b)]
    if sum(max(lengths, default=0) for lengths in finite) > LONGEST_BOUND:
        return (0 if a[0] >= 0 and b[0] >= 0 else -inf), inf
    ends = [times(x, y) for x in a for y in b]
    return min(ends), max(ends)


# Bounds of the results of operations on integers

Bounds = Callable[..., tuple[Bound, Bound]]
"""A function from one integral range for each operand to the least and the greatest integer result."""


def unbounded(*operands: Range) -> tuple[Bound, Bound]:
    """Bound nothing."""
    return -inf, inf


def of_add(a: Range, b: Range) -> tuple[Bound, Bound]:
    """Bound ``a + b``."""
    return plus(a.low, b.low), plus(a.high, b.high)


def of_sub(a: Range, b: Range) -> tuple[Bound, Bound]:
    """Bound ``a - b``."""
    return plus(a.low, -b.high), plus(a.high, -b.low)


def of_mul(a: Range, b: Range) -> tuple[Bound, Bound]:
    """Bound ``a * b``."""
    return product((a.low, a.high), (b.low, b.high))


def of_floordiv(a: Range, b: Range) -> tuple[Bound, Bound]:
    """Bound ``a // b``, for positive ``b``."""
    return (min(a.low, 0), a.high if a.high >= 0 else -1) if b.low > 0 else unbounded()


def of_mod(a: Range, b: Range) -> tuple[Bound, Bound]:
    """Bound ``a % b``, for positive ``b``."""
    return (0, min(b.high - 1, a.high if a.low >= 0 else inf)) if b.low > 0 else unbounded()


def of_neg(a: Range) -> tuple[Bound, Bound]:
    """Bound ``-a``."""
    return -a.high, -a.low


def of_abs(a: Range) -> tuple[Bound, Bound]:
    """Bound ``abs(a)``."""
    return max(a.low, -a.high, 0), max(abs(a.low), abs(a.high))


def unchanged(a: Range) -> tuple[Bound, Bound]:
    """Bound ``a``."""
    return a.low, a.high


def of_truth(a: Range) -> tuple[Bound, Bound]:
    """Bound ``bool(a)``."""
    return 0, 1


# Bits of the results of operations on integers, where the evaluator limits them

Bits = Callable[[Range, Range], Bound]
"""A function from two integral ranges to an upper bound on the bits that the evaluator limits."""


def bits_of_product(a: Range, b: Range) -> Bound:
    """Return an upper bound on the bits of ``a * b``."""
    return a.bits + b.bits


def bits_of_operands(a: Range, b: Range) -> Bound:
    """Return the bits of the longer operand."""
    return max(a.bits, b.bits)


def bits_of_power(a: Range, b: Range) -> Bound:
    """Return an upper bound on the bits of ``a ** b``."""
    return a.bits * max(b.high, 0) if a.bits else 0


# Totality: on which ranges an operation never fails

Totality = Callable[..., bool]
"""A function from one range for each operand to whether the operation succeeds on all of their atoms."""


def always(*operands: Range) -> bool:
    """Succeed on any atoms."""
    return True


def never(*operands: Range) -> bool:
    """Be known to succeed on no atoms."""
    return False


def on_integers(*operands: Range) -> bool:
    """Succeed on integers and booleans."""
    return all(operand.integral for operand in operands)


def on_divisors(a: Range, b: Range) -> bool:
    """Succeed on integers if the divisor is not zero."""
    return on_integers(a, b) and (b.low > 0 or b.high < 0)


_FLOAT_BITS = 1000
"""Integers of as many bits fit a float."""

_TEXT_BITS = 2000
"""Integers of as many bits have decimal digits that Python writes however its limit is set: it is 640 at least."""


def on_floats(a: Range) -> bool:
    """Succeed on floats and booleans, and on integers that are known to fit a float."""
    return a.kinds in BOOL | FLOAT or (a.integral and a.bits <= _FLOAT_BITS)


def on_written(a: Range) -> bool:
    """Succeed on atoms that are no integers, and on integers that are known to be short."""
    return INT not in a.kinds or (a.integral and a.bits <= _TEXT_BITS)


def on_one_type(a: Range) -> bool:
    """Succeed on a sequence of strings, and on one of numbers."""
    return a.kinds in NUMBER or a.kinds is STR


def on_comparable(a: Range, b: Range) -> bool:
    """Succeed on two numbers and on two strings."""
    return all(operand.kinds in NUMBER for operand in (a, b)) or a.kinds is b.kinds is STR
