"""The facts about one value, and the interface between the parts of the analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from raspir.analysis.domains import Domain
from raspir.analysis.linear import Linear
from raspir.analysis.ranks import Rank
from raspir.analysis.selectors import Comparison, Disjunction
from raspir.analysis.steps import Steps
from raspir.ir import Node
from raspir.ir.ranges import Bound
from raspir.ir.views import Where


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about one value.

    Attributes:
        layer: the earliest attention layer after which it is available.
        domain: the atoms that it can hold; meaningless for a selector.
        uniform: whether it is the same at all positions; for a selector, whether all rows are the same.
        positional: whether it depends on the position and the input length alone.
        position_computable: whether its value at another position can be computed from that position, without a fetch.
        formula: the normal form of a selector, or ``None`` if it is unknown.
        total: whether computing it from its operands cannot fail.
        choices: the number of alternations of choices and other maps in an elementwise value; 0 without a choice.
    """

    layer: int
    domain: Domain
    uniform: bool
    positional: bool
    position_computable: bool
    formula: Disjunction | None
    total: bool
    choices: int = 0


class Known(Protocol):
    """The part of :class:`raspir.analysis.facts.Analysis` that its components use."""

    longest: int
    """The maximum input length."""

    def __getitem__(self, node: Node) -> Facts:
        """Return the facts about ``node``."""

    def linear(self, node: Node) -> Linear:
        """Return the linear form of an integer-valued node; a single term unless it is a sum."""

    def bounds(self, form: Linear, minus: Linear | None = None) -> tuple[Bound, Bound]:
        """Return bounds of ``form`` at one position minus ``minus`` at another position of the same input."""

    def steps(self, form: Linear) -> Steps:
        """Return bounds of the change of ``form`` from one position to the next."""

    def of_keys(self, pair: Comparison) -> bool:
        """Return whether a condition on ``pair`` depends on the key's position alone."""

    def is_minimum(self, choice: Where) -> bool:
        """Return whether a ``where`` is the minimum of its branches."""

    def is_maximum(self, choice: Where) -> bool:
        """Return whether a ``where`` is the maximum of its branches."""

    def at_most_one(self, selector: Node) -> bool:
        """Return whether every row selects at most one position."""

    def contains(self, whole: Node, part: Node) -> bool:
        """Return whether each row of ``whole`` selects every position that the same row of ``part`` does."""

    def never_own(self, selector: Node) -> bool:
        """Return whether no row selects its own position."""

    def rank(self, node: Node | None) -> Rank | None:
        """Return the rank that ``node`` computes, if it counts the predecessors of each position in a total order."""
