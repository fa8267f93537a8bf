"""Pictures and texts of causal programs: they say so, leave the mask out, and name the heads that look ahead."""

import re
import xml.etree.ElementTree as ET

import pytest
from viz.drawn import parsed, selected, texts
from viz.report.pages import Page, steps

import raspir
from raspir import indices, key, query, tokens
from raspir.backends.tracing import traced
from raspir.viz.attention import head_svg, selector_svg
from raspir.viz.causality import CAUSAL, Causality
from raspir.viz.heads import DrawnProgram
from raspir.viz.program import program_svg

same = (key(tokens) == query(tokens)).name("same")
hist = same.width().name("hist")
length = (key(1) == query(1)).width().name("length")
flip = (key(indices) == query(length - indices - 1)).value(tokens).name("flip")
seen = (same & (key(indices) < query(indices))).width().name("seen")
cumsum = (key(indices) <= query(indices)).value(indices).name("cumsum")
LOWER = [(row, column) for row in range(3) for column in range(row + 1)]


def lowered(program):
    return raspir.lower(program, causal=True)


def names(values):
    return [value.name for value in values]


@pytest.mark.parametrize(
    ("program", "sources", "keys"),
    [
        (hist, ["tokens"], ["tokens"]),
        (length, ["tokens"], ["1"]),
        (seen, ["tokens", "indices"], ["tokens", "indices"]),
        (cumsum, ["tokens", "indices"], ["indices"]),
        (same.value(indices), ["tokens", "indices"], ["tokens"]),
        ({"hist": hist, "indices": indices}, ["tokens", "indices"], ["tokens"]),
        (hist + indices, ["tokens", "indices"], ["tokens"]),
        (same.best(tokens, indices), ["tokens", "indices"], ["tokens"]),
    ],
)
def test_the_mask_is_not_among_what_a_head_reads(program, sources, keys):
    drawn = DrawnProgram(lowered(program))
    assert names(drawn.sources) == sources
    head = drawn.layers[1].heads[0]
    assert names(head.ports["key"]) == names(head.ports["query"]) == keys
    assert head.attends == DrawnProgram(raspir.lower(program)).layers[1].heads[0].attends


def test_matrices_have_the_mask():
    trace = traced(lowered(length), "abc")
    (aggregate,) = trace.graph.outputs.values()
    for svg in (head_svg(trace, [aggregate]), selector_svg(trace, aggregate.selector), program_svg(trace)):
        assert selected(parsed(svg)) == (LOWER, len(LOWER))


def test_attention_pictures_say_it_once():
    for causal in (False, True):
        trace = traced(raspir.lower(hist, causal=causal), "abc")
        (aggregate,) = trace.graph.outputs.values()
        for svg in (head_svg(trace, [aggregate]), selector_svg(trace, aggregate.selector)):
            assert texts(parsed(svg)).count(CAUSAL) == causal
            assert ("causal attention of 3 queries" in svg) is causal
        drawn = program_svg(trace)
        assert texts(parsed(drawn)).count("layer 1, causal") == causal
        assert ("causal program of 1 layer" in drawn) is causal


def test_texts_say_it():
    text = str(raspir.show(hist + indices, "aba", causal=True))
    assert "\nlayer 1, causal\n  same: key(tokens) == query(tokens)\n    key tokens      a b a\n" in text
    assert "\n                 a  1 · 1\n" in text
    assert "causal" not in str(raspir.show(hist, "aba"))


def test_diagrams_say_it_in_the_title_and_the_legend():
    for options in ({}, {"optimize": True}, {"head": "1.1"}, {"title": "mine"}):
        plain, causal = (raspir.draw(hist, causal=each, **options) for each in (False, True))
        name = options.get("title", "hist")
        assert f"{name}, causal: " in "".join(texts_of(causal))
        assert texts_of(causal).count(CAUSAL) == 1
        assert "The layers of a causal program" in causal
        assert "causal" not in plain
    assert texts_of(raspir.draw(hist, causal=True, backend="graphviz{title=false}")).count(CAUSAL) == 1
    assert CAUSAL not in raspir.draw(hist, causal=True, legend=False)
    assert CAUSAL in raspir.draw(hist, "dot", causal=True)


def texts_of(svg):
    return [each.text for each in ET.fromstring(svg.encode()).iter() if each.tag.endswith("}text")]


def test_notebooks_say_it():
    assert f"; {CAUSAL}</p>" in lowered(hist)._repr_html_()
    assert CAUSAL not in raspir.lower(hist)._repr_html_().partition("<svg")[0]


def sentence(program, written=None, **options):
    graph = raspir.lower(program, **options)
    return Causality.of(graph).sentence(written)


def test_sentences():
    assert sentence(tokens) == ""
    assert sentence(tokens, causal=True) == "Causal."
    assert sentence(seen) == "All heads look back: the program is causal as it stands."
    assert sentence(seen, causal=True) == "Causal; the mask changes no head."
    graph = raspir.lower(hist)
    place = str(graph.locations[graph.outputs["out"]])
    assert "test_causal_pictures.py:" in place
    assert sentence(hist) == f"hist ({place}) may look ahead."
    assert sentence(hist, causal=True) == f"Causal; the mask may change hist ({place})."
    assert Causality(graph.derived(locations={}), graph.layering.heads[0]).sentence() == "hist may look ahead."
    assert re.fullmatch(r"length \(.*:\d+\) and flip \(.*:\d+\) may look ahead\.", sentence(flip))
    several = sum((key(tokens) == query(tokens + str(number))).width() for number in range(5))
    assert sentence(several).endswith(") and 2 more heads may look ahead.")
    assert re.fullmatch(
        r"length \(.*\), hist \(.*\) and flip \(.*\) may look ahead\.", sentence({"flip": flip, "hist": hist})
    )
    assert "length" in sentence(flip)
    assert "may change length" in sentence(flip, causal=True)
    assert "more" not in sentence(
        flip, causal=True
    )  # flip reads position 0, as the length so far is one's position + 1


def test_the_first_head_is_that_of_the_first_layer():
    causality = Causality.of(raspir.lower(flip))
    assert [(each["layer"], each["value"]) for each in causality.to_json()["looks_ahead"]] == [
        (1, "length"),
        (2, "flip"),
    ]


def test_an_optimized_program_that_looks_ahead_where_the_written_one_does_not():
    said = sentence(hist, written=raspir.lower(seen))
    assert said.endswith("may look ahead, although no head does as written; --causal prevents that.")
    assert sentence(hist, written=raspir.lower(flip)).endswith(") may look ahead.")
    assert sentence(seen, written=raspir.lower(flip)) == "All heads look back: the program is causal as it stands."


def test_a_mask_by_hand_changes_nothing_more():
    by_hand = (same & (key(indices) <= query(indices))).width()
    assert sentence(by_hand, causal=True) == "Causal; the mask changes no head."
    assert Causality.of(lowered(by_hand)).to_json() == {"causal": True, "masked": []}
    assert [each["value"] for each in Causality.of(lowered(hist)).to_json()["masked"]] == ["hist"]


def test_reports():
    page = Page(raspir.report(hist, ["abca"], causal=True))
    assert "Causal; the mask may change hist" in page.text("p")
    assert steps(page)["causal"] is True
    head = steps(page)["layers"][0]["heads"][0]
    assert head["rows"] == ["1000", "0100", "0010", "1001"]
    assert [each["key"]["name"] for each in head["comparisons"]] == ["tokens"]
    assert "may look ahead" in Page(raspir.report(flip, ["abca"])).text("p")
    both = Page(raspir.report(flip, [], causal=True))
    assert both.text("strong").count("as written: ") == both.text("strong").count("optimized: ") == 1
    plain = Page(raspir.report(hist, ["abca"]))
    assert steps(plain)["causal"] is False
    assert "may look ahead" in plain.text("p")
