"""Programs on values that hold ``None`` against the reference backend: results, their classes, and errors."""

import sys
from contextlib import suppress
from random import Random

import pytest
from with_none import ATOMS, FUNCTIONS, Maker, inputs

import raspir
from raspir import ir
from raspir.backends.numpy import NumPy
from raspir.backends.numpy.kernels.selections import Selection
from raspir.ir import Graph, build
from raspir.ir.atoms import atom_key
from raspir.runtime.reference import Reference


def outcome(call, *arguments):
    """What a call returns, atom by atom with its class, or its error and the input that it names."""
    try:
        return exact(call(*arguments))
    except Exception as error:
        if not any(each.__name__ == "RaspirError" for each in type(error).__mro__):
            raise
        return type(error).__name__, str(error), error.input


def exact(result):
    if isinstance(result, dict):
        return {name: exact(each) for name, each in result.items()}
    if isinstance(result, list | tuple | raspir.Sequence):
        return [exact(each) for each in result]
    return atom_key(result)


def check(numpy, reference, given, *shown):
    """Compare two compiled programs on each input and on the batch of all."""
    for each in given:
        assert outcome(numpy, each) == outcome(reference, each), (*shown, each)
    assert outcome(numpy.batch, given) == outcome(reference.batch, given), shown


def loaded(text):
    """Import an emitted module, with the calls of a compiled program."""
    module = type(sys)("emitted")
    sys.modules["emitted"] = module  # dataclasses look for their module
    exec(compile(text, "emitted.py", "exec"), module.__dict__)
    return module


class Emitted:
    """An emitted module as a compiled program."""

    def __init__(self, graph):
        self.module = loaded(NumPy().emit(graph))

    def __call__(self, given):
        return self.module.run(given)

    def batch(self, given):
        return self.module.batch(given)


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("name", ATOMS)
def test_generated_graphs(name, seed):
    random = Random(f"{name} {seed}")
    graph = Maker(random, name, vocabulary=random.random() < 0.3).graph(random.randrange(3, 12))
    check(NumPy().compile(graph), Reference().compile(graph), inputs(random, ATOMS[name], 6), str(graph))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ATOMS)
def test_generated_graphs_as_modules(name, seed):
    random = Random(f"{name} {seed}")
    emitted = None
    while emitted is None:
        graph = Maker(random, name, vocabulary=True).graph(random.randrange(3, 10))
        with suppress(raspir.BackendError):  # an opaque function has no table where its arguments are not few
            emitted = Emitted(graph)
    check(emitted, Reference().compile(graph), inputs(random, ATOMS[name], 5), str(graph))


TOKENS, INDICES = build("input", name="tokens"), build("indices")


def const(atom):
    return build("const", value=atom)


def graph_of(result):
    return Graph({"result": result}, [TOKENS], FUNCTIONS)


OPERATIONS = [
    *((name, TOKENS, other) for name in ("add", "sub", "mul", "lt", "ge", "eq", "ne", "truediv", "mod")
      for other in (const(1), const(None), INDICES)),
    ("floordiv", INDICES, TOKENS), ("pow", TOKENS, const(2)), ("neg", TOKENS), ("abs", TOKENS), ("round", TOKENS),
    ("not", TOKENS), ("and", TOKENS, const(True)), ("or", TOKENS, INDICES),
]  # fmt: skip
NODES = {
    f"{name} {number} {none}": build(name, *operands, none=none)
    for number, (name, *operands) in enumerate(OPERATIONS)
    for none in dict(ir.OPERATIONS[name].attributes)["none"].choices
    if const(None) not in operands or none != "error"  # which no input can satisfy
}
NODES |= {
    f"has {values} {none}": build("has", TOKENS, values=values, none=none)
    for values in ((), (None, 1), (*range(1, 10), None), (*range(10), "a"))
    for none in ("value", "skip")
}
NODES |= {
    f"map {function} {none}": build("map", *operands, function=function, none=none)
    for function, *operands in (
        ("size", TOKENS), ("odd", TOKENS), ("both", TOKENS, INDICES), ("picky", TOKENS, const(1)),
        ("three", TOKENS, INDICES, TOKENS),
    )
    for none in ("error", "skip")
}  # fmt: skip
TABLE = {"otherwise": "?", "keys": (None, 0, 1, 1, "a", 0), "values": (1, None, "b")}
TOTAL = {
    "where": build("where", TOKENS, const(1), const(None)),
    "where never": build("where", const(None), TOKENS, INDICES),
    "where else": build("where", INDICES, const(None), TOKENS),
    "raw": build("raw", values=(None, 1, None)),
    "const": const(None),
    "lookup": build("lookup", TOKENS, otherwise=None, keys=(None, 1, "a"), values=(True, None, "none")),
    "lookup of two": build("lookup", TOKENS, INDICES, **TABLE),
    "lookup of none": build("lookup", INDICES, TOKENS, TOKENS, otherwise=None, keys=(), values=()),
}
INPUTS = [
    [1, 2, None, 3], [None], ["a", None, "b"], [True, None, 0.5, 2**70], [None, "a", 1], [0, 1, 2, 3] * 20, [],
    [1, None, 0], ["a", 1, None],
]  # fmt: skip


@pytest.mark.parametrize("name", [*NODES, *TOTAL])
def test_elementwise_operations(name):
    graph = graph_of({**NODES, **TOTAL}[name])
    check(NumPy().compile(graph), Reference().compile(graph), INPUTS)
    if name in TOTAL:
        check(Emitted(graph), Reference().compile(graph), INPUTS)


def selector(name, key, query, **attributes):
    return build(f"select.{name}", key, query, **attributes)


def both(a, b):
    return build("selector.and", a, b)


ORDERED = build("lookup", TOKENS, otherwise=7, keys=(None, 1, 2, "a"), values=(5, 3, 1, 2))
LATER = build("best", selector("gt", INDICES, INDICES), INDICES, INDICES, pick="lowest", ties="left", default=None)
"""The next position, and ``None`` at the last."""
EQUAL, BEFORE = selector("eq", TOKENS, TOKENS), selector("lt", INDICES, INDICES)
ALIKE = selector("by", TOKENS, TOKENS, function="alike")
SELECTORS = {
    "all": selector("eq", const(1), const(1)),
    "groups": EQUAL,
    "one key each": selector("eq", INDICES, LATER),
    "all but": selector("ne", TOKENS, TOKENS),
    "refusing": selector("eq", TOKENS, TOKENS, none="error"),
    "refusing to differ": selector("ne", TOKENS, const(1), none="error"),
    "missing keys": selector("eq", TOKENS, const(None)),
    "present keys": selector("ne", TOKENS, const(None)),
    "missing queries": selector("eq", const(None), TOKENS),
    "sorted": selector("lt", TOKENS, TOKENS),
    "before": both(BEFORE, EQUAL),
    "window": both(selector("lt", ORDERED, ORDERED), EQUAL),
    "dominance": both(BEFORE, selector("lt", ORDERED, ORDERED)),
    "shifted": selector("eq", INDICES, build("sub", INDICES, const(1))),
    "sliding": both(selector("le", INDICES, INDICES), selector("ge", INDICES, build("sub", INDICES, const(2)))),
    "predicate": selector("by", TOKENS, TOKENS, function="under"),
    "predicate among equals": both(ALIKE, EQUAL),
    "failing predicate": selector("by", TOKENS, TOKENS, function="ordered"),
    "union": build("selector.or", EQUAL, selector("eq", INDICES, const(0))),
    "pairs": both(ALIKE, BEFORE),
}
AGGREGATES = {
    "sum": lambda s: build("sum", s, TOKENS, default=None),
    "width": lambda s: build("sum", s, const(1), default=None),
    "sum of none": lambda s: build("sum", s, const(None), default=0),
    "sum of positions": lambda s: build("sum", s, LATER, default=None),
    "mean": lambda s: build("mean", s, TOKENS, default=None),
    "mean of indices": lambda s: build("mean", s, INDICES, default=None),
    "mean of positions": lambda s: build("mean", s, LATER, default=0.5),
}
AGGREGATES |= {
    f"{pick} {ties} {score}": lambda s, o=(pick, ties), v=v: build(
        "best", s, TOKENS, v, pick=o[0], ties=o[1], default=None
    )
    for score, v in (("token", TOKENS), ("position", LATER), ("nothing", const(None)))
    for pick in ("highest", "lowest")
    for ties in ("left", "right")
}


@pytest.mark.parametrize("aggregate", AGGREGATES)
@pytest.mark.parametrize("selected", SELECTORS)
def test_selectors_and_aggregates(selected, aggregate):
    graph = graph_of(AGGREGATES[aggregate](SELECTORS[selected]))
    random = Random(selected + aggregate)
    given = [random.choices(atoms, k=random.randrange(1, 9)) for atoms in ATOMS.values() for _ in range(2)]
    check(NumPy().compile(graph), Reference().compile(graph), given)


BEST = ("highest left position",)
PAIRS = {
    "pairs": AGGREGATES, "dominance": BEST, "predicate": BEST, "failing predicate": BEST,
    "predicate among equals": BEST,
}  # fmt: skip
"""What is evaluated pair by pair, with ``None`` or without."""
LONG = ("sum", "width", "sum of positions", "mean", "highest left position")


def without_matrix(selection, sequences=None):
    raise AssertionError("it evaluates pairs of positions")


@pytest.mark.parametrize("aggregate", LONG)
@pytest.mark.parametrize("selected", SELECTORS)
def test_long_inputs_need_no_matrix(selected, aggregate, monkeypatch):
    graph = graph_of(AGGREGATES[aggregate](SELECTORS[selected]))
    program, reference = NumPy().compile(graph), Reference().compile(graph)
    random = Random(0)
    for atoms in ([None, 1, 2, 3], [None, *range(1000)], [None, *"abc"], [None], [1, 2, 3]):
        given = random.choices(atoms, k=150)
        assert outcome(program, given) == outcome(reference, given)
    assert program.plan.strategies[-1].falls_back == (aggregate in PAIRS.get(selected, ()))
    if aggregate not in PAIRS.get(selected, ()):
        monkeypatch.setattr(Selection, "blocks", without_matrix)
        many = [None, *range(100 if "predicate" in selected else 20_000)]
        for atoms in ([None, 1, 2, 3], many, [None, *"abc"], [1, 2, 3]):
            assert outcome(program, random.choices(atoms, k=20_000))
