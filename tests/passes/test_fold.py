"""The pass fold: tables in place of opaque functions, and promises about the input that a program cannot keep."""

import json
import re
import subprocess
import sys

import pytest
from rewriting import WORDS, as_graph, differing, exact

import raspir
from raspir import ProgramError, indices, key, query, select, tokens, where
from raspir.passes.base import PassContext
from raspir.passes.fold import Fold


def folded(program, vocab=None):
    context = PassContext()
    graph = as_graph(program, vocab)
    result = Fold().run(graph, context)
    assert Fold().run(result, PassContext()) == result
    return graph, result, context.remarks


def digit(x):
    return int(x)


def test_an_opaque_function_becomes_a_table():
    graph, result, remarks = folded(tokens.map(digit).name("digit"), "0123")
    assert graph.symbols == ("digit",)
    assert result.symbols == ()
    assert [(remark.rule, remark.subject, remark.gain) for remark in remarks] == [
        ("table", "digit", "@digit needs no Python")
    ]
    assert remarks[0].location == graph.locations[graph.outputs["out"]]
    assert raspir.compile(result, "reference")("3120") == [3, 1, 2, 0]


def test_a_table_is_text(tmp_path):
    _, result, _ = folded(tokens.map(digit) + 1, "0123")
    path = tmp_path / "digits.rir"
    path.write_text(str(result))
    assert raspir.parse(str(result)) == result
    command = [sys.executable, "-c", "from raspir.cli import main; main()", "run", str(path), "--input", "302"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [4, 1, 3]


def test_a_function_stays_without_a_vocabulary():
    graph, result, remarks = folded(tokens.map(digit))
    assert result == graph
    assert not remarks


def test_a_function_of_a_value_of_few_atoms_becomes_a_table_without_a_vocabulary():
    graph, result, _ = folded(where(tokens == "a", "1", "2").map(digit))
    assert not result.symbols
    assert not differing(graph, result, WORDS)


def test_tables_tell_atoms_apart_by_type():
    graph, result, _ = folded(tokens.map(str), (1, True, 1.0, -0.0, 0.0, "1"))
    assert not result.symbols
    given = [1, True, 1.0, -0.0, 0.0, "1"]
    assert exact(raspir.compile(result, "reference")(given)) == exact(
        raspir.compile(graph, "reference", optimize=False)(given)
    )


def test_the_vocabulary_may_not_hold_what_a_function_fails_on():
    program = tokens.map(digit)
    with pytest.raises(ProgramError) as caught:
        folded(program, "01_")
    assert re.search(r"the vocabulary holds '_', on which map\(digit\) fails: ValueError: ", str(caught.value))
    line = test_the_vocabulary_may_not_hold_what_a_function_fails_on.__code__.co_firstlineno + 1
    assert f"test_fold.py:{line}: " in str(caught.value)
    assert caught.value.location.line == line
    with pytest.raises(ProgramError):
        raspir.optimize(program, vocab="01_")


def quits(x):
    raise SystemExit(x)


def test_a_function_that_quits_fails():
    with pytest.raises(ProgramError, match="on which map\\(quits\\) fails: SystemExit"):
        folded(tokens.map(quits), "ab")


def test_atoms_that_a_value_never_is_are_harmless():
    blank = where(tokens == "_", "0", tokens)
    graph, result, _ = folded(blank.map(digit), "01_")
    assert not result.symbols
    assert raspir.compile(result, "reference")("01_1") == [0, 1, 0, 1]
    fetched = (key(indices) == query(indices - 1)).value(tokens, "_")
    program = where(fetched == "_", "0", fetched).map(digit)
    graph, result, _ = folded(program, "01")
    assert not differing(graph, result, ["", "0", "101"])


def test_a_default_on_which_a_function_fails_is_harmless():
    fetched = (key(indices) == query(0)).value(tokens, "_").map(digit)
    graph, result, _ = folded(fetched, "01")
    assert not differing(graph, result, ["", "0", "101"])


def test_a_function_that_always_fails_stays():
    _, result, _ = folded(where(tokens == "a", "x", "y").map(digit))
    assert result.symbols == ("digit",)
    with pytest.raises(raspir.EvaluationError):
        raspir.compile(result, "reference", optimize=False)("a")


def listed(x):
    return [x]


def test_results_that_are_no_atoms_contradict_the_vocabulary():
    with pytest.raises(raspir.ProgramError, match=r"holds 'a', on which .* the result \['a'\] is not an atom"):
        folded(tokens.map(listed), "ab")


def test_what_maps_make_of_the_vocabulary_is_held_too():
    with pytest.raises(raspir.ProgramError, match=r"holds '0', which makes it 0, on which .* ZeroDivisionError"):
        folded(tokens.map(int).map(lambda digit: 1 // digit), "012")
    with pytest.raises(raspir.ProgramError, match="holds 'x', on which select"):
        folded(select(tokens, tokens, lambda a, b: int(a) < int(b)).value(1), "12x")
    chosen = where(indices >= 0, tokens, "0").map(int)  # another position could hold what this one does not
    assert raspir.compile(folded(chosen, "12x")[1])("12") == [1, 2]


def long(x):
    return x * 10**6


def test_results_that_are_too_long_are_not_computed_beforehand():
    graph, result, _ = folded(tokens.map(long), "ab")
    assert result == graph
    assert len(str(folded(constant_power(), "ab")[1])) < 10_000


def constant_power():
    return where(tokens == "a", 10, 10) ** 100_000


def test_a_large_vocabulary_is_held_too():
    words = [str(number) for number in range(3000)]
    with pytest.raises(raspir.ProgramError, match="holds 'x', on which map"):
        folded(tokens.map(int), [*words, "x"])


def test_what_fold_makes_shallower_is_told_with_its_line():
    attending = (key(tokens == "z") == query(True)).value(indices).name("attending")
    context = PassContext()
    graph = Fold().run(raspir.lower(attending, vocab="ab"), context)
    assert graph.stats().layers == 0
    told = [(remark.rule, remark.subject, remark.gain) for remark in context.remarks if remark.location]
    assert told == [("fold", "attending", "layer 1 → 0")]


def test_bounds_of_large_products_stay_small():
    squared = indices + 2
    for _ in range(40):
        squared = squared * squared
    graph = raspir.optimize((squared > 0).name("positive"), max_length=10)
    assert raspir.compile(raspir.optimize(indices * indices, max_length=10))("abc") == [0, 1, 4]
    assert graph.stats().layers == 0


def test_a_condition_and_its_negation_exclude_each_other():
    even = indices % 2 == 0
    assert raspir.optimize(where(even & ~even, 1, 2)) == raspir.optimize(where(indices < 0, 1, 2))
    assert raspir.optimize(where(even | ~even, 1, 2)) == raspir.optimize(where(indices < 0, 2, 1))
