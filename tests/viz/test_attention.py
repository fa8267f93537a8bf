import pytest
from viz.drawn import SVG, parsed, selected, strips, texts

import raspir
from raspir import indices, key, query, tokens
from raspir.backends.tracing import traced
from raspir.viz.attention import head_svg, selector_svg
from raspir.viz.shown import Shown
from raspir.viz.widths import atom_text

EQ = key(tokens) == query(tokens)
BEFORE = key(indices) < query(indices)
LENGTH = (key(1) == query(1)).value(1).name("length")


def trace_of(program, input):
    trace = traced(raspir.lower(program), input)
    return trace, trace.graph.outputs["out"]


@pytest.mark.parametrize("n", [0, 1, 2, 7, 40])
def test_every_cell_of_a_short_input_is_drawn(n):
    input = [i % 3 for i in range(n)]
    trace, out = trace_of((BEFORE & EQ).value(indices), input)
    root = parsed(head_svg(trace, [out]))
    cells, marks = selected(root)
    assert cells == [(i, j) for i in range(n) for j in range(i) if input[i] == input[j]]
    assert marks == len(cells)
    everywhere = [*enumerate(map(str, input))], [*enumerate(map(str, range(n)))]
    assert strips(root, "key") == everywhere[1] + everywhere[0]
    assert strips(root, "query") == everywhere[1] + everywhere[0]
    assert strips(root, "value") == everywhere[1]
    assert [atom for _, atom in strips(root, "result")] == [atom_text(a) for a in trace.values[out]]
    assert not any("more" in text for text in texts(root))


@pytest.mark.parametrize("n", [41, 100, 1000])
def test_of_a_long_input_the_ends_are_drawn_and_the_others_are_counted(n):
    trace, out = trace_of(EQ.value(1), [i % 7 for i in range(n)])
    root = parsed(head_svg(trace, [out]))
    shown = Shown.of(n).positions
    assert len(shown) == 20
    assert shown[0] == 0
    assert shown[-3:] == (n - 3, n - 2, n - 1)
    cells, marks = selected(root)
    assert cells == [(i, j) for i in shown for j in shown if i % 7 == j % 7]
    assert marks == len(cells)
    assert f"… and {n - 20} more rows and columns between positions 16 and {n - 3}" in texts(root)
    assert [position for position, _ in strips(root, "query")] == [*shown]


def test_only_what_is_shown_is_asked_for(monkeypatch):
    trace, out = trace_of(EQ.value(1), "ab" * 500)
    asked = []
    entry = type(trace).entry
    monkeypatch.setattr(type(trace), "entry", lambda *each: asked.append(each) or entry(*each))
    selector_svg(trace, out.operands[0])
    assert 400 <= len(asked) <= 1000


def test_each_comparison_has_its_keys_and_queries_with_their_names():
    trace, out = trace_of(((BEFORE & EQ) | ~(key(tokens) == query("l"))).value(1), "hello")
    root = parsed(head_svg(trace, [out]))
    assert len(strips(root, "key")) == 10
    assert len(strips(root, "query")) == 15
    names = texts(root)
    for name in ("key(indices)", "key(tokens)", "query(indices)", "query(tokens)", "query('l')", "value 1"):
        assert name in names


def test_values_of_one_head_are_one_picture():
    program = {"a": EQ.value(indices), "b": EQ.value(1)}
    trace = traced(raspir.lower(program), "hello")
    root = parsed(head_svg(trace, list(trace.graph.outputs.values())))
    assert [atom for _, atom in strips(root, "value")] == [*"01234", *"11111"]
    assert [atom for _, atom in strips(root, "result")] == [*"01554", *"11221"]


def test_a_fetch_shows_the_score_and_which_is_taken():
    trace, out = trace_of(BEFORE.best(tokens, indices, pick="lowest", default="_"), "hello")
    root = parsed(head_svg(trace, [out]))
    assert any(text.endswith("→ lowest indices") for text in texts(root))
    assert "score indices" in texts(root)
    assert [atom for _, atom in strips(root, "value")] == [*"hello", *"01234"]


def test_the_description_says_what_is_selected():
    trace, out = trace_of(BEFORE.value(1), "hi")
    description = parsed(selector_svg(trace, out.operands[0])).get("aria-label")
    assert "attention of 2 queries over 2 keys: query" not in description  # parts are set apart
    assert "query 0 0 selects nothing; query 1 1 selects key 0" in description
    trace, out = trace_of(BEFORE.value(1), "h" * 150)
    assert len(parsed(selector_svg(trace, out.operands[0])).get("aria-label")) < 2000


def test_the_picture_is_not_clipped():
    trace, out = trace_of((key((LENGTH - indices) * 1 - 1) == query(indices)).value(tokens).name("a" * 300), "hello")
    root = parsed(head_svg(trace, [out]))
    width, height = float(root.get("width")), float(root.get("height"))
    for text in root.iter(f"{SVG}text"):
        # all text is in one group, at the margin of the card
        start, length = float(text.get("x")) + 14, len("".join(text.itertext())) if not len(text) else 0
        length *= float(text.get("font-size")) * 0.6
        left = start - {"end": length, "middle": length / 2, None: 0}[text.get("text-anchor")]
        assert left >= 0
        assert left + length <= width
        assert 0 < float(text.get("y")) + 14 < height


def test_of_very_many_comparisons_some_are_left_out():
    selector = EQ
    for number in range(20):
        selector = selector | (key(tokens + number) == query(indices - number))
    trace, out = trace_of(selector.value(1), [1, 2])
    root = parsed(head_svg(trace, [out]))
    assert len(strips(root, "key")) == 2 * 6
    assert any("more keys and queries" in text for text in texts(root))
    shown = selected(root)[0]
    assert shown == [(i, j) for i in range(2) for j in range(2) if trace.entry(out.operands[0], i, j)]
