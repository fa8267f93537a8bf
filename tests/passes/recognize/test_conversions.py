"""The pass recognize on conversions: the builtins themselves, and functions that call them by name."""

import math

import pytest

import raspir
from raspir import indices, tokens, where
from raspir.ir.views import Map


def helper(x):
    return int(x) + 1


def shadowed(x):
    return float(x)


def with_default(x, by=2, *, more=1):
    return int(x) * by + more


def outcome(graph, given):
    try:
        return [(type(atom), repr(atom)) for atom in raspir.compile(graph, backend="reference", optimize=False)(given)]
    except raspir.EvaluationError:
        return "fails"


GIVEN = (
    [], "12", "1x", ["7", " -3 ", "1_0"], ["", "a"], ["nan"], ["inf", "-0"], [1, 2.75, -2.75, True], [math.inf],
    [2**70, 10**400], [-0.0, 0.0, 1e300], [None], ["3", None],
)  # fmt: skip
RECOGNIZED = {
    "int": (tokens.map(int), {"to_int"}),
    "float": (tokens.map(float), {"to_float"}),
    "str": (tokens.map(str), {"to_str"}),
    "bool": (tokens.map(bool), {"to_bool"}),
    "skipping": (tokens.map(int, none="skip"), {"to_int"}),
    "called": (tokens.map(lambda x: int(x) * 2), {"to_int", "mul"}),
    "called twice": (tokens.map(lambda x: str(x) + str(int(x))), {"to_str", "to_int", "add"}),
    "called with defaults": (tokens.map(with_default), {"to_int", "mul", "add"}),
    "called on one branch": (tokens.map(lambda x: int(x) if x != "_" else 0), {"ne", "where", "to_int"}),
    "a truth value": (tokens.map(lambda x: bool(x)), {"where"}),
    "of two": (raspir.apply(lambda x, i: int(x) + i, tokens, indices), {"to_int", "indices", "add"}),
}
OPAQUE = {
    "with a base": tokens.map(lambda x: int(x, 2)),
    "in a function that it calls": tokens.map(lambda x: helper(x) + 1),
    "by another name": tokens.map(lambda x, f=str: f(x)),
    "nan compared": tokens.map(lambda x: float(x) > 0),
    "nan as text": tokens.map(lambda x: str(float(x))),
    "a method of a class": tokens.map(lambda x: str.upper(x)),
}


@pytest.mark.parametrize("name", RECOGNIZED)
@pytest.mark.parametrize("given", GIVEN, ids=repr)
def test_recognized_conversions_compute_the_same_and_fail_where_python_does(name, given):
    program, operations = RECOGNIZED[name]
    written = raspir.lower(program)
    graph = raspir.optimize(written, passes=["recognize"])
    assert {node.operation.name for node in graph} - {"input", "const"} == operations
    if name == "a truth value" and None in list(given):  # `where` takes None as false, so that it no longer fails
        return
    assert outcome(graph, given) == outcome(written, given)


@pytest.mark.parametrize("name", OPAQUE)
@pytest.mark.parametrize("given", GIVEN, ids=repr)
def test_others_stay_functions(name, given):
    graph = raspir.optimize(OPAQUE[name], passes=["recognize"])
    assert any(isinstance(node, Map) for node in graph)
    assert outcome(graph, given) == outcome(raspir.lower(OPAQUE[name]), given)


def test_a_name_that_means_something_else_is_no_conversion(monkeypatch):
    monkeypatch.setitem(globals(), "float", helper)
    graph = raspir.optimize(tokens.map(shadowed), passes=["recognize"])
    assert raspir.compile(graph, optimize=False)(["4"]) == [5]
    assert all(node.operation.name != "to_float" for node in graph)


@pytest.mark.parametrize("function", [int, float, lambda x: int(x) + 1])
def test_a_conversion_that_fails_on_a_known_atom_still_fails(function):
    remarks = []
    graph = raspir.optimize(tokens.map(function), vocab="01+", remarks=remarks)
    assert graph.symbols
    assert any("it fails on an atom that its operand may have" in remark.gain for remark in remarks)
    with pytest.raises(raspir.EvaluationError):
        raspir.compile(graph)("1+")
    assert not raspir.optimize(tokens.map(function), vocab="01").symbols


def test_constants_are_converted_by_python():
    graph = raspir.optimize(tokens.map(lambda x: x + int("12") + int(True)), passes=["recognize"])
    assert raspir.compile(graph, optimize=False)([1]) == [14]
    assert not graph.symbols


def test_functions_of_known_atoms_remain_tables():
    graph = raspir.optimize(where(tokens == "a", "1", "2").map(int), vocab="ab")
    assert graph.outputs["out"].operation.name == "lookup"
