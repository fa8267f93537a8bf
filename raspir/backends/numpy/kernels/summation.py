"""Sums of floats: as adding from left to right gives them where there is a quick way, else exact and then rounded."""

from __future__ import annotations

import numpy as np

from raspir.backends.numpy.kernels.columns import Array
from raspir.backends.numpy.kernels.runs import Run
from raspir.backends.numpy.kernels.selections import Selection

SMALL = 4096
"""Sequences of no more pairs have their floats added one by one, so that short inputs never differ in a bit."""

_DIGIT_BITS = 30
_DIGIT_MASK = (1 << _DIGIT_BITS) - 1


def float_sums(run: Run, selection: Selection, values: Array) -> Array:
    """Return the sum of the floats that each row selects; NaN where infinities of both signs are.

    Where floats are exact in some binary unit, and where a row's floats can be added from left to right quickly, the
    sum is what adding them from left to right gives. Elsewhere it is the exact sum, rounded: it differs from adding
    from left to right by no more than the rounding of that, (k - 1) · 2⁻⁵³ · Σ|v| for k floats v, and of its own. It is
    the same, bit by bit, whether a sequence runs alone or with others.
    """
    sums = _sums(run, selection, values)
    negative_zero = (values == 0) & np.signbit(values)
    if negative_zero.any():  # only a sum of nothing but -0.0 is -0.0
        zeros = selection.sums(negative_zero.astype(np.int64), 1)
        sums = np.where((zeros == selection.counts) & (zeros > 0), -0.0, sums)
    return sums


def _sums(run: Run, selection: Selection, values: Array) -> Array:
    short = run.lengths * (1 if selection.uniform else run.lengths) <= SMALL
    if short.all():
        return selection.one_by_one(values)
    finite = np.isfinite(values)
    most = float(np.abs(values[finite]).max(initial=0.0))
    if finite.all():
        exact = _in_a_unit(run, selection, values, most)
        if exact is not None:
            return exact
    quick = selection.in_order(values)
    if quick is not None:
        return quick
    if not np.isfinite(most * run.longest):  # on the way from left to right the sum may become infinite
        return selection.one_by_one(values)
    sums = _rounded(selection, np.where(finite, values, 0.0))
    if not finite.all():
        above = selection.sums((values == np.inf).astype(np.int64), 1) > 0
        below = selection.sums((values == -np.inf).astype(np.int64), 1) > 0
        sums = np.where(above, np.where(below, np.nan, np.inf), np.where(below, -np.inf, sums))
    if short.any():
        own = short if selection.uniform else short[run.sequence]
        sums = np.where(own, selection.one_by_one(values, short), sums)
    return sums


def _in_a_unit(run: Run, selection: Selection, values: Array, most: float) -> Array | None:
    """Return sums of multiples of a power of two, none of which rounds on its way; ``None`` if they are not."""
    if most == 0.0:
        return np.zeros(selection.rows)
    if not np.isfinite(most * run.longest):
        return None
    room = 52 - int(np.frexp(most * run.longest)[1])
    if room <= -1000:
        return None
    whole = np.rint(np.ldexp(values, room))
    if not (np.ldexp(whole, -room) == values).all():  # the smallest floats would vanish on the way
        return None
    return np.ldexp(selection.sums(whole.astype(np.int64), 2**52 // run.longest).astype(np.float64), -room)


def _rounded(selection: Selection, values: Array) -> Array:
    """Return the exact sums, rounded.

    Floats are written in digits of base 2³⁰, whose sums are exact. What rounds is only the addition of the digits of a
    sum, from the lowest up, once all have its sign and none is larger than a digit: so it depends on the sum alone.
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
    """Return the digits of floats from the lowest up, each with the exponent of its unit, without those all zero."""
    found: list[tuple[int, Array]] = []
    rest = values
    while rest.any():
        exponent = int(np.frexp(np.abs(rest).max())[1])
        unit = (exponent - 1) // _DIGIT_BITS * _DIGIT_BITS
        part = np.trunc(np.ldexp(rest, -unit))
        rest = rest - np.ldexp(part, unit)
        found.append((unit, part.astype(np.int64)))
    return found[::-1]


def _carried(digits: list[tuple[int, Array]]) -> tuple[list[tuple[int, Array]], Array]:
    """Return digits from the lowest up, none negative or too large, and the sign, 0 or -1, of what remains."""
    found: list[tuple[int, Array]] = []
    sums = dict(digits)
    unit = digits[0][0]
    carry = np.zeros_like(digits[0][1])
    while unit <= digits[-1][0] or ((carry != 0) & (carry != -1)).any():
        total = carry + sums[unit] if unit in sums else carry
        found.append((unit, total & _DIGIT_MASK))
        carry = total >> _DIGIT_BITS
        unit += _DIGIT_BITS
    return found, carry
