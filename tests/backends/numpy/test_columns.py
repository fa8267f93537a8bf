"""Columns: round trips of atoms of every kind and of mixed kinds, with their types."""

from unittest import mock

import numpy as np
import pytest
from drawn import KINDS, columns, exact, integral, kinds, small
from hypothesis import given, settings
from hypothesis import strategies as st

from raspir.backends.numpy.kernels import columns as module
from raspir.backends.numpy.kernels.columns import (
    BOOL,
    CHAR,
    FLOAT,
    INT,
    TABLE,
    assembled,
    atoms_of,
    choose,
    classes_of,
    column_of,
    constant,
    factorized,
    is_none,
    is_number,
    numbered,
    padded,
    rows_of,
    tabulated,
    take,
    truth,
)
from raspir.ir.atoms import atom_key

sizes = st.integers(1, 7)
PAIRS = [(a, b) for a in KINDS for b in KINDS if a <= b]


@settings(deadline=None)
@given(st.lists(KINDS["any"], min_size=1, max_size=8), st.data())
def test_atoms_come_back_as_they_were(held, data):
    column = column_of(held)
    assert exact(atoms_of(column)) == exact(held)
    places = data.draw(st.lists(st.integers(0, len(held) - 1), min_size=1))
    assert exact(atoms_of(take(column, np.array(places)))) == exact([held[place] for place in places])
    assert exact(atoms_of(constant(held[0]))) == exact(held[:1])


@pytest.mark.parametrize(
    ("held", "kind"),
    [
        ([True, False], BOOL), ([1, -(2**63)], INT), ([1.5, -0.0], FLOAT), (["a", "\ud800"], CHAR), (["", "ab"], TABLE),
        ([2**63, -(2**63) - 1], TABLE), ([True, 1], BOOL | INT), (["a", "ab"], CHAR | TABLE), ([1, 2**63], INT | TABLE),
    ],
)  # fmt: skip
def test_kinds(held, kind):
    column = column_of(held)
    assert column.kind == kind
    assert (column.tags is None) == (kind in (BOOL, INT, FLOAT, CHAR, TABLE))
    assert exact(atoms_of(column)) == exact(held)


@pytest.mark.parametrize(("first", "second"), PAIRS)
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_choosing_between_two_columns(first, second, data):
    size = data.draw(sizes)
    condition = data.draw(st.lists(st.booleans(), min_size=size, max_size=size))
    (a, of_a), (b, of_b) = (
        data.draw(columns(data.draw(st.sampled_from([1, size])), KINDS[name])) for name in (first, second)
    )
    found = choose(np.array(condition), a, b)
    of_a, of_b = (each * size if len(each) == 1 else each for each in (of_a, of_b))
    assert exact(atoms_of(found)) == exact([x if c else y for c, x, y in zip(condition, of_a, of_b, strict=True)])
    if found.kind == INT:
        low, high = found.bounds()
        assert all(low <= atom <= high for atom in atoms_of(found))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), kinds), min_size=1, max_size=4), st.data())
def test_putting_pieces_together(shapes, data):
    made = [data.draw(columns(1 + more, of)) for more, of in shapes]
    size = sum(len(held) for _, held in made)
    places = data.draw(st.permutations(range(size)))
    wanted, pieces, start = [None] * size, [], 0
    for column, held in made:
        own = np.array(places[start : start + len(held)])
        pieces.append((own, column))
        for place, atom in zip(own, held, strict=True):
            wanted[place] = atom
        start += len(held)
    assert exact(atoms_of(assembled(size, pieces))) == exact(wanted)


def test_putting_many_pieces_together_looks_at_each_table_once(monkeypatch):
    looked = []
    monkeypatch.setattr(module, "atom_key", lambda atom: looked.append(atom) or atom_key(atom))
    held = [[i, f"word {i}", f"word {i % 7}"] for i in range(200)]
    pieces = [(np.arange(3 * i, 3 * i + 3), column_of(atoms)) for i, atoms in enumerate(held)]
    looked.clear()
    assert atoms_of(assembled(600, pieces)) == [atom for atoms in held for atom in atoms]
    assert len(looked) <= 2 * 200


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_padding(data):
    size, low, inside = data.draw(st.integers(1, 8)), data.draw(st.integers(0, 4)), data.draw(sizes)
    column, held = data.draw(columns(data.draw(st.sampled_from([1, inside]))))
    default, (other,) = data.draw(columns(1))
    size = max(size, low + inside)
    wanted = [other] * low + (held * inside if len(held) == 1 else held) + [other] * (size - low - inside)
    assert exact(atoms_of(padded(column, low, low + inside, size, default))) == exact(wanted)


@settings(deadline=None)
@given(sizes.flatmap(columns))
def test_truth_and_numbers(drawn):
    column, held = drawn
    assert np.broadcast_to(truth(column), len(held)).tolist() == [bool(atom) for atom in held]
    assert np.broadcast_to(is_number(column), len(held)).tolist() == [not isinstance(atom, str | None) for atom in held]
    assert np.broadcast_to(is_none(column), len(held)).tolist() == [atom is None for atom in held]


@settings(deadline=None)
@given(sizes.flatmap(lambda size: st.lists(columns(size), min_size=1, max_size=3)))
def test_classes_are_of_equal_tuples_of_atoms(drawn):
    rows = list(zip(*([atom_key(atom) for atom in held] for _, held in drawn), strict=True))
    classes, firsts = classes_of([column for column, _ in drawn])
    assert [rows.index(row) for row in rows] == firsts[classes].tolist()
    assert len(firsts) == len(set(rows))


@settings(deadline=None)
@given(sizes.flatmap(lambda size: st.lists(columns(size), min_size=1, max_size=2)))
def test_functions_are_called_once_for_each_tuple(drawn):
    calls = []

    def message(*found):
        calls.append(tuple(exact(found)))
        return " ".join(map(repr, found))

    found = atoms_of(tabulated([column for column, _ in drawn], message))
    assert found == [" ".join(map(repr, row)) for row in zip(*(held for _, held in drawn), strict=True)]
    assert len(calls) == len(set(calls))


@pytest.mark.parametrize("more", [0, 5_000])
@settings(deadline=None)
@given(data=st.data())
def test_tuples_are_numbered_in_order_of_first_occurrence(data, more):
    size = data.draw(sizes)
    drawn = [data.draw(columns(data.draw(st.sampled_from([1, size])))) for _ in range(data.draw(st.integers(1, 3)))]
    made = [column_of(held * more) if more and len(held) > 1 else column for column, held in drawn]
    rows = list(zip(*(exact(held * (size if len(held) == 1 else 1)) for _, held in drawn), strict=True))
    rows = rows[: max(map(len, made))]
    with mock.patch.object(module, "_BLOCK", 64):
        numbers, firsts = numbered(made)
    wanted = [rows.index(row) for row in dict.fromkeys(rows)]
    assert firsts.tolist() == wanted
    places = [wanted.index(rows.index(row)) for row in rows]
    assert numbers.tolist() == places * (len(numbers) // len(places))
    assert list(rows_of(made, firsts)) == [
        tuple(held[place if len(held) > 1 else 0] for _, held in drawn) for place in wanted
    ]


@given(st.lists(st.one_of(small, st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=20))
def test_classes_of_integers(held):
    classes, firsts = factorized(np.array(held))
    assert firsts[classes].tolist() == [held.index(each) for each in held]


@given(sizes.flatmap(lambda size: columns(size, integral)))
def test_bounds_hold_integers_between_them(drawn):
    column, held = drawn
    if column.kind in (BOOL, INT):
        low, high = column.bounds()
        assert low <= min(held) <= max(held) <= high
        assert column.tightened() == (min(held), max(held))


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int32, np.int64])
def test_places_of_any_width(kind):
    places = np.random.default_rng(0).integers(0, 100, 40_000).astype(kind)
    values = np.arange(200)[::2] * 3
    assert np.array_equal(module.gather(values, places), values[places])
    assert module.extremes(places) == (places.min(), places.max())
