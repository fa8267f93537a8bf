"""The benchmarks' foundations: detection of missed bounds, and the hand-written equivalents."""

import itertools
import json
import warnings
from dataclasses import replace
from random import Random

import depth
import fuzzing
import numpy as np
import numpy_backend
import pytest
import rasp_language
import start
import tracr_evaluation
from faults import Swap
from hypothesis import given
from hypothesis import strategies as st
from minima import CAUSAL, PRINCIPLES
from programs import PROGRAMS

import raspir


def named(name):
    return next(program for program in PROGRAMS if program.name == name)


def test_depth_tells_missed_bounds():
    flip = named("flip")
    row = depth.measure(flip, inputs=20, seed=0)
    assert (row.written, row.compared, row.fails) == (2, 20, [])
    missed = depth.measure(replace(flip, select=0), inputs=20, seed=0)
    assert missed.fails == [f"flip: {row.select.layers} layers with select attention, over the limit of 0"]


def test_depth_tells_other_results(monkeypatch):
    broken = Swap("select.eq", "select.ne")
    monkeypatch.setattr(raspir, "optimize", lambda graph, attention: broken.run(graph, None))
    (select, best) = depth.measure(named("hist"), inputs=50, seed=0).fails
    assert select.startswith("hist: different results with select attention on '")
    assert best.startswith("hist: different results with best attention on '")


def minimum(name):
    return next(each for programs in PRINCIPLES.values() for each in programs if each.name == name)


def test_depth_tells_missed_minima():
    row = depth.measure_minimum("permutations", minimum("total rank"), inputs=20, seed=0)
    assert (row.written, row.before, row.now.bound) == (2, 2, 1)
    missed = replace(row, now=replace(row.now, layers=3, wrong=("'ab'",)))
    assert missed.fails == [
        "total rank: 3 layers with select attention, over the limit of 1",
        "total rank: different results with select attention on 'ab'",
    ]
    assert str(depth.minima_table([row, missed]).title) == "Programs whose least number of layers is known"


@pytest.mark.parametrize("each", [*itertools.chain(*PRINCIPLES.values()), *CAUSAL], ids=lambda each: each.name)
def test_the_forms_that_show_the_least_layers_are_equal(each):
    assert each.reached.stats().layers < each.written.stats().layers
    heads = {node.operation.name for node in each.reached}
    assert each.attention == "best" or heads.isdisjoint({"best"})
    random = Random(each.name)
    written, reached = (raspir.compile(graph, "reference", optimize=False) for graph in (each.written, each.reached))
    for given_input in [each.inputs(random) for _ in range(60)]:
        assert written(given_input) == reached(given_input), given_input


@pytest.mark.parametrize("attention", depth.KINDS)
def test_programs_that_people_write_are_searched_to_the_end(attention):
    with warnings.catch_warnings():
        warnings.simplefilter("error", raspir.BudgetWarning)
        for each in (*PROGRAMS, *itertools.chain.from_iterable(PRINCIPLES.values())):
            raspir.optimize(each.program, vocab=each.vocab, attention=attention)


def test_starts_are_compared_with_an_empty_one_and_held_to_limits():
    slow = start.Start("slow", "import time; time.sleep(0.2)", ratio=1.5, seconds=0.1)
    empty, row = start.measure((start.Start("python", "pass"), slow), rounds=1)
    assert (empty.ratio, empty.misses) == (1, "")
    assert row.seconds > 0.2
    assert row.ratio == row.seconds / empty.seconds
    assert "times an empty start, over the limit of 1.5; 0.2" in row.misses


NUMBERS = st.lists(st.integers(-9, 9) | st.integers(-(10**9), 10**9), min_size=1, max_size=12).map(np.array)
SMALL_NUMBERS = st.lists(st.integers(0, 12), min_size=1, max_size=12).map(np.array)
LETTERS = st.text("abcxyz", min_size=1, max_size=12)
SUMS = st.builds(
    lambda first, second, nines: f"{first}+{second}".translate(
        str.maketrans("2345678", "9999999" if nines else "2345678")
    ),
    st.text("0123456789", max_size=9),
    st.text("0123456789", max_size=9),
    st.booleans(),
)
INPUTS = {
    "flip": NUMBERS,
    "cumulative sum": NUMBERS,
    "sum of a window of 3": NUMBERS,
    "hist, letters": LETTERS,
    "hist, distinct integers": SMALL_NUMBERS,
    "hist, scattered integers": NUMBERS,
    "sort": NUMBERS,
    "minimum": NUMBERS,
    "slide": st.text("xhl<<<", min_size=1, max_size=12),
    "addition": SUMS,
}


def plain(x):
    """Return an input as the reference backend takes it."""
    return x if isinstance(x, str) else x.tolist()


def by_reference(program, x, vocab=None):
    """Return what the reference backend yields."""
    return raspir.compile(program, backend="reference", vocab=vocab)(plain(x))


def test_each_task_is_measured_against_code_by_hand():
    assert [task.name for task in numpy_backend.TASKS] == list(INPUTS)


@pytest.mark.parametrize("task", numpy_backend.TASKS, ids=lambda task: task.name)
def test_what_is_written_by_hand_agrees_with_the_reference(task):
    reference = task.compiled("reference")

    @given(INPUTS[task.name])
    def agree(x):
        assert task.agrees(x, reference(plain(x)))

    agree()


@pytest.mark.parametrize("task", numpy_backend.TASKS, ids=lambda task: task.name)
@pytest.mark.parametrize("size", [1, 2, 7, 60])
def test_random_inputs_of_the_tasks(task, size):
    x = task.inputs(np.random.default_rng(size), size)
    assert abs(len(x) - size) <= 1
    assert task.agrees(x, by_reference(task.program, x, task.vocab))


@pytest.mark.parametrize("batch", numpy_backend.BATCHES, ids=lambda batch: batch.name)
def test_random_inputs_of_the_batches(batch):
    many = batch.inputs(np.random.default_rng(0), 20)
    assert {len(each) for each in many} == {numpy_backend.WIDTH}
    for each in many:
        assert batch.task.agrees(each, by_reference(batch.task.program, each, batch.task.vocab))


@given(NUMBERS)
def test_counts_by_hand_agree_with_the_reference(x):
    smaller = [numpy_backend.smaller_before_at(x, position) for position in range(len(x))]
    assert by_reference(numpy_backend.smaller_before, x) == smaller
    assert by_reference(numpy_backend.opaque, x) == numpy_backend.opaque_by_hand(x)


def test_the_predicate_is_looked_at_pair_by_pair_and_the_tiny_program_keeps_its_operations():
    assert numpy_backend.falls_back(raspir.compile(numpy_backend.opaque, backend="numpy"))
    assert not numpy_backend.falls_back(raspir.compile(numpy_backend.smaller_before, backend="numpy"))
    assert numpy_backend.operations(raspir.compile(numpy_backend.of_ten(), backend="numpy")) >= 10


@pytest.mark.evidence
def test_a_quick_run_measures_everything(tmp_path, capsys):
    assert numpy_backend.main(["--quick", "--json", str(tmp_path / "figures.json")]) == 0
    shown = capsys.readouterr().out
    rows = json.loads((tmp_path / "figures.json").read_text())
    names = [row["name"] for row in rows]
    for task in numpy_backend.TASKS:
        assert names.count(task.name) == 2
        assert task.name in shown
    assert len(rows) == 2 * len(numpy_backend.TASKS) + len(numpy_backend.BATCHES) + len(numpy_backend.PEAKS) + 5
    assert all(row["agrees"] for row in rows)


def test_what_is_too_slow_or_differs_is_told():
    slow = numpy_backend.ratio("flip", "handwritten", [1.0, 6.0], 5.0)
    wrong = numpy_backend.ratio("sort", "handwritten", [1.0, 2.0], 5.0, agrees=False)
    different = "sort: wrong results"
    assert numpy_backend.fails([slow, wrong], quick=True) == [different]
    assert numpy_backend.fails([slow, wrong], quick=False) == [
        different,
        "flip against handwritten: 6 ×, over the limit of 5 ×",
    ]


def test_other_results_than_by_hand_are_found(capsys, monkeypatch):
    broken = replace(numpy_backend.named("flip"), by_hand=np.sort)
    monkeypatch.setattr(numpy_backend, "measure", lambda sizes: numpy_backend.measured(broken, sizes.tokens))
    assert numpy_backend.main(["--quick"]) == 1
    assert capsys.readouterr().err.splitlines() == ["flip: wrong results"]


def test_the_speed_of_the_fuzzer_is_told(capsys):
    fuzzing.main(["--programs", "6"])
    lines = capsys.readouterr().out.splitlines()
    assert sum("reference" in line and " all " in line for line in lines) == 2


@pytest.mark.parametrize("task", tracr_evaluation.TASKS, ids=lambda task: task.name)
def test_programs_of_the_library_beside_matrices(task):
    times = tracr_evaluation.measured(task, 12)  # it compares the results
    assert times.ratio > 0
    assert tracr_evaluation.masked(task, 12) > 0


def test_a_matrix_that_is_not_masked_is_found(monkeypatch):
    task = tracr_evaluation.TASKS[0]
    compiled = raspir.compile(task.program)
    monkeypatch.setattr(raspir, "compile", lambda program, causal: compiled)
    with pytest.raises(AssertionError, match="hist"):
        tracr_evaluation.masked(task, 12)


@pytest.mark.parametrize("task", rasp_language.TASKS, ids=lambda task: task.name)
def test_applications_in_a_session(task):
    assert rasp_language.application(task, 60) > 0  # it compares the results


def test_wrong_results_of_a_session_are_found():
    task = replace(rasp_language.TASKS[1], expected=lambda text: [0] * len(text))
    with pytest.raises(AssertionError, match=r"^[a-z]{20}"):
        rasp_language.application(task, 20)


@pytest.mark.parametrize("shape", rasp_language.SHAPES)
def test_files_of_every_shape_load(shape):
    assert rasp_language.loading(shape, 60) > 0


def test_the_halves_of_a_session_are_compared():
    assert rasp_language.growth(40) > 0


@pytest.mark.evidence
def test_a_quick_run_measures_sessions_files_and_starts(capsys):
    assert rasp_language.main(["--quick"]) == 0
    shown = capsys.readouterr().out
    assert "start of raspir repl" in shown
    assert all(shape in shown for shape in rasp_language.SHAPES)


def test_an_exceeded_limit_is_shown(capsys, monkeypatch):
    slow = rasp_language.Row("add", "9 s", "20.9 s", "2 times as fast", "at least 100", True)
    monkeypatch.setattr(rasp_language, "rows", lambda quick: iter([slow]))
    assert rasp_language.main([]) == 1
    shown = capsys.readouterr()
    assert "20.9 s" in shown.out
    assert shown.err == "add: 2 times as fast, where the limit is at least 100\n"
    assert rasp_language.main(["--quick"]) == 0
