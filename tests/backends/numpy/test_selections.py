"""Each selection against its own mask, which compares each pair of key and query."""

import tracemalloc
import warnings

import numpy as np
import pytest
from daily import examples
from drawn import MADE, WITHOUT_BEST, branch, matrix, runs, selected
from hypothesis import given, settings
from hypothesis import strategies as st

import raspir
from raspir.backends.numpy.kernels import conditions, predicates, selections
from raspir.backends.numpy.kernels import runs as runs_module
from raspir.backends.numpy.kernels.columns import integers
from raspir.backends.numpy.kernels.runs import Run

WAYS = ["as it is", "no tables", "large", "short"]


def added(values, row):
    total = 0.0
    for value in values[row].tolist():
        total = total + value
    return total


def check(selection, weights, real, ranks, name):
    mask = matrix(selection)
    assert mask.shape == (selection.rows, selection.run.n)
    run = selection.run
    own = np.arange(run.count) if selection.uniform else run.sequence
    assert not (mask & (run.sequence[None] != own[:, None])).any()
    counts = mask.sum(axis=1)
    assert np.array_equal(selection.counts, counts)
    most = int(np.abs(weights).max())
    assert np.array_equal(selection.sums(weights, most), np.where(mask, weights, 0).sum(axis=1))
    wanted = [added(real, row) for row in mask]
    with np.errstate(all="ignore"):
        quick = selection.ordered_sums(real)
        assert np.array_equal(selection.sequential_sums(real), wanted, equal_nan=True)
    if quick is not None:
        assert np.array_equal(quick, wanted, equal_nan=True)
    if name not in WITHOUT_BEST:
        assert np.array_equal(selection.best(ranks), np.where(mask, ranks, -1).max(axis=1))
    alone = counts == 1
    assert np.array_equal(selection.only()[alone], mask.argmax(axis=1)[alone])
    fetch = selection.as_fetch()
    if fetch is not None:
        assert np.array_equal(matrix(fetch), mask)
        assert np.array_equal(fetch.counts, counts)
    for row in range(selection.rows):
        assert selection.selected(row) == np.flatnonzero(mask[row]).tolist()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", sorted(MADE))
@settings(max_examples=12, deadline=None)
@given(st.data())
def test_sums_counts_and_the_best_are_those_of_the_mask(name, way, data):
    with branch(way):
        run = data.draw(runs())
        selection = data.draw(selected(run, name))
        n = run.n
        size = data.draw(st.sampled_from([3, 2**40, 2**58]))
        weights = data.draw(st.lists(st.integers(-size, size), min_size=n, max_size=n))
        real = data.draw(st.lists(st.sampled_from([0.1, 0.2, -0.7, 1e16, 1e308, float("inf")]), min_size=n, max_size=n))
        ranks = data.draw(st.permutations(range(n)))
        check(selection, np.array(weights), np.array(real), np.array(ranks), name)


@pytest.mark.parametrize("slope", [1, -1])
@pytest.mark.parametrize("lengths", [[1], [5], [3, 1, 4]])
def test_shifts_by_any_offset(slope, lengths):
    run = Run(np.array(lengths))
    for offset in [*range(-7, 8), 2**62, -(2**62), 2**63 - 1, -(2**63)]:
        mask = matrix(selections.shifted(run, slope, integers(np.array([offset]))))
        places = (run.positions - run.first).tolist()
        wanted = [[slope * i + offset == j for j in places] for i in places]
        assert np.array_equal(mask, np.array(wanted) & (run.sequence[:, None] == run.sequence[None]))


@pytest.mark.parametrize("lengths", [[1], [6], [3, 1, 6]])
def test_every_band_of_positions(lengths):
    run = Run(np.array(lengths))
    weights = 10 ** np.arange(run.n)
    places = run.positions - run.first
    difference = np.where(run.sequence[:, None] == run.sequence[None], places[None] - places[:, None], 99)
    ends = [None, *range(-8, 9)]
    for low in ends:
        for high in ends:
            if low is not None and high is not None and low > high:
                continue
            mask = (difference >= (-50 if low is None else low)) & (difference <= (50 if high is None else high))
            selection = selections.Sliding(run, low, high)
            assert np.array_equal(matrix(selection), mask)
            assert np.array_equal(selection.counts, mask.sum(axis=1))
            assert np.array_equal(selection.sums(weights, 10**9), mask @ weights)
            assert np.array_equal(selection.best(run.positions), np.where(mask, run.positions, -1).max(axis=1))


def test_a_long_fallback_is_announced_and_reported(monkeypatch):
    message = []
    run = Run(np.array([200]), 48 * 200 * 50, lambda *of: message.append(of))
    selection = selections.Selection(run, what="the selector")
    assert selection.counts.tolist() == [200] * 200
    assert message == [("evaluating the selector", k, 4) for k in (1, 2, 3, 4)]
    monkeypatch.setattr(selections, "_ENTRIES_PER_SECOND", 1.0)
    with pytest.warns(raspir.SlowWarning, match="evaluating the selector for each pair"):
        selection.sums(np.ones(200, dtype=np.int64), 1)


def test_blocks_keep_to_the_budget():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = Run(np.array([300]), runs_module.BUDGET // 1024)
        sizes = [mask.size for _, _, mask in selections.Selection(run).blocks()]
    assert max(sizes) * 48 <= run.budget
    assert sum(sizes) == 300 * 300


@examples(60)
@given(st.data())
def test_codes_of_several_conditions(data):
    with branch(data.draw(st.sampled_from(WAYS))):
        run = data.draw(runs())
        selection = data.draw(selected(run, "grouped"))
        codes, size, wanted = selections.composite(run, selection.conditions, selection.uniform)
        assert 0 <= codes.min() <= codes.max() < size
        assert 0 <= wanted.min() <= wanted.max() <= size


@given(st.lists(st.integers(0, 2**61) | st.integers(0, 5), min_size=1, max_size=30))
def test_ordered_places(codes):
    order, ordered = conditions.argsorted(np.array(codes), stable=True)
    assert order.tolist() == sorted(range(len(codes)), key=codes.__getitem__)
    assert ordered.tolist() == sorted(codes)


@pytest.mark.parametrize("low", [-(2**70), -(2**63), 2**63 - 1, None])
@pytest.mark.parametrize("high", [-(2**70), 2**63 - 1, 2**70, None])
@pytest.mark.parametrize("lengths", [[5], [1, 4, 2]])
def test_windows_wider_than_64_bits(low, high, lengths):
    run = Run(np.array(lengths))
    found = selections.Sliding(run, low, high)
    near, far = -9 if low is None or low < 0 else 9, 9 if high is None or high > 0 else -9
    mask = matrix(selections.Sliding(run, near, far))
    assert np.array_equal(found.counts, mask.sum(axis=1))
    assert np.array_equal(found.sums(np.arange(run.n), run.n), mask @ np.arange(run.n))
    assert np.array_equal(found.best(np.arange(run.n)), np.where(mask, np.arange(run.n), -1).max(axis=1))


def test_tables_of_predicates_become_numbers_in_blocks():
    n = 1500
    run = Run(np.array([n]), 1 << 18)
    table = np.tri(n, dtype=np.bool_)
    answers = predicates.Answers(n, n)
    answers.set(*np.nonzero(table))
    held = predicates.Predicate(np.arange(n), np.arange(n), answers)
    tracemalloc.start()
    try:
        found = selections.Tabled(run, (), held).sums(np.arange(n), n)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
    assert np.array_equal(found, np.arange(n) @ table)


@pytest.mark.parametrize(
    ("low", "high"), [(-2, 0), (0, 0), (-1, 1), (1, 3), (-3, -2), (0, 4), (-(10**9), -(10**9) + 1)]
)
def test_short_bands_of_long_sequences(low, high):
    weights = np.random.default_rng(0).integers(-100, 100, 40_000)
    found = selections.Sliding(Run(np.array([len(weights)])), low, high).sums(weights, 100)
    ends = np.arange(len(weights))[:, None] + (max(low, -len(weights)), max(high, -len(weights)) + 1)
    running = np.append(0, weights.cumsum())
    assert np.array_equal(found, np.diff(running[np.clip(ends, 0, len(weights))], axis=1)[:, 0])


@pytest.mark.parametrize("high", [0, 1])
def test_sums_of_narrow_weights_in_many_sequences(high):
    run = Run(np.full(50_000, 3))
    weights = np.full(run.n, 30_000, dtype=np.int16)  # all together they have more than 32 bits
    found = selections.Sliding(run, None, high).sums(weights, 30_000)
    assert found.reshape(-1, 3).tolist() == [[30_000 * min(3, i + 1 + high) for i in range(3)]] * run.count


@pytest.mark.parametrize("scale", [1, 10**6, 2**40])
@pytest.mark.parametrize("twice", [None, 0, -1])
def test_values_that_are_held_once(scale, twice):
    values = np.random.default_rng(0).permutation(40_000) * scale - 5
    if twice is not None:
        values[twice] = values[20_000]
    run = Run(np.array([len(values)]))
    column = integers(values)
    counts = selections.Grouped(run, (conditions.equal(run, column, column),)).counts
    _, inverse, expected = np.unique(values, return_inverse=True, return_counts=True)
    assert np.array_equal(counts, expected[inverse])
