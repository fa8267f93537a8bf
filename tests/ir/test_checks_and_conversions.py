"""Conversions, lookups by equality and checks of whole sequences: types, text, descriptions, facts and errors."""

import pickle

import pytest

import raspir
from raspir.analysis import Analysis
from raspir.ir import Graph, build, errors
from raspir.ir.atoms import atom_key, equal_atoms
from raspir.ir.text.describe import Describer
from raspir.ir.types import ATOM, BOOL, FLOAT, INT, NONE, STR

TOKENS, INDICES = build("input", name="tokens"), build("indices")
ALL = build("select.eq", INDICES, INDICES)

TEXT = """raspir 1
%tokens = input name="tokens" : atom
%1 = to_int %tokens : int
%2 = to_float %1 none=skip : float
%3 = to_str %2 none=skip : str
%4 = to_bool %3 : bool
%5 = select.eq %4, true : selector
%6 = item %tokens keys=[1, "a", none] values=[0.5, true, "x"] : bool|float|str
%7 = one_type %6 : bool|float|str
%8 = average %5, %7 default=none : bool|float|str|none
output out = %8
"""


def graph_of(node):
    return Graph({"out": node}, [TOKENS])


def test_text():
    graph = raspir.parse(TEXT)
    assert str(graph) == TEXT
    assert pickle.loads(pickle.dumps(graph)) == graph


def test_types():
    for name, kind in (("to_int", INT), ("to_float", FLOAT), ("to_str", STR), ("to_bool", BOOL)):
        assert build(name, TOKENS).type is kind
        assert build(name, TOKENS, none="skip").type is kind | NONE
        with pytest.raises(raspir.GraphError):
            build(name, build("const", value=None))
    assert build("item", TOKENS, keys=(), values=()).type is ATOM
    with pytest.raises(raspir.GraphError):
        build("one_type", build("const", value=None))


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ("keys=[1, 2] values=[0]", "must have equal lengths, not 2 and 1"),
        ("keys=[1, true] values=[0, 0]", "must be unequal, but 1 == True"),
        ("keys=[0.0, -0.0] values=[0, 0]", "must be unequal, but 0.0 == -0.0"),
    ],
)
def test_malformed_tables(attributes, words):
    text = f'raspir 1\n%t = input name="t" : atom\n%1 = item %t {attributes} : int\noutput out = %1\n'
    with pytest.raises(raspir.TextError, match=words):
        raspir.parse(text)


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (build("to_int", TOKENS), "int(tokens)"),
        (build("to_str", TOKENS, none="skip"), "str?(tokens)"),
        (build("item", TOKENS, keys=(1, "a"), values=(2, 3)), "item(tokens, {1: 2, 'a': 3})"),
        (build("one_type", TOKENS), "one_type(tokens)"),
        (build("average", ALL, TOKENS, default=0), "(key(indices) == query(indices)).mean(tokens, default=0)"),
    ],
)
def test_descriptions(node, text):
    assert Describer(graph_of(node))(node) == text


@pytest.mark.parametrize("atom", [0, 1, -0.0, 2.5, 2, 2**53 + 1, 2**60, 1e300, float("inf"), 10**400, "a", None, True])
def test_equal_atoms(atom):
    found = equal_atoms(atom)
    assert all(each == atom for each in found)
    assert atom_key(atom) in map(atom_key, found)
    candidates = [False, True, 0, 1, 2, 0.0, -0.0, 1.0, 2.0, 2.5, 2**60, 2.0**60, float(2**53), "a", None, int(1e300)]
    assert {atom_key(each) for each in candidates if each == atom} <= set(map(atom_key, found))


def totality(node, **assumed):
    graph = graph_of(node).assume(**assumed)
    return Analysis.of(graph)[graph.outputs["out"]].total


def test_what_cannot_fail():
    vocab = {name: {"vocab": atoms} for name, atoms in {
        "numbers": (1, 0.5, True), "integers": (1, 2), "floats": (0.5,), "text": ("a", ""), "mixed": (1, "a"),
        "none": (1, None), "booleans": (True, False)}.items()}  # fmt: skip
    total = {
        "to_int": {"integers", "booleans"},
        "to_float": {"integers", "floats", "booleans"},
        "to_str": {"integers", "floats", "text", "booleans"},
        "to_bool": set(vocab) - {"none"},
        "one_type": {"numbers", "integers", "floats", "text", "booleans"},
    }
    for name, expected in total.items():
        assert {each for each in vocab if totality(build(name, TOKENS), **vocab[each])} == expected, name
    averages = {each for each in vocab if totality(build("average", ALL, TOKENS, default=0), **vocab[each])}
    assert averages == set(vocab)  # of one position each
    everything = build("select.eq", build("const", value=1), build("const", value=1))
    average = build("average", everything, TOKENS, default=0)
    assert {each for each in vocab if totality(average, **vocab[each])} == {"integers"}


@pytest.mark.parametrize("backend", ["reference", "numpy"])
def test_errors_hold_the_whole_sequence(backend):
    def error_of(node, given):
        with pytest.raises(raspir.EvaluationError) as caught:
            raspir.compile(graph_of(node), backend, optimize=False)(given)
        return caught.value

    everything = build("select.ge", INDICES, INDICES)
    given = ["a", 1, 2, 3, 4, 5, "b", 7]
    mixed = error_of(build("one_type", TOKENS), given)
    assert isinstance(mixed.__cause__, errors.MixedTypesError)
    assert mixed.__cause__.values == tuple(given)
    assert mixed.message == (
        "`one_type` failed on 'a', 1, 2, …, 'b', 7: the sequence holds neither only strings nor only numbers"
    )
    average = error_of(build("average", everything, TOKENS, default=0), [True, False])
    assert isinstance(average.__cause__, errors.NoAverageError)
    assert average.__cause__.values == (True, False)
    assert average.message.startswith("`mean` failed at position 0, which selects 2 positions of True, False: ")
    missing = error_of(build("item", TOKENS, keys=(1,), values=(2,)), [True, "b"])
    assert missing.message == "`item` failed at position 1 on 'b': no key equals it"


@pytest.mark.parametrize("backend", ["reference", "numpy"])
def test_each_input_of_a_batch_is_checked_by_itself(backend):
    node = build("one_type", TOKENS)
    run = raspir.compile(graph_of(node), backend, optimize=False)
    inputs = [["a", "bc"], [1], [], [0.5, True], ["x"]]
    assert run.batch(inputs) == inputs
    with pytest.raises(raspir.EvaluationError) as caught:
        run.batch([["a"], [1, 2], [1, "b", 3], ["c", 1]])
    assert caught.value.input == 2
    assert caught.value.__cause__.values == (1, "b", 3)
    everything = build("select.ge", INDICES, INDICES)
    run = raspir.compile(graph_of(build("average", everything, TOKENS, default=0)), backend, optimize=False)
    assert run.batch([[1, 2], ["a"], [True], [True, 3]]) == [[1.5, 2], ["a"], [True], [2.0, 3]]
    with pytest.raises(raspir.EvaluationError) as caught:
        run.batch([[1, 2], ["a"], [True, True], [True, 3]])
    assert (caught.value.input, caught.value.__cause__.values) == (2, (True, True))


def test_the_optimizer_drops_checks_and_makes_tables():
    everything = build("select.ge", INDICES, INDICES)
    value = build("one_type", build("item", TOKENS, keys=(1, "a"), values=(2, 3)))
    graph = raspir.optimize(graph_of(build("average", everything, value, default=0)), vocab=("a", 1, True))
    assert {node.operation.name for node in graph}.isdisjoint({"item", "one_type", "average"})
    assert raspir.compile(graph)(["a", True]) == [2.5, 2]
