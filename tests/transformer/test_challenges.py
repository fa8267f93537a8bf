"""The recorded challenges as transformers, with the atoms of their cases as the vocabulary."""

import pytest
from test_golden import CHALLENGES, PROGRAMS, typed

import raspir
from raspir.ir.atoms import distinct

SHORTER = {"first_l": 9, "minimum": 5}
"""The maximum length of those that take long, or have no exact weights, at the length of their longest case."""
CHOSEN = [name for name in CHALLENGES if name != "add"]  # which takes minutes, and is in benchmarks/transformer.py


@pytest.mark.parametrize("name", CHOSEN)
def test_a_challenge_as_a_transformer(name):
    most = SHORTER.get(name, max(len(case["input"]) for case in CHALLENGES[name]["cases"]))
    cases = [case for case in CHALLENGES[name]["cases"] if len(case["input"]) <= most]
    vocab = distinct(atom for case in cases for atom in case["input"])
    model = raspir.to_transformer(PROGRAMS[name], vocab, most)
    assert len(cases) >= 8
    for case, output in zip(cases, model.batch([case["input"] for case in cases]), strict=True):
        assert typed(output) == typed(case["output"]), case["input"]
    assert model.layers <= CHALLENGES[name]["layers"]
