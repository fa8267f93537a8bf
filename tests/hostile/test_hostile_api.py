"""Arbitrary objects as arguments: each call returns a result or raises a RaspirError, never another exception."""

from __future__ import annotations

import contextlib

import pytest
from bad_objects import Breaking, Failing, objects

import raspir
from raspir import RaspirError, aggregate, indices, key, query, raw, select, tokens, where

COUNT = key(tokens) == query(tokens)
PROGRAM = COUNT.value(1) + indices
GRAPH = raspir.lower({"a": PROGRAM, "b": tokens})
MAPPED = raspir.lower(tokens.map(str))


def _whole(thing):
    """Return ``thing`` unless it breaks off: what makes a batch is its user's, and so is the error that it raises."""
    return None if isinstance(thing, Breaking) else thing


CALLS = {
    "run": lambda it: PROGRAM(it),
    "show": lambda it: repr(PROGRAM(it)),
    "selector": lambda it: COUNT(it),
    "reference": lambda it: raspir.compile(PROGRAM, "reference")(it),
    "numpy": lambda it: raspir.compile(PROGRAM)(it).tolist(),
    "batch": lambda it: raspir.compile(PROGRAM)(["a", it]),
    "batches": lambda it: raspir.compile(PROGRAM).batch(_whole(it)),
    "batch of one": lambda it: raspir.compile(PROGRAM).batch([it, "ab"]),
    "stream": lambda it: list(raspir.compile(PROGRAM).stream([it, it])),
    "reference batches": lambda it: raspir.compile(PROGRAM, "reference").batch(_whole(it)),
    "assumed": lambda it: raspir.compile(PROGRAM, vocab="ab", max_length=2)(it),
    "lower": lambda it: raspir.lower(it),
    "lower several": lambda it: raspir.lower({"a": it}),
    "lower by name": lambda it: raspir.lower({it: PROGRAM}) if type(it).__hash__ else None,
    "vocab": lambda it: raspir.lower(PROGRAM, vocab=it),
    "max_length": lambda it: raspir.lower(PROGRAM, max_length=it),
    "promise": lambda it: GRAPH.assume(it, it),
    "bind": lambda it: MAPPED.bind(it),
    "bind function": lambda it: MAPPED.bind({"str": it}),
    "optimize": lambda it: raspir.optimize(it),
    "passes": lambda it: raspir.optimize(PROGRAM, passes=it),
    "attention": lambda it: raspir.optimize(PROGRAM, attention=it),
    "max_heads": lambda it: raspir.optimize(PROGRAM, max_heads=it),
    "time_budget": lambda it: raspir.optimize(PROGRAM, time_budget=it),
    "max_work": lambda it: raspir.optimize(PROGRAM, max_work=it),
    "emit input": lambda it: raspir.emit(PROGRAM, "numpy", input=it),
    "format": lambda it: raspir.draw(PROGRAM, format=it),
    "renderer": lambda it: raspir.draw(PROGRAM, renderer=it),
    "draw input": lambda it: raspir.draw(PROGRAM, format="dot", input=it),
    "report": lambda it: raspir.report(PROGRAM, it, optimize=False) if it is None else None,
    "parse": lambda it: raspir.parse(it),
    "functions": lambda it: raspir.parse(str(MAPPED), functions=it),
    "add": lambda it: tokens + it,
    "equal": lambda it: tokens == it,
    "key": lambda it: key(it) == query(it),
    "and": lambda it: COUNT & it,
    "value": lambda it: COUNT.value(it, it),
    "mean": lambda it: COUNT.mean(1, it),
    "best": lambda it: COUNT.best(it, it, it, it),
    "aggregate": lambda it: aggregate(it, 1),
    "select": lambda it: select(it, it, it),
    "where": lambda it: where(it, it, it),
    "raw": lambda it: raw(it),
    "has": lambda it: tokens.has(it),
    "map": lambda it: tokens.map(it)("ab"),
    "name": lambda it: tokens.name(it),
    "round": lambda it: round(tokens, it),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.filterwarnings("ignore::numpy.exceptions.ComplexWarning")
def test_any_object_gives_a_result_or_an_error_of_raspir(call):
    for thing in objects():
        with contextlib.suppress(RaspirError):
            call(thing)


def test_an_object_that_fails_is_told_by_its_class():
    with pytest.raises(RaspirError, match="position 0: <Failing> is not an atom: reading it raises KeyError"):
        PROGRAM([Failing()])
