"""Tests of the flowcharts: they show every part of a program, and escape user-defined names."""

import html
import re

import pytest

import raspir
from raspir import indices, key, query, tokens
from raspir_mermaid import Mermaid
from raspir_mermaid.labels import label, sequence

LENGTH = (key(1) == query(1)).value(1).name("length")
FLIP = (key(LENGTH - indices - 1) == query(indices)).value(tokens).name("flip")
NODE = re.compile(r'^\s*(\w+)[(\[]+"(.*)"[)\]]+$')


def nodes(text):
    """Return the rendered labels of all nodes by node name."""
    found = filter(None, map(NODE.match, text.splitlines()))
    return {match[1]: seen(match[2]) for match in found}


def seen(written):
    """Return a label as rendered."""
    return html.unescape(re.sub(r"#(\d+);", r"&#\1;", written.replace("<br/>", "\n"))).replace("\u200b", "")


def test_layers_heads_and_edges():
    """Each layer is a subgraph with its heads and its block, and edges lead from producers to consumers."""
    text = raspir.emit(FLIP, Mermaid(), optimize=False)
    assert text.startswith('---\ntitle: "flip: 2 layers, 2 heads"\n---\nflowchart TB\n')
    assert text.count("subgraph ") == text.count("\n  end\n") == 2
    labels = nodes(text)
    assert labels["h1_0"] == "key(1) == query(1)\nlength = sum of 1"
    assert labels["h2_0"] == "key((length - indices) - 1) == query(indices)\nflip = sum of tokens"
    assert labels["m1"].endswith(" = (length - indices) - 1")
    edges = set(re.findall(r"^\s*(\w+) (?:-- .* )?--> (\w+)$", text, re.MULTILINE))
    assert edges == {
        ("h1_0", "m1"), ("s1", "m1"), ("m1", "h2_0"), ("s0", "h2_0"), ("s1", "h2_0"), ("h2_0", "o0"),
    }  # fmt: skip


def test_causal_programs():
    """The title says that a program is causal, and its selectors are shown without the mask."""
    text = raspir.emit(LENGTH, Mermaid(), optimize=False, causal=True)
    assert text.startswith('---\ntitle: "length, causal: 1 layer, 1 head"\n---\n')
    assert nodes(text)["h1_0"] == "key(1) == query(1)\nlength = sum of 1"


def test_values_on_an_input():
    """With an input, each node shows its values, truncated if long."""
    labels = nodes(raspir.emit(FLIP, Mermaid(shown=3), input="hello", optimize=False))
    assert labels["s0"] == "tokens\n→ 'hel' … 5 in all"
    assert labels["h1_0"].endswith("\n→ [5, 5, 5] … 5 in all")
    assert labels["o0"] == "flip\n→ 'oll' … 5 in all"


def test_a_program_that_fails_is_shown_up_to_there():
    """A node reports the failure, and the known values are still shown."""
    text = raspir.emit((1 / indices).name("inverse"), Mermaid(), input="ab", optimize=False)
    assert "ZeroDivisionError" in nodes(text)["failure"].replace("\n", " ")
    assert "[0, 1]" in nodes(text)["s0"]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "end",
            'say "hi"',
            "a]b[c",
            "1. item",
            "- item",
            "%%{init: {}}%%",
            "`x`",
            "<b>&amp;",
            "#35;",
            "style a:#f00;",
        ),
        *(
            "$$x$$",
            "fa:fa-car",
            "日本語",
            "a\\nb",
            "A-->B",
            "\u202eback",
            "two\nlines",
            "\ud800",
            "*b* ~~s~~",
            "x::y|z|",
        ),
    ],
)
def test_names_are_no_syntax(name):
    """Names are rendered literally and contain no Mermaid syntax."""
    text = raspir.emit((tokens + 1).name(name), Mermaid(), optimize=False)
    text.encode()
    shown = name if name.isprintable() else ascii(name)[1:-1]
    assert nodes(text)["o0"].replace("\xa0", " ") == shown
    [written] = re.findall(r'^  o0\(\["(.*)"\]\)$', text, re.MULTILINE)
    assert not re.search(r'["<>&`*$%\\:;@^]|#(?!\d+;)', re.sub(r"#\d+;", "", written))
    assert not re.match(r"(\d+[.)]|[-+]) ", written)


def test_sequences_in_labels():
    """Sequences of characters are shown as strings, all others as lists."""
    assert sequence(["a", "b"], 12) == "'ab'"
    assert sequence(["a", 1, True, 0.5], 12) == "['a', 1, True, 0.5]"
    assert sequence([], 12) == "[]"
    assert seen(label(["x" * 80]))[1:-1] == "x" * 59 + "…"


def test_options():
    """The direction appears in the flowchart header, and invalid options raise an error."""
    assert "flowchart RL\n" in raspir.emit(FLIP, Mermaid(direction="RL"))
    with pytest.raises(ValueError, match="shown must be positive, not 0"):
        Mermaid(shown=0)


def test_constants_and_several_outputs():
    """Constants have no producer and no edge, and several outputs are labeled by name."""
    graph = raspir.parse('raspir 1\n%t = input name="t" : atom\noutput a = 1\noutput b = %t\n')
    text = raspir.emit(graph, Mermaid())
    assert nodes(text) == {"s0": "t", "o0": "a: 1", "o1": "b: t"}
    assert text.count("-->") == 1
