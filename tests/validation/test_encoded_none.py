"""Translation validation of programs with missing values and functions of several sequences."""

import warnings
from random import Random

import pytest
import with_none
import z3

import raspir
from raspir import indices, key, query, tokens, where
from raspir.ir import build
from raspir.ir.types import ATOM, INT, NONE, NUMBER
from raspir.testing.proofs.leaves import leaf, make
from raspir.testing.proofs.proving import differing
from raspir.validation import values
from raspir.validation.equivalence import equivalent
from raspir.validation.translation import Difference, validate

VOCAB = (None, 1, 2)
X, Y, U = leaf("x", ATOM), leaf("y", ATOM), leaf("u", NUMBER | NONE)


def graphs(one, other, vocab=VOCAB):
    return raspir.lower(one, vocab), raspir.lower(other, vocab)


def test_inputs_hold_none():
    found = validate(*graphs(tokens.or_else(0) + 1, where(tokens, tokens, 0) + 1), longest=3)
    assert found.tried == {n: 3**n for n in range(4)}
    assert found.complete


@pytest.mark.parametrize("vocab", [VOCAB, None])
def test_a_difference_on_none_is_found(vocab):
    written, wrong = graphs(tokens.is_none(), tokens == 1, vocab)
    assert isinstance(equivalent(written, wrong, 1, 20), Difference)
    written, wrong = graphs(tokens.is_none(), tokens * 0 == 1, VOCAB)  # fails on None
    found = equivalent(written, wrong, 1, 20)
    assert (found.input, found.before, found.after) == ([None], [True], "fails")
    assert equivalent(wrong, written, 1, 20) is True  # where the program fails, any result is right


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (make("neg", U, none="skip"), make("where", make("eq", U, None), None, make("neg", U, none="skip")), True),
        (make("add", U, 1, none="skip"), make("add", U, 1), False),
        (make("add", U, 1), make("add", U, 1, none="skip"), True),
        (make("eq", X, Y), make("eq", X, Y, none="skip"), False),
        (make("eq", X, Y, none="error"), make("eq", X, Y, none="skip"), True),
        (make("eq", X, Y, none="error"), make("eq", X, Y), True),
        (make("eq", X, X), make("eq", 1, 1), True),
        (make("eq", X, None), make("not", make("ne", None, X)), True),
        (make("where", X, 1, 2), make("where", make("eq", X, None), 2, make("where", X, 1, 2)), True),
        (make("has", X, values=(None,)), make("eq", X, None), True),
        (make("has", X, values=(None,), none="skip"), make("eq", X, None, none="skip"), False),
        (make("lookup", X, Y, keys=(None, 1, 1, None), values=(3, 4), otherwise=None),
         make("where", make("eq", X, None), make("lookup", Y, keys=(1,), values=(3,), otherwise=None),
              make("lookup", X, Y, keys=(1, None), values=(4,), otherwise=None)), True),
        (make("map", X, Y, function="f"), make("map", Y, X, function="f"), False),
        (make("map", X, Y, function="f"), make("map", X, Y, function="f", none="skip"), True),
        (make("map", X, Y, function="f", none="skip"), make("map", X, Y, function="f"), False),
        (make("map", X, None, function="f", none="skip"), make("const", value=None), True),
        (make("sum", make("select.le", build("indices"), build("indices")), X, default=None),
         make("sum", make("select.le", build("indices"), build("indices")), X, default=0), True),
        (make("sum", make("select.lt", build("indices"), build("indices")), U, default=None),
         make("sum", make("select.lt", build("indices"), build("indices")), U, default=0), False),
    ],
)  # fmt: skip
def test_operations_on_missing_values(one, other, same):
    found = [differing(n, one, other, exact=True) for n in range(1, 4)]
    assert (not any(found)) is same
    assert None not in found


ALL, PERHAPS = make("select.eq", 1, 1), leaf("x", INT | NONE)


def test_a_sum_of_several_fails_on_none():
    total = make("sum", ALL, PERHAPS, default=0)
    assert differing(1, make("eq", total, None), make("eq", PERHAPS, None)) is False
    assert differing(2, make("eq", total, None), make("const", value=False)) is False
    assert differing(2, make("const", value=False), make("eq", total, None)).after is None


def test_scores_are_equal_before_they_are_ordered():
    def best_by(score):
        return make("best", ALL, build("indices"), score, pick="highest", ties="right", default=0)

    assert differing(2, make("const", value=1), best_by(leaf("none", NONE))) is False
    mixed = make("where", make("eq", build("indices"), 0), None, 1)
    assert differing(2, make("const", value=1), best_by(mixed)).after is None


def test_a_function_of_none_alone_is_one_value():
    value, succeeds = values.applied("f", values.MISSING)
    again, _ = values.applied("f", values.MISSING)
    solver = z3.Solver()
    solver.add(z3.Not(values.same(value, again)))
    assert solver.check() == z3.unsat
    assert z3.is_const(succeeds)


@pytest.mark.parametrize("seed", range(3))
def test_optimized_programs_are_validated(seed):
    proved = 0
    for number in range(25):
        random = Random(f"validated {seed} {number}")
        graph, _ = with_none.program(random)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            optimized = raspir.optimize(graph, attention="best")
        found = equivalent(graph, optimized, random.choice([1, 2]), 20)
        assert not isinstance(found, Difference), f"{number}: {found}\n{graph}\n{optimized}"
        proved += found is True
    assert proved >= 15


def test_fetches_of_missing_values():
    before = key(indices) == query(indices - 1)
    written = before.value(tokens, None).or_else(0) + 1
    for vocab in (VOCAB, (None, 1)):
        graph = raspir.lower(written, vocab)
        assert equivalent(graph, raspir.optimize(graph), 3, 20) is True
