"""Fetched values that readers only test or look up: the outcome is fetched instead.

A test of what one position holds is as well made before the fetch, by an embedding or an earlier hidden layer, as after
it, and its outcome is a single bit. So is a combination of bits that are fetched from one position. What a table makes
of a value is often a number that readers add up, where the value's own code would have to be decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from raspir.analysis import Analysis
from raspir.ir import Atom, Graph, Node, build
from raspir.ir.evaluation import function_of
from raspir.ir.layers import attention_of
from raspir.ir.types import BOOL, NONE, type_of
from raspir.ir.views import Aggregate, Average, Best, Const, Lookup
from raspir.rewriting.graphs import on_operands, readers_of, rebuilt, translated

_COMBINATIONS: dict[str, Callable[[Iterable[Atom]], bool]] = {"and": all, "or": any}
_TESTS = ("eq", "ne", "has")


def with_fetched_tests(graph: Graph, facts: Analysis) -> Graph:
    """Return an equivalent program in which tests of fetched values are fetched tests of values."""
    readers, fetches = readers_of(graph), _fetches(graph, facts)
    chosen = {
        reader: node
        for node in fetches
        if all(_is_test(each, node) for each in readers[node]) or _is_table(readers[node])
        for reader in readers[node]
    }

    def new(node: Node, operands: list[Node]) -> Node:
        if node in chosen:
            return _fetched(graph, node, operands, node.operands.index(chosen[node]))
        return rebuilt(node, operands)

    return translated(graph, new)


def with_fetched_combinations(graph: Graph, facts: Analysis) -> Graph:
    """Return an equivalent program in which combinations of fetched bits are fetched combinations of bits."""
    readers, fetches = readers_of(graph), set(_fetches(graph, facts))

    def new(node: Node, operands: list[Node]) -> Node:
        parts = [each for each in operands if isinstance(each, Aggregate)]
        if node.operation.name not in _COMBINATIONS or len(parts) < len(operands):
            return rebuilt(node, operands)
        own = all(each in fetches and readers[each] == [node] for each in node.operands)
        if not own or len({(each.operation, attention_of(each)) for each in parts}) > 1:
            return rebuilt(node, operands)
        if not all(part.value.type is BOOL and isinstance(part.default, bool) for part in parts):
            return rebuilt(node, operands)
        value = build(node.operation.name, *(part.value for part in parts))
        default = _COMBINATIONS[node.operation.name](part.default for part in parts)
        attributes = {**parts[0].named_attributes, "default": default}
        return build(parts[0].operation.name, parts[0].selector, value, *parts[0].operands[2:], **attributes)

    return translated(graph, new)


def _fetches(graph: Graph, facts: Analysis) -> list[Aggregate]:
    outputs = set(graph.outputs.values())
    return [node for node in graph if isinstance(node, Aggregate) and node not in outputs and _is_fetch(node, facts)]


def _is_fetch(node: Aggregate, facts: Analysis) -> bool:
    return not isinstance(node, Average) and (isinstance(node, Best) or facts.at_most_one(node.selector))


def _is_test(test: Node, node: Aggregate) -> bool:
    """Return whether ``test`` compares a fetched value with constants, and cannot fail on any other value either."""
    others = [operand for operand in test.operands if operand is not node]
    if test.operation.name not in _TESTS or not all(isinstance(each, Const) for each in others):
        return False
    return test.none != "error" or NONE not in (*node.value.type.kinds, type_of(node.default))


def _is_table(readers: list[Node]) -> bool:
    """Return whether the only reader looks up a single value, so that what it finds may as well be fetched."""
    return len(readers) == 1 and isinstance(readers[0], Lookup) and len(readers[0].operands) == 1


def _outcome(graph: Graph, test: Node, atom: Atom) -> Atom:
    """Return the outcome of ``test`` if its operand that is no constant is ``atom``."""
    function = function_of(test, graph.functions)
    assert function is not None
    outcome: Atom = function(*(each.value if isinstance(each, Const) else atom for each in test.operands))
    return outcome


def _fetched(graph: Graph, test: Node, operands: list[Node], at: int) -> Node:
    """Return the fetched outcome of a test of the operand ``at``, which is a fetch."""
    fetch = operands[at]
    assert isinstance(fetch, Aggregate)
    default = _outcome(graph, test, fetch.default)
    value = on_operands(test, [fetch.value if each is fetch else each for each in operands])
    assert value is not None
    attributes = {**fetch.named_attributes, "default": default}
    return build(fetch.operation.name, fetch.selector, value, *fetch.operands[2:], **attributes)
