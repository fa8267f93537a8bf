"""Conditions on key and query against Python's comparison of each pair of atoms."""

import operator

import numpy as np
import pytest
from daily import examples
from drawn import (
    AT,
    KINDS,
    branch,
    characters,
    columns,
    floats,
    integral,
    numbers,
    runs,
    small,
    texts,
    values,
    wholes,
    widths,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import raspir
from raspir.backends.numpy.kernels import conditions, predicates
from raspir.backends.numpy.kernels.columns import atoms_of, column_of, integers
from raspir.backends.numpy.kernels.columns import floats as of_floats
from raspir.backends.numpy.kernels.runs import Run, full
from raspir.ir.errors import MissingValueError
from raspir.ir.evaluation import refusing
from raspir.runtime.messages import pair_failed

WAYS = st.sampled_from(["as it is", "no tables", "large"])
WHOLE = st.sampled_from([small, widths, wholes, integral, KINDS["bools"]])
ORDERED = st.sampled_from([small, widths, floats, numbers, integral, texts, characters])
COMPARED = st.sampled_from(["<", "<=", ">", ">="])
SYMBOLS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
BOUNDS = {"<": (None, -1), "<=": (None, 0), ">": (1, None), ">=": (0, None)}


def drawn(data, of_key, of_query=None):
    """A run, a key and a query, sometimes one and the same, and the atoms of both at each position."""
    run = data.draw(runs())
    key = full(run, data.draw(values(run, of_key)))
    query = (
        key if data.draw(st.integers(0, 2)) == 0 else data.draw(values(run, of_key if of_query is None else of_query))
    )
    return run, key, query, atoms_of(key), atoms_of(full(run, query))


def check(run, condition, wanted):
    """Compare all pairs of one sequence, by the mask and by the position."""
    mask = np.broadcast_to(condition.mask(np.arange(run.n), slice(0, run.n)), (run.n, run.n))
    for i in range(run.n):
        for j in range(run.n):
            if run.sequence[i] == run.sequence[j]:
                assert mask[i, j] == wanted(i, j)
    if hasattr(condition, "at"):
        for shift in (0, 1):
            positions = (np.arange(run.n) + shift) % run.n
            assert np.array_equal(np.broadcast_to(condition.at(positions), run.n), mask[np.arange(run.n), positions])


@examples(80)
@given(st.data(), st.sampled_from(sorted(KINDS)), st.sampled_from(sorted(KINDS)), WAYS)
def test_equal(data, first, second, way):
    with branch(way):
        run, key, query, keys, queries = drawn(data, KINDS[first], KINDS[second])
        check(run, conditions.equal(run, key, query), lambda i, j: keys[j] == queries[i])


@examples(80)
@given(st.data(), WHOLE, st.integers(-3, 3), WAYS)
def test_equal_to_so_much_more(data, of, offset, way):
    with branch(way):
        run, key, query, keys, queries = drawn(data, of)
        check(run, conditions.equal(run, key, query, offset), lambda i, j: keys[j] == queries[i] + offset)


@examples(80)
@given(st.data(), WHOLE, st.data(), WAYS)
def test_between(data, of, ends, way):
    low = ends.draw(st.none() | st.integers(-3, 3))
    high = ends.draw(st.none() | st.integers(-3 if low is None else low, 4))
    with branch(way):
        run, key, query, keys, queries = drawn(data, of)
        check(
            run,
            conditions.between(run, key, query, low, high),
            lambda i, j: (
                (low is None or keys[j] - queries[i] >= low) and (high is None or keys[j] - queries[i] <= high)
            ),
        )


@examples(80)
@given(
    st.data(),
    st.sampled_from([small, floats, numbers, integral]),
    st.booleans(),
    COMPARED,
    WAYS,
)
def test_ordered(data, of, strings, symbol, way):
    with branch(way):
        run, key, query, keys, queries = drawn(data, of)
        found = conditions.ordered(run, key, query, *BOUNDS[symbol])
        check(run, found, lambda i, j: SYMBOLS[symbol](keys[j], queries[i]))


@examples(80)
@given(st.data(), COMPARED)
def test_the_first_pair_that_has_no_order(data, symbol):
    run, key, query, keys, queries = drawn(
        data, data.draw(st.sampled_from([small, texts, KINDS["small or missing"], KINDS["any"]])), KINDS["any"]
    )
    wanted = None
    for i in range(run.n):
        for j in np.flatnonzero(run.sequence == run.sequence[i]).tolist():
            try:
                refusing(SYMBOLS[symbol])(keys[j], queries[i])
            except (TypeError, MissingValueError) as error:
                wanted = wanted or str(AT.failed(pair_failed(i, j, keys[j], queries[i], error)))
    message = None
    try:
        conditions.check_order(run, key, query, symbol, AT)
    except raspir.EvaluationError as error:
        message = str(error)
    assert message == wanted


@examples(60)
@given(st.data())
def test_the_first_pair_that_holds_none(data):
    kinds = st.sampled_from([small, KINDS["small or missing"], KINDS["any"], KINDS["missing"]])
    run, key, query, keys, queries = drawn(data, data.draw(kinds), data.draw(kinds))
    pairs = [(i, j) for i in range(run.n) for j in np.flatnonzero(run.sequence == run.sequence[i]).tolist()]
    failing = [(i, j, keys[j], queries[i]) for i, j in pairs if keys[j] is None or queries[i] is None]
    message = None
    try:
        conditions.check_present(run, key, query, AT)
    except raspir.EvaluationError as error:
        message = str(error)
    assert message == (str(AT.failed(pair_failed(*failing[0], MissingValueError()))) if failing else None)


def fails_on_odd(a, b):
    if (len(repr(a)) + len(repr(b))) % 5 == 0:
        raise SystemExit("odd")
    return len(repr(a)) % 2


@examples(80)
@given(st.data(), st.sampled_from(sorted(KINDS)))
def test_predicates_fail_at_the_first_pair_that_meets(data, name):
    run, key, query, keys, queries = drawn(data, KINDS[name])
    wanted = None
    for i in range(run.n):
        for j in np.flatnonzero(run.sequence == run.sequence[i]).tolist():
            try:
                fails_on_odd(keys[j], queries[i])
            except SystemExit as error:
                wanted = wanted or str(AT.failed(pair_failed(i, j, keys[j], queries[i], error)))
    message, found = None, None
    try:
        found = predicates.predicate(run, key, query, fails_on_odd, AT)
    except raspir.EvaluationError as error:
        message = str(error)
    assert message == wanted or (not run.single and None not in (message, wanted))  # one by one says which is first
    if found is not None:
        check(run, found, lambda i, j: bool(fails_on_odd(keys[j], queries[i])))
        check(run, predicates.opposite(run, found), lambda i, j: not fails_on_odd(keys[j], queries[i]))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(-5, 9), min_size=1, max_size=12),
    st.lists(st.integers(-9, 12), min_size=1),
    WAYS,
    st.booleans(),
)
def test_scales(held, asked, way, real):
    with branch(way):
        column = of_floats(np.array(held, dtype=np.float64)) if real else integers(np.array(held))
        scale = conditions.scale_of(column)
        values = np.array(asked, dtype=np.float64 if real else np.int64)
        assert conditions.scale_of(column) is scale
        assert 0 <= scale.codes.min() <= scale.codes.max() < scale.size
        for value, strictly, weakly, at in zip(
            asked,
            scale.below(values).tolist(),
            scale.below(values, True).tolist(),
            scale.at(values).tolist(),
            strict=True,
        ):
            for other, code in zip(held, scale.codes.tolist(), strict=True):
                assert (code < strictly, code < weakly, code == at) == (other < value, other <= value, other == value)


@given(st.lists(st.one_of(numbers, texts, st.none()), min_size=1, max_size=8), st.data())
def test_ranks_keep_the_order(held, data):
    column, more = column_of(held), data.draw(columns(3))
    first, second = conditions.ranked((column, more[0]))
    ranks = dict(zip(range(len(held) + 3), [*atoms_of(first), *atoms_of(second)], strict=True))
    every = [*held, *more[1]]
    for i, a in enumerate(every):
        for j, b in enumerate(every):
            assert (ranks[i] == ranks[j]) == (a == b)
            if None in (a, b):
                assert (ranks[i] < ranks[j]) == (b is not None and a is None)
            elif isinstance(a, str) == isinstance(b, str):
                assert (ranks[i] < ranks[j]) == (a < b)


@pytest.mark.parametrize("side", ["left", "right"])
def test_looking_up_in_order(side):
    with branch("large"):
        held, asked = np.sort(np.arange(50) * 7 % 23), np.arange(30) * 11 % 29
        assert np.array_equal(conditions.locate(held, asked, side), np.searchsorted(held, asked, side))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_algebra(data):
    run, key, query, keys, queries = drawn(data, small)
    assume(run.n > 1)
    equal, above = conditions.equal(run, key, query), conditions.ordered(run, key, query, 1, None)
    steps = (("not", 0), ("and", 2, 1), ("not", 1), ("and", 0, 4), ("or", 3, 5))
    check(run, conditions.Combined((equal, above), steps), lambda i, j: keys[j] >= queries[i])


def test_each_combination_is_evaluated_once():
    class Counted:
        asked = 0

        def mask(self, rows, columns):
            self.asked += 1
            return np.ones((len(rows), columns.stop), dtype=bool)

    one, other = Counted(), Counted()
    steps = [("and", 0, 1)]
    for number in range(1, 3_000):  # each combines the one before with itself
        steps.append((("and", "or")[number % 2], number + 1, number + 1))
    mask = conditions.Combined((one, other), tuple(steps)).mask(np.arange(3), slice(0, 4))
    assert mask.all()
    assert (one.asked, other.asked) == (1, 1)


def test_a_run_of_one_position():
    run, one = Run(np.array([1])), column_of([2**70])
    check(run, conditions.between(run, one, one, 0, 0), lambda i, j: True)
    check(run, conditions.between(run, one, one, 1, None), lambda i, j: False)


def test_the_smallest_and_the_largest_integers():
    for held in ([-(2**63)], [2**63 - 1], [-(2**63), -(2**63) + 1], [2**63 - 2, 2**63 - 1, 2**63 - 1]):
        run = Run(np.array([len(held)]))
        for asked in (0, -1, 1, -(2**63), 2**63 - 1, held[0]):
            key, query = column_of(held), column_of([asked])
            check(run, conditions.equal(run, key, query), lambda i, j: held[j] == asked)  # noqa: B023
            check(run, conditions.ordered(run, key, query, None, 0), lambda i, j: held[j] <= asked)  # noqa: B023
            check(run, conditions.ordered(run, key, query, 1, None), lambda i, j: held[j] > asked)  # noqa: B023
            check(run, conditions.between(run, key, query, 0, 0), lambda i, j: held[j] == asked)  # noqa: B023
