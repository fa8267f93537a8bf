"""Testing at the limits: extreme programs and inputs, time limits, pass contracts, minimization of large programs."""

import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass
from random import Random

import pytest
from faults import Crash

import raspir
from raspir import SOp, indices, key, query, tokens, where
from raspir.analysis import Analysis
from raspir.frontends.expressions import expression
from raspir.ir import build
from raspir.ir.types import SELECTOR
from raspir.passes.base import Remark
from raspir.rewriting.builder import Builder, NonterminationWarning
from raspir.runtime.interrupts import held_back, raise_held
from raspir.testing import Setting, difference, minimized, trying
from raspir.testing.differences import DifferenceError
from raspir.testing.fuzzer import fuzz
from raspir.testing.generate import program
from raspir.testing.limits import TimeUpError, limited
from raspir.testing.literals import literal, short
from raspir.testing.maker import LARGE, MODERATE
from raspir.testing.quiet import quiet
from raspir.testing.scripts import script, shrunk
from raspir.testing.trying import HUGE, Campaign, Failure, Trial

needs_timers = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="signals have no timers here")


def generated(count, sizes=LARGE):
    return [program(Random(f"programs {number}"), number % 10 > 0, sizes=sizes) for number in range(count)]


def longest_chain(graph):
    """Return how many choices follow one another at most."""
    found = {}
    for node in graph:
        inner = max((found[operand] for operand in node.operands), default=0)
        found[node] = inner + (node.operation.name == "where")
    return max(found.values())


def paths(graph):
    """Return how many paths lead from the outputs to a value at most."""
    found = Counter(graph.outputs.values())
    for node in reversed(graph.nodes):
        for operand in node.operands:
            found[operand] += found[node]
    return max(found.values())


# Programs and inputs.


def test_programs_go_to_the_limits():
    graphs = [each.graph for each in generated(2000)]
    assert max(map(longest_chain, graphs)) > 200
    assert sum(longest_chain(graph) > 20 for graph in graphs) < 150
    shared = [graph for graph in graphs if paths(graph) > 2**20]
    assert any(node.type is SELECTOR for graph in shared for node in graph)
    assert len(shared) >= 3
    defaults = {repr(node["default"]) for graph in graphs for node in graph if node.operation.name in ("sum", "mean")}
    assert defaults >= {"0", "-1", "0.5", "0.0", "-0.0", "1.0", "True", "False", "''"}
    nested = [
        graph for graph in graphs if any(node in graph.outputs.values() for other in graph for node in other.operands)
    ]
    assert len(nested) > 30


def test_smaller_limits_are_kept():
    graphs = [each.graph for each in generated(600, MODERATE)]
    assert 20 < max(map(longest_chain, graphs)) < 150
    assert max(map(len, graphs)) < 400


def test_positions_are_tokens_that_inputs_put_far_outside():
    made = generated(800)
    inputs = [trying.some_input(Random(f"{i}"), each) for i, each in enumerate(made) for _ in range(6)]
    far = [atom for given in inputs for atom in given if type(atom) is int and atom.bit_length() > 500_000]
    assert set(far) <= set(HUGE)
    assert 3 <= len(far) < 150
    fetched = [
        aggregate
        for each in made
        for aggregate in each.graph
        if aggregate.operation.name == "sum"
        for select in aggregate.operands[:1]
        if select.operation.name == "select.eq" and any(side.operation.name == "round" for side in select.operands)
    ]
    assert fetched


@pytest.mark.parametrize(
    "atom",
    [*HUGE, 2**600_000 - 1, -(2**600_000) + 5, 10**400, -(10**700), 3**5000, 2**70, -5],
    ids=lambda atom: f"{atom.bit_length()} bits",
)
def test_large_integers_are_python(atom):
    assert eval(literal([atom])) == [atom]
    assert len(short(atom)) < 500


def test_large_integers_are_written_briefly():
    assert list(map(literal, HUGE[:4])) == ["2**600000", "2**600000 + 1", "-2**600000", "-2**600000 + 1"]
    assert len(short(3**500_000)) < 80


def test_a_difference_on_large_integers_is_shown(tmp_path):
    graph = raspir.lower(where(tokens == 2**70, 1, tokens))
    problem = DifferenceError("it differs", [[HUGE[0], 1]])
    found = shrunk(Failure(0, 0, Trial(graph, [[HUGE[0], 1]]), Setting(("fold",)), problem), attempts=0)
    text = script(found, "title")
    assert "INPUTS = [[2**600000, 1]]" in text
    namespace = {"__name__": "shown"}
    exec(text, namespace)
    assert namespace["INPUTS"] == [[HUGE[0], 1]]


def test_other_results_on_large_integers_are_shown_briefly(monkeypatch):
    wrong = build("sub", build("input", name="tokens", vocab=None), build("const", value=1))
    with_run(monkeypatch, "fold", lambda self, graph, context: raspir.ir.Graph({"out": wrong}, graph.inputs.values()))
    found = difference(tokens + 0, [[HUGE[0]]], Setting(("fold",)))
    assert "unoptimized it yields [2**600000] of layer 0\noptimized it yields   [2**600000 - 1] of layer 0" in found


# Time.


def spin():
    while True:
        pass


@needs_timers
def test_what_runs_for_too_long_is_interrupted_and_no_timer_is_left():
    before = signal.getsignal(signal.SIGALRM)
    start = time.monotonic()
    with pytest.raises(TimeUpError), limited(0.1):
        spin()
    assert time.monotonic() - start < 5
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    with limited(1e300):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@needs_timers
def test_an_interruption_that_a_callback_would_swallow_comes_later(capfd):
    import weakref

    class Held:
        pass

    def spend_time_in_callbacks():
        while True:
            held = weakref.WeakValueDictionary()
            for number in range(1000):
                held[number] = Held()

    with pytest.raises(TimeUpError), limited(0.05):
        spend_time_in_callbacks()
    assert "Exception ignored" not in capfd.readouterr().err


@needs_timers
def test_a_limit_within_another_leaves_that_running():
    with limited(1000):
        with pytest.raises(TimeUpError), limited(0.05):
            spin()
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 900 < left < 1000


def test_in_another_thread_nothing_is_interrupted():
    done = []

    def run():
        with limited(0.01):
            time.sleep(0.1)
            done.append(True)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [True]


@dataclass(frozen=True)
class Slow:
    """A pass that never ends where there is an aggregate, and swallows whatever is an Exception."""

    name: str = "slow"
    summary: str = "takes too long"

    def run(self, graph, context):
        while any(node.operation.name == "sum" for node in graph):
            try:
                spin()
            except Exception:
                continue
        return graph


@needs_timers
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_case_that_takes_too_long_is_a_difference_and_is_made_small(jobs, monkeypatch):
    if jobs == 1:
        monkeypatch.setattr(trying, "drawn", lambda random, *rest: Setting(passes=("fold", Slow())))
        done = fuzz(Campaign(0, ("reference",), time_limit=0.5), 400)
        (failure,) = done.failures
        assert done.counts["difference time"] == 1
    else:  # as another process reports it, without running it here
        monkeypatch.setattr(trying, "drawn", lambda random, *rest: Setting(passes=("fold", Slow())))
        campaign = Campaign(0, ("reference",), time_limit=0.5).check()
        number = next(n for n in range(100) if "sum " in str(campaign.program(n)[0].graph))
        failure = campaign.failure(number, 2, DifferenceError("it exceeds the time limit of 0.5 s", kind="time"))
        assert failure.setting == Setting(passes=("fold", Slow()), time_limit=0.5)
    assert failure.problem.description.startswith("it exceeds the time limit of 0.5 s")
    start = time.monotonic()
    found = shrunk(failure)
    assert time.monotonic() - start < 30
    assert found.description == "it exceeds the time limit of 0.25 s in pass slow"
    assert found.setting == Setting(passes=(Slow(),), time_limit=0.25)
    assert len(found.graph) <= 4


# The contract of passes.


def larger(graph):
    """Return a graph of more nodes that means the same where its outputs are integers."""
    outputs = {name: build("neg", build("neg", node)) for name, node in graph.outputs.items()}
    return graph.derived(outputs=outputs)


def with_run(monkeypatch, name, run):
    monkeypatch.setattr(f"raspir.passes.{name}.{name.capitalize()}.run", run)


@pytest.mark.parametrize("name", ["fold", "merge", "fuse", "schedule"])
def test_a_pass_may_not_make_a_program_larger_without_a_gain(name, monkeypatch):
    with_run(monkeypatch, name, lambda self, graph, context: larger(graph))
    found = difference(indices, [[1, 2]], Setting((name,)))
    assert (
        found == f"pass {name} grows the graph from 2 to 4 nodes without a gain "
        "(functions 0 → 0, layers 0 → 0, heads 0 → 0, values 0 → 0)"
    )


def test_a_gain_is_worth_nodes_if_it_is_reported(monkeypatch):
    program = (key(indices) == query(indices)).value(indices)

    def gains(report):
        def run(self, graph, context):
            if graph.stats().layers == 0:
                return graph
            if report:
                context.remarks.append(Remark("own", "it", "layer 1 → 0"))
            at = build("indices")
            for _ in range(9):
                at = build("neg", at)
            return raspir.ir.Graph({"out": build("neg", at)}, graph.inputs.values())

        return run

    with_run(monkeypatch, "merge", gains(report=True))
    assert difference(program, [[1, 2]], Setting(("fuse", "merge"))) is None
    with_run(monkeypatch, "merge", gains(report=False))  # then the pipeline reports it
    assert difference(program, [[1, 2]], Setting(("fuse", "merge"))) is None
    with_run(monkeypatch, "fuse", gains(report=True))  # which is no pass for that
    assert "pass fuse grows the graph from 4 to 12 nodes without a gain" in difference(
        program, [[1, 2]], Setting(("fuse",))
    )


def test_what_one_pass_does_wrong_another_does_not_make_good(monkeypatch):
    with_run(monkeypatch, "merge", lambda self, graph, context: larger(graph))
    assert difference(indices, [[1, 2]], Setting(("merge", "fold"))).startswith(
        "pass merge grows the graph from 2 to 4 nodes without"
    )


def test_a_pass_has_nothing_left_to_do_on_its_own_result(monkeypatch):
    def run(self, graph, context):
        node = graph.outputs["out"]
        return raspir.ir.Graph({"out": node.operands[0]}, graph.inputs.values()) if node.operands else graph

    twice = abs(abs(indices))
    with_run(monkeypatch, "merge", run)
    assert difference(twice, [[1]], Setting(("merge",))) == (
        "pass merge is not idempotent: a second run changes 3 → 2 nodes"
    )
    assert difference(twice, [[1]], Setting(("merge", "merge"))) is None
    trial = Trial(raspir.lower(twice), [[1]])
    assert trial.compare(Setting(("merge",)), again=False)["results"] == 1


def test_no_warning_when_a_pass_runs_again(recwarn):
    selector = raspir.select(tokens, tokens, lambda k, q: k < q)
    assert difference(selector.value(indices, default=0), [[1, 2]], Setting(("fold",), vocab=(1, "a"))) is None
    assert not recwarn.list


# Ctrl-C

interrupts = pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="signals cannot be raised here")


def press_ctrl_c_and(then):
    with held_back():
        with held_back():
            pass
        signal.raise_signal(signal.SIGINT)
        then()


@interrupts
def test_an_interrupt_is_held_back_until_the_end():
    done, before = [], signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        press_ctrl_c_and(lambda: done.append("all of it"))
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is before
    raise_held()  # not again


@interrupts
def test_an_interrupt_that_is_held_back_comes_when_asked_for_and_before_other_errors():
    def ask():
        with pytest.raises(KeyboardInterrupt):
            raise_held()

    press_ctrl_c_and(ask)
    with pytest.raises(KeyboardInterrupt):
        press_ctrl_c_and(lambda: 1 // 0)


# Large programs made small.


def table(links):
    made = tokens
    for i in range(links):
        made = where(tokens == i, i + 1000, made)
    return raspir.lower({"at": made == 1003, "other": made, "more": made + 1})


def test_a_large_program_is_made_small_in_few_attempts():
    tried = Counter()

    def fails(graph, given):
        tried["programs"] += 1
        return longest_chain(graph) >= 100 and any(node.operation.name == "eq" for node in graph)

    graph, given = minimized(table(400), [[1, 2, 3]], fails)
    assert len(graph) < 420
    assert list(graph.outputs) == ["at"] or len(graph.outputs) == 1
    assert given == []
    assert tried["programs"] < 1500


def test_a_deep_program_is_made_small_without_recursion():
    made = tokens
    for _ in range(5000):
        made = where(made == 1, made, abs(made))
    graph, _ = minimized(raspir.lower(made), [], lambda graph, given: "abs" in str(graph), attempts=20_000)
    assert [node.operation.name for node in graph] == ["input", "abs"]


def test_an_attribute_that_does_not_matter_is_made_the_usual_one():
    skipping = raspir.lower(expression(SOp, "add", (tokens, tokens), ("skip",)))
    graph, _ = minimized(skipping, [], lambda graph, given: any(node.operation.name == "add" for node in graph))
    assert [node.none for node in graph if node.operation.name == "add"] == ["error"]
    graph, _ = minimized(skipping, [], lambda graph, given: any(node.none == "skip" for node in graph))
    assert [node.none for node in graph if node.operation.name == "add"] == ["skip"]


def test_to_make_it_small_ends_in_time():
    start = time.monotonic()

    def fails(graph, given):
        time.sleep(0.01)
        return True

    graph, _ = minimized(table(300), [[1] * 50] * 6, fails, seconds=0.5)
    assert time.monotonic() - start < 5
    assert len(graph) <= len(table(300))


def test_another_fault_is_not_the_same_made_small(monkeypatch):
    def run(self, graph, context):
        if len(graph) < 5:
            raise ZeroDivisionError("another fault")
        return larger(graph)

    with_run(monkeypatch, "merge", run)
    graph = raspir.lower(abs(indices) + abs(indices + 1))
    trial = Trial(graph, [[1]])
    with pytest.raises(DifferenceError) as caught:
        trial.compare(Setting(("merge",)))
    found = shrunk(Failure(0, 0, trial, Setting(("merge",)), caught.value))
    assert found.description.startswith("pass merge grows the graph from 5 to 7 nodes without a gain")


def test_differences_are_counted_by_kind(monkeypatch):
    monkeypatch.setattr(trying, "drawn", lambda random, *rest: Setting(passes=(Crash(),)))
    done = fuzz(Campaign(1), 400, failures=3)
    assert done.counts["difference failure"] == 3
    assert {failure.problem.kind for failure in done.failures} == {"failure"}


def test_rules_that_do_not_terminate_are_errors_for_the_fuzzer_and_warnings_for_users():
    class Endless(Builder):
        def rules(self, node):
            if node.operation.name != "add":
                return ()
            return (lambda algebra, node: algebra("add", node, build("const", value=1)),)

    node = build("add", build("indices"), build("indices"))
    with pytest.warns(NonterminationWarning, match="do not terminate"):
        Endless(Analysis()).fold(node)
    with quiet(), pytest.raises(NonterminationWarning):
        Endless(Analysis()).fold(node)
