"""Sums, means and fetches over all selections against the definition, row by row."""

from itertools import accumulate
from math import fsum, inf, isinf, isnan
from random import Random

import numpy as np
import pytest
from daily import examples
from drawn import AT, KINDS, WITHOUT_BEST, branch, columns, exact, matrix, runs, selected, small, texts, values
from hypothesis import given, settings
from hypothesis import strategies as st

import raspir
from raspir import indices, key, query, tokens
from raspir.backends.numpy.kernels import aggregates, selections, summation
from raspir.backends.numpy.kernels.columns import atoms_of, column_of, constant
from raspir.backends.numpy.kernels.runs import Run, full
from raspir.ir.errors import MissingValueError
from raspir.ir.evaluation import checked
from raspir.runtime.messages import added_none, added_strings, addition_failed, scores_failed

# What takes other ways for long inputs adds floats otherwise, too, so that only exact ones are the same there.
SUMMED = [("as it is", "no tables", "large"), ("not one by one",), ("not one by one", "no tables")]


class Fails(Exception):
    pass


def combined(row, held, mean):
    if any(isinstance(held[j], str) for j in row):
        raise Fails(added_strings)
    if any(held[j] is None for j in row):
        raise Fails(added_none)
    total = held[row[0]]
    try:
        for j in row[1:]:
            total = total + held[j]
        return checked(total / len(row) if mean else total)
    except (ArithmeticError, ValueError) as error:
        raise Fails(error) from error


def defined(mask, held, default, mean):
    found = []
    for i, picked in enumerate(mask):
        row = np.flatnonzero(picked).tolist()
        if len(row) < 2:
            found.append(held[row[0]] if row else default)
            continue
        try:
            found.append(combined(row, held, mean))
        except Fails as failure:
            (why,) = failure.args
            if isinstance(why, Exception):
                message = addition_failed(i, row, [held[j] for j in row], why)
            else:
                message = why(i, row, held[row[0]], held[row[-1]])
            return str(AT.failed(message))
    return exact(found)


def better(score, j, found, pick, ties):
    if score[j] == score[found]:
        return ties == "right"
    if score[j] is None or score[found] is None:
        raise MissingValueError
    return score[j] > score[found] if pick == "highest" else score[j] < score[found]


def fetched(mask, held, score, pick, ties, default):
    result = []
    for i, picked in enumerate(mask):
        found = None
        for j in np.flatnonzero(picked).tolist():
            try:
                if found is None or better(score, j, found, pick, ties):
                    found = j
            except (TypeError, MissingValueError) as error:
                return str(AT.failed(scores_failed(i, found, j, score[found], score[j], error)))
        result.append(default if found is None else held[found])
    return exact(result)


def yielded(run, uniform, kernel, *arguments):
    try:
        column = kernel(run, *arguments)
    except raspir.EvaluationError as error:
        return str(error)
    size = run.count if uniform else run.n
    assert len(column) in (1, size)
    return exact(atoms_of(column)) * (size if len(column) == 1 else 1)


def atoms_at(run, column):
    return atoms_of(full(run, column))


@pytest.mark.parametrize("branches", SUMMED, ids=", ".join)
@pytest.mark.parametrize("mean", [False, True])
@pytest.mark.parametrize("name", [name for name in KINDS if name not in ("characters",)])
@settings(max_examples=10, deadline=None)
@given(st.data())
def test_sums_and_means(name, mean, branches, data):
    inexact = name in ("floats", "numbers", "atoms", "any")
    if inexact and "not one by one" in branches:
        name = "exact"
    with branch(*branches):
        run = data.draw(runs())
        selection = data.draw(selected(run))
        value = data.draw(values(run, KINDS[name]))
        default, (other,) = data.draw(columns(1, KINDS["any"]))
        mask, held = matrix(selection), atoms_at(run, value)
        kernel = aggregates.mean if mean else aggregates.total
        found = yielded(run, selection.uniform, kernel, selection, value, default, AT)
        assert found == defined(mask, held, other, mean)


MISSING = [KINDS[name] for name in ("missing", "small or missing", "characters or missing", "any")]
ALIKE = [small, texts, *(KINDS[name] for name in ("exact", "floats", "integral", "numbers"))]
scores = st.sampled_from(ALIKE + MISSING)


@pytest.mark.parametrize("branches", [("as it is",), ("no tables", "large")], ids=", ".join)
@pytest.mark.parametrize("ties", ["left", "right"])
@pytest.mark.parametrize("pick", ["highest", "lowest"])
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_best(pick, ties, branches, data):
    with branch(*branches):
        run = data.draw(runs())
        selection = data.draw(selected(run).filter(lambda each: type(each).__name__.lower() not in WITHOUT_BEST))
        value, score = data.draw(values(run)), data.draw(values(run, data.draw(scores)))
        default, (other,) = data.draw(columns(1, KINDS["any"]))
        mask, held, scored = matrix(selection), atoms_at(run, value), atoms_at(run, score)
        found = yielded(run, selection.uniform, aggregates.best, selection, value, score, pick, ties, default, AT)
        assert found == fetched(mask, held, scored, pick, ties, other)


REAL = [0.1, 0.2, -0.7, 3.3, 1e16, -1e16, 1e-300, 5e-324, 1e100, -1e100, 7.0]


def rounded(row, values):
    """The sum from left to right, the exact one, and by how much they may differ."""
    chosen = [values[j] for j in row]
    bound = sum(map(abs, chosen)) * 2.0**-53 * len(chosen)
    return list(accumulate(chosen))[-1] if chosen else 0.0, fsum(chosen), bound


@pytest.mark.parametrize("size", [1, 5, 80])
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_float_sums_of_long_inputs_are_near_adding_from_left_to_right(size, data):
    with branch("not one by one", data.draw(st.sampled_from(["as it is", "no tables"]))):
        run = data.draw(runs(size, single=True if size == 80 else None))
        selection = data.draw(selected(run))
        few = data.draw(st.lists(st.sampled_from(REAL), min_size=1, max_size=5))
        held = [
            few[data.draw(st.integers(0, len(few) - 1))] if size < 80 else few[j * j % len(few)] for j in range(run.n)
        ]
        found = summation.float_sums(run, selection, np.array(held))
        for row, total in zip(matrix(selection), found.tolist(), strict=True):
            left, right, bound = rounded(np.flatnonzero(row).tolist(), held)
            assert abs(total - left) <= 2 * bound
            assert total in (left, right) or abs(total - right) <= bound


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_float_sums_with_infinities(data):
    with branch("not one by one"):
        run = data.draw(runs())
        selection = data.draw(selected(run))
        held = data.draw(st.lists(st.sampled_from([0.1, 0.2, 1.5, inf, -inf]), min_size=run.n, max_size=run.n))
        found = summation.float_sums(run, selection, np.array(held))
        for row, total in zip(matrix(selection), found.tolist(), strict=True):
            chosen = [held[j] for j in np.flatnonzero(row)]
            wanted = sum(chosen)
            assert isnan(total) == isnan(wanted)
            if isinf(wanted):
                assert total == wanted


@examples(40)
@given(st.data())
def test_float_sums_are_exact_where_a_unit_is(data):
    unit = data.draw(st.sampled_from([2.0**-1000, 2.0**-30, 0.5, 1.0, 2.0**40, 2.0**900]))
    with branch("not one by one"):
        run = data.draw(runs(30))
        selection = data.draw(selected(run))
        held = [unit * each for each in data.draw(st.lists(st.integers(-9, 9), min_size=run.n, max_size=run.n))]
        found = summation.float_sums(run, selection, np.array(held)).tolist()
        assert found == [rounded(np.flatnonzero(row).tolist(), held)[0] for row in matrix(selection)]


def test_a_float_selected_alone_is_itself():
    with branch("not one by one"):
        run = Run(np.array([2]))
        for held in ([1e16, 5e-324], [5e-324, 1e308], [3e-310, 1.5]):
            found = summation.float_sums(run, selections.Sliding(run, 0, 0), np.array(held))
            assert found.tolist() == held


def test_a_sum_of_nothing_but_negative_zeros_is_one():
    for names in ((), ("not one by one",)):
        with branch(*names):
            run = Run(np.array([3, 2]))
            found = aggregates.total(
                run, selections.Sliding(run, -1, 0), column_of([-0.0, -0.0, 0.0, -0.0, -0.0]), constant(-0.0), AT
            )
            assert exact(atoms_of(found)) == exact([-0.0, -0.0, 0.0, -0.0, -0.0])


@pytest.mark.parametrize("n", [100, 300])
@pytest.mark.parametrize("mean", [False, True])
def test_long_inputs(n, mean):
    """Sums whose sizes are at the limits of what 64 bits, and floats, hold exactly."""
    run = Run(np.array([n]))
    kernel = aggregates.mean if mean else aggregates.total
    for held in (
        [2**62 - 1] * n, [-(2**63)] * n, [2**53 // n + 1] * n, [(-1) ** j * 2**63 for j in range(n)],
        [j % 2 == 0 for j in range(n)], [2**53 + j for j in range(n)], [10**400 + j for j in range(n)],
        [True, 0.5] * (n // 2), [2**52, 0.5] * (n // 2), [2**70, 0.25] * (n // 2),
    ):  # fmt: skip
        for made in (
            selections.Everything(run),
            selections.Sliding(run, None, 0),
            selections.Sliding(run, -3, 2),
            selections.Sliding(run, None, -5),
        ):
            found = yielded(run, made.uniform, kernel, made, column_of(held), constant(None or 0), AT)
            assert found == defined(matrix(made), held, 0, mean)


def test_sums_of_floats_do_not_depend_on_the_batch():
    random = Random(0)
    lengths = [30, 70, 3, 200, 64, 65, 1]
    sequences = [[random.choice([0.1, 0.2, -0.7, 3.3, 1e-9]) * random.random() for _ in range(n)] for n in lengths]
    for selector in (key(tokens) < query(tokens), (key(tokens) < query(tokens)) & (key(indices) < query(indices))):
        for program in (selector.value(tokens), selector.mean(tokens)):
            run, judge = raspir.compile(program), raspir.compile(program, "reference")
            results = run.batch(sequences)
            for sequence, result in zip(sequences, results, strict=True):
                assert result == run(sequence)
                if len(sequence) <= 64:
                    assert result == judge(sequence)
