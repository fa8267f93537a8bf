"""Calibration of softmax heads: gaps, the score of the sink, and bounds on the float errors of what they compute.

The sink is BOS at position 0, with value 0. Scores are those after the division by the root of the head's size; the
selected ones are 0, exactly equal as integers are before the division. Bounds are relative to the standard model of
rounding (Higham, *Accuracy and Stability of Numerical Algorithms*, chapters 2 and 3), with sums in any order; ``exp``
may be off by 3 units in the last place.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Literal, TypeAlias

import numpy as np

Bits: TypeAlias = Literal[24, 53]
"""The significant bits of float32 and of float64."""

_MOST = 700.0  # exponents up to which exp does not overflow
_EXP = 6  # rounding units by which exp may be off
_SECOND_ORDER = 1.01  # products of errors, each below a thousandth
_UNDERFLOW = {24: 104.0, 53: 746.0}  # exp is exactly 0 from here on
_SCORE = 4  # rounding units of a score: two weights, their product, and the division


def rounding_unit(bits: Bits) -> float:
    """Return the largest relative error of one operation."""
    return 2.0**-bits


def leak(length: int, gap: float, bits: Bits = 24) -> float:
    """Return a bound on the weights of positions that are not selected, relative to one that is.

    It is 0 if ``exp`` underflows.
    """
    return 0.0 if gap >= _UNDERFLOW[bits] else _SECOND_ORDER * length * exp(min(-gap, _MOST))


def mean_error(
    selected: int, magnitude: float, leaked: float = 0.0, bits: Bits = 24, length: int | None = None
) -> float:
    """Return a bound on the error of a mean, for a sink that is not selected.

    Args:
        selected: the largest number of selected positions; a mean of one is exact without a leak.
        magnitude: the largest magnitude of a value.
        leaked: the leak.
        bits: the significant bits of the floats.
        length: the number of positions, which matters only where there is a leak; ``selected`` if ``None``.
    """
    if leaked:
        terms = selected if length is None else length
        return _bound(2 * leaked + (2 * terms + 3) * rounding_unit(bits), magnitude)
    return 0.0 if selected <= 1 else _bound((selected + 2) * rounding_unit(bits), magnitude)


@dataclass(frozen=True)
class SumHead:
    """A head whose output is the sum of selected values.

    Attributes:
        sink: the score of the sink, as a float of the model's precision.
        scale: the factor of the output.
        error: a bound on the error of the sum.
    """

    sink: float
    scale: float
    error: float


def sum_head(
    length: int,
    magnitude: float,
    selected: int | None = None,
    leaked: float = 0.0,
    bits: Bits = 24,
) -> SumHead:
    """Return a head for sums of any selector: a sink so far above the selected scores that it takes nearly all weight.

    A selected position then weighs ``ε/(1 + wε)``, nearly ``ε = exp(-sink)``, and the scale is its inverse. A small
    ``ε`` keeps off the width ``w``, a large one the rounding of the sink's score: the head has the least bound.

    Args:
        length: the number of positions, BOS included.
        magnitude: the largest magnitude of a value.
        selected: the largest number of selected positions; all but BOS if ``None``.
        leaked: the leak.
        bits: the significant bits of the floats.
    """
    count = length - 1 if selected is None else selected

    def head(power: int) -> SumHead:
        sink = _rounded(power * log(2), bits)
        relative = _relative_error(length, count, sink, bits)
        return SumHead(sink, exp(sink), _bound(relative * count + leaked, magnitude))

    return min((head(power) for power in range(1, 101)), key=lambda found: (found.error, found.sink))


def _relative_error(length: int, count: int, sink: float, bits: Bits) -> float:
    """Return a bound on the relative error of a weight and of the sum, to the first order."""
    u, small = rounding_unit(bits), exp(-sink)
    bias = count * small
    absorbed = _SECOND_ORDER * length * small < u / 2  # the sum of all weights rounds to the sink's
    total = 0.0 if absorbed else length * u
    return bias + total + _SCORE * u * sink + (_EXP + 4 + count) * u  # division, product, scale twice; additions


def _bound(relative: float, magnitude: float) -> float:
    return _SECOND_ORDER * relative * magnitude


def _rounded(number: float, bits: Bits) -> float:
    """Return the nearest float of ``bits`` significant bits."""
    return float(np.float32(number)) if bits == 24 else number
