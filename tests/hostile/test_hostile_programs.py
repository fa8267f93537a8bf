"""Programs that once broke the optimizer: nontermination, exponential time, growth, exceeded limits."""

import pytest
from daily import chosen, first, rest

import raspir
from raspir import RaspirError, indices, key, query, tokens, where
from raspir.analysis import Analysis
from raspir.passes.base import PassContext
from raspir.passes.depth import Depth
from raspir.passes.depth.rounds import Rounds
from raspir.passes.options import Target
from raspir.passes.pipeline import DEFAULT, run_passes
from raspir.rewriting.graphs import cost

ATTENTION = ("select", "best")
everything = key(1) == query(1)
before = key(indices) < query(indices)
until = key(indices) <= query(indices)


def same(program, inputs, **options):
    """Optimise a program and compare it with itself as written, wherever that yields something."""
    written = raspir.compile(program, backend="reference", optimize=False)
    compared = 0
    for attention in ATTENTION:
        optimized = raspir.optimize(program, attention=attention, **options)
        for backend in ("reference", "numpy"):
            run = raspir.compile(optimized, backend=backend, optimize=False)
            for given in inputs:
                try:
                    expected = written(given)
                except RaspirError:
                    continue
                assert run(given) == expected
                compared += 1
    assert compared


# Defaults of another kind than the values

DEFAULTS = (0.5, 0.0, -0.0, 1.0, -1, 0, True, False, "", "a", float("inf"))


@pytest.mark.parametrize("default", DEFAULTS, ids=repr)
@pytest.mark.parametrize(
    "value", [tokens.round(), indices, tokens > 0, 1], ids=["integers", "positions", "tests", "one"]
)
def test_defaults_of_another_kind(default, value):
    total = everything.value(value, default=default)
    for program in (
        (total + indices + 1) == 1,
        (total - indices) * 3 < indices,
        (key(indices) != query(total)).value(1, default=-1),
        (key(total) == query(indices)).value(total, default=default) == total,
        until.value(total + total, default=default) - total,
    ):
        same(program, [[0, 3], [1], [2, 0, 1], []])


def test_the_sums_that_had_no_end():
    total = everything.value(tokens.round(), default=0.5)
    assert raspir.compile((total + indices + 1) == 1)([0, 3]) == [False, False]
    assert raspir.compile((key(indices) != query(total)).value(1, default=-1))([0, 3]) == [2, 2]


# Tables as chains of choices


def chain(length, step=lambda made, number: where(tokens == number, number + 1000, made)):
    made = tokens
    for number in range(length):
        made = step(made, number)
    return made


@pytest.mark.parametrize("length", [10, 193, 194, rest(1000), rest(3000)])
def test_a_table_as_a_chain_of_choices(length):
    program = chain(length) == 1003
    graph = raspir.lower(program)
    optimized = raspir.optimize(graph)
    assert len(optimized) < len(graph)
    assert raspir.compile(optimized)([3, 4, 2, 5000, "a"]) == [True, False, False, False, False]


STEPS = {
    "shifted": lambda made, number: where(tokens == number, number, made + 1),
    "else first": lambda made, number: where(tokens != number, made, number + 7),
    "nested tests": lambda made, number: where((tokens > number) & (tokens < number + 2), number, made),
    "texts": lambda made, number: where(tokens == number, str(number), made),
    "negated": lambda made, number: where(tokens == number, -1, -made),
    "of conditions": lambda made, number: where(where(tokens == number, True, False), number, made),
}


@pytest.mark.parametrize("name", chosen(STEPS, lambda name: name in ("shifted", "of conditions")))
def test_chains_of_other_choices(name):
    made = chain(300, STEPS[name])
    for program in (made == 5, made != 299, (key(made) == query(4)).value(1), where(made == 7, made, 0)):
        same(program, [[3, 4, 299], [0, 7, 500]])


def test_a_chain_for_a_vocabulary_is_one_table():
    optimized = raspir.optimize(chain(200) == 1003, vocab=range(250))
    assert [node.operation.name for node in optimized if node.operands] in (["eq"], ["lookup"])


# Growth


def transitions(length):
    made = indices
    for number in range(length):
        made = where(made == number, number + 1, made)
    return made


@pytest.mark.parametrize("attention", ATTENTION)
@pytest.mark.parametrize(
    "program",
    [
        transitions(100),
        where(transitions(40) == 40, transitions(40), 0),
        key(transitions(30)).__eq__(query(transitions(20))).value(transitions(10)),
        {"a": chain(30) == 1003, "b": chain(30) == 1004, "c": chain(30)},
        (chain(20) == 1) | (chain(20) == 2) | (chain(20) == 1003),
    ],
    ids=["transitions", "used again", "selected", "outputs", "compared thrice"],
)
def test_no_pass_makes_a_program_larger_without_a_gain_that_it_reports(program, attention):
    grown = []
    remarks = []

    def on_pass(each, old, new):
        if len(new) > len(old):
            grown.append((each.name, cost(old), cost(new), len(remarks)))
            assert cost(new) < cost(old)
            assert remarks

    graph = raspir.lower(program)
    run_passes(graph, None, Target(attention), remarks=remarks, on_pass=on_pass)
    for name in dict.fromkeys(DEFAULT):
        run_passes(graph, name, Target(attention), on_pass=on_pass, remarks=remarks)


def test_a_hundred_transitions_stay_as_they_are():
    graph = raspir.lower(transitions(100))
    assert len(raspir.optimize(graph)) <= len(graph) == 303


def test_a_fold_that_would_leave_both_the_old_and_the_new_is_none():
    """A best over one position becomes a sum of another type, which one of its users cannot take."""
    fetched = (key(indices) == query(indices - 1)).best(indices, 0, default=0.5)
    graph = raspir.lower({"a": fetched, "b": (key(1) == query(2)).value(fetched, default="") + 2})
    for passes in ("fold", None):
        assert len(raspir.optimize(graph, passes=passes)) <= len(graph)


# Selectors that share parts


def shared(depth, step):
    selector, total = key(tokens) < query(indices), (key(tokens) == query(1)).value(tokens)
    for number in range(depth):
        one, other = key(tokens) < query(indices * tokens - number), key(tokens * tokens) == query(total + number)
        selector = step(selector, one, other)
    return selector


SHARED = {
    "one or the other": lambda s, a, b: (s & a) | (s & b),
    "and not": lambda s, a, b: (s | a) & ~(s & b),
    "only one": lambda s, a, b: (s & ~a) | (~s & b),
}


@pytest.mark.parametrize("name", SHARED)
@pytest.mark.parametrize("attention", first(ATTENTION))
def test_selectors_that_share_parts(name, attention):
    step = SHARED[name]
    given = [3, 1, 2, 0, 1]
    for selector in (shared(60, step), shared(60, lambda s, *_: step(s, before, key(tokens) == query(tokens)))):
        for program in (selector.value(tokens), selector.value(1), selector.mean(indices)):
            expected = raspir.compile(program, backend="reference", optimize=False)(given)
            assert raspir.compile(program, attention=attention)(given) == expected
            assert raspir.compile(program, vocab=range(4), max_length=5, attention=attention)(given) == expected


def test_selectors_that_share_parts_are_drawn():
    program = shared(60, SHARED["one or the other"]).value(tokens)
    assert "svg" in str(raspir.draw(program, input=[1, 2]))
    assert "<html" in raspir.report(program, inputs=[[1, 2]])
    assert "combined" in raspir.emit(program, backend="numpy").lower()


# Vocabularies


def shifted(value, by):
    return (key(indices) == query(indices - by)).value(value)


def automaton(steps):
    made = tokens
    for _ in range(steps):
        made = where((4 * shifted(made, 1) + 2 * made + shifted(made, -1)).has([1, 2, 3, 5, 6]), 1, 0)
    return made


def parity(steps):
    made = tokens
    for step in range(steps):
        other = shifted(made, 2**step)
        made = made + other - 2 * made * other
    return made


@pytest.mark.parametrize("program", [rest(automaton(8), id="automaton"), pytest.param(parity(8), id="parity")])
def test_a_vocabulary_does_not_make_the_search_much_longer(program, monkeypatch):
    searches = []

    def recorded(rounds, found, analysis, budget):
        before = len(analysis)
        result = searched(rounds, found, analysis, budget)
        searches.append((len(analysis) - before) / len(found.graph))
        return result

    searched = Rounds.searched
    monkeypatch.setattr(Rounds, "searched", recorded)
    looked_at = []  # by the longest search, for each value of what it searches
    for vocab in (None, [0, 1]):
        searches.clear()
        Depth().run(run_passes(raspir.lower(program, vocab), "fold,merge"), PassContext())
        looked_at.append(max(searches))
        assert len(searches) <= 4
    assert looked_at[1] < 2 * looked_at[0]
    same(program, [[0, 1, 1, 0, 1, 0, 0, 1, 1], [1]], vocab=[0, 1])


# Integers at the limits of their size

HUGE = 2**1_100_000
LARGE = 2**600_000
rounded = tokens.round()
counted = until.value(where(tokens == 1, 1, 0))
at_token = key(indices) == query(rounded)
LIMITS = {
    "product": at_token.value(indices * indices + counted),
    "remainder": at_token.value(indices % 2 + counted),
    "quotient": at_token.value(indices // 2 + counted),
    "square": at_token.value(indices**2 + counted),
    "cube": at_token.value(indices**3 + counted),
    "remainder of a product": at_token.value((indices * indices) % (indices + 1) + counted),
    "added thrice": rounded + rounded + rounded,
    "added thrice, compared": (rounded + rounded + rounded) < 5,
    "added thrice, summed": until.value(rounded + rounded + rounded),
    "squares from a position on": (key(indices) >= query(rounded)).value(indices * indices),
    "squares up to a position": (key(indices) <= query(-rounded)).value(indices * indices),
    "half a position": (key(indices * 2) <= query(rounded)).value(indices),
    "uniform": everything.value((key(indices) == query(0)).value(rounded)),
    "classes": (key(tokens) == query(tokens)).value((key(indices) == query(0)).value(rounded) + indices),
    "twice a position": (key(indices) == query(rounded + rounded)).value(indices * indices + counted),
    "one selector": (key(tokens) == query(1)).value(rounded) + (key(tokens) == query(1)).value(rounded + rounded),
}


@pytest.mark.parametrize("program", LIMITS.values(), ids=LIMITS.keys())
def test_integers_at_the_limits(program):
    most = 2 ** (2**20 - 2)
    inputs = [[LARGE, 1], [1, LARGE], [1, HUGE, 0], [-HUGE, 1, 0], [most, most, most, 1], [-LARGE, LARGE], [0, 1, 2]]
    same(program, inputs)


def test_the_position_that_was_multiplied():
    program = at_token.value(indices * indices + counted)
    assert raspir.compile(program)([LARGE, 1]) == [0, 2]


def test_bounds_of_positions_keep_products_total():
    graph = raspir.lower(indices * indices * indices)
    (node,) = graph.outputs.values()
    assert Analysis.of(graph)[node].total


# Several outputs


@pytest.mark.parametrize("attention", ATTENTION)
def test_depth_changes_nothing_when_it_runs_again(attention):
    position = where(True, (key(indices) >= query(indices)).value(indices - 1), indices % 5)
    graph = raspir.lower({"a": (key(indices) == query(position)).mean(indices + 2, 1), "b": position})
    for passes in ("depth", "fold,depth", "merge,depth"):
        once = run_passes(graph, passes, Target(attention))
        assert run_passes(once, "depth", Target(attention)) == once


@pytest.mark.parametrize("passes", [("fold",), ("depth",), None])
def test_a_chain_that_collapses_does_so_at_once(passes):
    """Each choice is used twice, so a rule that waits for all but one use to go takes a level off at a time."""
    p = indices
    for _ in range(100):
        p = where(p == 0, 0, p)
    once = raspir.optimize(p == 0, passes=passes)
    assert len(once) == 4
    assert raspir.optimize(once, passes=passes) == once
