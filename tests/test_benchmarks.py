"""What the benchmarks stand on: the generator of programs, the fuzzer, which must find what is wrong, and bounds."""

import re
from dataclasses import dataclass, replace
from random import Random

import depth
import fuzz
import generate
import pytest
from minimise import replaced
from programs import PROGRAMS

import raspir
from raspir.ir import build

NONE = "no difference"


@dataclass(frozen=True)
class Swap:
    """A pass that exchanges one operation for another."""

    old: str
    new: str
    name: str = "swap"
    summary: str = "is wrong"

    def run(self, graph, context):
        for node in graph.nodes:
            if node.operation.name == self.old:
                attributes = {name: node[name] for name, _ in node.operation.attributes}
                return replaced(graph, node, build(self.new, *node.operands, **attributes))
        return graph


@dataclass(frozen=True)
class Deepen:
    """A pass that keeps what a program means and adds a layer."""

    name: str = "deepen"
    summary: str = "is no good"

    def run(self, graph, context):
        at = build("indices")
        outputs = {
            name: build("sum", build("select.eq", at, at), node, default=0) for name, node in graph.outputs.items()
        }
        return raspir.Graph(outputs, graph.inputs.values(), graph.functions)


@dataclass(frozen=True)
class Crash:
    """A pass that fails."""

    name: str = "crash"
    summary: str = "fails"

    def run(self, graph, context):
        raise ZeroDivisionError("not today")


def first_report(broken, monkeypatch, seed=0):
    options = [fuzz.Options("select", passes=(broken,))]
    monkeypatch.setattr(fuzz, "choices", lambda random, generated: options)
    found = (fuzz.tried(number, seed).report for number in range(300))
    return next((report for report in found if report), NONE)


@pytest.mark.parametrize(("old", "new"), [("select.lt", "select.le"), ("sum", "mean"), ("and", "or"), ("add", "sub")])
def test_a_wrong_rewrite_is_found_and_made_small(old, new, monkeypatch):
    report = first_report(Swap(old, new), monkeypatch)
    assert "as written, and optimised" in report
    assert "swap" in report
    written, optimised = report.split("raspir 1\n")[1:]
    assert old in written
    assert written != optimised
    assert written.count("\n%") <= 7
    assert len(re.search(r"input: (\[.*\])", report)[1].split(",")) <= 4


def test_more_layers_are_found(monkeypatch):
    assert re.search(r"it had \d+ layers, and now has \d+", first_report(Deepen(), monkeypatch))


def test_a_failing_pass_is_found(monkeypatch):
    report = first_report(Crash(), monkeypatch)
    assert "the optimiser failed: " in report
    assert "ZeroDivisionError: not today" in report


def test_a_rewrite_that_is_right_passes(monkeypatch):
    assert first_report(Swap("no such operation", ""), monkeypatch) == NONE


def test_the_optimiser_on_some_generated_programs():
    done = fuzz.Outcome()
    for number in range(60):
        outcome = fuzz.tried(number, seed=20)
        assert outcome.report is None, outcome.report
        done += outcome
    assert done.counts["skipped"] < done.cases / 2


def test_programs_come_from_their_seed_alone():
    first, again, other = (generate.program(Random(f"{seed}")) for seed in (1, 1, 2))
    assert str(first.graph) == str(again.graph)
    assert first.vocab == again.vocab
    assert str(first.graph) != str(other.graph)


def test_generated_programs_use_the_whole_language():
    programs = [generate.program(Random(f"{number}")).graph for number in range(1000)]
    used = {node.operation.name for graph in programs for node in graph}
    assert used == set(raspir.ir.OPERATIONS)
    assert sum(len(graph.outputs) > 1 for graph in programs) > 50
    assert sum(graph.stats().layers > 2 for graph in programs) > 100


@pytest.mark.parametrize("size", [50, 500])
def test_programs_of_a_size(size):
    graph = generate.program_of_size(size, seed=1)
    assert size <= len(graph) <= 1.3 * size
    results = raspir.compile(graph, optimize=False)("abcda")
    assert results.keys() == graph.outputs.keys()
    assert {len(result) for result in results.values()} == {5}


def named(name):
    return next(program for program in PROGRAMS if program.name == name)


def test_depth_tells_missed_bounds():
    flip = named("flip")
    row = depth.measure(flip, inputs=20, seed=0)
    assert (row.written, row.compared, row.fails) == (2, 20, [])
    missed = depth.measure(replace(flip, select=0), inputs=20, seed=0)
    assert missed.fails == [f"flip: {row.select.layers} layers with select attention, and 0 must do"]


def test_depth_tells_other_results(monkeypatch):
    broken = Swap("select.eq", "select.ne")
    monkeypatch.setattr(raspir, "optimize", lambda graph, attention: broken.run(graph, None))
    (select, best) = depth.measure(named("hist"), inputs=50, seed=0).fails
    assert select.startswith("hist: other results with select attention on '")
    assert best.startswith("hist: other results with best attention on '")
