"""Causal graphs: the mask on whole selectors, the record, text, copies, and mistakes."""

import pickle

import pytest
from daily import examples
from hypothesis import assume, given
from strategies import build as build_program
from strategies import programs

import raspir
from raspir import Graph, indices, key, query, select, tokens
from raspir.ir import build, verify
from raspir.ir.causal import is_mask, mask, masked, unmasked, written
from raspir.ir.layers import selector_parts
from raspir.ir.views import Aggregate

EVERYTHING, BEFORE = key(1) == query(1), key(indices) < query(indices)
SAME = key(tokens) == query(tokens)
INDICES, TOKENS = build("indices"), build("input", name="tokens", vocab=None)
A, B = build("select.eq", TOKENS, TOKENS), build("select.lt", INDICES, INDICES)


def both(*selectors):
    first, *others = selectors
    for other in others:
        first = build("selector.and", first, other)
    return first


def lowered(program):
    try:
        return raspir.lower(build_program(program))
    except raspir.ProgramError:
        assume(False)


def heads(graph):
    return [node for node in graph if isinstance(node, Aggregate)]


def test_the_mask_joins_the_whole_selector_of_every_aggregate():
    program = {"a": (~SAME).value(1), "b": SAME.mean(indices), "c": (SAME | BEFORE).best(tokens, indices)}
    plain, causal = (raspir.lower(program, causal=held) for held in (False, True))
    assert [each.selector for each in heads(causal)] == [both(each.selector, mask()) for each in heads(plain)]
    assert causal.causal
    assert not plain.causal
    assert plain.assume(causal=True) == causal
    assert [written(each.selector) for each in heads(causal)] == [each.selector for each in heads(plain)]


def test_values_and_scores_are_masked_too():
    count = EVERYTHING.value(1)
    causal = raspir.lower((key(count) == query(count - 1)).best(count, count), causal=True)
    assert len(heads(causal)) == 2
    assert all(is_mask(node.selector.operands[1]) for node in heads(causal))


def test_the_mask_is_joined_once():
    graph = raspir.lower(SAME.value(1), causal=True)
    assert graph.assume(causal=True) is graph
    assert raspir.lower(SAME.value(1)).assume(causal=True).assume("ab", 3).causal
    dropped = graph.assume(causal=False)
    assert not dropped.causal
    assert dropped.outputs == graph.outputs
    assert dropped != graph
    assert graph.assume() == graph.assume(causal=None) == graph


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (mask(), mask()),
        (A, A),
        (both(A, mask()), A),
        (both(mask(), A), A),
        (both(mask(), mask()), mask()),
        (both(A, mask(), B), both(A, B)),
        (both(A, both(mask(), B)), both(A, B)),
        (both(A, both(mask(), mask())), A),
        (build("selector.not", mask()), build("selector.not", mask())),
        (both(build("selector.or", mask(), A), mask()), build("selector.or", mask(), A)),
        (build("selector.not", both(A, mask())), build("selector.not", both(A, mask()))),
    ],
)
def test_the_mask_is_left_out_of_formulas(selector, expected):
    assert unmasked(selector) is expected
    assert all(is_mask(part) for part in selector_parts(selector) if part is mask())


@pytest.mark.parametrize("name", ["lt", "eq", "ge"])
def test_other_comparisons_of_positions_are_no_mask(name):
    assert not is_mask(build(f"select.{name}", INDICES, INDICES))
    assert not is_mask(build("select.le", INDICES, build("add", INDICES, build("const", value=1))))
    assert not is_mask(INDICES)


def test_a_selector_of_many_shared_parts_is_unmasked_in_time():
    selector = both(A, mask())
    for _ in range(200):
        selector = both(selector, selector)
    assert not any(is_mask(part) for part in selector_parts(unmasked(selector)))
    for _ in range(5000):
        selector = both(selector, B)
    assert not any(is_mask(part) for part in selector_parts(unmasked(selector)))


def test_deep_programs_are_masked_without_recursion():
    made = tokens
    for _ in range(3000):
        made = SAME.value(made + 1)
    graph = raspir.lower(made, causal=True)
    assert sum(is_mask(node) for node in graph) == 1
    assert len(heads(graph)) == 3000
    assert set(masked(graph.nodes, heads(graph))) == set(graph.nodes)


def test_names_lines_functions_and_layers_stay():
    less = select(tokens, tokens, lambda k, q: k < q).value(1).name("less")
    lowered = raspir.lower({"less": less, "twice": SAME.value(SAME.value(1))})
    placed = {node: lowered.layering.layer[node] for node in heads(lowered)}
    plain = verify(lowered.scheduled({**placed, lowered.outputs["less"]: 2}))
    causal = verify(plain.assume(causal=True))
    assert causal.layering.layer[causal.outputs["less"]] == 2
    assert list(causal.schedule.values()) == list(plain.schedule.values())
    assert causal.functions == plain.functions
    assert list(causal.names.values()) == list(plain.names.values())
    before, after = plain.outputs["less"], causal.outputs["less"]
    assert causal.locations[after] == plain.locations[before]
    assert causal.locations[after.selector] == plain.locations[before.selector]


def test_results_and_lines_of_errors():
    length = EVERYTHING.value(1)
    assert raspir.compile(length, causal=True)("abc") == [1, 2, 3]
    assert raspir.compile((~SAME).value(1), causal=True)("aba") == [0, 1, 1]
    wrong = EVERYTHING.value(tokens)
    with pytest.raises(raspir.EvaluationError, match="at position 1") as caught:
        raspir.compile(wrong, causal=True, optimize=False)("ab")
    assert caught.value.location.file == __file__


# Text and copies


@examples(100)
@given(programs())
def test_causal_graphs_as_text_and_pickled(program):
    plain = lowered(program)
    graph = plain.assume(causal=True)
    text = str(graph)
    assert "causal" in text.splitlines()[:3]
    assert "causal" not in str(plain).splitlines()
    again = raspir.parse(text)
    assert again == graph
    assert hash(again) == hash(graph)
    assert again.causal
    assert str(again) == text
    if not graph.symbols:
        copied = pickle.loads(pickle.dumps(graph))
        assert (copied, copied.causal, copied.locations) == (graph, True, graph.locations)
    assert graph != graph.assume(causal=False)


HEADER, REST = "raspir 1\n", '%0 = input name="tokens" : atom\noutput out = %0\n'


def test_a_graph_without_heads_is_causal_if_it_says_so():
    graph = raspir.parse(f"{HEADER}causal\n{REST}")
    assert graph.causal
    assert graph == raspir.lower(tokens, causal=True)
    assert graph != raspir.lower(tokens)
    assert raspir.parse(f"{HEADER}max_length 3\ncausal\n{REST}") == raspir.lower(tokens, max_length=3, causal=True)
    assert raspir.parse(f"{HEADER}{REST}causal\n") == graph


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("causal 1", "<text>:2:8: expected the end of the line, found `1`"),
        ("causal = true", "<text>:2:8: expected the end of the line, found `=`"),
        (
            "Causal",
            "<text>:2:1: expected a definition such as `%x = indices : int`, `output`, `max_length` or `causal`",
        ),
    ],
)
def test_wrong_lines(line, message):
    with pytest.raises(raspir.RaspirError) as caught:
        raspir.parse(f"{HEADER}{line}\n{REST}")
    assert str(caught.value).startswith(message)


# Mistakes


@pytest.mark.parametrize("wrong", [1, 0, "yes", [True], 0.0])
def test_causal_is_a_boolean(wrong):
    graph = raspir.lower(tokens)
    for attempt in (
        lambda: graph.assume(causal=wrong),
        lambda: raspir.lower(tokens, causal=wrong),
        lambda: raspir.optimize(tokens, causal=wrong),
        lambda: raspir.compile(tokens, causal=wrong),
    ):
        with pytest.raises(raspir.InputError, match=r"^causal must be True or False, not "):
            attempt()


def test_the_record_is_verified():
    graph = raspir.lower(tokens)
    with pytest.raises(raspir.GraphError, match="causal must be True or False, not 'yes'"):
        verify(Graph(graph.outputs, graph.inputs.values(), causal="yes"))
