"""Missing values in the IR: the attribute ``none`` in types, text and evaluation."""

import itertools

import pytest

import raspir
from raspir.ir import OPERATIONS, Role, build
from raspir.ir.evaluation import function_of
from raspir.ir.types import ATOM, BOOL, INT, NONE, STR

WITH_NONE = [
    name
    for name, operation in OPERATIONS.items()
    if operation.role is Role.ELEMENTWISE and "none" in dict(operation.attributes)
]
ATOMS = build("input", name="tokens")
VALUES = (True, 0, 2, 0.5, "a")


def node_of(name, none):
    extra = {"has": {"values": (2, None)}, "map": {"function": "f"}}.get(name, {})
    return build(name, *[ATOMS] * len(OPERATIONS[name].operands), none=none, **extra)


@pytest.mark.parametrize("name", WITH_NONE)
def test_skip_yields_none_without_a_call(name):
    function = function_of(node_of(name, "skip"), {"f": str})
    for atoms in itertools.product((*VALUES, None), repeat=len(OPERATIONS[name].operands)):
        if None in atoms:
            assert function(*atoms) is None


@pytest.mark.parametrize("name", [name for name in WITH_NONE if name != "has"])
def test_error_refuses_none(name):
    function = function_of(node_of(name, "error"), {"f": str})
    for atoms in itertools.product((*VALUES, None), repeat=len(OPERATIONS[name].operands)):
        if None in atoms:
            with pytest.raises(Exception, match="None stands for a missing value"):
                function(*atoms)


@pytest.mark.parametrize("name", WITH_NONE)
def test_other_atoms_are_unaffected(name):
    modes = dict(OPERATIONS[name].attributes)["none"].choices
    functions = [function_of(node_of(name, mode), {"f": str}) for mode in modes]
    for atoms in itertools.product(VALUES, repeat=len(OPERATIONS[name].operands)):
        outcomes = {repr(_outcome(function, atoms)) for function in functions}
        assert len(outcomes) == 1


def _outcome(function, atoms):
    try:
        return function(*atoms)
    except Exception as error:
        return str(error)


def test_equality_with_none():
    equal, unequal = (function_of(build(name, ATOMS, ATOMS), {}) for name in ("eq", "ne"))
    assert equal(None, None) is True
    assert unequal(None, None) is False
    for atom in (*VALUES, "", False):
        assert equal(None, atom) is False
        assert unequal(atom, None) is True
    assert function_of(build("has", ATOMS, values=(None, 1)), {})(None) is True
    assert function_of(build("where", ATOMS, ATOMS, ATOMS), {})(None, 1, 2) == 2


def test_types():
    none, one = build("const", value=None), build("const", value=1)
    either = build("where", ATOMS, one, none)
    assert none.type is NONE
    assert either.type is INT | NONE
    assert build("add", either, one).type is INT
    assert build("add", either, one, none="skip").type is INT | NONE
    assert build("add", none, one, none="skip").type is NONE
    assert build("eq", either, one).type is BOOL
    assert build("eq", either, one, none="skip").type is BOOL | NONE
    assert build("map", either, function="f").type is ATOM
    assert build("map", none, one, function="f", none="skip").type is NONE
    for bad in (
        lambda: build("add", none, one),
        lambda: build("map", none, function="f"),
        lambda: build("lt", none, one),
    ):
        with pytest.raises(raspir.GraphError):
            bad()


TEXT = """raspir 1
%tokens = input name="tokens" vocab=[1, "a", none] : int|str|none
%indices = indices : int
%2 = lookup %tokens, %indices otherwise=none keys=["a", 0, none, 1] values=[1, 2] : int|none
%3 = add %2, %indices none=skip : int|none
%4 = eq %3, 1 none=skip : bool|none
%5 = select.eq %3, 1 none=error : selector
%6 = sum %5, %3 default=none : int|none
%7 = eq %3, none : bool
%8 = map %tokens, %6, %7 function=@f none=skip : atom
%9 = where %4, %8, %6 : atom
output out = %9
"""


def test_text():
    graph = raspir.parse(TEXT)
    assert str(graph) == TEXT
    assert str(raspir.parse(TEXT.replace("none=skip", 'none="skip"'))) == TEXT
    default = TEXT.replace("eq %3, none :", "eq %3, none none=value :")
    assert str(raspir.parse(default)) == TEXT


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("none=skip : int|none", "none=value : int", "4|5:.*expected error or skip as none, found `value`"),
        ("none=error", "none=skip", "expected value or error as none, found `skip`"),
        ('keys=["a", 0, none, 1]', 'keys=["a", 0, none]', "must hold 2 atoms for each of the 2 values, not 3"),
        ('keys=["a", 0, none, 1]', 'keys=["a", 0, "a", 0]', "must be distinct, but 'a', 0 occurs twice"),
        ("map %tokens, %6, %7", "map", "expected an identifier"),
    ],
)
def test_malformed_text(old, new, words):
    with pytest.raises(raspir.TextError, match=words):
        raspir.parse(TEXT.replace(old, new))


def test_a_symbol_has_one_number_of_operands():
    text = TEXT.replace("%9 = where %4, %8, %6", "%10 = map %4 function=@f none=skip : atom\n%9 = where %10, %8, %6")
    with pytest.raises(raspir.TextError, match="@f is applied to 1 atom by map and to 3 atoms by map"):
        raspir.parse(text)


def test_a_program_of_several_sequences_runs():
    graph = raspir.parse(TEXT).bind({"f": lambda token, count, missing: f"{token}{count}{missing}"})
    run = raspir.compile(graph, backend="reference", optimize=False)
    assert STR in graph.outputs["out"].type
    assert run(["a"]) == ["a1False"]
    with pytest.raises(raspir.EvaluationError, match="`==` failed at query position 0 and key position 0 on key None"):
        run([1])
