"""Bounds on the errors of scores: never exceeded, and small where a key's error cancels that of its square."""

import numpy as np
import pytest

from raspir.ir import build
from raspir.transformer.columns import Column, constant
from raspir.transformer.score_errors import Carried, Part, score_error

NUMBER = build("sum", build("select.eq", build("indices"), build("indices")), build("indices"), default=0)
POSITION = build("indices")


def carried(values, low, high, error):
    return Carried((NUMBER,), values, {NUMBER: error}, {NUMBER: (low, high)}, 0.0)


def parabola(size, error):
    """Return the keys ``k`` and ``-k²``, interpolated between integers, and queries ``2q`` and 1."""
    k = np.arange(size, dtype=np.float64)
    one = np.ones(size)
    slopes = -(2 * k + 1), -(2 * k - 1)
    parts = [
        Part(0, Column((NUMBER,), k), error, carried(k, one, one, error)),
        Part(1, Column((NUMBER,), -k * k), error * 2 * size, carried(-k * k, *slopes, error)),
    ]
    return parts, [[Column((POSITION,), 2 * k)], [constant(1.0)]]


def off(size, error):
    """Return the largest measured error of a score, relative to its gap where that is larger than 1."""
    k, q = np.arange(size)[:, None, None], np.arange(size)[None, :, None]
    at = k + np.linspace(-error, error, 9)
    low = np.floor(at)
    square = low * low + (2 * low + 1) * (at - low)
    return float((np.abs((2 * q * at - square) - (2 * q * k - k * k)) / np.maximum(1, (q - k) ** 2)).max())


@pytest.mark.parametrize("size", [2, 5, 17, 64])
def test_errors_of_a_key_and_its_square_cancel(size):
    parts, others = parabola(size, 0.01)
    bound = score_error(parts, others, True, relative=True)
    assert off(size, 0.01) <= bound * (1 + 1e-9)
    assert bound <= 0.031
    assert score_error(parts, others, True, relative=False) == pytest.approx(0.01 * (2 * size - 1))


def test_errors_without_a_common_value_add_up():
    parts, others = parabola(10, 0.01)
    apart = [Part(part.dimension, part.column, part.error, None) for part in parts]
    assert score_error(apart, others, True, relative=True) == pytest.approx(18 * 0.01 + 0.01 * 20)


def test_a_key_that_is_read_otherwise_keeps_gaps_out():
    parts, others = parabola(10, 0.01)
    other = Part(0, Column((POSITION,), np.arange(10.0)), 0.0, None)
    together = score_error([*parts, other], others, True, relative=True)
    assert together == score_error(parts, others, True, relative=False)


def test_gaps_of_queries_are_those_of_their_keys():
    q = np.arange(5.0)
    query = Part(0, Column((NUMBER,), 2 * q), 0.02, carried(2 * q, 2 * np.ones(5), 2 * np.ones(5), 0.01))
    keys = [[Column((POSITION,), q)], [Column((POSITION,), -q * q)]]
    one = Part(1, constant(1.0), 0.0, None)
    found = score_error([query, one], keys, False, relative=True)
    k, own = np.meshgrid(q, q, indexing="ij")
    assert found == pytest.approx(float((0.02 * k / np.maximum(1, (own - k) ** 2)).max()))


def test_keys_of_which_any_number_will_do_make_no_gap():
    parts, others = parabola(10, 0.01)

    def lowered(part, *more):
        """Return a part whose scores are so low that a number of 0 would be the greatest."""
        grown = np.append(part.carried.values - 1000 * part.dimension, more)
        low, high = (np.append(slope, [0.0] * len(more)) for slope in part.carried.slopes[NUMBER])
        return Part(part.dimension, Column((NUMBER,), grown), part.error, carried(grown, low, high, 0.01))

    found = score_error([lowered(part, np.nan) for part in parts], others, True, relative=True)
    assert found == score_error([lowered(part) for part in parts], others, True, relative=True) > 0.009
