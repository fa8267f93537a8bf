"""The pass schedule, against all placements of small graphs; schedules in graphs, text and the verifier."""

import pickle
import subprocess
import sys
import time
from functools import cache
from itertools import product
from math import prod
from random import Random

import pytest
from daily import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import build as build_program
from strategies import inputs, programs

import raspir
from raspir import indices, key, query, tokens
from raspir.ir import Graph, Role, build, verify
from raspir.ir.atoms import atom_key
from raspir.ir.layers import placeable
from raspir.passes import exact_schedule
from raspir.passes.base import PassContext
from raspir.passes.greedy_schedule import greedy_placement
from raspir.passes.placement import Problem
from raspir.passes.schedule import Schedule
from raspir.runtime.reference import trace


def random_graph(random, size):
    """Return a graph that has few selectors, many uses of each, and several outputs."""
    sequences = [build("input", name="tokens", vocab=(1, 2)), build("indices"), build("const", value=1)]
    selectors = []
    for _ in range(size):
        kind = random.choice(["add", "select.eq", "sum", "sum", "neg", "selector.and"])
        if kind == "select.eq" or not selectors:
            selectors.append(build("select.eq", random.choice(sequences[-6:]), random.choice(sequences)))
        elif kind == "selector.and":
            selectors.append(build(kind, random.choice(selectors[-3:]), random.choice(selectors)))
        elif kind == "sum":
            sequences.append(build("sum", random.choice(selectors[-4:]), random.choice(sequences[-5:]), default=0))
        elif kind == "add":
            sequences.append(build("add", random.choice(sequences[-4:]), random.choice(sequences)))
        else:
            sequences.append(build("neg", random.choice(sequences[-4:])))
    chosen = random.sample(sequences, 2) + sequences[-1:]
    return Graph({f"out{i}": node for i, node in enumerate(chosen)}, sequences[:1])


def random_graphs(size):
    return st.builds(random_graph, st.randoms(use_true_random=False), st.integers(1, size))


@cache
def leaves(node):
    """Return the sequences that a sequence, or the selector in its place, reads."""
    if node.operation.role not in (Role.SELECT, Role.SELECTOR_ALGEBRA):
        return {node}
    return {leaf for operand in node.operands for leaf in leaves(operand)}


@cache
def reads(node):
    return {leaf for operand in node.operands for leaf in leaves(operand)}


def cost(graph):
    """Return layers, most heads of a layer, heads, and the layers that values stay, all from the definitions."""
    layer = graph.layering.layer
    used = {node: layer[node] for node in graph}
    depth = max((layer[node] for node in graph if node.operation.role is Role.AGGREGATE), default=0)
    for node in graph:
        if node.operation.role in (Role.AGGREGATE, Role.ELEMENTWISE):
            for read in reads(node):
                used[read] = max(used[read], layer[node] - (node.operation.role is Role.AGGREGATE))
    for node in graph.outputs.values():
        used[node] = depth
    constant = {node for node in graph if constant_only(node)}
    stay = [node for node in graph if node.type is not raspir.ir.types.SELECTOR and node not in constant]
    heads = {(layer[node], node.operands[0]) for node in graph if node.operation.role is Role.AGGREGATE}
    widest = max((sum(at == other for other, _ in heads) for at, _ in heads), default=0)
    return depth, widest, len(heads), sum(used[node] - layer[node] for node in stay)


@cache
def constant_only(node):
    return node.operation.role is not Role.AGGREGATE and (
        node.operation.name == "const" or (bool(node.operands) and all(map(constant_only, node.operands)))
    )


def placements(graph, depth):
    """Yield every valid schedule of ``graph`` in ``depth`` layers."""
    nodes = placeable(graph)
    for layers in product(*(range(depth + 1) for _ in nodes)):
        at = dict(zip(nodes, layers, strict=True))
        if all(
            at[node] >= max((at.get(read, 0) for read in reads(node)), default=0) + (node.operation.name == "sum")
            for node in nodes
        ):
            yield at


def scheduled(graph):
    context = PassContext()
    return Schedule().run(graph, context), context.remarks


def test_no_placement_of_a_small_graph_is_better():
    checked = 0
    for seed in range(400):
        graph = random_graph(Random(seed), 3 + seed % 8)
        problem, depth, movable = Problem.of(graph), graph.stats().layers, placeable(graph)
        if len(movable) < 2 or not depth or (depth + 1) ** len(movable) > 800:
            continue
        everything = [cost(graph.scheduled(at)) for at in placements(graph, depth)]
        assert cost(scheduled(graph)[0]) == min(everything), seed
        assert tuple(problem.cost(problem.earliest)) == cost(graph), seed
        checked += len(everything) > 1
    assert checked > 50


def test_heads_of_graphs_with_up_to_six_aggregates_are_as_few_as_can_be():
    checked = 0
    for seed in range(2500):
        graph = random_graph(Random(seed), 10 + seed % 8)
        problem = Problem.of(graph)
        windows = [range(problem.earliest[value], problem.latest[value] + 1) for value in problem.aggregates]
        if not (2 <= len(windows) <= 6 and 3 < prod(map(len, windows)) <= 800):
            continue
        costs = []
        for layers in product(*windows):
            at = problem.settle(dict(zip(problem.aggregates, layers, strict=True)))
            if all(at[value] > at[o] for value in problem.aggregates for o in problem.operands[value]):
                costs.append(problem.cost(at)[:3])
        assert cost(scheduled(graph)[0])[:3] == min(costs), seed
        checked += 1
    assert checked > 50


@examples(60)
@given(st.randoms(use_true_random=False), st.integers(1, 120))
def test_the_heuristic_is_valid_and_never_worse_than_as_soon_as_possible(random, size):
    graph = random_graph(random, size)
    problem = Problem.of(graph)
    placement = greedy_placement(problem)
    found = verify(graph.scheduled(problem.schedule(placement)))
    assert cost(found) <= cost(graph)
    assert cost(found)[0] == cost(graph)[0]


@examples(40)
@given(random_graphs(60))
def test_schedules_are_valid_idempotent_and_never_worse(graph):
    found, remarks = scheduled(graph)
    verify(found)
    assert found.nodes == graph.nodes
    assert cost(found) <= cost(graph)
    assert bool(remarks) == (cost(found) < cost(graph)) == (found is not graph)
    again, silence = scheduled(found)
    assert again is found
    assert not silence
    parsed = raspir.parse(str(found))
    assert parsed == found
    assert str(parsed) == str(found)
    assert pickle.loads(pickle.dumps(found)) == found
    assert (graph == found) == (found is graph)


@examples(80)
@given(programs(max_size=24), inputs)
def test_results_do_not_change(program, given_input):
    try:
        graph = raspir.lower(build_program(program))
        before = trace(graph, given_input)
    except (raspir.ProgramError, raspir.EvaluationError):
        assume(False)
    found, _ = scheduled(graph)
    expected = [atom_key(atom) for atom in before[graph.outputs["out"]]]
    assert [atom_key(atom) for atom in raspir.compile(found, "reference")(given_input)] == expected


def balanced():
    """Return a graph whose heads fit one a layer: three in a row and two that can be anywhere."""
    row = [tokens]
    for i in range(3):
        row.append((key(row[-1]) == query(i)).value(indices))
    return raspir.lower({"row": row[-1], **{f"o{i}": (key(tokens) == query(9 + i)).value(1) for i in range(3)}})


@pytest.mark.parametrize(
    ("limit", "how"), [({}, "exact"), ({"MOST_CHOICES": 0}, "heuristic"), ({"MOST_CHECKS": 0}, "heuristic")]
)
def test_it_says_whether_the_search_was_exact(monkeypatch, limit, how):
    for name, value in limit.items():
        monkeypatch.setattr(exact_schedule, name, value)
    found, (remark,) = scheduled(balanced())
    assert found.stats().heads_per_layer == [2, 2, 2]
    assert (remark.rule, remark.subject) == ("schedule", "6 heads in 3 layers")
    assert "at most 2 heads per layer (was 4)" in remark.gain
    assert remark.gain.endswith(how)


def test_a_search_that_runs_out_of_time_says_so(monkeypatch):
    monkeypatch.setattr(exact_schedule, "MOST_SECONDS", 0.0)
    with pytest.warns(raspir.BudgetWarning, match=r"^the search for a schedule ended early, after 60 s, so "):
        _, (first, second) = scheduled(balanced())
    assert first.gain == "ended early, after 60 s, so the schedule depends on the speed of the machine"
    assert second.gain.endswith("heuristic")


def test_an_unfinished_search_still_counts(monkeypatch):
    exact = exact_schedule._Program.minimize
    asked = []

    def gives_up_at_the_second(self, stage):
        asked.append(stage)
        return exact(self, stage) if len(asked) < 2 else "heuristic"

    monkeypatch.setattr(exact_schedule._Program, "minimize", gives_up_at_the_second)
    found, (remark,) = scheduled(balanced())
    assert verify(found).stats().heads_per_layer == [2, 2, 2]
    assert remark.gain.endswith("heuristic")


def test_a_graph_that_has_no_choice_keeps_its_plain_text():
    graph = raspir.lower((key(tokens) == query(tokens)).value(1) + 1)
    found, remarks = scheduled(graph)
    assert found is graph
    assert not remarks
    pinned = graph.scheduled({node: graph.layering.layer[node] for node in placeable(graph)})
    assert pinned != graph
    assert scheduled(pinned) == (graph, [])


def test_a_better_schedule_of_the_author_stays_and_a_worse_one_goes(monkeypatch):
    graph = balanced()
    best, _ = scheduled(graph)
    monkeypatch.setattr(exact_schedule, "MOST_CHOICES", 0)
    monkeypatch.setattr("raspir.passes.schedule.greedy_placement", lambda problem: problem.earliest)
    assert scheduled(best)[0] is best
    monkeypatch.undo()
    worse = graph.scheduled({node: graph.layering.layer[node] for node in placeable(graph)})
    assert scheduled(worse)[0] == best


def test_ten_thousand_nodes():
    graph = random_graph(Random(1), 19_000)
    assert len(graph) > 9_000
    start = time.process_time()
    found, (remark,) = scheduled(graph)
    assert time.process_time() - start < 8
    assert found.stats().layers == graph.stats().layers
    assert max(found.stats().heads_per_layer) < max(graph.stats().heads_per_layer)
    assert remark.gain.endswith("heuristic")


def test_a_deep_graph_does_not_recurse():
    program = tokens
    for i in range(3000):
        program = (key(program) == query(i % 3)).value(indices) + 1
    graph = raspir.lower(program)
    assert scheduled(graph)[0].stats().layers == 3000


def test_the_solver_is_silent():
    code = (
        "import raspir\n"
        f"g = raspir.parse({str(balanced())!r})\n"
        "assert raspir.optimize(g, passes='schedule').schedule is not None\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


TEXT = """raspir 1
%t = input name="t" : atom
%i = indices : int
%s = select.eq %t, %t : selector
%n = sum %s, 1 default=0 : int in layer 2
%w = add %i, 1 : int in layer 1
%p = select.eq %n, %w : selector
%c = add 1, 2 : int
%m = sum %p, %c default=0 : int in layer 3
%k = sum %s, 2 default=0 : int in layer 1 also "kept"
output out = %m
output k = %k
"""


def test_schedules_in_text_layering_and_statistics():
    graph = raspir.parse(TEXT)
    assert str(graph).count(" in layer ") == 4
    named = {graph.name_of(node): layer for node, layer in graph.layering.layer.items()}
    assert [named[name] for name in "nwmck"] == [2, 1, 3, 0, 1]
    assert graph.stats().heads_per_layer == [1, 1, 1]
    assert graph.scheduled(None).stats().heads_per_layer == [1, 1]
    assert (graph.stats().mlps, graph.stats().blocks) == (1, 3)
    assert raspir.parse(str(graph)) == graph
    assert raspir.parse(str(graph)).names == graph.names


def test_one_selector_in_two_layers_is_two_heads():
    graph = raspir.parse(TEXT)
    head, other = graph.layering.heads[0][0], graph.layering.heads[1][0]
    assert head.selector is other.selector
    assert (len(head.aggregates), len(other.aggregates)) == (1, 1)


def test_feed_forward_blocks():
    graph = raspir.parse(TEXT)
    (block,) = graph.layering.mlps
    assert (block.layer, [graph.name_of(node) for node in block.inputs]) == (1, ["i"])
    assert [graph.name_of(node) for node in block.nodes] == [graph.name_of(node) for node in block.outputs] == ["w"]
    total = (key(tokens) == query(1)).value(1).name("n")
    inner = (total + 1).name("inner")
    first, result = (inner * indices).name("first"), (inner * inner).name("result")
    later = (key(first) == query(2)).value(first).name("later")
    graph = raspir.lower({"later": later + result, "result": result, "inner": result - 1})
    middle, last = graph.layering.mlps
    message = [[graph.name_of(node) for node in nodes] for nodes in (middle.inputs, middle.nodes, middle.outputs)]
    assert message == [["n", "indices"], ["inner", "first", "result", None], ["first", "result", None]]
    assert graph.layering.mlp(1) == middle.nodes
    assert graph.layering.mlp(0) == ()
    assert [graph.name_of(node) for node in last.inputs] == ["later", "result"]
    assert last.nodes == last.outputs == graph.layering.mlp(2)


def test_what_keeps_and_what_forgets_a_schedule():
    graph = raspir.parse(TEXT)
    narrowed = graph.assume(vocab="ab", max_length=4)
    assert sorted(narrowed.schedule.values()) == [1, 1, 2, 3]
    assert verify(narrowed).stats().heads_per_layer == [1, 1, 1]
    assert graph != graph.scheduled(None)
    assert hash(graph) != hash(graph.scheduled(None))
    assert graph.scheduled({}).schedule is None
    assert graph.derived(outputs={"n": graph.outputs["k"]}).schedule is None
    assert graph.derived(max_length=3).schedule == graph.schedule
    mapped = raspir.lower((key(tokens.map(ord)) == query(1)).value(1))
    pinned = mapped.scheduled({node: mapped.layering.layer[node] for node in placeable(mapped)})
    assert pinned.bind({"ord": ord}).schedule == pinned.schedule
    assert pickle.loads(pickle.dumps(pinned)) == pinned


def test_one_output_of_a_file_has_no_schedule(tmp_path):
    from raspir.frontends.files import load

    path = tmp_path / "x.rir"
    path.write_text(TEXT)
    assert load(f"{path}:out").schedule is None
    assert load(str(path)).schedule is not None


def changed(**layers):
    text = TEXT
    for name, layer in layers.items():
        line = next(line for line in TEXT.split("\n") if line.startswith(f"%{name} "))
        plain = line.split(" in layer")[0]
        text = text.replace(line, plain if layer is None else f"{plain} in layer {layer}")
    return text


BROKEN = {
    "aggregate with its value": (changed(n=3), "%m = sum: it is placed in layer 3, but its operands allow layer 4"),
    "aggregate before its selector": (changed(m=2), "%m = sum: it is placed in layer 2, .* allow layer 3"),
    "aggregate in layer 0": (changed(n=0), "%n = sum: it is placed in layer 0, .* allow layer 1"),
    "query too late": (changed(w=3), "%m = sum: it is placed in layer 3, .* allow layer 4"),
    "aggregate nowhere": (changed(n=None), "%n = sum: the schedule does not place it in a layer"),
    "elementwise nowhere": (changed(w=None), "%w = add: the schedule does not place it in a layer"),
    "a source": (changed(i=0), "%i = indices: a schedule may only place aggregates, and elementwise work"),
    "a selector": (changed(s=0), "%s = select.eq: a schedule may only place aggregates"),
    "constant work": (changed(c=0), "%c = add: a schedule may only place aggregates"),
    "an empty layer": (changed(m=4), "%m = sum: it is placed in layer 4, but the schedule's heads fill 3 layers"),
    "far away": (changed(m=10**18), "heads fill 3 layers"),
    "negative": (changed(m=-1), "expected a layer, a natural number, found `-1`"),
    "not a number": (changed(m="x"), "expected a number, found `x`|expected .*number"),
    "a float": (changed(m="1.5"), "expected a layer, a natural number, found `1.5`"),
    "no word": (TEXT.replace("in layer 2", "in 2"), "expected `layer`, found `2`"),
    "twice": (
        TEXT.replace("output out", "%again = sum %s, 1 default=0 : int in layer 1\noutput out"),
        "expected layer 2, as given above for an equal node, found `1`",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_schedules(case):
    text, words = BROKEN[case]
    with pytest.raises(raspir.TextError, match=words):
        raspir.parse(text)


def test_work_before_its_operand():
    graph = raspir.lower((key(tokens) == query(1)).value(1).name("n") + indices)
    add, total = graph.outputs["out"], graph.outputs["out"].operands[0]
    with pytest.raises(raspir.GraphError, match="add: it is placed in layer 0, but its operands allow layer 1"):
        verify(graph.scheduled({add: 0, total: 1}))
    with pytest.raises(raspir.GraphError, match="it is placed in layer '1'"):
        verify(graph.scheduled({add: 1, total: "1"}))
    with pytest.raises(raspir.GraphError, match="add: it is placed in layer 2, but the schedule's heads fill 1 layers"):
        verify(graph.scheduled({add: 2, total: 1}))
    with pytest.raises(raspir.GraphError, match="it is placed in layer True"):
        verify(graph.scheduled({add: 1, total: True}))
