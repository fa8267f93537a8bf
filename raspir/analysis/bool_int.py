"""Which values may be integers where they were booleans: those whose users cannot tell ``True`` from ``1``."""

from __future__ import annotations

from raspir.ir import Graph, Node, Role
from raspir.ir.types import STR

_SENSITIVE = frozenset(["and", "or", "not", "map", "lookup", "select.by"])
"""What tells a boolean from an integer: logic, tables by type, and opaque functions."""

_PASSING = frozenset(["where", "sum", "mean", "best"])
"""What yields an operand as it is, so that its own users matter."""


def bool_int_agnostic(graph: Graph) -> frozenset[Node]:
    """Return the nodes of ``graph`` none of whose users tells a boolean from the integer that it equals.

    An output is compared under Python's ``==``, by which they are the same.
    """
    strict: set[Node] = set()
    for node in reversed(graph.nodes):
        name = node.operation.name
        for place, operand in enumerate(node.operands):
            passed = name in _PASSING and not (name == "where" and place == 0) and not (name == "best" and place == 2)
            formats = name == "mod" and bool(node.operands[0].type & STR)
            if name in _SENSITIVE or formats or (passed and node in strict):
                strict.add(operand)
    return frozenset(node for node in graph if node not in strict and node.operation.role is not Role.SOURCE)
