"""Two-dimensional dominance sums against brute force."""

import numpy as np
import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st

from raspir.backends.numpy.kernels.dominance import dominated


def plainly(codes, weights, start, stop, low, high):
    places = np.arange(len(codes))
    inside = (places >= start[:, None]) & (places < stop[:, None])
    return np.where(inside & (codes >= low[:, None]) & (codes < high[:, None]), weights, 0).sum(axis=1)


@examples(200)
@given(st.data())
def test_small(data):
    n, size, rows = data.draw(st.integers(1, 12)), data.draw(st.integers(1, 20)), data.draw(st.integers(1, 8))

    def array(low, high, count):
        return np.array(data.draw(st.lists(st.integers(low, high), min_size=count, max_size=count)))

    codes, weights = (
        array(0, size - 1, n),
        array(*data.draw(st.sampled_from([(1, 1), (0, 1), (-9, 9), (-(2**58), 2**58)])), n),
    )
    start, stop, low, high = (array(0, top, data.draw(st.sampled_from([1, rows]))) for top in (n, n, size, size))
    found = dominated(codes, size, weights, start, stop, low, high, rows)
    assert found.tolist() == np.broadcast_to(plainly(codes, weights, start, stop, low, high), rows).tolist()


@pytest.mark.parametrize("size", [1, 2, 255, 256, 1000])
@pytest.mark.parametrize("ones", [False, True])
def test_larger(size, ones):
    random = np.random.default_rng(size)
    n, rows = 700, 300
    codes = random.integers(0, size, n)
    weights = np.ones(n, dtype=np.int64) if ones else random.integers(-(2**52), 2**52, n)
    start, stop = random.integers(0, n + 1, (2, rows))
    low, high = random.integers(0, size + 1, (2, rows))
    for lowest in (low, np.zeros(1, dtype=np.int64)):
        found = dominated(codes, size, weights, start, stop, lowest, high, rows)
        assert np.array_equal(found, plainly(codes, weights, start, stop, np.broadcast_to(lowest, rows), high))
