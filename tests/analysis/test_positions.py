"""Inference of affine, monotone and injective functions of the position."""

from math import inf

import pytest
from facts import Checked, unlimited
from hypothesis import given
from hypothesis import strategies as st

import raspir
from raspir import indices, key, query, raw, tokens, where
from raspir.analysis import Linear
from raspir.analysis.steps import Steps
from raspir.ir import build

length = (key(1) == query(1)).value(1)
some = tokens == "a"
until = key(indices) <= query(indices)
before = key(indices) < query(indices)
after = key(indices) > query(indices)
running = (before & (key(some) == query(True))).value(1)


def steps(program, given="abaab", **assumptions):
    checked = Checked(raspir.lower(program), **assumptions)
    checked.check(given)
    (node,) = checked.graph.outputs.values()
    found = checked.facts.steps(Linear({node: 1}))
    return unlimited(found.low, found.high)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (indices * 3 - length + 1, (3, 3)),
        (-indices, (-1, -1)),
        (indices - indices // 3, (0, 1)),
        (indices // 2 + indices, (1, 2)),
        (indices // -2, (-1, 0)),
        (indices // length, (0, 1)),
        (indices * indices, (1, inf)),
        (indices * indices * indices + running, (1, inf)),
        (indices * running, (0, inf)),
        (abs(indices * 2), (2, 2)),
        (abs(indices - 9), (-1, 1)),
        (~indices, (-1, -1)),
        (indices.round(), (1, 1)),
        (indices > 2, (0, 1)),
        (indices * 2 < length, (-1, 0)),
        (~(indices >= 3) & (running < 5), (-1, 0)),
        (where(indices > 4, indices, 4), (0, 1)),
        (where(indices < running, indices, running), (0, 1)),
        (where(length > indices, indices, length), (0, 1)),
        (where(indices >= 3, indices * 2, indices), (1, inf)),
        (where(indices >= 3, 1, 0), (0, 1)),
        (where(length > 3, indices, indices * 2), (1, 2)),
        (until.value(1), (1, 1)),
        (until.value(indices + 1), (1, inf)),
        (after.value(1), (-1, -1)),
        (running, (0, 1)),
        (before.value(where(some, 2, -1)), (-1, 2)),
        ((key(indices * 2) < query(indices + running)).value(indices), (0, inf)),
        ((key(running) > query(indices // 2)).value(1), (-inf, 0)),
        ((key(indices) < query(indices // 2)).value(-1), (-inf, 0)),
        (raw([1, 2, 5, 6, 8]), (1, 3)),
        (some, (-1, 1)),
        (length, (0, 0)),
    ],
)
def test_steps(program, expected):
    assert steps(program) == expected


@pytest.mark.parametrize(
    "program",
    [
        where(indices == 1, 1, 0),
        before.value(where(some, 1, 0), default=7),
        (key(indices) == query(indices // 2)).value(indices, default=9),
        (key(tokens) == query(tokens)).value(1),
        indices % 3,
    ],
)
def test_what_is_not_monotone(program):
    low, high = steps(program)
    assert low < 0 < high


def test_what_is_no_integer_has_no_steps():
    assert steps(indices * 0.5) == steps(tokens) == (-inf, inf)


def test_a_promised_length_bounds_steps():
    assert steps(indices * indices, max_length=5)[1] <= 20


def test_affine():
    checked = Checked(raspir.lower(indices * 3 - length + 1 - indices))
    (node,) = checked.graph.outputs.values()
    multiple, rest = checked.facts.affine(checked.facts.linear(node))
    assert multiple == 2
    assert rest == Linear({checked.facts.length: -1}, 1)
    assert checked.facts.affine(Linear({}, 4)) == (0, Linear({}, 4))
    assert checked.facts.affine(Linear({build("input", name="tokens", vocab=(1, 2)): 1})) is None


bounds = st.tuples(st.integers(-5, 5), st.integers(-5, 5)).map(lambda pair: Steps(min(pair), max(pair)))


@given(bounds, bounds, st.integers(-3, 3))
def test_steps_are_a_lattice_of_intervals(a, b, factor):
    def members(steps):
        return set(range(int(steps.low), int(steps.high) + 1))

    assert members(a) | members(b) <= members(a.join(b))
    assert members(a.meet(b)) == (members(a) & members(b) or members(a))
    assert members(a.plus(b)) == {x + y for x in members(a) for y in members(b)}
    assert {factor * x for x in members(a)} <= members(a.scaled(factor))
    assert a.join(b) == b.join(a)
    assert a.rising == (min(members(a)) >= 0)
    assert a.falling == (max(members(a)) <= 0)
    assert a.injective == ((a.rising and 0 not in members(a)) or (a.falling and 0 not in members(a)))


def optimized(program):
    return raspir.optimize(program)


def test_fetching_from_itself_by_an_injective_key():
    square = indices * indices
    assert optimized((key(square) == query(square)).value(tokens)) == raspir.lower(tokens)


def test_the_best_by_a_monotone_score_is_by_position():
    graph = raspir.optimize(before.best(tokens, 3 - indices * 2, ties="left", pick="highest"), attention="best")
    (best,) = [node for node in graph if node.operation.name == "best"]
    assert best.operands[2].operation.name == "indices"
    assert best["pick"] == "lowest"
    assert raspir.compile(graph, optimize=False)("abc") == [0, "a", "a"]


def test_steps_of_a_deep_graph():
    program = indices
    for i in range(6_000):
        program = abs(program) + (i % 3) if i % 2 else where(program > i, program, i)
    graph = raspir.lower(program)
    facts = raspir.analysis.Analysis.of(graph)
    (node,) = graph.outputs.values()
    assert facts.steps(Linear({node: 1})) == Steps(0, 1)
