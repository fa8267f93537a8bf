"""Proof cases of sums by residues of the position."""

from __future__ import annotations

from collections.abc import Iterator

from raspir.ir import Node
from raspir.ir.types import INT
from raspir.passes.depth import residues
from raspir.testing.proofs.cases.programs import (
    ADDS_INTEGERS,
    AFTER,
    BEFORE,
    COMPARABLE,
    IS_TOTAL,
    UP_TO,
    both,
    either,
    mean,
)
from raspir.testing.proofs.cases.rules import Searched
from raspir.testing.proofs.leaves import EVERYTHING, INDICES, leaf, make, select, total, uniform
from raspir.testing.proofs.proving import GuardMutation

(BY_RESIDUES,) = map(Searched, residues.RULES)

V, W, U = leaf("v", INT), leaf("w", INT), leaf("u", INT)
EVEN, THIRD = make("mod", INDICES, 2), make("mod", make("add", INDICES, 1), 3)
HALF = make("floordiv", make("sub", 3, INDICES), 2)


def _programs() -> Iterator[tuple[str, Node]]:
    yield "sum(j <= i, j % 2)", total(UP_TO, EVEN)
    yield "total(where((j + 1) % 3 == 1, j, -1))", total(EVERYTHING, make("where", make("eq", THIRD, 1), INDICES, -1))
    yield "sum(j < i, (3 - j) // 2)", total(BEFORE, HALF)
    yield "sum(j > i & j % 2 == v, 2)", total(both(AFTER, select("eq", EVEN, V)), 2)
    yield "sum((3 - j) // 2 <= v | j % 2 > w, 1)", total(either(select("le", HALF, V), select("gt", EVEN, W)), 1)
    yield "sum(j < v, j % 2 + (j + 1) % 3)", total(select("lt", INDICES, V), make("add", EVEN, THIRD))


MUTATIONS = (
    GuardMutation(
        "no value fails beyond the input",
        total(UP_TO, make("floordiv", 12, make("add", make("sub", INDICES, 6), EVEN))),
        [IS_TOTAL],
    ),
    GuardMutation(
        "what is compared compares beyond the input",
        total(select("lt", make("where", make("gt", make("add", EVEN, INDICES), 4), "a", 1), V), 1),
        [COMPARABLE],
    ),
    *(
        GuardMutation(f"integers are summed with default 0: {text}", node, ADDS_INTEGERS)
        for text, node in {"another default": total(BEFORE, EVEN, 3), "a mean": mean(UP_TO, EVEN)}.items()
    ),
)


RULES = (
    BY_RESIDUES.provable(
        *(BY_RESIDUES.case(f"{text} for each remainder", node) for text, node in _programs()),
        BY_RESIDUES.case(
            "sum(j <= i, j % 2 + u) for each remainder", total(UP_TO, make("add", EVEN, U)), uniform(U, "u")
        ),
        mutations=MUTATIONS,
    ),
)
