"""The pipeline: which passes run, with which options and context, and the handling of invalid passes."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest
from daily import examples
from hypothesis import given
from strategies import build as build_program
from strategies import programs

import raspir
from raspir import BackendError, Graph, GraphError, RaspirError, indices, key, query, tokens
from raspir.ir import OPERATIONS, build, make, parse
from raspir.ir.types import INT, STR
from raspir.passes import pipeline
from raspir.passes.base import PASSES, Pass, PassContext, Remark
from raspir.passes.pipeline import run_passes
from raspir.passes.report import Report

OWN = raspir.lower((key(indices) == query(indices)).value(tokens).name("own"))
ZERO = build("const", value=0)


def with_output(graph, node, **changes):
    parts = {"inputs": graph.inputs.values(), "names": graph.names, "max_length": graph.max_length, **changes}
    return Graph(dict.fromkeys(graph.outputs, node), **parts)


@dataclass(frozen=True)
class Tidy:
    """Fetching from one's own position needs no head."""

    name: ClassVar[str] = "tidy"
    summary: ClassVar[str] = "drops heads that attend to their own position"
    max_heads: int = 16
    steps: int = 1

    def run(self, graph, context):
        for step in range(self.steps):
            if context.progress:
                context.progress(step + 1, self.steps)
        node = graph.outputs["out"]
        if node.operation.name != "sum" or node.operands[0] is not build("select.eq", *[build("indices")] * 2):
            return graph
        context.remarks.append(Remark("own position", graph.name_of(node), "layer 1 → 0", graph.locations.get(node)))
        return with_output(graph, node.operands[1])


@dataclass(frozen=True)
class Wrap:
    """Adds nothing, which is one more node."""

    name: ClassVar[str] = "wrap"
    summary: ClassVar[str] = "adds zeros"
    times: int = 1
    max_heads: int = 3

    def run(self, graph, context):
        node = graph.outputs["out"]
        for _ in range(self.times):
            node = build("add", node, ZERO)
        return with_output(graph, node)


class Calls:
    """A pass that runs a given function."""

    summary = "does what the test says"

    def __init__(self, function, name="calls"):
        self.function = function
        self.name = name

    def run(self, graph, context):
        return self.function(graph)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Make the passes of this module known by name, and only those."""
    found = {"tidy": f"{__name__}:Tidy", "wrap": f"{__name__}:Wrap", "plain": f"{__name__}:PLAIN"}
    monkeypatch.setitem(PASSES.__dict__, "built_in", found)


PLAIN = Calls(lambda graph: graph, "plain")


def ran(passes, graph=OWN, **options):
    """Return the passes that ran, with their options."""
    found = []
    run_passes(graph, passes, on_pass=lambda each, before, after: found.append(each), **options)
    return found


def test_a_pass_that_changes():
    report = Report()
    after = run_passes(OWN, "tidy, wrap{times=2}", remarks=report.remarks, on_pass=report.on_pass)
    assert [node.operation.name for node in after] == ["input", "const", "add", "add"]
    assert report.remarks == [Remark("own position", "own", "layer 1 → 0", OWN.locations[OWN.outputs["out"]])]
    assert [(each.name, each.changed, len(each.remarks)) for each in report.passes] == [
        ("tidy", True, 1),
        ("wrap", True, 0),
    ]


def test_passes_by_text_by_list_and_as_objects():
    expected = [Tidy(), Wrap(times=2), PLAIN]
    assert ran("tidy,wrap{times=2},plain") == expected
    assert ran(["tidy", "wrap{times=2}", "plain"]) == expected
    assert ran([Tidy(), Wrap(2), PLAIN]) == expected
    assert ran("") == ran([]) == ran(()) == []


def test_options_go_to_each_pass_that_has_them():
    options = {"max_heads": 5}
    assert ran("tidy,wrap,plain", options=options) == [Tidy(5), Wrap(max_heads=5), PLAIN]
    assert ran([Tidy(2), "wrap{max_heads=4}"], options=options) == [Tidy(5), Wrap(max_heads=4)]
    assert ran("tidy,wrap", options={"times": 3}) == [Tidy(), Wrap(times=3)]
    assert ran("", options={"nothing has": 1}) == []


@pytest.mark.parametrize(
    ("passes", "options", "message"),
    [
        ("tidi", {}, "there is no pass 'tidi' (did you mean tidy? known: tidy, wrap, plain)"),
        ("zzz", {}, "there is no pass 'zzz' (known: tidy, wrap, plain)"),
        ("tidy,plain", {"step": 1}, "no pass of tidy, plain has an option 'step' (did you mean steps? known"),
        ("plain", {"max_heads": 1}, "no pass of plain has an option 'max_heads' (known: none)"),
        ("wrap{time=1}", {}, "pass wrap has no option 'time' (did you mean times? known: times, max_heads)"),
        ("wrap", {"times": "a"}, "the option times of pass wrap takes int, not 'a'"),
        (5, {}, "passes must be a string such as 'a,b' or a list of names and passes, not 5"),
        ([5], {}, "5 is not a pass"),
        ([Tidy], {}, "is not a pass"),
    ],
)
def test_mistakes(passes, options, message):
    with pytest.raises(BackendError, match=re.escape(message)):
        run_passes(OWN, passes, options=options)


def test_the_api_passes_options_on(monkeypatch):
    seen = []
    monkeypatch.setattr(Wrap, "run", lambda self, graph, context: seen.append(self.max_heads) or graph)
    raspir.optimize(OWN, passes="wrap", max_heads=7)
    monkeypatch.setattr("raspir.passes.pipeline.DEFAULT", ("wrap",))
    raspir.compile(OWN, max_heads=8)
    raspir.emit(OWN, "text", max_heads=9)
    assert seen == [7, 8, 9]
    with pytest.raises(BackendError, match="no pass of wrap has an option 'time_budget'"):
        raspir.optimize(OWN, time_budget=1.0)
    assert raspir.compile(OWN, optimize=False, time_budget=1.0)("ab") == ["a", "b"]


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "4"])
def test_max_heads_is_a_positive_integer(value):
    with pytest.raises(BackendError, match="max_heads must be a positive integer, not"):
        raspir.optimize(OWN, passes="tidy", max_heads=value)


@pytest.mark.parametrize("value", [-1, float("nan"), True, "4"])
def test_time_budget_is_a_number_of_seconds(value):
    with pytest.raises(BackendError, match="time_budget must be a non-negative number of seconds, not"):
        raspir.optimize(OWN, passes="tidy", time_budget=value)


def test_remarks_and_progress_through_the_api():
    remarks, steps = [], []
    after = raspir.optimize(
        OWN, passes="tidy{steps=3}", remarks=remarks, progress=lambda done, total: steps.append((done, total))
    )
    assert after.stats().layers == 0
    assert [remark.gain for remark in remarks] == ["layer 1 → 0"]
    assert steps == [(1, 3), (2, 3), (3, 3)]


def internal(function, graph=OWN, name="calls"):
    """Run a pass that is wrong, and return the message and the graph that it says is saved."""
    with pytest.raises(GraphError) as caught:
        run_passes(graph, [Calls(function, name)])
    assert "\n" not in str(caught.value)
    message, _, path = caught.value.message.partition("; the graph before it is saved in ")
    saved = Path(path)
    text = saved.read_text(encoding="utf-8")
    saved.unlink()
    return message, parse(text)


def invalid(graph):
    return with_output(graph, make(OPERATIONS["add"], [build("indices"), ZERO], ["error"], STR))


def fails(graph):
    raise KeyError("two\nlines")


def builds_nonsense(graph):
    return build("neg", build("select.eq", ZERO, ZERO))


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (invalid, "returned an invalid graph: %3 = add: its type is declared as str, but inferred as int"),
        (fails, "failed: KeyError: 'two\\nlines'"),
        (builds_nonsense, "violated a rule of the IR: neg: its operand a must be a sequence of atoms, not selector"),
        (lambda graph: None, "returned None, which is not a graph"),
        (lambda graph: Graph({"other": graph.outputs["out"]}), "changed the outputs from out to other"),
        (
            lambda graph: Graph({"out": build("input", name="other", vocab=None)}),
            "changed the inputs tokens, or their vocabularies",
        ),
        (lambda graph: graph.assume("ab"), "changed the inputs tokens, or their vocabularies"),
        (lambda graph: graph.assume(max_length=3), "changed the maximum length from None to 3"),
    ],
)
def test_an_internal_error_names_the_pass_and_the_node_and_saves_the_graph(function, message):
    found, saved = internal(function)
    assert re.sub(r" at \S*test_pipeline.py:\d+:", ":", found) == f"internal error: pass calls {message}"
    assert (found.count("test_pipeline.py:") == 1) == (function in (fails, builds_nonsense))
    assert saved == OWN


def test_a_pass_may_not_lose_a_function():
    graph = raspir.lower(tokens.map(ord))
    message, saved = internal(lambda graph: Graph(graph.outputs, graph.inputs.values()), graph)
    assert message == "internal error: pass calls changed the function @ord to an unbound symbol"
    assert saved == graph


def test_the_author_is_told_the_line_and_the_file_has_a_safe_name():
    node = make(OPERATIONS["add"], [build("indices"), ZERO], ["error"], STR)
    place = OWN.locations[OWN.outputs["out"]]
    with pytest.raises(GraphError) as caught:
        run_passes(OWN, [Calls(lambda graph: with_output(graph, node, locations={node: place}), "../odd name")])
    assert str(caught.value).startswith(f"{place}: internal error: pass ../odd name returned an invalid graph: ")
    saved = Path(caught.value.message.rpartition("saved in ")[2])
    assert saved.name.startswith("raspir-..-odd-name-")
    saved.unlink()


def test_a_graph_that_cannot_be_saved(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(GraphError, match="the graph before it could not be saved: No such file or directory"):
        run_passes(OWN, [Calls(fails)])


def saved_by(function, graph=OWN, name="calls"):
    """Return the file that a pass that is wrong leaves."""
    with pytest.raises(GraphError) as caught:
        run_passes(graph, [Calls(function, name)])
    return Path(caught.value.message.rpartition("saved in ")[2])


def test_the_same_error_leaves_one_file_and_all_errors_few(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first = saved_by(fails)
    assert saved_by(fails) == saved_by(invalid) == first
    assert saved_by(fails, name="other") != first
    (folder,) = tmp_path.iterdir()
    assert first.parent == folder
    assert len(list(folder.iterdir())) == 2
    files = [saved_by(fails, raspir.lower(indices + number)) for number in range(pipeline.MOST_SAVED + 5)]
    assert len(set(files)) == len(files)
    assert len(list(folder.iterdir())) == pipeline.MOST_SAVED
    assert not first.exists()
    assert parse(files[-1].read_text()) == raspir.lower(indices + (len(files) - 1))


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owners")
def test_graphs_are_saved_in_a_folder_of_the_user_alone(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    saved = saved_by(fails)
    folder = saved.parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert saved.stat().st_mode & 0o777 == 0o600
    target = tmp_path / "target"
    target.write_text("untouched")
    saved.unlink()
    saved.symlink_to(target)  # as somebody else may put there where anybody may write
    folder.chmod(0o777)
    assert saved_by(fails) == saved
    assert not saved.is_symlink()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert target.read_text() == "untouched"
    moved = folder.rename(tmp_path / "elsewhere")
    folder.symlink_to(moved)
    with pytest.raises(GraphError, match=r"could not be saved: .* is not a folder of yours"):
        run_passes(OWN, [Calls(fails)])
    folder.unlink()
    folder.write_text("")
    with pytest.raises(GraphError, match=r"could not be saved: .* is not a folder of yours"):
        run_passes(OWN, [Calls(fails)])
    folder.unlink()
    owner = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    (tmp_path / f"raspir-{owner + 1}").mkdir()
    with pytest.raises(GraphError, match=r"could not be saved: .* is not a folder of yours"):
        run_passes(OWN, [Calls(fails)])


def test_what_a_pass_says_of_its_user_stays_as_it_is():
    def refuses(graph):
        raise BackendError("this pass needs a vocabulary")

    with pytest.raises(RaspirError, match=r"^this pass needs a vocabulary$"):
        run_passes(OWN, [Calls(refuses)])


def test_later_passes_do_not_run_and_an_invalid_start_is_not_a_passs_fault():
    report = Report()
    with pytest.raises(GraphError, match="pass calls failed") as caught:
        run_passes(OWN, [Tidy(), Calls(fails), Wrap()], on_pass=report.on_pass, remarks=report.remarks)
    Path(caught.value.message.rpartition("saved in ")[2]).unlink()
    assert [each.name for each in report.passes] == ["tidy"]
    bad = invalid(OWN)
    with pytest.raises(GraphError) as caught:
        run_passes(bad, "tidy")
    assert "internal error" not in str(caught.value)


def test_the_comments_of_a_report():
    report = Report()
    run_passes(OWN, "tidy,plain,wrap", remarks=report.remarks, on_pass=report.on_pass)
    report.remarks.append(Remark("a longer rule", "two\nlines \ud800 # x", "1 head fewer"))
    wrap = Wrap()
    report.on_pass(wrap, OWN, OWN)
    place = str(OWN.locations[OWN.outputs["out"]])
    assert report.comments() == [
        "# pass tidy: layers 1 → 0, heads 1 → 0, values 1 → 0, nodes 4 → 1",
        f"#   own position   layer 1 → 0   {place}  own",
        "# pass wrap: feed-forward blocks 0 → 1, nodes 1 → 3",
        "# pass wrap: no change",
        f"#   a longer rule  1 head fewer  {' ' * len(place)}  two\\u000alines \\ud800 # x",
    ]
    text = "\n".join([*report.comments(), str(OWN)])
    assert parse(text) == OWN
    assert Report().comments() == ["# no pass changed anything"]


def test_a_change_that_changes_no_figure():
    report = Report()
    run_passes(
        raspir.lower(tokens + 1), [Calls(lambda graph: with_output(graph, swapped(graph)))], on_pass=report.on_pass
    )
    assert report.comments() == ["# pass calls: other nodes, the same figures"]


def swapped(graph):
    return build("add", *reversed(graph.outputs["out"].operands))


def test_the_context_and_the_protocol():
    assert isinstance(Tidy(), Pass)
    assert PassContext().remarks == []
    contexts = [PassContext(), PassContext()]
    contexts[0].remarks.append(Remark("r", "s", "g"))
    assert contexts[1].remarks == []
    assert Remark("r", "s", "g").to_json() == {"rule": "r", "subject": "s", "gain": "g", "line": None}
    assert ZERO.type is INT


@examples(100)
@given(programs())
def test_passes_that_do_nothing_keep_every_graph(program):
    try:
        graph = raspir.lower(build_program(program))
    except raspir.ProgramError:
        return
    assert run_passes(graph, [PLAIN, Calls(lambda graph: graph)]) is graph
