"""Proof cases of the rule on fetches by a key where the key itself was found."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Analysis, Conjunct, Linear
from raspir.ir import Atom, Node
from raspir.ir.types import ATOM, INT
from raspir.passes.depth import keys as rules
from raspir.testing.proofs.cases.programs import AT_MOST_ONE, BEFORE, UP_TO, at, beside, best, both
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.cases.scores import COUNT, IS_A, RANK, SAME
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, LENGTH, leaf, make, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, Patch, ProofCase, always

(BY_KEY,) = map(Searched, rules.RULES)

X, Y, V, W, P, Q = leaf("x", ATOM), leaf("y", ATOM), leaf("v", INT), leaf("w", INT), leaf("p", INT), leaf("q", INT)
S = some_selector("S", Y, Q)
OF_SAME = total(both(BEFORE, SAME), 1)

FINDERS = {
    "the best of j <= i": best(UP_TO, RANK, V, 0, "highest"),
    "the best of S": best(S, RANK, V, 1, "lowest", "right"),
    "one at p": at(P, RANK, 2),
    "one at i - 1": at(beside(-1), RANK, -1),
}


def _by(key: Node, query: Node, *more: Node, default: Atom = "_") -> Node:
    """Return ``w`` where a key equals a query, and further conditions hold."""
    selector = select("eq", key, query)
    for each in more:
        selector = both(selector, each)
    return total(selector, W, default)


def _cases() -> Iterator[ProofCase]:
    for text, finder in FINDERS.items():
        yield BY_KEY.case(f"fetch by the rank of {text}", _by(RANK, finder))
        yield BY_KEY.case(f"fetch by the rank of {text}, if x == 'a'", _by(RANK, finder, IS_A, default=0))
    twice, length_more = make("mul", RANK, 2), make("add", RANK, LENGTH)
    yield BY_KEY.case("fetch by twice the rank found", _by(twice, best(UP_TO, twice, V)))
    yield BY_KEY.case("fetch by minus the rank found", _by(make("neg", RANK), best(UP_TO, make("neg", RANK), V)))
    found = make("sub", best(UP_TO, length_more, V), LENGTH)
    yield BY_KEY.case("fetch by the rank found plus the length", _by(RANK, found))
    yield BY_KEY.case(
        "fetch by a strictly monotone key",
        _by(make("mul", INDICES, 3), beside(-1, best(UP_TO, beside(1, make("mul", INDICES, 3)), V, 4))),
    )
    for within, count in ((IS_A, COUNT), (SAME, OF_SAME)):
        text = "x == 'a'" if within is IS_A else "x[j] == x[i]"
        finder = best(both(within, UP_TO), count, V, 1)
        yield BY_KEY.case(f"fetch by the count of {text} found", _by(count, finder, within, default=None))
        yield BY_KEY.case(f"fetch by the count of {text} found before i", _by(count, finder, within, UP_TO))


STRICT: Patch = (Analysis, "rank", always(Analysis().rank(RANK)))
"""All counts are as if in a strict order."""
MEMBER = (Conjunct, "implies", always(True))
MUTATIONS = (
    GuardMutation("the finder finds at most one position", _by(RANK, total(SAME, RANK)), [AT_MOST_ONE]),
    GuardMutation(
        "the key differs at any two positions",
        _by(total(select("lt", V, V), 1), best(UP_TO, total(select("lt", V, V), 1), W), default=0),
        [STRICT],
    ),
    GuardMutation("the position found is a member", _by(COUNT, best(EVERYTHING, COUNT, V), IS_A), [MEMBER]),
    GuardMutation(
        "the finder yields the key",
        _by(RANK, best(UP_TO, beside(1, RANK), V)),
        [(Linear, "__ne__", always(False))],
    ),
    GuardMutation(
        "what is added to the key is uniform",
        _by(RANK, make("sub", best(UP_TO, make("add", RANK, P), V), P)),
        [(rules, "_is_uniform", always(True))],
    ),
    GuardMutation(
        "the finder always finds a position", _by(RANK, best(S, RANK, V, 1)), [(rules, "always_finds", always(True))]
    ),
    GuardMutation(
        "further conditions hold at the position found",
        _by(RANK, best(UP_TO, RANK, V), select("lt", V, Q)),
        [(rules, "_checks", always(Conjunct({})))],
    ),
)

RULES = (BY_KEY.provable(*_cases(), mutations=MUTATIONS),)
