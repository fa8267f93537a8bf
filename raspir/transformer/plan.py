"""How the heads and the hidden layers of a transformer are built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from raspir.ir.text.describe import Describer
from raspir.transformer.attention import HeadPlan
from raspir.transformer.construction import Construction
from raspir.transformer.model import Transformer
from raspir.transformer.weights import MLP, Head
from raspir.viz.shown import counted


@dataclass(frozen=True)
class Built:
    """How a head or a hidden layer is built.

    Attributes:
        value: the values that it computes, by their source names where they have one.
        name: the constructions of the scores or of the hidden units.
        cost: the number of parameters.
        why: where it is, and its size.
        selector: the selector of a head as in the source; empty for a hidden layer.
        location: the source line of its value; empty if unknown.
    """

    value: str
    name: str
    cost: str
    why: str
    selector: str
    location: str

    @property
    def falls_back(self) -> bool:
        """Whether it is built by the construction of last resort; there is none."""
        return False


def built(model: Transformer) -> tuple[Built, ...]:
    """Return how each head and each hidden layer of a transformer is built, block by block; nothing if unknown."""
    return () if model.construction is None else tuple(_built(model, model.construction))


def _built(model: Transformer, construction: Construction) -> Iterator[Built]:
    plans = {(block, head): plan for plan, block, head in construction.heads(model.weights)}
    for number, block in enumerate(model.weights.blocks):
        for at, head in enumerate(block.heads):
            yield _of_head(construction, plans[number, at], head, f"head {at} of block {number}")
        if block.mlp is not None:
            yield _of_mlp(construction, block.mlp, f"MLP of block {number}")


def _of_head(construction: Construction, plan: HeadPlan, head: Head, where: str) -> Built:
    graph, values = construction.graph, [value.aggregate for value in plan.values]
    shape = f"rank {len(plan.queries)}, {counted(len(values), 'value')} by {plan.pooling}"
    return Built(
        ", ".join(value.direction.what for value in plan.values),
        plan.method,
        _parameters(head),
        f"{where}, {shape}",
        Describer(graph)(plan.selector),
        str(graph.place(values[0]) or ""),
    )


def _of_mlp(construction: Construction, mlp: MLP, where: str) -> Built:
    groups = [construction.basis.groups[at] for at in np.flatnonzero(mlp.W_out.any(axis=0)).tolist()]
    written = [each for group in groups for each in group if each in construction.methods]
    places = [construction.graph.place(each.root) for each in written if each.root is not None]
    return Built(
        ", ".join(dict.fromkeys(each.what for each in written)),
        ", ".join(dict.fromkeys(construction.methods[each] for each in written)),
        _parameters(mlp),
        f"{where}, {counted(mlp.d_mlp, 'unit')}",
        "",
        str(next(filter(None, places), "")),
    )


def _parameters(part: Head | MLP) -> str:
    return counted(sum(array.size for array in part.arrays().values()), "parameter")
