"""Legalization: every lowering preserves values and types, and eliminates unsupported operations."""

from random import Random

import pytest

import raspir
from raspir import SOp, indices, key, query, raw, tokens, where
from raspir.backends.base import BackendAdapter, Capabilities
from raspir.frontends.expressions import expression
from raspir.ir import OPERATIONS, EvaluationError, build, verify
from raspir.ir.graph import topological
from raspir.rewriting.legalize import LOWERINGS, chosen, legalized
from raspir.runtime.reference import Reference
from raspir.testing import generate

EVERYTHING = frozenset(OPERATIONS)
before = key(indices) < query(indices)
everything = key(1) == query(1)
INPUTS = ([], [3], [True, 1, 1.0, 0, False, -0.0, 0.0], [5, -2, 5, 0], ["a", "b", "a", ""], [2**70, -(2**70), 1, 1])


def table(operand, keys, values, otherwise):
    return build("lookup", operand, keys=keys, values=values, otherwise=otherwise)


def converted(name, operand):
    return expression(SOp, name, (operand,))


text = where(tokens == 1, "", "a")


def graph_of(node):
    inputs = [each for each in topological([node]) if each.operation.name == "input"]
    return raspir.ir.Graph({"out": node}, inputs or [build("input", name="tokens")])


PROGRAMS = {
    "lookup": graph_of(table(build("indices"), (0, 1, 7), ("a", "b", "c"), "d")),
    "has": raspir.lower(tokens.has([1, "a", 2.5])),
    "gt": raspir.lower(indices > 1),
    "lt": raspir.lower(indices < 1),
    "ge": raspir.lower(indices >= 1),
    "le": raspir.lower(indices <= 1),
    "ne": raspir.lower(tokens != 1),
    "eq": raspir.lower(tokens == "a"),
    "neg": raspir.lower(-indices),
    "sub": raspir.lower(indices - 3),
    "abs": raspir.lower(abs(indices - 2)),
    "to_int": raspir.lower({"of integers": converted("to_int", indices), "out": converted("to_int", indices > 1)}),
    "to_bool": raspir.lower({"of integers": converted("to_bool", indices), "of text": converted("to_bool", text)}),
    "item": raspir.lower(expression(SOp, "item", (tokens == 1,), ((7, 1, 0.0), ("seven", True, -0.0)))),
    "one_type": raspir.lower({"of numbers": converted("one_type", indices), "of text": converted("one_type", text)}),
    "average": raspir.lower(expression(SOp, "average", (before, indices), ("none",))),
    "and": raspir.lower((tokens == 1) & (indices < 2)),
    "or": raspir.lower((tokens == 1) | (indices < 2)),
    "not": raspir.lower(~(tokens == 1)),
    "select.ne": raspir.lower((key(tokens) != query(tokens)).value(1)),
    "select.eq": raspir.lower((key(tokens) == query(tokens)).value(1)),
    "select.le": raspir.lower((key(indices) <= query(indices)).value(1)),
    "select.ge": raspir.lower((key(indices) >= query(indices)).value(1)),
    "select.gt": raspir.lower((key(indices) > query(indices)).value(1)),
    "select.lt": raspir.lower(before.value(1)),
    "selector.or": raspir.lower((before | (key(tokens) == query(1))).value(1)),
    "selector.and": raspir.lower((before & (key(tokens) == query(1))).value(1)),
    "mean": raspir.lower(
        {
            "out": before.mean(indices, "none"),
            "of booleans": before.mean(indices > 1, 0.5),
            "of one that no float holds": (key(indices) == query(indices)).mean(raw([10**400]) + 0),
        }
    ),
    "best": raspir.lower(
        {
            "highest": everything.best(tokens, indices % 3),
            "lowest": (key(tokens) == query(1)).best(tokens, indices % 2, pick="lowest", ties="right", default="none"),
        }
    ),
}


def exact(graph, given):
    """Return what a graph yields, with the classes of atoms and the signs of zeros, or that it fails."""
    try:
        found = Reference().compile(graph)(given)
    except EvaluationError:
        return None
    found = found if isinstance(found, dict) else {"out": found}
    return {name: [(type(atom), repr(atom)) for atom in sequence] for name, sequence in found.items()}


def test_every_lowering_has_a_program():
    assert {lowering.operation for lowering in LOWERINGS} == set(PROGRAMS)


@pytest.mark.parametrize("lowering", LOWERINGS, ids=lambda each: f"{each.operation} by {' '.join(sorted(each.needs))}")
def test_a_lowering_keeps_results(lowering):
    graph = PROGRAMS[lowering.operation]
    lowered = legalized(graph, lowering.needs | (EVERYTHING - {each.operation for each in LOWERINGS}))
    verify(lowered)
    assert all(node.operation.name != lowering.operation for node in lowered)
    for given in INPUTS:
        assert exact(lowered, given) == exact(graph, given)


@pytest.mark.parametrize(
    "graph",
    [
        graph_of(table(build("input", name="tokens"), (1, 2), ("a", "b"), "c")),  # True == 1
        graph_of(table(build("truediv", build("indices"), build("const", value=-1)), (0.0,), ("a",), "c")),  # -0.0
        raspir.lower(-tokens),
        raspir.lower(tokens & tokens),
        raspir.lower(before.mean(tokens)),
        raspir.lower(converted("to_int", tokens)),
        raspir.lower(converted("to_bool", tokens)),
        raspir.lower(expression(SOp, "item", (tokens == 1,), ((1,), ("one",)))),
        raspir.lower(converted("one_type", where(tokens == 1, 1, "a"))),
        raspir.lower(expression(SOp, "average", (before, indices > 1), (0,))),
        raspir.lower(before.best(tokens, indices)),
        raspir.lower(everything.best(tokens, tokens)),
    ],
    ids=[
        "lookup of 1",
        "lookup of 0.0",
        "neg",
        "and",
        "mean",
        "int",
        "bool",
        "item",
        "one type",
        "average",
        "best of many rows",
        "best by any atom",
    ],
)
def test_a_lowering_that_would_change_results_does_not_apply(graph):
    missing = {"lookup", "neg", "and", "mean", "best", "to_int", "to_bool", "item", "one_type", "average"}
    assert missing & {node.operation.name for node in legalized(graph, EVERYTHING - missing)}


def test_a_vocabulary_tells_keys_apart():
    graph = graph_of(table(build("input", name="tokens", vocab=(1, 2)), (1, 2), ("a", "b"), "c"))
    lowered = legalized(graph, EVERYTHING - {"lookup"})
    assert [node.operation.name for node in lowered].count("where") == 2
    assert exact(lowered, [2, 1]) == exact(graph, [2, 1])


PERHAPS = build("input", name="tokens", vocab=(None, 0, 1, 2))
ONE, OTHERS = build("const", value=1), (None, 2)
MISSING = {
    "lookup": table(PERHAPS, (None, 1), ("a", None), "c"),
    "lookup of two keys": build("lookup", PERHAPS, build("indices"), keys=(None, 0, 1, 1, None, 1), values=(5, None, 7),
                                otherwise=0),
    "has": build("has", PERHAPS, values=OTHERS),
    "has, skipping": build("has", PERHAPS, values=OTHERS, none="skip"),
    **{name: build(name, PERHAPS, ONE, none="skip") for name in ("eq", "ne", "lt", "le", "gt", "ge")},
}  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_lowerings_keep_missing_values(name):
    graph = graph_of(MISSING[name])
    operation = graph.outputs["out"].operation.name
    lowered = legalized(graph, EVERYTHING - {operation})
    verify(lowered)
    assert all(node.operation.name != operation for node in lowered)
    for given in ([], [None], [1, None], [None, None, 2, 0], [1, 1, 2]):
        assert exact(lowered, given) == exact(graph, given)


def test_an_error_on_none_stays_an_error():
    for node in (build("ne", PERHAPS, ONE, none="error"), build("select.ne", PERHAPS, ONE, none="error")):
        graph = graph_of(node if node.operation.name == "ne" else build("sum", node, ONE, default=0))
        lowered = legalized(graph, EVERYTHING - {node.operation.name})
        assert exact(lowered, [1, 2]) == exact(graph, [1, 2])
        assert exact(lowered, [1, None]) is exact(graph, [1, None]) is None


def test_a_table_without_keys_that_skips_none_stays():
    graph = graph_of(build("has", PERHAPS, values=(), none="skip"))
    assert legalized(graph, EVERYTHING - {"has"}) == graph


def test_lowerings_build_on_each_other():
    few = {"input", "indices", "const", "sum", "select.gt", "selector.and", "selector.not", "gt", "not", "where", "sub"}
    assert {"abs", "neg", "le", "select.le", "selector.or", "and", "or", "lt"} <= chosen(few).keys()
    graph = raspir.lower(abs(((key(indices) <= query(indices)) | (key(indices) > query(2))).value(indices - 3)))
    lowered = legalized(graph, few)
    assert {node.operation.name for node in lowered} <= few
    for given in INPUTS:
        assert exact(lowered, given) == exact(graph, given)


@pytest.mark.parametrize("number", range(150))
def test_generated_programs(number):
    random = Random(f"legalize {number}")
    made = generate.program(random)
    names = sorted({lowering.operation for lowering in LOWERINGS})
    missing = set(random.sample(names, random.randint(1, len(names))))
    lowered = legalized(made.graph, EVERYTHING - missing)
    for _ in range(4):
        given = made.input(random)
        expected = exact(made.graph, given)
        if expected is not None:
            assert exact(lowered, given) == expected


class Small:
    """A backend without tables, means and best."""

    name, summary, level = "small", "runs little", "layered"
    supports = Capabilities.without("lookup", "mean", "best", "has")

    def compile(self, program):
        assert not {"lookup", "mean", "best", "has"} & {node.operation.name for node in program.graph}
        return Reference().compile(program.graph)


def test_a_backend_gets_what_it_supports():
    program = where(tokens == "a", 1, before.mean(indices, 0)) + everything.best(indices, indices % 2)
    compiled = raspir.compile(program, backend=Small(), vocab="abc")
    assert compiled("abca") == program("abca")
    assert raspir.compile(tokens.map(ord), backend=Small(), vocab="ab")("ab") == [97, 98]


def test_the_refusal_is_about_the_program_as_written():
    with pytest.raises(raspir.BackendError, match=r"does not support the aggregate mean, which .*mean.* needs"):
        raspir.compile(before.mean(tokens), backend=Small())
    adapter = BackendAdapter(Small(), "", own=False)
    lowered = adapter.compile(raspir.lower(before.mean(indices, 0)))
    assert lowered([5, 6]).layers == 1
    fetched = adapter.compile(raspir.lower(everything.best(indices, indices)))
    assert fetched([5, 6]).layers == 1  # as the program says, though its rank takes a layer more


def test_raw_sequences_stay():
    graph = raspir.lower(raw([1, 2]) - 1)
    assert exact(legalized(graph, EVERYTHING - {"sub"}), [0, 0]) == exact(graph, [0, 0])
