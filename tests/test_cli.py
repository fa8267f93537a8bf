"""The command line end to end: a process for each command, its output and its exit code."""

import json
from importlib import import_module

import pytest
import typer
from commands import MAIN, ROOT, interpreter, raspir

from raspir.cli.app import COMMANDS, load_command

ADD = "examples/addition.py:add"


def refused(*arguments, cwd=ROOT):
    """Run a command that must end with exit code 2, one line and no traceback, and return the line."""
    done = raspir(*arguments, cwd=cwd)
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("raspir: ")
    return done.stderr


def output(*arguments, cwd=ROOT):
    done = raspir(*arguments, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_run():
    assert output("run", ADD, "--input", "683+345") == "[0, 0, 0, 1, 0, 2, 8]\n"
    assert output("run", "examples/attention.py:cumsum", "--input-json", "[3, 1, -2]") == "[3, 4, 2]\n"
    assert output("run", "examples/attention.py:hist", "--input-json", '"hello"') == "[1, 1, 2, 2, 1]\n"
    assert output("run", "examples/attention.py:hist", "-i", "") == "[]\n"
    assert output("run", "examples/transforms.py:hidden", "-i", "hé", "--vocab", "hé") == '["h", "q"]\n'


def test_an_interpreter_of_its_own_says_the_same():
    for arguments in (["run", ADD, "-i", "683+345"], ["run", ADD], ["run", "--help"], ["run", ADD, "-i", "1+a"]):
        own, forked = interpreter(MAIN, *arguments), raspir(*arguments)
        assert (own.returncode, own.stdout, own.stderr) == (forked.returncode, forked.stdout, forked.stderr)


def test_stats():
    figures = json.loads(output("stats", ADD, "--json"))
    assert figures["layers"] == 6
    assert figures["heads_per_layer"] == [1] * 6
    table = output("stats", ADD)
    assert "split_point" in table
    assert "6 layers, 6 heads" in table
    assert "why 6 layers" in table


def test_stats_say_why_there_are_as_many_layers():
    steps = json.loads(output("stats", ADD, "--json", "--no-optimize"))["critical_path"]
    assert [(step["layer"], step["through"]) for step in steps] == [
        (6, "key"), (5, "value"), (4, "value"), (3, "key"), (2, "key"), (1, None),
    ]  # fmt: skip
    assert [steps[i]["value"] for i in (1, 2, 4, 5)] == ["count", "arriving", "pads", "split_point"]
    assert steps[5]["line"].startswith("examples/puzzles.py:")
    assert "why" not in output("stats", "examples/transforms.py:hidden", "--no-optimize")


def test_opt_and_run_from_text(tmp_path):
    text = tmp_path / "add.rir"
    text.write_text(output("opt", ADD))
    assert "needs the Python function @digit" in refused("run", str(text), "--input", "1+1")
    bound = output("run", str(text), "-i", "1+1", "--bind", "digit=examples/addition.py:digit")
    assert bound == "[0, 0, 2]\n"
    assert output("opt", "examples/attention.py:flip", "-o", str(text)) == ""
    assert output("run", str(text), "-i", "ab") == '["b", "a"]\n'
    assert output("run", f"{text}:out", "-i", "ab") == '["b", "a"]\n'
    assert "has no output x" in refused("run", f"{text}:x", "-i", "ab")


def test_emit(tmp_path):
    assert output("emit", ADD, "--backend", "text") == output("opt", ADD)
    assert output("emit", ADD, "--backend", "text", "-o", str(tmp_path / "a.rir")) == ""
    assert (tmp_path / "a.rir").read_text() == output("opt", ADD)
    assert "does not write programs" in refused("emit", ADD, "--backend", "reference")
    assert "cannot write" in refused("emit", ADD, "--backend", "text", "-o", str(tmp_path / "no" / "a.rir"))
    assert "does not run programs" in refused("run", ADD, "-i", "1+1", "--backend", "text")
    assert "did you mean reference" in refused("run", ADD, "-i", "1+1", "--backend", "referense")


def test_lists_and_help():
    assert "reference" in output("backends")
    assert [each["name"] for each in json.loads(output("backends", "--json"))] == [
        "graphviz",
        "numpy",
        "reference",
        "text",
        "transformer",
    ]
    assert "schedule" in output("passes")
    names = [each["name"] for each in json.loads(output("passes", "--json"))]
    assert names == ["recognize", "fold", "merge", "depth", "fuse", "schedule"]
    assert "683+345" in output("run", "--help")
    assert "default: numpy" in output("run", "--help")
    assert output("--version").startswith("raspir ")
    assert raspir("run").returncode == 2
    assert "there is no pass 'nowhere' (known: " in refused("opt", ADD, "--passes", "nowhere")


def test_commands_are_listed_as_their_modules_define_them():
    """The list is written down, so that help need not import the modules."""
    defined = {}
    for module in {module for module, _ in COMMANDS.values()}:
        for name in typer.main.get_group(import_module(f"raspir.cli.{module}").commands).commands:
            defined[name] = (module, load_command(name).help.partition("\n\n")[0].replace("\n", " "))
    assert defined == COMMANDS
    for name in COMMANDS:
        assert f" {name} " in output("--help")


def test_an_unknown_command_is_answered_with_near_ones():
    done = raspir("stat")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command 'stat'. Did you mean 'stats'" in done.stderr


PROGRAMS = {
    "syntax.py": ("x = (", "syntax.py:1:"),
    "fails.py": ("import raspir\nx = 1 / 0\n", "fails.py:2: ZeroDivisionError"),
    "exits.py": ("raise SystemExit('bye')", "exits.py:1: SystemExit: bye"),
    "empty.py": ("", "has no program"),
    "several.py": ("from raspir import *\na = tokens + 1\nb = tokens + 2\n", "several programs (a, b)"),
    "mistake.py": ("from raspir import *\n\na = key(tokens) + query(tokens)\n", "mistake.py:3: `+`"),
    "inside.py": ("from raspir import *\ndef a():\n    return tokens[0]\n", "inside.py:3: a program cannot"),
    "returns.py": ("def a():\n    return 5\n", "returned 5, which is not a program"),
    "raises.py": ("def a():\n    return {}['x']\n", "raises.py:2: KeyError"),
    "division.py": ("from raspir import *\na = 1 / indices\n", "division.py:2: `/` failed at position 0 on 1 and 0"),
    "bad.rir": ("raspir 1\n%x = nothing : int\n", "bad.rir:2:6: expected an operation"),
    "marked.rir": (b"\xef\xbb\xbfraspir 1\nfoo\n", "marked.rir:2:1: expected a definition"),
    "binary.rir": (b"\xff\xfe", "not UTF-8"),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_files_at_fault(name, tmp_path):
    content, words = PROGRAMS[name]
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert words in refused("run", name, "-i", "abc", cwd=tmp_path)


def test_names_at_fault(tmp_path):
    assert "there is no file nowhere.py" in refused("run", "nowhere.py:x", "-i", "a")
    assert "there is no file or module nowhere" in refused("run", "nowhere", "-i", "a")
    assert "there is no file some/where" in refused("run", "some/where", "-i", "a")
    assert "did you mean add?" in refused("run", "examples/addition.py:ad", "-i", "a")
    assert "requires arguments (character)" in refused("run", "examples/addition.py:digit", "-i", "a")
    assert "is a selector" in refused("stats", "examples/attention.py:before")
    assert "is 3, which is not a program" in refused("run", "examples/attention.py:WINDOW", "-i", "a")
    (tmp_path / "folder.py").mkdir()
    assert "it is a folder" in refused("run", "folder.py", "-i", "a", cwd=tmp_path)


@pytest.mark.parametrize("text", ["[1", "{}", "5", "[NaN]", "null", "[[1]]", "[" * 100_000])
def test_json_at_fault(text):
    refused("run", "examples/attention.py:hist", "--input-json", text)


def test_integers_of_any_length_come_and_go():
    digits = "9" * 5000
    assert output("run", "examples/puzzles.py:smallest", "--input-json", f"[{digits}]") == f"[{digits}]\n"


def test_inputs_at_fault():
    assert "give an input" in refused("run", ADD)
    assert "not both" in refused("run", ADD, "-i", "1+1", "--input-json", "[]")
    assert "assumed vocabulary" in refused("run", ADD, "-i", "1+a", "--vocab", "0123456789+")
    assert "the assumed maximum length is 2" in refused("run", ADD, "-i", "1+1", "--max-length", "2")


def test_modules_only_programs_and_prints(tmp_path):
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "one.py").write_text("from raspir import *\nprint('noise')\nonly = tokens * 2**20000\n")
    done = raspir("run", "pack.one", "--input-json", "[1]", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == "noise\n"
    assert len(done.stdout) > 6000
    assert "has no other" in refused_with_noise("run", "pack.one:other", "--input-json", "[1]", cwd=tmp_path)


def refused_with_noise(*arguments, cwd):
    done = raspir(*arguments, cwd=cwd)
    assert done.returncode == 2
    return done.stderr


def test_programs_that_imported_helpers_build(tmp_path):
    (tmp_path / "helper.py").write_text("from raspir import *\nother = tokens * 3\ndef inc(x):\n    return x + 1\n")
    (tmp_path / "uses.py").write_text("from raspir import *\nfrom helper import inc, other\np = q = inc(tokens)\n")
    assert output("run", "uses.py", "--input-json", "[1]", cwd=tmp_path) == "[2]\n"
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").write_text("from raspir import *\np = tokens + 1\n")
    assert output("run", "pack:p", "--input-json", "[1]", cwd=tmp_path) == "[2]\n"


def test_user_code_that_raises_or_exits_in_its_own_way(tmp_path):
    (tmp_path / "exits.py").write_text("import sys\nfrom raspir import *\np = tokens.map(lambda x: sys.exit(0))\n")
    assert "exits.py:3: `map(lambda)` failed at position 0" in refused("run", "exits.py", "-i", "a", cwd=tmp_path)
    (tmp_path / "base.py").write_text("class E(BaseException):\n    pass\nraise E('x')\n")
    assert "base.py:3: E: x" in refused("run", "base.py", "-i", "a", cwd=tmp_path)
    (tmp_path / "runs.py").write_text("from raspir import *\n\ntokens(None)\n")
    assert "runs.py:3: None is not a sequence" in refused("run", "runs.py", "-i", "a", cwd=tmp_path)
    (tmp_path / "other.py").write_text("from raspy import *\n")
    assert "write: from raspir import *" in refused("run", "other.py", "-i", "a", cwd=tmp_path)
    assert "there is no file" in refused("run", "a" * 300 + ".py", "-i", "a")
    assert "there is no file" in refused("run", "a/" + "a" * 300, "-i", "a")


@pytest.mark.parametrize(
    ("command", "name", "words"),
    [
        (["run", "-i", "012"], "digits", "the vocabulary holds '+', on which map(int) fails: ValueError: "),
        (["stats"], "digits", "the vocabulary holds '+', on which map(int) fails: ValueError: "),
        (["opt"], "digits", "the vocabulary holds '+', on which map(int) fails: ValueError: "),
        (["emit", "-b", "text"], "digits", "the vocabulary holds '+', on which map(int) fails: ValueError: "),
        (["draw", "--format", "dot", "--optimize"], "digits", "the vocabulary holds '+', on which map(int) fails: "),
        (["run", "--input-json", "[]", "--no-optimize"], "less", "`-`: it cannot take str and int, the types under"),
        (["opt"], "less", "`-`: it cannot take str and int, the types under this vocabulary, so the program fails on"),
    ],
)
def test_a_vocabulary_on_which_a_program_fails_is_reported_once_in_one_line(tmp_path, command, name, words):
    path = tmp_path / "p.py"
    path.write_text("from raspir import *\n\ndigits = tokens.map(int)\nless = tokens - 1\n")
    done = raspir(command[0], f"{path}:{name}", *command[1:], "--vocab", "0123+")
    line = {"digits": 3, "less": 4}[name]
    assert done.returncode == 0
    assert done.stderr.startswith(f"raspir: {path}:{line}: {words}")
    assert done.stderr.count("\n") == 1


NUMBERS = "from raspir import *\nless = tokens - 1\n"


@pytest.mark.parametrize(
    ("options", "vocabulary"),
    [
        (["--vocab-json", "[1, 2, -5]"], "[-5, 1, 2]"),
        (["--vocab-json", "[true, 1.5, 2]"], "[true, 1.5, 2]"),
        (["--vocab-json", "[null, 2]"], "[2, none]"),
        (["--vocab-range", "0:3"], "[0, 1, 2, 3]"),
        (["--vocab-range=-2:-1"], "[-2, -1]"),
    ],
)
def test_a_vocabulary_of_numbers(tmp_path, options, vocabulary):
    (tmp_path / "less.py").write_text(NUMBERS)
    assert f"vocab={vocabulary} :" in output("opt", "less.py", *options, cwd=tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--vocab-range", "3:0"], "--vocab-range: a range is LOW:HIGH, such as 0:9, not 3:0"),
        (["--vocab-range", "0-9"], "--vocab-range: a range is LOW:HIGH, such as 0:9, not 0-9"),
        (
            ["--vocab-range", "0:999999999"],
            "a vocabulary has at most 100,000 integers, not 1,000,000,000",
        ),
        (["--vocab-json", '"ab"'], '--vocab-json: a vocabulary is a list of atoms such as [1, 2, -5], not "ab"'),
        (["--vocab-json", "[1"], "--vocab-json: this is not JSON"),
        (["--vocab-json", "[]"], "a vocabulary must contain at least one atom"),
        (["--vocab", "12", "--vocab-range", "1:2"], "give one of --vocab, --vocab-json and --vocab-range"),
    ],
)
def test_mistakes_in_a_vocabulary_of_numbers(tmp_path, options, message):
    (tmp_path / "less.py").write_text(NUMBERS)
    assert message in refused("stats", "less.py", *options, cwd=tmp_path)


def test_digits_as_a_vocabulary_of_a_program_on_numbers(tmp_path):
    (tmp_path / "less.py").write_text(NUMBERS)
    done = raspir("stats", "less.py", "--vocab", "12", cwd=tmp_path)
    assert "its digits are strings: for numbers, give integers (--vocab-json, --vocab-range)" in done.stderr
    assert "digits are strings" not in raspir("stats", "less.py", "--vocab", "ab", cwd=tmp_path).stderr
