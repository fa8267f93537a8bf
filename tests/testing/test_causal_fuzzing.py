"""Causal programs in the fuzzer: masks against an evaluator with a mask of its own, coverage, and planted faults."""

import re
from dataclasses import dataclass
from functools import partial
from random import Random

import pytest
from daily import first

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis import causality, facts
from raspir.ir import build, causal
from raspir.ir.errors import MissingValueError
from raspir.ir.evaluation import checked, function_of
from raspir.ir.packing import unpack_all, value_key
from raspir.ir.types import SELECTOR
from raspir.passes import base, pipeline
from raspir.testing import Setting, difference, generate, minimized, trying
from raspir.testing.causal import CAUSAL
from raspir.testing.fuzzer import fuzz
from raspir.testing.generate import Generated
from raspir.testing.restricted import looks_ahead
from raspir.testing.scripts import script, shrunk
from raspir.testing.trying import SETTINGS, Campaign

EVERYWHERE = key(1) == query(1)
LENGTH = EVERYWHERE.value(1)
REVERSED = (key(indices) == query(LENGTH - 1 - indices)).value(tokens)


class Fails(Exception):
    """The program has no result on an input."""


def total(values):
    """Return the sum of several values, added from left to right."""
    if any(isinstance(value, str | None) for value in values):
        raise Fails
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


def best(node, selected, score):
    """Return the best of the selected positions."""
    chosen = selected[0]
    for j in selected[1:]:
        if score[j] == score[chosen]:
            chosen = j if node.ties == "right" else chosen
        elif score[j] is None or score[chosen] is None:
            raise Fails
        elif (score[j] > score[chosen]) == (node.pick == "highest"):
            chosen = j
    return chosen


def aggregated(node, selected, value, *score):
    """Return the result of an aggregate at one position."""
    if not selected:
        return node.default
    if node.operation.name == "best":
        return value[best(node, selected, *score)]
    if len(selected) == 1:
        return value[selected[0]]
    if node.operation.name == "average":
        require(is_numeric(value) and not all(isinstance(atom, bool) for atom in value))
    added = total([value[j] for j in selected])
    return added if node.operation.name == "sum" else added / len(selected)


def require(holds):
    if not holds:
        raise Fails


def is_numeric(atoms):
    return all(isinstance(atom, int | float) for atom in atoms)


def causally(graph, given):
    """Return the outputs of a program without the mask, in which each aggregate sees no position after its own."""
    n, values = len(given), {}
    for node in graph:
        operands, name = [values[operand] for operand in node.operands], node.operation.name
        if name == "input":
            values[node] = list(given)
        elif name == "indices":
            values[node] = list(range(n))
        elif name == "const":
            values[node] = [node.value] * n
        elif name == "raw":
            if len(node.values) != n:
                raise Fails
            values[node] = list(node.values)
        elif name in ("sum", "mean", "average", "best"):
            matrix, *others = operands
            rows = ([j for j in range(n) if matrix[i][j] and j <= i] for i in range(n))
            values[node] = [checked(aggregated(node, row, *others)) for row in rows]
        elif name == "one_type":
            (values[node],) = operands
            require(is_numeric(values[node]) or all(isinstance(atom, str) for atom in values[node]))
        elif name == "selector.not":
            values[node] = [[not entry for entry in row] for row in operands[0]]
        elif name in ("selector.and", "selector.or"):
            both = all if name == "selector.and" else any
            values[node] = [[both(a[i][j] for a in operands) for j in range(n)] for i in range(n)]
        elif node.type is SELECTOR:
            function, (keys, queries) = function_of(node, graph.functions), operands
            values[node] = [[bool(function(keys[j], queries[i])) for j in range(n)] for i in range(n)]
        else:
            function = function_of(node, graph.functions)
            values[node] = [checked(function(*atoms)) for atoms in zip(*operands, strict=True)]
    return {name: list(map(value_key, unpack_all(values[node]))) for name, node in graph.outputs.items()}


PYTHON = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
FAILURES = (*PYTHON, raspir.EvaluationError, MissingValueError, Fails)


def outcome(run):
    try:
        return run()
    except FAILURES:
        return "fails"


def reference(graph, given):
    result = raspir.compile(graph, "reference", optimize=False)(given)
    results = result if isinstance(result, dict) else dict.fromkeys(graph.outputs, result)
    return {name: list(map(value_key, each)) for name, each in results.items()}


def generated(number, small=False):
    return generate.program(Random(f"causal programs {number}"), small, causal=True)


@pytest.mark.parametrize("some", first(range(10)))
def test_the_mask_is_what_an_evaluator_of_its_own_says(some):
    compared = 0
    for number in range(some * 150, (some + 1) * 150):
        made, random = generated(number, number % 3 > 0), Random(f"inputs {number}")
        masked = made.graph.assume(causal=True)
        for _ in range(3):
            given = made.input(random)
            wanted = outcome(partial(causally, made.graph, given))
            assert outcome(partial(reference, masked, given)) == wanted, (made, given)
            compared += wanted not in ("fails", outcome(partial(reference, made.graph, given)))
    assert compared > 100  # the mask makes a difference


def test_programs_use_each_idiom_and_most_look_ahead_without_the_mask():
    made = [generated(number, small=True) for number in range(400)]
    assert all(each.causal and each.assumed.causal and not each.graph.causal for each in made)
    heads = [each.graph for each in made if each.graph.stats().heads]
    looking = [graph for graph in heads if causality.looking_ahead(raspir.analysis.Analysis.of(graph), graph)]
    assert len(heads) / 4 < len(looking) < len(heads) * 0.9
    for idiom in dict.fromkeys(CAUSAL):
        maker = generate.Maker(Random(idiom.__name__), ("a", "b"), odd=0.0)
        idiom(maker)
        graph = raspir.lower(generate.outputs(maker)).assume("ab", 4, causal=True)
        assert all(isinstance(outcome(partial(reference, graph, text)), dict) for text in ("", "a", "abba"))


# Settings and coverage


def test_one_program_in_five_is_causal_and_the_others_are_as_before():
    some, every = Campaign().check(), Campaign(causal=True).check()
    made = [some.program(number)[0] for number in range(300)]
    assert 35 < sum(each.causal for each in made) < 85
    for number in (number for number in range(40) if not made[number].causal):
        plain = generate.program(*_drawn(number))
        assert str(plain.graph) == str(made[number].graph)
    assert all(every.program(number)[0].causal for number in range(20))


def _drawn(number):
    random = Random(f"0:{number}")
    return random, random.random() < 0.9, generate.EVERYTHING, trying.LARGE


def test_settings_say_whether_a_program_is_causal():
    graph = raspir.lower(LENGTH)
    masked = graph.assume(causal=True)
    assert Setting(causal=True).assumed(graph) == Setting().assumed(masked) == masked
    dropped = Setting(causal=False).assumed(graph)
    assert not dropped.causal
    assert dropped.outputs == masked.outputs
    assert Setting().assumed(graph) == graph
    simpler = list(Setting((), causal=True).simpler())
    assert simpler == [Setting(()), Setting((), causal=False)]
    assert repr(Setting(causal=False)) == "Setting(causal=False)"


def test_cases_are_counted_by_their_heads():
    done = fuzz(Campaign(3, causal=True), 60 * SETTINGS)
    assert not done.failures
    assert done.counts["heads causal"] == 60 * SETTINGS
    assert done.counts["shallower"] > 20
    done = fuzz(Campaign(3), 100 * SETTINGS)
    assert not done.failures
    counts = [done.counts[f"heads {name}"] for name in ("as written", "causal", "masked")]
    assert sum(counts) == 100 * SETTINGS
    assert counts[0] > counts[1] > counts[2] > 0


@pytest.mark.parametrize("program", [LENGTH, REVERSED, EVERYWHERE.mean(tokens), ~(key(tokens) == query(0))])
@pytest.mark.parametrize("held", [True, False])
def test_a_program_shows_no_difference(program, held):
    program = program.value(1) if isinstance(program, raspir.Selector) else program
    for attention in ("select", "best"):
        setting = Setting(attention=attention, causal=held, backend="numpy")
        assert difference(program, [[3, 0, 2, 2], [], [1]], setting) is None


MATCH = tokens == 1
COUNT = (key(indices) < query(indices)).value(MATCH)
NEXT = ((key(MATCH) == query(True)) & (key(COUNT) == query(COUNT)) & (key(indices) == query(indices))).value(
    tokens * 10, default=-1
)
"""The value at the next match if that is the position's own, which the next match tells, but is later otherwise."""


def test_without_the_record_passes_may_look_ahead():
    program, inputs = raspir.lower(NEXT), [[5, 1, 1], [1, 5], []]
    layers = {}
    for held in (True, False):
        setting = Setting(attention="best", causal=held)
        optimized = setting.optimized(setting.assumed(program))
        assert difference(program, inputs, setting) is None
        assert optimized.causal == held
        looking = [looks_ahead(optimized, given) for given in inputs]
        assert looking == ([None] * 3 if held else ["`best` attends to position 1 from position 0", None, None])
        layers[held] = optimized.stats().layers
    assert layers == {True: 2, False: 1}


# Planted faults


@dataclass(frozen=True)
class Forget:
    """A pass that returns a graph which is no longer causal."""

    name: str = "forget"
    summary: str = "drops the record"

    def run(self, graph, context):
        return graph.derived(causal=False)


@dataclass(frozen=True)
class LookAhead:
    """A pass that replaces the mask by the length, and looks at everything."""

    name: str = "ahead"
    summary: str = "drops the mask"

    def run(self, graph, context):
        everything = build("select.eq", *[build("const", value=1)] * 2)
        masks = {node: everything for node in graph if causal.is_mask(node)}
        return raspir.testing.minimize.replaced(graph, masks) if masks else graph


def planted(wrong, monkeypatch):
    monkeypatch.setattr(trying, "drawn", lambda random, *rest: Setting(passes=(wrong,)))
    done = fuzz(Campaign(0, ("reference",), causal=True), 400)
    (failure,) = done.failures
    return failure, shrunk(failure)


def test_a_pass_that_forgets_what_is_causal_is_found(monkeypatch):
    failure, found = planted(Forget(), monkeypatch)
    assert failure.setting.causal
    assert "internal error: pass forget changed whether the graph is causal from True to False" in found.description
    assert (len(found.graph), found.setting) == (1, Setting(passes=(Forget(),), causal=True))


def test_a_head_that_looks_ahead_is_found(monkeypatch):
    _, found = planted(LookAhead(), monkeypatch)
    assert "pass ahead made a head that a causal graph must not contain" in found.description
    assert found.setting == Setting(passes=(LookAhead(),), causal=True)
    assert len(found.graph) <= 4  # the mask is no part of the program that is shown


def test_a_head_that_looks_ahead_is_found_where_the_pipeline_does_not(monkeypatch):
    monkeypatch.setattr(pipeline, "looking_ahead", lambda facts, graph: [])
    _, found = planted(LookAhead(), monkeypatch)
    assert found.description.startswith("unoptimized it yields ")
    assert found.setting.causal is not None


@pytest.mark.parametrize("gate", ["_every_clause_looks_back", "_looks_back"])
def test_a_gate_that_is_open_is_found(gate, monkeypatch):
    monkeypatch.setattr(causality, gate, lambda *_: True)
    found = difference(NEXT, [[5, 1, 1]], Setting(attention="best", causal=True))
    assert found == "on [[5, 1, 1]]\noptimized, `best` attends to position 1 from position 0"


def test_a_gate_of_the_search_that_is_open_is_found(monkeypatch):
    monkeypatch.setattr(facts, "looks_back", lambda *_: True)
    with monkeypatch.context() as patch:
        patch.setattr(base, "kept_causal", lambda facts, graph: graph)
        found = difference(NEXT, [[5, 1, 1]], Setting(attention="best", causal=True))
        assert "internal error: pass depth made a head that a causal graph must not contain: " in found
        assert " may look ahead (if it only lost the mask, PassContext.kept_causal restores it)" in found
        patch.setattr(pipeline, "looking_ahead", lambda *_: [])
        found = difference(NEXT, [[5, 1, 1]], Setting(attention="best", causal=True))
        assert found == "on [[5, 1, 1]]\noptimized, `best` attends to position 1 from position 0"


def test_minimization_keeps_the_mask():
    graph = raspir.lower({"out": REVERSED, "other": LENGTH + 1}).assume(causal=True)
    found, given = minimized(graph, list("abc"), lambda graph, given: graph.causal and len(graph.outputs) > 0)
    assert found.causal
    assert len(found) == 1
    assert given == []


def test_a_reproducer_says_that_the_program_is_causal(monkeypatch):
    _, found = planted(LookAhead(), monkeypatch)
    text = script(found, "title")
    assert re.search(r"^SETTING = Setting\(passes=\(.ahead.,\), causal=True\)$", text, re.MULTILINE)
    assert "causal" not in re.search(r'"""\nraspir 1.*?"""', text, re.DOTALL)[0]


def test_generated_programs_are_shown_as_python():
    made = Generated(raspir.lower(where(tokens == 1, 2, 3)), (1, 2), 3, causal=True)
    assert repr(made).endswith("vocab=(1, 2), longest=3, causal=True)")
