"""What the compiler knows about a transformer that it has made, for checks and reports."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from raspir.ir import Graph
from raspir.transformer.attention import HeadPlan
from raspir.transformer.basis import Basis
from raspir.transformer.columns import Column
from raspir.transformer.domains import Domains
from raspir.transformer.stream import Direction, Placed
from raspir.transformer.weights import Weights


@dataclass(frozen=True, eq=False)
class Construction:
    """How a transformer was made.

    Attributes:
        graph: the program whose values its heads and MLPs compute, with quotients in place of some sums and means.
        domains: the domains of the program's values.
        basis: the directions that each column of the residual stream adds up, in the order of the weights.
        plans: the head of each layer, in the order of the weights.
        held: what the residual stream holds: numbers as functions of the program's values, each with the form of
            directions that is equal to it.
        methods: how the units were found that write a direction.
    """

    graph: Graph
    domains: Domains
    basis: Basis
    plans: tuple[HeadPlan, ...]
    held: tuple[tuple[Column, Placed], ...]
    methods: Mapping[Direction, str]

    def heads(self, weights: Weights) -> Iterator[tuple[HeadPlan, int, int]]:
        """Yield each head with the number of its block in the weights, and its number there."""
        attending = [number for number, block in enumerate(weights.blocks) if block.heads]
        layers = itertools.groupby(self.plans, key=lambda plan: plan.layer)
        for block, (_, own) in zip(attending, layers, strict=True):
            for head, plan in enumerate(own):
                yield plan, block, head
