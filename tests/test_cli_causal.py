"""Causal programs on the command line: ``--causal`` in every command, ``--no-causal``, and the lines of ``stats``."""

import json
import subprocess
import sys
from itertools import pairwise

import pytest
from commands import ROOT
from test_cli import output, refused

HIST = "examples/attention.py:hist"
CAUSAL = "examples/causal.py:"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "hist.rir"
    output("opt", HIST, "--causal", "--no-optimize", "-o", str(path))
    return str(path)


def lines(*arguments):
    """Return the lines of ``stats`` below the totals."""
    printed = output("stats", *arguments).splitlines()
    return [after for before, after in pairwise(printed) if "transformer block" in before[-20:]]


def test_run(tmp_path, file):
    assert output("run", HIST, "--causal", "--input", "hello") == "[1, 1, 1, 2, 1]\n"
    assert output("run", HIST, "--causal", "--input", "hello", "--backend", "reference") == "[1, 1, 1, 2, 1]\n"
    assert output("run", "examples/attention.py:eq", "--causal", "--input", "aa") == "[[1, 0],\n [1, 1]]\n"
    batch = tmp_path / "batch.txt"
    batch.write_text("hello\n\nabab\n")
    assert output("run", HIST, "--causal", "--batch", str(batch)) == "[1, 1, 1, 2, 1]\n[]\n[1, 1, 2, 2]\n"
    assert output("run", file, "--input", "hello") == "[1, 1, 1, 2, 1]\n"


def test_without_causal_a_file_keeps_its_masks(file):
    assert output("run", file, "--no-causal", "--input", "hello") == "[1, 1, 1, 2, 1]\n"
    assert output("opt", file).startswith("raspir 1\ncausal\n")
    assert output("opt", file, "--causal") == output("opt", file)
    assert "\ncausal\n" not in output("opt", file, "--no-causal")
    assert "select.le" in output("opt", file, "--no-causal")


def test_stats_of_causal_programs(file):
    assert lines(HIST, "--causal") == ["Causal; the mask may change hist (examples/attention.py:15)."]
    assert lines(file)[0].startswith("Causal; the mask may change hist (")
    assert lines(file, "--no-causal") == ["All heads look back: the program is causal as it stands."]
    assert lines(f"{CAUSAL}position", "--causal") == [
        "Causal; the mask may change position (examples/causal.py:13).",
        "Causal.",
    ]
    table = output("stats", HIST, "--causal")
    assert "key(tokens) == query(tokens)" in table
    assert "indices" not in table


def test_stats_of_other_programs():
    assert lines(HIST) == ["hist (examples/attention.py:15) may look ahead."]
    assert lines("examples/attention.py:flip") == [
        "length (examples/attention.py:18) and flip (examples/attention.py:41) may look ahead."
    ]
    assert set(lines(f"{CAUSAL}two_before")) == {"All heads look back: the program is causal as it stands."}
    assert "look" not in output("stats", "examples/transforms.py:hidden")


def test_stats_as_json():
    line = "examples/attention.py:15"
    plain, causal = (json.loads(output("stats", HIST, "--json", *given)) for given in ([], ["--causal"]))
    head = {"layer": 1, "value": "hist", "line": line}
    assert (plain["causal"], plain["looks_ahead"], "masked" in plain) == (False, [head], False)
    assert (causal["causal"], causal["masked"], "looks_ahead" in causal) == (True, [head], False)
    both = json.loads(output("stats", f"{CAUSAL}position", "--json", "--causal"))["optimized"]
    assert (both["causal"], both["masked"], both["layers"]) == (True, [], 0)


def test_plans_and_pictures_leave_the_mask_out():
    plan = json.loads(output("plan", HIST, "--causal", "--json"))
    assert [each["selector"] for each in plan] == ["key(tokens) == query(tokens)"]
    assert [each["falls_back"] for each in plan] == [False]
    assert "layer 1, causal\n  key(tokens) == query(tokens)\n" in output("show", HIST, "--causal", "--input", "aba")
    assert "hist, causal: 1 layer, 1 head" in output("draw", HIST, "--causal", "--format", "svg")
    assert "Causal; the mask may change hist" in output("report", HIST, "--causal")
    assert "indices" not in output("emit", HIST, "--causal", "--backend", "graphviz")


def test_emitted_modules_are_causal(tmp_path):
    module = tmp_path / "module.py"
    output("emit", HIST, "--causal", "--backend", "numpy", "--input", "hello", "-o", str(module))
    ran = subprocess.run([sys.executable, str(module)], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout == "[1, 1, 1, 2, 1]\n"
    docstring = " ".join(module.read_text().split('"""')[1].split())
    assert "It is causal: each position attends only to itself and to those before it." in docstring
    assert "key(tokens) == query(tokens) (examples/attention.py:15)" in docstring
    assert "causal" not in output("emit", HIST, "--backend", "numpy").split('"""')[1]


def test_validation_of_causal_programs():
    printed = output("opt", f"{CAUSAL}first_token", "--causal", "--vocab", "ab", "--validate", "--validate-length", "5")
    assert printed.startswith("# validated: equal on all 63 inputs of lengths 0 to 5, by running each\n")
    assert "\ncausal\n" in printed


@pytest.mark.parametrize("command", ["run", "stats", "opt", "emit", "plan", "draw", "report", "show"])
def test_help_explains_both_flags(command):
    text = " ".join(output(command, "--help").replace("│", " ").split())
    assert "--causal" in text
    assert "--no-causal" in text
    assert "Let each position attend only to itself and to those before it" in text


def test_a_misspelt_line_is_refused(tmp_path, file):
    path = tmp_path / "wrong.rir"
    path.write_text((ROOT / file).read_text().replace("causal", "casual"))
    assert "`max_length` or `causal`" in refused("stats", str(path))
