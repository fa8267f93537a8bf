"""The pass fold: tabulation of opaque functions, and assumptions that no input of a program can satisfy."""

import json
import pickle
import re
import subprocess
import sys
import warnings

import pytest
from rewriting import WORDS, as_graph, differing, exact

import raspir
from raspir import VocabularyWarning, indices, key, query, select, tokens, where
from raspir.ir import verify
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
        ("table", "digit", "@digit is no longer called")
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


def times(a, b):
    return a * b


def test_a_function_of_two_values_becomes_a_table():
    graph, result, remarks = folded(raspir.apply(times, tokens, where(indices > 1, 2, 1)), "ab")
    assert graph.symbols == ("times",)
    assert result.symbols == ()
    assert [remark.rule for remark in remarks][:1] == ["table"]
    assert raspir.compile(result, "reference")("abab") == ["a", "b", "aa", "bb"]


few = where(indices > 1, 2, 1)


@pytest.mark.parametrize(
    ("program", "operands", "rows"),
    [
        (raspir.apply(times, tokens, few), 2, 6),
        (raspir.apply(times, tokens, 2), 1, 3),
        (raspir.apply(times, tokens, tokens.map(ord)), 1, 3),
        (raspir.apply(lambda a, b, c: a * (b + c), tokens, few, where(indices == 3, 0, few)), 3, 18),
        (raspir.apply(times, tokens, where(indices > 1, None, 2), none="skip"), 2, 6),
    ],
)
def test_a_table_has_a_key_for_each_value_on_which_it_depends(program, operands, rows):
    graph, result, _ = folded(program, "abc")
    table = result.outputs["out"]
    assert table.operation.name == "lookup"
    assert len(table.operands) == operands
    assert len(table.rows) == rows
    assert not differing(graph, result, ["", "a", "abc", "cab", "bbbb"])


def test_the_option_max_table_bounds_tables():
    program = raspir.apply(times, tokens, few)
    assert raspir.optimize(program, vocab="abc", max_table=6).symbols == ()
    assert raspir.optimize(program, vocab="abc", max_table=5, recognize=False).symbols == ("times",)
    wide, vocab = raspir.apply(times, tokens, few), range(200)
    assert raspir.optimize(wide, vocab=vocab, recognize=False).symbols == ("times",)
    assert raspir.optimize(wide, vocab=vocab, max_table=400).symbols == ()
    assert raspir.optimize(tokens.map(ord), vocab="abc", max_table=2).symbols == ("ord",)
    with pytest.raises(raspir.BackendError, match="max_table must be a positive integer, not 0"):
        raspir.optimize(program, max_table=0)


@pytest.mark.parametrize(
    "program",
    [
        raspir.apply(times, tokens, where(indices > 1, None, 2)),
        raspir.apply(times, tokens, where(tokens == "a", "b", 2)),
        raspir.apply(times, tokens, indices),
    ],
)
def test_a_function_of_two_values_stays_where_it_may_fail_or_has_too_many_arguments(program):
    graph, result, _ = folded(program, "abc")
    assert result.symbols == graph.symbols
    assert not differing(graph, result, ["", "b", "c"])


def test_a_warning_about_a_missing_value():
    with pytest.warns(VocabularyWarning, match=r"holds None, on which map\(ord\) fails: None stands for"):
        folded(tokens.map(ord), (None, "a"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, result, _ = folded(tokens.map(ord, none="skip"), (None, "a"))
    assert result.symbols == ()
    assert raspir.compile(result, "reference")([None, "a"]) == [None, 97]


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


def only(caught):
    """Return the one warning of a vocabulary that there was."""
    (warning,) = [each.message for each in caught if isinstance(each.message, VocabularyWarning)]
    return warning


def test_a_function_that_fails_on_the_vocabulary_stays_and_a_warning_says_so():
    program = tokens.map(digit)
    line = test_a_function_that_fails_on_the_vocabulary_stays_and_a_warning_says_so.__code__.co_firstlineno + 1
    with pytest.warns(VocabularyWarning) as caught:
        run = raspir.compile(program, vocab="01_")
    warning = only(caught)
    assert re.search(r"the vocabulary holds '_', on which map\(digit\) fails: ValueError: ", str(warning))
    assert f"test_fold.py:{line}: " in str(warning)
    assert warning.location.line == line
    assert (caught[0].filename, caught[0].lineno) == (__file__, line + 3)  # where the program is compiled
    assert run("0110") == [0, 1, 1, 0]
    with pytest.raises(
        raspir.EvaluationError, match=rf"test_fold\.py:{line}: `map\(digit\)` failed at position 1 on '_'"
    ):
        run("0_1")
    with pytest.raises(raspir.InputError):
        run("2")


def test_a_warning_counts_the_atoms_and_is_no_error_of_the_pass():
    with pytest.warns(VocabularyWarning, match=r"holds '\*', on which .*; it also fails on 2 more of its atoms$"):
        folded(tokens.map(digit), "01*+-")
    with warnings.catch_warnings():
        warnings.simplefilter("error", raspir.RaspirWarning)
        with pytest.raises(VocabularyWarning):
            raspir.optimize(tokens.map(digit), vocab="01_")
        assert raspir.compile(tokens.map(digit), vocab="01_", max_length=0)("") == []  # nothing can fail there
        assert raspir.compile(tokens.map(digit), vocab="01")("1") == [1]


def test_warnings_can_be_pickled():
    for warning in (VocabularyWarning("what", raspir.ir.Location("f.py", 3)), raspir.SlowWarning("what", 90.0)):
        again = pickle.loads(pickle.dumps(warning))
        assert (type(again), str(again), vars(again)) == (type(warning), str(warning), vars(warning))


@pytest.mark.parametrize(
    "program",
    [
        tokens - 1,
        -tokens,
        tokens < 1,
        (key(tokens) < query(1)).value(tokens),
        where(indices > 3, -tokens, 5),
        {"a": tokens, "b": (key(-tokens) == query(indices)).mean(tokens)},
    ],
)
def test_a_program_that_can_work_with_no_atom_of_the_vocabulary_works_on_the_empty_input(program):
    with pytest.warns(
        VocabularyWarning, match=r"test_fold\.py:\d+: `.*: it cannot take .*every input but the empty one$"
    ):
        graph = raspir.lower(program, vocab="ab")
    assert verify(raspir.parse(str(graph))) == graph
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        raspir.lower(program, vocab="ab", max_length=0)
        graphs = [raspir.optimize(graph, passes=passes) for passes in (None, *raspir.passes.base.PASSES.names())]
    for backend in ("numpy", "reference"):
        for each in (graph, *graphs):
            run = raspir.compile(each, backend, optimize=False)
            found = run("")
            assert list(found.values() if isinstance(found, dict) else found) == [[]] * len(graph.outputs) * (
                len(graph.outputs) > 1
            )
            with pytest.raises(raspir.InputError):
                run("c")
            with pytest.raises(raspir.EvaluationError):
                raspir.compile(graph, backend, optimize=False)("ab")


def quits(x):
    raise SystemExit(x)


class TellsNothing(Exception):
    def __str__(self):
        raise ValueError


def tells_nothing(x):
    raise TellsNothing


def test_a_function_may_fail_in_any_way():
    with pytest.warns(VocabularyWarning, match="on which map\\(quits\\) fails: SystemExit"):
        folded(tokens.map(quits), "ab")
    with pytest.warns(VocabularyWarning, match="on which map\\(tells_nothing\\) fails: TellsNothing"):
        folded(tokens.map(tells_nothing), "ab")


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


def test_a_function_stays_where_its_table_would_not_be_total():
    program = (key(indices) == query(indices - 1)).value(tokens, "0").map(digit)
    _, result, remarks = folded(program, "01+")
    assert result.symbols == ("digit",)
    assert not remarks
    assert raspir.compile(result)("1+") == [0, 1]
    with pytest.raises(raspir.EvaluationError, match="`map\\(digit\\)` failed at position 2 on '\\+'"):
        raspir.compile(result)("1+1")
    _, result, _ = folded((indices == 0).map(lambda first: 1 // (not first)))
    with pytest.raises(raspir.EvaluationError, match="failed at position 0 on True: ZeroDivisionError"):
        raspir.compile(result)("a")
    with pytest.warns(VocabularyWarning):
        _, result, _ = folded(tokens.map(digit), "1+")  # though it can only yield 1
    assert result.symbols == ("digit",)


def test_the_default_that_every_aggregate_has_keeps_no_function():
    itself = key(indices) == query(indices.map(lambda i: i).round())  # which always selects, but who knows?
    graph, result, _ = folded(itself.value(tokens).map(ord), "ab")
    assert result.symbols == ("lambda",)
    assert not differing(graph, result, ["", "ab", "b"])
    _, result, _ = folded(itself.value(tokens, "").map(ord), "ab")
    assert result.symbols == ("lambda", "ord")


def test_results_that_are_no_atoms_contradict_the_vocabulary():
    with pytest.warns(VocabularyWarning, match=r"holds 'a', on which .* the result \['a'\] is not an atom"):
        folded(tokens.map(listed), "ab")


def test_what_maps_make_of_the_vocabulary_is_held_too():
    with pytest.warns(VocabularyWarning, match=r"holds '0', which makes it 0, on which .* ZeroDivisionError"):
        folded(tokens.map(int).map(lambda digit: 1 // digit), "012")
    with pytest.warns(VocabularyWarning, match="holds 'x', on which select"):
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
    with pytest.warns(VocabularyWarning, match="holds 'x', on which map"):
        folded(tokens.map(int), [*words, "x"])


def test_what_fold_makes_shallower_is_told_with_its_line():
    attending = (key(tokens == "z") == query(True)).value(indices).name("attending")
    context = PassContext()
    graph = Fold().run(raspir.lower(attending, vocab="ab"), context)
    assert graph.stats().layers == 0
    message = [(remark.rule, remark.subject, remark.gain) for remark in context.remarks if remark.location]
    assert message == [("fold", "attending", "layer 1 → 0")]


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


def test_tables_of_short_ranges_of_integers():
    joined = raspir.apply("{}{}".format, tokens, indices)
    graph = raspir.optimize(joined, vocab="ab", max_length=3)
    assert graph.outputs["out"].operation.name == "lookup"
    assert len(graph.outputs["out"].values) == 6
    assert raspir.optimize(joined, vocab="ab").symbols == ("format",)
    assert raspir.optimize(joined, vocab="ab", max_length=3, max_table=5).symbols == ("format",)
    count = (key(tokens) == query("a")).value(1)
    assert raspir.optimize(count.map(str), max_length=3).symbols == ()
    assert raspir.optimize(count.map(lambda n: 6 // len("a" * n)), max_length=3).symbols == ("lambda",)  # it may be 0
    before = key(indices) == query(indices.map(lambda i: i - 1))
    assert "lookup" not in str(raspir.optimize(before.value(tokens), max_length=6))


def test_work_on_one_value_that_always_yields_the_same_is_a_constant():
    first = tokens == "a"
    program = first == (first | (first & (where(first, 2, 3) > 1)))
    _, result, _ = folded(program, "abc")
    assert str(result.outputs["out"].value) == "True"
    _, result, _ = folded(where(first, 1, True), "abc")  # equal, but of different kinds
    assert len(result) > 2
