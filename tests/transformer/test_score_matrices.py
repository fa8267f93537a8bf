"""Scores of selectors: 0 where selected and at most -1 elsewhere, over all small matrices, and their ranks."""

from itertools import product

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st

from raspir.transformer.piecewise import count_kinks
from raspir.transformer.scores import Column, scores

matrices = st.tuples(st.integers(1, 5), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.booleans(), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


def relation(function, queries, keys=None):
    return [[function(q, k) for k in range(keys or queries)] for q in range(queries)]


def holds(found, selected, taken=None):
    for i, (row, wanted) in enumerate(zip(found.matrix(), selected, strict=True)):
        if taken is not None and not taken[i]:
            continue
        top = 0 if found.calibrated else {s for s, w in zip(row, wanted, strict=True) if w}.pop()
        assert all(s == top if w else s <= top - 1 for s, w in zip(row, wanted, strict=True)), found.method


@pytest.mark.parametrize(("rows", "columns"), list(product((1, 2, 3), repeat=2)))
def test_all_small_matrices(rows, columns):
    for bits in product((False, True), repeat=rows * columns):
        selected = [list(bits[i * columns : (i + 1) * columns]) for i in range(rows)]
        for calibrated in (True, False):
            for found in scores(selected, calibrated=calibrated):
                holds(found, selected)
                assert found.rank <= max(3, rows, columns)


@given(matrices, st.data())
@examples(300)
def test_matrices_with_codes_and_free_rows(selected, data):
    def codes(count):
        return data.draw(st.lists(st.integers(-9, 9), min_size=count, max_size=count, unique=True))

    taken = data.draw(st.lists(st.booleans(), min_size=len(selected), max_size=len(selected)))
    numbers = codes(len(selected)), codes(len(selected[0]))
    if not any(taken):
        with pytest.raises(ValueError, match="needs a class of queries"):
            scores(selected, numbers, taken)
        return
    for calibrated in (True, False):
        for found in scores(selected, numbers, taken, calibrated):
            holds(found, selected, taken)


@pytest.mark.parametrize(
    ("selected", "calibrated", "rank"),
    [
        (relation(lambda q, k: True, 9), True, 0),
        (relation(lambda q, k: q == k, 9), True, 3),
        (relation(lambda q, k: q == k, 9), False, 2),
        (relation(lambda q, k: k == 8 - q, 9), False, 2),
        (relation(lambda q, k: k == q - 1, 9), True, 3),
        (relation(lambda q, k: k in (q - 1, q), 9), True, 3),
        (relation(lambda q, k: k in (q - 1, q), 9), False, 2),
        (relation(lambda q, k: k == (5 * q) % 9, 9), False, 2),
        (relation(lambda q, k: k // 3 == q % 3, 9), False, 2),
        (relation(lambda q, k: k <= q, 9), True, 8),
        (relation(lambda q, k: k < q, 9), True, 9),
        (relation(lambda q, k: k % 2 == 0, 9), True, 1),
        (relation(lambda q, k: q % 2 == 0, 9), True, 1),
        (relation(lambda q, k: q % 2 == k % 2, 9), True, 2),
        (relation(lambda q, k: q != k, 9), True, 9),
    ],
)
def test_ranks(selected, calibrated, rank):
    found = scores(selected, calibrated=calibrated)[0]
    holds(found, selected)
    assert found.rank == rank


def test_kinds_of_columns():
    shifted = scores(relation(lambda q, k: k == q + 1, 6, 7), calibrated=False)[0]
    assert [(q.kind, k.kind) for q, k in shifted.dimensions] == [("code", "code"), ("constant", "square")]
    order = scores(relation(lambda q, k: k <= q, 5))[0]
    assert {k.kind for _, k in order.dimensions} == {"threshold"}
    assert {q.kind for q, _ in order.dimensions} == {"indicator", "threshold"}
    assert Column.of((0, 1, 0, 2), range(4)).kind == "table"
    assert Column.of((0, 1, 0, 1), (0, 1, 2, 3)).kind == "table"
    assert Column.of((4, 4), (0, 1)).kind == "constant"
    assert Column.of((9, 1, 4), (3, 1, 2)).kind == "square"


def test_rows_that_no_query_takes_are_free():
    selected = relation(lambda q, k: k == q or q == 4, 5)
    assert scores(selected, taken=[True] * 4 + [False])[0].rank == 3
    assert scores(selected)[0].rank > 3


@pytest.mark.parametrize("shape", [(3, 9), (5, 5), (4, 30)])
def test_squares_continue_in_a_straight_line_beyond_what_is_selected(shape):
    selected = relation(lambda q, k: k == q + 1, *shape)
    found = [each for each in scores(selected) if each.method == "parabola"]
    for one in found:
        holds(one, selected)
    kinks = [count_kinks(list(enumerate(one.dimensions[1][1].values))) for one in found]
    assert min(kinks) <= (shape[0] + 1) // 2


def test_costs_count_columns_once():
    found = scores(relation(lambda q, k: q == k, 9), calibrated=False)[0]
    assert found.cost(10, lambda column: 0) == 2 * 43
    assert found.cost(10, lambda column: column.kind == "square") == 2 * 43 + 1


def test_what_is_no_selector():
    with pytest.raises(ValueError, match="must differ"):
        scores([[True, False]], ([0], [1, 1]))
    with pytest.raises(ValueError, match="one of keys"):
        scores([[]])
