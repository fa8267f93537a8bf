"""The editor of the language: kinds of words, completions, and when a text is finished."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raspir.cli.repl.editing import completions, definitions, is_finished, styled
from raspir.frontends.rasp.lexis import pieces

LINES = [
    'a1 = select(tokens, "x # y", !=) # c "d',
    "for i in range(10) { x = 1.5; }",
    'load "abc',
    "full seq display on",
    "s-op example é $ '",
    "\tdef f (a)\r",
    "   ",
    "",
]


@pytest.mark.parametrize("line", LINES)
def test_the_parts_make_up_the_line(line):
    assert "".join(text for _, text in pieces(line)) == line
    assert "".join(text for _, text in styled(line)) == line


@given(st.text(st.characters(exclude_characters="\n"), max_size=40))
def test_the_parts_make_up_any_line(line):
    assert "".join(text for _, text in styled(line)) == line
    for text, length in completions(line, ["é", "name"], Path("nowhere")):
        assert text.startswith(line[len(line) - length :])


def test_kinds():
    assert styled('a = select(length, "x", !=); # c') == [
        ("name", "a"), ("blank", " "), ("sign", "="), ("blank", " "), ("keyword", "select("), ("library", "length"),
        ("sign", ","), ("blank", " "), ("string", '"x"'), ("sign", ","), ("blank", " "), ("sign", "!="), ("sign", ")"),
        ("sign", ";"), ("blank", " "), ("comment", "# c"),
    ]  # fmt: skip
    assert styled('load "ab')[-1] == ("unclosed", '"ab')
    assert styled(":layers sort")[0] == ("keyword", ":layers")
    assert styled("a ? 1")[2] == ("other", "?")
    assert [kind for kind, _ in pieces("s-op s - op")] == "keyword blank name blank sign blank name".split()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "programs").mkdir()
    for name in ("sorting.rasp", "sums.rasp", "sums.py", ".hidden.rasp", "programs/deep.rasp"):
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("sort", ["sorted_by"]),
        ("x = so", ["sort", "sorted_by"]),
        ("1 + agg", ["aggregate("]),
        ("full", ["full seq display"]),
        ("sorted_by", []),
        ("zork", []),
        ('"so', []),
        ("# so", []),
        ('x = "so"', []),
        ("x.so", ["sort", "sorted_by"]),
        ("12", []),
        (":l", [":layers"]),
        (" :", [":help", ":layers", ":opt", ":plan", ":report"]),
        (":layers so", ["sort", "sorted_by"]),
        ('load "', ["programs/", "sorting", "sums"]),
        ('load"s', ["sorting", "sums"]),
        ('load "programs/d', ["deep"]),
        ('load "nowhere/d', []),
        ('load "sums"', []),
        ('load "\0', []),
    ],
)
def test_completions(line, found, folder):
    offered = list(completions(line, ["sort", "sorted_by", "y"], folder))
    assert [text for text, _ in offered] == found
    for text, length in offered:
        assert text.startswith(line[len(line) - length :])


def test_an_empty_line_offers_everything(folder):
    offered = {text for text, length in completions("", ["y"], folder) if length == 0}
    assert {"y", "def", "select(", "exit"} <= offered


@pytest.mark.parametrize(
    ("text", "finished"),
    [
        ("1;", True),
        ("1", False),
        ("def f(x) {", False),
        ("def f(x) {\nreturn x; }", True),
        ("a = 1 b", True),  # wrong, which no further line mends
        ("", True),
        ("# a comment", True),
        ("# a comment\n1", False),
        ("1;\n2;\n(", False),
        ("1;\n2;", True),
        (":layers (", True),
        ("help", True),
        ("exit", True),
    ],
)
def test_whether_a_text_is_finished(text, finished):
    assert is_finished(text, ["help"]) is finished


def test_definitions():
    assert definitions("def f(x) {\ndef g(y) {") == 2
    assert definitions("def f(x) { return x; }\ndef g(y) {") == 1
    assert definitions("1 1") == 0
