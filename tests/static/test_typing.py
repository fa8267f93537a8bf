"""What type checkers and editors see of raspir: typed.py checked by mypy and pyright, and completion by jedi."""

import ast
import inspect
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import jedi
import pytest

import raspir
from raspir import library

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).with_name("typed.py")


def public_names():
    """The names that ``raspir`` exports, of the language and of the tools."""
    imports = [each for each in ast.walk(ast.parse(inspect.getsource(raspir))) if isinstance(each, ast.ImportFrom)]
    ours = [each for each in imports if (each.module or "").startswith("raspir")]
    names = {alias.asname or alias.name for each in ours for alias in each.names}
    return {*raspir.__all__, "backends", *(name for name in names if not name.startswith("_"))}


def test_every_exported_name_is_used():
    used = set(re.findall(r"\w+", PROGRAMS.read_text(encoding="utf-8").partition("# Sources.")[2]))
    assert {"optimize", "draw", "tokens", "SOp", "LoadError"} <= public_names()
    assert not (public_names() | set(library.__all__)) - used


def test_the_programs_run():
    runpy.run_path(str(PROGRAMS))


def test_mypy():
    command = [sys.executable, "-m", "mypy", "--strict", str(PROGRAMS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def pyright(folder, text):
    """Return the messages of pyright on a file, by line."""
    folder.joinpath("checked.py").write_text(text, encoding="utf-8")
    configuration = {"include": ["checked.py"], "extraPaths": [str(ROOT)], "typeCheckingMode": "standard"}
    folder.joinpath("pyrightconfig.json").write_text(json.dumps(configuration), encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 1
    return {each["range"]["start"]["line"]: each["message"] for each in report["generalDiagnostics"]}


def test_pyright(tmp_path):
    """Zero errors, and one where the types are wrong: so it does find raspir."""
    text = PROGRAMS.read_text(encoding="utf-8")
    wrong = (
        f"{text}\nassert_type(tokens == 1, bool)\nraspir.optimize(tokens, attention='most')\nraspir.optimise(tokens)\n"
    )
    line = text.count("\n") + 1
    found = pyright(tmp_path, wrong)
    assert sorted(found) == [line, line + 1, line + 2], found
    assert '"SOp"' in found[line]
    assert "'most'" in found[line + 1]
    assert "optimise" in found[line + 2]


PROGRAM = {"has", "input", "layers", "map", "name", "round"}
SELECTOR = {"best", "input", "mean", "name", "value", "width"}
BEFORE = """
import raspir
from raspir import *
from raspir.library import *
same: Selector = key(tokens) == query(tokens)  # without the annotation, jedi takes every comparison for a bool
"""


@pytest.mark.parametrize(
    ("written", "offered", "not_offered"),
    [
        ("same.", SELECTOR, PROGRAM - SELECTOR),
        ("(same & ~same).", SELECTOR, PROGRAM - SELECTOR),
        ("select(tokens, tokens, lambda k, q: k == q).", SELECTOR, PROGRAM - SELECTOR),
        ("same.value(1).", PROGRAM, SELECTOR - PROGRAM),
        ("aggregate(same, 1).", PROGRAM, SELECTOR - PROGRAM),
        ("(tokens + 1).", PROGRAM, SELECTOR - PROGRAM),
        ("flip().", PROGRAM, SELECTOR - PROGRAM),
        ("shift(sort(), by=1).", PROGRAM, SELECTOR - PROGRAM),
        ("raspir.optimize(tokens).", {"stats", "outputs", "assume"}, PROGRAM - {"name", "names"}),
        ("raspir.opt", {"optimize"}, set()),
    ],
)
def test_completion_by_jedi(written, offered, not_offered):
    project = jedi.Project(str(ROOT), added_sys_path=[str(ROOT)])
    names = {each.name for each in jedi.Script(BEFORE + written, project=project).complete()}
    assert names >= offered
    assert not names & not_offered


@pytest.mark.parametrize("value", ["same", "same.value(1)", "tokens"])
def test_completion_of_values(value):
    """As in a notebook, where the value is there: exactly what a user may use."""
    names: dict[str, object] = {}
    exec(BEFORE + f"value = {value}", names)
    found = {each.name for each in jedi.Interpreter("value.", [names]).complete() if not each.name.startswith("_")}
    wanted, others = (SELECTOR, PROGRAM) if value == "same" else (PROGRAM, SELECTOR)
    assert found >= wanted
    assert not found & (others - wanted | {"operands", "attributes", "layer", "type"})


def test_signatures():
    parameters = inspect.signature(raspir.optimize).parameters
    assert {"program", "vocab", "max_length", "attention", "passes", "time_budget"} <= set(parameters)
    assert {"attention: ", "vocab: "} <= set(re.findall(r"^ +(\w+: )", raspir.optimize.__doc__, re.MULTILINE))
    assert inspect.signature(library.shift) == inspect.signature(library.shift.__wrapped__)
