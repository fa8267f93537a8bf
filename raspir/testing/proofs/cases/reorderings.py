"""Proof cases of aggregates of reordered sequences."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.analysis import Analysis
from raspir.ir import Node
from raspir.ir.types import ATOM, INT
from raspir.passes.depth import reorderings
from raspir.testing.proofs.cases.permutations import BY_V, LAST_BY_V, ordered
from raspir.testing.proofs.cases.programs import BEFORE, UP_TO, beside, best, both, either, flipped, mean
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, LENGTH, leaf, make, select, some_selector, total
from raspir.testing.proofs.proving import GuardMutation, Patch, always

ABSORBED, QUERIES = map(Searched, reorderings.RULES)

X, Y, W = leaf("x", ATOM), leaf("y", ATOM), leaf("w", INT)


def _from_rank(place: Node, value: Node, rank: Node = BY_V) -> Node:
    return total(select("eq", rank, place), value)


SORTED_X, SORTED_W = _from_rank(INDICES, X), _from_rank(INDICES, W)
FALLING_X = _from_rank(beside(1), X, LAST_BY_V)
MIRRORED_W = _from_rank(make("sub", beside(-1, LENGTH), INDICES), W)


def _absorbed() -> Iterator[tuple[str, Node]]:
    yield "total(sorted w)", total(EVERYTHING, SORTED_W)
    yield "sum(j <= i, mirrored w)", total(UP_TO, MIRRORED_W)
    yield "sum(sorted x == y, sorted w)", total(select("eq", SORTED_X, Y), SORTED_W, None)
    yield "the mean of sorted w + j", mean(EVERYTHING, make("add", SORTED_W, INDICES), "_")
    yield "width(falling x == y)", total(some_selector("S", FALLING_X, Y), 1)
    yield "sum(s(x, y), w + sorted w)", total(some_selector("S", X, Y), make("sub", SORTED_W, W))
    yield "the last where sorted w == i", best(select("eq", SORTED_W, INDICES), SORTED_X, INDICES)
    yield "sorted x from position w", total(select("eq", INDICES, W), SORTED_X, "_")
    yield "sum(s(reversed x, y), w)", total(some_selector("S", flipped(X), Y), W)
    yield "the rank of reversed x", ordered(flipped(X))


def _queries() -> Iterator[tuple[str, Node]]:
    yield "width(x == sorted x)", total(select("eq", X, SORTED_X), 1)
    yield "agg(s(x, falling x), y)", best(some_selector("S", X, FALLING_X), Y, W, "_")
    yield "sum(w <= mirrored w & j < i, w)", total(both(select("le", W, MIRRORED_W), BEFORE), W, None)
    yield "sum(x == reversed x | j <= i, w)", total(either(select("eq", X, flipped(X)), UP_TO), W)


BEYOND = _from_rank(beside(1), W)
ONCE: Patch = (Analysis, "reorders", always(True))
SYMMETRIC: Patch = (reorderings, "_is_symmetric", always(True))

RULES = (
    ABSORBED.provable(
        *(ABSORBED.case(f"{text} over the original", node) for text, node in _absorbed()),
        mutations=(
            GuardMutation("each position is fetched from once", total(EVERYTHING, BEYOND), [ONCE]),
            GuardMutation("the order of positions does not matter", best(EVERYTHING, SORTED_X, SORTED_W), [SYMMETRIC]),
        ),
    ),
    QUERIES.provable(
        *(QUERIES.case(f"{text} fetched", node) for text, node in _queries()),
        mutations=[
            GuardMutation("each position is fetched from once", total(select("eq", W, BEYOND), 1, 3), [ONCE]),
        ],
    ),
)
