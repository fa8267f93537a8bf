"""Joint linear codes: exact on all rows, and as few kinks as the natural form of each table."""

from itertools import product

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st

from raspir.transformer.codes import linear_code

DIGITS = range(10)


def table(function, *domains):
    return [(values, function(*values)) for values in product(*domains)]


def exact(rows):
    code = linear_code(rows)
    names = "abcdef"[: len(rows[0][0])]
    units = code.units(names)
    assert len(units.units) <= code.kinks
    for values, result in rows:
        assert result is None or units(dict(zip(names, values, strict=True))) == result
    return code


@pytest.mark.parametrize(
    ("rows", "coefficients", "kinks"),
    [
        (table(lambda x, y: x + y >= 10, DIGITS, DIGITS), (1, 1), 2),
        (table(lambda x, y: (x + y) % 10, DIGITS, DIGITS), (1, 1), 2),
        (table(lambda x, y: x < y, DIGITS, DIGITS), (1, -1), 2),
        (table(max, DIGITS, DIGITS), (1, -1), 1),
        (table(lambda x, y: x == y, DIGITS, DIGITS), (1, -1), 3),
        (table(lambda x, y: 3 * x - y, DIGITS, DIGITS), (0, 0), 0),
        (table(lambda x, y: (2 * x + y) // 7, DIGITS, DIGITS), (2, 1), 6),
        (table(lambda *bits: sum(bits) % 2, *[(0, 1)] * 5), (1, 1, 1, 1, 1), 4),
        (table(lambda *bits: all(bits), *[(0, 1)] * 5), (1, 1, 1, 1, 1), 1),
        (table(lambda x, y, z: x + y + z >= 10, DIGITS, DIGITS, (0, 1)), (1, 1, 1), 2),
        (table(lambda x, y, z: y if x else z, (0, 1), (0, 1), (0, 1)), (2, -1, 1), 1),
        (table(lambda x, y: x // y if y else None, DIGITS, (0, 1)), (0, 0), 0),
    ],
)
def test_natural_codes(rows, coefficients, kinks):
    code = exact(rows)
    assert code.kinks == kinks
    assert code.coefficients == coefficients


@given(st.data(), st.lists(st.integers(1, 4), min_size=1, max_size=3))
@examples(200)
def test_any_table_has_a_code(data, sizes):
    rows = [
        (values, data.draw(st.none() | st.integers(-3, 3), label=str(values)))
        for values in product(*[range(-1, size - 1) for size in sizes])
    ]
    if all(result is None for _, result in rows):
        with pytest.raises(ValueError, match="at least one result"):
            linear_code(rows)
    else:
        exact(rows)


def test_little_work_still_finds_a_code():
    rows = table(lambda x, y: (x * y) % 7, DIGITS, DIGITS)
    assert linear_code(rows, work=0).kinks >= linear_code(rows).kinks
