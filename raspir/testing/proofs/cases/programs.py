"""A notation for the programs of proof cases, and the application of the rules of the pass depth to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from raspir.analysis import Analysis
from raspir.analysis.known import Facts
from raspir.ir import Atom, Node, build
from raspir.ir.views import Aggregate
from raspir.passes.depth import sides
from raspir.passes.depth.search import Options, Rule, Search
from raspir.rewriting.algebra import Algebra
from raspir.testing.proofs.leaves import INDICES, LENGTH, make, select, total
from raspir.testing.proofs.proving import (
    Assumed,
    Condition,
    GuardMutation,
    Patch,
    ProofCase,
    Provable,
    Rewrite,
    always,
)


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


# Rules


def searched(rule: Rule[Any], bool_int_agnostic: frozenset[Node] = frozenset(), max_heads: int = 16) -> Rewrite:
    """Return the proposals of a rule in a search without other rules.

    Args:
        rule: the rule.
        bool_int_agnostic: the values whose users cannot distinguish a boolean from the equal integer.
        max_heads: the option of the search.
    """

    def rewrite(analysis: Assumed, node: Node) -> Iterable[Node]:
        search = Search(Algebra(analysis), (rule,), Options("best", max_heads), bool_int_agnostic)
        return rule.propose(search, node) if rule.takes(node) else ()

    return rewrite


def schema(
    rule: Rule[Any],
    text: str,
    node: Node,
    *conditions: Condition,
    unchecked: Sequence[GuardMutation] = (),
    layers: Mapping[Node, int] | None = None,
    bool_int_agnostic: bool = False,
    most: int | None = None,
) -> ProofCase:
    """Return the proof case of a search rule on a program.

    Args:
        rule: the rule.
        text: the rewrite in words.
        node: the program.
        conditions: the side conditions of the rule.
        unchecked: the guards of the rule.
        layers: the layers of leaves that stand for deeper values.
        bool_int_agnostic: whether no user can distinguish a boolean from the equal integer.
        most: the maximum length.
    """
    facts: dict[Node, dict[str, Any]] = {leaf: {"layer": layer} for leaf, layer in (layers or {}).items()}
    rewrite = searched(rule, frozenset([node]) if bool_int_agnostic else frozenset())
    return ProofCase(
        rule.name, text, node, rewrite, conditions, tuple(unchecked), 0, facts, not bool_int_agnostic, most
    )


def provable(rule: Rule[Any], *schemas: ProofCase) -> Provable:
    """Return the catalog entry of a search rule."""
    return Provable("depth", rule.name, rule.algebra, schemas)


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
