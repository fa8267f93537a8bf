"""RASPy's names of parameters and attributes, and lists as fixed sequences."""

import inspect
import math
import operator

import pytest

import raspir
from raspir import (
    EvaluationError,
    ProgramError,
    Selector,
    SOp,
    aggregate,
    indices,
    key,
    query,
    raw,
    select,
    set_example,
    tokens,
    where,
)

TENS, TRIPLE = [10, 20, 30], (10, 20, 30)
everyone = key(1) == query(1)
before = key(indices) < query(indices)

SAME = {
    "where": (where(pred=indices < 1, t="a", f=tokens), where(indices < 1, "a", tokens)),
    "where, by position and by name": (
        where(indices < 1, t="a", f=tokens),
        where(condition=indices < 1, a="a", b=tokens),
    ),
    "where, both languages": (where(pred=indices < 1, a="a", f=tokens), where(indices < 1, "a", tokens)),
    "select": (
        select(keylike=tokens, querylike="l", predicate=operator.eq).width(),
        select(keys=tokens, queries="l", predicate=operator.eq).width(),
    ),
    "aggregate": (
        aggregate(sel=before, vallike=indices, default=-1),
        aggregate(selector=before, value=indices, default=-1),
    ),
    "aggregate a width": (aggregate(everyone, 1, width=True), everyone.width()),
    "value": (before.value(val=indices, default=7), before.value(value=indices, default=7)),
    "has": (tokens.has(v="lo"), tokens.has(values="lo")),
    "map": (tokens.map(f=ord), tokens.map(function=ord)),
    "key and query": ((key(x=tokens) == query(x="l")).width(), (key(sequence=tokens) == query(sequence="l")).width()),
    "raw": (raw(x=[1, 2, 3, 4, 5]), raw(values=[1, 2, 3, 4, 5])),
    "cos": (indices.cos(), indices.map(math.cos)),
    "sin": (indices.sin(), indices.map(math.sin)),
}


@pytest.mark.parametrize("name", SAME)
def test_both_names_of_a_parameter_build_one_program(name):
    with_theirs, with_own = SAME[name]
    assert raspir.lower(with_theirs) == raspir.lower(with_own)
    assert with_theirs("hello") == with_own("hello")


def test_inputs_by_name():
    assert tokens.input(x="ab") == tokens.input(input="ab") == tokens(inplike="ab") == ["a", "b"]
    assert everyone.input(x="a") == everyone.input(input="a") == everyone(inplike="a") == [[True]]
    set_example(example=[3, 4])
    try:
        assert repr(tokens) == "[3, 4]"
    finally:
        set_example(input="hello")


def test_the_name_of_an_aggregate():
    graph = raspir.lower(aggregate(before, 1, name="earlier"))
    assert graph.name_of(graph.outputs["out"]) == "earlier"
    assert aggregate(before, 1, name="").title is None
    with pytest.raises(ProgramError, match="a name must be a non-empty str"):
        aggregate(before, 1, name=None)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: where(indices, 1, 2, pred=1), "where: the argument condition is given twice, by position and as pred"),
        (lambda: where(condition=1, pred=1, a=1, b=2), "condition is given twice, as condition and as pred"),
        (lambda: where(pred=1, condition=1, a=1, b=2), "condition is given twice, as pred and as condition"),
        (lambda: tokens.has("a", v="b"), "has: the argument values is given twice, by position and as v"),
        (lambda: everyone.value(1, val=1), "value: the argument value is given twice, by position and as val"),
        (lambda: tokens("a", inplike="b"), "a program takes one input"),
        (lambda: tokens(x="b"), "a program takes one input"),
        (lambda: SOp.zip(tokens, max), "apply takes a function first and then programs"),
        (lambda: tokens.zip(max), "apply takes at least one program after the function"),
        (lambda: Selector.zip(max, everyone, before), "Selector.zip: combine selectors"),
        (lambda: everyone.map(operator.not_), "combine selectors with `&`, `|` and `~`"),
    ],
)  # fmt: skip
def test_mistakes_are_reported_at_the_authors_line(make, words):
    with pytest.raises(ProgramError) as caught:
        make()
    assert isinstance(caught.value, TypeError)
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.location == (__file__, make.__code__.co_firstlineno, None)


def test_unknown_names_and_missing_arguments_are_errors_of_python():
    for call in (lambda: where(1, 2), lambda: where(1, 2, 3, g=4), lambda: where(pred=1, t=2)):
        with pytest.raises(TypeError, match=r"where\(\)"):
            call()


@pytest.mark.parametrize("function", [where, select, aggregate, key, query, raw, SOp.has, SOp.map, Selector.value])
def test_help_shows_own_names_alone(function):
    names = set(inspect.signature(function).parameters)
    assert not names & {"pred", "t", "f", "keylike", "querylike", "sel", "vallike", "x", "v", "val"}
    assert names <= {
        *("self", "condition", "a", "b", "keys", "queries", "predicate", "selector", "value", "default", "name"),
        *("width", "sequence", "values", "function", "none"),
    }
    assert "\n\nRASPy's names are accepted, too: " in function.__doc__


FIXED = {
    "added": (tokens + TENS, [11, 22, 33]),
    "a tuple": (tokens + TRIPLE, [11, 22, 33]),
    "on the left": (TENS - tokens, [9, 18, 27]),
    "a tuple on the left": (TRIPLE * tokens, [10, 40, 90]),
    "compared": (tokens == [1, 0, 3], [True, False, True]),
    "compared on the left": (operator.lt(TENS, tokens * 10 + 1), [True, True, True]),
    "as keys": ((key([3, 1, 2]) == query(tokens)).value(indices), [1, 2, 0]),
    "as queries": ((key(tokens) == query((3, 1, 2))).value(tokens), [3, 1, 2]),
    "as a value": ((key(indices) <= query(indices)).value([5, 6, 7]), [5, 11, 18]),
    "aggregated": (aggregate(key(indices) <= query(indices), (5, 6, 7)), [5, 11, 18]),
    "as a mean": (everyone.mean([3, 6, 9]), [6, 6, 6]),
    "as a score": (everyone.best(tokens, [1, 9, 1]), [2, 2, 2]),
    "chosen": (where([True, False, True], ["a", "b", "c"], tokens), ["a", 2, "c"]),
    "selected": (select([0, 1, 2], [1, 2, 3], operator.lt).value([10, 20, 30]), [10, 30, 60]),
}


@pytest.mark.parametrize("name", FIXED)
def test_a_list_is_a_fixed_sequence(name):
    program, expected = FIXED[name]
    assert program([1, 2, 3]) == expected
    assert raspir.compile(program)([1, 2, 3]) == expected
    with pytest.raises(
        EvaluationError, match=r"test_raspy_names\.py:\d+: the fixed sequence has 3 atoms but the input has 2"
    ):
        program([1, 2])


def test_a_list_means_what_raw_means():
    mixed = [1, "a"]
    assert raspir.lower(tokens == mixed) == raspir.lower(tokens == raw(mixed))
    assert (tokens == [])([]) == []


def test_results_have_raspys_attributes():
    histogram = (key(tokens) == query(tokens)).value(1)
    for result in (histogram("aba"), raspir.compile(histogram)("aba")):
        assert result.val == result.toseq() == [2, 1, 2]
        assert type(result.val) is type(result.toseq()) is list
        assert result.layer == result.layers == 1


def test_matrices_have_a_row_for_each_query_and_raspys_have_one_for_each_key():
    matrix = before("abc")
    assert matrix == [[False, False, False], [True, False, False], [True, True, False]]
    assert matrix.val == before.input("abc").val == [[False, True, True], [False, False, True], [False, False, False]]
    assert before("").val == []
