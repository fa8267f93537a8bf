"""Errors in programs: a one-line RaspirError with the user's file and line."""

import inspect
import math

import numpy as np
import pytest

import raspir
from raspir import RaspirError, aggregate, apply, indices, key, query, raw, select, tokens, where

everything = key(1) == query(1)

WRITTEN = {
    "key + query": (lambda: key(tokens) + query(tokens), "only be compared"),
    "number + key": (lambda: 1 + key(tokens), "only be compared"),
    "key and key": (lambda: key(tokens) == key(tokens), "not with key(…)"),
    "query and query": (lambda: query(tokens) < query(tokens), "not with query(…)"),
    "key and scalar": (lambda: key(tokens) == 1, "not with 1"),
    "if program": (lambda: 1 if tokens else 2, "neither true nor false"),
    "not program": (lambda: not tokens, "neither true nor false"),
    "chained": (lambda: 0 < indices < 3, "chained"),
    "if selector": (lambda: bool(everything), "a selector is neither true nor false"),
    "== None": (lambda: tokens == None, "position: write p.is_none()"),  # noqa: E711  # the mistake itself
    "len": (lambda: len(tokens), "no length"),
    "iteration": (lambda: list(tokens), "cannot be iterated"),
    "in": (lambda: "a" in tokens, ".has"),
    "indexing": (lambda: tokens[0], "cannot be indexed"),
    "int": (lambda: int(tokens), "not a number"),
    "selector as value": (lambda: everything.value(everything), "a selector is not a sequence"),
    "selector in arithmetic": (lambda: tokens + everything, "a selector is not a sequence"),
    "arithmetic on a selector": (lambda: everything + 1, "no arithmetic"),
    "selector & program": (lambda: everything & tokens, "can only be combined with a selector, not with a program"),
    "program & selector": (lambda: tokens & everything, "a selector is not a sequence"),
    "key of a selector": (lambda: key(everything), "a selector is not a sequence"),
    "aggregate without a selector": (lambda: aggregate(tokens, 1), "aggregate takes a selector first"),
    "aggregate, swapped": (lambda: aggregate(tokens, everything), "(key(a) == query(b), c); here they are swapped"),
    "program and query": (lambda: indices < query(2), "`<`: a query is compared with a key, not with a program: write"),
    "program and key": (lambda: indices == key(2), "a key is compared with a query, not with a program: write query("),
    "sum with a query": (lambda: indices + query(2), "compute inside it, as in query(a + b)"),
    "value of a program": (lambda: tokens.value(1), "`.value`: a program has no such operation"),
    "map of a selector": (lambda: everything.map(ord), "`.map`: a selector has no atoms"),
    "value of a key": (lambda: key(tokens).value(1), "`.value`: a key can only be compared"),
    "no such operator": (lambda: tokens ^ 1, "`^`: a program has no such operation; for booleans write a != b"),
    "shift": (lambda: 1 << tokens, "`<<`: a program has no such operation; write a * 2 ** b"),
    "shift back": (lambda: tokens >> 1, "write a // 2 ** b"),
    "product of matrices": (lambda: tokens @ tokens, "a selector aggregates"),
    "method of a str": (lambda: tokens.upper(), "no attribute upper: .map(str.upper) applies it to each atom"),
    "misspelled method": (lambda: everything.valeu(1), "a selector has no attribute valeu; did you mean .value?"),
    "no such attribute": (lambda: tokens.shape, "a program has no attribute shape"),
    "int and str": (lambda: indices - "a", "cannot take int and str"),
    "float & int": (lambda: (indices / 2) & 1, "cannot take float and int"),
    "order of int and str": (lambda: key(indices) < query("a"), "cannot take int and str"),
    "list": (lambda: tokens - [1, [2]], "[1, [2]] is not a fixed sequence: position 1: [2] is not an atom"),
    "generator": (lambda: tokens + (i for i in "ab"), "for a fixed sequence write raw([…])"),
    "NaN": (lambda: tokens + math.nan, "NaN is not an atom"),
    "complex": (lambda: tokens + 1j, "is not an atom"),
    "array": (lambda: np.arange(3) + tokens, "for a fixed sequence write raw([…])"),
    "!= None": (lambda: tokens != None, "position: write ~p.is_none()"),  # noqa: E711  # likewise
    "+ None": (lambda: 1 + tokens - None, "`-` does not take None"),
    "no return": (lambda: key(print()), "a function without `return` returns it"),
    "range": (lambda: tokens + range(3), "a bool, a str or None); for a fixed sequence"),
    "default": (lambda: everything.value(1, default=[]), "default of an aggregate must be an atom"),
    "default of best": (lambda: everything.best(1, 1, default=[]), "default of an aggregate must be an atom"),
    "ties": (lambda: everything.best(1, indices, "_"), "ties must be \"left\" or \"right\", not '_'; pass a default"),
    "ties, a program": (lambda: everything.best(1, indices, tokens), 'ties must be "left" or "right", not a program'),
    "ties, None": (lambda: everything.best(tokens, indices, ties=None), "not None"),
    "ties, an array": (lambda: everything.best(tokens, indices, np.arange(2)), "not array([0, 1])"),
    "pick": (lambda: everything.best(tokens, indices, pick="max"), 'pick must be "highest" or "lowest", not \'max\''),
    "pick, a list": (lambda: everything.best(tokens, indices, pick=["highest"]), "not ['highest']"),
    "score, a selector": (lambda: everything.best(tokens, everything), "a score must be a program, such as indices"),
    "score, None": (lambda: everything.best(tokens, None), "or a scalar, not None"),
    "score, a key": (lambda: everything.best(tokens, key(1)), "or a scalar, not key(…)"),
    "score, a set": (lambda: everything.best(tokens, {1}), "or a scalar, not {1}"),
    "score, NaN": (lambda: everything.best(tokens, math.nan), "or a scalar, not nan"),
    "value, a selector": (lambda: everything.best(everything, 1), "a selector is not a sequence"),
    "best of a program": (lambda: tokens.best(1, 1), "`.best`: a program has no such operation"),
    "map": (lambda: tokens.map(3), "map takes a function"),
    "map of a program": (lambda: tokens.map(indices), "map takes a function"),
    "predicate": (lambda: select(tokens, tokens, 3), "select takes a predicate"),
    "has": (lambda: tokens.has(3), "not a sequence"),
    "raw": (lambda: raw([1, [2]]), "position 1: [2] is not an atom"),
    "name": (lambda: tokens.name(""), "a name must be"),
    "round to digits": (lambda: round(tokens, 2), "rounds to integers"),
    "where": (lambda: where(tokens, everything, 1), "a selector is not a sequence"),
    "lower a function": (lambda: raspir.lower(len), "call it"),
    "lower a selector": (lambda: raspir.lower(everything), "not a program"),
    "lower nothing": (lambda: raspir.lower({}), "no program to lower"),
    "vocabulary": (lambda: raspir.lower(tokens, vocab=""), "at least one atom"),
    "length": (lambda: raspir.lower(tokens, max_length=-1), "natural number"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", WRITTEN)
def test_mistake_is_told_at_once_in_one_line(mistake):
    make, words = WRITTEN[mistake]
    with pytest.raises(RaspirError) as caught:
        make()
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    if isinstance(caught.value, raspir.ProgramError):
        assert (caught.value.location.file, caught.value.location.line) == (
            __file__,
            make.__code__.co_firstlineno,
        )


@pytest.mark.parametrize("part", [tokens, everything, key(1), query(1)], ids=["program", "selector", "key", "query"])
def test_unknown_attributes_are_those_of_no_object(part):
    assert not hasattr(part, "upper")
    with pytest.raises(AttributeError) as caught:
        _ = part.upper
    assert (".map(" in str(caught.value)) == isinstance(part, raspir.SOp)
    assert not hasattr(part, "_repr_png_")
    assert getattr(part, "shape", None) is None


def fails(program, given, *words):
    line = inspect.currentframe().f_back.f_lineno
    with pytest.raises(raspir.EvaluationError) as caught:
        program(given)
    message = str(caught.value)
    assert "\n" not in message
    for word in (f"test_mistakes.py:{line}: ", *words):
        assert word in message


def test_failures_name_operation_position_values_and_line():
    fails(tokens.map(ord), ["a", 5], "`map(ord)` failed at position 1 on 5", "TypeError")
    fails(everything.value(tokens), "abc", "`value` failed at position 0", "3 positions (0, 1, 2)", "'a' … 'c'")
    fails(everything.mean(tokens), ["a", 2], "`mean` failed at position 0", "string")
    fails(everything.value(tokens), [math.inf, -math.inf], "NaN", "(from positions 0, 1)")
    fails(6 // tokens, [2, 0], "`//` failed at position 1 on 6 and 0", "ZeroDivisionError")
    fails((1 / tokens).name("inverse"), [0], "`/` ('inverse') failed at position 0")
    fails(tokens < 1, [0, "a"], "`<` failed at position 1 on 'a' and 1", "TypeError")
    fails((key(tokens) < query(1)).value(1), ["a"], "query position 0 and key position 0", "key 'a' and query 1")
    fails(select(tokens, tokens, lambda k, q: k[q]).value(1), ["a"], "`select(lambda)`", "key 'a'")
    fails((-tokens) ** 0.5, [4], "is not an atom")
    fails(tokens.map(lambda x: []), [4], "[] is not an atom")
    fails(tokens.map(lambda x: (x, [])), [4], "the result is a tuple, and [] is not an atom")
    fails(tokens + 1, [4, None], "`+` failed at position 1 on None and 1: None stands for a missing value")
    fails((key(tokens) < query(1)).value(1), [None], "`<` failed at query position 0 and key position 0 on key None")
    fails(everything.value(tokens), [1, None], "include None, and missing values cannot be summed")
    fails(everything.best(1, tokens), [1, None], "scores 1 and None of positions 0 and 1: None stands for")
    fails(tokens.map(str), ["a", None], "`map(str)` failed at position 1 on None")
    fails(apply(max, tokens, indices), ["a"], "`map(max)` failed at position 0 on 'a' and 0")
    fails(tokens.map(lambda x: math.nan), [4], "NaN")
    fails(everything.best(1, tokens), ["a", 2], "`best` failed at position 0 on the scores 'a' and 2 of positions 0")
    fails(raw([1, 2]), "abc", "the fixed sequence has 2 atoms but the input has 3")
    fails(tokens.round(), [math.inf], "OverflowError")
    fails(~tokens, [0.5], "`~` failed at position 0")


def test_the_innermost_line_of_the_user_is_named():
    def helper(seq):
        return 1 / seq

    line = helper.__code__.co_firstlineno + 1
    with pytest.raises(raspir.EvaluationError, match=rf"test_mistakes\.py:{line}: "):
        (helper(tokens) + 1)([0])


@pytest.mark.parametrize("given", [5, None, {"a": 1}, {1, 2}, np.array(3), [()], [[1]], [math.nan], [1j], tokens])
def test_what_is_not_an_input(given):
    with pytest.raises(RaspirError):
        tokens(given)


def test_what_is_not_a_batch_or_a_pass():
    with pytest.raises(raspir.InputError, match="5 is not a list of inputs"):
        raspir.compile(tokens).batch(5)
    with pytest.raises(raspir.BackendError, match="5 is not a pass"):
        raspir.optimize(tokens, passes=[5])
    with pytest.raises(raspir.BackendError, match="select or best"):
        raspir.optimize(tokens, attention="all")


def test_promises_are_kept_or_the_input_refused():
    run = raspir.compile(tokens, vocab="ab", max_length=3)
    assert run("aba") == ["a", "b", "a"]
    with pytest.raises(raspir.InputError, match="position 1 holds 'c'"):
        run("ac")
    with pytest.raises(raspir.InputError, match="4 positions"):
        run("aaaa")
    with pytest.raises(raspir.InputError, match="position 0 holds True"):
        raspir.compile(tokens, vocab=[1, 2])([True])


def test_a_vocabulary_that_the_program_contradicts():
    with pytest.warns(raspir.VocabularyWarning, match=r"test_mistakes\.py:\d+: `-`: .* str and int"):
        graph = raspir.lower(tokens - 1, vocab="ab")
    assert raspir.compile(graph)("") == []
