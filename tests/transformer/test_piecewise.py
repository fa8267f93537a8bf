"""Functions of one number with the fewest kinks, against exhaustive search and exact evaluation."""

from fractions import Fraction
from itertools import pairwise, product

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st

from raspir.transformer.piecewise import count_kinks, fit, points_of

tables = st.lists(st.tuples(st.integers(-6, 12), st.integers(-3, 3)), min_size=1, max_size=9, unique_by=lambda p: p[0])


def steps(low, high, *thresholds):
    return [(x, sum(x >= each for each in thresholds)) for x in range(low, high)]


@pytest.mark.parametrize(
    ("table", "kinks"),
    [
        (steps(0, 8, 4), 2),
        (steps(0, 8, 2, 5), 4),
        ([(x, 3 * x - 7) for x in range(9)], 0),
        ([(x, max(x, 4)) for x in range(9)], 1),
        ([(x, x % 10) for x in range(19)], 2),
        ([(x, x % 10) for x in range(20)], 2),
        ([(x, x // 10) for x in range(20)], 2),
        ([(x, x * x) for x in range(9)], 4),  # each piece goes through two squares
        ([(x, x * x) for x in range(10)], 4),
        ([(x, x % 2) for x in range(6)], 4),
        ([(0, 0), (1, 0), (2, None), (3, 1), (4, 2)], 1),
        ([(0, 0), (1, 0), (3, 1), (4, 3), (5, 5)], 1),  # between 1 and 3
        ([(5, 1)], 0),
    ],
)
def test_kinks_of_tables(table, kinks):
    found = fit(table)
    assert len(found.kinks) == count_kinks(points_of(table)) == kinks
    assert all(found(x) == y for x, y in table if y is not None)


@given(tables)
@examples(400)
def test_fits_are_exact_and_the_count_agrees(table):
    found = fit(table)
    assert all(found(x) == y for x, y in table)
    assert len(found.kinks) == count_kinks(points_of(table))
    assert found.error(0) == 0


def fewest(points, grid):
    """Return the least number of kinks if the slopes at points are in ``grid``: an upper bound on that of all."""
    best = dict.fromkeys(grid, 0)
    for (x, y), (z, w) in pairwise(points):
        chord = Fraction(w - y, z - x)

        def kinks(s, t, chord=chord):
            return 0 if s == t == chord else 1 if (s - chord) * (t - chord) <= 0 else 2

        best = {t: min(best[s] + kinks(s, t) for s in grid) for t in grid}
    return min(best.values())


def test_no_finer_search_finds_fewer():
    grid = [Fraction(s, 4) for s in range(-12, 13)]
    for results in product(range(3), repeat=5):
        points = list(enumerate(results))
        assert fewest(points, grid) == count_kinks(points)


@given(tables)
@examples(200)
def test_the_limit_only_cuts_off(table):
    points = points_of(table)
    kinks = count_kinks(points)
    assert count_kinks(points, kinks) == kinks
    assert kinks == 0 or count_kinks(points, kinks - 1) is None


@given(tables, st.fractions(0, Fraction(31, 64), max_denominator=64))
@examples(200)
def test_staircases_keep_off_errors(table, error):
    found = fit(table, error, flat=True)
    assert found.error(error) == 0
    steps = sum(y != w for (_, y), (_, w) in pairwise(sorted(table)))
    assert len(found.kinks) == 2 * steps or not error


@given(tables, st.fractions(0, 1, max_denominator=64), st.fractions(-1, 1, max_denominator=8))
@examples(200)
def test_errors_are_bounds(table, error, where):
    found = fit(table, error)
    assert all(abs(found(x + where * error) - y) <= found.error(error) for x, y in table)


def test_steps_keep_their_distance():
    found = fit(steps(0, 8, 4), Fraction(3, 8))
    assert len(found.kinks) == 2
    assert found.error(Fraction(3, 8)) == 0
    assert all(at.denominator in (1, 2, 4, 8) for at, _ in found.kinks)


def test_what_is_no_function():
    with pytest.raises(ValueError, match="cannot have the results 1 and 2 at 0"):
        fit([(0, 1), (0, 2)])
    with pytest.raises(ValueError, match="at least one legal argument"):
        fit([(0, None)])
    with pytest.raises(ValueError, match="confuses the arguments 3 and 4"):
        fit(steps(0, 8, 4), 0.5, flat=True)
