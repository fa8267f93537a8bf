"""Tables over indicators: exact in both expansions, and one unit for each cube."""

from itertools import product

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st

from raspir.transformer.affine import Affine
from raspir.transformer.cubes import cubes

BITS = (0, 1)


def of_bit(i):
    return {1: Affine.of((i, 1)), 0: -Affine.of((i, 1)) + 1}


def one_hot(i, domain):
    return of_bit(i) if domain == BITS else {v: Affine.of((i, v)) for v in domain}


def exact(domains, table):
    found = cubes(domains, table)
    units = found.units([one_hot(i, domain) for i, domain in enumerate(domains)])
    assert len(units.units) <= found.count
    for cell in product(*domains):
        values = {(i, v): int(v == cell[i]) for i, domain in enumerate(domains) for v in domain}
        assert table.get(cell) is None or units(values) == table[cell]
    return found.count


def tabled(function, *domains):
    return {cell: function(*cell) for cell in product(*domains)}


@pytest.mark.parametrize(
    ("function", "domains", "units"),
    [
        (lambda a, b: a and b, (BITS, BITS), 1),
        (lambda a, b: a or b, (BITS, BITS), 1),
        (lambda a, b: a ^ b, (BITS, BITS), 1),
        (lambda a, b, c: a or b or c, (BITS, BITS, BITS), 1),
        (lambda a, b, c: b if a else c, (BITS, BITS, BITS), 2),
        (lambda a, b: 2 * a - 3 * b + 1, (BITS, BITS), 0),
        (lambda a, b: "xyzw".index(a) * 5 - b * b, ("xyzw", (0, 1, 2)), 0),
        (lambda a, b: a == "x" and b > 0, ("xyzw", (0, 1, 2)), 1),
        (lambda a, b: a in "xy" and b != 1, ("xyzw", (0, 1, 2)), 1),
        (lambda a, b: a == b, ("xyz", "xyz"), 3),
        (lambda a, b: 7 if a == "x" else b, ("xyz", (0, 1, 2)), 2),
        (lambda a, b: 7, ("xyz", BITS), 0),
    ],
)
def test_units_of_tables(function, domains, units):
    domains = [tuple(domain) for domain in domains]
    assert exact(domains, tabled(function, *domains)) == units


@given(st.data(), st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(1, 3))
@examples(200)
def test_any_table(data, sizes, most):
    domains = [tuple(range(size)) for size in sizes]
    results = st.none() | st.integers(0, most)
    table = {cell: data.draw(results, label=str(cell)) for cell in product(*domains)}
    if all(result is None for result in table.values()):
        with pytest.raises(ValueError, match="at least one result"):
            cubes(domains, table)
    else:
        exact(domains, table)


def test_what_is_missing_is_free():
    table = {(0, 0): 0, (1, 1): 1}
    assert exact([BITS, BITS], table) == 0
