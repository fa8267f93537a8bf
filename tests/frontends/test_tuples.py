"""Functions that make tuples, and the functions and predicates that take them apart."""

import pickle

import pytest

import raspir
from raspir import key, query, select, tokens
from raspir.ir.packing import Packing
from raspir.ir.views import Map

indices = raspir.indices


def paired(x, y):
    return x, y


def first(pair):
    return pair[0]


def swapped(pair):
    a, b = pair
    return b, a


def both(*programs):
    """Return the programs as pairs."""
    return raspir.apply(paired, *programs)


def symbols(program):
    return list(raspir.lower(program).functions)


def run(program, given):
    """Return the result on all ways to run a program, which agree."""
    graph = raspir.lower(program)
    results = [
        raspir.compile(graph, backend, optimize)(given)
        for backend in ("reference", "numpy")
        for optimize in (True, False)
    ]
    assert all(result == results[0] for result in results)
    return list(results[0])


@pytest.mark.parametrize(
    ("program", "given", "expected"),
    [
        (both(tokens, indices).map(first), "abc", ["a", "b", "c"]),
        (both(tokens, indices).map(swapped).map(first), "abc", [0, 1, 2]),
        (raspir.apply(lambda p, x: p[0] + x, both(tokens, "!"), tokens), "ab", ["aa", "bb"]),
        (raspir.apply(lambda p, q: p[0] + q[1], both(tokens, "x"), both("y", tokens)), "ab", ["aa", "bb"]),
        (tokens.map(lambda x: (x, 1) if x == "a" else "b").map(lambda p: p[0]), "ab", ["a", "b"]),
        (raspir.apply(divmod, indices + 7, 3).map(lambda p: p[1]), "abc", [1, 2, 0]),
        (tokens.map(lambda x: ("u", "v")).map(lambda p: p[1]), "ab", ["v", "v"]),
        (select(tokens.map(lambda x: (x, "b")), tokens, lambda k, q: q in k).value(1), "abb", [1, 3, 3]),
        (
            select(indices, indices.map(lambda i: (i, 1)), lambda k, q: k == q[0] - q[1]).value(tokens),
            "abc",
            [0, "a", "b"],
        ),
    ],
)
def test_no_tuple_is_left(program, given, expected):
    assert run(program, given) == expected
    assert not any(isinstance(function, Packing) for function in raspir.lower(program).functions.values())


def test_a_composed_function_is_named_after_its_parts():
    assert symbols(both(tokens, indices).map(swapped).map(first)) == ["first_of_swapped_of_paired"]


def test_equal_compositions_are_one_function():
    def program():
        return both(tokens, indices).map(first)

    graph = raspir.lower(program() + program())
    assert list(graph.functions) == ["first_of_paired"]
    assert sum(isinstance(node, Map) for node in graph) == 1


def test_functions_of_atoms_are_not_composed():
    program = tokens.map(str.upper).map(lambda x: x in ("A", "B")).map(str)
    assert symbols(program) == ["upper", "lambda", "str"]


def test_composed_functions_are_recognized():
    program = both(tokens, indices).map(swapped).map(lambda p: p[0] - 1)
    assert str(raspir.optimize(program)).count("map") == 0
    shifted = select(indices.map(lambda i: (i, 1)), indices, lambda k, q: k[0] + k[1] == q).value(tokens)
    assert raspir.optimize(shifted).functions == {}
    assert run(shifted, "abc") == [0, "a", "b"]


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [("error", "error", None), ("skip", "error", None), ("skip", "skip", ["a", None]), ("error", "skip", None)],
)
def test_none(inner, outer, expected):
    pairs = raspir.apply(paired, tokens, indices, none=inner)
    program = pairs.map(first, none=outer)
    if expected is None:
        with pytest.raises(raspir.EvaluationError, match=r"position [01]"):
            program(["a", None])
    else:
        assert run(program, ["a", None]) == expected


def test_a_function_that_makes_none_or_a_tuple():
    pairs = tokens.map(lambda x: (x, 1) if x == "a" else None)
    assert run(pairs.map(first, none="skip"), "ab") == ["a", None]
    with pytest.raises(raspir.EvaluationError, match="position 1 on 'b': None stands for a missing value"):
        pairs.map(first)("ab")


def test_a_predicate_meets_none():
    matches = select(tokens.map(lambda x: (x, 1), none="skip"), tokens, lambda k, q: k == None).value(1)  # noqa: E711  # as in a program
    assert matches(["a", None]) == [1, 1]
    assert raspir.compile(matches)(["a", None]) == [1, 1]
    refused = select(tokens.map(lambda x: (x, 1)), tokens, lambda k, q: True).value(1)
    with pytest.raises(raspir.EvaluationError, match="missing value"):
        refused(["a", None])


@pytest.mark.parametrize(
    "program",
    [
        both(tokens, indices),
        (key(1) == query(1)).value(both(tokens, indices)),
        both(tokens, indices) == 1,
        select(both(tokens, indices), tokens, lambda k, q: k[0] == q).value(1),
    ],
)
def test_a_tuple_that_is_left_is_an_error(program):
    for backend in ("reference", "numpy"):
        with pytest.raises(
            raspir.EvaluationError, match=r"test_tuples.py:\d+: `map\(paired\)` .* only functions take tup"
        ):
            raspir.compile(program, backend)("ab")


def test_a_pickled_graph_keeps_its_compositions():
    graph = raspir.lower(both(tokens, indices).map(first))
    assert raspir.compile(pickle.loads(pickle.dumps(graph)))("ab") == ["a", "b"]
