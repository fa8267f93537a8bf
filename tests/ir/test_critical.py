"""The critical path: one step per layer, each through the operand that determines the layer."""

from addition import add
from attention import flip
from daily import examples
from hypothesis import given
from strategies import build, programs

import raspir
from raspir import indices, key, query, tokens
from raspir.analysis.critical_path import critical_path, path_to_json
from raspir.ir import Role


def through(program):
    """Return what each step of the path waits for, from the result down."""
    return [step.through for step in critical_path(raspir.lower(program))]


def test_addition_waits_six_times():
    path = path_to_json(raspir.lower(add()))
    assert [step["layer"] for step in path] == [6, 5, 4, 3, 2, 1]
    assert [step["through"] for step in path] == ["key", "value", "value", "key", "key", None]
    assert [path[i]["value"] for i in (1, 2, 4, 5)] == ["count", "arriving", "pads", "split_point"]
    assert path[3]["value"].startswith("(key(indices + pads) == query(indices)).value(")
    assert [step["line"].rpartition(":")[0].rpartition("/")[2] for step in path] == [
        "puzzles.py", "attention.py", *["puzzles.py"] * 4,
    ]  # fmt: skip


def test_key_query_value_and_score():
    length = (key(1) == query(1)).value(1)
    here = key(indices) == query(indices)
    assert through((key(length) == query(indices)).value(tokens)) == ["key", None]
    assert through((key(indices) == query(length)).value(tokens)) == ["query", None]
    assert through(here.value(length + 1)) == ["value", None]
    assert through(here.best(tokens, length)) == ["score", None]
    assert through((here & ~(key(length) < query(1))).value(length)) == ["key", None]
    assert through((here | (key(0) < query(length))).value(tokens)) == ["query", None]


def test_the_deepest_output_is_explained_and_the_first_of_equals():
    once = (key(1) == query(1)).value(1).name("once")
    other = (key(2) == query(2)).value(1).name("other")
    twice = (key(once) == query(1)).value(1).name("twice")
    path = path_to_json(raspir.lower({"a": once, "b": twice, "c": other}))
    assert [(step["value"], step["through"]) for step in path] == [("twice", "key"), ("once", None)]
    assert [step["value"] for step in path_to_json(raspir.lower({"a": other, "b": once}))] == ["other"]
    assert path_to_json(raspir.lower(tokens)) == []


def test_text_has_lines_of_its_own():
    path = path_to_json(raspir.parse(str(raspir.lower(flip())), file="flip.rir"))
    assert [(step["value"], step["line"]) for step in path] == [("flip", "flip.rir:9:1"), ("length", "flip.rir:4:1")]


@examples(300)
@given(programs(max_size=30))
def test_each_step_is_forced(program):
    try:
        graph = raspir.lower(build(program))
    except raspir.ProgramError:
        return
    path, layer = critical_path(graph), graph.layering.layer
    assert [step.layer for step in path] == list(range(graph.stats().layers, 0, -1))
    for step, below in zip(path, [*path[1:], None][: len(path)], strict=True):
        assert step.aggregate.operation.role is Role.AGGREGATE
        assert layer[step.aggregate] == step.layer
        if below is None:
            assert (step.through, step.operand) == (None, None)
            continue
        assert layer[step.operand] == step.layer - 1
        assert step.operand in read(step.aggregate)[step.through]
        assert below.aggregate in needed(step.operand)


def read(aggregate):
    """Return the sequences that an aggregate reads, by what they are to it."""
    found = dict(zip(aggregate.operation.operands, ([operand] for operand in aggregate.operands), strict=True))
    stack = found.pop("selector")
    while stack:
        selector = stack.pop()
        if selector.operation.role is Role.SELECT:
            for role, operand in zip(("key", "query"), selector.operands, strict=True):
                found.setdefault(role, []).append(operand)
        else:
            stack += selector.operands
    return found


def needed(node):
    """Return the nodes that ``node`` needs, itself included, without those that other heads need."""
    found, stack = set(), [node]
    while stack:
        each = stack.pop()
        if each not in found:
            found.add(each)
            stack += each.operands if each.operation.role is Role.ELEMENTWISE else ()
    return found
