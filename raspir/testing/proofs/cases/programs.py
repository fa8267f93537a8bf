"""A notation for the programs of proof cases, and patches of the guards that several rules share."""

from __future__ import annotations

from dataclasses import replace

from raspir.analysis import Analysis
from raspir.analysis.known import Facts
from raspir.ir import Atom, Node, build
from raspir.ir.views import Aggregate
from raspir.passes.depth import sides
from raspir.passes.depth.search import Rule, Search
from raspir.testing.proofs.leaves import INDICES, LENGTH, make, select, total
from raspir.testing.proofs.proving import Patch, always


def both(a: Node, b: Node) -> Node:
    """Return the intersection of two selectors."""
    return build("selector.and", a, b)


def either(a: Node, b: Node) -> Node:
    """Return the union of two selectors."""
    return build("selector.or", a, b)


def mean(selector: Node, value: Node | Atom, default: Atom = 0) -> Node:
    """Return the mean of the selected values."""
    return make("mean", selector, value, default=default)


def best(
    selector: Node, value: Node, score: Node, default: Atom = 0, pick: str = "highest", ties: str = "left"
) -> Node:
    """Return the selected value of the best score."""
    return build("best", selector, value, score, pick=pick, ties=ties, default=default)


def at(position: Node | Atom, value: Node | Atom, default: Atom = 0) -> Node:
    """Return a value fetched from a position."""
    return total(select("eq", INDICES, position), value, default)


UP_TO, BEFORE = select("le", INDICES, INDICES), select("lt", INDICES, INDICES)
FROM, AFTER = select("ge", INDICES, INDICES), select("gt", INDICES, INDICES)
MIRRORED = make("sub", make("sub", LENGTH, 1), INDICES)
"""The mirror image of each position."""


def beside(offset: int, node: Node = INDICES) -> Node:
    """Return ``node + offset``."""
    return make("add", node, offset) if offset >= 0 else make("sub", node, -offset)


def flipped(value: Node, default: Atom = 0) -> Node:
    """Return a value in reverse order of positions."""
    return at(MIRRORED, value, default)


DECIDED = {
    "eq": ((3, 3, 3, 3), (0, 2, 3, 5)),
    "ne": ((0, 2, 3, 5), (3, 3, 3, 3)),
    "lt": ((0, 2, 3, 5), (3, 5, 0, 3)),
    "le": ((0, 3, 3, 5), (3, 5, 0, 2)),
    "gt": ((3, 5, 0, 2), (0, 3, 3, 5)),
    "ge": ((3, 5, 0, 3), (0, 2, 3, 5)),
}
"""The bounds of two integers, first one's and then the other's, that make a comparison true, and others that make it
false."""


# Replaced guards


def claimed(**facts: object) -> Patch:
    """Return a patch under which the analysis claims some facts of every node."""
    known = Analysis.__getitem__

    def claim(self: Analysis, node: Node) -> Facts:
        return replace(known(self, node), **facts)  # type: ignore[arg-type]  # facts are given by name

    return Analysis, "__getitem__", claim


IS_TOTAL: Patch = (Analysis, "is_total", always(True))
"""Skip the check that an operation cannot fail on some operands."""

NEVER_FAILS: tuple[Patch, ...] = (claimed(total=True), IS_TOTAL)
"""Skip the check that a value is total."""

COMPARABLE: Patch = (sides, "_compares", always(True))
"""Skip the check that all atoms are comparable."""

ADDS_INTEGERS: tuple[Patch, ...] = (
    (Rule, "takes", lambda rule, node: isinstance(node, Aggregate)),
    (Search, "adds_integers", always(True)),
)
"""Skip the check that integers are added with default 0."""

AT_MOST_ONE: Patch = (Analysis, "at_most_one", always(True))
"""Skip the check that a selector selects at most one position."""
