"""Tests of signs: means that are compared with zero or with each other are sums, and disjunctions are added up.

The sign of a mean is that of the sum, and two means over the same positions compare as their sums do, so that one sum
of differences takes the place of both. Where a sum is only compared with zero, as for whether a condition holds
anywhere, a disjunction ``a | b`` may as well be ``a + b``, each of which a hidden layer computes by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from raspir.analysis import Analysis
from raspir.ir import Graph, Node, build
from raspir.ir.types import BOOL
from raspir.ir.views import Aggregate, Average, Compare, Const, Mean, Sum
from raspir.rewriting.graphs import readers_of, rebuilt, translated

_EXACT = 1 << 26
"""Different integers below this have different quotients by the same number, as floats and in the same order."""


def with_sums_for_signs(graph: Graph, facts: Analysis) -> Graph:
    """Return an equivalent program in which signs are those of sums."""
    return _with_added_parts(_with_sums(graph, facts))


def _with_sums(graph: Graph, facts: Analysis) -> Graph:
    readers = readers_of(graph)
    signs = {node: means for node in graph if (means := _means(node, facts)) is not None}
    outputs = set(graph.outputs.values())
    differences = {node.operands[0]: node for node in signs if not isinstance(node.operands[0], Aggregate)}

    def is_only_tested(node: Node) -> bool:
        return node not in outputs and all(
            each in signs or (each in differences and is_only_tested(each)) for each in readers[node]
        )

    def new(node: Node, operands: list[Node]) -> Node:
        means = signs.get(node)
        if means is not None and all(map(is_only_tested, means)):
            copies = _compared(operands)
            values = [copy.operands[1] for copy in copies]
            total = build(
                "sum", copies[0].operands[0], values[0] if len(values) == 1 else build("sub", *values), default=0
            )
            return build(node.operation.name, total, build("const", value=0), **node.named_attributes)
        return rebuilt(node, operands)

    return translated(graph, new)


def _means(node: Node, facts: Analysis) -> tuple[Mean, ...] | None:
    """Return the mean that a comparison compares with 0, or the two of one head that it compares with each other."""
    if not isinstance(node, Compare):
        return None
    means = _compared(node.operands)
    found = tuple(each for each in means if isinstance(each, Mean) and not isinstance(each, Average))
    if not found or len(found) < len(means) or len({each.selector for each in found}) > 1:
        return None
    return found if all(_adds_exactly(each, facts) for each in found) else None


def _compared(operands: Sequence[Node]) -> Sequence[Node]:
    """Return the two values that are compared, or the one that is compared with 0."""
    left, right = operands
    if not _is_zero(right):
        return operands
    return left.operands if left.operation.name == "sub" else (left,)


def _adds_exactly(mean: Mean, facts: Analysis) -> bool:
    """Return whether the mean of a row of several positions is the nearest float to a quotient of integers."""
    domain = facts[mean.value].domain
    if not domain.integral or (not _is_zero_atom(mean.default) and not facts.selects_some(mean.selector)):
        return False
    return max(abs(domain.low), abs(domain.high)) * facts.longest < _EXACT


def _is_zero(node: Node) -> bool:
    return isinstance(node, Const) and _is_zero_atom(node.value)


def _is_zero_atom(atom: object) -> bool:
    return isinstance(atom, int | float) and atom == 0


def _with_added_parts(graph: Graph) -> Graph:
    readers = readers_of(graph)
    outputs = set(graph.outputs.values())
    chosen = {
        node
        for node in graph
        if isinstance(node, Sum)
        and node not in outputs
        and _is_zero_atom(node.default)
        and all(isinstance(each, Compare) and any(map(_is_zero, each.operands)) for each in readers[node])
    }

    def new(node: Node, operands: list[Node]) -> Node:
        if node in chosen and isinstance(node, Sum):
            parts = _disjuncts(operands[1])
            if len(parts) > 1:
                return build("sum", operands[0], _added(parts), default=0)
        return rebuilt(node, operands)

    return translated(graph, new)


def _disjuncts(node: Node) -> list[Node]:
    """Return the distinct booleans of which ``node`` is the disjunction."""
    found: dict[Node, None] = {}
    stack, seen = [node], set[Node]()
    while stack:
        each = stack.pop()
        if each in seen:
            continue
        seen.add(each)
        if each.operation.name == "or" and all(operand.type is BOOL for operand in each.operands):
            stack += reversed(each.operands)
        else:
            found[each] = None
    return list(found)


def _added(parts: list[Node]) -> Node:
    total = parts[0]
    for part in parts[1:]:
        total = build("add", total, part)
    return total
