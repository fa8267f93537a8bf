"""Signed zeros: ``-0.0`` equals ``0.0``, but some operations distinguish them, and proofs account for it."""

import math
from itertools import product

import pytest
import z3

import raspir
from raspir import indices, key, query, select, tokens, where
from raspir.ir import Graph, build
from raspir.ir.atoms import atom_key
from raspir.ir.evaluation import EVALUATORS
from raspir.validation import values
from raspir.validation.equivalence import equivalent
from raspir.validation.translation import Difference
from raspir.validation.values import Strings

opposite = -tokens
number = -opposite  # of any input that is one
always = indices >= 0


def sign(atom):
    return math.copysign(1, atom)


def alike(a, b):
    return sign(a) == sign(b)


def looked_up(keys, results):
    source = build("input", name="t", vocab=None)
    return Graph({"out": build("lookup", source, otherwise=9, keys=keys, values=results)}, [source])


def result(graph, given):
    try:
        return list(raspir.compile(graph, "reference", optimize=False)(given))
    except raspir.EvaluationError:
        return None


KEYS = {
    "of two zeros": ((0.0, -0.0), (1, 2), (0.0, -0.0), (1, 1), [-0.0]),
    "without a zero": ((0.0, -0.0), (1, 1), (0.0,), (1,), [-0.0]),
    "without the other zero": ((0.0, -0.0), (1, 1), (-0.0,), (1,), [0.0]),
    "of an integer": ((0.0,), (1,), (0,), (1,), [0]),
    "of a boolean": ((0,), (1,), (False,), (1,), [False]),
    "of all zeros": ((0, False, 0.0, -0.0), (1, 1, 1, 1), (0, False, 0.0), (1, 1, 1), [-0.0]),
    "of all ones": ((1, True, 1.0), (1, 1, 1), (1, 1.0), (1, 1), [True]),
    "of other ones": ((1, True, 1.0), (1, 2, 3), (1, True, 1.0), (1, 3, 2), [1.0]),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_lookup_finds_the_very_same(name):
    keys, results, others, other_results, given = KEYS[name]
    before, after = looked_up(keys, results), looked_up(others, other_results)
    assert result(before, given) != result(after, given)
    for one, other in ((before, after), (after, before)):
        assert isinstance(equivalent(one, other, 1, 20), Difference)
    reordered = looked_up((-0.0, False, 0.0, 0), (4, 2, 3, 1))
    assert equivalent(looked_up((0, False, 0.0, -0.0), (1, 2, 3, 4)), reordered, 1, 20) is True


ZEROS = [0.0, -0.0, 1.5, 0, False]
TELLS = {
    "a table": (
        tokens.map(str), where((tokens == 0) & (tokens.map(sign) < 0), "0.0", tokens.map(str)), [-0.0], ZEROS
    ),
    "an addition": (number.map(str), (number + 0.0).map(str), [-0.0], None),
    "a subtraction": (number.map(str), (number - 0.0 * 1).map(str), [0], None),
    "a negation": (number.map(sign), -(number.map(sign)), [-0.0], [0.0, -0.0]),
    "a difference of zeros": (number.map(str), (0.0 - (0.0 - number)).map(str), [-0.0], None),
    "a negation of a zero": ((-number).map(str), (0 - number).map(str), [0.0], None),
    "a product": ((number * 0).map(str), where(number == number, "0.0", "0"), [-1.5], [1.5, -1.5]),
    "a quotient of integers": ((0 / number).map(str), where(always, "0.0", "0"), [-3], [3, -3]),
    "an absolute value": (number.map(str), abs(number).map(str), [-0.0], [0.0, -0.0]),
    "a choice": (number.map(str), where(number == 0, 0.0, number).map(str), [-0.0], [0.0, -0.0, 1.5]),
    "a constant": (where(number == 0, 0.0, 1.0).map(str), where(number == 0, -0.0, 1.0).map(str), [0.0], None),
    "a predicate": (
        select(tokens, tokens, alike).value(1),
        select(where(tokens == 0, 0.0, tokens), tokens, alike).value(1), [-0.0], [0.0, -0.0],
    ),
    "any predicate": (
        select(number, number, alike).value(1), select(where(number == 0, 0.0, number), number, alike).value(1), [-0.0],
        None,
    ),
    "a remainder": ((number % -2.0).map(str), where(always, "0.0", "0"), [4.0], [4.0, -4.0]),
    "a rounded quotient": ((number // 2.0).map(str), where(number == 0, "0.0", "0.5"), [-0.0], [0.0, -0.0]),
    "a sum": (
        (key(1) == query(1)).value(number).map(str),
        where(always, ((key(1) == query(1)).value(number) + 0.0).map(str), "a"), [-0.0], [0.0, -0.0],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TELLS)
def test_what_tells_zeros_apart_is_not_proved_not_to(name):
    written, optimized, given, vocab = TELLS[name]
    before, after = raspir.lower(written, vocab), raspir.lower(optimized, vocab)
    assert result(before, given) != result(after, given)
    assert equivalent(before, after, 1, 20) is not True


def test_any_function_may_tell_zeros_apart():
    zero = opposite == 0
    before, after = (raspir.lower(argument.map(str)) for argument in (opposite, where(zero, 0.0, opposite)))
    before, after = (Graph(graph.outputs, graph.inputs.values()) for graph in (before, after))
    assert before.unbound == ("str",)
    assert "what @str yields" in equivalent(before, after, 1, 20)


def test_a_difference_is_shown_with_its_sign():
    shown = tokens.map(str)
    before, after = (raspir.lower(each, ZEROS) for each in (shown, where(shown == "-0.0", "0.0", shown)))
    found = equivalent(before, after, 1, 20)
    assert str(found) == "on [-0.0] the program yields ['-0.0']; optimized: ['0.0']"


signs, shown = tokens.map(sign), tokens.map(str)
EQUAL = {
    "tables of functions": (where(signs < 0, shown, "b"), where(shown == "-0.0", "-0.0", "b"), [0.0, -0.0]),
    "no zeros": (tokens.map(str), where(tokens > 1, "1.5", "-2.5"), [1.5, -2.5]),
    "no negative zero": (tokens.map(str), where(tokens == 0, "0.0", "1.5"), [0.0, 1.5]),
    "two negations": (opposite.map(str), (-number).map(str), [0.0, -0.0, 1.5]),
    "two negations of anything": (opposite.map(str), (-number).map(str), None),
    "nothing tells": (number == 0, where(number == 0, 0.0, number) == 0, None),
    "the choice of a zero": (number, where(number == 0, 0, number), None),
    "an absolute value": (abs(number).map(str), where(number == 0, abs(number), abs(number)).map(str), None),
}


@pytest.mark.parametrize("name", EQUAL)
def test_what_is_equal_is_proved(name):
    written, optimized, vocab = EQUAL[name]
    assert equivalent(raspir.lower(written, vocab), raspir.lower(optimized, vocab), 1, 20) is True


OPERANDS = (0.0, -0.0, 1.5, -1.5, 3.0, -3.0, 5e-324, -5e-324, 0, 3, -3, True)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "floordiv", "mod"])
def test_signs_of_zeros_are_pythons(name):
    terms, zeros = Strings([]), 0
    for a, b in product(OPERANDS, repeat=2):
        if b == 0 and name in ("truediv", "floordiv", "mod"):
            continue
        expected = EVALUATORS[name](a, b)
        if math.isinf(expected):
            continue
        found, _ = values.arithmetic(name, terms.const(a), terms.const(b))
        _is(found, terms.const(expected))
        zeros += atom_key(expected) == atom_key(-0.0)
    assert zeros


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 4, 0.5, 1.0, 2.0, 3.0, -1.0, -3.0])
def test_signs_of_powers_are_pythons(exponent):
    terms = Strings([])
    for base in (*OPERANDS, 1e200, -1e200):
        if isinstance(base, float) or isinstance(exponent, float):
            try:
                expected = EVALUATORS["pow"](base, exponent)
            except ArithmeticError:
                continue
            if isinstance(expected, float):
                _is(values.power(terms.const(base), exponent)[0], terms.const(expected))


def _is(found, expected):
    solver = z3.Solver()
    solver.add(z3.Not(values.same(found, expected)))
    assert solver.check() == z3.unsat


def test_quotients_of_integers_are_rounded_once():
    """And floats are divided after integers are rounded to them: the two are one for small integers only."""
    whole = tokens.round()
    before, after, given = raspir.lower(whole / 3), raspir.lower(whole / 3.0), [2**53 + 1]
    assert result(before, given) != result(after, given)
    assert equivalent(before, after, 1, 20) is not True
    halves = raspir.lower(whole / (whole - 1)), raspir.lower(whole / ((whole - 1) * 1.0))
    assert equivalent(*halves, 1, 20) is not True
    small = [raspir.lower(program, [1, -7, 2**53]) for program in (tokens / 3, tokens / 3.0)]
    assert equivalent(*small, 1, 20) is True
