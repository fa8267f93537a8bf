"""The causal examples, against plain Python on each prefix, as written and optimized; their depths in the benchmark."""

from dataclasses import replace

import causal
import depth
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import CAUSAL

import raspir

WORDS, NUMBERS = st.text("abx()", max_size=9), st.lists(st.integers(-3, 9), max_size=9)


def follower(seen):
    """Return what followed the last item when it last occurred."""
    *before, last = seen
    return next((seen[at + 1] for at in reversed(range(len(before))) if before[at] == last), "_")


def balance(seen):
    return seen.count("(") - seen.count(")")


PROGRAMS = {
    "position": (causal.position, WORDS, len),
    "occurrence": (causal.occurrence, WORDS, lambda seen: seen.count(seen[-1])),
    "is_new": (causal.is_new, WORDS, lambda seen: seen.count(seen[-1]) == 1),
    "different": (causal.different, WORDS, lambda seen: len(set(seen))),
    "total": (causal.total, NUMBERS, sum),
    "sum_of_positions": (causal.sum_of_positions, WORDS, lambda seen: sum(range(1, len(seen) + 1))),
    "fraction_of_x": (causal.fraction_of_x, WORDS, lambda seen: seen.count("x") / len(seen)),
    "majority": (causal.majority, WORDS, lambda seen: seen.count("a") > seen.count("b")),
    "previous": (causal.previous, WORDS, lambda seen: seen[-2] if len(seen) > 1 else "_"),
    "two_before": (causal.two_before, WORDS, lambda seen: seen[-3] if len(seen) > 2 else "_"),
    "first_token": (causal.first_token, WORDS, lambda seen: seen[0]),
    "after_last_occurrence": (causal.after_last_occurrence(), WORDS, follower),
    "depth": (causal.depth(), WORDS, balance),
    "well_formed": (
        causal.well_formed(), WORDS, lambda seen: all(balance(seen[:end]) >= 0 for end in range(len(seen) + 1))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_results(name):
    program, inputs, on_prefix = PROGRAMS[name]
    runs = [
        raspir.compile(program, "reference", optimize=False, causal=True),
        raspir.compile(program, causal=True),
        raspir.compile(program, causal=True, attention="best"),
    ]

    @settings(max_examples=40, deadline=None)
    @given(inputs)
    def check(x):
        expected = [on_prefix(x[: end + 1]) for end in range(len(x))]
        assert [run(x) for run in runs] == [expected] * 3

    check()


def test_the_benchmark_has_all_of_them():
    measured = {id(each.program) for each in CAUSAL}
    assert [name for name, (program, *_) in PROGRAMS.items() if id(program) not in measured] == [
        "after_last_occurrence", "depth", "well_formed",  # functions make them anew
    ]  # fmt: skip
    assert all(each.causal for each in CAUSAL)


def test_depths_are_of_causal_programs():
    position = CAUSAL[0]
    row = depth.measure(position, inputs=20, seed=0)
    assert (row.written, row.select.layers, row.best.layers, row.causal, row.fails) == (1, 0, 0, True, [])
    assert depth.markdown([row]).startswith("| causal program | as written |")
    assert str(depth.table([row]).title).startswith("Causal programs: attention layers")
    plain = depth.measure(replace(position, causal=False), inputs=20, seed=0)
    assert plain.fails == [
        f"position: 1 layers with {kind} attention, over the limit of 0" for kind in ("select", "best")
    ]
    missed = depth.measure(replace(CAUSAL[2], select=0), inputs=20, seed=0)
    assert missed.fails == ["occurrence, causal: 1 layers with select attention, over the limit of 0"]
