"""Pictures of the atom None: an empty cell with a mark."""

import xml.etree.ElementTree as ET

import pytest
from viz.drawn import SVG, parsed, strips
from viz.report.pages import Page, steps

import raspir
from raspir import indices, key, query, tokens
from raspir.backends.tracing import traced
from raspir.viz.grid import Grid
from raspir.viz.program import program_svg
from raspir.viz.sequences import key_svg, query_svg, sequence_svg
from raspir.viz.text import program_text
from raspir.viz.theme import DARK, LIGHT, Part
from raspir.viz.widths import MISSING

BEFORE = (key(indices + 1) == query(indices)).value(tokens, default=None).name("before")


def filled(root, part):
    """Return the positions of the cells that are filled as ``part``."""
    boxes = [each for each in root.iter(f"{SVG}rect") if each.get("data-position")]
    return [int(each.get("data-position")) for each in boxes if each.get("class").split()[0].endswith(f"fill-{part}")]


@pytest.mark.parametrize(
    ("picture", "part"),
    [
        (sequence_svg, "result"),
        (lambda atoms: key_svg(atoms, "k"), "key"),
        (lambda atoms: query_svg(atoms, "q"), "query"),
    ],
    ids=["sequence", "key", "query"],
)
def test_none_is_an_empty_cell_in_the_border_of_its_sequence(picture, part):
    root = parsed(picture([1, None, "None"]))
    assert strips(root, part) == [(0, "1"), (1, MISSING), (2, "None")]
    assert filled(root, "unselected") == [1]
    assert filled(root, part) == [0, 2]


def test_the_tooltip_and_the_description_say_none():
    root = parsed(sequence_svg([1, None]))
    assert {title.text for title in root.iter(f"{SVG}title")} == {"sequence", "1: None"}
    assert root.find(f"{SVG}desc").text == "2 atoms: 1, None"


def test_programs_are_drawn_with_none():
    trace = traced(raspir.lower(BEFORE), ["a", None, "b"])
    root = parsed(program_svg(trace))
    assert [text for _, text in strips(root, "source")] == ["a", MISSING, "b"]
    assert [text for _, text in strips(root, "result")][-3:] == [MISSING, "a", MISSING]
    lines = program_text(trace).splitlines()
    assert lines[1].split() == ["tokens", "a", MISSING, "b"]
    assert lines[-1].split() == ["before", MISSING, "a", MISSING]


def test_on_a_terminal_the_mark_is_dim(monkeypatch):
    spans = []
    monkeypatch.setattr(Grid, "_right", lambda self, text, part: spans.append((text, part)) or (text, part))
    program_text(traced(raspir.lower(BEFORE), [None]))
    assert (MISSING, Part.UNSELECTED) in spans
    assert {part for text, part in spans if text == MISSING} == {Part.UNSELECTED}


@pytest.mark.parametrize(("theme", "shades"), [("light", LIGHT), ("dark", DARK)])
def test_diagrams_are_drawn_with_none(theme, shades):
    graph = raspir.lower(BEFORE)
    root = ET.fromstring(raspir.draw(graph, "svg", input=["a", None], optimize=False, theme=theme))
    cells = [each for each in root.iter(f"{SVG}rect") if each.get("class") == "cell value"]
    empty = [each for each in cells if each.get("fill") == shades[Part.UNSELECTED].fill]
    parts = (Part.SOURCE, Part.VALUE, Part.RESULT)
    assert {each.get("stroke") for each in empty} == {shades[part].line for part in parts}
    dot = raspir.draw(graph, "dot", input=["a", None], optimize=False, theme=theme)
    area = f'BGCOLOR="{shades[Part.UNSELECTED].fill}" COLOR="{shades[Part.RESULT].line}"'
    assert area in dot


def test_reports_have_the_mark_and_the_literal():
    data = steps(Page(raspir.report(BEFORE, [["a", None]], optimize=False)))
    given = data["sequences"][data["sources"][0]["seq"]]
    assert given == {"short": ["a", MISSING], "full": ["'a'", "None"]}
    (head,) = data["layers"][-1]["heads"]
    assert head["results"][0]["default"] == "None"
