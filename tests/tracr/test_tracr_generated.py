"""Random programs of Tracr's dialect against a naive evaluator, plain and causal, as written and optimized."""

import random

import naive_rasp as naive
import pytest
from daily import rest
from random_programs import program

import raspir
from raspir import EvaluationError, InputError, ProgramError
from raspir.ir.atoms import atom_key
from raspir.tracr import causal_eval, rasp

SIZE = 500
"""The number of seeds in a block."""
BLOCKS = [0, *map(rest, range(1, 20))]
INPUTS = [[], "a", "ab", "abca", [1, 0, 2, 1], ["a", 1, None, True], [3, "b", 0.5, "a", "a"], [None, None, 1]]


def inputs(seed):
    rng = random.Random(-seed)
    return [[], *rng.sample(INPUTS[1:], 3), [rng.choice("abc") for _ in range(rng.randrange(6))]]


def naively(expression, xs, causal):
    """Return the values, or the exception."""
    try:
        found = naive.evaluate(expression, xs, causal)
    except Exception as error:
        return error
    atoms = [x for x in found if not isinstance(x, list)]
    return ValueError("NaN") if any(x != x for x in atoms) else found


def identical(found, expected):
    """Whether values are equal and of the same kinds."""
    if isinstance(expected, list) and expected and isinstance(expected[0], list):
        return type(found) is list and found == expected
    return type(found) is list and list(map(atom_key, found)) == list(map(atom_key, expected))


def equal(found, expected):
    """Whether values are equal in Python's sense, a string only to a string."""
    return list(found) == expected and [type(x) is str for x in found] == [type(x) is str for x in expected]


def made(seeds, uses_length=True):
    """Yield each seed with raspir's program and the naive one, unless raspir refuses a part that always fails."""
    refused = 0
    for seed in seeds:
        try:
            yield seed, program(seed, rasp, uses_length), program(seed, naive, uses_length)
        except ProgramError:
            refused += 1
    assert refused <= 1 + len(seeds) // 100


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("block", BLOCKS)
def test_programs_as_written(block, causal):
    """Values and their kinds are those of the naive evaluator, and where it fails, raspir fails."""
    run = causal_eval.evaluate if causal else rasp.evaluate
    succeeded = 0
    for seed, ours, theirs in made(range(block * SIZE, (block + 1) * SIZE)):
        for xs in inputs(seed):
            expected = naively(theirs, xs, causal)
            if isinstance(expected, Exception):
                with pytest.raises((EvaluationError, InputError)):
                    print(seed, xs, run(ours, xs))
            else:
                succeeded += 1
                assert identical(run(ours, xs), expected), (seed, xs)
    assert succeeded > SIZE


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("block", BLOCKS)
def test_optimized_programs(block, causal):
    for seed, ours, theirs in made(range(block * SIZE, (block + 1) * SIZE), uses_length=not causal):
        if isinstance(ours, rasp.Selector):
            continue
        compiled = raspir.compile(ours, backend="numpy", causal=causal)
        for xs in inputs(seed):
            expected = naively(theirs, xs, causal)
            if not isinstance(expected, Exception):
                assert equal(compiled(xs), expected), (seed, xs)
