"""Time to recognize a Python function, which stays below a millisecond for functions as people write them."""

import pytest

from raspir.ir.types import INT, NUMBER, STR
from raspir.passes.recognize.applications import Recorded
from raspir.passes.recognize.purity import OpaqueError

FUNCTIONS = {
    "a difference": (lambda x, y: x - y, 2),
    "a comparison": (lambda x: x < 3, 1),
    "a remainder": (lambda x: (x + 1) % 2, 1),
    "a chain": (lambda x: 0 < x < 5, 1),
    "a choice": (lambda x, y: "a" if x > y else "b", 2),
    "an operand": (lambda x, y: x and y, 2),
    "few values": (lambda x: x in (1, 2, 3), 1),
    "a clamp": (lambda x: max(0, min(x, 9)), 1),
    "a guarded division": (lambda x, y: x / y if y != 0 else 0, 2),
}
PREDICATES = {
    "a shift": lambda k, q: k == q - 1,
    "two conditions": lambda k, q: k <= q and k != 0,
    "a band": lambda k, q: abs(k - q) <= 1,
}
OPAQUE = {"a conversion": lambda x: int(x), "a method": lambda x: x.upper(), "a loop": lambda x: loop(x)}


def loop(x):
    while x > 0:
        x -= 1
    return x


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_any_atoms(benchmark, name):
    function, count = FUNCTIONS[name]
    benchmark(lambda: Recorded.of(function, count).mapped([NUMBER | STR] * count, "error"))


@pytest.mark.parametrize("name", PREDICATES)
def test_predicates_on_integers(benchmark, name):
    benchmark(lambda: Recorded.of(PREDICATES[name], 2).selected([INT, INT]))


@pytest.mark.parametrize("name", OPAQUE)
def test_functions_that_stay_opaque(benchmark, name):
    def refused():
        with pytest.raises(OpaqueError):
            Recorded.of(OPAQUE[name], 1)

    benchmark(refused)
