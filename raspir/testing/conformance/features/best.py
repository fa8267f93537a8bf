"""Best-score fetches: highest or lowest score, with ties resolved to the left or to the right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import inf

from raspir.frontends.python.embedded import indices, key, query, tokens, where
from raspir.ir import Atom, EvaluationError
from raspir.testing.conformance.case import ATOMS, Case, kind_of, trial
from raspir.testing.conformance.features.aggregates import DEFAULTS
from raspir.testing.conformance.features.common import BEFORE, EVERYTHING, ITSELF, NOTHING, SAME
from raspir.testing.conformance.features.selectors import ORDERED_MIX
from raspir.testing.conformance.features.sources import named

GROUP = "best"
BEST = ("best",)


def cases() -> Iterator[Case]:
    """Yield the cases."""
    for default in DEFAULTS:
        partly = BEFORE.best(indices + 1, indices, "left", default)
        trials = [
            trial(NOTHING.best(tokens, tokens, "left", default), ["", "ab"], [[], [default] * 2]),
            trial(partly, ["", "a", "abc"], [[], [default], [default, 1, 2]]),
        ]
        yield Case(GROUP, f"best default {named(default)}", tuple(trials), BEST, kind_of([default]))
    for kind, atoms in ATOMS.items():
        held = list(ORDERED_MIX if kind == "mixed" else atoms)
        inputs = [held, held[::-1], held[:2], held[:1], []]
        for pick, ties in product(("highest", "lowest"), ("left", "right")):
            trials = [trial(each.best(indices, tokens, ties, -1, pick), inputs) for each in (EVERYTHING, BEFORE)]
            yield Case(GROUP, f"best {pick} {ties} of {kind} scores", tuple(trials), BEST, kind)
        fetched = trial(EVERYTHING.best(tokens, -indices), inputs, [given[:1] * len(given) for given in inputs])
        yield Case(GROUP, f"best fetches {kind} unchanged", (fetched,), BEST, kind)
    yield from _by_hand()
    yield from _failing()


def _by_hand() -> Iterator[Case]:
    equal: list[list[Atom]] = [[3, 1, 3, 1], [True, 1, 0.0, -0.0, 1.0], ["b", "a", "b", "a"], [inf, 1, inf, 1]]
    right = {
        ("highest", "left"): [0, 0, 0, 0],
        ("highest", "right"): [2, 4, 2, 2],
        ("lowest", "left"): [1, 2, 1, 1],
        ("lowest", "right"): [3, 3, 3, 3],
    }
    for (pick, ties), found in right.items():
        wanted = [[at] * len(given) for at, given in zip(found, equal, strict=True)]
        tied = trial(EVERYTHING.best(indices, tokens, ties, pick=pick), equal, wanted, layers=1)
        yield Case(GROUP, f"best {pick}, ties to the {ties}, by hand", (tied,), BEST)
    scalars = tuple(
        trial(EVERYTHING.best(tokens, 0, ties), ["abc", [1, "a"], ""], [[at] * n for at, n in wanted] + [[]])
        for ties, wanted in (("left", [("a", 3), (1, 2)]), ("right", [("c", 3), ("a", 2)]))
    )
    yield Case(GROUP, "best of equal scores", scalars, BEST)
    close: list[list[Atom]] = [[2**53, 2**53 + 1, 2.0**53], [2**64, 2**64 + 1], [10**400, 10**400 + 1, 1e308]]
    exact = trial(EVERYTHING.best(indices, tokens), close, [[1] * 3, [1] * 2, [1] * 3])
    yield Case(GROUP, "best compares integers exactly", (exact,), BEST, "int")
    layered = trial(SAME.best(tokens, EVERYTHING.value(1)), ["aba"], [[*"aba"]], layers=2)
    yield Case(GROUP, "best of a score that is an aggregate", (layered,), BEST, "str")


def _failing() -> Iterator[Case]:
    mixed = [["a", 1], [1, 2, "a"], ["a", "b"], [1, True]]
    wanted = [EvaluationError, EvaluationError, [1, 1], [0, 0]]
    fails = trial(EVERYTHING.best(indices, tokens), mixed, wanted)
    yield Case(GROUP, "best of a string and a number fails", (fails,), BEST, "mixed")
    alone = trial(ITSELF.best(tokens, tokens), [["a", 1, 0.5]], [["a", 1, 0.5]])
    yield Case(GROUP, "best of one selected compares no scores", (alone,), BEST, "mixed")
    masked = (key(where(tokens == "x", "no", "yes")) == query("yes")).best(indices, tokens, default="_")
    unselected = trial(masked, [["x", 3, 5], ["x", "x"], [2, "x", 1]], [[2] * 3, ["_"] * 2, [0] * 3])
    yield Case(GROUP, "best compares scores of selected positions only", (unselected,), BEST, "mixed")
