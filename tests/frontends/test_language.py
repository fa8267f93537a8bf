"""The language: semantics of each construct."""

import math
import operator

import numpy as np
import pytest

import raspir
from raspir import Sequence, aggregate, identity, indices, key, query, raw, select, tokens, where
from raspir.frontends.python.example import example, set_example

everything = key(1) == query(1)
before = key(indices) < query(indices)


def typed(values):
    return [(type(value), value) for value in values]


def test_sources():
    assert tokens("hello") == list("hello")
    assert identity is tokens
    assert tokens([5, 2]) == [5, 2]
    assert tokens(np.array([5, 2])) == [5, 2]
    assert typed(tokens(np.array([0.5]))) == [(float, 0.5)]
    assert indices("abc") == [0, 1, 2]
    assert raw("abc")([1, 2, 3]) == ["a", "b", "c"]
    assert raw([])("") == []
    assert where(True, "long", "x")("ab") == ["long", "long"]


def test_sequence():
    result = (indices + 1).input("abc")
    assert isinstance(result, Sequence)
    assert result == [1, 2, 3] == result.tolist()
    assert result == (1, 2, 3)
    assert result != [1, 2]
    assert (result[1], list(result), len(result), repr(result)) == (2, [1, 2, 3], 3, "[1, 2, 3]")
    assert result[1:] == [2, 3]
    assert before.value(1)("ab").layers == 1
    assert repr(tokens([2**60000])).startswith("[0x1000")


def test_operators_are_pythons_and_reflect():
    given = [7, -3]
    assert (tokens + 1)(given) == [8, -2] == (1 + tokens)(given)
    assert (10 - tokens)(given) == [3, 13]
    assert (2 * tokens)(given) == [14, -6]
    assert typed((tokens / 2)(given)) == [(float, 3.5), (float, -1.5)]
    assert (100 / tokens)([8]) == [12.5]
    assert (tokens // 2)(given) == [3, -2]
    assert (100 // tokens)(given) == [14, -34]
    assert (tokens % 4)(given) == [3, 1]
    assert (100 % tokens)(given) == [2, -2]
    assert (tokens**2)(given) == [49, 9]
    assert typed((2**tokens)([3, -1])) == [(int, 8), (float, 0.5)]
    assert (-tokens)(given) == [-7, 3]
    assert abs(tokens)(given) == [7, 3]
    assert (operator.lt(3, tokens))(given) == [True, False]
    assert (operator.eq(7, tokens))(given) == [True, False]
    assert (tokens + "!")("ab") == ["a!", "b!"]
    assert (np.int64(2) * tokens)(given) == [14, -6]
    assert typed((tokens + 1)([2**70, True])) == [(int, 2**70 + 1), (int, 2)]


def test_logic_on_booleans_and_bits_on_integers():
    is_a = tokens == "a"
    assert typed((~is_a)("ab")) == [(bool, False), (bool, True)]
    assert typed((is_a & True)("ab")) == [(bool, True), (bool, False)]
    assert typed((False | is_a)("ab")) == [(bool, True), (bool, False)]
    assert (~tokens)([5]) == [-6]
    assert (tokens & 6)([5]) == [4]
    assert (6 | tokens)([5]) == [7]


def test_where_map_round_has():
    assert where(tokens == "a", 1, "x")("ab") == [1, "x"]
    assert where(tokens, 1, 2)([0, 3]) == [2, 1]
    assert tokens.map(ord)("a") == [97]
    assert typed(tokens.map(np.sqrt)([4])) == [(float, 2.0)]
    assert typed(tokens.round()([0.5, 1.5, 7, True])) == [(int, 0), (int, 2), (int, 7), (int, 1)]
    assert round(tokens)([2.6]) == [3]
    assert tokens.has("ae")("abe") == [True, False, True]
    assert tokens.has([1, "b"])([1.0, True, "1", "b"]) == [True, True, False, True]
    assert tokens.has({1})([1]) == [True]
    assert tokens.has([])("a") == [False]


@pytest.mark.parametrize("compare", [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge])
def test_comparisons_of_key_and_query_in_both_orders(compare):
    a, b = [3, 1, 2], [1, 2, 2]
    matrix = [[compare(k, q) for k in a] for q in b]
    keys, queries = tokens, raw(b)
    assert compare(key(keys), query(queries))(a) == matrix
    assert select(keys, queries, compare)(a) == matrix
    assert select(keys, queries, lambda k, q: compare(k, q))(a) == matrix
    mirrored = [[compare(q, k) for k in a] for q in b]
    assert compare(query(queries), key(keys))(a) == mirrored
    lowered = raspir.lower(select(keys, queries, compare).value(1))
    assert lowered == raspir.lower(compare(key(keys), query(queries)).value(1))


def test_selector_algebra():
    equal = key(tokens) == query(tokens)
    assert (before & equal)("aa") == [[False, False], [True, False]]
    assert (before | equal)("ab") == [[True, False], [True, True]]
    assert (~before)("ab") == [[True, True], [False, True]]
    assert before.input("ab") == before("ab")


def test_aggregates():
    assert typed(before.value(tokens)([1, 2, 3, 4])) == [(int, 0), (int, 1), (int, 3), (int, 6)]
    assert before.value(tokens, default="_")("ab") == ["_", "a"]
    assert aggregate(before, tokens, "_")("ab") == ["_", "a"]
    assert typed(before.value(tokens)([True, True, True])) == [(int, 0), (bool, True), (int, 2)]
    assert typed(before.mean(tokens, -1)([1, 2, 4])) == [(int, -1), (int, 1), (float, 1.5)]
    assert everything.mean(tokens)([2**80, 2**80]) == [2.0**80] * 2
    assert before.width()("abc") == [0, 1, 2]
    assert everything.value(tokens)([2**70, 1]) == [2**70 + 1] * 2
    assert everything.value(tokens)([1e16, 1.0, -1e16]) == [0.0] * 3  # in order of position, not compensated


def test_best():
    after = key(indices) > query(indices)
    assert (after & (key(tokens) == query(tokens))).best(indices, indices, default="-", pick="lowest")("abcab") == [
        3, 4, "-", "-", "-",
    ]  # fmt: skip
    assert before.best(tokens, indices, default="_")("abc") == ["_", "a", "b"]
    assert everything.best(tokens, tokens)("bca") == ["c"] * 3
    assert everything.best(tokens, tokens, pick="lowest")("bca") == ["a"] * 3
    assert everything.best(tokens, 0)("bca") == ["b"] * 3
    assert everything.best(tokens, 0, "right")("bca") == ["a"] * 3
    assert typed((~before & ~after).best(tokens, tokens)([1, "a", True])) == [(int, 1), (str, "a"), (bool, True)]


@pytest.mark.parametrize(
    ("scores", "highest", "lowest"),
    [
        ([2, 5, 5, 2], (1, 2), (0, 3)),
        ([1, True, 0, False, 1.0], (0, 4), (2, 3)),
        ([-0.0, 0.0, 0], (0, 2), (0, 2)),
        ([math.inf, 2**2000, -math.inf, -(2**2000)], (0, 0), (2, 2)),
        ([2**53, float(2**53), 2**53 + 1], (2, 2), (0, 1)),
        (["b", "", "long", "b"], (2, 2), (1, 1)),
    ],
)
def test_scores_are_compared_as_atoms_and_ties_go_to_a_side(scores, highest, lowest):
    for pick, sides in (("highest", highest), ("lowest", lowest)):
        for ties, position in zip(("left", "right"), sides, strict=True):
            assert everything.best(indices, tokens, ties, pick=pick)(scores) == [position] * len(scores)


@pytest.mark.parametrize("given", ["", [], "a", [7]])
def test_empty_and_one_element_inputs(given):
    n = len(given)
    assert everything.value(1)(given) == [1] * n
    assert before.value(tokens, "_")(given) == ["_"] * n
    assert before.mean(tokens, "_")(given) == ["_"] * n
    assert before.best(tokens, tokens, default="_")(given) == ["_"] * n
    assert everything.best(tokens, tokens)(given) == list(given)
    assert where(indices == 0, 1, 2)(given) == [1] * n
    assert (~before)(given) == [[True]] * n
    assert len(repr(before)) > 0


def test_layers():
    assert (tokens + indices).layers == 0
    length = everything.value(1)
    assert length.layers == 1
    assert (length + 1).layers == 1
    assert before.value(length).layers == 2
    assert (key(length) == query(1)).value(1).layers == 2
    assert (key(1) == query(length)).value(1).layers == 2
    assert everything.best(tokens, indices).layers == 1
    assert everything.best(tokens, length).layers == everything.best(length, indices).layers == 2
    assert everything.best(tokens, before.value(length)).layers == 3


def test_heads_share_a_selector_and_what_it_takes_to_be_best():
    def heads(*programs):
        return raspir.lower({str(i): program for i, program in enumerate(programs)}).stats().heads_per_layer

    best = everything.best(tokens, indices)
    assert heads(best, everything.best(indices, indices, default="_")) == [1]
    assert heads(best, everything.value(1), everything.mean(indices)) == [2]
    assert heads(best, everything.best(tokens, tokens)) == [2]
    assert heads(best, everything.best(tokens, indices, "right")) == [2]
    assert heads(best, everything.best(tokens, indices, pick="lowest")) == [2]
    assert heads(best, everything.best(tokens, everything.value(1))) == [2, 1]


def test_names_reach_the_graph_and_the_program_stays_itself():
    length = everything.value(1)
    named = length.name("length")
    assert raspir.lower(named) == raspir.lower(length)
    assert "%length = sum" in str(raspir.lower(named))
    assert "%length" not in str(raspir.lower(length))
    both = str(raspir.lower(named + length.name("n")))
    assert '%length = sum %1, 1 default=0 : int also "n"' in both
    assert "selector also" not in both
    assert "%all = select.eq" in str(raspir.lower(everything.name("all").value(1)))


def test_a_lambda_made_twice_is_one_function_unless_it_captures():
    def plain():
        return tokens.map(lambda x: x + 1)

    def capturing(n):
        return tokens.map(lambda x: x + n)

    assert raspir.lower(plain() * plain()).symbols == ("lambda",)
    graph = raspir.lower(capturing(1) * capturing(2))
    assert graph.symbols == ("lambda", "lambda_2")
    assert raspir.compile(graph)([1]) == [6]
    assert raspir.lower(capturing(1)) != raspir.lower(capturing(2))
    assert raspir.lower(plain()) == raspir.lower(plain())


def test_repr_shows_the_value_on_the_example():
    assert repr((key(tokens) == query(tokens)).value(1)) == "[1, 1, 2, 2, 1]"
    assert "fails on 'hello'" in repr(tokens - 1)
    assert repr(key(tokens)).startswith("key(['h'")
    assert repr(before).splitlines()[1] == "h · · · · ·"
    old = example()
    try:
        set_example([3, 4])
        assert repr(tokens) == "[3, 4]"
    finally:
        set_example(old)


def test_multiple_outputs():
    length = everything.value(1)
    graph = raspir.lower({"length": length, "flip": (key(length - indices - 1) == query(indices)).value(tokens)})
    assert raspir.compile(graph)("ab") == {"length": [2, 2], "flip": ["b", "a"]}
    assert graph.stats().layers == 2
    assert raspir.compile(length).batch(["ab", "", "a"]) == [[2, 2], [], [1]]


def test_vocabulary_narrows_types():
    assert "%tokens = input" in str(raspir.lower(tokens, vocab="ba"))
    graph = raspir.lower(tokens == "a", vocab="ba", max_length=5)
    assert graph == raspir.lower(tokens == "a", vocab="ab", max_length=5)
    assert 'vocab=["a", "b"] : str' in str(graph)
    assert raspir.parse(str(graph)) == graph


def test_long_inputs_run_without_the_matrix():
    n = 20_000  # whose matrix has 400 million entries
    program = (key(indices) <= query(indices)).value(tokens)
    assert program([1] * n)[-1] == n
    assert program([1] * n).layers == 1
    with pytest.raises(raspir.EvaluationError, match=r"test_language.py:\d+: `//` failed at position 0 on 1 and 0"):
        (1 // tokens)([0] * n)
