"""Layers and heads as RASP's own analyser counts them: heads are the selector objects that a layer aggregates with."""

from __future__ import annotations

from dataclasses import dataclass

from raspir.frontends.expressions import Expression
from raspir.ir.operations import Role
from raspir.ir.walks import preorder


@dataclass(frozen=True)
class Count:
    """The layers and heads of a program.

    Attributes:
        heads_per_layer: the number of heads in each layer, from the first.
    """

    heads_per_layer: tuple[int, ...]

    @property
    def layers(self) -> int:
        """The number of layers."""
        return len(self.heads_per_layer)

    @property
    def heads(self) -> int:
        """The number of heads in all layers."""
        return sum(self.heads_per_layer)

    def to_json(self) -> dict[str, object]:
        """Return the figures under the names that raspir's own have."""
        return {"layers": self.layers, "heads": self.heads, "heads_per_layer": list(self.heads_per_layer)}


def count(program: Expression) -> Count:
    """Return the layers and heads of a program whose library is the one written in the language.

    An aggregate is one layer above the highest of its keys, queries and values. The heads of a layer are the different
    selectors of its aggregates: two that are equal count twice, and what the program does not use does not count.
    """
    heads: dict[int, set[Expression]] = {}
    for part in preorder((program,), lambda each: each.operands):
        if part.operation.role is Role.AGGREGATE:
            heads.setdefault(part.layer, set()).add(part.operands[0])
    return Count(tuple(len(heads[layer]) for layer in sorted(heads)))
