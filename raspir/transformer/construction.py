"""What the compiler knows about a transformer that it has made, for checks and reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from raspir.ir import Graph
from raspir.transformer.attention import HeadPlan
from raspir.transformer.columns import Column
from raspir.transformer.domains import Domains
from raspir.transformer.stream import Direction, Placed


@dataclass(frozen=True, eq=False)
class Construction:
    """How a transformer was made.

    Attributes:
        graph: the program whose values its heads and MLPs compute, with quotients in place of some sums and means.
        domains: the domains of the program's values.
        directions: the directions of the residual stream, in the order of the weights.
        plans: the head of each layer, in the order of the weights.
        held: what the residual stream holds: numbers as functions of the program's values, each with the form of
            directions that is equal to it.
        methods: how the units were found that write a direction.
    """

    graph: Graph
    domains: Domains
    directions: tuple[Direction, ...]
    plans: tuple[HeadPlan, ...]
    held: tuple[tuple[Column, Placed], ...]
    methods: Mapping[Direction, str]
