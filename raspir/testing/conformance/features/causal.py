"""Causal programs: the mask ``key(indices) <= query(indices)`` joins the whole selector of every aggregate."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from raspir.frontends.python.embedded import SOp, indices, key, query, select, tokens, where
from raspir.ir import Atom, InputError
from raspir.testing.conformance.case import Case, Trial, trial
from raspir.testing.conformance.features.common import AFTER, BEFORE, EVERYTHING, NOTHING, OTHERS, SAME, SO_FAR
from raspir.testing.functions import less

GROUP = "causal programs"
TEXTS = ["abcab", "", "a", "ab"]


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _aggregates()
    yield from _selectors()
    yield from _moves()
    yield from _together()


causal = partial(trial, causal=True)
"""Returns a trial of a causal program, as :func:`~raspir.testing.conformance.case.trial`."""


def _case(name: str, *trials: Trial, operation: str = "selector.and") -> Case:
    return Case(GROUP, name, trials, (operation,))


def _aggregates() -> Iterator[Case]:
    counts = [[*range(1, len(text) + 1)] for text in TEXTS]
    yield _case("count of everything", causal(EVERYTHING.value(1), TEXTS, counts, layers=1), operation="sum")
    numbers: list[list[Atom]] = [[3, 1, 2, -6], [], [2**64]]
    sums = causal(EVERYTHING.value(tokens), numbers, [[3, 4, 6, 0], [], [2**64]])
    yield _case("sum of everything", sums, operation="sum")
    means = causal(EVERYTHING.mean(tokens), numbers, [[3, 2.0, 2.0, 0.0], [], [2**64]])
    yield _case("mean of everything", means, operation="mean")
    highest = causal(EVERYTHING.best(indices, tokens, "right"), ["abcab", "cab"], [[0, 1, 2, 2, 2], [0, 0, 0]])
    lowest = causal(EVERYTHING.best(tokens, tokens, "left", 0, "lowest"), ["bca"], [[*"bba"]])
    yield _case("best of everything", highest, lowest, operation="best")
    first = causal(BEFORE.value(1, "none"), TEXTS, [["none", *each[:-1]] if each else [] for each in counts])
    yield _case("default of the first position", first, operation="sum")


def _selectors() -> Iterator[Case]:
    ones, zeros = ([[atom] * len(text) for text in TEXTS] for atom in (1, 0))
    yield _case("of later positions, nothing is left", causal(AFTER.value(1), TEXTS, zeros))
    own = causal((AFTER | (key(indices) == query(indices))).value(1), TEXTS, ones)
    yield _case("of later positions and the position itself, this is left", own)
    yield _case("of the mask, all is left", causal(SO_FAR.value(indices), TEXTS, [[0, 1, 3, 6, 10], [], [0], [0, 1]]))
    yield _case("of nothing, nothing is left", causal(NOTHING.value(1, "_"), ["ab"], [[*"__"]]))
    yield _case("complement of the mask", causal((~SO_FAR).value(1), TEXTS, zeros), operation="selector.not")
    different = causal((~SAME).value(1), ["abcab", "aa"], [[0, 1, 2, 2, 3], [0, 0]])
    nothing = causal((~EVERYTHING).value(1), ["ab"], [[0, 0]])
    yield _case("complement of another selector", different, nothing, operation="selector.not")
    either = causal((SAME | (key(indices) == query(0))).value(1), ["abcab", "aa"], [[1, 2, 2, 2, 3], [1, 2]])
    yield _case("union", either, operation="selector.or")
    both = causal((SAME & OTHERS).value(1), ["abcab", "aaa"], [[0, 0, 0, 1, 1], [0, 1, 2]])
    yield _case("intersection", both)
    chosen = causal(select(tokens, tokens, less).value(1), ["abcab", "aa"], [[0, 1, 2, 0, 2], [0, 0]])
    yield _case("predicate", chosen, operation="select.by")


def _moves() -> Iterator[Case]:
    right = causal((key(indices) == query(indices - 1)).value(tokens, "_"), ["abc", "a"], [[*"_ab"], ["_"]])
    yield _case("from the previous position", right)
    left = causal((key(indices) == query(indices + 1)).value(tokens, "_"), ["abc", "a"], [[*"___"], ["_"]])
    yield _case("from the next position", left)
    length = EVERYTHING.value(1)
    flip = causal(
        (key(indices) == query(length - 1 - indices)).value(tokens, "_"), ["abc", ""], [[*"aaa"], []], layers=2
    )
    yield _case("flip", flip)
    half = causal((key(indices) == query(indices // 2)).value(tokens, "_"), ["abcde"], [[*"aabbc"]])
    ahead = causal((key(indices) == query(where(tokens == "a", 2, 0))).value(tokens, "_"), ["abaa"], [[*"_aaa"]])
    yield _case("from computed positions", half, ahead)
    twice = causal(SO_FAR.value((SAME & BEFORE).value(1)), ["abaab"], [[0, 0, 1, 3, 4]], layers=2)
    yield _case("count of counts", twice)


def _together() -> Iterator[Case]:
    outputs: dict[str, SOp] = {"count": SAME.value(1), "mean": SAME.mean(indices), "length": EVERYTHING.value(1)}
    wanted = {"count": [1, 1, 2], "mean": [0, 1, 1.0], "length": [1, 2, 3]}
    yield _case("several outputs", causal(outputs, ["aba"], [wanted]), operation="sum")
    assumed = causal(SAME.value(1), ["aba", "abc", "aaaa", ""], [[1, 1, 2], InputError, InputError, []], "ab", 3)
    yield _case("with a vocabulary and a maximum length", assumed)
    long = causal(EVERYTHING.value(1), ["a" * 300], [[*range(1, 301)]])
    yield _case("of long inputs", long, operation="sum")
