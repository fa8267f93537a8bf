"""Displays in notebooks: drawings, graphs, compiled programs, results, and pictures on any input."""

import copy
import pickle
import re
import time
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from viz.drawn import parsed, selected, strips, texts

import raspir
from raspir import RaspirError, indices, key, query, tokens
from raspir.backends.graphviz import Graphviz
from raspir.frontends.python.example import example
from raspir.viz.svg import page_styles
from raspir.viz.theme import DARK, LIGHT

LENGTH = (key(1) == query(1)).value(1).name("length")
FLIP = (key(LENGTH - indices - 1) == query(indices)).value(tokens).name("flip")
BEFORE = key(indices) < query(indices)


def svg_in(html):
    """Return the root of the picture in HTML."""
    return ET.fromstring(re.search(r"<svg.*</svg>", html, re.DOTALL)[0])


def bundle(shown):
    """Return what a notebook displays an object as, by IPython's own rules."""
    formatter = pytest.importorskip("IPython.core.formatters").DisplayFormatter()
    return formatter.format(shown)[0]


def test_a_drawing_is_text_that_displays_itself(tmp_path):
    drawn = raspir.draw(FLIP)
    plain = Graphviz().draw([raspir.lower(FLIP)])
    assert drawn == plain
    assert isinstance(drawn, str)
    assert (drawn[:4], hash(drawn), f"{drawn:.4}") == ("<svg", hash(plain), "<svg")
    assert drawn.encode() == plain.encode()
    shown = bundle(drawn)
    assert shown["image/svg+xml"] == plain
    svg_in(shown["text/html"])
    assert len(shown["text/plain"]) < 60
    drawn.save(tmp_path / "flip.svg")
    assert (tmp_path / "flip.svg").read_text("utf-8") == plain
    for copied in (copy.copy(drawn), copy.deepcopy(drawn), pickle.loads(pickle.dumps(drawn))):
        assert (type(copied), copied, copied.kind) == (type(drawn), plain, "svg")


def test_dot_displays_its_source():
    drawn = raspir.draw(FLIP, "dot")
    assert bundle(drawn) == {"text/plain": str(drawn)}


def test_bytes_display_themselves(tmp_path):
    pytest.importorskip("typst")
    drawn = raspir.draw(tokens, "png")
    assert isinstance(drawn, bytes)
    assert drawn.startswith(b"\x89PNG")
    assert set(bundle(drawn)) == {"image/png", "text/plain"}
    assert set(bundle(raspir.draw(tokens, "pdf"))) == {"application/pdf", "text/plain"}
    drawn.save(tmp_path / "tokens.png")
    assert (tmp_path / "tokens.png").read_bytes() == drawn
    assert pickle.loads(pickle.dumps(drawn)) == copy.deepcopy(drawn) == drawn


def test_a_drawing_is_saved_in_its_own_format(tmp_path):
    with pytest.raises(RaspirError, match=r"^cannot save svg as .*flip\.png: the suffix is that of png$"):
        raspir.draw(FLIP).save(tmp_path / "flip.png")
    with pytest.raises(RaspirError, match=r"^cannot write .*No such file or directory$"):
        raspir.draw(FLIP).save(tmp_path / "nowhere" / "flip.svg")


def test_a_report_is_a_page_in_a_frame(tmp_path):
    page = raspir.report(FLIP, ["<b>"])
    assert page.startswith("<!doctype html>".upper()) or page.lower().startswith("<!doctype html>")
    html = bundle(page)["text/html"]
    assert html.count("<iframe") == 1
    assert "<!doctype" not in html.lower()  # the page is escaped
    page.save(tmp_path / "flip.html")


def test_graphs_and_compiled_programs_display_a_diagram_and_their_layers():
    class Doubling:
        name, summary = "doubling", "runs programs"

        def compile(self, graph):
            return raspir.compile(graph, "reference", optimize=False)

    shown = [raspir.optimize(FLIP), raspir.lower(FLIP)]
    shown += [raspir.compile(FLIP, backend) for backend in ("numpy", "reference", Doubling())]
    for each in shown:
        html = bundle(each)["text/html"]
        assert "flip" in texts(svg_in(html))
        assert "2 layers, 2 heads" in html
        cells = re.findall(r"<td[^>]*>(.*?)</td>", html, re.DOTALL)
        assert [cells[at] for at in (0, 1, 2, 4)] == ["1", "key(1) == query(1)", "1 → length", "2"]


def test_the_table_of_a_graph_is_escaped_and_bounded():
    hidden = (key(tokens) == query("<script>")).value(1).name("<b>&")
    value = tokens
    for _ in range(40):
        value = (key(value) == query(indices)).value(1)
    html = raspir.lower({"a": value, "b": hidden})._repr_html_()
    assert "<script>" not in html
    assert "… and 10 more layers" in html
    assert raspir.lower(hidden)._repr_html_().count("&lt;b&gt;&amp;") >= 1


def test_without_a_layout_engine_the_layers_are_displayed(monkeypatch):
    def refuse(*arguments, **options):
        raise raspir.BackendError("no layout engine is available")

    monkeypatch.setattr(Graphviz, "draw", refuse)
    html = raspir.lower(FLIP)._repr_html_()
    assert "There is no diagram: no layout engine is available" in html
    assert "key(1) == query(1)" in html


def test_a_result_displays_the_attention_that_computed_it():
    root = svg_in(bundle(FLIP("transformer"))["text/html"])
    assert len(selected(root)[0]) == 11 * 11 + 11
    assert [text for _, text in strips(root, "key")] == ["1"] * 11 + [str(10 - at) for at in range(11)]
    assert [text for _, text in strips(root, "result")][-11:] == [*"remrofsnart"]
    assert FLIP("transformer") == [*"remrofsnart"]


def test_a_matrix_displays_its_selector():
    matrix = BEFORE("abc")
    assert selected(svg_in(bundle(matrix)["text/html"]))[0] == [(1, 0), (2, 0), (2, 1)]
    assert matrix == [[False] * 3, [True, False, False], [True, True, False]]
    for each in (pickle.loads(pickle.dumps(matrix)), copy.deepcopy(matrix), copy.copy(matrix)):
        assert (type(each), each) == (type(matrix), matrix)
        assert set(bundle(each)) == {"text/plain"}


def test_copies_of_a_result_are_rows():
    result = FLIP("abc")
    for each in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result), result[:]):
        assert each == result
        assert selected(parsed(each._repr_svg_()))[0] == []
        assert strips(parsed(each._repr_svg_()), "result") == [(0, "c"), (1, "b"), (2, "a")]


@pytest.mark.parametrize("given", [[3, 1, 2], np.array([3, 1, 2])])
def test_an_input_that_changes_later_leaves_the_picture(given):
    result = (tokens + 1)(given)
    given[0] = 7
    assert [text for _, text in strips(parsed(result._repr_svg_()), "source")] == ["3", "1", "2"]


def test_a_function_that_changes_later_leaves_the_row():
    calls = []

    def once(atom):
        calls.append(atom)
        return atom if len(calls) < 3 else object()

    result = tokens.map(once)("ab")
    assert strips(parsed(result._repr_svg_()), "result") == [(0, "a"), (1, "b")]


def test_long_inputs_are_displayed_at_once():
    result = FLIP("ab" * 5_000)
    start = time.perf_counter()
    html = bundle(result)["text/html"]
    assert time.perf_counter() - start < 3
    assert len(html) < 200_000
    assert "… and 9987 more rows and columns between positions 9 and 9997" in texts(svg_in(html))


def test_an_input_is_shown_without_a_change_of_the_example():
    assert strips(parsed(FLIP.show("abc")._repr_svg_()), "result")[-3:] == [(0, "c"), (1, "b"), (2, "a")]
    assert selected(parsed(BEFORE.show("abc")._repr_svg_()))[0] == [(1, 0), (2, 0), (2, 1)]
    assert [text for _, text in strips(parsed(FLIP.show()._repr_svg_()), "source")] == [*"hello"]
    assert example() == "hello"
    for shown in (FLIP, BEFORE, key(tokens), query(tokens), raspir.optimize(FLIP), {"a": FLIP, "b": LENGTH}):
        for given in ("", "ab", "a" * 300):
            picture = raspir.show(shown, given)
            parsed(picture._repr_svg_())
            assert str(picture) == repr(picture)
    assert "lookup" in str(raspir.show(tokens.map(ord), "ab", vocab="ab", optimize=True).failure or "lookup")
    with pytest.raises(raspir.InputError, match="not a sequence"):
        raspir.show(FLIP, 5)
    with pytest.raises(raspir.ProgramError, match="a selector is shown as written"):
        raspir.show(BEFORE, "a", optimize=True)


def test_what_fails_is_shown_with_the_reason(tmp_path):
    picture = (BEFORE.value(tokens) + 1).show("abc")
    assert any("cannot be summed" in text for text in texts(parsed(picture._repr_svg_())))
    assert "fails in layer 1" in str(picture)
    assert "cannot be summed" in str(picture).split("\n")[-1]
    picture.save(tmp_path / "failure.txt")
    picture.save(tmp_path / "failure.svg")
    assert "cannot be summed" in (tmp_path / "failure.txt").read_text("utf-8")
    parsed((tmp_path / "failure.svg").read_text("utf-8"))


def test_tokens_are_escaped():
    html = bundle(tokens("<b>&"))["text/html"]
    assert "<b>" not in html
    svg_in(html)


@pytest.mark.parametrize("shown", [FLIP, raspir.lower(FLIP), BEFORE], ids=["program", "graph", "selector"])
def test_pictures_follow_the_theme_of_the_page(shown):
    html = bundle(shown)["text/html"]
    styles = re.search(r"<style>(.*?)</style>", html)[1]
    for page, scheme in ("[data-jp-theme-light=false]", "dark"), (".vscode-dark", "dark"), (".vscode-light", "light"):
        assert re.search(rf":is\([^{{]*{re.escape(page)}[^{{]*\) \.raspir{{color-scheme:{scheme}}}", styles)
    assert styles.startswith(".raspir{color-scheme:light dark}")
    used = {
        name
        for each in svg_in(html).iter()
        for name in each.get("class", "").split()
        if re.match(r"r[0-9a-f]{8}-", name)
    }
    rules = dict(re.findall(r"\.raspir \.([\w-]+)\{(\w+:light-dark\([^)]*\))\}", styles))
    assert used == set(rules)
    for name, rule in rules.items():
        _, field, part = name.split("-")
        field = {"tip": "line"}.get(field, field)
        assert rule.endswith(f":light-dark({getattr(LIGHT[part], field)},{getattr(DARK[part], field)})")


def test_a_drawing_of_fixed_colors_has_no_rules():
    assert page_styles("<svg></svg>") == ""


def labels_of(root):
    return [text for text in texts(root) if re.fullmatch(r"(key|query)\(.*\)|(value|score) .*|[a-z].*", text)]


def test_no_two_rows_have_one_label():
    one, two = (tokens + 1).name("x"), (tokens + 2).name("x")
    long = [
        (tokens * factor + 1_000_000_000_000).name("a very long name " * 4 + str(factor) + " of it")
        for factor in (2, 3)
    ]
    program = ((key(one) == query(two)) & (key(two) == query(one))).best(one, two).name("result")
    both = {"result": program, "x": two, "first": long[0], "second": long[1]}
    root = parsed(raspir.show(both, [1, 2, 3])._repr_svg_())
    rows = [text for text in labels_of(root) if not text.startswith(("layer", "before"))]
    shown = [text for text in rows if "= " not in text]
    named = [text for text in shown if "x" in text or "long" in text or "result" in text]
    assert {"key(x)", "key(x.1)", "query(x)", "query(x.1)", "value x", "score x.1", "x", "x.1", "result x"} <= {*named}
    assert len([text for text in named if text in ("x", "x.1", "result x")]) == 3
    assert len({text for text in named if text.startswith("a very long")}) == 2
    text = str(raspir.show(both, [1, 2, 3]))
    for block in text.split("\n\n"):
        found = re.findall(r"^    (\S.*?)  +\S", block, re.MULTILINE)
        assert len(found) == len(set(found))


def test_formulas_are_whole_where_there_is_room():
    wide = (tokens * 2 + indices - 1_000 * LENGTH).name("wide")
    program = (key(tokens * 2 + indices - 1234) == query(indices * 7 - tokens * 6543)).value(tokens + indices * 9)
    root = parsed((program + wide).name("sum").show([1, 2, 3])._repr_svg_())
    assert not any("…" in text for text in texts(root))
    assert "key(((tokens * 2) + indices) - 1234)" in texts(root)
    assert "…" not in str((program + wide).show([1, 2, 3]))
