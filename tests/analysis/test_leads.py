"""How far integer values may exceed their own position, and which heads therefore look back."""

from math import inf

import pytest
from facts import Checked, unlimited

import raspir
from raspir import indices, key, query, raw, tokens, where
from raspir.analysis import Linear
from raspir.analysis.causality import looking_ahead
from raspir.api import to_graph

length = (key(1) == query(1)).value(1)
some = tokens == "a"
until = key(indices) <= query(indices)
before = key(indices) < query(indices)
after = key(indices) > query(indices)
marks = where(some, 1, 0)


def lead(program, given="abaab", **assumptions):
    checked = Checked(to_graph(program), **assumptions)
    checked.check(given)
    (node,) = checked.graph.outputs.values()
    return unlimited(checked.facts.lead(node))[0]


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (indices, 0),
        (indices - 3, -3),
        (indices + marks, 1),
        (indices - marks, 0),
        (indices // 2, 0),
        ((indices + 3) // 2, 1),
        ((indices - 3) // 2, -2),
        (indices // (marks + 1), 0),
        (indices // (marks * 2 - 1), inf),
        (indices % 3, 0),
        (indices % length, 0),
        ((indices - 1) % 3, 2),
        (abs(indices), 0),
        (abs(-indices), inf),
        (indices * 2, inf),
        (-indices, 0),
        (where(some, indices, indices - 2), 0),
        (where(some, indices + 2, 7), 7),
        (where(indices < length - 5, indices, length - 5), 0),
        (where(indices > 5 - marks, indices, 5 - marks), 5),
        (until.width(), 1),
        (before.width(), 0),
        (until.value(marks), 1),
        (until.value(indices), inf),
        ((until & (key(tokens) == query(tokens))).width() - 1, 0),
        (after.width(), inf),
        ((key(indices) == query(indices - 2)).value(indices), 0),
        ((key(indices) == query(indices - 2)).value(indices + 2, default=4), 4),
        ((key(indices) == query(indices + 2)).value(indices), inf),
        (before.best(indices, marks), 0),
        (raw([0, 3, 1, 2, 9]), 9),
        (length, inf),
        (marks, 1),
    ],
    ids=str,
)
def test_leads(program, expected):
    assert lead(program) == expected


def test_tables():
    halves = raspir.optimize(indices // 2 + 0 * marks, max_length=6, passes="fuse")
    assert lead(halves, max_length=6) == 0
    table = raspir.lower(raspir.apply(lambda i: {0: 0, 1: 4}.get(i, 1), indices), max_length=6)
    assert lead(raspir.optimize(table), max_length=6) == 3


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (until, True),
        (before & (key(tokens) == query("a")), True),
        (key(tokens) == query("a"), False),
        (key(indices) == query(0), True),
        (key(indices) == query(1), False),
        (key(indices) == query(indices // 2), True),
        (key(indices) == query(indices + marks), False),
        (key(indices) <= query(indices - marks), True),
        (key(indices) == query(until.width() - 1), True),
        (until | (key(indices) == query(0)), True),
        (until | (key(tokens) == query("a")), False),
        (~after, True),
        (~until, False),
        ((key(indices) == query(0)) | ((key(tokens) == query("a")) & before), True),
        (after & before, True),
        (raspir.select(indices, indices, lambda k, q: k <= q), False),
        (raspir.select(indices, indices, lambda k, q: k <= q) & until, True),
    ],
    ids=str,
)
def test_selectors_that_look_back(selector, expected):
    checked = Checked(raspir.lower(selector.width()))
    checked.check("abaab")
    assert (looking_ahead(checked.facts, checked.graph) == []) == expected


def test_a_selector_without_a_normal_form_looks_back_if_its_parts_do():
    several = [(key(tokens) == query(letter)) & (key(indices + number) == query(indices)) for number, letter in
               enumerate("abcdefghijklmnop")]  # fmt: skip
    selector = several[0]
    for each in several[1:]:
        selector = selector | each
    graph = raspir.lower(selector.width())
    facts = raspir.analysis.Analysis.of(graph)
    (head,) = graph.outputs.values()
    assert facts[head.operands[0]].formula is None
    assert looking_ahead(facts, graph) == []
    ahead = raspir.lower((selector | (key(tokens) == query("z"))).width())
    assert looking_ahead(raspir.analysis.Analysis.of(ahead), ahead) == list(ahead.outputs.values())


def test_bounds_know_that_a_count_of_positions_so_far_is_within_the_input():
    graph = raspir.lower(length - (until & (key(tokens) == query(tokens))).width())
    facts = raspir.analysis.Analysis.of(graph)
    (node,) = graph.outputs.values()
    assert facts.bounds(facts.linear(node))[0] == 0
    assert facts.bounds(Linear({raspir.ir.build("indices"): 1}))[0] == 0
