import itertools

import pytest

import raspir
from raspir import indices, raw, tokens
from raspir.frontends.lowering import lower
from raspir.ir import build
from raspir.ir.graph import Graph
from raspir.transformer.errors import TransformerError
from raspir.transformer.inputs import CheckedInputs


def graph(program=tokens, vocab="ab", longest=3):
    return lower(program).assume(vocab, longest)


def keys(inputs):
    return [repr(each) for each in inputs]


def test_all_inputs_by_length():
    inputs = CheckedInputs(graph())
    assert [*inputs] == [list(word) for n in range(4) for word in itertools.product("ab", repeat=n)]
    assert inputs.coverage.complete
    assert str(inputs.coverage) == "all 15 inputs"


def test_a_budget_is_kept_and_includes_hard_inputs():
    inputs = CheckedInputs(graph(vocab="abcd", longest=20), budget=2000)
    found = keys(inputs)
    assert len(found) == len(set(found)) == len(inputs) == inputs.coverage.checked == 2000
    assert inputs.coverage.exhaustive == 4
    assert inputs.coverage.possible == sum(4**n for n in range(21))
    words = {"".join(each) for each in inputs}
    assert {"", "a" * 20, "d" * 20, "b" + 19 * "a", "a" * 19 + "b", "a" * 10 + "b" + "a" * 9, "ab" * 10} <= words
    assert {"abcd" * 5, "dcba" * 5, "a" * 5 + "b" * 5 + "c" * 5 + "d" * 5, "a" * 10 + "b" * 10} <= words
    assert {len(word) for word in words} == set(range(21))
    assert str(inputs.coverage) == "2,000 of about 10^12 inputs, all up to length 4"


def test_inputs_are_the_same_each_time():
    twice = [keys(CheckedInputs(graph(vocab=range(7), longest=9), budget=500, seed=3)) for _ in range(2)]
    assert twice[0] == twice[1] != keys(CheckedInputs(graph(vocab=range(7), longest=9), budget=500, seed=4))


@pytest.mark.parametrize("budget", [1, 2, 16, 17, 40])
def test_small_budgets(budget):
    inputs = CheckedInputs(graph(vocab="abcdefghijklmnopqrstuvwxyz", longest=64), budget=budget)
    assert len(set(keys(inputs))) == len(inputs) == budget


def test_several_inputs_have_all_combinations():
    a, b = build("input", name="a", vocab=(0, 1)), build("input", name="b", vocab=("x", "y", "z"))
    both = Graph({"out": build("eq", a, b)}, max_length=2)
    inputs = CheckedInputs(both)
    assert len(inputs) == 1 + 6 + 36
    assert {"a": [0, 1], "b": ["z", "x"]} in [*inputs]
    for each in inputs:
        raspir.compile(both)(each)


def test_one_atom_and_no_positions():
    assert [*CheckedInputs(graph(vocab="a", longest=2))] == [[], ["a"], ["a", "a"]]
    assert [*CheckedInputs(graph(longest=0))] == [[]]


def test_a_fixed_sequence_admits_its_own_length():
    inputs = CheckedInputs(graph(tokens == raw("ab"), longest=5))
    assert [*inputs] == [list(word) for word in itertools.product("ab", repeat=2)]
    assert [*CheckedInputs(graph(tokens == raw([]), longest=5))] == [[]]


def test_atoms_are_distinguished_by_type():
    assert keys(CheckedInputs(graph(vocab=[1, True, 1.0], longest=1))) == ["[]", "[True]", "[1]", "[1.0]"]


def test_assumptions_are_needed():
    with pytest.raises(TransformerError, match="vocabulary of the input 'tokens'"):
        CheckedInputs(lower(tokens).assume(max_length=3))
    with pytest.raises(TransformerError, match="maximum length"):
        CheckedInputs(lower(indices).assume("ab"))
