"""Elementwise kernels against each primitive's definition, atom by atom, including error messages."""

from math import inf
from unittest import mock

import pytest
from daily import examples
from drawn import AT, KINDS, columns, exact, kinds
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import raspir
from raspir.backends.numpy.kernels import elementwise
from raspir.backends.numpy.kernels.columns import atoms_of, column_of
from raspir.backends.numpy.planner import ELEMENTWISE
from raspir.ir.arithmetic import logical_not
from raspir.ir.atoms import atom_key
from raspir.ir.evaluation import EVALUATORS, checked, refusing, skipping
from raspir.runtime.messages import failed_on

UNARY = ("neg", "abs", "round", "not", "to_int", "to_float", "to_str", "to_bool")
BINARY = sorted(set(ELEMENTWISE) - set(UNARY) - {"pow"})
EXPONENTS = st.sampled_from([KINDS["small"], KINDS["bools"], st.sampled_from([0.5, -1.0, 0.0, 2.0, inf, -inf])])
BASES = st.sampled_from([KINDS[name] for name in ("small", "widths", "floats", "bools", "atoms", "wholes")])


def outcome(function, rows):
    """What a function makes of the atoms at each position, or of the first position where it fails, in words."""
    found = []
    for position, row in enumerate(rows):
        try:
            found.append(checked(function(*row)))
        except Exception as error:
            return str(AT.failed(failed_on(position, row, error)))
    return exact(found)


def yielded(kernel, *arguments):
    try:
        return exact(atoms_of(kernel(*arguments)))
    except raspir.EvaluationError as error:
        return str(error)


def rows_of(*drawn):
    size = max(len(held) for _, held in drawn)
    return list(zip(*(held * size if len(held) == 1 else held for _, held in drawn), strict=True))


def refused(name):
    """The function of a primitive, which refuses ``None`` unless it compares for equality."""
    return EVALUATORS[name] if name in ("eq", "ne") else refusing(EVALUATORS[name])


def check(name, data, *kinds):
    size = data.draw(st.integers(1, 6))
    drawn = [data.draw(columns(data.draw(st.sampled_from([1, size, size])), of)) for of in kinds]
    rows = rows_of(*drawn)
    assume(not any(fills_memory(name, row) for row in rows))
    sides = [column for column, _ in drawn]
    assert yielded(ELEMENTWISE[name], *sides, AT) == outcome(refused(name), rows)
    assert yielded(elementwise.skip_none, ELEMENTWISE[name], sides, AT) == outcome(skipping(EVALUATORS[name]), rows)
    if name in ("eq", "ne"):
        found = yielded(elementwise.refuse_none, ELEMENTWISE[name], sides, AT)
        assert found == outcome(refusing(EVALUATORS[name]), rows)


def fills_memory(name, row):
    """Whether a string is to be repeated more often than memory can hold."""
    return name == "mul" and any(type(a) is str for a in row) and any(type(a) is int and a > 1000 for a in row)


@pytest.mark.parametrize("name", BINARY)
@examples(50)
@given(st.data(), kinds, kinds)
def test_binary(name, data, first, second):
    check(name, data, first, second)


@pytest.mark.parametrize("name", UNARY)
@examples(60)
@given(st.data(), kinds)
def test_unary(name, data, of):
    check(name, data, of)


@settings(max_examples=50, deadline=None)
@given(st.data(), BASES, EXPONENTS)
def test_power(data, base, exponent):
    check("pow", data, base, exponent)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("add", [(2**63 - 1, 1), (1, 1)]), ("sub", [(-(2**63), 1), (0, 0)]),
        ("mul", [(2**32, 2**31), (-(2**32), 2**31)]), ("mul", [(-(2**63), -1)]),
        ("floordiv", [(-(2**63), -1), (7, -2)]), ("mod", [(-(2**63), -1), (7, -2)]),
        ("truediv", [(2**53 + 1, 1), (2**63 - 1, 3)]), ("truediv", [(10**400, 1)]), ("add", [(10**400, 0.5)]),
        ("pow", [(2, 62), (2, 63), (-2, 63)]), ("pow", [(0, -1)]), ("pow", [(-8.0, 0.5)]), ("neg", [(-(2**63),)]),
        ("abs", [(-(2**63),)]), ("round", [(0.5,), (1.5,), (2.5,), (-0.5,), (1e308,), (2.0**62,)]), ("round", [(inf,)]),
        ("floordiv", [(5.5, -0.0)]), ("mod", [(5.5, inf), (-5.5, inf)]), ("floordiv", [(-0.0, 3.0), (0.0, -3.0)]),
        ("mod", [(-0.0, 3.0), (3.0, -3.0)]), ("sub", [(inf, inf)]), ("mul", [(0.0, inf)]),
        ("add", [("a", "b"), ("", 1)]),
        ("mul", [("ab", 2), (3, "é"), ("a", True)]), ("mod", [("%s!", 1), ("a", 2)]), ("lt", [("a", "b"), ("a", 1)]),
        ("eq", [(1, True), (1.0, True), ("1", 1), (2**53 + 1, 2.0**53), (0.0, -0.0)]), ("lt", [(2**53, 2.0**53)]),
        ("lt", [(2**53 + 1, 2.0**53), (2.0**53, 2**53 + 1), (2**63 - 1, 2.0**63)]), ("and", [(True, 3), (6, 3)]),
        ("or", [(True, False), (True, 2), (2**70, 1)]), ("not", [(True,), (False,), (0,), (2**70,), (-1,)]),
        ("and", [(1.0, 1)]), ("add", [(1, 2), ("a", 1), (None, 1)]), ("add", [(1, 2), (1, None), ("a", 1)]),
        ("mod", [("%s", None)]), ("mul", [(None, None)]), ("lt", [(None, None)]), ("eq", [(None, None), (None, 0)]),
        ("ne", [(None, ""), (False, None), (None, None), (2**70, None)]), ("not", [(True,), (None,)]),
        ("not", [("a",)]), ("neg", [(True,), (False,)]), ("abs", [(True,), (-0.0,), (-1,)]),
    ],
)  # fmt: skip
def test_edges(name, rows):
    sides = [column_of(side) for side in zip(*rows, strict=True)]
    assert yielded(ELEMENTWISE[name], *sides, AT) == outcome(refused(name), rows)
    assert yielded(elementwise.skip_none, ELEMENTWISE[name], sides, AT) == outcome(skipping(EVALUATORS[name]), rows)


@settings(max_examples=50, deadline=None)
@given(st.data(), st.tuples(*[kinds] * 3))
def test_where(data, of):
    size = data.draw(st.integers(1, 6))
    drawn = [data.draw(columns(data.draw(st.sampled_from([1, size])), each)) for each in of]
    found = atoms_of(elementwise.where(*(column for column, _ in drawn)))
    assert exact(found) == exact([EVALUATORS["where"](*row) for row in rows_of(*drawn)])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6).flatmap(columns), st.lists(KINDS["any"], max_size=12))
def test_has(drawn, values):
    column, held = drawn
    found = atoms_of(elementwise.skip_none(elementwise.has, [column], values))
    assert exact(found) == exact([None if a is None else any(a == v for v in values) for a in held])
    assert exact(atoms_of(elementwise.has(column, values))) == exact([any(a == v for v in values) for a in held])


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6).flatmap(columns), st.lists(st.tuples(*[KINDS["any"]] * 2), max_size=8), KINDS["any"])
def test_lookup(drawn, pairs, otherwise):
    column, held = drawn
    table = {atom_key(key): (key, value) for key, value in pairs}
    found = elementwise.looked_up(elementwise.Lookup(tuple(table.values()), otherwise), column)
    assert exact(atoms_of(found)) == exact([table.get(atom_key(a), (a, otherwise))[1] for a in held])


FEW = st.sampled_from([None, 0, 1, True, "a", "b", 0.0, -0.0, 2**70])


@pytest.mark.parametrize("largest", [0, 1 << 20])
@settings(max_examples=50, deadline=None)
@given(st.data(), st.integers(1, 6), st.integers(1, 3))
def test_lookup_of_several(largest, data, size, count):
    drawn = [data.draw(columns(data.draw(st.sampled_from([1, size])), FEW)) for _ in range(count)]
    pairs = data.draw(st.lists(st.tuples(st.tuples(*[FEW] * count), KINDS["any"]), max_size=8))
    table = {tuple(map(atom_key, key)): (key, value) for key, value in pairs}
    otherwise = data.draw(KINDS["any"])
    with mock.patch.object(elementwise, "_LARGEST", largest):
        made = elementwise.JointLookup(tuple(table.values()), otherwise)
    found = elementwise.jointly_looked_up(made, *(column for column, _ in drawn))
    assert exact(atoms_of(found)) == exact(
        [table.get(tuple(map(atom_key, row)), (row, otherwise))[1] for row in rows_of(*drawn)]
    )


@pytest.mark.parametrize("none", ["error", "skip"])
@settings(max_examples=50, deadline=None)
@given(st.data(), st.integers(1, 6), st.integers(1, 3))
def test_functions_are_called_once_for_each_tuple_in_order(none, data, size, count):
    drawn = [data.draw(columns(data.draw(st.sampled_from([1, size])), FEW)) for _ in range(count)]
    calls = []

    def function(*atoms):
        calls.append(tuple(exact(atoms)))
        if len(calls) == 5:
            raise ValueError("the fifth")
        return len(calls)

    found = yielded(elementwise.apply, function, [column for column, _ in drawn], AT, none)
    called = calls.copy()
    calls.clear()
    results = {}

    def once(*atoms):
        if tuple(exact(atoms)) not in results:
            results[tuple(exact(atoms))] = function(*atoms)
        return results[tuple(exact(atoms))]

    assert found == outcome((skipping if none == "skip" else refusing)(once), rows_of(*drawn))
    assert called == calls
    assert len(set(called)) == len(called)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 6).flatmap(columns))
def test_truth(drawn):
    column, held = drawn
    assert atoms_of(elementwise.is_true(column)) == [bool(atom) for atom in held]
    assert atoms_of(elementwise.is_false(column)) == [not atom for atom in held]


class Odd(Exception):
    def __str__(self):
        raise ValueError


@pytest.mark.parametrize(
    "function",
    [
        lambda a: [a], lambda a: 1 / (a == 1), lambda a: float("nan"), lambda a: (_ for _ in ()).throw(Odd),
        lambda a: (_ for _ in ()).throw(SystemExit(3)), lambda a: None if a == 2 else a, lambda a: (-1) ** 0.5,
    ],
)  # fmt: skip
def test_opaque_functions_fail_at_the_first_position(function):
    def called(atom):
        return function(atom)

    for held in ([1, 1, 2, 3], [1, True, "a"], [2], ["x", 2.5]):
        found = yielded(elementwise.apply, called, [column_of(held)], AT)
        wanted = []
        for position, atom in enumerate(held):
            try:
                wanted.append(checked(function(atom)))
            except (Exception, SystemExit) as error:
                wanted = str(AT.failed(failed_on(position, [atom], error)))
                break
        assert found == (wanted if isinstance(wanted, str) else exact(wanted))


def test_not_is_logical_on_booleans():
    assert exact(atoms_of(elementwise.inverted(column_of([True, 0, False, -1]), AT))) == exact(
        [logical_not(a) for a in (True, 0, False, -1)]
    )
