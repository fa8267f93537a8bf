"""The limits of the search: work first, which does not depend on the speed of the machine, then time."""

from itertools import count

import pytest
from rewriting import NUMBERS, alone, differing, layers, le, length

import raspir
from raspir import indices, key, query, tokens, where
from raspir.ir.views import Aggregate
from raspir.passes.depth import Depth, budget
from raspir.passes.depth.budget import SPARE, Budget
from raspir.passes.depth.search import Rule


def shifted(value, by):
    return (key(indices) == query(indices - by)).value(value)


def automaton(steps):
    """Return steps of a cellular automaton, whose forms double at each step."""
    made = tokens
    for _ in range(steps):
        code = 4 * shifted(made, 1) + 2 * made + shifted(made, -1)
        made = where(code.has([1, 2, 3, 5, 6]), 1, 0)
    return made


def flipped(times):
    """Return the input, reversed several times."""
    made = tokens
    for _ in range(times):
        made = (key(length - 1 - indices) == query(indices)).value(made)
    return made


EASY = flipped(8)
SLOW = automaton(6)


def searched(program, **options):
    remarks = []
    graph = raspir.optimize(program, passes="depth", remarks=remarks, **options)
    return graph, [remark for remark in remarks if remark.subject == "the search"]


def test_a_search_that_is_cut_short_says_so():
    with pytest.warns(raspir.BudgetWarning) as caught:
        graph, (remark,) = searched(SLOW, max_work=1)
    assert (remark.rule, remark.gain) == ("depth", "ended early, before all rules were tried: max_work is 1")
    (message,) = [str(each.message) for each in caught]
    assert message == f"the search for fewer layers {remark.gain}; a greater limit may find fewer layers"
    assert caught[0].filename == __file__
    assert not differing(raspir.lower(SLOW), graph, [*NUMBERS[1:], [0, 1, 1, 0, 1]])


def test_a_pipeline_says_so_once():
    remarks = []
    with pytest.warns(raspir.BudgetWarning) as caught:
        raspir.optimize(SLOW, max_work=1, remarks=remarks)
    assert len(caught) == 1
    assert len([remark for remark in remarks if remark.subject == "the search"]) == 1


def test_the_speed_of_the_machine_makes_no_difference(monkeypatch):
    with pytest.warns(raspir.BudgetWarning):
        graph, _ = searched(SLOW, max_work=20)
    seconds = count(0, 0.001)
    monkeypatch.setattr(budget.time, "monotonic", lambda: next(seconds))
    with pytest.warns(raspir.BudgetWarning, match="max_work"):
        assert searched(SLOW, max_work=20)[0] == graph


def test_a_part_that_spends_its_share_leaves_the_rest_theirs():
    both = {"slow": SLOW, "easy": EASY}
    with pytest.warns(raspir.BudgetWarning, match="max_work"):
        graph, _ = searched(both, max_work=10)
    easy, slow = (graph.layering.layer[graph.outputs[name]] for name in ("easy", "slow"))
    assert easy <= slow < layers(raspir.lower(EASY))[0]
    assert not searched(EASY, max_work=50)[1]


def test_time_is_a_last_resort(monkeypatch):
    seconds = count(0, 1)
    monkeypatch.setattr(budget.time, "monotonic", lambda: next(seconds))
    with pytest.warns(raspir.BudgetWarning, match=r"ended early, .*: time_budget is 20 s; a greater limit"):
        graph, (remark,) = searched(SLOW, time_budget=20)
    assert remark.gain.endswith("time_budget is 20 s")
    assert not differing(raspir.lower(SLOW), graph, NUMBERS[1:])


def test_a_single_proposal_that_takes_too_much_is_abandoned():
    def propose(search, aggregate):
        made = aggregate.value
        for _ in count():
            made = search.algebra("add", made, search.algebra.const(1))
            search.shallowest(made)  # not part of the proposal, so it is completed
        yield made

    endless = Rule("endless", "x = x", Aggregate, propose)
    limited = Budget(max_work=5)
    before, after = alone(endless, length + tokens, budget=limited)
    assert after == before
    assert limited.is_exceeded
    assert limited.spent < 10 * (SPARE + len(before))


def test_work_is_granted_value_by_value_and_once():
    spent = Budget(max_work=2)
    assert not spent.is_spent(2 * SPARE)
    assert spent.is_spent(1)
    assert spent.is_exceeded
    for _ in range(2):  # as in a second round
        spent.grant(1)
    assert not spent.is_spent(2)
    assert spent.is_spent(1)
    assert not spent.is_late


def test_the_options_are_checked():
    with pytest.raises(ValueError, match="max_heads and max_work must be at least 1"):
        Depth(max_work=0)


@pytest.mark.parametrize("attention", ["select", "best"])
def test_the_default_suffices_for_programs_that_people_write(attention):
    program = le.value(tokens == "a") + (key(tokens) == query(where(le.value(tokens == "b") > 1, "a", "b"))).value(1)
    assert not searched({"a": program, "b": EASY}, attention=attention, vocab="ab")[1]


def test_outputs_that_do_not_determine_the_layers_are_not_searched():
    seen = []

    def propose(search, aggregate):
        seen.append(aggregate)
        yield from ()

    once = (key(tokens) == query(tokens)).value(1)
    twice = (key(once) == query(once)).value(indices)
    graph = raspir.lower({"once": once + 1, "twice": twice, "again": twice + once, "other": le.value(once)})
    watching = Rule("watching", "x = x", Aggregate, propose)
    before, after = alone(watching, graph)
    assert after == before
    assert set(seen) == {node for node in graph if isinstance(node, Aggregate)} - {graph.outputs["other"]}
