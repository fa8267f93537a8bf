"""Choices: integer values as one of two others, by a condition."""

from __future__ import annotations

from dataclasses import dataclass

from raspir.ir import Node
from raspir.ir.views import Const, Where
from raspir.rewriting.algebra import Algebra


@dataclass(frozen=True)
class Choice:
    """A value that is ``a`` where a condition holds, and ``b`` elsewhere."""

    condition: Node
    a: Node
    b: Node

    @property
    def branches(self) -> tuple[Node, Node]:
        """The two values."""
        return self.a, self.b


def choice_of(algebra: Algebra, value: Node) -> Choice | None:
    """Return ``value`` as a choice, ``None`` if it is none: a product with a choice is a choice of products."""
    if value.operation.name == "mul":
        for choice, factor in (value.operands, value.operands[::-1]):
            if isinstance(choice, Where):
                return Choice(choice.condition, *(algebra("mul", branch, factor) for branch in (choice.a, choice.b)))
    if algebra.facts[value].domain.boolean and not isinstance(value, Const):
        return Choice(value, algebra.const(1), algebra.const(0))
    return Choice(value.condition, value.a, value.b) if isinstance(value, Where) else None
