"""Bool/int agnosticism: which booleans may be replaced by the equal integers."""

from __future__ import annotations

from raspir.ir import Graph, Node, Role
from raspir.ir.types import STR

_SENSITIVE = frozenset(["and", "or", "not", "to_str", "map", "lookup", "select.by"])
"""Operations that distinguish a boolean from the equal integer: logic, text, lookup by type, opaque functions."""

_PASSING = frozenset(["one_type", "where", "sum", "mean", "average", "best"])
"""Operations that may return an operand unchanged, and so are sensitive if their own users are."""


def bool_int_agnostic(graph: Graph) -> frozenset[Node]:
    """Return the nodes of ``graph`` none of whose users distinguishes a boolean from the equal integer.

    Outputs are compared by Python's ``==``, which does not distinguish them.
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
