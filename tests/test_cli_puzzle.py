"""``raspir puzzle``: the list, one puzzle, and what it says of solutions."""

import json

import pytest
from commands import ROOT, raspir
from test_cli import output, refused
from test_registry import completed

from raspir.puzzles.catalog import PUZZLES

RIGHT = "examples/attention.py:flip"


@pytest.fixture
def wrong(tmp_path):
    file = tmp_path / "my.py"
    file.write_text("from raspir import *\nflip = tokens\nhist = tokens.map(int)\ndef first(q, seq): return seq\n")
    return str(file)


def test_the_list():
    table = output("puzzle")
    for puzzle in PUZZLES.values():
        assert f"│ {puzzle.name} " in table
    assert 'flip(tokens)("hello") → "olleh"' in table
    assert "2, best 1" in table
    listed = json.loads(output("puzzle", "--json"))
    assert [each["name"] for each in listed] == list(PUZZLES)
    assert listed[2] == {
        "name": "flip",
        "task": "The values in reverse order.",
        "signature": "flip(seq)",
        "examples": [
            {"call": "flip(tokens)", "input": list("hello"), "output": list("olleh")},
            {"call": "flip(tokens)", "input": list("abb"), "output": list("bba")},
        ],
        "layers": {"select": 2, "best": 2},
        "builds_on": ["length"],
    }


def test_one_puzzle():
    shown = output("puzzle", "shift")
    assert shown == (
        'shift: The values moved right by i positions, or left by -i; "_" where nothing\narrives.\n'
        "\n"
        '  shift(2, tokens)("hello") → "__hel"\n'
        '  shift(-1, tokens)("hello") → "ello_"\n'
        "\n"
        "A solution is a function shift(i, seq).\n"
        'It may also take default, which is "_".\n'
        "The best known solution has 1 layer.\n"
        "Check yours: raspir puzzle shift my.py:shift\n"
    )
    assert "A solution is a program, or a function flip(seq).\nIt may build on length.\n" in output("puzzle", "flip")
    assert "has 1 layer with attention best." in output("puzzle", "minimum", "--attention", "best")
    assert json.loads(output("puzzle", "add", "--json")) == json.loads(output("puzzle", "--json"))[-1]


def test_a_right_solution():
    assert output("puzzle", "flip", RIGHT) == (
        "flip is solved: 157 results are right.\nLayers: 2 as written, 2 optimized; best known: 2.\n"
    )
    best = output("puzzle", "minimum", "examples/puzzles.py", "--attention", "best")
    assert "Layers with attention best: 2 as written, 1 optimized; best known: 1.\n" in best
    assert json.loads(output("puzzle", "add", "examples/addition.py", "--json")) == {
        "puzzle": "add",
        "solved": True,
        "checked": 227,
        "attention": "select",
        "layers": {"written": 6, "optimized": 4, "best_known": 4},
    }


def test_a_wrong_solution(wrong):
    done = raspir("puzzle", "flip", wrong)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == 'flip is wrong on "ab"\n  expected  ["b", "a"]\n  actual    ["a", "b"]\n'
    done = raspir("puzzle", "first", wrong, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["failure"] == {
        "call": "first('l', tokens)", "input": ["a"], "expected": [99], "actual": ["a"],
    }  # fmt: skip


def test_a_solution_that_fails(wrong):
    done = raspir("puzzle", "hist", wrong)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith('raspir: hist fails on "a": ')
    assert "my.py:3: `map(int)` failed at position 0 on 'a': ValueError" in done.stderr
    failure = json.loads(raspir("puzzle", "hist", wrong, "--json").stdout)["failure"]
    assert failure["actual"] is None
    assert "ValueError" in failure["error"]


def test_prints_of_a_solution_go_to_stderr(tmp_path):
    file = tmp_path / "my.py"
    file.write_text("from raspir import *\nprint('loaded')\nhist = (key(tokens) == query(tokens)).value(1)\n")
    done = raspir("puzzle", "hist", str(file))
    assert (done.returncode, done.stderr) == (0, "loaded\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("flpi",), "there is no puzzle flpi (did you mean flip?)"),
        (("flpi", RIGHT), "there is no puzzle flpi (did you mean flip?)"),
        (("flip", "nowhere.py"), "there is no file nowhere.py"),
        (("flip", "examples/puzzles.py"), "examples/puzzles.py has no flip"),
        (("shift", "examples/puzzles.py:shift_2"), "shift_2 is not a function: a solution is a function shift(i, seq)"),
        (("flip", RIGHT, "--time-limit", "0"), "--time-limit is a positive number of seconds, not 0"),
        (("flip", RIGHT, "--time-limit", "nan"), "--time-limit is a positive number of seconds, not nan"),
    ],
)
def test_mistakes(arguments, message):
    assert message in refused("puzzle", *arguments)


def test_a_solution_that_loops(tmp_path):
    file = tmp_path / "my.py"
    file.write_text("def flip(seq):\n    while True:\n        pass\n")
    line = refused("puzzle", "flip", str(file), "--time-limit", "0.1")
    assert line.endswith("my.py:3: building flip(tokens) takes longer than 0.1 seconds\n") or "my.py:2:" in line


def test_the_session_of_the_page(tmp_path):
    """The solution of docs/puzzles.md as it is written there first, and with the correction that the page names."""
    page = (ROOT / "docs" / "puzzles.md").read_text(encoding="utf-8")
    code = page.partition("$ cat my.py\n")[2].partition("$ ")[0]
    wrong, right = [each.partition("```")[0] for each in page.split("$ raspir puzzle flip my.py:flip\n")[1:]]
    file = tmp_path / "my.py"
    file.write_text(code)
    assert raspir("puzzle", "flip", "my.py:flip", cwd=tmp_path).stdout == wrong
    file.write_text(code.replace("length - indices", "length - indices - 1"))
    assert raspir("puzzle", "flip", "my.py:flip", cwd=tmp_path).stdout == right
    assert output("puzzle", "flip") in page


def test_completion(monkeypatch):
    monkeypatch.setenv("_RASPIR_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "raspir puzzle f")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert completed() == ["flip", "first"]
    monkeypatch.setenv("COMP_WORDS", "raspir puzzle ")
    assert completed() == list(PUZZLES)


def test_completion_of_solutions(monkeypatch, wrong):
    monkeypatch.setenv("_RASPIR_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"raspir puzzle first {wrong}:f")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert [each.rpartition(":")[2] for each in completed()] == ["flip", "first"]
