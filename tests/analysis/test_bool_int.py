"""Boolean–integer interchange: values whose users cannot distinguish a boolean from the integer that it equals."""

import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.analysis.bool_int import bool_int_agnostic
from raspir.ir import Role

is_a = (tokens == "a").name("is_a")
everyone = key(1) == query(1)


def is_lenient(program):
    graph = raspir.lower(program)
    (named,) = (node for node in graph if graph.name_of(node) == "is_a")
    assert not any(node.operation.role is Role.SOURCE for node in bool_int_agnostic(graph))
    return named in bool_int_agnostic(graph)


@pytest.mark.parametrize(
    "program",
    [
        is_a,
        is_a + 1,
        where(is_a, "x", "y"),
        everyone.value(is_a) * 2,
        (key(is_a) == query(True)).value(1),
        everyone.best(tokens, is_a),
        is_a.has([1]),
    ],
)
def test_lenient(program):
    assert is_lenient(program)


@pytest.mark.parametrize(
    "program",
    [
        ~is_a,
        is_a & (indices > 1),
        is_a.map(str),
        where(indices > 1, is_a, 2).map(str),
        everyone.value(is_a).map(str),
        everyone.best(is_a, indices).map(str),
        everyone.mean(is_a).map(str),
        (tokens % is_a),
    ],
)
def test_not_lenient(program):
    assert not is_lenient(program)
