"""Rules of missing values."""

from __future__ import annotations

from raspir.ir import Node
from raspir.rewriting.builder import Builder, has_default_none


def never_none(algebra: Builder, node: Node) -> Node | None:
    """f(x) none=skip is f(x), and x == y none=error is x == y, if no operand can be None."""
    if has_default_none(node) or _may_be_none(algebra, node):
        return None
    attributes = {name: value for name, value in node.named_attributes.items() if name != "none"}
    return algebra(node.operation.name, *node.operands, **attributes)


def _may_be_none(algebra: Builder, node: Node) -> bool:
    """Return whether an operand of ``node`` can be ``None``."""
    return any(algebra.facts[operand].domain.may_be_none for operand in node.operands)
