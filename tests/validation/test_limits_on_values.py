"""Proofs respect the size limits: products, quotients and concatenations that exceed them fail."""

import pytest

import raspir
from raspir import indices, key, query, tokens, where
from raspir.ir.arithmetic import MOST_BITS, MOST_CHARACTERS
from raspir.validation.equivalence import equivalent
from raspir.validation.translation import validate

LIMIT = 2**MOST_BITS  # the least integer that is too large
LARGE, TEXT = 2**600_000, "a" * 600_000

whole = tokens.round()
everything, earlier = key(1) == query(1), key(indices) < query(indices)
first = (key(indices) == query(0)).value(whole)
always = indices >= 0
squares, text = indices * indices, tokens + ""
doubled = text + text

FAILS = {
    "a product that nobody reads": (whole, where(always, whole, whole * whole), [LARGE]),
    "a product of others": (squares + first, squares + where(always, first, first * first), [LARGE]),
    "a square at another position": (
        squares + earlier.value(1),
        where(always, squares + earlier.value(1), (everything.value(whole) - whole) ** 2),
        [LARGE, 1],
    ),
    "a product of three": (whole * whole, where(always, whole * whole, whole * whole * whole), [2**400_000]),
    "a product instead of a sum": (whole + whole, whole * 2, [LIMIT - 1]),
    "a product instead of a sum over all": (everything.value(first), first * 3, [LIMIT // 2, 0, 0]),
    "another sum of products": (2 * whole + 3 * whole, 5 * whole, [LIMIT // 4]),
    "a product in another order": (whole * (whole * 0), whole * whole * 0, [LARGE]),
    "a power": (whole, where(always, whole, whole**2), [-LARGE]),
    "a cube": (whole**2, where(always, whole**2, whole**3), [2**400_000]),
    "a fourth power": (whole**3, where(always, whole**3, whole**4), [2**300_000]),
    "the first power": (whole, whole**1, [LIMIT]),
    "a quotient": (whole, whole // 1, [LIMIT]),
    "a quotient by what is too large": (whole, where(always, whole, 1 // where(whole == 0, 1, whole)), [-LIMIT]),
    "a remainder": (whole * 0, whole % 1, [LIMIT]),
    "a remainder by what is too large": (whole, where(always, whole, 3 % where(whole == 0, 1, whole)), [LIMIT]),
    "a quotient of doubles": (whole, (whole + whole) // 2, [LIMIT // 2]),
    "an opaque function's result": (
        tokens.map(lambda atom: 2**600_000),
        where(always, tokens.map(lambda atom: 2**600_000), tokens.map(lambda atom: 2**600_000) ** 2),
        ["a"],
    ),
    "a joined string": (text, where(always, text, text + text), [TEXT]),
    "a string and one character": (text, where(always, text, text + "a"), ["a" * MOST_CHARACTERS]),
    "a string of three": (doubled, where(always, doubled, doubled + text), ["a" * 400_000]),
    "a repeated string": (text, where(always, text, text * 2), [TEXT]),
}  # fmt: skip


def result(graph, given):
    try:
        return list(raspir.compile(graph, "reference", optimize=False)(given))
    except raspir.EvaluationError:
        return None


@pytest.mark.parametrize("name", FAILS)
def test_what_is_too_large_is_not_proved_to_succeed(name):
    written, optimized, given = FAILS[name]
    before, after = raspir.lower(written), raspir.lower(optimized)
    assert result(before, given) is not None
    assert result(after, given) is None
    assert equivalent(before, after, len(given), 20) is not True


@pytest.mark.parametrize("format", ["%9999999d", "%s", "%.9999999f"])
def test_formatting_is_not_put_to_the_solver(format):
    text = f'raspir 1\n%t = input name="t" : atom\n%1 = mod "{format}", %t : str\n%2 = ge %t, 0 : bool\n'
    before = raspir.parse(f'{text}%3 = where %2, "a", "a" : str\noutput out = %3\n')
    after = raspir.parse(f'{text}%3 = where %2, "a", %1 : str\noutput out = %3\n')
    assert result(before, [1]) == ["a"]
    assert "no faithful encoding of mod of a string" in equivalent(before, after, 1, 20)


def test_why_is_said():
    message = equivalent(raspir.lower(whole), raspir.lower(where(always, whole, whole * whole)), 1, 20)
    assert message.startswith("the solver cannot decide length 1: it does not know")
    assert message.endswith("which integers are too large")
    joined = tokens + "a"
    message = equivalent(raspir.lower(joined), raspir.lower(where(always, joined, tokens + "b")), 1, 20)
    assert message.endswith("which strings are too long")
    found = validate(raspir.lower(whole + whole), raspir.lower(whole * 2), longest=1)
    assert not found.complete
    assert found.proved == [0]
    assert "too large" in found.notes[-1]


def test_integers_of_many_bits_have_no_term():
    before, after = raspir.lower(whole + LARGE), raspir.lower(LARGE + whole)
    assert "no faithful encoding of an integer of 600,001 bits" in equivalent(before, after, 1, 20)
    before, after = raspir.lower(tokens, [LARGE, 1]), raspir.lower(tokens + 0, [LARGE, 1])
    assert "no faithful encoding of an integer of 600,001 bits" in equivalent(before, after, 1, 20)
    assert equivalent(raspir.lower(whole + 2**4000), raspir.lower(2**4000 + whole), 1, 20) is True


number_of = {"a": 3, "b": 2**90}.get
rounded = (-tokens * 0.5).round()

EQUAL = {
    "sums, however large": (whole + whole + whole - whole, whole + whole, None),
    "comparisons": ((whole + 1 > 1), whole > 0, None),
    "the same product": (whole * first, where(always, first * whole, 7), None),
    "a square": (whole**2, whole * whole, None),
    "a product by its square": (whole * whole, whole**2, None),
    "a cube": (whole**3, whole * whole * whole, None),
    "a cube of products": (whole * whole * whole, whole**3, None),
    "a choice for a product": (whole * (whole > 3), where(whole > 3, whole, 0), None),
    "less for more": (whole // 1, whole, None),
    "a product of remainders": (whole % 7, where(always, whole % 7, (whole % 7) * (whole % 7)), None),
    "positions": (indices, where(always, indices, indices * indices * indices), None),
    "rounded floats": (rounded, where(always, rounded, rounded * (rounded + 1)), None),
    "counts": (earlier.value(1), where(always, earlier.value(1), earlier.value(1) ** 2), None),
    "a vocabulary": (2 * tokens + 3 * tokens, 5 * tokens, [0, 7, -(2**70), 2**300]),
    "powers of a vocabulary": (tokens, where(always, tokens, tokens**4 * tokens // 3 % 5), [0, 7, -3]),
    "sums over a vocabulary": (everything.value(first), first * (everything.value(1)), [0, 7, 2**70]),
    "tables": (
        tokens.map(number_of), where(always, tokens.map(number_of), (tokens.map(number_of) + 1) ** 3), "ab"
    ),
    "short strings": (tokens, where(always, tokens, tokens + tokens + "c"), "ab"),
    "the same strings": (tokens + "a", where(always, tokens + "a", 7), None),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUAL)
def test_what_stays_below_the_limits_is_proved(name):
    written, optimized, vocab = EQUAL[name]
    before, after = raspir.lower(written, vocab), raspir.lower(optimized, vocab)
    assert [equivalent(before, after, n, 20) for n in range(3)] == [True] * 3
