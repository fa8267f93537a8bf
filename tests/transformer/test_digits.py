"""Order relations as heads of one digit each."""

import numpy as np
import pytest

from raspir.transformer.digits import digits


def relation(count, compare):
    return np.array([[compare(q, k) for k in range(count)] for q in range(count)])


def score(part, at, q, k):
    return sum(of_q[q] * of_k[k] for of_q, of_k in part.dimensions)


RELATIONS = {
    "<": lambda q, k: k < q,
    "<=": lambda q, k: k <= q,
    ">": lambda q, k: k > q,
    ">=": lambda q, k: k >= q,
    "< of half": lambda q, k: k < q // 2,
    "all but the last": lambda q, k: k + q < 30,
}


@pytest.mark.parametrize("name", RELATIONS)
@pytest.mark.parametrize("count", [8, 16, 27, 40])
def test_exactly_one_head_selects_what_the_relation_selects(name, count):
    selected = relation(count, RELATIONS[name])
    parts = digits(selected)
    if parts is None:
        assert count < 16 or name == "all but the last"
        return
    for q in range(count):
        for k in range(count):
            scores = [score(part, at, q, k) for at, part in enumerate(parts)]
            assert all(each == 0 or each <= -1 for each in scores)
            assert scores.count(0) == selected[q, k]


def test_digits_take_fewer_dimensions_than_one_head():
    parts = digits(relation(64, RELATIONS["<="]))
    assert sum(len(part.dimensions) for part in parts) < 24


@pytest.mark.parametrize(
    "selected",
    [relation(5, RELATIONS["<"]), np.eye(20, dtype=bool), relation(20, lambda q, k: q - 3 < k <= q)],
    ids=["few classes", "equality", "window"],
)
def test_other_selectors_are_left_alone(selected):
    assert digits(selected) is None
