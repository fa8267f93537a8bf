"""The limits of the search: work first, which does not depend on the speed of the machine, then time."""

from itertools import count

import pytest
from rewriting import NUMBERS, differing, layers, le, length

import raspir
from raspir import indices, key, query, tokens, where
from raspir.passes.depth import Depth, budget
from raspir.passes.depth.budget import SPARE, Budget


def shifted(value, by):
    return (key(indices) == query(indices - by)).value(value)


def automaton(steps):
    """Return steps of a cellular automaton, whose forms double at each step."""
    made = tokens
    for _ in range(steps):
        code = 4 * shifted(made, 1) + 2 * made + shifted(made, -1)
        made = where(code.has([1, 2, 3, 5, 6]), 1, 0)
    return made


EASY = (key(length - 1 - indices) == query(indices)).value((key(length - 1 - indices) == query(indices)).value(tokens))
SLOW = automaton(4)


def searched(program, **options):
    remarks = []
    graph = raspir.optimize(program, passes="depth", remarks=remarks, **options)
    return graph, [remark for remark in remarks if remark.subject == "the search"]


def test_a_search_that_is_cut_short_says_so():
    with pytest.warns(raspir.BudgetWarning) as caught:
        graph, (remark,) = searched(SLOW, max_work=1)
    assert (remark.rule, remark.gain) == ("depth", "ended early, before all rules were tried: max_work is 1")
    assert [str(each.message) for each in caught] == [f"the search for fewer layers {remark.gain}"]
    assert caught[0].filename == __file__
    assert not differing(raspir.lower(SLOW), graph, [*NUMBERS[1:], [0, 1, 1, 0, 1]])
    whole, no_remarks = searched(SLOW)
    assert not no_remarks
    assert layers(whole)[0] <= layers(graph)[0]


def test_the_speed_of_the_machine_makes_no_difference(monkeypatch):
    with pytest.warns(raspir.BudgetWarning):
        graph, _ = searched(SLOW, max_work=2)
    seconds = count(0, 0.001)
    monkeypatch.setattr(budget.time, "monotonic", lambda: next(seconds))
    with pytest.warns(raspir.BudgetWarning, match="max_work"):
        assert searched(SLOW, max_work=2)[0] == graph


def test_a_part_that_spends_its_share_leaves_the_rest_theirs():
    both = {"slow": SLOW, "easy": EASY}
    with pytest.warns(raspir.BudgetWarning, match="max_work"):
        graph, _ = searched(both, max_work=2)
    alone, no_remarks = searched(EASY, max_work=2)
    assert not no_remarks
    assert graph.layering.layer[graph.outputs["easy"]] == alone.stats().layers < layers(raspir.lower(EASY))[0]


def test_time_is_a_last_resort(monkeypatch):
    seconds = count(0, 1)
    monkeypatch.setattr(budget.time, "monotonic", lambda: next(seconds))
    with pytest.warns(raspir.BudgetWarning, match=r"ended early, .*: time_budget is 20 s$"):
        graph, (remark,) = searched(SLOW, time_budget=20)
    assert remark.gain.endswith("time_budget is 20 s")
    assert not differing(raspir.lower(SLOW), graph, NUMBERS[1:])


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
