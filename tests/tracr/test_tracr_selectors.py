"""Combinations of selectors in Tracr's dialect: which ones the optimizer understands, and long ones."""

import pickle
from functools import reduce

import naive_rasp as naive
import pytest

import raspir
from raspir import EvaluationError
from raspir.tracr import causal_eval, rasp

tokens, indices = rasp.tokens, rasp.indices
Comparison, Full, Select = rasp.Comparison, rasp.Full, rasp.Select

MANY = 3000


def equal(key, query):
    return key == query


def is_any(words, rasp=rasp):
    return reduce(lambda a, b: a | b, [rasp.Select(rasp.tokens, rasp.Full(w), rasp.Comparison.EQ) for w in words])


def functions(selector):
    return raspir.lower(rasp.SelectorWidth(selector)).functions


is_a = Select(tokens, Full("a"), Comparison.EQ)
same = Select(tokens, tokens, Comparison.EQ)
ordered = Select(tokens, Full("m"), Comparison.LT)
shorter = Select(rasp.Map(len, tokens), rasp.Map(len, tokens), Comparison.LT)
by_function = Select(tokens, tokens, equal)

CLOSED = [
    is_any("aeiou"),
    is_a | same,
    is_a & ~same,
    same & Select(Full("a"), tokens, Comparison.NEQ),
    ~(is_a | same) & is_any("bc"),
    is_any("ab") | is_any("cd"),
    ordered | Select(tokens, Full("x"), Comparison.GEQ),
    ordered & is_a,
    ordered | Select(tokens, tokens, Comparison.TRUE),
    Select(tokens, indices, Comparison.EQ) | Select(Full(3), indices, Comparison.LT),
]


@pytest.mark.parametrize("number", range(len(CLOSED)))
def test_combinations_of_the_ir(number):
    """The second predicate fails only on inputs on which the first one does."""
    assert not functions(CLOSED[number])


OPEN = [
    Select(indices, tokens, Comparison.EQ) | Select(Full(1), tokens, Comparison.LT),
    is_a & ordered,
    ordered & Select(tokens, Full(1), Comparison.LT),
    is_a & Select(tokens, tokens, Comparison.LT),
    by_function | is_a,
    is_a | by_function,
    is_a & (is_a | ordered),
    Select(tokens, Full("a"), Comparison.TRUE) & is_a,
    Select(indices, Full(1), Comparison.EQ) | Select(indices, tokens, Comparison.EQ),
]


@pytest.mark.parametrize("number", range(len(OPEN)))
def test_combinations_that_remain_functions(number):
    """The second predicate may fail on inputs on which the first one does not."""
    assert "combined" in functions(OPEN[number])


def test_combinations_evaluate_the_second_only_where_that_matters():
    either, both = is_any("a") | ordered, Select(tokens, Full("a"), Comparison.NEQ) & ordered
    assert either("ab") == [[True, True]] * 2
    for selector in (either, both):
        with pytest.raises(EvaluationError, match="not supported between"):
            selector([1, "a"])
    lazily = Select(tokens, Full(1), Comparison.NEQ) & ordered
    assert lazily([1, "b"]) == [[False, True]] * 2
    assert (is_a & (is_a | ordered))([1, "a"]) == [[False, True]] * 2
    assert (Select(tokens, Full(1), Comparison.EQ) | ordered)([1, "z"]) == [[True, False]] * 2
    assert (~lazily | Select(tokens, Full(1), equal))([1, "b"]) == [[True, False]] * 2


def test_names_are_kept():
    graph = raspir.lower(rasp.SelectorWidth(is_a.named("is_a") | same.named("same")).named("count"))
    assert {name for names in graph.names.values() for name in names} == {"tokens", "is_a", "same", "count"}


def test_combinations_of_functions_are_recognized():
    first, last = (Select(tokens, Full(word), equal) for word in "az")
    found = raspir.optimize(rasp.SelectorWidth((first | ~last) & Select(Full("b"), tokens, equal)))
    assert not found.functions


def test_equal_combinations_are_one():
    def made():
        return rasp.SelectorWidth(Select(tokens, Full("a"), equal) | Select(tokens, Full("b"), equal))

    assert len(raspir.lower({"a": made(), "b": made()}).functions) == 1


def alternating(selector):
    for _ in range(MANY):
        selector = ~selector & Select(tokens, tokens, Comparison.TRUE)
    return selector


def negated(selector):
    for _ in range(MANY):
        selector = ~selector
    return selector


def joined(predicate, join):
    return reduce(join, [Select(tokens, Full(number), predicate) for number in range(MANY)])


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: joined(Comparison.EQ, lambda a, b: a | b), [True, True, False]),
        (lambda: joined(Comparison.EQ, lambda a, b: b | a), [True, True, False]),
        (lambda: joined(equal, lambda a, b: a | b), [True, True, False]),
        (lambda: joined(equal, lambda a, b: ~a & b), [True, False, False]),
        (lambda: alternating(same), [True, False, False]),
        (lambda: alternating(by_function), [True, False, False]),
        (lambda: negated(same), [True, False, False]),
        (lambda: negated(by_function | same), [True, False, False]),
    ],
)
def test_long_combinations(make, expected):
    selector = make()
    assert selector([MANY - 1, 5, "a"])[0] == expected
    again = pickle.loads(pickle.dumps(selector))
    assert again([MANY - 1, 5, "a"])[0] == expected
    assert bool(again.predicate(MANY - 1, MANY - 1)) is expected[0]
    assert causal_eval.evaluate(rasp.SelectorWidth(again), [MANY - 1]) == [int(expected[0])]


@pytest.mark.parametrize("xs", [[], ["a"], ["a", "b", "e"], [None], ["a", None], [None, "b"]])
@pytest.mark.parametrize("causal", [False, True])
def test_missing_values(xs, causal):
    """Every position is a key and a query, so a comparison of the tokens alone fails where one with a word does."""

    def build(rasp):
        same = rasp.Select(rasp.tokens, rasp.tokens, rasp.Comparison.EQ)
        return rasp.SelectorWidth(is_any("ab", rasp) | same)

    run = causal_eval.evaluate if causal else rasp.evaluate
    if None in xs:
        with pytest.raises(ValueError, match="None"):
            naive.evaluate(build(naive), xs, causal)
        with pytest.raises(EvaluationError, match="None"):
            run(build(rasp), xs)
    else:
        assert run(build(rasp), xs) == naive.evaluate(build(naive), xs, causal)
