"""The library written in the language: the values of the built-in one, and the layers that RASP's analyser counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from daily import examples
from hypothesis import given
from hypothesis import strategies as st

import raspir
from raspir.frontends.rasp.checking import Evaluation
from raspir.frontends.rasp.counting import count
from raspir.frontends.rasp.faults import StatementError
from raspir.frontends.rasp.files import RaspFile
from raspir.frontends.rasp.library import NAMES
from raspir.frontends.rasp.reader import parse
from raspir.frontends.rasp.running import Interpreter
from raspir.frontends.rasp.showing import sequence, type_word
from raspir.frontends.rasp.values import Function, Operand

DATA = Path(__file__).parents[1] / "data"
VALUES: list[dict[str, Any]] = json.loads((DATA / "rasp_values_dev.json").read_text(encoding="utf-8"))
LAYERS = [
    each
    for each in json.loads((DATA / "rasp_layers.json").read_text(encoding="utf-8"))["programs"]
    if "load" not in each["source"].split()  # of RASP's own files, whose text is not here
]


class Written:
    """An output that keeps what is written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text

    def note(self, text: str) -> None:
        self.text += text

    def draw(self, sequence: object, given: object) -> None:
        """Draw nothing."""


def ran(text: str, *, as_written: bool) -> tuple[Interpreter, str]:
    """Return the interpreter after a text, and what it has shown."""
    output = Written()
    interpreter = Interpreter(output, as_written=as_written)
    for statement in parse(text):
        interpreter.run(statement)
    return interpreter, output.text


def typed(value: Any) -> Any:
    return [typed(each) for each in value] if isinstance(value, list) else (type(value), value)


@pytest.mark.parametrize("as_written", [False, True], ids=["built in", "as written"])
@pytest.mark.parametrize("program", VALUES, ids=lambda each: each["name"])
def test_recorded_values(program: dict[str, Any], as_written: bool) -> None:
    interpreter, _ = ran(program["source"], as_written=as_written)
    value = interpreter.console.lookup(program["name_of_result"])
    for case in program["cases"]:
        if "error" in case:
            with pytest.raises(StatementError) as error:
                Evaluation(case["input"]).of(value)
            assert case["message"] in error.value.text
            continue
        found = Evaluation(case["input"]).of(value)
        assert typed(found) == typed(case["output"])
        if program["kind"] == "s-op":
            assert (sequence(found), type_word(found)) == (case["printed"], case["type"])


@pytest.mark.parametrize("program", LAYERS, ids=lambda each: each["name"])
def test_recorded_layers(program: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "a.rasp").write_text(program["source"])
    counted = count(RaspFile(str(tmp_path / "a.rasp"), as_written=True).program(program["result"]))
    assert list(counted.heads_per_layer) == program["heads_per_layer"]
    assert (counted.layers, counted.heads) == (program["layers"], program["heads"])


def test_the_text_defines_the_names_of_the_library() -> None:
    written, built_in = ran("", as_written=True)[0].library, ran("", as_written=False)[0].library
    assert written.bound.keys() == built_in.bound.keys() == {*NAMES, "tokens"}
    for name, value in built_in.bound.items():
        other = written.bound[name]
        assert str(value) == str(other) if isinstance(value, Function) else isinstance(other, Operand)


INDICES = ["indices", "length", "indices%2", "length-1-indices", "-indices", "tokens_int"]
SEQUENCES = [*INDICES, "tokens", "tokens_asis", 'tokens=="a"', "tokens_float/2", "indices>1", "0.5", "1", '"a"', "True"]
ATOMS = ["0", "1", "2", "-1", "0.5", '"a"', "True", *SEQUENCES]
SELECTORS = [
    "full_s", "not full_s", "select(tokens,tokens,==)", "select(indices,indices,<)", "select(tokens,tokens,<=)",
    "select(indices,indices,>) and select(tokens,tokens,!=)", "select(indices,0,==)", "select(indices,2,>)", "indices",
]  # fmt: skip
CALLS = {
    "selector_width": [SELECTORS],
    "has_focus": [SELECTORS],
    "count": [SEQUENCES, ATOMS],
    "contains": [SEQUENCES, ATOMS],
    "max": [ATOMS, ATOMS],
    "min": [ATOMS, ATOMS],
    "average": [SEQUENCES],
    "load_from_location": [SEQUENCES, ATOMS],
    "shift": [SEQUENCES, ATOMS, ATOMS],
    "mark_last_instance": [SEQUENCES, ATOMS],
    "mark_first_instance": [SEQUENCES, ATOMS],
    "sort": [SEQUENCES, SEQUENCES],
}
CALLED_SELECTORS = {
    "select_from_last": [SEQUENCES, ATOMS],
    "select_from_first": [SEQUENCES, ATOMS],
    "select_next_identical": [SEQUENCES],
}


def calls(table: dict[str, list[list[str]]]) -> st.SearchStrategy[str]:
    """Return calls of functions, of which each argument is one of those that the table lists."""
    each = [
        st.tuples(*map(st.sampled_from, choices)).map(lambda given, name=name: f"{name}({','.join(given)})")
        for name, choices in table.items()
    ]
    return st.one_of(each)


SELECTED = calls(CALLED_SELECTORS).map(lambda selector: f"aggregate({selector},indices,-1)")
NESTED = st.tuples(calls(CALLS), st.sampled_from(["sort({},-indices)", "{}[-1]", "count({},0)", "1 in {}"])).map(
    lambda pair: pair[1].format(pair[0])
)
INPUTS = st.one_of(
    st.text("ab", min_size=1, max_size=5),
    st.text("0123", min_size=1, max_size=5),
    st.lists(st.sampled_from([0, 1, 2, True, 0.5]), min_size=1, max_size=5),
)


@examples(300)
@given(program=st.one_of(calls(CALLS), SELECTED, NESTED), inputs=st.lists(INPUTS, min_size=1, max_size=3))
def test_both_libraries_yield_the_same(program: str, inputs: list[Any]) -> None:
    example = json.dumps(inputs[0]).replace("true", "True")
    found = [ran(f"set example {example}\nr = {program};", as_written=written) for written in (False, True)]
    values = [interpreter.console.bound.get("r") for interpreter, _ in found]
    if None in values:  # of several mistakes in one call, each library may find another one first
        assert values == [None, None], found
        return
    assert found[0][1] == found[1][1]
    if isinstance(values[0], Operand):
        for given_input in inputs:
            assert outcome(values[0], given_input) == outcome(values[1], given_input)


def outcome(value: Operand, given: Any) -> Any:
    try:
        return typed(Evaluation(given).of(value))
    except StatementError:
        return "error"


def test_layers_are_counted_without_recursion(tmp_path: Path) -> None:
    (tmp_path / "a.rasp").write_text(f"a = length;\nfor i in range(3000) {{ a = a + indices; }}\nb = a{'+a' * 3000};")
    assert RaspFile(str(tmp_path / "a.rasp"), as_written=True).program("b").layer == 1
    assert raspir.load(tmp_path / "a.rasp", "b").layers == 1
