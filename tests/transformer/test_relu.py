"""Units of one hidden layer: exact on all legal values, with the number of units that each construct takes."""

from fractions import Fraction
from itertools import product as combinations

import numpy as np
import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st

from raspir.transformer.affine import Affine, dyadic_above
from raspir.transformer.piecewise import fit
from raspir.transformer.relu import Units, conjunction, function, gate, grid, hidden_layer, product, where

X, Y, Z = map(Affine.of, "xyz")
coefficients = st.integers(-3, 3)
forms = st.builds(lambda a, b, c: X * a + Y * b + c, coefficients, coefficients, coefficients)
offsets = st.fractions(-1, 1, max_denominator=4)
small = st.lists(st.integers(-4, 6), min_size=1, max_size=5, unique=True)


def agrees(units, domains, meaning):
    return all(units(values) == meaning(**values) for values in grid(domains))


@given(forms, st.lists(st.integers(-3, 3), min_size=1, max_size=12), small, small)
@examples(200)
def test_a_function_of_a_form_takes_its_kinks(form, results, xs, ys):
    legal = sorted({form({"x": x, "y": y}) for x, y in combinations(xs, ys)})
    found = fit([(v, results[i % len(results)]) for i, v in enumerate(legal)])
    units = function(form, found)
    assert agrees(units, {"x": xs, "y": ys}, lambda x, y: found(form({"x": x, "y": y})))
    assert len(units.units) <= len(found.kinks)
    assert Fraction() not in found.slopes() or not units.affine.terms


@given(forms, forms, small, small, st.integers(-9, 9))
@examples(300)
def test_gates(form, gated, xs, ys, threshold):
    box = {"x": (min(xs), max(xs)), "y": (min(ys), max(ys))}
    legal = {form({"x": x, "y": y}) for x, y in combinations(xs, ys)}
    units = gate(form, legal, threshold, gated, gated.bounds(box))
    assert agrees(
        units,
        {"x": xs, "y": ys},
        lambda x, y: gated({"x": x, "y": y}) if form({"x": x, "y": y}) >= threshold else 0,
    )


@pytest.mark.parametrize(
    ("values", "threshold", "bounds", "units"),
    [
        ((0, 1), 1, (-3, 5), 1),  # of a bit: the offset is a multiple of the bit
        (range(10), 4, (0, 5), 2),
        (range(10), 4, (-5, 0), 2),
        (range(10), 4, (2, 5), 3),
        (range(10), 9, (0, 5), 1),
        (range(10), 9, (-2, 5), 2),
        (range(10), 1, (-2, 5), 2),
        (range(10), 0, (-2, 5), 0),
        (range(10), 10, (-2, 5), 0),
        (range(10), 4, (5, 5), 2),
    ],
)
def test_units_of_gates(values, threshold, bounds, units):
    found = gate(X, values, threshold, Y, bounds)
    assert len(found.units) == units
    assert agrees(found, {"x": values, "y": bounds}, lambda x, y: y if x >= threshold else 0)


@given(st.integers(1, 5), st.tuples(st.integers(-5, 5), st.integers(0, 5)), st.fractions(0, Fraction(2, 5)), offsets)
@examples(300)
def test_gates_keep_off_errors(threshold, bounds, error, off):
    error = error.limit_denominator(64)
    low, high = bounds[0], bounds[0] + bounds[1]
    found = gate(X, range(6), threshold, Y, (low, high), error)
    for x, y in combinations(range(6), {low, (low + high) // 2, high}):
        difference = abs(found({"x": x + off * error, "y": y}) - (y if x >= threshold else 0))
        assert difference <= found.error({"x": x, "y": y}, {"x": error})
        assert difference == 0 or not error


def test_an_error_that_leaves_a_gate_open():
    with pytest.raises(ValueError, match=r"an error of 0\.5 confuses 2 and 3"):
        gate(X, range(5), 3, Y, (0, 4), 0.5)
    with pytest.raises(ValueError, match="bounds in ascending order"):
        gate(X, range(5), 3, Y, (4, 0))


@given(forms, forms, forms, small, small, st.integers(-9, 9))
@examples(300)
def test_where(form, first, second, xs, ys, threshold):
    box = {"x": (min(xs), max(xs)), "y": (min(ys), max(ys))}
    legal = {form({"x": x, "y": y}) for x, y in combinations(xs, ys)}
    units = where(form, legal, threshold, first, second, box)
    assert agrees(units, {"x": xs, "y": ys}, lambda **v: first(v) if form(v) >= threshold else second(v))


@given(small, small)
@examples(200)
def test_products(xs, ys):
    units = product(X, Y, combinations(xs, ys))
    assert agrees(units, {"x": xs, "y": ys}, lambda x, y: x * y)
    assert len(units.units) <= 3 * min(len(xs), len(ys))


def test_units_of_products():
    assert len(product(X, Y, combinations((0, 1), range(10))).units) == 1
    assert len(product(X, Y, combinations((0, 1, 2), range(10))).units) == 2
    assert len(product(X, Y, combinations(range(10), range(10))).units) == 16
    assert len(product(X, Y, [(n, n) for n in range(10)]).units) == 4  # each piece goes through two squares


@pytest.mark.parametrize("count", range(1, 5))
def test_conjunctions_take_one_unit(count):
    literals = [Affine.of(i) if i % 2 else -Affine.of(i) + 1 for i in range(count)]
    units = conjunction(literals)
    assert len(units.units) == (count > 1)
    for values in grid(dict.fromkeys(range(count), (0, 1))):
        assert units(values) == all(values[i] == i % 2 for i in range(count))


def test_units_are_shared():
    step = function(X, fit([(x, int(x >= 3)) for x in range(6)]))
    assert len((step + step * 2).units) == 2
    assert len((step - step).units) == 0
    assert len((Units.ramp(X * 2 - 2) + Units.ramp(X - 1)).units) == 1
    both = Units.ramp(X - 1) - Units.ramp(-X + 1)
    assert (both.units, both.affine) == ((), X - 1)


@given(forms, forms, forms, small, small)
@examples(200)
def test_materialized_units_have_no_affine_part(first, second, third, xs, ys):
    units = Units.ramp(first, 2) - Units.ramp(second) + third
    box = {"x": (min(xs), max(xs)), "y": (min(ys), max(ys))}
    made = units.materialized(box)
    assert not made.affine.terms
    assert len(made.units) <= len(units.units) + 1
    assert agrees(made, {"x": xs, "y": ys}, lambda **values: units(values))


@given(forms, forms, forms, small, small, st.tuples(offsets, offsets))
@examples(300)
def test_errors_are_bounded(first, second, third, xs, ys, off):
    units = Units.ramp(first, 2) - Units.ramp(second) + third
    for x, y in combinations(xs, ys):
        moved = abs(units({"x": x + off[0] / 2, "y": y + off[1] / 3}) - units({"x": x, "y": y}))
        assert moved <= units.error({"x": x, "y": y}, {"x": Fraction(1, 2), "y": Fraction(1, 3)})


ratios = st.fractions(-3, 3, max_denominator=20)


@given(st.lists(st.tuples(ratios, ratios, ratios, ratios), max_size=6), st.integers(0, 2000), st.integers(0, 2000))
@examples(300)
def test_rounding_is_bounded(rows, x, y):
    units = Units(affine=X * Fraction(1, 3) - Y)
    for a, b, c, out in rows:
        units = units + Units.ramp(X * a + Y * b + c, out)
    layer = hidden_layer([units], ["x", "y"])
    found = layer(np.array([[x, y]], np.float32))
    bound = units.rounding({"x": (0, 2000), "y": (0, 2000)})
    assert abs(Fraction(float(found[0, 0])) - units({"x": x, "y": y})) <= bound


def test_integers_are_exact_in_floats():
    units = function(X + Y, fit([(n, n % 10) for n in range(19)]))
    assert units.rounding({"x": (0, 9), "y": (0, 9)}) == 0
    third = Units.ramp(X - Fraction(1, 3))
    assert 0 < third.rounding({"x": (0, 9)}) < 1e-5
    assert 0 < third.rounding({"x": (0, 9)}, 53) < 1e-13


def test_a_layer_computes_all_outputs():
    carry = function(X + Y, fit([(n, n // 10) for n in range(19)]))
    digit = function(X + Y, fit([(n, n % 10) for n in range(19)]))
    layer = hidden_layer([carry, digit], ["x", "y"])
    assert layer.w_in.shape == (2, 2)
    assert {each.dtype for each in vars(layer).values()} == {np.dtype(np.float32)}
    values = np.array(list(combinations(range(10), range(10))), np.float32)
    assert (layer(values) == [[(x + y) // 10, (x + y) % 10] for x, y in values]).all()
    assert digit.parameters(8) == 2 * 17
    with pytest.raises(KeyError):
        hidden_layer([carry], ["x"])


@pytest.mark.parametrize("number", [Fraction(1, 3), Fraction(1), Fraction(1023), Fraction(1025), Fraction(10**9, 7)])
def test_rounding_up_to_few_bits(number):
    above = dyadic_above(number)
    assert number <= above <= number * Fraction(513, 512)
    assert above.denominator & (above.denominator - 1) == 0
