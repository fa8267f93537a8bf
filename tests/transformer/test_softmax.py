"""Bounds of softmax heads against measured errors, in float32 and float64 and with sums in several orders."""

from math import exp, fsum, sqrt

import numpy as np
import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st

from raspir.transformer.softmax import leak, mean_error, sum_head

TYPES = {24: np.float32, 53: np.float64}
ORDERS = {
    "pairwise": np.sum,
    "in order": lambda x: np.cumsum(x, dtype=x.dtype)[-1],
    "reversed": lambda x: np.cumsum(x[::-1], dtype=x.dtype)[-1],
    "product": lambda x: x @ np.ones_like(x),
}

lengths = st.integers(2, 600)
kinds = st.sampled_from(["random", "largest", "alternating", "one"])
bits = st.sampled_from([24, 53])
seeds = st.integers(0, 2**32 - 1)


def drawn(kind, count, magnitude, seed):
    random = np.random.default_rng(seed)
    if kind == "random":
        return random.integers(-magnitude, magnitude + 1, count)
    if kind == "alternating":
        return np.where(np.arange(count) % 2, magnitude, -magnitude)
    return np.full(count, magnitude) if kind == "largest" else np.where(np.arange(count) == count // 2, magnitude, 0)


def attend(scores, values, total, size=None):
    """Return the weights, and the weighted sum of values, as a model computes them."""
    if size is not None:
        root = scores.dtype.type(sqrt(size))
        scores = (scores * root) / root  # weights hold the score times the root
    weights = np.exp(scores - scores.max())
    weights = weights / total(weights)
    return weights, total(weights * values)


@given(lengths, st.integers(1, 511), kinds, seeds, bits, st.data())
@examples(400)
def test_sums(length, magnitude, kind, seed, precision, data):
    dtype, order = TYPES[precision], data.draw(st.sampled_from(sorted(ORDERS)))
    width = data.draw(st.integers(0, length - 1))
    values = np.zeros(length, dtype)
    values[1:] = drawn(kind, length - 1, magnitude, seed)
    scores = np.full(length, -128 if precision == 24 else -1000, dtype)
    chosen = np.random.default_rng(seed).permutation(length - 1)[:width] + 1
    scores[chosen] = 0
    head = sum_head(length, magnitude, bits=precision)
    scores[0] = head.sink
    _, out = attend(scores, values, ORDERS[order], data.draw(st.sampled_from([None, 2, 3, 5])))
    assert abs(float(out * dtype(head.scale)) - float(values[chosen].sum())) <= head.error


@given(lengths, st.integers(1, 511), kinds, seeds, bits, st.data())
@examples(400)
def test_means(length, magnitude, kind, seed, precision, data):
    dtype, order = TYPES[precision], data.draw(st.sampled_from(sorted(ORDERS)))
    width = data.draw(st.integers(1, length - 1))
    below = data.draw(st.sampled_from([12.0, 20.0, 30.0, 128.0, 1000.0]))
    values = np.zeros(length, dtype)
    values[1:] = drawn(kind, length - 1, magnitude, seed)
    scores = np.full(length, -below, dtype)
    chosen = np.random.default_rng(seed).permutation(length - 1)[:width] + 1
    scores[chosen] = 0
    leaked = leak(length, below, precision)
    weights, out = attend(scores, values, ORDERS[order])
    mean = fsum(map(float, values[chosen])) / width
    assert abs(float(out) - mean) <= mean_error(width, magnitude, leaked, precision, length) + 2**-50 * magnitude
    assert fsum(map(float, np.delete(weights, chosen))) <= leaked


def test_leaks():
    assert leak(64, 20.3) == pytest.approx(1e-7, rel=0.05)
    assert leak(512, 22.4) == pytest.approx(1e-7, rel=0.1)
    assert leak(512, 128) == 0
    assert np.exp(np.float32(-104)) == 0
    assert np.exp(np.float64(-746)) == 0


def test_one_selected_value_is_exact():
    assert mean_error(1, 511) == 0
    assert mean_error(2, 511) > 0


@pytest.mark.parametrize(("length", "magnitude", "most"), [(64, 10, 0.02), (128, 10, 0.06), (512, 1, 0.05)])
def test_sums_round_to_integers(length, magnitude, most):
    assert sum_head(length, magnitude).error < most < 0.5
    assert sum_head(length, magnitude, bits=53).error < 1e-8
    assert sum_head(length, magnitude, selected=3).error < sum_head(length, magnitude).error


def test_the_sink_is_the_best_one():
    head = sum_head(64, 10)
    assert head.scale == exp(head.sink)
    assert 15 < head.sink < 40
    assert float(np.float32(head.sink)) == head.sink
