"""Generated programs: the graph against an independent evaluator, text round trips, hash-consing, verification."""

import copy
import gc
import pickle
import sys

import pytest
from daily import examples, first
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import COMPARISONS, OPERATORS, Fails, atoms, build, evaluate, inputs, number_inputs, numbers, programs

import raspir
from raspir import indices, key, query, raw, tokens
from raspir.ir.atoms import atom_key
from raspir.ir.verify import problems


def made(program):
    """Build the program, or give the case up where its types are impossible from the start."""
    try:
        return build(program)
    except raspir.ProgramError:
        assume(False)


def lowered(program):
    return raspir.lower(made(program))


def exact(atoms):
    return [atom_key(atom) for atom in atoms]


@examples(600)
@given(programs(), st.one_of(inputs, number_inputs))
def test_graph_yields_what_the_definition_says(program, given_input):
    run = raspir.compile(lowered(program), "reference", optimize=False)
    try:
        expected = evaluate(program, given_input)
    except Fails:
        with pytest.raises(raspir.EvaluationError):
            run(given_input)
    else:
        assert exact(run(given_input)) == exact(expected)


strings = st.sampled_from(["a", "b", "", "long", "é"])
rows = st.one_of(*(st.lists(st.tuples(score, atoms), max_size=6) for score in (numbers, numbers, strings, atoms)))


@examples(400)
@given(rows, st.sampled_from(COMPARISONS), st.sampled_from(["left", "right"]), st.booleans(), atoms)
def test_best_fetches_what_sorting_puts_last(row, comparison, ties, highest, default):
    scores, values = [score for score, _ in row], [value for _, value in row]
    selector = OPERATORS[comparison](key(indices), query(indices))
    pick = "highest" if highest else "lowest"
    program = selector.best(raw(values), tokens, ties, default, pick)
    try:
        expected = []
        for i in range(len(row)):
            selected = [j for j in range(len(row)) if OPERATORS[comparison](j, i)]
            if ties == "left":
                selected.reverse()
            ranked = sorted(selected, key=lambda j: scores[j])  # stable: of equal ones the later stays later
            if not highest:
                ranked = [j for j in selected if scores[j] == scores[ranked[0]]] if ranked else []
            expected.append(values[ranked[-1]] if ranked else default)
    except TypeError:
        with pytest.raises(raspir.EvaluationError, match="`best` failed at position"):
            program(scores)
    else:
        assert exact(program(scores)) == exact(expected)


@examples(300)
@given(programs(max_size=30))
def test_text_round_trip(program):
    graph = lowered(program)
    parsed = raspir.parse(str(graph))
    assert parsed == graph
    assert hash(parsed) == hash(graph)
    assert str(parsed) == str(graph)
    assert parsed.names == graph.names
    assert not list(problems(parsed))


@examples(200)
@given(programs())
def test_hash_consing(program):
    graph, again = lowered(program), lowered(program)
    assert graph == again
    assert all(a is b for a, b in zip(graph.nodes, again.nodes, strict=True))
    assert copy.deepcopy(graph.nodes) == graph.nodes
    shapes = [(n.operation.name, n.type, n.operands, tuple(map(repr, n.attributes))) for n in graph.nodes]
    assert len(set(shapes)) == len(shapes)


@examples(100)
@given(programs(), programs())
def test_several_programs_share_one_graph(first, second):
    a, b = made(first), made(second)
    both = raspir.lower({"a": a, "b": b})
    assert set(both.nodes) == set(raspir.lower(a).nodes) | set(raspir.lower(b).nodes)


@examples(100)
@given(programs())
def test_pickle_keeps_everything_without_functions(program):
    graph = lowered(program)
    assume(not graph.symbols)
    copied = pickle.loads(pickle.dumps(graph))
    assert copied == graph
    assert (copied.names, copied.locations) == (graph.names, graph.locations)


@examples(200)
@given(programs(), inputs)
def test_values_keep_to_their_types(program, given_input):
    from raspir.ir.types import SELECTOR, type_of
    from raspir.runtime.reference import trace

    graph = lowered(program)
    try:
        values = trace(graph, given_input)
    except raspir.EvaluationError:
        assume(False)
    for node, value in values.items():
        if node.type is not SELECTOR:
            assert all(type_of(atom) in node.type for atom in value)


def chain(length):
    program = raspir.tokens
    for i in range(length):
        program = program + (i % 7)
    return program


@pytest.mark.parametrize("length", first([20_000, 100_000]))
def test_a_chain_of_many_operations(length):
    assert length > 10 * sys.getrecursionlimit()
    program = chain(length)
    graph = raspir.lower(program)
    assert len(graph) == length + 7 + 1
    assert raspir.parse(str(graph)) == graph
    expected = sum(i % 7 for i in range(length))
    assert program([0, 10]) == [expected, expected + 10]
    assert graph.to_networkx().number_of_nodes() == len(graph)
    copied = pickle.loads(pickle.dumps(graph))
    assert copied == graph
    del program, graph, copied
    gc.collect()


def test_heavy_sharing_costs_nodes_and_not_paths():
    program = raspir.tokens
    for _ in range(200):
        program = program + program
    assert len(raspir.lower(program)) == 201
    assert program([1]) == [2**200]
