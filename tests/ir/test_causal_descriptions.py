"""Descriptions of causal graphs: selectors without the mask, by their names where they have some."""

import networkx
import pytest

import raspir
from raspir import indices, key, query, tokens
from raspir.ir import Graph, LayeredProgram, build
from raspir.ir.causal import mask, written
from raspir.ir.text.describe import Describer
from raspir.passes.pipeline import run_passes

SAME = key(tokens) == query(tokens)
BEFORE = key(indices) < query(indices)
UP_TO_HERE = key(indices) <= query(indices)


def selector_of(graph):
    return next(iter(graph.outputs.values())).operands[0]


@pytest.mark.parametrize(
    ("selector", "text"),
    [
        (SAME, "key(tokens) == query(tokens)"),
        (~SAME, "~(key(tokens) == query(tokens))"),
        (~UP_TO_HERE, "~(key(indices) <= query(indices))"),
        (BEFORE, "key(indices) < query(indices)"),
        (UP_TO_HERE, "key(indices) <= query(indices)"),
        (SAME & BEFORE, "(key(tokens) == query(tokens)) & (key(indices) < query(indices))"),
        (SAME & UP_TO_HERE, "key(tokens) == query(tokens)"),
        (SAME | UP_TO_HERE, "(key(tokens) == query(tokens)) | (key(indices) <= query(indices))"),
    ],
    ids=str,
)
def test_formulas_leave_the_mask_out(selector, text):
    graph = raspir.lower(selector.value(tokens, default="-"), causal=True)
    describe, (aggregate,) = Describer(graph), graph.outputs.values()
    assert describe(aggregate.selector) == describe.part(aggregate.selector) == text
    bracketed = text if text.startswith("~") else f"({text})"
    assert describe(aggregate) == f"{bracketed}.value(tokens, default='-')"
    assert describe.name(aggregate.selector) is None


def test_other_graphs_show_what_the_author_wrote():
    graph = raspir.lower((SAME & UP_TO_HERE).value(1))
    assert "<=" in Describer(graph)(selector_of(graph))
    assert "<=" in Describer(raspir.lower(SAME.value(1), causal=True).assume(causal=False))(
        selector_of(raspir.lower(SAME.value(1), causal=True))
    )


@pytest.mark.parametrize(
    "named", [SAME.name("mine"), (SAME & UP_TO_HERE).name("mine"), UP_TO_HERE.name("mine")], ids=str
)
def test_names_of_selectors_stay(named):
    graph = raspir.lower(named.value(1), causal=True)
    describe, selector = Describer(graph), selector_of(graph)
    assert describe.name(selector) == describe.label(selector) == describe.part(selector) == "mine"
    assert describe(next(iter(graph.outputs.values()))) == "mine.value(1, default=0)"


def test_a_selector_is_described_in_bounded_space_however_long():
    selector = UP_TO_HERE
    for number in range(3000):
        selector = selector & (key(tokens) == query(number))
    graph = raspir.lower(selector.value(1), causal=True)
    assert len(Describer(graph)(selector_of(graph))) < 200


def test_messages_leave_the_mask_out():
    graph = raspir.lower((key(tokens) < query(indices)).value(1), causal=True)
    with pytest.raises(raspir.EvaluationError) as caught:
        raspir.compile(graph, "reference", optimize=False)("ab")
    assert "indices) <=" not in str(caught.value)


def test_the_selector_before_the_mask():
    graph = raspir.lower((SAME & UP_TO_HERE).value(1), causal=True)
    plain = raspir.lower((SAME & UP_TO_HERE).value(1))
    assert written(selector_of(graph)) is selector_of(plain)
    assert written(mask()) is mask()
    other = build("selector.or", mask(), mask())
    assert written(other) is other


def test_graphs_say_that_they_are_causal():
    plain, causal = (raspir.lower(SAME.value(1), causal=each) for each in (False, True))
    assert (repr(plain), repr(causal)) == (
        "<raspir graph of 4 nodes: tokens -> out>",
        "<raspir causal graph of 7 nodes: tokens -> out>",
    )
    assert (LayeredProgram(plain).causal, LayeredProgram(causal).causal) == (False, True)
    exported = causal.to_networkx()
    assert isinstance(exported, networkx.MultiDiGraph)
    assert (plain.to_networkx().graph["causal"], exported.graph["causal"]) == (False, True)


def test_text_says_that_a_graph_is_causal():
    causal = raspir.lower(SAME.value(1), causal=True)
    assert str(causal).startswith("raspir 1\ncausal\n")
    assert raspir.parse(str(causal)) == causal
    assert "causal" not in str(causal.assume(causal=False))
    with pytest.raises(raspir.RaspirError, match="found"):
        raspir.parse("raspir 1\ncausal 1\n")


def test_a_pass_takes_no_graph_that_is_not_known_to_be_causal():
    ahead = raspir.lower(SAME.value(1).name("hist"))
    claimed = Graph(ahead.outputs, ahead.inputs.values(), names=ahead.names, causal=True)
    with pytest.raises(raspir.RaspirError, match="`hist` may look ahead, but the graph is causal"):
        run_passes(claimed)
    assert raspir.compile(claimed)("aab") == [1, 2, 1]
