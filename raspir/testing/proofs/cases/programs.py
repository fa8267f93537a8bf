"""How programs of schemas are written, and rules of the pass depth put to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from raspir.analysis import Analysis
from raspir.analysis.known import Facts
from raspir.ir import Atom, Node, build
from raspir.passes.depth import aggregates
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
    """Return the selector of what two selectors select."""
    return build("selector.and", a, b)


def either(a: Node, b: Node) -> Node:
    """Return the selector of what one of two selectors selects."""
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
    """Return what a value is at a position."""
    return total(select("eq", INDICES, position), value, default)


UP_TO, BEFORE = select("le", INDICES, INDICES), select("lt", INDICES, INDICES)
FROM, AFTER = select("ge", INDICES, INDICES), select("gt", INDICES, INDICES)
MIRRORED = make("sub", make("sub", LENGTH, 1), INDICES)
"""The position as far from the end as each is from the start."""


def beside(offset: int, node: Node = INDICES) -> Node:
    """Return ``node + offset``."""
    return make("add", node, offset) if offset >= 0 else make("sub", node, -offset)


def flipped(value: Node, default: Atom = 0) -> Node:
    """Return a value from the last position to the first."""
    return at(MIRRORED, value, default)


# Rules


def searched(rule: Rule, bool_int_agnostic: frozenset[Node] = frozenset(), max_heads: int = 16) -> Rewrite:
    """Return what a rule of the search proposes, in a search that has no other rules.

    Args:
        rule: the rule.
        lenient: the values whose users cannot tell a boolean from the integer that it equals.
        max_heads: as the search's option.
    """

    def rewrite(analysis: Assumed, node: Node) -> Iterator[Node]:
        search = Search(Algebra(analysis), (rule,), Options("best", max_heads), bool_int_agnostic)
        return rule.propose(search, node)

    return rewrite


def schema(
    rule: Rule,
    text: str,
    node: Node,
    *conditions: Condition,
    unchecked: Sequence[GuardMutation] = (),
    layers: Mapping[Node, int] | None = None,
    bool_int_agnostic: bool = False,
    most: int | None = None,
) -> ProofCase:
    """Return a rule of the search on a program.

    Args:
        rule: the rule.
        text: what becomes what.
        node: the program.
        conditions: what the rule needs.
        unchecked: what it checks.
        layers: of leaves that stand for what is deeper.
        lenient: whether no user can tell a boolean from the integer that it equals.
        most: the longest length that is looked at.
    """
    told: dict[Node, dict[str, Any]] = {leaf: {"layer": layer} for leaf, layer in (layers or {}).items()}
    rewrite = searched(rule, frozenset([node]) if bool_int_agnostic else frozenset())
    return ProofCase(rule.name, text, node, rewrite, conditions, tuple(unchecked), 0, told, not bool_int_agnostic, most)


def provable(rule: Rule, *schemas: ProofCase) -> Provable:
    """Return the catalogue's entry of a rule of the search."""
    return Provable("depth", rule.name, rule.algebra, schemas)


# Guards that are replaced


def claimed(**facts: object) -> Patch:
    """Return the patch by which the analysis says some facts of everything."""
    known = Analysis.__getitem__

    def claim(self: Analysis, node: Node) -> Facts:
        return replace(known(self, node), **facts)  # type: ignore[arg-type]  # facts are given by their names

    return Analysis, "__getitem__", claim


IS_TOTAL: Patch = (Analysis, "is_total", always(True))
"""Whether an operation can fail on some operands is not asked."""

NEVER_FAILS: tuple[Patch, ...] = (claimed(total=True), IS_TOTAL)
"""Whether something can fail is not asked."""

COMPARABLE: Patch = (aggregates, "_compares", always(True))
"""Whether all atoms can be compared is not asked."""

ADDS_INTEGERS: Patch = (Search, "adds_integers", always(True))
"""Whether integers are added up, with 0 for none, is not asked."""

AT_MOST_ONE: Patch = (Analysis, "at_most_one", always(True))
"""Whether a selector may select several positions is not asked."""
