"""The example file in Tracr's dialect, against the library, and on the command line as a user runs it."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
import tracr_library as example

import raspir
from raspir.tracr import lib, rasp

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = "examples/tracr_library.py"

COUNTERPARTS = {
    "make_length": lib.make_length(),
    "make_reverse": lib.make_reverse(rasp.tokens),
    "make_hist": lib.make_hist(),
    "make_frac_prevs": lib.make_frac_prevs(rasp.tokens == "a"),
    "make_pair_balance": lib.make_pair_balance(rasp.tokens, "(", ")"),
    "make_shuffle_dyck": lib.make_shuffle_dyck(["()"]),
    "make_shuffle_dyck2": lib.make_shuffle_dyck2(),
    "make_sort_unique": lib.make_sort_unique(rasp.tokens, rasp.tokens),
    "make_sort": lib.make_sort(rasp.tokens, rasp.tokens, max_seq_len=20, min_key=1),
    "make_sort_freq": lib.make_sort_freq(20),
    "shift_by": lib.shift_by(1, rasp.tokens),
    "detect_pattern": lib.detect_pattern(rasp.tokens, "abc"),
    "make_count_less_freq": lib.make_count_less_freq(2),
    "make_count": lib.make_count(rasp.tokens, "a"),
    "make_nary_sequencemap": lib.make_nary_sequencemap(
        lambda token, index, length: f"{token}{index}/{length}", rasp.tokens, rasp.indices, lib.make_length()
    ),
}
INPUTS = ["", "a", "abcabc", "(())()", "({)}", "())(", "}{"]


def functions_of(module):
    return {
        name for name, each in vars(module).items() if inspect.isfunction(each) and each.__module__ == module.__name__
    }


def test_every_program_of_the_library_is_there():
    names = {name for name in vars(lib) if name.startswith("make_") or name in ("shift_by", "detect_pattern")}
    assert functions_of(example) == set(COUNTERPARTS) == names


@pytest.mark.parametrize("name", COUNTERPARTS)
def test_programs_are_those_of_the_library(name):
    ours, theirs = getattr(example, name)(), COUNTERPARTS[name]
    inputs = [[], [3, 1, 2], [5, 2, 9, 4, 1]] if name.startswith("make_sort") and "freq" not in name else INPUTS
    for xs in inputs:
        assert ours(xs) == theirs(xs)
    assert raspir.optimize(ours).stats().layers == raspir.optimize(theirs).stats().layers


def command(*arguments):
    run = [sys.executable, "-c", "from raspir.cli import main; main()", *arguments]
    return subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["make_reverse", "make_shuffle_dyck2"])
def test_commands_take_the_file(name):
    stats = command("stats", f"{FILE}:{name}")
    assert (stats.returncode, stats.stderr) == (0, "")
    assert command("draw", f"{FILE}:{name}", "--format", "dot").stdout.startswith("digraph")
    assert command("opt", f"{FILE}:{name}").returncode == 0


def test_programs_run_on_the_command_line():
    assert command("run", f"{FILE}:make_reverse", "--input", "abc").stdout == '["c", "b", "a"]\n'
    done = command("run", f"{FILE}:make_frac_prevs", "--input", "ab", "--causal")
    assert (done.stdout, done.stderr) == ("[true, 0.5]\n", "")
    shown = command("show", f"{FILE}:everything", "--input", "ab")
    assert (shown.returncode, shown.stderr) == (0, "")


def test_a_causal_program_that_looks_ahead_names_its_line(tmp_path):
    file = tmp_path / "program.py"
    file.write_text("from raspir.tracr import rasp\n\np = rasp.length - 1\n")
    done = command("stats", f"{file}:p", "--causal")
    assert done.returncode == 2
    assert done.stderr.startswith(f"raspir: {file}:3: rasp.length is the number of all positions")
    assert done.stderr.count("\n") == 1


def test_selectors_are_refused_in_the_words_of_the_dialect():
    done = command("stats", f"{FILE}:everything")
    assert done.returncode == 2
    assert "aggregate with it, as in rasp.Aggregate(selector, rasp.tokens)" in done.stderr


def test_a_file_for_tracr_itself_says_what_to_import(tmp_path):
    file = tmp_path / "program.py"
    file.write_text("from tracr.rasp import rasp\np = rasp.tokens\n")
    done = command("stats", f"{file}:p")
    assert done.returncode == 2
    assert done.stderr.startswith(f"raspir: {file}:1: ModuleNotFoundError: No module named 'tracr")
    assert "from raspir.tracr import rasp" in done.stderr
