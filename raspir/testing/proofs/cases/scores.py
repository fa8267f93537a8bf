"""Proof cases of the rule on scores that order the selected positions as shallower ones do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from raspir.analysis import Analysis
from raspir.analysis.steps import Steps
from raspir.ir import Node
from raspir.ir.types import ATOM, INT, STR
from raspir.passes.depth import scores as rules
from raspir.testing.proofs.cases.programs import AFTER, BEFORE, FROM, UP_TO, beside, best, both, either
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, LENGTH, leaf, make, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

(SCORE,) = map(Searched, rules.RULES)

X, V, W, TEXT, K = leaf("x", ATOM), leaf("v", INT), leaf("w", INT), leaf("text", STR), leaf("k", ATOM)
S = some_selector("S", K, X)
IS_A, SAME = select("eq", X, "a"), select("eq", X, X)
SIDES = list(product(("highest", "lowest"), ("left", "right")))


def ranked(by: Node, first: str, ties: Node) -> Node:
    """Return the rank of each position in the order of ``by``."""
    return total(either(select(first, by, by), both(select("eq", by, by), ties)), 1)


RANKS = {
    "the rank of v": ranked(V, "lt", BEFORE),
    "the falling rank of v": ranked(V, "gt", UP_TO),
    "the rank of a string from the right": ranked(TEXT, "lt", AFTER),
}
RANK = RANKS["the rank of v"]
SCALED = {
    "3 - 2 * the rank": make("sub", 3, make("mul", RANK, 2)),
    "length - the rank": make("sub", LENGTH, RANK),
    "length * the rank": make("mul", RANK, LENGTH),
}
COUNT, MARK = total(both(UP_TO, IS_A), 1), make("where", make("eq", X, "a"), 1, 0)
RUNNING = {
    "a running count": total(UP_TO, MARK),
    "a suffix count": total(AFTER, MARK),
    "minus a running count": make("neg", total(BEFORE, MARK)),
}
MEMBERS = {
    "x == 'a'": (IS_A, COUNT),
    "x == 'a' & S": (both(IS_A, S), total(both(AFTER, IS_A), 1)),
    "x[j] == x[i] & j <= i": (both(SAME, UP_TO), total(both(BEFORE, SAME), 1)),
    "x == w": (select("eq", X, W), total(both(FROM, SAME), 1)),
}
INITIAL: Patch = (rules, "_is_initial", always(True))
MUTATIONS = (
    GuardMutation("all selected are members", best(S, X, COUNT), [(rules, "_are_members", always(True))]),
    GuardMutation(
        "ties go to the end, or have the same value",
        best(EVERYTHING, X, total(UP_TO, MARK)),
        [(rules, "_depends_on_score", always(True))],
    ),
    GuardMutation(
        "the score rises with the rank",
        best(EVERYTHING, X, make("neg", RANK)),
        [(rules, "_single_term", lambda search, score: (RANK, True))],
    ),
    GuardMutation(
        "the score is monotone",
        best(EVERYTHING, X, total(UP_TO, V), ties="right"),
        [(Analysis, "steps", always(Steps(0, 1)))],
    ),
    GuardMutation(
        "the selected keys are equal",
        best(select("le", V, W), X, total(both(BEFORE, select("eq", V, V)), 1)),
        [(rules, "_have_one_key", always(True))],
    ),
    GuardMutation("all up to a position are selected", best(S, X, RUNNING["a running count"]), [INITIAL]),
    GuardMutation("a member counts itself", best(EVERYTHING, X, total(BEFORE, MARK)), [INITIAL]),
    GuardMutation(
        "equal scores are of one type",
        best(EVERYTHING, total(UP_TO, make("eq", X, "a")), total(UP_TO, make("eq", X, "a"))),
        [(rules, "_depends_on_score", always(True))],
    ),
)


def _cases() -> Iterator[ProofCase]:
    for (text, score), (pick, ties) in product(RANKS.items(), SIDES):
        shown = f"the {ties}most {pick} by {text} is the best in its order"
        yield SCORE.case(shown, best(S, X, score, "_", pick, ties))
    for place, (text, score) in enumerate(SCALED.items()):
        yield SCORE.case(f"the best by {text} is the best by v", best(S, X, score, None, *SIDES[place]))
    for place, (text, (selector, score)) in enumerate(MEMBERS.items()):
        shown = f"the best of {text} by their count is the last or the first"
        yield SCORE.case(shown, best(selector, X, score, 7, *SIDES[place]))
    for (text, score), (pick, ties) in product(RUNNING.items(), SIDES):
        for value in (X, beside(1, make("mul", score, 2))):
            rising = text != "a suffix count" and "minus" not in text
            last = (pick == "highest") == rising
            if value is X and ties != ("right" if last else "left"):
                continue
            shown = f"the {ties}most {pick} of {text} is at an end, for {'x' if value is X else 'a map of the score'}"
            yield SCORE.case(shown, best(S, value, score, -1, pick, ties))
    for where, selector in (("all", EVERYTHING), ("j < i", BEFORE), ("j <= i", UP_TO)):
        shown = f"the first of {where} with the highest running count is the last 'a', or the first of all"
        yield SCORE.case(shown, best(selector, X, RUNNING["a running count"], "_"))
    suffix = make("mul", total(FROM, MARK), -2)
    yield SCORE.case("the last with the highest suffix count", best(AFTER, X, suffix, "_", "lowest", "right"))


RULES = (SCORE.provable(*_cases(), mutations=MUTATIONS),)
