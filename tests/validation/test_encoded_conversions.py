"""The solver encoding of conversions, lookups by equality and checks of whole sequences."""

import itertools
from random import Random

import pytest

from raspir.ir import Graph, build
from raspir.ir.types import ATOM, INT, NUMBER, STR
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, leaf, make, select
from raspir.testing.proofs.proving import differing
from raspir.validation.equivalence import equivalent
from raspir.validation.translation import Difference

X, U, S, N = leaf("x", ATOM), leaf("u", NUMBER), leaf("s", STR), leaf("n", INT)
TOKENS = build("input", name="tokens")
SO_FAR = select("le", INDICES, INDICES)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (make("to_int", U), make("to_int", make("to_int", U)), True),
        (make("to_int", U), make("round", U), False),
        (make("to_float", N), N, False),
        (make("to_int", make("to_float", N)), N, False),  # large integers are rounded
        (make("to_float", S), make("to_float", make("to_str", S)), True),
        (make("to_str", make("eq", X, 1)), make("where", make("eq", X, 1), "True", "False"), True),
        (make("eq", make("to_str", N), ""), make("const", value=False), True),
        (make("to_str", X), make("to_str", make("add", X, 0)), False),
        (make("to_bool", X), make("where", X, True, False), True),
        (make("where", X, True, False), make("to_bool", X), False),  # which fails on None
        (make("to_bool", U), make("not", make("eq", U, 0)), True),
        (make("item", X, keys=(1, "a"), values=(2, 3)), make("where", make("eq", X, 1), 2, 3), True),
        (make("where", make("eq", X, 1), 2, 3), make("item", X, keys=(1, "a"), values=(2, 3)), False),
        (make("item", X, keys=(), values=()), make("const", value=5), True),
        (make("one_type", X), X, True),
        (X, make("one_type", X), False),
        (make("add", make("one_type", X), 1), make("add", X, 1), True),
        (make("average", SO_FAR, X, default=0), make("mean", SO_FAR, X, default=0), True),
        (make("mean", SO_FAR, U, default=0), make("average", SO_FAR, U, default=0), False),  # of booleans
        (make("mean", SO_FAR, N, default=0), make("average", SO_FAR, N, default=0), True),
        (make("mean", select("eq", INDICES, N), X, default=0), make("average", select("eq", INDICES, N), X, default=0),
         True),
    ],
)  # fmt: skip
def test_conversions_and_checks(one, other, same):
    found = [differing(n, one, other, exact=True) for n in range(1, 3)]
    assert (not any(found)) is same
    if same:
        assert None not in found


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        (make("where", make("eq", TOKENS, "a"), 1, 2), make("where", make("one_type", TOKENS), 1, 2)),
        (make("item", TOKENS, keys=(1, 2), values=(3, 4)),
         make("lookup", TOKENS, keys=(1, 2), values=(3, 4), otherwise=0)),
    ],
)  # fmt: skip
def test_differences_are_confirmed_by_running(written, wrong):
    assert isinstance(equivalent(*(Graph({"out": node}, [TOKENS]) for node in (written, wrong)), 2, 20), Difference)


def test_an_average_of_all_is_checked_against_the_reference():
    values, random = (True, 2, 0.5, "a", None), Random(1)
    for row in random.sample(list(itertools.product(values, repeat=2)), 15):
        raw = build("raw", values=row)
        average = make("average", EVERYTHING, raw, default=0)
        used = make("where", make("eq", average, "-"), INDICES, INDICES)
        plain, checked = (Graph({"out": node}, [TOKENS]) for node in (INDICES, used))
        fails = not all(isinstance(atom, int | float) for atom in row) or row == (True, True)
        assert (equivalent(plain, checked, 2, 20) is True) is not fails
        assert equivalent(checked, plain, 2, 20) is True
