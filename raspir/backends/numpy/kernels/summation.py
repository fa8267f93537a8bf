"""Float summation: left to right where that is fast, else exact and rounded once."""

from __future__ import annotations

import numpy as np

from raspir.backends.numpy.kernels.columns import Array
from raspir.backends.numpy.kernels.runs import Run
from raspir.backends.numpy.kernels.selections import Selection

SMALL = 4096
"""The number of pairs up to which a sequence's floats are added one by one, so that short inputs match bit by bit."""

_DIGIT_BITS = 30
_DIGIT_MASK = (1 << _DIGIT_BITS) - 1


def float_sums(run: Run, selection: Selection, values: Array) -> Array:
    """Return the float sum of each row's selected values; NaN if it includes infinities of both signs.

    Where the floats are multiples of a unit that makes sums exact, or left-to-right accumulation is fast, the result is
    that of left-to-right accumulation. Elsewhere it is the exact sum, rounded, which differs from left-to-right
    accumulation by at most the latter's rounding error, (k - 1) · 2⁻⁵³ · Σ|v| for k floats v, plus its own. Results are
    bitwise identical whether a sequence runs alone or in a batch.
    """
    sums = _sums(run, selection, values)
    negative_zero = (values == 0) & np.signbit(values)
    if negative_zero.any():  # a sum is -0.0 only if all its terms are
        zeros = selection.sums(negative_zero.astype(np.int64), 1)
        sums = np.where((zeros == selection.counts) & (zeros > 0), -0.0, sums)
    return sums


def _sums(run: Run, selection: Selection, values: Array) -> Array:
    short = run.lengths * (1 if selection.uniform else run.lengths) <= SMALL
    if short.all():
        return selection.sequential_sums(values)
    finite = np.isfinite(values)
    max_abs = float(np.abs(values[finite]).max(initial=0.0))
    if finite.all():
        exact = _in_a_unit(run, selection, values, max_abs)
        if exact is not None:
            return exact
    quick = selection.ordered_sums(values)
    if quick is not None:
        return quick
    if not np.isfinite(max_abs * run.longest):  # partial sums may overflow to infinity
        return selection.sequential_sums(values)
    sums = _rounded(selection, np.where(finite, values, 0.0))
    if not finite.all():
        above = selection.sums((values == np.inf).astype(np.int64), 1) > 0
        below = selection.sums((values == -np.inf).astype(np.int64), 1) > 0
        sums = np.where(above, np.where(below, np.nan, np.inf), np.where(below, -np.inf, sums))
    if short.any():
        own = short if selection.uniform else short[run.sequence]
        sums = np.where(own, selection.sequential_sums(values, short), sums)
    return sums


def _in_a_unit(run: Run, selection: Selection, values: Array, max_abs: float) -> Array | None:
    """Return sums of multiples of a power of two that are exact in any order; ``None`` if the values are not such."""
    if max_abs == 0.0:
        return np.zeros(selection.rows)
    if not np.isfinite(max_abs * run.longest):
        return None
    room = 52 - int(np.frexp(max_abs * run.longest)[1])
    if room <= -1000:
        return None
    whole = np.rint(np.ldexp(values, room))
    if not (np.ldexp(whole, -room) == values).all():  # the smallest floats would be truncated
        return None
    return np.ldexp(selection.sums(whole.astype(np.int64), 2**52 // run.longest).astype(np.float64), -room)


def _rounded(selection: Selection, values: Array) -> Array:
    """Return the exact sums, rounded.

    Floats are split into base-2³⁰ digits, whose sums are exact. After carry propagation, when all digits of a sum share
    its sign, they are added from the least significant up: only this rounds, so the result depends on the sum alone.
    """
    digits = [(unit, selection.sums(part, 1 << _DIGIT_BITS)) for unit, part in _digits(values)]
    if not digits:
        return np.zeros(selection.rows)
    carried, sign = _carried(digits)
    negative = sign < 0
    if negative.any():
        carried, _ = _carried([(unit, np.where(negative, -each, each)) for unit, each in digits])
    sums = np.zeros(selection.rows)
    for unit, digit in carried:
        sums += np.ldexp(digit.astype(np.float64), unit)
    return np.where(negative, -sums, sums)


def _digits(values: Array) -> list[tuple[int, Array]]:
    """Return the nonzero digits of floats, least significant first, each with the exponent of its unit."""
    result: list[tuple[int, Array]] = []
    rest = values
    while rest.any():
        exponent = int(np.frexp(np.abs(rest).max())[1])
        unit = (exponent - 1) // _DIGIT_BITS * _DIGIT_BITS
        part = np.trunc(np.ldexp(rest, -unit))
        rest = rest - np.ldexp(part, unit)
        result.append((unit, part.astype(np.int64)))
    return result[::-1]


def _carried(digits: list[tuple[int, Array]]) -> tuple[list[tuple[int, Array]], Array]:
    """Propagate carries: return normalized nonnegative digits, least significant first, and the sign, 0 or -1."""
    result: list[tuple[int, Array]] = []
    sums = dict(digits)
    unit = digits[0][0]
    carry = np.zeros_like(digits[0][1])
    while unit <= digits[-1][0] or ((carry != 0) & (carry != -1)).any():
        total = carry + sums[unit] if unit in sums else carry
        result.append((unit, total & _DIGIT_MASK))
        carry = total >> _DIGIT_BITS
        unit += _DIGIT_BITS
    return result, carry
