"""Faulty plugins: each is reported by name and package, and the others keep working."""

import json
import os
from pathlib import Path

import pytest
from commands import raspir
from plugins import install
from test_cli import output, refused

import raspir as tools
from raspir import BackendError
from raspir.backends.base import BACKENDS
from raspir.passes.base import PASSES

GOOD = """
from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True)
class Good:
    name: ClassVar[str] = "good"
    summary: ClassVar[str] = "writes how many nodes there are"
    suffixes: ClassVar[tuple] = (".count",)
    unit: Literal["nodes", "lines"] = "nodes"
    times: int = 1

    def emit(self, graph, /, *, input=None):
        return f"{self.times * len(graph)} {self.unit}\\n"

    def compile(self, graph, /):
        return lambda atoms: atoms


class Drawer:
    name = "drawer"
    summary = "draws stars"
    formats = ("stars",)

    def draw(self, graphs, /, *, format="stars", input=None, title="", renderer="auto"):
        return "*" * len(graphs) + f" {title} {input}"


class Rebuild:
    name = "rebuild"
    summary = "does nothing"

    def run(self, graph, context):
        return graph
"""

BAD = """
from dataclasses import dataclass
from typing import ClassVar

from raspir.backends.base import Support


def backend(name, **parts):
    held = {"name": name, "summary": "is wrong", "emit": lambda self, graph, input=None: "", "suffixes": (".x",)}
    return type("Backend", (), {key: value for key, value in {**held, **parts}.items() if value is not ...})


def raises(self):
    raise KeyError("attribute")


nameless = backend(...)
talkative = backend("talkative", summary="two\\nlines")
other = backend("another")
spaced = backend("spaced name")
mute = backend("mute", emit=...)
suffixless = backend("suffixless", suffixes=...)
suffix = backend("suffix", suffixes=("x",))
text = backend("text_suffix", suffixes=".x")
level = backend("level", level="low")
unsupported = backend("unsupported", supports={"sum"})
method = backend("method", compile=5)
formats = backend("formats", draw=lambda self: "", formats=["svg"])
called = backend("called", emit=lambda self, graph: "")
drawn = backend("drawn", draw=lambda self, graphs, format: "", formats=("svg",))


@dataclass(frozen=True)
class Default:
    name: ClassVar[str] = "default"
    summary: ClassVar[str] = "has an option of another type than its default"
    times: int = "three"

    def compile(self, graph):
        return list


demanding = backend("demanding", __init__=lambda self, needed: None)
property_ = backend("property", summary=property(raises))


def lazy():
    raise RuntimeError("a function is no class, and is taken as it is")


class Number:
    name = 5
    summary = "x"
    run = 5


class Alone:
    name = "alone"
    summary = "has a run without a context"

    def run(self, graph):
        return graph


class Walk:
    name = "walk"
    summary = "has a run that is none"
    run = "fast"
"""

WRONG = {
    "nameless = bad:nameless": "does not implement the protocol Backend: it has no name",
    "talkative = bad:talkative": "its summary must be a str of one line, not 'two\\nlines'",
    "other = bad:other": "its name is 'another', and that of its entry point 'other'",
    "spaced = bad:spaced": "its name must contain no space",
    "mute = bad:mute": "it has none of compile, emit and draw",
    "suffixless = bad:suffixless": "it has emit and no suffixes",
    "suffix = bad:suffix": "its suffixes must be a tuple of names such as ('.svg',), not ('x',)",
    "text_suffix = bad:text": "its suffixes must be a tuple of names such as ('.svg',), not '.x'",
    "level = bad:level": 'its level must be "graph" or "layered", not \'low\'',
    "unsupported = bad:unsupported": "its supports must be a Capabilities object, not {'sum'}",
    "method = bad:method": "its compile is not a method",
    "called = bad:called": "its emit cannot be called with (program, input=…): got an unexpected keyword argument",
    "drawn = bad:drawn": "its draw cannot be called with (programs, format=…, input=…, title=…, renderer=…): ",
    "default = bad:Default": "its option times takes int, and its default is 'three'",
    "formats = bad:formats": "its formats must be a tuple of names such as ('svg',), not ['svg']",
    "demanding = bad:demanding": "cannot be made: TypeError: ",
    "property = bad:property_": "cannot be inspected: KeyError: 'attribute'",
    "lazy = bad:lazy": "it has no name and no summary",
    "missing = bad:nowhere": "cannot be loaded: AttributeError: ",
    "module = nowhere_at_all": "cannot be loaded: ModuleNotFoundError: ",
    "exits = exits:x": "cannot be loaded: SystemExit: bye (at exits.py:1)",
    "syntax = syntax:x": "cannot be loaded: SyntaxError: ",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "exits.py").write_text("raise SystemExit('bye')")
    (folder / "syntax.py").write_text("x = (")
    (folder / "own.py").write_text("from raspir import *\nown = (tokens + 1).name('own')\n")
    install(folder, "good", GOOD, backends="good = good:Good\ndrawer = good:Drawer", passes="rebuild = good:Rebuild")
    install(
        folder, "bad", BAD, backends="\n".join(WRONG), passes="number = bad:Number\nwalk = bad:Walk\nalone = bad:Alone"
    )
    install(folder, "first", GOOD, backends="twice = first:Good\nnumpy = first:Good", passes="fold = first:Rebuild")
    install(folder, "second", GOOD, version="2.5", backends="twice = second:Good")
    return folder


@pytest.fixture
def installed(folder, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(Path(tools.__file__).parent.parent)]))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("line", WRONG)
def test_a_broken_backend_is_named_with_its_package(installed, line):
    name, _, place = line.partition(" = ")
    with pytest.raises(BackendError) as caught:
        tools.emit(tools.tokens, name)
    assert caught.value.message.startswith(f"backend {name!r} (from bad 1.0, {place}) ")
    assert WRONG[line].replace("\n", "\\n") in caught.value.message
    reason = caught.value.message.removeprefix(f"backend {name!r} (from bad 1.0, {place}) ")
    assert BACKENDS.describe(name) == f"cannot be used: it {reason}"


def test_broken_passes(installed):
    assert PASSES.describe("number").endswith("its name must be a str of one line, not 5")
    assert PASSES.describe("walk").endswith("does not implement the protocol Pass: its run is not a method")
    assert "its run cannot be called with (graph, context): too many positional" in PASSES.describe("alone")
    assert PASSES.describe("rebuild") == "does nothing"


def test_names_that_are_claimed_twice(installed):
    with pytest.raises(BackendError, match=r"backend 'twice' is claimed by (first 1.0|second 2.5) and (first|second)"):
        tools.compile(tools.tokens, "twice")
    assert BACKENDS.get("numpy").summary.startswith("runs programs with NumPy")
    last = BACKENDS.listings()[-1]
    assert (last.name, last.origin, last.member) == ("numpy", "first 1.0", None)
    assert last.problem == "has the name of a built-in backend: it needs another"
    assert [each.problem for each in PASSES.listings() if each.name == "fold"] == [
        "",
        "has the name of a built-in pass: it needs another",
    ]


def test_the_others_are_listed_and_work(installed):
    listed = json.loads(output("backends", "--json", cwd=installed))
    names = [each["name"] for each in listed]
    assert names[:5] == ["graphviz", "numpy", "reference", "text", "transformer"]
    assert set(names[5:-1]) == {"good", "drawer", "twice", *(line.partition(" =")[0] for line in WRONG)}
    by_name = {each["name"]: each for each in listed[:-1]}
    assert by_name["good"]["writes"] == [".count"]
    assert by_name["good"]["runs"]
    assert by_name["good"]["problem"] is None
    assert by_name["drawer"]["draws"] == ["stars"]
    assert by_name["mute"]["summary"] == f"cannot be used: it {by_name['mute']['problem']}"
    assert by_name["mute"]["problem"].startswith("does not implement the protocol Backend: it has none of ")
    assert by_name["mute"]["package"] == "bad 1.0"
    table = output("backends", cwd=installed)
    assert all(part in table for part in ("unit: nodes or lines = nodes", "writes .count", "good 1.0", "draws stars"))
    assert output("emit", "own.py", "-b", "good{times=2, unit=lines}", cwd=installed) == "6 lines\n"
    assert output("run", "own.py", "-b", "good", "--input-json", "[4]", cwd=installed) == "[4]\n"
    assert output("opt", "own.py", "--passes", "rebuild", cwd=installed).startswith("raspir 1\n")
    assert output("draw", "own.py", "-b", "drawer", "--format", "stars", "-i", "ab", "--optimize", cwd=installed) == (
        "** own ab"
    )
    assert tools.draw(tools.tokens, "stars", backend="drawer", title="x") == "* x None"
    with pytest.raises(BackendError, match=r"there is no format 'svg' \(there are: stars\)"):
        tools.draw(tools.tokens, backend="drawer")


def test_options_at_fault(installed):
    assert "the option times of backend good takes int, not 'x'" in refused(
        "emit", "own.py", "-b", "good{times=x}", cwd=installed
    )
    assert "backend good has no option 'time' (did you mean times? known: unit, times)" in refused(
        "emit", "own.py", "-b", "good{time=2}", cwd=installed
    )
    assert "'good,text' does not name one backend" in refused("emit", "own.py", "-b", "good,text", cwd=installed)
    assert "'good{' is no backend: expected a closing }" in refused("emit", "own.py", "-b", "good{", cwd=installed)
    assert "backend numpy has no option 'x' (known: none)" in refused(
        "run", "own.py", "-i", "a", "-b", "numpy{x=1}", cwd=installed
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("raspir emit own.py --backend ", ["graphviz", "numpy", "text", "transformer", "good"]),
        ("raspir draw own.py --backend ", ["graphviz", "drawer"]),
        ("raspir run own.py -b ", ["numpy", "reference", "transformer", "good"]),
        ("raspir plan own.py -b ", ["numpy", "transformer"]),
        ("raspir fuzz --backend ", ["numpy", "reference", "transformer", "good"]),
        ("raspir fuzz --passes fold,reb", ["fold,rebuild"]),
        ("raspir emit own.py -b goo", ["good"]),
        ("raspir emit own.py -b good{", ["good{unit=", "good{times="]),
        ("raspir emit own.py -b good{unit=lines,t", ["good{unit=lines,times="]),
        ("raspir opt own.py --passes reb", ["rebuild"]),
        ("raspir opt own.py --passes fold,reb", ["fold,rebuild"]),
        (
            "raspir opt own.py --passes fold,depth{max_heads=4,",
            [f"fold,depth{{max_heads=4,{name}=" for name in ("time_budget", "max_table", "max_work")],
        ),
        ("raspir opt own.py --passes depth{max_heads=4},f", ["depth{max_heads=4},fold", "depth{max_heads=4},fuse"]),
    ],
)
def test_completion(installed, monkeypatch, words, expected):
    monkeypatch.setenv("_RASPIR_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
    assert completed() == expected


def completed():
    """Return what a shell is offered: by this process, where starting it would take longer than all else."""
    from typer.testing import CliRunner

    from raspir.cli import app

    done = CliRunner().invoke(app, [], prog_name="raspir")
    assert done.exit_code == 0, done.output
    return done.stdout.split()


def test_summaries_are_no_markup(tmp_path, monkeypatch):
    code = GOOD.replace("writes how many nodes there are", "writes [/bold] [red]" + 50 * "word ")
    install(tmp_path, "marked", f"print('noise'){code}", backends="good = marked:Good")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("_RASPIR_COMPLETE", "complete_zsh")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "raspir emit x -b goo")
    offered = " ".join(completed())
    assert '"good":"writes [/bold] [red]word' in offered
    assert "noise" not in offered
    assert raspir("backends").returncode == 0


def test_a_backend_has_renderers_of_its_own(installed):
    drawn = output("draw", "own.py", "-b", "drawer", "--format", "stars", "--renderer", "sky", cwd=installed)
    assert drawn == "* own None"
    assert "there is no renderer 'sky'" in refused("draw", "own.py", "--renderer", "sky", cwd=installed)
