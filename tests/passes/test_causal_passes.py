"""Passes on causal graphs: none drops the record or makes a head that looks ahead; validation and the command line."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from commands import raspir as command

import raspir
from raspir import GraphError, indices, key, query, tokens
from raspir.ir import build
from raspir.ir.causal import is_mask
from raspir.passes.base import PASSES, PassContext
from raspir.passes.pipeline import run_passes
from raspir.testing.minimize import replaced

EVERYTHING, SAME = key(1) == query(1), key(tokens) == query(tokens)
LENGTH = EVERYTHING.value(1).name("length")
COUNT = raspir.lower(SAME.value(1).name("count"), causal=True)


@dataclass(frozen=True)
class Calls:
    """A pass of another package."""

    function: Any
    name: str = "calls"
    summary: str = "calls a function"

    def run(self, graph, context):
        return self.function(graph)


def without_mask(graph):
    everything = build("select.eq", *[build("const", value=1)] * 2)
    return replaced(graph, {node: everything for node in graph if is_mask(node)})


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda graph: graph.derived(causal=False), "changed whether the graph is causal from True to False"),
        (without_mask, "made a head that a causal graph must not contain: `((key(tokens) == query(tokens)) & "),
    ],
)
def test_a_wrong_pass_is_an_internal_error_that_names_it(function, message):
    with pytest.raises(GraphError) as caught:
        run_passes(COUNT, [Calls(function)])
    found, _, path = caught.value.message.partition("; the graph before it is saved in ")
    assert "\n" not in found
    assert found.startswith(f"internal error: pass calls {message}")
    saved = Path(path)
    assert raspir.parse(saved.read_text(encoding="utf-8")) == COUNT
    saved.unlink()


def test_a_pass_may_not_make_a_program_causal():
    with pytest.raises(
        GraphError, match="internal error: pass calls changed whether the graph is causal from False to"
    ):
        run_passes(raspir.lower(tokens), [Calls(lambda graph: graph.assume(causal=True))])


def test_a_graph_that_says_it_is_causal_gets_the_masks_that_it_lacks():
    graph = COUNT.derived(outputs={"out": raspir.lower(LENGTH).outputs["out"]})
    with pytest.raises(GraphError, match=r"may look ahead, but the graph is causal"):
        run_passes(graph)
    assert raspir.optimize(graph) == raspir.optimize(LENGTH, causal=True)
    assert raspir.compile(graph)("abc") == [1, 2, 3]
    assert raspir.optimize(graph, causal=False).stats().layers == 1


@pytest.mark.parametrize("name", PASSES.built_in)
def test_every_pass_keeps_the_record_and_the_assumptions(name):
    graph = raspir.lower({"out": SAME.value(LENGTH) + LENGTH, "in": LENGTH}, "ab", 4, causal=True)
    after = run_passes(graph, [name])
    assert (after.causal, after.max_length, after.inputs) == (True, 4, graph.inputs)


def test_a_mask_that_a_rewrite_dropped_is_restored():
    graph = raspir.lower({"a": SAME.value(1), "b": (key(indices) < query(indices)).value(tokens, "_")}).derived(
        causal=True
    )
    kept = PassContext().kept_causal(graph)
    assert kept.outputs["a"] == COUNT.outputs["out"]
    assert kept.outputs["b"] == graph.outputs["b"]  # looks back without the mask
    assert kept.causal
    plain = graph.derived(causal=False)
    assert PassContext().kept_causal(plain) is plain


def test_what_follows_from_the_mask():
    layers = {
        "count of everything": (LENGTH, 0),
        "reversal": ((key(indices) == query(LENGTH - 1 - indices)).value(tokens), 1),
        "mean of positions": (EVERYTHING.mean(indices), 0),
        "later positions": ((key(indices) > query(indices)).value(1), 0),
        "next position": ((key(indices) == query(indices + 1)).value(tokens, "_"), 0),
        "count of counts": (EVERYTHING.value(SAME.value(1)), 2),
    }
    for name, (program, wanted) in layers.items():
        optimized = raspir.optimize(program, causal=True)
        assert (optimized.stats().layers, optimized.causal) == (wanted, True), name


# The command line

PROGRAM = """
from raspir import indices, key, query, tokens
length = (key(1) == query(1)).value(1)
flip = (key(indices) == query(length - 1 - indices)).value(tokens)
"""
AHEAD = """raspir 1
causal
%0 = input name="tokens" : atom
%1 = indices : int
%2 = select.ge %1, %1 : selector
%3 = sum %2, 1 default=0 : int
output out = %3
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "ahead.rir").write_text(AHEAD)
    return tmp_path


def test_a_causal_program_is_optimized_and_validated(folder):
    done = command("opt", "program.py:flip", "--causal", "--vocab", "ab", "--max-length", "5", "--validate", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "\ncausal\n" in done.stdout
    assert "select.eq %indices, 0" in re.sub(r"%\d+ = ", "", done.stdout)
    assert "equal" in done.stderr + done.stdout


def test_causal_programs_run(folder):
    for backend in ("reference", "numpy"):
        done = command("run", "program.py:flip", "--causal", "--backend", backend, "--input", "abc", cwd=folder)
        assert (done.returncode, done.stdout.split()) == (0, ['["a",', '"a",', '"a"]']), done


def test_a_text_that_says_it_is_causal_gets_the_masks_that_it_lacks(folder):
    assert command("run", "ahead.rir", "--input", "ab", cwd=folder).stdout == "[1, 1]\n"
    assert "causal\n" in command("opt", "ahead.rir", cwd=folder).stdout
    shown = command("show", "ahead.rir", "--input", "ab", cwd=folder).stdout
    assert "causal" in shown


def test_without_the_record_it_is_accepted(folder):
    (folder / "free.rir").write_text(AHEAD.replace("causal\n", ""))
    assert command("run", "free.rir", "--input", "ab", cwd=folder).stdout.split("\n")[0] == "[2, 1]"
