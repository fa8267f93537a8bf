"""Execution: reading of inputs, assumptions, batches, several inputs, and results."""

import pickle

import numpy as np
import pytest
from drawn import atoms, branch
from hypothesis import given, settings
from hypothesis import strategies as st

import raspir
from raspir import indices, key, query, raw, tokens
from raspir.api import to_graph
from raspir.ir.atoms import atom_key


class Text(str):
    pass


class Row(list):
    pass


class Number(int):
    pass


NAN = float("nan")
GIVEN = [
    "abc", "", [], (), range(3), range(0), [1, 2.5], [NAN], [1, NAN], [1.5, NAN], ("a", "b"), "\ud800x", "a\0b",
    np.array([1, 2]), np.array([1.5, NAN]), np.array([1.5, np.inf]), np.array([True]), np.array(["a", "b"]),
    np.array(["ab", "c"]), np.array(["a", ""]), np.array(["a", "\0"]), np.array([], dtype=float),
    np.array([[1, 2], [3, 4]]),
    np.array(5), np.array([1, 2], dtype=np.uint64), np.array([2**63], dtype=np.uint64),
    np.array([1, 2], dtype=np.uint8),
    np.array([-1, 2], dtype=np.int8), np.array([1.5], dtype=np.float16), np.array([0.1], dtype=np.float32),
    np.array([1.5], dtype=np.longdouble), np.array([1 + 2j]), np.array([b"a"]), np.array([1, "a", True], dtype=object),
    np.array(["2020-01-01"], dtype="datetime64[D]"), np.array([1, 2], dtype=">i4"), np.array([1, 2], dtype=">f8"),
    np.array(["a", "b"], dtype=">U1"), np.array([1, 2, 3])[::2], np.array(["a", "b", "c"])[::-1],
    np.ma.array([1, 2], mask=[0, 1]), {1: 2}, {1, 2}, 5, None, b"ab", bytearray(b"a"), [b"a"], [None], [[1]],
    [1, "a", object],
    [np.int64(3), 1], [np.float64(1.5)], [np.str_("ab")], [np.bool_(True)], Text("abc"), Row([1, 2]),
    [Number(4)], [Text("b")], [None, None], [1, None], [None, 0.5], [None, NAN], [NAN, None, 1.5], ["a", None, "b"],
    [None, True, 1], [None, object], np.array([None, 1], dtype=object), [None, 2**70, "ab"],
]  # fmt: skip


def exact(result):
    if isinstance(result, dict):
        return {name: exact(each) for name, each in result.items()}
    if isinstance(result, list):
        return [exact(each) for each in result]
    return [atom_key(atom) for atom in result]


def message(run, given):
    try:
        return exact(run(given))
    except raspir.RaspirError as error:
        return type(error).__name__, str(error)


def both(program, **assumptions):
    graph = to_graph(program, **assumptions)
    return raspir.compile(graph, "reference", optimize=False), raspir.compile(graph, "numpy", optimize=False)


@pytest.mark.parametrize("number", range(len(GIVEN)))
@pytest.mark.parametrize(
    "assumptions", [{}, {"vocab": [1, 2, 3, "a", "b", 1.5], "max_length": 2}], ids=["free", "assumed"]
)
def test_reading(number, assumptions):
    given = GIVEN[number]
    for program in (tokens, {"a": tokens, "b": (key(tokens) == query(tokens)).value(1)}):
        judge, run = both(program, **assumptions)
        wanted = message(judge, given)
        assert message(run, given) == wanted
        for batch in ([given], ["a", given], [given, "ab", [1, 2]], [[1], given, given, ""]):
            assert message(run.batch, batch) == message(judge.batch, batch)


def test_reading_iterators():
    for make in (lambda: (each for each in [1, "a"]), lambda: iter("ab"), lambda: map(str, range(3)), lambda: iter([])):
        judge, run = both(tokens)
        assert message(run, make()) == message(judge, make())
        assert message(run.batch, [make(), make()]) == message(judge.batch, [make(), make()])
        assert message(run.batch, (make() for _ in range(3))) == message(judge.batch, [make()] * 1 + [make(), make()])


BATCHES = [
    [], (), ["abc", ""], ["", ""], [[], [1]], np.array([[1, 2], [3, 4]]), np.empty((0, 3)), np.empty((3, 0)),
    np.array([1, 2]), ["ab", [1, 2.5]], ("ab", "c"), 5, None, "abc", ["a", 5], [5, "a"], [[1], [NAN]],
    np.array([[1, 2], [NAN, 1]]), np.array([["a", "b"]]), np.array([["a", "bc"]]), np.array([["a"], [""]]), {"a": 1},
    np.zeros((2, 2, 2)), [["a", 1], ["b"]], [("a",), ["b"]], [range(2), "ab"],
    np.array([[1, "a"], [2, "b"]], dtype=object),
    [[None, 1], [2]], [[None], [None, None], []], [[0.5, None], [NAN]], [[0.5], [None, 1]], [None, [1]],
    [["a", None], "b"],
    [[True], [1], [1.0], ["1"]], [[2**70], [2**70, 1], [1]], [["ab"], ["c", "ab"], ["", "c"]], [{"x": 1}, "a"],
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(BATCHES)))
@pytest.mark.parametrize("chunks", ["as it is", "small chunks"])
def test_batches(number, chunks):
    with branch(chunks):
        for program in (tokens, indices + 1, {"n": (key(1) == query(1)).value(1), "same": tokens}):
            for assumptions in ({}, {"max_length": 2}, {"vocab": ["a", "b", 1, 2]}):
                judge, run = both(program, **assumptions)
                assert message(run.batch, BATCHES[number]) == message(judge.batch, BATCHES[number])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(atoms, max_size=4), max_size=6), st.sampled_from(["as it is", "small chunks"]))
def test_batches_are_as_one_at_a_time(inputs, chunks):
    judge, run = both((key(tokens) == query(tokens)).best(tokens, indices, "right"))
    with branch(chunks):
        assert exact(run.batch(inputs)) == [exact(judge(each)) for each in inputs]
        assert [exact(each) for each in run.stream(iter(inputs))] == [exact(judge(each)) for each in inputs]


@pytest.mark.parametrize("chunks", ["as it is", "small chunks"])
def test_a_stream_yields_all_before_the_first_failure(chunks):
    _, run = both(1 / tokens)
    for wrong in range(6):
        inputs = [[2, 4], [], [1], [4], [2, 2, 2], [8]]
        inputs[wrong] = [1, 0]
        with branch(chunks):
            stream = run.stream(inputs)
            found = [next(stream) for _ in range(wrong)]
            with pytest.raises(raspir.EvaluationError, match=f"input {wrong}: .* failed at position 1 on 1 and 0"):
                next(stream)
        assert found == [[1 / each for each in given] for given in inputs[:wrong]]


TWO = """raspir 1
%a = input name="a" : atom
%b = input name="b" : atom
%s = eq %a, %b : bool
output out = %s
"""


@pytest.mark.parametrize("text", [TWO, TWO.replace('name="b" : atom', 'name="b" vocab=[1, 2] : int')])
def test_several_inputs(text):
    judge, run = both(raspir.parse(text))
    given = [
        {"a": [1, 2], "b": [2, 1]}, {"b": [1], "a": [2.5]}, {"a": [], "b": []}, {"a": "ab", "b": [1, 2]},
        {"a": [1], "b": [1, 2]}, {"a": [1]}, {"a": [1], "b": [1], "c": [1]}, [1, 2], {"a": [1], "b": [3]},
        {"a": 5, "b": [1]},
        {"a": [2**63 - 1], "b": [1]}, {"a": [2.0], "b": [2]},
        {"a": np.array([1, 2]), "b": np.array([2, 2])},
    ]  # fmt: skip
    for each in given:
        assert message(run, each) == message(judge, each)
    for i, first in enumerate(given):
        for second in given[i:]:
            batch = [first, second, given[0]]
            assert message(run.batch, batch) == message(judge.batch, batch)


def test_fixed_sequences():
    judge, run = both(raw([1, "a", 2.5]))
    for each in ("abc", "ab", "", "abcd"):
        assert message(run, each) == message(judge, each)
    for batch in (["abc", "xyz"], ["abc", ""], ["", "abc"], ["", ""], ["abc", "ab", ""]):
        assert message(run.batch, batch) == message(judge.batch, batch)
    assert run.batch([]) == judge.batch([]) == []
    judge, run = both(raw([]))
    for batch in (["", ""], ["", "a"], ["a"]):
        assert message(run.batch, batch) == message(judge.batch, batch)


def test_long_vocabularies_and_long_batches():
    vocab = [chr(c) for c in range(97, 123)]
    judge, run = both(tokens, vocab=vocab)
    assert message(run, "abcé") == message(judge, "abcé")
    assert message(run, ["a", 1]) == message(judge, ["a", 1])
    assert run.batch(["ab"] * 3000) == [["a", "b"]] * 3000


@pytest.mark.parametrize(
    ("given", "kind"),
    [("ab", "U"), ([1, 2], "i"), ([0.5], "f"), ([True], "b"), ([1, "a"], "O"), (["ab"], "O"), ([2**70], "O")],
)
def test_results_as_arrays(given, kind):
    _, run = both(tokens)
    result = run(given)
    array = np.asarray(result)
    assert array.dtype.kind == kind
    assert array.tolist() == list(given) == result.tolist()
    assert exact(np.array(result, dtype=object)) == exact(result)


def test_results_are_sequences():
    _, run = both((key(indices) == query(indices - 1)).value(tokens, "_"))
    first, second = run.batch(["abc", "xy"])
    assert (first, second) == (["_", "a", "b"], ["_", "x"])
    assert (len(first), first[0], first[-1], second[1], first[1:], list(second)) == (
        3,
        "_",
        "b",
        "x",
        ["a", "b"],
        ["_", "x"],
    )
    with pytest.raises(IndexError):
        second[2]
    assert pickle.loads(pickle.dumps(second)) == ["_", "x"]
    assert first.layers == second.layers == 1
    assert repr(second) == "['_', 'x']"


def test_results_do_not_change_with_the_input():
    _, run = both(tokens)
    given = np.array([1, 2, 3])
    result, (other,) = run(given), run.batch(given[None])
    given[0] = 99
    assert result == other == [1, 2, 3]
