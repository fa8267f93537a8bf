"""Random programs with missing values and functions of several sequences, before and after optimization."""

import warnings
from random import Random

import pytest
import with_none
from rewriting import result

from raspir.passes.options import Target
from raspir.passes.pipeline import run_passes
from raspir.rewriting.builder import NonterminationWarning

PASS_LISTS = [None, "fold", "merge", "depth", "fuse", "fuse,fold,depth,merge"]


@pytest.mark.parametrize("passes", PASS_LISTS)
@pytest.mark.parametrize("attention", ["select", "best"])
def test_random_programs_keep_their_results(passes, attention):
    compared = changed = 0
    for number in range(150):
        random = Random(f"missing {passes} {attention} {number}")
        graph, atoms = with_none.program(random)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", NonterminationWarning)
            optimized = run_passes(graph, passes, Target(attention))
        changed += optimized != graph
        for given in with_none.inputs(random, atoms, 6):
            expected = result(graph, given)
            if expected is not None:
                compared += 1
                assert result(optimized, given) == expected, f"{number}: {given}\n{graph}\n{optimized}"
    assert compared > 300
    assert changed > 3


@pytest.mark.parametrize("name", ["fold", "merge", "depth", "fuse"])
def test_passes_are_idempotent(name):
    for number in range(60):
        graph, _ = with_none.program(Random(f"again {number}"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            once = run_passes(graph, name)
            assert run_passes(once, name) == once, number
