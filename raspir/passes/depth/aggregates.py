"""Decomposition of aggregates for the rules of the search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from raspir.analysis.selectors import Disjunction
from raspir.ir import Atom, Node, Role
from raspir.ir.layers import selector_parts
from raspir.ir.types import NUMBER, STR
from raspir.ir.typing import Attribute
from raspir.rewriting.algebra import Algebra


@dataclass(frozen=True)
class Aggregate:
    """The parts of an aggregate.

    Attributes:
        node: the aggregate.
        algebra: the builder of nodes.
    """

    node: Node
    algebra: Algebra

    @staticmethod
    def of(node: Node, algebra: Algebra) -> Aggregate | None:
        """Return the parts of ``node``, or ``None`` if it is not an aggregate."""
        return Aggregate(node, algebra) if node.operation.role is Role.AGGREGATE else None

    @property
    def kind(self) -> str:
        """The kind: ``sum``, ``mean`` or ``best``."""
        return self.node.operation.name

    @property
    def selector(self) -> Node:
        """The selector: the keys that each query attends to."""
        return self.node.operands[0]

    @property
    def value(self) -> Node:
        """The aggregated value."""
        return self.node.operands[1]

    @property
    def default(self) -> Atom:
        """The value where nothing is selected."""
        default = self.node.atom("default")
        return default

    @property
    def formula(self) -> Disjunction | None:
        """The normal form of the selector."""
        return self.algebra.facts[self.selector].formula

    def using(self, selector: Node | None = None, value: Node | None = None, score: Node | None = None) -> Node:
        """Return the folded aggregate with some parts replaced."""
        operands = [selector or self.selector, value or self.value, *self.node.operands[2:]]
        if score is not None:
            operands[2] = score
        return self.algebra.rebuilt(self.node, operands)


def with_sides(
    algebra: Algebra,
    selector: Node,
    key: Callable[[Node], Node | None],
    query: Callable[[Node], Node | None],
    meets: bool = True,
) -> Node | None:
    """Return ``selector`` with ``key`` applied to its keys and ``query`` to its queries.

    Return ``None`` if either yields ``None``.

    Args:
        algebra: the builder of nodes.
        selector: the selector to rewrite.
        key: the rewrite of a key.
        query: the rewrite of a query.
        meets: whether each pair of new operands to compare also occurs among the old ones; if not, a comparison that
            could fail on the new operands alone yields ``None``.
    """
    made: dict[Node, Node] = {}
    for part in selector_parts(selector):
        if part.operation.role is Role.SELECT:
            sides = [key(part.operands[0]), query(part.operands[1])]
            operands = [side for side in sides if side is not None]
            if len(operands) < len(sides) or not (meets or _compares(algebra, part, operands)):
                return None
        else:
            operands = [made[operand] for operand in part.operands]
        made[part] = algebra.rebuilt(part, operands)
    return made[selector]


def _compares(algebra: Algebra, select: Node, operands: list[Node]) -> bool:
    """Return whether ``select`` succeeds on all of ``operands`` wherever it succeeds on its own."""
    name = select.operation.name.removeprefix("select.")
    changed = [(old, new) for old, new in zip(select.operands, operands, strict=True) if old is not new]
    if not changed or name in ("eq", "ne"):
        return True
    if name == "by":
        return False
    kinds = [algebra.facts[old].domain.kinds | algebra.facts[new].domain.kinds for old, new in changed]
    return all(each in NUMBER or each is STR for each in kinds)


def attributes(node: Node) -> dict[str, Attribute]:
    """Return the attributes of ``node`` by name."""
    return {name: value for (name, _), value in zip(node.operation.attributes, node.attributes, strict=True)}
