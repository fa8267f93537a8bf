"""The optimizer on the command line, with a pass from an installed package."""

import io
import json
import os
from pathlib import Path

import pytest
from commands import raspir
from rich.console import Console
from test_cli import output, refused
from typer.testing import CliRunner

import raspir as tools
from raspir.cli import app
from raspir.cli.progress import progress_bar

PLUGIN = '''
from dataclasses import dataclass
from typing import ClassVar, Literal

from raspir.ir import Graph, build
from raspir.passes.base import Remark


@dataclass(frozen=True)
class Tidy:
    """The output that is fetched from one's own position needs no head for that."""

    name: ClassVar[str] = "tidy"
    summary: ClassVar[str] = "drops a head that attends to its own position"
    max_heads: int = 16
    time_budget: float = 10.0
    mode: Literal["fast", "slow"] = "fast"

    def run(self, graph, context):
        own = build("select.eq", build("indices"), build("indices"))
        outputs = {}
        for name, node in graph.outputs.items():
            outputs[name] = node
            if node.operation.name == "sum" and node.operands[0] is own and self.max_heads > 1:
                outputs[name] = node.operands[1]
                place = graph.locations.get(node)
                layer = graph.layering.layer[node]
                gain = f"layer {layer} → {graph.layering.layer[outputs[name]]}"
                context.remarks.append(Remark("own position", graph.name_of(node) or name, gain, place))
                context.remarks.append(Remark("quiet", "nothing", "1 node fewer"))
        parts = {"functions": graph.functions, "names": graph.names, "locations": graph.locations}
        return Graph(outputs, graph.inputs.values(), max_length=graph.max_length, **parts)


class Broken:
    name = "broken"
    summary = "fails"

    def run(self, graph, context):
        raise ZeroDivisionError("division by zero")


def no_module():
    import nowhere
'''
PROGRAM = """from raspir import *
length = (key(1) == query(1)).value(1).name("length")
own = (key(indices) == query(indices)).value(length).name("own")
"""


def install(folder, module, code, entries):
    """Make a package in ``folder`` that adds passes, as if it were installed there."""
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[raspir.passes]\n{entries}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a program, and with an installed package that adds passes."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "own.py").write_text(PROGRAM)
    install(folder, "tidying", PLUGIN, "tidy = tidying:Tidy\nbroken = tidying:Broken\nlost = tidying:nowhere\n")
    return folder


def find(folder, monkeypatch):
    """Put ``folder`` where this process and those it starts find packages, and work in it."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(Path(tools.__file__).parent.parent)]))
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.chdir(folder)


@pytest.fixture
def installed(folder, monkeypatch):
    find(folder, monkeypatch)
    return folder


def test_what_a_package_prints_is_no_part_of_the_list(tmp_path, monkeypatch):
    install(tmp_path, "noisy", f"print('noise'){PLUGIN}", "tidy = noisy:Tidy\nneedy = noisy:Needy\n")
    with (tmp_path / "noisy.py").open("a", encoding="utf-8") as file:
        file.write("\n@dataclass(frozen=True)\nclass Needy(Broken):\n    needed: int\n")
    find(tmp_path, monkeypatch)
    done = raspir("passes", "--json", cwd=tmp_path)
    assert done.stderr == "noise\n"
    listed = {each["name"]: each["summary"] for each in json.loads(done.stdout)}
    assert listed["tidy"] == "drops a head that attends to its own position"
    assert listed["needy"].startswith("cannot be used: it cannot be made: TypeError: ")


def test_remarks_are_comments_above_the_same_graph(installed):
    plain = output("opt", "own.py:own", "--passes", "tidy", cwd=installed)
    text = output("opt", "own.py:own", "--passes", "tidy", "--remarks", cwd=installed)
    assert text.splitlines()[:4] == [
        "# pass tidy: layers 2 → 1, heads 2 → 1, values 2 → 1, nodes 7 → 4",
        "#   own position  layer 2 → 1   own.py:3  own",
        "#   quiet         1 node fewer            nothing",
        "raspir 1",
    ]
    assert text.endswith(plain)
    assert tools.parse(text) == tools.parse(plain)
    (installed / "tidied.rir").write_text(text, encoding="utf-8")
    assert output("run", "tidied.rir", "-i", "abc", cwd=installed) == "[3, 3, 3]\n"
    again = output("opt", "tidied.rir", "--passes", "tidy", "--remarks", cwd=installed)
    assert again.startswith("# no pass changed anything\nraspir 1\n")


def test_options_in_braces_and_by_themselves(installed):
    def layers(*arguments):
        return tools.parse(output("opt", "own.py:own", *arguments, cwd=installed)).stats().layers

    assert layers("--passes", "tidy{max-heads=4, mode=slow}") == 1
    assert layers("--passes", "tidy { max_heads = 1 }") == 2
    assert layers("--passes", "tidy", "--max-heads", "1") == 2
    assert layers("--passes", "tidy{max_heads=2}", "--max-heads", "1", "--time-budget", "2.5") == 1
    assert layers("--no-optimize", "--max-heads", "1") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--passes", "tidi"], "there is no pass 'tidi' (did you mean tidy? known: "),
        (["--passes", "tidy{max_head=1}"], "pass tidy has no option 'max_head' (did you mean max_heads? known: max"),
        (["--passes", "tidy{max_heads=few}"], "the option max_heads of pass tidy takes int, not 'few'"),
        (["--passes", "tidy{mode=medium}"], "the option mode of pass tidy takes fast or slow, not 'medium'"),
        (["--passes", "tidy{"], "'tidy{' is no pipeline"),
        (["--passes", "broken", "--max-heads", "4"], "no pass of broken has an option 'max_heads'"),
        (["--passes", "tidy", "--max-heads", "0"], "max_heads must be a positive integer, not 0"),
        (["--passes", "tidy", "--time-budget", "nan"], "time_budget must be a non-negative number of seconds, not nan"),
        (
            ["--passes", "broken"],
            "internal error: pass broken (from tidying 1.0) failed at tidying.py:40: ZeroDivisionError: ",
        ),
        (["--passes", "lost"], "pass 'lost' (from tidying 1.0, tidying:nowhere) cannot be loaded"),
    ],
)
def test_mistakes_are_one_line(installed, arguments, words):
    line = refused("opt", "own.py:own", *arguments, cwd=installed)
    assert words in line
    if "is saved in" in line:
        Path(line.rpartition("saved in ")[2].strip()).unlink()


@pytest.mark.parametrize("command", [["run", "-i", "ab"], ["stats"], ["opt"], ["emit", "-b", "text"]])
def test_every_command_that_optimizes_takes_the_options(installed, command):
    name, *rest = command
    for option in (["--max-heads", "0"], ["--time-budget", "-1"]):
        assert "raspir: " in refused(name, "own.py:own", *rest, *option, cwd=installed)


def test_the_list_of_passes(installed):
    listed = {each["name"]: each for each in json.loads(output("passes", "--json", cwd=installed))}
    assert listed["tidy"] == {
        "name": "tidy",
        "summary": "drops a head that attends to its own position",
        "package": "tidying 1.0",
        "problem": None,
        "options": [
            {"name": "max_heads", "type": "int", "default": 16},
            {"name": "time_budget", "type": "float", "default": 10.0},
            {"name": "mode", "type": "fast or slow", "default": "fast"},
        ],
    }
    assert listed["broken"]["options"] == listed["lost"]["options"] == []
    assert listed["lost"]["summary"].startswith("cannot be used: ")
    table = output("passes", cwd=installed)
    assert all(part in table for part in ("what it does", "drops a head", "max_heads: int = 16", "mode: fast or slow"))


def invoked(*arguments):
    """Run a command in this process, where the tests choose the default pipeline, and return what it prints."""
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def rows(text, *cells):
    """Return the rows of tables in ``text`` that start with ``cells``."""
    split = [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines()]
    return [row for row in split if row[: len(cells)] == list(cells)]


def test_stats_compare_the_program_as_written_and_optimized(installed, monkeypatch):
    monkeypatch.setattr("raspir.passes.pipeline.DEFAULT", ("tidy",))
    text = invoked("stats", "own.py:own")
    for part in ("own.py:own, as written", "own.py:own, optimized", "why 2 layers", "why 1 layer:", "where each layer"):
        assert part in text
    assert rows(text, "layers") == [["layers", "2", "1"]]
    assert rows(text, "heads per layer") == [["heads per layer", "1 1", "1"]]
    assert rows(text, "own position") == [["own position", "own", "layer 2 → 1", "own.py:3"]]
    assert "quiet" not in text
    assert rows(text, "2", "own", "value: length") == [["2", "own", "value: length", "own.py:3"]]
    assert len(rows(text, "1", "length", "", "own.py:2")) == 2


def test_stats_as_json(installed, monkeypatch):
    monkeypatch.setattr("raspir.passes.pipeline.DEFAULT", ("tidy",))
    figures = json.loads(invoked("stats", "own.py:own", "--json"))
    own = {"layer": 2, "value": "own", "through": "value", "line": "own.py:3"}
    length = {"layer": 1, "value": "length", "through": None, "line": "own.py:2"}
    assert figures["layers"] == 2
    assert figures["critical_path"] == [own, length]
    assert figures["optimized"]["layers"] == 1
    assert figures["optimized"]["critical_path"] == [length]
    assert figures["remarks"][0] == {
        "rule": "own position", "subject": "own", "gain": "layer 2 → 1", "line": "own.py:3",
    }  # fmt: skip
    same = json.loads(invoked("stats", "own.py:length", "--json"))
    assert same["remarks"] == []
    assert "optimized" not in same
    as_written = json.loads(invoked("stats", "own.py:own", "--json", "--no-optimize"))
    assert as_written == {key: figures[key] for key in as_written}
    assert not {"optimized", "remarks"} & set(as_written)


def test_stats_of_a_program_that_stays_as_it_is(installed, monkeypatch):
    monkeypatch.setattr("raspir.passes.pipeline.DEFAULT", ("tidy",))
    text = invoked("stats", "own.py:length")
    assert "as written" in text
    assert "optimized" not in text


def terminal():
    return Console(file=io.StringIO(), force_terminal=True, width=100)


def test_a_progress_bar_comes_late_and_leaves_nothing_behind():
    screen = terminal()
    with progress_bar("optimizing", screen, delay=0) as progress:
        progress(1, 4)
        progress(3, 4)
    drawn = screen.file.getvalue()
    assert "optimizing" in drawn
    assert "3/4" in drawn
    assert drawn.endswith("\x1b[2K")  # the line is erased
    quick = terminal()
    with progress_bar("optimizing", quick, delay=60) as progress:
        progress(1, 4)
    assert quick.file.getvalue() == ""


def test_no_progress_bar_without_a_terminal():
    with progress_bar("optimizing", Console(file=io.StringIO())) as progress:
        assert progress is None


def test_a_progress_bar_goes_when_a_pass_fails():
    screen = terminal()

    def fails():
        with progress_bar("optimizing", screen, delay=0) as progress:
            progress(1, 2)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert screen.file.getvalue().endswith("\x1b[2K")
