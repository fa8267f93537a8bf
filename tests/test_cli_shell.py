"""The command line as a shell uses it: standard input, completion, Ctrl-C, tracebacks and help on any width."""

import os
import signal
import subprocess
import sys
from textwrap import indent

import pytest
from commands import ROOT, raspir
from test_cli import output, refused
from typer.testing import CliRunner

from raspir.cli import app, main
from raspir.cli.app import COMMANDS
from raspir.cli.progress import announced
from raspir.frontends.python.names import names_in
from raspir.ir import InputError, RaspirError
from raspir.passes.pipeline import DEFAULT

FLIP = "examples/attention.py:flip"
PYTHON = "from raspir import *\nlength = (key(1) == query(1)).value(1)\ndef twice():\n    return tokens + tokens\n"


def piped(text, *arguments):
    """Run a command in this process, with a text on standard input."""
    done = CliRunner().invoke(app, arguments, input=text)
    if isinstance(done.exception, RaspirError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def mistake(text, *arguments):
    with pytest.raises(RaspirError) as caught:
        piped(text, *arguments)
    return str(caught.value)


def test_an_input_as_json_has_a_former_name_that_warns():
    done = raspir("run", FLIP, "--json", "[1, 2]")
    assert (done.returncode, done.stdout) == (0, "[2, 1]\n")
    assert done.stderr == "raspir: --json VALUE is the former name of --input-json VALUE\n"
    assert "give --input-json once" in refused("run", FLIP, "--json", "[1]", "--input-json", "[1]")
    page = raspir("report", FLIP, "--json", "[1, 2]", "--input-json", "[7, 9]")
    assert page.stderr.count("\n") == 1
    assert "[7, 9]" in page.stdout
    assert "[1, 2]" in page.stdout
    assert "--json" not in output("run", "--help")
    assert output("stats", FLIP, "--json")[0] == "{"


@pytest.mark.parametrize("ir", ["", "\n# a comment\n\n", "   \r\n#\n"])
def test_textual_ir_from_standard_input(ir):
    text = ir + output("opt", FLIP)
    assert piped(text, "run", "-", "-i", "abc") == '["c", "b", "a"]\n'
    assert piped(text, "run", "-:out", "-i", "abc") == '["c", "b", "a"]\n'
    assert piped(text, "opt", "-").startswith("raspir 1\n%tokens = input")
    assert "standard input, as written" in piped(text, "stats", "-")
    assert 'label="out: 2 layers' in piped(text, "draw", "-:out", "--format", "dot")
    assert "<title>standard input" in piped(text, "report", "-")
    assert "standard input, as backend numpy" in piped(text, "plan", "-")
    assert "raspir 1" in piped(text, "emit", "-", "--backend", "text")


def test_python_from_standard_input():
    assert piped(PYTHON, "run", "-:length", "-i", "abc") == "[3, 3, 3]\n"
    assert piped(PYTHON, "run", "-:twice", "-i", "ab") == '["aa", "bb"]\n'
    assert piped("output = 1\n" + PYTHON, "run", "-:twice", "--input", "-:") == '["--", "::"]\n'
    assert "<stdin> has several programs (length, twice): choose one, as in -:length" in mistake(PYTHON, "stats", "-")
    assert mistake("x = 1 +\n", "opt", "-").startswith("<stdin>:1:")
    assert mistake("\n\nfrom raspir import *\np = tokens + None", "opt", "-").startswith(
        "<stdin>:4: `+` does not take None"
    )
    assert "<stdin> has no program" in mistake("", "stats", "-")
    assert "<stdin> has no other" in mistake(PYTHON, "stats", "-:other")
    assert "expected version 1" in mistake("raspir 7\n", "stats", "-")
    assert "expected `raspir 1`" in mistake("%x = indices : int\n", "stats", "-")


def test_standard_input_has_one_use():
    assert "either the program (-) or its inputs (--batch -)" in mistake(PYTHON, "run", "-:length", "--batch", "-")
    assert "no function from standard input: f=-:f" in mistake(PYTHON, "run", "-:length", "-i", "a", "--bind", "f=-:f")
    assert "cannot read standard input: it is not UTF-8 text" in mistake(b"\xff", "opt", "-")


@pytest.mark.parametrize(
    "arguments", [["--traceback", "run", "no.py", "-i", "a"], ["run", "no.py", "-i", "a", "--traceback"]]
)
def test_the_traceback_of_a_mistake_on_demand(arguments):
    done = raspir(*arguments)
    first, *_, last = done.stderr.splitlines()
    assert done.returncode == 2
    assert first == "Traceback (most recent call last):"
    assert "raspir.ir.errors.LoadError: there is no file no.py" in done.stderr
    assert "frontends/files.py" in done.stderr.replace("\\", "/")
    assert last == "raspir: there is no file no.py"
    assert "Traceback" not in refused("run", "no.py", "-i", "a")


def test_a_traceback_on_demand_leaves_no_trace():
    runner = CliRunner()
    for arguments in (["--traceback", "stats", "no.py"], ["stats", "no.py", "--traceback"], ["stats", "no.py"]):
        done = runner.invoke(app, arguments)
        assert ("Traceback" in done.stderr) == ("--traceback" in arguments)
        assert "RASPIR_TRACEBACK" not in os.environ


def test_the_ir_after_each_pass():
    done = raspir("opt", "examples/addition.py:add", "--vocab", "0123456789+", "--print-ir-after-all")
    assert done.stdout == output("opt", "examples/addition.py:add", "--vocab", "0123456789+")
    heads = [line for line in done.stderr.splitlines() if line.startswith("# *** ")]
    assert [line.split()[4].rstrip(":") for line in heads] == list(DEFAULT)
    last = done.stderr.split("# *** IR after ")[-1]
    graphs = [part.partition("***\n")[2] for part in done.stderr.split("# *** IR after ") if "unchanged" not in part]
    assert any(": unchanged ***" in line for line in heads)
    assert done.stdout == (last.partition("***\n")[2] or graphs[-1]).removesuffix("\n")
    assert piped(graphs[1], "stats", "-")  # each is valid as it is


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "p.py:"], ["length", "twice", "either"]),
        (["run", "p.py:tw"], ["twice"]),
        (["run", "p.py"], ["p.py:length", "p.py:twice", "p.py:either"]),
        (["run", "p:tw"], ["twice"]),
        (["stats", "p.rir:"], ["out"]),
        (["stats", "broken.py:"], []),
        (["stats", "nowhere.py:"], []),
        (["stats", "p"], []),
        (["run", "p.rir", "--bind", "f=p.py:"], ["twice", "f"]),
        (["run", "p.py", "--attention="], ["select", "best"]),
        (["run", "p.py", "--attention", "b"], ["best"]),
        (["draw", "p.py", "--format", "p"], ["png", "pdf"]),
        (["draw", "p.py", "--backend", "nowhere", "--format", "p"], []),
        (["verify-rules", "--rule", "selector "], ["selector\\ algebra"]),
        (["verify-rules", "--rule", "'selector "], ["selector algebra"]),
        (["run", "p.py", "--batch-format", ""], ["text", "json"]),
    ],
)
def test_bash_completes(tmp_path, monkeypatch, capsys, words, expected):
    (tmp_path / "p.py").write_text(
        f"print('noise')\nN = 2 * 3\nWORDS = ['a', 'b']\n{PYTHON}\ndef f(x):\n    return x\n\n"
        "if N:\n    either = length + 1\n_hidden = length\nraise SystemExit('slow')\n"
    )
    (tmp_path / "broken.py").write_text("p = (")
    (tmp_path / "p.rir").write_text(output("opt", FLIP))
    monkeypatch.chdir(tmp_path)
    split = [part for word in words for part in _as_bash(word)]
    completing = {"_RASPIR_COMPLETE": "complete_bash", "COMP_WORDS": "\n".join(["raspir", *split, "after"])}
    for name, value in {**completing, "COMP_CWORD": str(len(split))}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["raspir"])
    with pytest.raises(SystemExit) as end:
        main()
    shown = capsys.readouterr()
    assert end.value.code == 0
    assert shown.out.splitlines() == expected
    assert shown.err == ""


def _as_bash(word):
    """Split a word as bash does: colons and equals signs are words of their own; an empty word may follow them."""
    parts = [""]
    for character in word:
        if character in ":=":
            parts += [character, ""]
        else:
            parts[-1] += character
    return [part for number, part in enumerate(parts) if part or number == 0 == len(parts) - 1]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_complete_programs(shell, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("_RASPIR_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", f"raspir run {FLIP[:-2]}")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    monkeypatch.setattr(sys, "argv", ["raspir"])
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr().out
    assert shown.replace("\\\\:", ":").replace('"', "").split(" ")[-1 if shell == "fish" else 0]
    assert f"{FLIP}" in shown.replace("\\\\:", ":")
    assert (f'"{FLIP[:-5]}\\\\:flip":"' in shown) == (shell == "zsh")


def test_completion_fails_quietly(monkeypatch, capsys):
    def fail(incomplete):
        raise KeyboardInterrupt

    monkeypatch.setattr("raspir.cli.completion._names_of", lambda target, wanted: fail(target))
    for name, value in (("_RASPIR_COMPLETE", "complete_bash"), ("COMP_WORDS", "raspir\nrun\nx"), ("COMP_CWORD", "2")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["raspir"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr() == ("", "")


def test_names_are_read_without_executing_the_code():
    code = (
        "a, (b, c) = tokens, (indices, 5)\nd: SOp = a + b\ne: int\nf = lambda: a\ng = lambda x: a\nh = f'{a}'\n"
        "for i in x:\n    j = key(i)\ntry:\n    k = a\nexcept X:\n    l = b\nwith y:\n    m = a\n"
        "def n(x=1, *y, z=2): pass\ndef o(*, z): pass\nasync def p(): pass\nclass Q:\n    r = a\ns = 2 ** 10\na = [a]\n"
    )
    names = {each.name: (each.is_function, each.may_be_program) for each in names_in(code)}
    programs = [name for name, (_, may_be) in names.items() if may_be]
    assert programs == ["b", "d", "f", "j", "k", "l", "m", "n"]
    assert [name for name, (is_function, _) in names.items() if is_function] == ["f", "g", "n", "o"]
    assert names_in("x = (") == names_in("x = '\0'") == names_in("x = " + "(" * 10_000) == []


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
@pytest.mark.parametrize("step", ["import raspir", "import raspir.cli", "main()"])
def test_ctrl_c_is_quiet_from_the_first_import_on(tmp_path, step):
    package = tmp_path / "raspir"
    (package / "cli").mkdir(parents=True)
    wait = "import time\nprint('ready', flush=True)\ntime.sleep(60)\n"
    (package / "__init__.py").write_text(wait if step == "import raspir" else "")
    main = (
        f"def main():\n    try:\n{indent(wait, ' ' * 8)}    except KeyboardInterrupt:\n        raise SystemExit(130)\n"
    )
    (package / "cli" / "__init__.py").write_text(wait if step == "import raspir.cli" else main)
    (tmp_path / "_raspir_main.py").write_text((ROOT / "_raspir_main.py").read_text())
    command = [sys.executable, "-c", "from _raspir_main import main; main()"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        assert started.stdout.readline() == "ready\n"
        started.send_signal(signal.SIGINT)
        assert started.communicate() == ("", "")
    assert started.returncode == 130


@pytest.mark.parametrize("width", [120, 80, 60, 40])
@pytest.mark.parametrize("command", COMMANDS)
def test_help_loses_no_text_and_lists_flags_without_a_type(command, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    shown = CliRunner().invoke(app, [command, "--help"], env={"TERMINAL_WIDTH": str(width)}).output
    assert "…" not in shown
    assert "<bool>" not in shown
    assert "<str>" not in shown
    assert "{FILE" not in shown
    words = "".join(shown.replace("│", " ").split())
    assert "--tracebackPrintthePythontracebackofanerror." in words
    if command == "draw":
        assert "--optimize" in words
        assert "--no-optimize" in words


@pytest.mark.parametrize(
    ("seconds", "jobs", "words"),
    [
        (9, 1, None),
        (14, 1, "work: about 10 seconds on one core"),
        (88, 1, "work: about 90 seconds on one core"),
        (360, 2, "work: about 6 minutes on one core, shared by 2 processes"),
        (9000, 1, "work: about 2 hours on one core"),
    ],
)
def test_estimates_of_long_commands(seconds, jobs, words):
    assert announced("work", seconds, jobs) == words


def test_long_commands_say_beforehand_how_long_they_take(monkeypatch):
    monkeypatch.setattr("raspir.cli.proofs._all", lambda chosen, *rest: ([], False))
    done = CliRunner().invoke(app, ["verify-rules", "--jobs", "2"])
    assert "rules: about 10 minutes on one core, shared by 2 processes" in done.stderr
    assert "about" not in CliRunner().invoke(app, ["verify-rules", "--rule", "fuse"]).stderr
    monkeypatch.setattr("raspir.testing.fuzzer.fuzz", lambda campaign, cases, *rest: raise_(InputError("ran")))
    done = CliRunner().invoke(app, ["fuzz", "--cases", "60000", "--jobs", "1"])
    assert "comparing 60000 cases: about 5 minutes on one core" in done.stderr


def raise_(error):
    raise error
