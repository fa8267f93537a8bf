"""Escaping of atoms and names that would otherwise break a document or inject markup."""

import pytest
from viz.drawn import parsed, strips, texts

import raspir
from raspir import indices, key, query, tokens
from raspir.backends.tracing import traced
from raspir.viz.attention import head_svg
from raspir.viz.program import program_svg
from raspir.viz.sequences import key_svg, query_svg, sequence_svg
from raspir.viz.text import program_text, selector_text

HOSTILE = {
    "quotes": "\"'`",
    "markup": "<script>alert(1)</script>",
    "entity": "&amp;&",
    "cdata": "]]><!--",
    "newline": "a\nb\r",
    "nul": "a\0b",
    "control": "\x1b[31m\x07",
    "c1": "\x85\x9b",
    "surrogate": "\ud800x\udfff",
    "not a character": "\ufffe\uffff\U0001ffff",
    "emoji": "👩‍👩‍👧🏽",
    "right to left": "שלום עולם",
    "override": "\u202eabc\u2066",
    "separators": "a\u2028b\u2029",
    "long": "x" * 100_000,
    "combining": "e" + "\u0301" * 200,
    "big": 10**4000,
    "bigger": 10**6000,
    "negative": -(2**200),
    "infinite": float("-inf"),
    "empty": "",
    "blank": " \t",
    "float": 0.1 + 0.2,
}


@pytest.mark.parametrize("atom", HOSTILE.values(), ids=HOSTILE)
def test_atoms_are_drawn_escaped(atom):
    trace = traced(raspir.lower((key(tokens) == query(tokens)).value(tokens)), [atom, "a"])
    (out,) = trace.graph.outputs.values()
    pictures = [head_svg(trace, [out]), program_svg(trace), sequence_svg([atom])]
    for picture in [*pictures, key_svg([atom], "k"), query_svg([atom], "q")]:
        root = parsed(picture)
        assert len(picture) < 60_000
        for text in texts(root):
            assert len(text) < 300
            assert text.isprintable() or "\u2068" in text or "\u200d" in text
    for text in (selector_text(trace, out.operands[0]), program_text(trace)):
        assert "\x1b" not in text
        assert len(text) < 2000


@pytest.mark.parametrize("name", [each for each in HOSTILE.values() if isinstance(each, str) and each], ids=repr)
def test_names_are_drawn_escaped(name):
    head = (key(indices) == query(tokens)).name(name).value((tokens + 1).name(name)).name(name)
    trace = traced(raspir.lower({name: head, "b": (head + 1).name(name + "2")}), [0, 0])
    for picture in (program_svg(trace), key_svg([1], name), query_svg([1], name)):
        assert len(parsed(picture).get("aria-label")) < 2000
    assert "\x1b" not in program_text(trace)


def test_messages_are_drawn_escaped():
    def breaking(atom):
        raise ValueError("<script>\0\ud800&" * 200)

    trace = traced(raspir.lower(tokens.map(breaking)), "ab")
    root = parsed(program_svg(trace))
    assert any("<script>\\x00" in text for text in texts(root))


def test_what_a_cell_shows_is_what_the_atom_is():
    root = parsed(sequence_svg(["<", "&", '"', True, 1.5, ""]))
    assert strips(root, "result") == [(0, "<"), (1, "&"), (2, '"'), (3, "T"), (4, "1.5"), (5, "''")]
