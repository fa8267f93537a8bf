"""Random programs of the paper's language, against an interpreter written from its description alone."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from compare import compare_program
from daily import Run
from meaningful import Programs

COUNT = 2000 if Run.evidence else 80
BATCHES = 4


@pytest.mark.sampled
@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("long", [False, True], ids=["short inputs", "long inputs"])
def test_programs(batch, long):
    """What is shown, bound, lowered and optimized is what the language says; long inputs are computed by NumPy."""
    count = COUNT // 3 if long else COUNT
    for seed in range(batch * count, (batch + 1) * count):
        compare_program(Programs(Random(seed)).program(8), Random(seed), long)


@pytest.mark.sampled
def test_programs_with_the_library_in_the_language():
    """The library that is built in, and the one that is written in the language, yield the same."""
    for seed in range(COUNT // 4):
        compare_program(Programs(Random(seed)).program(8), Random(seed), as_written=True)


def test_programs_reach_each_kind_of_reply():
    seen = sum((compare_program(Programs(Random(seed)).program(8), Random(seed)) for seed in range(40)), Counter())
    expected = {"value", "own error", "runtime error", "elsewhere", "fails elsewhere", "lowered", "numpy", "optimized"}
    assert expected <= set(seen)
    assert seen["value"] > 100
