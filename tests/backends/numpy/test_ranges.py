"""Segmented prefix sums and range maxima against loops."""

from itertools import accumulate

import numpy as np
from daily import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from raspir.backends.numpy.kernels.ranges import range_max, running_sums

REAL = st.sampled_from([0.1, 0.2, -0.7, 1e16, 1e308, float("inf"), -0.0])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(REAL, min_size=1, max_size=9), min_size=1, max_size=6))
def test_running_sums_are_added_from_left_to_right(held):
    lengths = np.array([len(run) for run in held])
    found = running_sums(np.array([each for run in held for each in run]), np.cumsum(lengths) - lengths, lengths)
    wanted = [total for run in held for total in accumulate(run)]
    assert np.array_equal(found, wanted, equal_nan=True)


@examples(150)
@given(st.data())
def test_range_max(data):
    n, rows = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 10))
    table = data.draw(st.lists(st.integers(-1, 99), min_size=n, max_size=n))

    def ends(count):
        return data.draw(st.lists(st.integers(0, n), min_size=count, max_size=count))

    start = ends(rows) if data.draw(st.booleans()) else None
    stop = ends(data.draw(st.sampled_from([1, rows])))
    found = range_max(np.array(table), None if start is None else np.array(start), np.array(stop), rows).tolist()
    begins, finishes = start or [0] * rows, stop * rows if len(stop) == 1 else stop
    assert found == [max(table[a:b], default=-1) for a, b in zip(begins, finishes, strict=True)]
