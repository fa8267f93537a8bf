"""Code numbers of atoms, and columns over roots."""

import numpy as np
import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.transformer.atomsets import canonical
from raspir.transformer.codebook import numbers_of
from raspir.transformer.columns import Column, Columns, separated
from raspir.transformer.domains import Domains


@pytest.mark.parametrize(
    ("atoms", "numbers"),
    [
        ([1, 2.5, 4], [1, 2.5, 4]),
        (["a", "b"], [0, 1]),
        ([None, 3, "a"], [4, 3, 5]),
        ([True, 1, 1.0, 2], [1, 3, 4, 2]),
        ([2.0**70, "a"], [0, 1]),
        ([0, float("inf")], [0, 1]),
        ([0, 10**400], [0, 1]),
    ],
)
def test_distinct_numbers(atoms, numbers):
    held = canonical(atoms)
    found = dict(zip(map(repr, held), numbers_of(held).tolist(), strict=True))
    assert [found[repr(atom)] for atom in atoms] == numbers
    assert len(set(found.values())) == len(atoms)


def test_numbers_that_add_up_may_be_equal():
    assert numbers_of(canonical([True, 1, 2]), distinct=False).tolist() == [1, 1, 2]


def columns_of(written, vocab="ab", longest=3):
    graph = raspir.lower(written, vocab, longest)
    return Columns(Domains(graph)), graph.outputs["out"]


def test_a_column_depends_on_no_more_than_it_must():
    columns, node = columns_of(where(tokens == "a", indices, indices + 1) - indices)
    column = columns.of(node, np.array([5.0, 7.0]))
    assert [root.operation.name for root in column.roots] == ["input"]
    assert column.values.tolist() == [5.0, 7.0]


def test_cells_where_any_number_will_do_hide_no_dependence():
    columns, node = columns_of(tokens)
    (root,) = columns.domains.grid(node).roots
    position = columns.domains.grid(raspir.lower(indices).outputs["out"]).roots[0]
    column = Column((root, position), np.array([[1.0, np.nan, 1.0], [np.nan, 2.0, 2.0]]))
    assert columns.reduced(column).values.tolist() == [1.0, 2.0]
    other = Column((root, position), np.array([[1.0, 2.0, 1.0], [np.nan, 2.0, 2.0]]))
    assert columns.reduced(other).roots == (root, position)


def test_members_of_a_bundle_stand_for_it():
    head = key(tokens) == query(tokens)
    both = head.value(1) + head.value(indices)
    columns, node = columns_of(both)
    (bundle,) = columns.domains.grid(node).roots
    first, _ = bundle.columns
    values = np.where(bundle.columns[first] == 0, 3.0, 4.0)
    assert columns.reduced(Column((bundle,), values)).roots == (first,)


def test_sums_of_functions_of_each_root():
    grid = np.add.outer(np.array([1.0, 5.0]), np.array([0.0, 2.0, 3.0]))
    roots = tuple(raspir.lower({"a": tokens, "b": indices}).outputs.values())
    parts = separated(Column(roots, grid))
    assert np.add.outer(*parts).tolist() == grid.tolist()
    grid[1, 1] += 1
    assert separated(Column(roots, grid)) is None
    grid[1, 1] = np.nan
    assert separated(Column(roots, grid)) is not None
