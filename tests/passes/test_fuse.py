"""The pass fuse: which elementwise work it tabulates, and the necessity of each condition."""

import math
import sys
import time

import pytest
from daily import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import atoms, number_inputs, programs
from strategies import build as build_program

import raspir
from raspir import indices, key, query, tokens, where
from raspir.ir import Graph, Role, build, verify
from raspir.ir.atoms import atom_key
from raspir.passes.base import PASSES, PassContext
from raspir.passes.fuse import Fuse


def fused(program, vocab=None, functions=None):
    """Return the graph before and after, and the remarks."""
    graph = program if isinstance(program, Graph) else raspir.lower(program, vocab=vocab)
    if functions:
        graph = graph.bind(functions)
    context = PassContext()
    result = verify(Fuse().run(graph, context))
    assert Fuse().run(result, PassContext()) is result
    return graph, result, context.remarks


def work(graph):
    return [node for node in graph if node.operation.role is Role.ELEMENTWISE]


def exact(given):
    return [atom_key(atom) for atom in given]


def ascii_of(x):
    return ord(x)


@examples(120)
@given(programs(max_size=24), st.one_of(st.lists(atoms, min_size=1, max_size=5), number_inputs), st.booleans())
def test_results_stay_and_work_becomes_less(program, given_input, assumed):
    assume(given_input)
    try:
        before, after, remarks = fused(build_program(program), set_of(given_input) if assumed else None)
        expected = raspir.compile(before, "reference")(given_input)
    except (raspir.ProgramError, raspir.EvaluationError):
        assume(False)
    assert exact(raspir.compile(after, "reference")(given_input)) == exact(expected)
    if after is before:
        assert not remarks
    else:
        assert remarks
        assert len(work(after)) < len(work(before))
    assert after.stats().layers <= before.stats().layers
    assert after.stats().heads <= before.stats().heads


def set_of(given_input):
    return list({atom_key(atom): atom for atom in given_input}.values())


def test_a_chain_becomes_one_table():
    program = (tokens.map(ascii_of) - 48).name("digit")
    before, after, (remark,) = fused(program, "0123")
    (table,) = work(after)
    assert table.operation.name == "lookup"
    assert table["keys"] == ("0", "1", "2", "3")
    assert table["values"] == (0, 1, 2, 3)
    assert after.name_of(table) == "digit"
    assert after.locations[table] == before.locations[before.outputs["out"]]
    assert (remark.rule, remark.subject, remark.gain) == ("fuse", "digit", "2 operations → a table")
    assert remark.location == after.locations[table]
    assert PASSES.get("fuse") == Fuse()


def test_a_mesh_becomes_one_table_for_each_result():
    digit = tokens.map(ascii_of) - 48
    even = (digit % 2 == 0).name("even")
    head = (key(even) == query(True)).value(digit * digit + digit)
    before, after, (remark,) = fused({"head": head, "even": even}, "0123")
    assert [node.operation.name for node in work(after)] == ["lookup", "lookup"]
    assert len(work(before)) == 6
    assert remark.gain == "6 operations → 2 tables"
    assert remark.subject == "even and 1 more"
    assert raspir.compile(after, "reference")("0231") == raspir.compile(before, "reference")("0231")


def test_constants_belong_to_the_table():
    constant = where(True, 3, 4) + 1
    _, after, _ = fused((tokens + constant) * constant, [1, 2])
    assert work(after)[0]["values"] == (20, 24)
    assert len(after) == 2


def test_what_is_needed_elsewhere_stays():
    inner = tokens + 1
    before, after, remarks = fused({"inner": inner, "double": inner * 2}, [1, 2])
    assert after is before
    assert not remarks
    _, after, _ = fused({"double": inner * 2}, [1, 2])
    assert len(work(after)) == 1
    head = (key(inner) == query(1)).value(1)
    before, after, _ = fused({"head": head, "double": inner * 2}, [1, 2])
    assert after is before
    before, after, _ = fused({"mixed": inner + indices, "double": inner * 2}, [1, 2])
    assert after is before


def test_one_operation_is_no_chain():
    before, after, _ = fused(tokens + 1, [1, 2])
    assert after is before


def test_the_root_must_be_one():
    before, after, _ = fused((tokens + indices) * 2, [1, 2])
    assert after is before
    two = {"a": (1, 2), "b": (1, 2)}
    a, b = (build("input", name=name, vocab=vocab) for name, vocab in two.items())
    graph = Graph({"out": build("neg", build("add", a, b))})
    assert Fuse().run(graph, PassContext()) is graph


def test_the_atoms_must_be_known_and_few():
    program = (tokens + 1) * 2
    before, after, _ = fused(program)
    assert after is before
    before, after, _ = fused(program, range(257))
    assert after is before
    _, after, _ = fused(program, range(256))
    assert len(work(after)[0]["keys"]) == 256


def test_booleans_of_anything_are_two_atoms():
    less = tokens < indices
    before, after, _ = fused(where(less, 5, 7) - 1)
    compare, table = work(after)
    assert (compare.operation.name, table.operation.name, table.operands) == ("lt", "lookup", (compare,))
    assert (table["keys"], table["values"]) == ((False, True), (6, 4))
    assert raspir.compile(after, "reference")([1, 0]) == raspir.compile(before, "reference")([1, 0]) == [6, 4]


def test_a_table_of_a_table():
    table = build("lookup", build("indices"), otherwise=9, keys=(0, 1), values=(5, 9))
    tokens_node = build("input", name="tokens")
    graph = Graph({"out": build("neg", build("add", table, build("const", value=1)))}, (tokens_node,))
    _, after, _ = fused(graph)
    outer = after.outputs["out"]
    assert outer.operands == (table,)
    assert dict(zip(outer["keys"], outer["values"], strict=True)) == {9: -10, 5: -6}
    assert raspir.compile(after, "reference")("abc") == raspir.compile(graph, "reference")("abc") == [-6, -10, -10]


def test_the_root_is_the_furthest_that_is_known():
    is_a = tokens == "a"
    program = where(is_a, 1, 2) + where(tokens == "b", 3, 4)
    _, after, _ = fused(program, "abc")
    assert [node.operands for node in work(after)] == [tuple(after.inputs.values())]


def test_atoms_keep_their_types():
    vocab = [True, 1, 1.0, 0.0, -0.0, 0, "1"]
    program = where(tokens == 1, tokens, tokens)
    before, after, _ = fused(where(program == 5, 5, program), vocab)
    assert len(work(after)) == 1
    assert (
        exact(raspir.compile(after, "reference")(vocab))
        == exact(raspir.compile(before, "reference")(vocab))
        == exact(vocab)
    )


def test_atoms_on_which_work_fails_are_left_out():
    program = 12 // ((tokens - 1) * 1)
    _, after, _ = fused(program, [0, 1, 2])
    (table,) = work(after)
    assert (table["keys"], table["values"], table["otherwise"]) == ((0, 2), (-12, 12), -12)
    before, after, _ = fused((tokens - tokens) ** -1 + 1, [0, 1])
    assert after is before


def test_nan_is_a_failure():
    _, after, _ = fused((tokens - tokens) * 2, [1.0, math.inf])
    assert work(after)[0]["keys"] == (1.0,)


def leave(x):
    if x == "q":
        sys.exit(3)
    return x


def test_tables_hold_missing_values():
    graph = raspir.lower((tokens.map(str, none="skip").is_none() & (indices >= 0)).map(str), (None, 1, 2))
    fused = Fuse().run(graph, PassContext())
    assert exact(raspir.compile(fused, "reference")([None, 1])) == exact(raspir.compile(graph, "reference")([None, 1]))
    graph = raspir.lower(where(tokens.map(str, none="skip").is_none(), None, 1), (None, 1, 2))
    fused = Fuse().run(graph, PassContext())
    assert [node.operation.name for node in fused] == ["input", "lookup"]
    assert raspir.compile(fused, "reference")([None, 1, None]) == [None, 1, None]


def test_opaque_functions_may_raise_anything():
    before, after, _ = fused((tokens + "").map(leave) + "!", "pqr")
    assert after is before
    _, after, _ = fused((tokens + "").map(leave) + "!", "pr")
    assert work(after)[0]["keys"] == ("p", "r")


def test_a_function_that_fails_stays_so_that_it_fails_when_it_runs():
    for program in (tokens.map(int) + 1, (tokens + "").map(int) + 1):
        before, after, _ = fused(program, "12+")
        assert after is before
        with pytest.raises(raspir.EvaluationError, match=r"`map\(int\)` failed at position 0 on '\+'"):
            raspir.compile(after, "reference")("+")
        _, after, _ = fused(program, "12")
        assert len(work(after)) == 1
    guarded = where(tokens == "+", "0", tokens).map(int) + 1
    _, after, _ = fused(guarded, "12+")
    assert work(after)[0]["values"] == (1, 2, 3)


def test_the_default_of_an_aggregate_keeps_no_function_out_of_a_table():
    for default, count in ((0, 1), ("", 2)):
        fetched = (key(indices) == query(indices - tokens.map(int).round())).value(
            where(indices == 0, "1", "2"), default
        )
        _, after, _ = fused(fetched.map(ord) + 1)
        assert sum(node.operation.name in ("map", "add", "lookup") for node in work(after)) == count + 1


def test_what_follows_a_function_that_stays_is_still_fused():
    _, after, _ = fused((tokens.map(int) == 1).map(str) + "!", "12+")
    assert [node.operation.name for node in work(after)] == ["map", "lookup"]


def test_an_unbound_function_stays():
    graph = raspir.parse(str(raspir.lower(tokens.map(ascii_of) + 1, vocab="ab")))
    before, after, _ = fused(graph)
    assert after is before
    _, after, _ = fused(graph, functions={"ascii_of": ascii_of})
    assert len(work(after)) == 1


@pytest.mark.parametrize(
    "program",
    [(tokens**tokens) ** tokens + 1, ("x" * tokens) + "y", (tokens * "x") + "y", tokens.map(lambda x: 1 << x)],
)
def test_what_is_too_large_for_a_table_stays(program):
    start = time.perf_counter()
    before, after, _ = fused({"out": program + program}, [1, 99_999_999])
    assert after is before
    assert time.perf_counter() - start < 1


def test_a_narrower_type_makes_more_known():
    same = (tokens + 0).map(lambda x: x == 1)
    program = ((same & (indices == 0)).map(str) + "!").map(len)
    before, after, _ = fused(program, [1, 2])
    assert [node.operation.name for node in work(after)] == ["lookup", "eq", "and", "lookup"]
    assert raspir.compile(after, "reference")([1, 2]) == raspir.compile(before, "reference")([1, 2]) == [5, 6]


def test_work_that_can_only_fail_with_the_table_stays():
    program = (tokens + 0).map(str) - indices
    before, after, _ = fused(program, [1, 2])
    assert after is before


def test_a_changed_graph_has_no_schedule_and_an_unchanged_one_keeps_it():
    program = (key(tokens + 1) == query(indices)).value(1)
    graph = raspir.lower(program, vocab=[1, 2])
    placed = {node: graph.layering.layer[node] for node in graph if node.operation.name in ("add", "sum")}
    graph = verify(graph.scheduled(placed))
    assert fused(graph)[1] is graph
    doubled = raspir.lower((key((tokens + 1) * 2) == query(indices)).value(1), vocab=[1, 2])
    placed = {node: doubled.layering.layer[node] for node in doubled if node.operation.name in ("add", "mul", "sum")}
    before, after, _ = fused(verify(doubled.scheduled(placed)))
    assert before.schedule is not None
    assert after.schedule is None


def test_promises_and_inputs_stay():
    graph = raspir.lower((tokens + 1) * 0, vocab=[1, 2], max_length=7)
    _, after, _ = fused(graph)
    assert (after.max_length, after.inputs) == (7, graph.inputs)


def test_ten_thousand_nodes():
    program = tokens
    for i in range(3400):
        program = (program + i) % 1000
    graph = raspir.lower(program, vocab=range(30))
    assert len(graph) > 10_000
    _, after, _ = fused(graph)
    assert len(after) == 2
