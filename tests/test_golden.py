"""Golden results of the challenges: values, and layers and heads of the unoptimized programs."""

import json
from pathlib import Path

import addition
import attention
import puzzles
import pytest

import raspir

CHALLENGES = json.loads((Path(__file__).parent / "golden" / "challenges.json").read_text())

PROGRAMS = {
    "flip": attention.flip(),
    "length": attention.length,
    "hist": attention.hist,
    "cumsum": attention.cumsum(),
    "cumsum_of_length_minus_indices": attention.cumsum_of_length_minus_indices,
    "window_sum_3": attention.sum2,
    "index_1": puzzles.index_1,
    "shift_2": puzzles.shift_2,
    "shift_minus_1": puzzles.shift_minus_1,
    "minimum": puzzles.smallest,
    "first_l": puzzles.first_l,
    "ralign": puzzles.aligned,
    "split_first": puzzles.split_first,
    "split_second": puzzles.split_second,
    "slide": puzzles.slide_example,
    "add": addition.add(),
}


def typed(values):
    return [(type(value), value) for value in values]


def test_every_challenge_has_a_program():
    assert PROGRAMS.keys() == CHALLENGES.keys()


@pytest.mark.parametrize("name", CHALLENGES)
def test_challenge(name):
    program, challenge = PROGRAMS[name], CHALLENGES[name]
    stats = raspir.lower(program).stats()
    assert (program.layers, stats.layers, stats.heads_per_layer) == (
        challenge["layers"],
        challenge["layers"],
        challenge["heads_per_layer"],
    )
    run = raspir.compile(program)
    assert challenge["cases"]
    for case in challenge["cases"]:
        assert typed(run(case["input"])) == typed(case["output"]), case["input"]


@pytest.mark.parametrize("name", CHALLENGES)
def test_challenge_survives_its_text(name):
    graph = raspir.lower(PROGRAMS[name])
    parsed = raspir.parse(str(graph))
    assert parsed == graph
    assert str(parsed) == str(graph)
    run = raspir.compile(parsed.bind(graph.functions))
    for case in CHALLENGES[name]["cases"]:
        assert run(case["input"]) == case["output"]
