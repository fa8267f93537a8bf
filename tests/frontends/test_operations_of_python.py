"""Python operations undefined on programs, selectors, keys or queries: a one-line hint."""

import math
import operator

import numpy as np
import pytest

import raspir
from raspir import (
    ProgramError,
    RaspirError,
    Selector,
    Sequence,
    SOp,
    key,
    query,
    select,
    tokens,
)
from raspir.frontends.python.embedded import Key, Query
from raspir.ir import Graph, GraphError, LayeredProgram, Node, build

everyone = key(1) == query(1)
OBJECTS = {"program": tokens, "selector": everyone, "key": key(tokens), "query": query(tokens)}
ALWAYS = {
    "pow of three": lambda it: pow(it, 2, 3),
    "format": lambda it: f"{it:>3}",
    "format of a width": lambda it: "{:{}}".format(it, 5),
    "divmod": lambda it: divmod(it, 2),
    "divmod by it": lambda it: divmod(2, it),
    "round to digits": lambda it: round(it, 2),
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "range": range,
    "hex": hex,
    "an index": lambda it: [1, 2][it],
    "a slice": lambda it: [1, 2][:it],
    "square root": math.sqrt,
    "@": lambda it: it @ 1,
    "1 @": lambda it: 1 @ it,
    "<<": lambda it: it << 1,
    "1 <<": lambda it: 1 << it,
    ">>": lambda it: it >> 1,
    "1 >>": lambda it: 1 >> it,
    "^": lambda it: it ^ 1,
    "1 ^": lambda it: 1 ^ it,
    "+it": operator.pos,
    "@=": lambda it: operator.imatmul(it, 1),
    "in": lambda it: 1 in it,
    "len": len,
    "bool": bool,
    "not": operator.not_,
    "iter": iter,
    "next": next,
    "reversed": reversed,
    "list": list,
    "dict": dict,
    "sum": sum,
    "bytes": bytes,
    "unpacking": lambda it: [*it],
    "item": lambda it: it[0],
    "items": lambda it: it[1:],
    "set item": lambda it: operator.setitem(it, 0, 1),
    "delete item": lambda it: operator.delitem(it, 0),
    "call without": lambda it: it(),
    "call with two": lambda it: it("ab", "c"),
    "call with a keyword": lambda it: it("ab", x=1),
    "max": lambda it: max(it, it),
}
ARITHMETIC = {
    "+": lambda it: it + 1,
    "1 -": lambda it: 1 - it,
    "* ": lambda it: it * 2,
    "/": lambda it: it / 2,
    "//": lambda it: it // 2,
    "%": lambda it: it % 2,
    "**": lambda it: it**2,
    "-": operator.neg,
    "abs": abs,
    "round": round,
    "array": lambda it: np.arange(3) + it,
    "== 1": lambda it: it == 1,
    "< 1": lambda it: it < 1,
    "map": lambda it: it.map(ord),
    "has": lambda it: it.has("a"),
    "method round": lambda it: it.round(),
}
AGGREGATING = {
    "value": lambda it: it.value(1),
    "mean": lambda it: it.mean(1),
    "best": lambda it: it.best(1, 1),
    "width": lambda it: it.width(),
}


def mistakes():
    for name, it in OBJECTS.items():
        of_others = {**(ARITHMETIC if name != "program" else {}), **(AGGREGATING if name != "selector" else {})}
        calls = {"call": lambda it: it("ab")} if name in ("key", "query") else {}
        for what, use in {**ALWAYS, **of_others, **calls}.items():
            yield pytest.param(name, it, use, id=f"{name}: {what}")


@pytest.mark.parametrize(("name", "it", "use"), list(mistakes()))
def test_it_is_a_mistake_at_the_authors_line(name, it, use):
    with pytest.raises(ProgramError) as caught:
        use(it)
    assert caught.value.location.file == __file__
    message = caught.value.message
    assert "\n" not in message
    assert name in message or "pow of a program takes two" in message or "round(program)" in message, message


def test_advice_fits_the_object():
    for use, words in (
        (math.floor, "use .map(math.floor)"),
        (lambda it: f"{it:>3}", "format(atom, '>3')"),
        (lambda it: pow(it, 2, 3), "write a ** b % c"),
        (lambda it: divmod(it, 2), "write a // b for the one and a % b for the other"),
        (lambda it: it[0], "select a position"),
        (lambda it: 1 in it, "use program.has(values)"),
    ):
        with pytest.raises(ProgramError) as caught:
            use(tokens)
        assert words in str(caught.value)
        with pytest.raises(ProgramError) as caught:
            use(everyone)
        assert ".map(math" not in str(caught.value)
    assert (pow(tokens, 2, None))([3]) == [9]


@pytest.mark.parametrize("it", OBJECTS.values(), ids=OBJECTS)
def test_what_has_a_meaning_stays(it):
    assert f"{it}" == format(it) == str(it) == repr(it)
    assert it in [it]
    assert len({it, it}) == 1
    assert "%s" % it == str(it)  # noqa: UP031  # Python formats this itself, so that no program can come of it


def test_one_input_may_be_named():
    assert tokens(input="ab") == tokens("ab") == ["a", "b"]
    assert everyone(input="a") == [[True]]


def test_dir_has_what_works():
    both = {"name", "input"}
    of = {name: {each for each in dir(it) if not each.startswith("_")} for name, it in OBJECTS.items()}
    assert of["program"] >= {"map", "round", "has", "layers", *both}
    assert of["selector"] >= {"value", "mean", "best", "width", *both}
    assert not of["program"] & {"value", "mean", "best", "width"}
    assert not of["selector"] & {"map", "round", "has", "layers"}
    assert of["key"] == of["query"] == set()
    inner = {"operation", "operands", "attributes", "function", "type", "layer", "location", "title"}
    assert not inner & (of["program"] | of["selector"])
    assert {"__add__", "__call__", "__eq__", "__round__"} <= set(dir(tokens))
    assert not {"__len__", "__iter__", "__getitem__", "__int__", "__xor__", "__bool__"} & set(dir(tokens))
    assert not {"__add__", "__lt__", "__round__"} & set(dir(everyone))
    for it in OBJECTS.values():
        for each in dir(it):
            getattr(it, each)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SOp(), "build programs from tokens"),
        (lambda: SOp(5), "build programs from tokens"),
        (lambda: SOp("sum", operands=()), "build programs from tokens"),
        (lambda: Selector(), "compare a key with a query"),
        (lambda: Selector(tokens, tokens), "compare a key with a query"),
        (lambda: Key(range(1)), "raw([…])"),
        (lambda: Query(None), "None is not a program"),
        (lambda: key(everyone), "a selector is not a sequence"),
        (lambda: Node(), "raspir.ir.build"),
        (lambda: Sequence(5), "made of atoms"),
        (lambda: Sequence(tokens), "cannot be iterated"),
        (lambda: Graph(5), "outputs must be a non-empty mapping"),
        (lambda: Graph({}), "outputs must be a non-empty mapping"),
        (lambda: Graph({"out": tokens}), "raspir.lower builds a graph"),
        (lambda: Graph({"out": build("indices")}, [tokens]), "raspir.lower builds a graph"),
        (lambda: LayeredProgram(tokens), "requires a graph"),
    ],
)
def test_classes_that_are_called_in_vain_say_so_at_once(make, words):
    with pytest.raises(RaspirError) as caught:
        make()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_classes_that_can_be_called():
    assert (Key(tokens) == Query("a"))("ab") == [[True, False], [True, False]]
    assert Sequence(iter([1, 2])) == [1, 2]
    with pytest.raises(GraphError):
        Graph({"out": 5})


def test_predicates_and_functions_cannot_be_objects_of_the_language():
    for it in OBJECTS.values():
        with pytest.raises(ProgramError):
            tokens.map(it)
        with pytest.raises(ProgramError):
            select(tokens, tokens, it)
    with pytest.raises(ProgramError, match=r"is not a program$"):
        raspir.lower(key(1))
