"""Textual IR: syntax errors report line, column and expected token."""

import json
import math

import pytest

import raspir
from raspir import TextError, indices, key, query, raw, select, tokens
from raspir.ir import Graph, build
from raspir.ir.verify import verify

GOOD = """raspir 1
%tokens = input name="tokens" : atom
%s = select.eq %tokens, %tokens : selector
%hist = sum %s, 1 default=0 : int
output out = %hist
"""


def replaced(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


MALFORMED = {
    "empty": ("", "1:1: expected `raspir 1`"),
    "no header": ("%x = indices : int", "1:1: expected `raspir 1` as the first line"),
    "version": (replaced("raspir 1", "raspir 2"), "1:8: expected version 1, found `2`"),
    "truncated": (GOOD[: GOOD.index("output")], "expected an output"),
    "truncated line": (GOOD[: GOOD.index(" : int")], "4:28: expected `:`, found the end of the line"),
    "unknown operation": (replaced("sum", "summ"), "4:9: expected an operation, found `summ` (did you mean sum"),
    "wrong type": (replaced(": int", ": str"), "4:31: expected the type int"),
    "not a type": (replaced(": int", ": number"), "expected a type (bool, int, float, str, none, selector, atom)"),
    "impossible operands": (replaced("sum %s, 1", "sum 1, 1"), "its operand selector must be a selector, not int"),
    "use before definition": (replaced("%s, 1", "%later, 1"), "4:13: expected an identifier defined above"),
    "cycle": (replaced("sum %s, 1", "sum %hist, 1"), "4:13: expected an identifier defined above, found `%hist`"),
    "duplicate": (replaced("%hist = sum", "%s = sum"), "4:1: expected a new identifier, found `%s` again"),
    "duplicate output": (GOOD + "output out = %s\n", "6:8: expected a new output name"),
    "selector output": (replaced("= %hist", "= %s"), "5:14: expected a sequence of atoms as an output"),
    "too few operands": (replaced("%s, 1", "%s"), "expected 2 operands (selector, value) for sum, found 1"),
    "too many operands": (replaced("%s, 1", "%s, 1, 2"), "expected 2 operands"),
    "missing attribute": (replaced(" default=0", ""), "expected attribute default for sum"),
    "unknown attribute": (replaced("default", "defalt"), "expected attribute default for sum, found `defalt`"),
    "attribute twice": (replaced("default=0", "default=0 default=1"), "expected `:` for sum"),
    "unclosed string": (replaced('"tokens"', '"tokens'), "a string must be closed"),
    "bad escape": (replaced('"tokens"', r'"to\qkens"'), "JSON's escapes"),
    "bad character": (replaced("%s, 1", "%s ! 1"), "found '!'"),
    "rest of line": (replaced(": int", ": int 5"), "expected the end of the line, found `5`"),
    "two inputs": (GOOD + '%u = input name="tokens" vocab=["a"] : str\n', "expected a new input name"),
    "no input": ("raspir 1\n%i = indices : int\noutput out = %i\n", "expected an input"),
    "nesting": (replaced("default=0", "default=" + "[" * 100_000), "expected an atom, found `[`"),
    "long integer": (replaced("default=0", "default=" + "9" * 10_000), "expected a shorter number"),
    "bad length": ("raspir 1\nmax_length -1\n", "expected a natural number"),
    "two lengths": ("raspir 1\nmax_length 1\nmax_length 1\n", "max_length only once"),
    "nothing in a name": (replaced("%hist = sum", '%"" = sum'), "expected a non-empty name"),
    "dotted output": (replaced("output out", "output a.b"), "5:8: expected a new output name, found `a.b`"),
    "not a statement": ("raspir 1\nfoo\n", "2:1: expected a definition"),
    "ties": (replaced("sum %s, 1", 'best %s, 1, 1 pick="lowest" ties=left'), 'expected "left" or "right" as ties'),
    "other ties": (
        replaced("sum %s, 1", 'best %s, 1, 1 pick="lowest" ties="up"'),
        '4:42: expected "left" or "right" as ties, found `"up"`',
    ),
    "pick": (replaced("sum %s, 1", "best %s, 1, 1 pick=3"), '4:28: expected "highest" or "lowest" as pick, found `3`'),
    "no pick": (replaced("sum %s, 1", "best %s, 1, 1"), "expected attribute pick for best, found `:`"),
    "selector as score": (
        replaced("sum %s, 1", 'best %s, 1, %s pick="lowest" ties="left"'),
        "4:14: best: its operand score must be a sequence of atoms, not selector",
    ),
    "uneven table": (
        replaced("sum %s, 1 default=0", "lookup %tokens otherwise=0 keys=[1, 2] values=[1]"),
        "4:16: lookup: its attributes keys and values must have equal lengths, not 2 and 1",
    ),
    "key twice": (
        replaced("sum %s, 1 default=0", 'lookup %tokens otherwise=0 keys=["a", 2, "a"] values=[1, 2, 3]'),
        "4:16: lookup: its attribute keys must be distinct, but 'a' occurs twice",
    ),
    "both arities": (
        'raspir 1\n%t = input name="t" : atom\n%m = map %t function=@f : atom\n'
        "%s = select.by %m, %m function=@f : selector\n%v = sum %s, 1 default=0 : int\noutput out = %v\n",
        "4:1: %s = select.by: @f is applied to 1 atom by map and to 2 atoms by select.by",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed(case):
    text, words = MALFORMED[case]
    with pytest.raises(TextError) as caught:
        raspir.parse(text, file="x.rir")
    message = str(caught.value)
    assert message.startswith("x.rir:")
    assert words in message
    assert "\n" not in message
    assert len(message) < 300


def test_every_truncation_is_a_text_error_or_a_whole_graph():
    for length in range(len(GOOD)):
        try:
            graph = raspir.parse(GOOD[:length])
        except TextError:
            continue
        assert graph == raspir.parse(GOOD)


def test_good_text_with_comments_and_windows_lines():
    commented = "# first\r\n" + GOOD.replace("\n", "  # what follows is not read: %%\r\n")
    assert raspir.parse(commented) == raspir.parse(GOOD)
    assert raspir.compile(raspir.parse(GOOD))("hello") == [1, 1, 2, 2, 1]


@pytest.mark.parametrize(
    "name",
    ['quo"te', "<b>", "new\nline", "☃ 🦊", "عربي", "12", "a.b", "\\", "größe", "\ud800", "#", "\u2028", "true", "%x"],
)
def test_any_name_survives(name):
    graph = raspir.lower({name: (tokens + 1).name(name) * 2})
    parsed = raspir.parse(str(graph))
    assert parsed == graph
    assert parsed.names == graph.names
    assert len(str(graph).split("\n")) == 6


ATOMS = [True, False, 0, -1, 2**70, -(2**60_000), 0.0, -0.0, 0.1, 1e300, 5e-324, math.inf, -math.inf, "", "é", '"\n\\']


@pytest.mark.parametrize("atom", ATOMS, ids=range(len(ATOMS)))
def test_any_atom_survives(atom):
    graph = raspir.lower((raw([atom, atom]) == atom) & tokens.has([atom]))
    parsed = raspir.parse(str(graph))
    assert parsed == graph
    assert parsed.nodes == graph.nodes


def test_best_is_printed_with_all_its_attributes():
    graph = raspir.lower((key(indices) < query(indices)).best(tokens, indices, "right", "_", "lowest").name("x"))
    assert '%x = best %2, %tokens, %indices pick="lowest" ties="right" default="_" : atom' in str(graph)
    assert raspir.parse(str(graph)) == graph


def test_constants_that_python_calls_equal_are_told_apart():
    kinds = [1, 1.0, True, 0.0, -0.0, 0, False]
    nodes = [build("const", value=value) for value in kinds]
    assert len(set(nodes)) == len(kinds)
    assert build("const", value=1) is nodes[0]


def test_an_opaque_function_is_a_symbol_until_it_is_given():
    def shout(x):
        return x + "!"

    graph = raspir.lower(tokens.map(shout))
    parsed = raspir.parse(str(graph))
    assert parsed == graph
    assert parsed.unbound == ("shout",)
    with pytest.raises(raspir.BackendError, match="@shout"):
        raspir.compile(parsed)
    assert raspir.compile(parsed.bind({"shout": shout}))("a") == ["a!"]
    assert raspir.parse(str(graph), functions={"shout": shout}) == graph
    with pytest.raises(raspir.GraphError, match="no function @other"):
        parsed.bind({"other": shout})
    with pytest.raises(raspir.GraphError, match="must be a function"):
        parsed.bind({"shout": 3})


def test_reading_text_executes_nothing(tmp_path):
    marker = tmp_path / "executed"
    text = str(raspir.lower(tokens.map(ord))).replace(
        "@ord", "@" + json.dumps(f"__import__('os').mknod({str(marker)!r})")
    )
    assert len(raspir.parse(text).unbound) == 1
    assert not marker.exists()


@pytest.mark.parametrize("text", [None, 5, b"raspir 1"])
def test_what_is_no_text(text):
    with pytest.raises(TextError, match="expected textual IR as a str"):
        raspir.parse(text)


def test_networkx():
    predicate = select(tokens, indices, lambda k, q: True).value(1).name("all")
    exported = raspir.lower(predicate + predicate).to_networkx()
    assert exported.nodes["%all"]["operation"] == "sum"
    assert exported.nodes["%all"]["layer"] == 1
    assert exported.nodes["%all"]["names"] == ("all",)
    (out,) = exported.graph["outputs"].values()
    assert sorted(exported.in_edges(out, keys=True)) == [("%all", out, 0), ("%all", out, 1)]


def test_stats():
    length = (key(1) == query(1)).value(1)
    stats = raspir.lower(length + (key(1) == query(1)).value(indices)).stats()
    assert (stats.layers, stats.heads, stats.heads_per_layer, stats.values, stats.mlps) == (1, 1, [1], 2, 1)
    assert raspir.lower((key(tokens == "a") == query(True)).value(1)).stats().blocks == 1
    assert raspir.lower((key(tokens + indices) == query(1)).value(1)).stats().blocks == 2
    assert raspir.lower(tokens).stats().layers == 0


def test_graphs_and_nodes_are_immutable():
    graph = raspir.lower(tokens + 1)
    with pytest.raises(AttributeError):
        graph.outputs = {}
    with pytest.raises(TypeError):
        graph.outputs["x"] = graph.nodes[0]
    with pytest.raises(AttributeError):
        graph.nodes[0].type = None


def test_the_verifier_names_node_and_rule():
    from raspir.ir.construction import make
    from raspir.ir.operations import OPERATIONS
    from raspir.ir.types import INT, SELECTOR, STR

    tokens_node = build("input", name="tokens")
    one = build("const", value=1)
    all_ = build("select.eq", one, one)
    broken = {
        "cannot take int and str": make(OPERATIONS["sub"], [one, build("const", value="a")], [], INT),
        "its type is declared as str": make(OPERATIONS["add"], [one, one], [], STR),
        "takes 2 operands, not 1": make(OPERATIONS["add"], [one], [], INT),
        "takes 1 attributes, not 0": make(OPERATIONS["const"], [], [], INT),
        'ties must be "left" or "right", not 3': make(OPERATIONS["best"], [all_, one, one], ["highest", 3, 0], INT),
        'pick must be "highest" or "lowest"': make(OPERATIONS["best"], [all_, one, one], ["max", "left", 0], INT),
        "must have equal lengths, not 0 and 1": make(OPERATIONS["lookup"], [one], [0, (), (1,)], INT),
        "must be distinct, but 1 occurs": make(OPERATIONS["lookup"], [one], [0, (1, True, 1), (1, 2, 3)], INT),
        "must be a list of atoms": make(OPERATIONS["raw"], [], [5], INT),
        "must be a sequence of atoms, not a selector": make(OPERATIONS["select.eq"], [one, one], [], SELECTOR),
    }
    for words, node in broken.items():
        graph = Graph({"out": node}, (tokens_node,), names={node: ("culprit",)})
        with pytest.raises(raspir.GraphError, match="%culprit = .*" + words):
            verify(graph)
    with pytest.raises(raspir.GraphError, match="no input"):
        verify(Graph({"out": one}))
    with pytest.raises(raspir.GraphError, match="two inputs"):
        verify(Graph({"out": tokens_node}, (build("input", name="tokens", vocab=("a",)),)))
    with pytest.raises(raspir.GraphError, match="no attribute"):
        build("add", one, one, color=1)
    with pytest.raises(raspir.GraphError, match="no operation"):
        build("plus", one, one)


def test_surrogates_are_not_joined():
    pair = "\ud83d" + "\ude00"
    graph = raspir.lower((tokens == pair).name(pair))
    assert raspir.parse(str(graph)) == graph
    assert raspir.parse(str(graph)).names == graph.names


def test_sets_and_vocabularies_have_one_order():
    assert raspir.lower(tokens.has(["b", "a", "b"])) == raspir.lower(tokens.has({"a", "b"}))
    text = 'raspir 1\n%t = input name="t" vocab=["b", "a"] : str\noutput out = %t\n'
    assert raspir.parse(text) == raspir.parse(text.replace('"b", "a"', '"a", "b"'))
    with pytest.raises(TextError, match="expected an atom"):
        raspir.parse(text.replace('["b", "a"]', "[]"))
    with pytest.raises(raspir.ProgramError, match="not a sequence"):
        raw({1, 2})
