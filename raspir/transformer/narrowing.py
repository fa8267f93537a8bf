"""Fetched values that readers only test: the outcome of the test is fetched instead.

A test of what one position holds is as well made before the fetch, by an embedding or an earlier hidden layer, as after
it, and its outcome is a single bit.
"""

from __future__ import annotations

from raspir.analysis.domains import TooLargeError, applied
from raspir.ir import Atom, Graph, Node, build, make
from raspir.ir.atoms import FAILED, Failed
from raspir.ir.evaluation import function_of
from raspir.ir.views import Aggregate, Average, Best, Const
from raspir.rewriting.graphs import on_operands, translated
from raspir.transformer.atomsets import size
from raspir.transformer.domains import Domains

_TESTS = ("eq", "ne", "has")
_MOST = 1 << 10  # most atoms of a value that is tested


def with_fetched_tests(graph: Graph, domains: Domains) -> Graph:
    """Return an equivalent program in which tests of fetched values are fetched tests of values."""
    readers: dict[Node, list[Node]] = {}
    for node in graph:
        for operand in dict.fromkeys(node.operands):
            readers.setdefault(operand, []).append(node)
    outputs = set(graph.outputs.values())
    fetches = [
        node for node in graph if isinstance(node, Aggregate) and node not in outputs and _is_fetch(node, domains)
    ]
    chosen = {
        test: node
        for node in fetches
        if all(_is_test(graph, each, node, domains) for each in readers.get(node, ()))
        for test in readers.get(node, ())
    }

    def new(node: Node, operands: list[Node]) -> Node:
        if node in chosen:
            return _fetched(graph, node, operands, node.operands.index(chosen[node]))
        same = all(old is now for old, now in zip(node.operands, operands, strict=True))
        return node if same else make(node.operation, operands, node.attributes, node.type)

    return translated(graph, new)


def _is_fetch(node: Aggregate, domains: Domains) -> bool:
    return not isinstance(node, Average) and (isinstance(node, Best) or domains.most_selected(node) <= 1)


def _is_test(graph: Graph, test: Node, node: Aggregate, domains: Domains) -> bool:
    """Return whether ``test`` compares a fetched value with constants, and cannot fail on any other value either."""
    others = [operand for operand in test.operands if operand is not node]
    if test.operation.name not in _TESTS or not all(isinstance(each, Const) for each in others):
        return False
    values = domains[node.value]
    return size(values) <= _MOST and all(
        _outcome(graph, test, node, atom) is not FAILED for atom in (*values, node.default)
    )


def _outcome(graph: Graph, test: Node, node: Node, atom: Atom) -> Atom | Failed:
    """Return the outcome of ``test`` if ``node``, one of its operands, is ``atom``."""
    function = function_of(test, graph.functions)
    assert function is not None
    try:
        return applied(
            test.operation, function, tuple(each.value if isinstance(each, Const) else atom for each in test.operands)
        )
    except TooLargeError:
        return FAILED


def _fetched(graph: Graph, test: Node, operands: list[Node], at: int) -> Node:
    """Return the fetched outcome of a test of the operand ``at``, which is a fetch."""
    fetch = operands[at]
    assert isinstance(fetch, Aggregate)
    default = _outcome(graph, test, test.operands[at], fetch.default)
    value = on_operands(test, [fetch.value if each is fetch else each for each in operands])
    assert value is not None
    assert not isinstance(default, Failed)
    attributes = {**fetch.named_attributes, "default": default}
    return build(fetch.operation.name, fetch.selector, value, *fetch.operands[2:], **attributes)
