"""``raspir plan``: the backend's evaluation strategies."""

import json

import pytest
from commands import raspir
from test_cli import ADD, output, refused

import raspir as tools
from raspir.backends.base import explainer

FALLS_BACK = """from raspir import *

def near(k, q):
    return abs(k - q) <= 1

pairs = (select(tokens, tokens, near) & (key(indices) < query(indices))).name("pairs")
sums = pairs.value(tokens).name("sums")
length = (key(1) == query(1)).value(1).name("length")
both = (sums + length).name("both")
"""


@pytest.fixture
def program(tmp_path):
    (tmp_path / "p.py").write_text(FALLS_BACK)
    return tmp_path


def test_plan_as_json(program):
    strategies = {each["value"]: each for each in json.loads(output("plan", "p.py:both", "--json", cwd=program))}
    assert strategies["length"] == {
        "value": "length",
        "strategy": "length",
        "cost": "1",
        "why": "sum of ones over all positions",
        "selector": "key(1) == query(1)",
        "line": "p.py:8",
        "falls_back": False,
    }
    falls_back = strategies["sums"]
    assert falls_back["falls_back"]
    assert (falls_back["cost"], falls_back["selector"], falls_back["line"]) == ("n²", "pairs", "p.py:7")


def test_plan_marks_what_falls_back(program):
    text = output("plan", "p.py:both", cwd=program)
    assert text.startswith("p.py:both, as backend numpy evaluates its selectors")
    (row,) = [line for line in text.splitlines() if "sums" in line]
    assert "(falls back)" in row
    assert "n²" in row
    (row,) = [line for line in text.splitlines() if "│ length" in line]
    assert "(falls back)" not in row
    assert "1 selector falls back: each key is compared with each query" in text


def test_plan_of_the_examples():
    text = output("plan", ADD, "--vocab", "0123456789+", "--attention", "best")
    assert "split_point" in text
    assert "examples/puzzles.py:45" in text
    assert "fall" not in text
    assert "first of an order: " in output("plan", "examples/puzzles.py:smallest")
    assert output("plan", "examples/transforms.py:hidden") == (
        "examples/transforms.py:hidden has no attention: there is no selector to evaluate.\n"
    )
    assert output("plan", "examples/transforms.py:hidden", "--json") == "[]\n"


def test_plan_needs_no_functions(tmp_path):
    (tmp_path / "add.rir").write_text(output("opt", ADD))
    assert "split_point" in output("plan", "add.rir", cwd=tmp_path)


def test_plan_at_fault(program):
    assert "backend 'reference' does not explain its evaluation of selectors (runs programs by" in refused(
        "plan", ADD, "-b", "reference"
    )
    assert "backend 'text' does not explain" in refused("plan", ADD, "-b", "text")
    assert "did you mean numpy" in refused("plan", ADD, "-b", "nunpy")
    assert raspir("plan").returncode == 2


def test_a_backend_explains_a_graph():
    (strategy,) = explainer("numpy").explain(tools.lower((tools.key(1) == tools.query(1)).value(1).name("length")))
    assert (strategy.value, strategy.cost, strategy.falls_back) == ("length", "1", False)
