"""Numeric edge cases: big integers, bitwise-exact float sums and their order, infinities, signed zeros, NaN."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from random import Random

from raspir.frontends.python.embedded import indices, key, query, tokens
from raspir.ir import EvaluationError
from raspir.testing.conformance.case import Case, trial
from raspir.testing.conformance.features.common import EVERYTHING, OTHERS, SAME, SO_FAR

INTEGERS, FLOATS = "integers", "floats"
EDGES = [2**31 - 1, 2**31, -(2**31) - 1, 2**53, 2**53 + 1, 2**62, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64]


def cases() -> Iterator[Case]:
    """Yield the cases."""
    yield from _integers()
    yield from _floats()
    yield from _rounding()


def _integers() -> Iterator[Case]:
    huge = [10**400, -(10**400), 10**400 + 1, 1]
    for name, program in {
        "plus one": tokens + 1,
        "minus one": tokens - 1,
        "doubled": tokens + tokens,
        "squared": tokens * tokens,
        "negative": -tokens,
        "divided": tokens // 3,
        "remainder": tokens % 1000003,
        "to the third": tokens**3,
        "bits": tokens & (2**65 - 1),
        "summed": EVERYTHING.value(tokens),
        "summed so far": SO_FAR.value(tokens),
        "equal values": SAME.value(1),
        "smaller values": (key(tokens) < query(tokens)).value(1),
        "larger by one": (key(tokens) == query(tokens + 1)).value(tokens, -1),
        "highest": EVERYTHING.best(tokens, tokens),
    }.items():
        inputs = [EDGES, huge, EDGES[:1], [2**63 - 1] * 5, [*EDGES, *huge]]
        yield Case(INTEGERS, name, (trial(program, inputs),), kind="int")
    sums = trial(EVERYTHING.value(tokens), [[2**63 - 1, 1], [2**53, 1]], [[2**63] * 2, [2**53 + 1] * 2])
    equal = trial(SAME.value(1), [[2**53, 2**53 + 1], [2**64, 2.0**64]], [[1, 1], [2, 2]])
    yield Case(INTEGERS, "beyond 64 bits by hand", (sums, equal), ("sum",), "int")


def _floats() -> Iterator[Case]:
    zeros = [[0.0, -0.0], [-0.0], [-0.0, -0.0], [-0.0, 0]]
    total, mean = EVERYTHING.value(tokens), EVERYTHING.mean(tokens)
    signs = trial(total, zeros, [[0.0] * 2, [-0.0], [-0.0] * 2, [0.0] * 2])
    yield Case(FLOATS, "signed zeros summed", (signs, trial(mean, zeros)), ("sum", "mean"), "float")
    product = trial(tokens * 0, [[-1.0, 1.0, -1, 0.0]], [[-0.0, 0.0, 0, 0.0]])
    grouped = trial(SAME.value(1), [[0.0, -0.0, 0, False]], [[4] * 4])
    yield Case(FLOATS, "signed zeros", (product, trial(-tokens, zeros), grouped), kind="float")
    infinite = trial(total, [[inf, 1.0], [inf, -inf], [-inf, -inf, 3]], [[inf] * 2, EvaluationError, [-inf] * 3])
    yield Case(FLOATS, "infinities summed", (infinite, trial(SO_FAR.mean(tokens), [[1.0, inf]])), ("sum",), "float")
    nan = trial(tokens - tokens, [[1.0, inf], [1.0]], [EvaluationError, [0.0]])
    yield Case(
        FLOATS, "no operation makes NaN", (nan, trial(tokens * 0, [[1.0, inf]], [EvaluationError])), kind="float"
    )
    overflow = trial(tokens**2, [[1e200], [2.0]], [EvaluationError, [4.0]])
    yield Case(FLOATS, "overflow", (overflow, trial(tokens * 1e200, [[1e200, -1e200]], [[inf, -inf]])), kind="float")
    ints = trial(tokens + 0.5, [[2**53, 10**400], [2**53, 1]], [EvaluationError, [2.0**53, 1.5]])
    yield Case(FLOATS, "an integer too large for a float", (ints,), kind="mixed")
    halves = [[0.5 * i for i in range(40)], [2.0**52, 1.0, -(2.0**52)], [0.25, 1, True], [0.1, 0.2], [0.1] * 2]
    exact = tuple(trial(made, halves) for made in (total, mean, SO_FAR.value(tokens), SO_FAR.mean(tokens)))
    yield Case(FLOATS, "sums that are exact in every order", exact, ("sum", "mean"), "float")
    order = trial(
        (key(tokens) <= query(tokens)).value(indices), [[0.1, 0.1 + 2**-54, 0.30000000000000004, 0.3, 5e-324]]
    )
    yield Case(FLOATS, "compared to the last bit", (order,), ("select.le",), "float")


def _rounding() -> Iterator[Case]:
    """Yield sums whose value depends on the order, where backends may differ within rounding."""
    random = Random(5)
    rows = [
        [0.1, 0.2, 0.3],
        [1e16, 1.0, 1.0, -1e16],
        [1e308, 1e308, -1e308],
        [random.uniform(-1, 1) for _ in range(50)],
        [random.uniform(-1, 1) * 10 ** random.randint(-12, 12) for _ in range(130)],
    ]
    selectors = {
        "all": EVERYTHING,
        "so far": SO_FAR,
        "smaller": key(tokens) <= query(tokens),
        "others": OTHERS,
    }
    for name, selector in selectors.items():
        trials = tuple(trial(made, rows) for made in (selector.value(tokens), selector.mean(tokens)))
        yield Case(FLOATS, f"sums that round, over {name}", trials, ("sum", "mean"), "float")
