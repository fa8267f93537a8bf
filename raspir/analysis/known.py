"""The facts about one value, and what the parts of the analysis ask each other for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from raspir.analysis.domains import Domain
from raspir.analysis.intset import Bound
from raspir.analysis.linear import Linear
from raspir.analysis.selectors import Comparison, Disjunction
from raspir.analysis.steps import Steps
from raspir.ir import Node


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one value.

    Attributes:
        layer: the attention layer that it is ready after.
        domain: the atoms that it can hold; of no meaning for a selector.
        uniform: whether it is the same at all positions; for a selector, whether all its rows are the same.
        positional: whether it depends on the position and the input's length alone.
        position_computable: whether its value at another position can be computed from that position alone, without
            fetching.
        formula: a selector's normal form, or ``None`` where that is not known.
        total: whether computing it from its operands cannot fail.
        choices: how often choices and other maps alternate in an elementwise value; 0 where it has no choice.
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
    """The facts known so far: the part of :class:`raspir.analysis.facts.Analysis` that its own parts use."""

    def __getitem__(self, node: Node) -> Facts:
        """Return the facts about ``node``."""

    def linear(self, node: Node) -> Linear:
        """Return the linear form of an integer-valued node; a term of its own where it is no sum."""

    def bounds(self, form: Linear, minus: Linear | None = None) -> tuple[Bound, Bound]:
        """Return bounds of ``form`` at a position less ``minus`` at another position of the same input."""

    def steps(self, form: Linear) -> Steps:
        """Return how much ``form`` gains from each position to the next."""

    def of_keys(self, pair: Comparison) -> bool:
        """Tell whether a condition on ``pair`` depends on the key's position alone."""
