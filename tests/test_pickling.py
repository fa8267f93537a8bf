"""Pickling and copying of programs, graphs, executables and results, or a one-line error."""

import copy
import functools
import math
import pickle
import sys
import types

import numpy as np
import pytest
from daily import chosen

import raspir
from raspir import (
    EvaluationError,
    GraphError,
    ProgramError,
    RaspirError,
    indices,
    key,
    query,
    raw,
    select,
    tokens,
    where,
)
from raspir.backends.base import choose
from raspir.frontends.python.embedded import Key, Query
from raspir.ir import OPERATIONS, LayeredProgram, Role
from raspir.runtime.reference import Reference

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def double(x):
    return 2 * x


def close(k, q):
    return abs(k - q) <= 1


class Shifts:
    """A callable that is no function."""

    def __init__(self, by):
        self.by = by

    def __call__(self, x):
        return x + self.by


class Others(Reference):
    """A backend of somebody else's."""

    name = "others"
    summary = "runs programs as the reference does"


class Unpicklable(Others):
    """One that cannot be pickled."""

    def __reduce__(self):
        raise ZeroDivisionError("planted")


everyone = key(1) == query(1)
flipped = (key(everyone.value(1).name("length") - 1 - indices) == query(indices)).value(tokens, "_").name("flipped")
PROGRAMS = {
    "tokens": tokens,
    "named": flipped,
    "functions": tokens.map(double).map(Shifts(3)).map(functools.partial(max, 2)).map(math.floor),
    "predicate": select(tokens, indices, close).mean(tokens * 1.5, default=-0.0),
    "attributes": everyone.best(raw([1, "a", -0.0]), indices, ties="right", pick="lowest", default=True),
    "constants": where(tokens.has([2**200, math.inf, "é\ud800"]), "\0", 10**4000),
}


def again(thing, protocol=None):
    return pickle.loads(pickle.dumps(thing, protocol))


def yielded(program):
    try:
        return program([1, 2, 5])
    except EvaluationError as error:
        return str(error)


def deep(depth=5000):
    program = tokens
    for _ in range(depth):
        program = program + 1
    return program.name("deep")


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_programs_keep_names_lines_and_functions(program, protocol):
    other = again(program, protocol)
    assert type(other) is type(program)
    assert other is not program
    before, after = raspir.lower(program), raspir.lower(other)
    assert after.outputs == before.outputs
    assert (dict(after.names), dict(after.locations)) == (dict(before.names), dict(before.locations))
    assert (other.layers, other.title, other.location) == (program.layers, program.title, program.location)
    assert yielded(other) == yielded(program)
    assert repr(again(program + 1)) == repr(program + 1)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_selectors_keys_and_queries(protocol):
    near = (select(indices, indices, close) & ~(key(tokens) == query("a"))).name("near")
    other = again(near, protocol)
    assert (other.title, other("abc"), repr(other)) == ("near", near("abc"), repr(near))
    for side, cls in ((key(tokens), Key), (query(indices + 1), Query)):
        assert type(again(side, protocol)) is cls
        assert repr(again(side, protocol)) == repr(side)
    assert (again(key(tokens)) == again(query(indices)))([0, 1]) == [[True, False], [False, True]]


@pytest.mark.parametrize("protocol", chosen(PROTOCOLS, lambda protocol: protocol in (0, pickle.HIGHEST_PROTOCOL)))
def test_deep_programs(protocol):
    program = deep()
    before = sys.getrecursionlimit()
    other = again(program, protocol)
    assert sys.getrecursionlimit() == before
    assert raspir.lower(other) == raspir.lower(program)
    assert again(raspir.lower(program), protocol) == raspir.lower(program)
    for backend in ("numpy", "reference"):
        run = again(raspir.compile(program, backend, optimize=False), protocol)
        assert run([1, 2]) == [5001, 5002]


def test_a_program_that_is_shared_very_often():
    program = tokens
    for _ in range(200):
        program = program + program - program
    assert len(pickle.dumps(program)) < 100_000
    assert again(program)([1]) == [1]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("backend", ["numpy", "reference", Others()], ids=["numpy", "reference", "others"])
def test_compiled_programs(backend, protocol):
    graph = raspir.lower({"a": flipped, "b": tokens.map(double)}, vocab=[1, 2], max_length=3)
    run = raspir.compile(graph, backend)
    other = again(run, protocol)
    assert type(other) is type(run)
    assert other([1, 2]) == run([1, 2]) == {"a": [2, 1], "b": [2, 4]}
    assert other.batch([[1], []]) == run.batch([[1], []])
    for given in ([3], [1] * 4):
        with pytest.raises(raspir.InputError):
            other(given)


def test_settings_of_a_compiled_program_stay_except_its_report():
    run = raspir.compile(select(tokens, tokens, close).value(1))
    run.block_bytes = 1 << 20
    run.report = lambda *_: None
    for other in (again(run), copy.copy(run), copy.deepcopy(run)):
        assert (other.block_bytes, other.report) == (1 << 20, None)
        other.block_bytes = 5
        assert run.block_bytes == 1 << 20


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_results_figures_and_remarks(protocol):
    given = [1, True, 2.5, "a", -0.0, 2**70]
    for backend in ("numpy", "reference"):
        result = raspir.compile(flipped, backend)(given)
        other = again(result, protocol)
        assert (other, other.layers, repr(other)) == (result, 2, repr(result))
        assert copy.copy(result) == copy.deepcopy(result) == result
    remarks = []
    graph = raspir.optimize(tokens.map(double).name("double") + 1, vocab=[1, 2], remarks=remarks)
    assert remarks
    strategies = raspir.backends.base.explainer("numpy").explain(raspir.lower(flipped))
    for thing in (remarks, graph.stats(), OPERATIONS["add"], Role.SELECT, raspir.ir.Location("f", 1), strategies):
        assert again(thing, protocol) == thing
    assert again(OPERATIONS["add"], protocol) is OPERATIONS["add"]
    layered = LayeredProgram(raspir.lower(flipped))
    assert len(layered.layers) == 3
    assert again(layered, protocol).graph == layered.graph
    assert again(choose("numpy"), protocol).name == "numpy"


def test_errors_and_warnings():
    for cls in (RaspirError, ProgramError, raspir.InputError, EvaluationError, raspir.BackendError, GraphError):
        error = cls("what", raspir.ir.Location("f.py", 3))
        error.input = 4
        other = again(error)
        assert (type(other), str(other), vars(other)) == (cls, "f.py:3: input 4: what", vars(error))
    with pytest.raises(EvaluationError) as caught:
        raspir.compile(1 / tokens).batch([[1], [0]])
    assert str(again(caught.value)) == str(caught.value)


WITHOUT = tokens.map(lambda x: f"{x}")  # a function that pickle finds under no name
LINE = WITHOUT.location.line


@pytest.mark.parametrize(
    "make",
    [
        lambda: WITHOUT,
        lambda: (key(WITHOUT) == query(1)).value(tokens),
        lambda: key(WITHOUT) == query(1),
        lambda: key(WITHOUT),
        lambda: query(WITHOUT),
        lambda: {"a": [WITHOUT]},
        lambda: raspir.lower(WITHOUT),
        lambda: LayeredProgram(raspir.lower(WITHOUT)),
        lambda: raspir.compile(WITHOUT),
        lambda: raspir.compile(WITHOUT, "reference"),
        lambda: raspir.compile(WITHOUT, Others()),
    ],
)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_function_without_a_name_is_named_with_advice(make, protocol):
    thing = make()
    with pytest.raises(ProgramError) as caught:
        pickle.dumps(thing, protocol)
    message = str(caught.value)
    assert (
        f"test_pickling.py:{LINE}: `map(<lambda>)` cannot be pickled: pickle finds a function by its name, so "
        in message
    )
    assert "define it with def at the top level of a module" in message
    assert "\n" not in message
    copy.copy(thing), copy.deepcopy(thing)


def test_other_functions_that_cannot_be_pickled():
    def inner(x):
        return x

    class Closed:
        def __reduce__(self):
            raise KeyError("two\nlines")

        def __call__(self, a, b):
            return True

    with pytest.raises(ProgramError, match=r"`map\(.*\.inner\)` cannot be pickled"):
        pickle.dumps(tokens.map(inner))
    with pytest.raises(ProgramError, match=r"`select\(Closed\)` cannot be pickled: .*KeyError: 'two") as caught:
        pickle.dumps(select(tokens, tokens, Closed()))
    assert "\n" not in str(caught.value)


def test_what_pickles_functions_with_their_code_may_do_so():
    by_value = types.ModuleType("joblib.externals.cloudpickle.cloudpickle")
    code = "def reduced(thing): return thing.__reduce_ex__(4)"
    exec(code, by_value.__dict__)
    restore, (rows,) = by_value.reduced(WITHOUT)
    assert restore(rows)("ab") == ["a", "b"]
    restore, parts = by_value.reduced(raspir.lower(WITHOUT))
    assert restore(*parts) == raspir.lower(WITHOUT)


def test_nodes_and_backends_that_cannot_be_pickled():
    graph = raspir.lower(flipped)
    for thing in (graph.outputs["out"], graph.layering, graph.nodes):
        with pytest.raises(GraphError, match=r"^a node cannot be pickled: pickle the graph that holds it$"):
            pickle.dumps(thing)
    run = raspir.compile(tokens, Unpicklable())
    with pytest.raises(raspir.BackendError, match="backend 'others' cannot be pickled: ZeroDivisionError: planted"):
        pickle.dumps(run)
    assert copy.copy(run)("a") == copy.deepcopy(run)("a") == ["a"]


def test_copies_of_what_is_never_changed_are_the_same():
    graph = raspir.lower(flipped)
    for thing in (flipped, everyone, key(tokens), query(1), graph, graph.outputs["out"]):
        assert copy.copy(thing) is thing
        assert copy.deepcopy(thing) is thing
    assert copy.deepcopy({"a": [flipped, graph]})["a"][0] is flipped


def test_an_array_of_programs():
    made = np.empty(2, dtype=object)
    made[:] = [tokens + 1, everyone]
    first, second = again(made)
    assert (first([1]), second("a")) == ([2], [[True]])
