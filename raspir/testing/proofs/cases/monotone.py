"""Proof cases of the rules on comparisons of counts and sums."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import inf

from raspir.analysis import Analysis
from raspir.analysis.steps import Steps
from raspir.ir.types import ATOM, INT
from raspir.passes.depth import monotone as rules
from raspir.testing.proofs.cases.programs import AFTER, BEFORE, FROM, UP_TO, beside, both, mean
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.cases.scores import IS_A, MARK
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, LENGTH, leaf, make, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

COUNT, POSITIVE = map(Searched, rules.RULES)

X, Y, V, W = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("w", INT)
S = some_selector("S", Y, W)
RUNNING, SUFFIX = total(UP_TO, MARK), total(AFTER, MARK)
OTHER = total(FROM, make("where", make("eq", Y, 1), 1, 0))
IS_ONE = select("eq", Y, 1)


# Count of a run

INTERVALS = {
    "all": EVERYTHING,
    "j <= i": UP_TO,
    "j > i": AFTER,
    "i - 2 < j < length - 1": both(select("gt", INDICES, beside(-2)), select("lt", INDICES, beside(-1, LENGTH))),
}
MARKS = {
    "count > 1": make("gt", RUNNING, 1),
    "count <= 1": make("le", RUNNING, 1),
    "count == 0": make("eq", SUFFIX, 0),
    "count > 0 and others <= 1": make("and", make("gt", RUNNING, 0), make("le", OTHER, 1)),
}
ONCE = {
    "count == 1": make("eq", RUNNING, 1),
    "1 <= count <= 2": make("not", make("or", make("lt", SUFFIX, 1), make("gt", SUFFIX, 2))),
}
COMPARED = (("gt", 0), ("eq", 0), ("ge", 2), ("ne", 1), ("lt", LENGTH), ("le", INDICES))
NEITHER: Patch = (rules, "_tests_positive", always(True))
NO_ZERO: Patch = (rules, "_tests_zero", always(False))
MONOTONE: Patch = (Analysis, "steps", always(Steps(0, 1)))
COUNT_MUTATIONS = (
    GuardMutation(
        "the condition is monotone", make("gt", total(EVERYTHING, make("gt", total(UP_TO, V), 1)), 0), [MONOTONE]
    ),
    GuardMutation(
        "the value skips no integer",
        make("gt", total(EVERYTHING, make("eq", total(UP_TO, make("mul", MARK, 3)), 1)), 0),
        [MONOTONE],
    ),
    GuardMutation(
        "no summand is below 0", make("gt", total(EVERYTHING, beside(-3, make("mul", RUNNING, 2))), 0), [NEITHER]
    ),
    GuardMutation("the mean is of zeros and ones", make("eq", mean(EVERYTHING, RUNNING), 1), [NO_ZERO]),
    GuardMutation(
        "the mean is of some positions",
        make("eq", mean(AFTER, make("where", MARKS["count > 1"], 1, 0)), 1),
        [(Analysis, "selects_some", always(True))],
    ),
    GuardMutation("the sum is compared with 0", make("gt", total(EVERYTHING, RUNNING), 1), [NEITHER]),
    GuardMutation(
        "the default of the sum is 0", make("gt", total(AFTER, RUNNING, 1), 0), [(rules, "is_zero", always(True))]
    ),
    GuardMutation(
        "the end tested satisfies the condition first",
        make("gt", total(IS_ONE, make("eq", total(BEFORE, MARK), 0)), 0),
        [(rules, "_is_rising", always(True))],
    ),
    GuardMutation(
        "the condition at the end is on the key alone",
        make("gt", total(both(S, select("gt", RUNNING, W)), 1), 0),
        [(Analysis, "of_keys", always(True))],
    ),
)


def _counts() -> Iterator[ProofCase]:
    for place, ((where, selector), (text, mark)) in enumerate(product(INTERVALS.items(), MARKS.items())):
        for comparison, bound in COMPARED[place % 2 :: 2]:
            shown = f"the number of positions of {where} with {text} {comparison} a bound is known from one"
            yield COUNT.case(shown, make(comparison, total(selector, mark), bound))
    for (where, selector), (text, mark) in product(INTERVALS.items(), ONCE.items()):
        yield COUNT.case(f"there is {text} in {where}", make("ne", total(selector, mark), 0))
    yield COUNT.case("a mean of counts is 0", make("le", mean(UP_TO, RUNNING), 0))
    for (where, selector), (comparison, limit) in product(
        (("all", EVERYTHING), ("j <= i", UP_TO)), (("eq", 1), ("ne", 1), ("lt", 1), ("ge", 1))
    ):
        for text in ("count > 1", "count <= 1"):
            node = make(comparison, mean(selector, make("where", MARKS[text], 1, 0)), limit)
            yield COUNT.case(f"the mean of {text} in {where} {comparison} {limit} is known from one", node)
    yield COUNT.case("1 > a sum of counts", make("gt", 1, total(FROM, SUFFIX)))
    either = make("or", MARKS["count > 1"], MARKS["count == 0"])
    yield COUNT.case("there is count > 1 or count == 0", make("gt", total(BEFORE, either), 0))
    for text in ("count > 1", "count <= 1"):
        yield COUNT.case(f"there is {text} among S", make("gt", total(S, MARKS[text]), 0))
        yield COUNT.case(f"there is no {text} where x == 'a'", make("eq", total(IS_A, MARKS[text]), 0))
    for where, selector in (("y == 1", IS_ONE), ("j <= i with y == 1", both(UP_TO, IS_ONE))):
        for side, within in (("j < i", BEFORE), ("j <= i", UP_TO), ("j > i", AFTER), ("j >= i", FROM)):
            for name in ("eq", "gt"):
                marked = make(name, total(within, MARK), 0)
                shown = f"there is {where} of which the count of 'a' in {side} {name} 0"
                yield COUNT.case(shown, make("gt", total(selector, marked), 0))
    compared = total(both(UP_TO, select("gt", RUNNING, SUFFIX)), 1)
    yield COUNT.case("the number of j <= i with count[j] > others[i]", make("ge", compared, 2))


# Sum of positives

POSITIVES = {
    "count > 0": make("gt", RUNNING, 0),
    "count != 0": make("ne", SUFFIX, 0),
}
POSITIVE_MUTATIONS = (
    GuardMutation(
        "no summand is below 0",
        make("gt", total(EVERYTHING, make("gt", total(UP_TO, V), 0)), 0),
        [(Analysis, "bounds", always((0, inf)))],
    ),
    GuardMutation(
        "the condition is on the key alone",
        make("gt", total(select("gt", RUNNING, W), 1), 0),
        [(Analysis, "of_keys", always(True)), (Analysis, "bounds", always((0, inf)))],
    ),
    GuardMutation("the count is compared with 0", make("gt", total(S, make("gt", RUNNING, 0)), 1), [NEITHER]),
)


def _positives() -> Iterator[ProofCase]:
    for (text, mark), (comparison, bound) in product(POSITIVES.items(), (("gt", 0), ("lt", 1), ("eq", 0))):
        shown = f"the number of positions of S with {text} {comparison} {bound} is known from a sum"
        yield POSITIVE.case(shown, make(comparison, total(S, mark), bound))


RULES = (
    COUNT.provable(*_counts(), mutations=COUNT_MUTATIONS),
    POSITIVE.provable(*_positives(), mutations=POSITIVE_MUTATIONS),
)
