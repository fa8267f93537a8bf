"""Strategy selection for each kind of selector, correctness, and error precedence."""

import random

import pytest
from drawn import branch

import raspir
from raspir import indices, key, query, raw, select, tokens, where
from raspir.ir.atoms import atom_key


def near(a, b):
    return abs(len(repr(a)) + ord(repr(a)[-2]) - ord(repr(b)[-2])) < 3


def fails(a, b):
    return 1 / (a != b) > 0


LENGTH = (key(1) == query(1)).value(1)
SAME = key(tokens) == query(tokens)
BEFORE = key(indices) < query(indices)
HIST = SAME.value(1)
COUNT = (SAME & BEFORE).value(1)
LESS = key(tokens) < query(tokens)
RANK = (LESS | (SAME & BEFORE)).value(1)
ON, ASKED = key(tokens) == query("a"), key("a") == query(tokens)
NEAR = select(tokens, tokens, near)
BLOCKS = "blocks of pairs"

SELECTORS = {
    "everything": (key(1) == query(1), "all", "all"),
    "keys": (ON, "all", "all"),
    "queries": (ASKED, "all", "all"),
    "keys and queries": (ON & ASKED, "all", "all"),
    "a predicate of keys": (select(tokens, "a", near), "all", "all"),
    "nothing": (BEFORE & (key(indices) > query(indices)), "nothing", "nothing"),
    "before": (BEFORE, "prefix sums", "prefix sums"),
    "after, of some keys": ((key(indices) > query(indices)) & ON, "prefix sums", "prefix sums"),
    "before, in some rows": (BEFORE & ASKED, "sorted prefix", "sorted prefix"),
    "near": (
        (key(indices) >= query(indices - 2)) & (key(indices) <= query(indices + 1)),
        *["band of positions"] * 2,
    ),
    "previous": (key(indices) == query(indices - 1), "gather", "gather"),
    "flip": (key(indices) == query(LENGTH - 1 - indices), "gather", "gather"),
    "a fixed position": (key(indices) == query(3), "gather", "gather"),
    "computed positions": (key(indices) == query(HIST), "gather", "gather"),
    "checked positions": ((key(indices) == query(HIST)) & SAME, "gather", "gather"),
    "same": (SAME, "groups", "groups"),
    "same twice": (SAME & (key(HIST) == query(HIST)), "groups", "groups"),
    "next of its class": (SAME & (key(COUNT) == query(COUNT + 1)), "groups", "groups"),
    "less": (LESS, "sorted prefix", "sorted prefix"),
    "about as many": ((key(HIST) >= query(HIST - 1)) & (key(HIST) <= query(HIST + 1)), "band", "band"),
    "same before": (SAME & BEFORE, "window in groups", "window in groups"),
    "less before": (LESS & BEFORE, "wavelet matrix", BLOCKS),
    "less before, among equals": (LESS & BEFORE & (key(HIST) == query(HIST)), "wavelet matrix", BLOCKS),
    "three orders": (LESS & BEFORE & (key(HIST) < query(HIST)), BLOCKS, BLOCKS),
    "rank": (LESS | (SAME & BEFORE), *["sorted prefix + window in groups"] * 2),
    "the first": (key(RANK) == query(0), "first of an order", "first of an order"),
    "predicate": (NEAR, "table of values", BLOCKS),
    "predicate, among equals": (NEAR & (key(HIST) == query(HIST)), "table of values", BLOCKS),
    "predicate, before": (NEAR & BEFORE, BLOCKS, BLOCKS),
    "other": (key(tokens) != query(tokens), "all - groups", "sorted prefix + sorted prefix"),
    "elsewhere": (key(indices) != query(indices), "all - gather", "prefix sums + prefix sums"),
    "before or same": (BEFORE | SAME, "prefix sums + groups - window in groups", "prefix sums + groups"),
}
"""By names: a selector, its strategy, and that of as_fetch the best of what it selects."""


def exact(result):
    return [atom_key(atom) for atom in result]


def both(program):
    return raspir.compile(program, "reference", optimize=False), raspir.compile(program, "numpy", optimize=False)


@pytest.mark.parametrize("name", SELECTORS)
def test_strategies(name):
    selector, added, fetched = SELECTORS[name]
    programs = {
        added: [
            selector.value(where(tokens == "a", 2, indices)),
            selector.mean(HIST),
            selector.value(1, default="none"),
        ],
        fetched: [selector.best(tokens, tokens), selector.best(tokens, HIST, "right", -1, "lowest")],
    }
    random_ = random.Random(name)
    inputs = ["".join(random_.choices("abcd", k=k)) for k in (0, 1, 2, 5, 9, 30)]
    for strategy, some in programs.items():
        for program in some:
            judge, run = both(program)
            last = run.plan.strategies[-1]
            assert last.name == strategy or (name == "everything" and last.name == "length")
            assert last.falls_back == (strategy == BLOCKS)
            assert (last.cost == "n²") == (strategy == BLOCKS)
            wanted = [exact(judge(given)) for given in inputs]
            for branches in (("as it is",), ("no tables", "large", "not one by one")):
                with branch(*branches):
                    assert [exact(run(given)) for given in inputs] == wanted
                    assert [exact(result) for result in run.batch(inputs)] == wanted


def test_the_plan_names_what_each_strategy_is_for():
    run = raspir.compile(SAME.value(1).name("hist"), "numpy", optimize=False)
    (strategy,) = run.plan.strategies
    assert (strategy.value, strategy.name) == ("hist", "groups")
    assert "key(tokens) == query(tokens)" in str(run.plan)
    assert "test_planner.py" in strategy.location
    assert str(raspir.compile(tokens == "a", "numpy").plan) == "no attention: elementwise maps alone"


ONE = key(1) == query(1)
ERRORS = {
    "elementwise": (tokens + 1, ["a1", [1, "a"], [1, 2]]),
    "the first of two": ({"x": 1 / (tokens - 1), "y": (key(tokens) < query(2)).value(1)}, [[1, "a"], ["a", 1], [2, 1]]),
    "a selector that nothing uses": (where(tokens == "a", 0, (LESS & ~LESS).value(1)), [[1, "a"], ["b", "a"]]),
    "a predicate of everything": (select(tokens, tokens, fails).value(1), ["ab", "a", [1, True]]),
    "a predicate and its complement": (
        (select(tokens, tokens, fails) | ~select(tokens, tokens, fails)).value(tokens),
        ["a", "ab"],
    ),
    "an order that is decided": ((LESS & (key(indices) < query(0))).value(1), [[1, "a"], ["a", "a"]]),
    "strings added": (BEFORE.value(tokens), ["abcd", [1, 2, "a", 3, 4], ["a", 1, 2]]),
    "a mean of strings": (ONE.mean(tokens), ["ab", "a", [1, "ab" * 99]]),
    "a sum that is NaN": (ONE.value(tokens), [[float("inf"), -float("inf")], [float("inf"), 1]]),
    "a sum that overflows": (ONE.value(tokens), [[10**400, 0.5], [0.5, 1, 10**400]]),
    "a mean that overflows": (ONE.mean(tokens), [[10**400, 10**400], [10**400]]),
    "scores": (BEFORE.best(tokens, tokens), [[1, 2, "a", 3], ["a", "b"], [1, "a"], [1, "a", 2, "b"]]),
    "scores among equals": (
        (key(indices % 2) == query(indices % 2)).best(1, tokens), [[1, 2, "a", "b"], [1, "a", 2, "b"], [1, "a", "a", 2]]
    ),
    "a fixed sequence": (raw([1, 2, 3]) + tokens, ["abc", [1, 2], [], [1, 2, 3]]),
    "a fixed sequence that nothing uses": (where(tokens == 1, 1, 2) + 0 * raw([1, 2]), [[1], [1, 2], []]),
    "no floor": (tokens // (indices - 1), [[1, 2], [1], [0.5, 0.5]]),
    "powers": (tokens ** (indices - 2), [[0, 1, 2], [2, 3, 4], [-0.5, 0.0], [True, 2**70, 2**70]]),
    "round": (tokens.round(), [[0.5, float("inf")], [1e300, -0.4], ["a"]]),
    "names and long values": ((tokens * 2 + 1).name("moved"), ["a" * 100, ["\ud800"], [2**4000, "é"]]),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name):
    program, inputs = ERRORS[name]
    judge, run = both(raspir.lower(program))
    failed = 0
    for given in inputs:
        wanted = message(judge, given)
        failed += wanted[0] != "yields"
        assert message(run, given) == wanted
        assert message(run.batch, [[], given, given] if wanted[0] == "yields" else [given]) is not None
    assert failed
    for order in (inputs, inputs[::-1]):
        assert message(run.batch, order) == message(judge.batch, order)


def message(run, given):
    try:
        result = run(given)
    except raspir.RaspirError as error:
        return type(error).__name__, str(error)
    results = result if isinstance(given, list) and isinstance(result, list) else [result]
    return "yields", [
        {name: exact(each) for name, each in r.items()} if isinstance(r, dict) else exact(r) for r in results
    ]


def test_functions_are_called_once_for_each_atom():
    calls = []

    def counted(atom):
        calls.append(atom)
        return len(calls)

    run = raspir.compile(tokens.map(counted), "numpy", optimize=False)
    assert run.batch(["abca", "ab"]) == [[1, 2, 3, 1], [1, 2]]
    assert calls == ["a", "b", "c"]
