"""The options of diagrams, in every format, alone and side by side, with and without an input."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from viz.geometry import picture

import raspir
from raspir import BackendError, indices, key, query, tokens
from raspir.viz.theme import DARK, LIGHT, Part

sys.path.insert(0, str(Path(__file__).parents[3] / "examples"))

from addition import add
from attention import flip

SVG = "{http://www.w3.org/2000/svg}"
FORMATS = ("svg", "png", "pdf", "dot")
FLIP = flip()
DRAWN = {
    "as written": {},
    "with an input": {"input": "hello"},
    "side by side": {"optimize": True, "input": "hello"},
}  # fmt: skip


def texts(svg):
    return ["".join(each.itertext()) for each in Xml.fromstring(svg).iter(f"{SVG}text")]


def in_dot(program, **options):
    return set(re.findall(r">([^<>]+)</", raspir.draw(program, "dot", **options)))


@pytest.mark.parametrize("options", DRAWN.values(), ids=DRAWN)
def test_the_legend_can_be_left_out(options):
    meaning = "MLP: elementwise"
    assert meaning in texts(raspir.draw(FLIP, **options))
    assert meaning not in texts(raspir.draw(FLIP, legend=False, **options))
    assert meaning in in_dot(FLIP, **options)
    assert meaning not in in_dot(FLIP, legend=False, **options)


def test_the_legend_explains_what_is_drawn_and_nothing_else():
    def legend(program, **options):
        (group,) = [
            each for each in Xml.fromstring(raspir.draw(program, **options)).iter() if each.get("data-part") == "legend"
        ]
        return ["".join(each.itertext()) for each in group.iter(f"{SVG}text")]

    assert legend(tokens) == ["result", "source"]
    assert "● selected" not in legend(FLIP)
    assert "● selected" in legend(FLIP, input="hello")


@pytest.mark.parametrize("options", DRAWN.values(), ids=DRAWN)
def test_the_title_can_be_given_and_left_out(options):
    layers = "2 layers, 2 heads → 2 layers, 2 heads" if "optimize" in options else "2 layers, 2 heads"
    assert texts(raspir.draw(FLIP, **options))[0] == f"flip: {layers}"
    assert texts(raspir.draw(FLIP, title="The <title>", **options))[0] == f"The <title>: {layers}"
    untitled = texts(raspir.draw(FLIP, title=False, **options))
    assert untitled[0] in ("input", "as written: 2 layers, 2 heads")
    assert f'label="The title: {layers}"' in raspir.draw(FLIP, "dot", title="The title", **options)
    assert f": {layers}" not in raspir.draw(FLIP, "dot", title=False, **options).replace("as written: ", "")
    assert raspir.draw(FLIP, title=True, **options) == raspir.draw(FLIP, **options)


@pytest.mark.parametrize("options", DRAWN.values(), ids=DRAWN)
def test_the_theme_is_that_of_the_page_or_fixed(options):
    auto, light, dark = (raspir.draw(FLIP, theme=theme, **options) for theme in ("auto", "light", "dark"))
    assert "prefers-color-scheme:dark" in auto
    for fixed, shades in ((light, LIGHT), (dark, DARK)):
        assert "<style" not in fixed
        colors = set(re.findall(r'(?:fill|stroke)="(#\w+)"', fixed))
        assert colors <= {color for shade in shades.values() for color in (shade.fill, shade.line, shade.ink)}
    without_style = re.sub("<style>.*</style>", "", auto)
    assert re.sub(r' class="[^"]*"', "", without_style) == re.sub(r' class="[^"]*"', "", light)
    assert f'bgcolor="{DARK[Part.PAGE].fill}"' in raspir.draw(FLIP, "dot", theme="dark", **options)
    assert raspir.draw(FLIP, "dot", theme="light", **options) == raspir.draw(FLIP, "dot", **options)


def test_pictures_of_pixels_have_the_theme():
    light, auto, dark = (raspir.draw(FLIP, "png", theme=theme) for theme in ("light", "auto", "dark"))
    assert light == auto
    assert dark != light
    assert raspir.draw(FLIP, "pdf", theme="dark", head="2.1", legend=False, title=False).startswith(b"%PDF")


@pytest.mark.parametrize("options", DRAWN.values(), ids=DRAWN)
def test_one_head_is_drawn_with_what_it_reads_and_yields(options):
    svg = raspir.draw(FLIP, head="2.1", **options)
    found = picture(svg)
    sides = 2 if "optimize" in options else 1
    assert [card.kind for card in found.cards] == ["source", "source", "source", "head", "output"] * sides
    assert [card.texts[0].text for card in found.cards[:3]] == ["mirrored", "indices", "tokens"]
    assert [found.head(edge).kind for edge in found.edges].count("head") == 3 * sides
    assert texts(svg)[0].startswith("flip: head 1 of layer 2")
    assert "key(mirrored) == query(indices)" in in_dot(FLIP, head="2.1", **options)
    assert "key(1) == query(1)" not in in_dot(FLIP, head="2.1", **options)
    if "input" in options:
        assert "".join(text.text for text in found.cards[-1].texts[1:]) == "olleh"


def test_heads_are_numbered_as_in_the_whole_diagram():
    graph = raspir.optimize(add(), vocab="0123456789+")
    whole = [card for card in picture(raspir.draw(graph)).cards if card.kind == "head"]
    names = [
        f"{layer}.{head}" for layer, heads in enumerate(graph.layering.heads, 1) for head in range(1, len(heads) + 1)
    ]
    assert len(names) == len(whole) == 7
    for name, card in zip(names, whole, strict=True):
        (alone,) = [card for card in picture(raspir.draw(graph, head=name)).cards if card.kind == "head"]
        assert [text.text for text in alone.texts] == [text.text for text in card.texts]


def test_a_head_that_reads_constants_alone_or_is_not_reached():
    assert [card.kind for card in picture(raspir.draw(FLIP, head="1.1")).cards] == ["head", "output"]
    failing = (key(indices) == query(indices)).value((key(indices) == query(indices)).value(tokens) % 0)
    found = picture(raspir.draw(failing, head="2.1", input=[1]))
    assert [card.kind for card in found.cards] == ["source", "source", "head", "output", "failure"]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"head": "3.1"}, "there is no head 3.1: the program has 2 layers"),
        ({"head": "2.2"}, "there is no head 2.2: layer 2 of the program has 1 head"),
        ({"head": "3.1", "optimize": True}, "there is no head 3.1: the program as written has 2 layers"),
        ({"head": "2"}, "head must be a layer and the number of a head in it, such as '2.1', not '2'"),
        ({"head": "0.1"}, "head must be a layer and the number of a head in it, such as '2.1', not '0.1'"),
        ({"head": 2.1}, "head must be a layer and the number of a head in it, such as '2.1', not 2.1"),
        ({"theme": "blue"}, "theme must be auto, light or dark, not 'blue'"),
        ({"theme": None}, "theme must be auto, light or dark, not None"),
        ({"legend": "no"}, "legend must be True or False, not 'no'"),
        ({"width": 0}, "width must be a positive number of pixels, not 0"),
        ({"title": 5}, "title must be text, or False for none, not 5"),
    ],
)  # fmt: skip
def test_invalid_options_are_one_line(format, options, message):
    with pytest.raises(BackendError, match=f"^{re.escape(message)}$"):
        raspir.draw(FLIP, format, **options)


def test_the_side_that_has_no_such_head_is_named():
    with pytest.raises(BackendError, match=r"^there is no head 6\.1: the optimized program has 4 layers$"):
        raspir.draw(add(), head="6.1", optimize=True, vocab="0123456789+")


def test_they_are_options_of_the_backend():
    chosen = "graphviz{theme=dark,legend=false,head=2.1,title=One head}"
    options = {"theme": "dark", "legend": False, "head": "2.1", "title": "One head"}
    assert raspir.draw(FLIP, backend=chosen) == raspir.draw(FLIP, **options)
    assert raspir.emit(FLIP, chosen, optimize=False) == raspir.draw(FLIP, "dot", **options)
    assert raspir.draw(FLIP, backend="graphviz{title=false}") == raspir.draw(FLIP, title=False)
    with pytest.raises(BackendError, match=r"^backend graphviz: head must be a layer and the number of a head"):
        raspir.emit(FLIP, "graphviz{head=2}")


def test_backends_without_an_option_say_so():
    class Stars:
        name, summary, formats = "stars", "draws stars", ("stars",)

        def draw(self, graphs, /, *, format="stars", input=None, title="", renderer="auto"):
            return f"{title}*"

    assert raspir.draw(FLIP, "stars", backend=Stars(), title="ab") == "ab*"
    for name, value in {"legend": False, "theme": "dark", "head": "2.1", "width": 5, "title": False}.items():
        with pytest.raises(BackendError, match=f"^backend stars has no option '{name}'"):
            raspir.draw(FLIP, "stars", backend=Stars(), **{name: value})
