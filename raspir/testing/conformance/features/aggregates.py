"""Sums and means: defaults, single positions, and several positions."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from raspir.frontends.python.embedded import Selector, SOp, aggregate, indices, key, query, tokens
from raspir.ir import Atom, EvaluationError
from raspir.testing.conformance.case import ATOMS, Case, kind_of, trial
from raspir.testing.conformance.features.common import BEFORE, EVERYTHING, ITSELF, NOTHING, OTHERS, SAME, SO_FAR
from raspir.testing.conformance.features.sources import named

SUM, MEAN = "sums", "means"
DEFAULTS: tuple[Atom, ...] = (
    0, 1, -3, 2**53 + 1, 2**64, 10**400, True, False, 0.0, -0.0, 0.5, 1.0, inf, "", "_", "long default", "e\u0301",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for kind in ("sum", "mean"):
        group = SUM if kind == "sum" else MEAN
        yield from _defaults(group, kind)
        yield from _single(group, kind)
        yield from _several(group, kind)
    yield from _by_hand()
    yield from _strings()


def made(kind: str, selector: Selector, value: SOp, default: Atom = 0) -> SOp:
    """Return a sum or a mean."""
    return selector.value(value, default) if kind == "sum" else selector.mean(value, default)


def _defaults(group: str, kind: str) -> Iterator[Case]:
    for default in DEFAULTS:
        never = made(kind, NOTHING, tokens, default)
        # The first row selects nothing, the second one position, of the same value as an int, and so on.
        partly = made(kind, BEFORE, indices + 1, default)
        third = [1, 3] if kind == "sum" else [1, 1.5]
        trials = (
            trial(never, ["", "ab", [1, 2.5]], [[], [default] * 2, [default] * 2]),
            trial(partly, ["", "a", "abc"], [[], [default], [default, *third]]),
        )
        yield Case(group, f"{kind} default {named(default)}", trials, (kind,), kind_of([default]))
    omitted = trial((aggregate(NOTHING, tokens) if kind == "sum" else NOTHING.mean(tokens)), ["ab"], [[0, 0]])
    yield Case(group, f"{kind} default left out", (omitted,), (kind,), "int")


def _single(group: str, kind: str) -> Iterator[Case]:
    last = key(indices) == query(indices - 1)
    for name, atoms in ATOMS.items():
        alone = trial(made(kind, ITSELF, tokens, "none"), [list(atoms), []], [list(atoms), []], layers=1)
        moved = trial(made(kind, last, tokens, 5), [list(atoms)], [[5, *atoms[:-1]]])
        yield Case(group, f"{kind} of one selected {name} is unchanged", (alone, moved), (kind,), name)
    added = trial(made(kind, last, tokens, 100), [[1, 2, 3], [0.5, True]], [[100, 1, 2], [100, 0.5]])
    yield Case(group, f"{kind} of one selected leaves out the default", (added,), (kind,), "mixed")


def _several(group: str, kind: str) -> Iterator[Case]:
    for name in ("bool", "int", "float", "mixed"):
        atoms = [atom for atom in ATOMS[name] if not isinstance(atom, str | None)]
        small = [atom for atom in atoms if -1000 < atom < 1000]
        inputs = [small, small[:2], small[:3], [*small[:1], *small], []]
        trials = [trial(made(kind, each, tokens, -1), inputs) for each in (EVERYTHING, SO_FAR, SAME, OTHERS)]
        yield Case(group, f"{kind} of several {name}", tuple(trials), (kind,), name)
    of_mask = trial(made(kind, SO_FAR, tokens == "a"), ["aba", "bb", "a"])
    yield Case(group, f"{kind} of a comparison", (of_mask,), (kind,), "bool")
    uniform = trial(made(kind, SO_FAR, EVERYTHING.value(1)), ["abc", "", "a"])
    yield Case(group, f"{kind} of an aggregate", (uniform,), (kind,), "int")


def _by_hand() -> Iterator[Case]:
    total, mean = EVERYTHING.value(tokens), EVERYTHING.mean(tokens)
    sums = trial(
        total,
        [[1, 2, 4], [True, True], [True, False, False], [1, 0.5], [2**63, 2**63], [-0.0, -0.0], [-0.0, 0]],
        [[7] * 3, [2] * 2, [1] * 3, [1.5] * 2, [2**64] * 2, [-0.0] * 2, [0.0] * 2],
    )
    yield Case(SUM, "sum by hand", (sums,), ("sum",))
    means = trial(
        mean,
        [[1, 2, 4, 5], [True, True], [2, 2], [1, 0.5], [2**60, 2**60 + 2**10], [5], [True], [-0.0, -0.0]],
        [[3.0] * 4, [1.0] * 2, [2.0] * 2, [0.75] * 2, [2.0**60 + 2.0**9] * 2, [5], [True], [-0.0] * 2],
    )
    yield Case(MEAN, "mean by hand", (means,), ("mean",))
    running = trial(SO_FAR.mean(tokens), [[3, 5, 1]], [[3, 4.0, 3.0]])
    yield Case(MEAN, "mean divides by how many are selected", (running,), ("mean",), "int")
    width = trial(SAME.width(), ["hello", ""], [[1, 1, 2, 2, 1], []], layers=1)
    yield Case(SUM, "width counts", (width, trial(NOTHING.width(), ["ab"], [[0, 0]])), ("sum",), "int")
    large = trial(mean, [[10**400, 1], [10**400], [10**308] * 20], [EvaluationError, [10**400], [float(10**308)] * 20])
    yield Case(MEAN, "mean of integers too large for a float fails", (large,), ("mean",), "int")


def _strings() -> Iterator[Case]:
    for kind, group in (("sum", SUM), ("mean", MEAN)):
        fails = trial(
            made(kind, EVERYTHING, tokens),
            ["ab", "a", [1, "a"], ["a", 1, 2], ["", ""], []],
            [EvaluationError, ["a"], EvaluationError, EvaluationError, EvaluationError, []],
        )
        repeated = trial(made(kind, SAME, tokens), ["abc", "abca"], [[*"abc"], EvaluationError])
        yield Case(group, f"{kind} of two strings fails", (fails, repeated), (kind,), "str")
        several = [["a", "b", "", "ab", "é", "a\0", "c", "d", "e", "f"][:n] for n in range(3, 11)]
        refused = trial(made(kind, EVERYTHING, tokens), several, [EvaluationError] * len(several))
        yield Case(group, f"{kind} of three to ten strings fails", (refused,), (kind,), "str")
        late = [["a", "b", "c", 1], ["", "", "", 0], [1, 2, 3, "a"], ["a", "b", True, 0.5, "c"]]
        mixed = trial(made(kind, EVERYTHING, tokens), late, [EvaluationError] * len(late))
        yield Case(group, f"{kind} of strings and a late number fails", (mixed,), (kind,), "mixed")
