"""Random functions of operators and conditions: what is recognized in them is what Python computes, errors included."""

import collections
import itertools
import random
import warnings

import pytest
from functions import atoms, expression

from raspir.ir.evaluation import skipping
from raspir.ir.types import BOOL, FLOAT, INT, NONE, STR, union
from raspir.passes.recognize.applications import Recorded
from raspir.passes.recognize.purity import OpaqueError
from raspir.passes.recognize.samples import differences

NAMED = {"int": INT, "float": FLOAT, "bool": BOOL, "str": STR, "none": NONE}
KINDS = [
    *(["int"], ["float"], ["str"], ["bool"], ["int", "bool"], ["int", "float"], ["int", "str"], ["int", "none"]),
    *(["float", "none"], ["int", "float", "str", "bool"], [*NAMED]),
]


def compared(seed):
    """Compare a random function with what is recognized in it; return whether it is recognized."""
    chance = random.Random(seed)
    names = ["x", "y", "z"][: chance.choice([1, 1, 2, 2, 3])]
    mode = chance.choice(["error", "skip", "select"] if len(names) == 2 else ["error", "skip"])
    text = f"lambda {', '.join(names)}: {expression(chance, names, chance.choice([1, 2, 2, 3]))}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        function = eval(text)
    kinds = [chance.choice(KINDS) for _ in names]
    types = [union(NAMED[kind] for kind in each) for each in kinds]
    try:
        recorded = Recorded.of(function, len(names))
        form = recorded.selected(types) if mode == "select" else recorded.mapped(types, mode)
    except OpaqueError:
        return False
    if mode == "error":
        kinds = [[kind for kind in each if kind != "none"] for each in kinds]
    rows = list(itertools.product(*(atoms(chance, each) for each in kinds)))
    chosen = chance.sample(rows, min(len(rows), 150))
    expected = skipping(function) if mode == "skip" else function
    for difference in differences(form, expected, recorded.parameters, chosen):
        pytest.fail(f"seed {seed}: {text} on {kinds}, {mode}, differs on {difference}: {form}")
    return True


@pytest.mark.parametrize("start", range(0, 3000, 500))
def test_random_functions(start):
    found = collections.Counter(compared(seed) for seed in range(start, start + 500))
    assert found[True] > 250
