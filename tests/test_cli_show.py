"""``raspir show``, and selectors as programs of ``raspir run``."""

import json
import os
import re
import subprocess
import sys

import pytest
from commands import MAIN, ROOT, environment, raspir
from test_cli import output, refused

from raspir.viz.widths import columns

BEFORE = """\
input
    tokens  h e l l o

layer 1
  key(indices) < query(indices)
    key indices      0 1 2 3 4
    query indices 0  · · · · ·
                  1  1 · · · ·
                  2  1 1 · · ·
                  3  1 1 1 · ·
                  4  1 1 1 1 ·
"""

FOLLOWING = """\
from raspir import *

vowels = tokens.has("aeiou").name("vowels")
count = (key(indices) <= query(indices)).value(vowels).name("count")
following = ((key(vowels) == query(True)) & (key(count) == query(count + 1))).best(tokens, indices, default="-")
last = where(following == "-", "_", following)
fails = (key(indices) < query(indices)).value(last.name("text"))
nearest = key(tokens) == query(count)
_hidden = nearest


def pattern():
    return nearest


def other(width):
    return nearest
"""


LAYERS = """\
input
    tokens  h o

before attention
    vowels  F T

layer 1
  key(indices) <= query(indices)
    key indices      0 1
    query indices 0  1 ·
                  1  1 1
    value vowels     F T
    → count          F 1

layer 2
  (key(vowels) == query(True)) & (key(count) == query(count + 1)) → highest
    indices
    key vowels                 F T
    key count                  F 1
    query True, count + 1 T 1  · 1
                          T 2  · ·
    value tokens               h o
    score indices              0 1
    → %9                       o -

result
    where(%9 == '-', '_', %9)  o _
"""


@pytest.fixture
def programs(tmp_path):
    (tmp_path / "following.py").write_text(FOLLOWING)
    return tmp_path


def test_show_prints_a_selector():
    assert output("show", "examples/attention.py:before", "--input", "hello") == BEFORE


def test_show_prints_each_layer(programs):
    shown = output("show", "following.py:last", "-i", "ho", cwd=programs)
    assert shown == LAYERS


def test_show_prints_the_optimized_program(programs):
    written = output("show", "following.py:following", "-i", "hello", cwd=programs)
    optimized = output(
        "show", "following.py:following", "-i", "hello", "--optimize", "--attention", "best", cwd=programs
    )
    assert "layer 2" in written
    assert "layer 2" not in optimized
    assert written.split("\n")[-2].split()[1:] == optimized.split("\n")[-2].split()[1:] == ["e", "o", "o", "o", "-"]


def test_a_program_that_fails_is_shown_up_to_there(programs):
    done = raspir("show", "following.py:fails", "-i", "abc", cwd=programs)
    assert done.returncode == 2
    assert "layer 2" in done.stdout
    assert done.stdout.endswith("fails in layer 3\n")
    assert done.stderr.count("\n") == 1
    assert re.match(r"raspir: following.py:7: `value` failed .* strings cannot be summed", done.stderr)


@pytest.mark.parametrize("given", ["", "x", "ab" * 12, "日本" * 30, "ab" * 300])
@pytest.mark.parametrize(
    "name", ["examples/addition.py:add", "examples/attention.py:flip", "examples/attention.py:sel"]
)
def test_every_input_fits_the_screen(name, given):
    shown = raspir("show", name, "--input-json", json.dumps(given)).stdout
    assert max(map(columns, shown.split("\n"))) <= 80
    hidden = re.search(r"… and (\d+) more positions between positions (\d+) and (\d+)", shown)
    assert hidden or len(given) < 60
    if hidden:
        count, first, last = map(int, hidden.groups())
        assert count == last - first - 1


def test_show_refuses_what_it_cannot_show(programs):
    assert "give an input: --input" in refused("show", "examples/attention.py:before")
    assert "--optimize applies to programs" in refused("show", "examples/attention.py:before", "-i", "a", "--optimize")
    assert "not in the assumed vocabulary" in refused(
        "show", "examples/attention.py:hist", "-i", "abc", "--vocab", "ab"
    )
    assert "requires arguments (width)" in refused("show", "following.py:other", "-i", "a", cwd=programs)


def terminal(arguments, **variables):
    """Return what a command prints on a terminal."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    variables = {**{name: value for name, value in environment().items() if name != "NO_COLOR"}, **variables}
    command = [sys.executable, "-c", MAIN, *arguments]
    done = subprocess.run(command, stdout=theirs, cwd=ROOT, env={**variables, "TERM": "xterm"}, check=True)
    os.close(theirs)
    assert done.returncode == 0
    with os.fdopen(ours, "rb") as file:
        shown = b""
        try:
            while block := file.read1(1 << 16):
                shown += block
        except OSError:  # Linux reports the end of a terminal as an error
            pass
    return shown.decode().replace("\r\n", "\n")


def test_show_is_in_color_on_a_terminal_unless_that_is_not_wanted():
    arguments = ["show", "examples/attention.py:before", "--input", "hello"]
    colored = terminal(arguments)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == BEFORE
    assert terminal(arguments, NO_COLOR="1") == BEFORE


def test_marks_that_the_output_cannot_encode_have_substitutes():
    command = [sys.executable, "-c", MAIN, "show", "examples/attention.py:before", "-i", "hé"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True
    )
    assert done.stdout.decode("ascii").split("\n")[-3:] == ["    query indices 0  . .", "                  1  1 .", ""]


def test_run_prints_the_matrix_of_a_selector(programs):
    printed = output("run", "examples/attention.py:before", "--input", "abc")
    assert printed == "[[0, 0, 0],\n [1, 0, 0],\n [1, 1, 0]]\n"
    assert output("run", "examples/attention.py:before", "-i", "") == "[]\n"
    assert json.loads(output("run", "following.py:pattern", "--input-json", "[1, 0]", cwd=programs)) == [[0, 1], [0, 1]]
    output("run", "examples/attention.py:before", "-i", "abc", "-o", str(programs / "matrix.json"))
    assert (programs / "matrix.json").read_text() == printed
    long = json.loads(output("run", "examples/attention.py:eq", "-i", "ab" * 150))
    assert long == [[int(i % 2 == j % 2) for j in range(300)] for i in range(300)]


def test_run_prints_the_matrices_of_a_batch(programs):
    (programs / "inputs.txt").write_text("ab\n\nabc\n")
    printed = output("run", "examples/attention.py:before", "--batch", str(programs / "inputs.txt"))
    assert printed == "[[0, 0], [1, 0]]\n[]\n[[0, 0, 0], [1, 0, 0], [1, 1, 0]]\n"


def test_a_selector_that_fails_is_reported(tmp_path):
    (tmp_path / "fails.py").write_text("from raspir import *\nlate = key(1 / tokens) < query(indices)\n")
    assert "fails.py:2: `/` failed at position 1" in refused("run", "fails.py", "--input-json", "[1, 0]", cwd=tmp_path)
    (tmp_path / "inputs.jsonl").write_text("[1]\n[0]\n")
    done = raspir("run", "fails.py:late", "--batch", "inputs.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "[[0]]\n")
    assert "inputs.jsonl:2: fails.py:2: `/` failed" in done.stderr


@pytest.mark.parametrize("command", [("stats",), ("opt",), ("plan",), ("emit", "-b", "text"), ("draw",), ("report",)])
def test_other_commands_say_that_they_need_a_program(command):
    line = refused(command[0], "examples/attention.py:before", *command[1:])
    assert line.startswith("raspir: before is a selector, not a program: aggregate with it")
    assert "`raspir run` and `raspir show` take it" in line


def test_backends_are_of_programs_alone():
    message = refused("run", "examples/attention.py:before", "-i", "a", "-b", "reference")
    assert "--backend applies to programs, but examples/attention.py:before is a selector" in message
