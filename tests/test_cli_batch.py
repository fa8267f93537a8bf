"""Batches on the command line, one input per line, and progress reports."""

import io
import json
import os
import subprocess
import sys
import time
import warnings

import pytest
from commands import ROOT, raspir
from daily import first
from rich.console import Console
from test_cli import ADD, output, refused
from typer.testing import CliRunner

import raspir as tools
from raspir.backends.numpy.kernels import runs
from raspir.cli import app
from raspir.cli.batch import BLOCK
from raspir.cli.progress import Bars

HIST = "examples/attention.py:hist"
BACKENDS = ["numpy", "reference"]
SEVERAL = """raspir 1
%a = input name="a" : atom
%b = input name="b" : atom
%same = eq %a, %b : bool
%indices = indices : int
output same = %same
output at = %indices
"""
FALLS_BACK = """from raspir import *

def near(k, q):
    return abs(k - q) <= 1

pairs = (select(tokens, tokens, near) & (key(indices) < query(indices))).name("pairs")
sums = pairs.value(tokens).name("sums")
inverse = (1 / tokens).name("inverse")
"""


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_line_has_its_result(tmp_path, backend):
    sums = written(tmp_path, "sums.txt", "683+345\n1+1\n\n9+9")
    expected = "[0, 0, 0, 1, 0, 2, 8]\n[0, 0, 2]\n[]\n[0, 1, 8]\n"
    assert output("run", ADD, "--batch", sums, "-b", backend) == expected
    assert output("run", ADD, "--batch", sums, "-b", backend, "-o", str(tmp_path / "out")) == ""
    assert (tmp_path / "out").read_text() == expected


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("", 0),
        ("\n", 1),
        ("ab", 1),
        ("ab\n\n", 2),
        ("ab\r\n\r\ncd\r\n", 3),
        ("\ufeffab\n", 1),
        ("\x0b\x1c\u2028\n", 1),  # what Python calls ends of lines too
    ],
)
def test_where_lines_end(tmp_path, content, lines):
    text = content.removeprefix("\ufeff").replace("\r", "")
    expected = [[text.split("\n")[i].count(c) for c in text.split("\n")[i]] for i in range(lines)]
    assert results(output("run", HIST, "--batch", written(tmp_path, "in", content))) == expected


def results(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("backend", BACKENDS)
def test_json_lines(tmp_path, backend):
    lines = "[3, 1, -2]\n[]\n[1e400, true, 0.5]\n[" + "9" * 5000 + "]\n"
    expected = "[3, 1, -2]\n[]\n[Infinity, true, 0.5]\n[" + "9" * 5000 + "]\n"
    copy = written(tmp_path, "copy.py", "from raspir import *\ncopy = (key(indices) == query(indices)).value(tokens)\n")
    for name in ("in.jsonl", "in.NDJSON"):
        assert output("run", copy, "--batch", written(tmp_path, name, lines), "-b", backend) == expected
    missing = written(tmp_path, "missing.jsonl", '[null, 1]\n["null", null]\n')
    assert output("run", copy, "--batch", missing, "-b", backend) == '[null, 1]\n["null", null]\n'
    path = written(tmp_path, "in.txt", '"hello"\n["a", "b"]\n')
    assert output("run", HIST, "--batch", path, "--batch-format", "json") == "[1, 1, 2, 2, 1]\n[1, 1]\n"
    path = written(tmp_path, "in.jsonl", "[[")
    assert output("run", HIST, "--batch", path, "--batch-format", "text") == "[2, 2]\n"


@pytest.mark.parametrize("backend", first(BACKENDS))
def test_blank_lines_of_json_are_left_out_and_of_text_are_inputs(tmp_path, backend):
    lines = "[1, 2]\n\n  \t\r\n[]\n\n" + "\n" * (BLOCK + 7) + "[3]\n\n"
    copy = written(tmp_path, "copy.py", "from raspir import *\ncopy = (key(indices) == query(indices)).value(tokens)\n")
    path = written(tmp_path, "in.jsonl", lines)
    assert output("run", copy, "--batch", path, "-b", backend) == "[1, 2]\n[]\n[3]\n"
    for fault in ("[1,", "[[1]]", "[]x", "\x0b", "\u2028"):
        path = written(tmp_path, "in.jsonl", f"\n[1]\n\n[2]\n \n{fault}\n[3]\n")
        done = raspir("run", copy, "--batch", path, "-b", backend)
        assert (done.stdout, done.returncode) == ("[1]\n[2]\n", 2)
        assert "in.jsonl:6: " in done.stderr
    path = written(tmp_path, "in.jsonl", b"\n[1]\n\n\xff\n")
    assert "in.jsonl:4: this is not UTF-8 text" in raspir("run", copy, "--batch", path, "-b", backend).stderr
    path = written(tmp_path, "in.jsonl", "\n" * (BLOCK + 3) + "[[1]]\n")
    assert f"in.jsonl:{BLOCK + 4}: " in raspir("run", copy, "--batch", path, "-b", backend).stderr
    assert output("run", copy, "--batch", written(tmp_path, "in.jsonl", "\n\n \n"), "-b", backend) == ""
    assert output("run", copy, "--batch", written(tmp_path, "in.txt", "a\n\n b\n"), "-b", backend) == (
        '["a"]\n[]\n[" ", "b"]\n'
    )


def test_several_inputs_and_outputs(tmp_path):
    program = written(tmp_path, "several.rir", SEVERAL)
    lines = '{"a": [1, 2], "b": [1, "x"]}\n{"b": "", "a": ""}\n{"a": [1], "b": [1, 2]}\n'
    done = raspir("run", program, "--batch", written(tmp_path, "in.jsonl", lines))
    assert results(done.stdout) == [{"same": [True, False], "at": [0, 1]}, {"same": [], "at": []}]
    assert "in.jsonl:3: all inputs must have the same length" in done.stderr
    assert output("run", program, "--input-json", '{"a": "a", "b": "b"}') == '{"same": [false], "at": [0]}\n'
    message = refused("run", program, "--batch", written(tmp_path, "in.txt", "a\n"))
    assert "several inputs (a, b): give --batch-format json" in message


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("[1, 0]\n[3]\n", "mistakes.py:8: `/` ('inverse') failed at position 1 on 1 and 0"),
        ("[1,\n[3]\n", "this is not JSON: "),
        ("7\n", "an input is a list of atoms such as [5, 2], not 7"),
        ("[[]]\n", "position 0: [] is not an atom"),
        ("[NaN]\n", "position 0: NaN is not an atom"),
        ("[" * 100_000, "this is nested too deeply"),
        (b"[\xff]\n[1,\n", "this is not UTF-8 text"),
        ("[3, 3, 3, 3]\n", "the input has 4 positions, but the assumed maximum length is 3"),
    ],
)
def test_a_line_at_fault(tmp_path, monkeypatch, lines, words, backend):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "mistakes.py", FALLS_BACK)
    written(tmp_path, "in.jsonl", b"[1]\n[2]\n" + (lines if isinstance(lines, bytes) else lines.encode()))
    arguments = ["run", "mistakes.py:inverse", "--batch", "in.jsonl", "-b", backend, "--max-length", "3"]
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, tools.RaspirError)
    assert str(done.exception).startswith(f"in.jsonl:3: {words}")
    assert done.stdout == "[1.0]\n[0.5]\n"
    assert done.stderr == ""


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_line_at_fault_far_down(tmp_path, backend):
    count = 2 * BLOCK // 4 + 3
    lines = written(tmp_path, "in.txt", "1+1\n" * count + "1+x\n" + "1+1\n" * 20)
    program = written(tmp_path, "p.py", "from raspir import *\np = (tokens == '+').name('p')\n")
    done = raspir("run", program, "--batch", lines, "--vocab", "1+", "-b", backend)
    assert done.returncode == 2
    assert done.stdout == "[false, true, false]\n" * count
    assert f"in.txt:{count + 1}: position 2 holds 'x', which is not in the assumed vocabulary" in done.stderr


def test_mistakes_are_reported_at_once(tmp_path):
    sums = written(tmp_path, "sums.txt", "1+1\n")
    for given in (("-i", "1+1"), ("--input-json", "[]")):
        line = refused("run", ADD, "--batch", sums, *given)
        assert "give one input (--input or --input-json) or a file of them" in line
    assert "give --batch FILE" in refused("run", ADD, "-i", "1+1", "--batch-format", "json")
    assert "cannot read nowhere.txt: " in refused("run", ADD, "--batch", "nowhere.txt")
    assert f"cannot read {tmp_path}: " in refused("run", ADD, "--batch", str(tmp_path))
    assert f"cannot write {tmp_path}: " in refused("run", ADD, "--batch", sums, "-o", str(tmp_path))
    assert "would overwrite the inputs" in refused("run", ADD, "--batch", sums, "-o", str(tmp_path / "." / "sums.txt"))
    assert (tmp_path / "sums.txt").read_text() == "1+1\n"
    assert raspir("run", ADD, "--batch", sums, "--batch-format", "xml").returncode == 2


def test_the_result_of_one_input_goes_to_a_file(tmp_path):
    assert output("run", "examples/attention.py:flip", "-i", "hé", "-o", str(tmp_path / "out")) == ""
    assert (tmp_path / "out").read_text(encoding="utf-8") == '["é", "h"]\n'
    assert output("run", "examples/attention.py:flip", "--input-json", r'"\ud800"', "-o", str(tmp_path / "out")) == ""
    assert (tmp_path / "out").read_text() == '["\\ud800"]\n'
    assert "cannot write" in refused("run", HIST, "-i", "a", "-o", str(tmp_path / "no" / "out"))


def test_what_cannot_be_encoded_is_escaped_line_by_line(tmp_path):
    lines = written(tmp_path, "in.jsonl", '"\\ud800é"\n"é"\n')
    assert output("run", "examples/attention.py:flip", "--batch", lines) == '["\\u00e9", "\\ud800"]\n["é"]\n'


def started(*arguments, **options):
    code = "from raspir.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
    )


def test_standard_input_has_results_as_its_lines_come():
    with started("run", HIST, "--batch", "-") as process:
        for line, result in ((b"hello\n", b"[1, 1, 2, 2, 1]\n"), (b"\n", b"[]\n"), (b"aa\n", b"[2, 2]\n")):
            process.stdin.write(line)
            process.stdin.flush()
            assert process.stdout.readline() == result
        process.stdin.write(b"\xff")
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait() == 2


def test_a_closed_pipe_ends_a_run_without_a_message(tmp_path):
    lines = written(tmp_path, "in.txt", "ab\n" * 200_000)
    with started("run", HIST, "--batch", lines, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"[1, 1]\n"
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk")
@pytest.mark.parametrize("given", [["-i", "ab"], ["--batch", "-"]])
def test_a_full_disk(given):
    with open("/dev/full", "wb") as full:
        code = "from raspir.cli import main; main()"
        command = [sys.executable, "-c", code, "run", HIST, *given]
        done = subprocess.run(command, cwd=ROOT, input=b"ab\n", stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"raspir: cannot write the result")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk")
def test_a_full_disk_behind_a_file(tmp_path):
    lines = written(tmp_path, "in.txt", "ab\n")
    message = refused("run", HIST, "--batch", lines, "--output", "/dev/full")
    assert message == "raspir: cannot write /dev/full: No space left on device\n"


def test_a_terminal_shows_the_duration(tmp_path):
    pty = pytest.importorskip("pty")
    lines = written(tmp_path, "in.txt", "ab\n\nabc\n")
    ours, theirs = pty.openpty()
    with started("run", HIST, "--batch", lines, stderr=theirs) as process:
        os.close(theirs)
        assert process.stdout.read() == b"[1, 1]\n[]\n[1, 1, 1]\n"
        message = os.read(ours, 1000).decode().rstrip()
    os.close(ours)
    assert message.startswith("3 inputs in ")
    assert message.endswith((" ms", " s"))


@pytest.fixture
def slow(tmp_path, monkeypatch):
    """Return a program that falls back, and everything that falls back is estimated to take long."""
    monkeypatch.setattr(runs, "PATIENCE", -1.0)
    return written(tmp_path, "slow.py", FALLS_BACK)


@pytest.mark.parametrize("count", [None, 1, 3])
def test_slow_work_is_reported_in_one_line(slow, tmp_path, count):
    given = ["--input-json", "[1, 2, 5, 4]"]
    if count is not None:
        lines = ("[1, 2, 5, 4]\n" + " " * BLOCK + "[]\n") * count  # run one after the other
        given = ["--batch", written(tmp_path, "in.jsonl", lines)]
    done = CliRunner().invoke(app, ["run", f"{slow}:sums", "--no-optimize", *given], catch_exceptions=False)
    assert done.exit_code == 0
    assert results(done.stdout)[0] == [0, 1, 0, 5]
    selector, predicate = sorted(done.stderr.splitlines(), key=lambda line: "predicate" in line)
    assert selector.startswith("raspir: evaluating the selector pairs (")
    assert selector.endswith("slow.py:6) for each pair of positions takes about 0 minutes")
    assert predicate.startswith("raspir: calling the predicate of `select(near)`")
    assert predicate.endswith(" for each pair of values takes about 0 minutes")


def test_other_warnings_are_printed_as_by_python(slow):
    with open(slow, "a") as file:
        file.write("import warnings\nwarnings.warn('other')\n")
    with pytest.warns(UserWarning, match="other"):
        CliRunner().invoke(app, ["run", f"{slow}:sums", "--input-json", "[]"], catch_exceptions=False)


def test_the_library_warns(slow):
    program = tools.compile(tools.frontends.files.load(f"{slow}:sums"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert program([1, 2, 5, 4]) == [0, 1, 0, 5]
    assert {warning.category for warning in caught} == {tools.SlowWarning}


def test_durations_in_words():
    assert str(tools.SlowWarning("this", 80)) == "this takes about 1 minute"
    assert str(tools.SlowWarning("this", 300)) == "this takes about 5 minutes"
    assert str(tools.SlowWarning("this", 9000)) == "this takes about 2 hours"


def test_bars_come_late_and_go_when_they_are_done():
    screen = Console(file=io.StringIO(), force_terminal=True, width=80)
    bars = Bars(screen, delay=0.05)
    bars("quick", 1, 2)
    bars("quick", 2, 2)
    bars("slow [one]" * 20, 1, 4)
    time.sleep(0.06)
    bars("slow [one]" * 20, 3, 4)
    bars("endless", 3, None, "3 inputs")
    time.sleep(0.06)
    bars("endless", 4, None, "4 inputs")
    drawn = screen.file.getvalue()
    assert "quick" not in drawn
    assert "slow [one]" in drawn
    assert "75%" in drawn
    assert "4 inputs" in drawn
    bars("slow [one]" * 20, 4, 4)
    bars.pause()
    assert screen.file.getvalue().endswith("\x1b[2K")  # the line is erased


@pytest.mark.parametrize("backend", BACKENDS)
def test_errors_of_a_batch_say_which_input(backend):
    run = tools.compile(1 / tools.tokens, backend)
    with pytest.raises(tools.EvaluationError) as caught:
        run.batch([[1], [2, 0], [0]])
    assert caught.value.input == 1
    assert str(caught.value).partition(": ")[2].startswith("input 1: `/` failed at position 1 on 1 and 0")
    assert caught.value.message.startswith("`/` failed")
