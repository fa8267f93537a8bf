"""Causal programs: every head attends only to its own position and to those before it.

The mask ``key(indices) <= query(indices)`` is part of the selectors of a causal graph, so that all operations keep one
meaning; the graph records that it is causal.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from raspir.ir.construction import build, make
from raspir.ir.layers import selector_parts
from raspir.ir.node import Node
from raspir.ir.views import Indices, Select


def mask() -> Node:
    """Return the causal mask: the selector of each position itself and those before it."""
    return build("select.le", build("indices"), build("indices"))


def is_mask(node: Node) -> bool:
    """Return whether ``node`` is the causal mask as :func:`mask` makes it."""
    return isinstance(node, Select) and node.comparison == "le" and all(isinstance(o, Indices) for o in node.operands)


def masked(nodes: Iterable[Node], heads: Container[Node]) -> dict[Node, Node]:
    """Return each of ``nodes``, given in post-order, with the mask joined to the selectors of ``heads``, aggregates."""
    new: dict[Node, Node] = {}
    for node in nodes:
        operands = [new[operand] for operand in node.operands]
        if node in heads:
            operands[0] = build("selector.and", operands[0], mask())
        new[node] = make(node.operation, operands, node.attributes, node.type)
    return new


def written(selector: Node) -> Node:
    """Return the selector to which :func:`masked` has joined the mask; ``selector`` itself if it has not."""
    if selector.operation.name != "selector.and" or not is_mask(selector.operands[1]):
        return selector
    return selector.operands[0]


def unmasked(selector: Node) -> Node:
    """Return ``selector`` without the causal mask among its conjuncts; the mask alone stays."""
    kept: dict[Node, Node | None] = {}
    for part in selector_parts(selector):
        kept[part] = None if is_mask(part) else part
        if part.operation.name == "selector.and":
            rest = [kept[operand] for operand in part.operands]
            left = [each for each in rest if each is not None]
            if rest != list(part.operands):
                kept[part] = build("selector.and", *left) if len(left) == 2 else next(iter(left), None)
    return kept[selector] or mask()
