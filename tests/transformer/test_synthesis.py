"""Hidden layers for tables: exact on all rows, cheap, and with a bound on their error that holds."""

import itertools
import random

import numpy as np
import pytest

from raspir.transformer.synthesis import synthesized
from raspir.transformer.tables import Hint, Symbol, Table


def table(scalars, results, early=None, hints=(), errors=None, price=20.0):
    columns = [np.array(each, dtype=float) for each in scalars]
    bounds = errors or [0.0] * len(columns)
    symbols = tuple(Symbol(column, error) for column, error in zip(columns, bounds, strict=True))
    cells = np.zeros(len(results), dtype=np.int64) if early is None else np.array(early, dtype=np.int64)
    return Table(symbols, cells, np.array(results, dtype=float), lambda values: price, tuple(hints))


def evaluated(units, row, offsets=None):
    def of(form):
        return float(form.constant) + sum(
            float(c) * (source.values[row] + (offsets or {}).get(source, 0.0)) for source, c in form.terms.items()
        )

    return of(units.affine) + sum(float(unit.output) * max(0.0, of(unit.input)) for unit in units.units)


def exact(found, given):
    assert all(abs(evaluated(found.units, row) - given.results[row]) < 1e-9 for row in range(len(given.results)))


GRID = list(itertools.product(range(5), range(5)))
X, Y = [x for x, _ in GRID], [y for _, y in GRID]

FUNCTIONS = {
    "affine": (lambda x, y: 2 * x - y + 3, 0),
    "maximum": (max, 1),
    "equality": (lambda x, y: x == y, 3),
    "comparison": (lambda x, y: x < y, 2),
    "gate": (lambda x, y: y if x >= 2 else 0, 3),
    "product": (lambda x, y: x * y, 30),
    "anything": (lambda x, y: (7 * x + 3 * y * y) % 5, 60),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_two_scalars(name):
    function, most = FUNCTIONS[name]
    given = table([X, Y], [function(x, y) for x, y in GRID])
    found = synthesized(given, 0.1)
    exact(found, given)
    assert len(found.units.units) <= most


def test_a_function_of_a_scalar_for_each_class_of_what_is_early():
    rows = [(x, t) for x in range(6) for t in range(4)]
    results = [x * x if t == 2 else 0 for x, t in rows]
    given = table([[x for x, _ in rows]], results, early=[t for _, t in rows])
    found = synthesized(given, 0.1)
    exact(found, given)
    assert len(found.units.units) <= 5


def test_conditions_on_differences_are_added_up():
    rows = [(a, b, i) for a in range(4) for b in range(a, 4) for i in range(4)]
    a, b, i = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    results = np.where(i < a, 0.0, np.where(i < b, 1.0, 2.0))
    hints = [Hint(i - a, (i < a).astype(float)), Hint(i - b, (i < b).astype(float))]
    given = table([a, b, i], results, hints=hints)
    found = synthesized(given, 0.1)
    exact(found, given)
    assert found.method == "conditions"
    assert len(found.units.units) == 4


def test_conjunctions_of_bits_take_one_unit():
    rows = list(itertools.product((0, 1), repeat=3))
    given = table(list(zip(*rows, strict=True)), [all(row) for row in rows])
    found = synthesized(given, 0.1)
    exact(found, given)
    assert len(found.units.units) == 1


@pytest.mark.parametrize("seed", range(30))
def test_the_error_stays_within_the_bound(seed):
    choose = random.Random(seed)
    results = [choose.randrange(4) for _ in GRID]
    early = [x for x, _ in GRID] if seed % 2 else None
    errors = [2.0**-10, 2.0**-8] if early is None else [2.0**-8]
    given = table([X, Y] if early is None else [Y], results, early, errors=errors)
    found = synthesized(given, 0.5)
    assert found is not None
    exact(found, given)
    for row in range(len(GRID)):
        for signs in itertools.product((-1, 0.3, 1), repeat=len(given.scalars)):
            offsets = {s: sign * s.error for s, sign in zip(given.scalars, signs, strict=True)}
            assert abs(evaluated(found.units, row, offsets) - results[row]) <= found.error + 1e-9


def test_a_tolerance_that_cannot_be_met():
    given = table([[0, 1, 1.001]], [0, 1, 5], errors=[0.01])
    assert synthesized(given, 0.1) is None


def test_a_staircase_keeps_errors_off():
    given = table([range(6)], [3 * (x % 2) for x in range(6)], errors=[0.1])
    assert synthesized(given, 0.2).error < 0.01
