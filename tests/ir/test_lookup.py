"""The operation ``lookup``: a table from atoms to atoms, keyed by exact type."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import atoms

import raspir
from raspir.ir import Graph, build
from raspir.ir.atoms import atom_key
from raspir.ir.text.describe import Describer


def graph(otherwise, table, vocab=None):
    source = build("input", name="tokens", vocab=vocab)
    keys, values = tuple(key for key, _ in table), tuple(value for _, value in table)
    return Graph({"out": build("lookup", source, otherwise=otherwise, keys=keys, values=values)}, (source,))


def exact(sequence):
    return [(type(atom), repr(atom)) for atom in sequence]


def test_keys_are_found_by_exact_type():
    run = raspir.compile(graph("none", [(1, "int"), (True, "bool"), (-0.0, "minus"), ("1", "str")]))
    assert run([1, True, 1.0, "1", 0.0, -0.0, 0, False]) == [
        "int",
        "bool",
        "none",
        "str",
        "none",
        "minus",
        *["none"] * 2,
    ]
    assert raspir.compile(graph(0, []))("ab") == [0, 0]
    assert raspir.compile(graph(0, [("a", 1)]))("") == []


tables = st.lists(st.tuples(atoms, atoms), max_size=6, unique_by=lambda entry: atom_key(entry[0]))


@given(atoms, tables, st.lists(atoms, max_size=8))
def test_any_table(otherwise, table, row):
    looked_up = graph(otherwise, table)
    parsed = raspir.parse(str(looked_up))
    assert parsed == looked_up
    expected = []
    for atom in row:
        found = [value for key, value in table if exact([key]) == exact([atom])]
        expected.append(found[0] if found else otherwise)
    assert exact(raspir.compile(parsed)(row)) == exact(expected)


@pytest.mark.parametrize(
    ("otherwise", "table", "kinds"),
    [(0, [("a", 1)], "int"), (0, [("a", True)], "bool|int"), ("", [("a", math.inf)], "float|str"), (False, [], "bool")],
)
def test_the_type_is_of_what_the_table_holds(otherwise, table, kinds):
    (out,) = graph(otherwise, table).outputs.values()
    assert str(out.type) == kinds


def test_it_is_elementwise_work_that_a_vocabulary_leaves_as_it_is():
    looked_up = graph(0, [("a", 1)])
    assert looked_up.stats().to_json() == graph(0, [("a", 1)], vocab=("a", "b")).stats().to_json()
    assert (looked_up.stats().layers, looked_up.stats().mlps) == (0, 1)
    assert looked_up.assume(vocab="ab") == graph(0, [("a", 1)], vocab=("a", "b"))


def test_description():
    def described(*given):
        made = graph(*given)
        return Describer(made)(made.outputs["out"])

    assert described(0, [("(", 1), (")", -1)]) == "lookup(tokens, {'(': 1, ')': -1}, otherwise=0)"
    assert described(0, [(i, i) for i in range(20)]) == "lookup(tokens)"
    assert described(0, [("long" * 20, 1)]) == "lookup(tokens)"


def test_what_is_no_table():
    source = build("input", name="tokens")
    with pytest.raises(raspir.GraphError, match="have equal lengths, not 1 and 0"):
        build("lookup", source, otherwise=0, keys=(1,), values=())
    with pytest.raises(raspir.GraphError, match="lookup: it needs the attribute otherwise"):
        build("lookup", source, keys=(1,), values=(1,))
    with pytest.raises(raspir.GraphError, match="keys must be a list of atoms"):
        build("lookup", source, otherwise=0, keys=(math.nan,), values=(1,))
