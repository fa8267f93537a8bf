"""Making a failing program small: fewer outputs, fewer nodes, fewer tokens, for as long as it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from raspir.ir import Graph, GraphError, Node, build
from raspir.ir.types import SELECTOR

Fails = Callable[[Graph, list[Any]], bool]
"""Tells whether a program without promises still fails on an input, or on a list of inputs."""


def minimised(graph: Graph, given: list[Any], fails: Fails, attempts: int = 4000) -> tuple[Graph, list[Any]]:
    """Return a smaller program and input, or inputs, that still fail.

    Args:
        graph: a program that fails.
        given: on what it fails.
        fails: tells whether another does, too.
        attempts: how many others are tried at most.
    """
    left = iter(range(attempts))
    changed = True
    while changed:
        changed = False
        for smaller in smaller_inputs(given):
            if next(left, None) is None:
                return graph, given
            if fails(graph, smaller):
                given, changed = smaller, True
                break
        for candidate in smaller_programs(graph):
            if len(candidate) < len(graph) or _plainness(candidate) < _plainness(graph):
                if next(left, None) is None:
                    return graph, given
                if fails(candidate, given):
                    graph, changed = candidate, True
                    break
    return graph, given


def _plainness(graph: Graph) -> int:
    """Return how far the nodes of a program are from plain ones: how many atoms are not."""
    held = (value for node in graph for value in node.attributes)
    atoms = (atom for value in held for atom in (value if isinstance(value, tuple) else (value,)))
    return len(graph) * 1000 + sum(not _is_plain(atom) for atom in atoms)


def _is_plain(atom: object) -> bool:
    return atom in ("a", "b") or (type(atom) is int and atom in (0, 1))


def smaller_inputs(given: list[Any]) -> Iterator[list[Any]]:
    """Yield ``given`` with less in it.

    Of an input, that is without each of its atoms, and with a plain one in the place of each that is not; of several
    inputs, without each of them, and with each made smaller.
    """
    for i in range(len(given)):
        yield given[:i] + given[i + 1 :]
    for i, each in enumerate(given):
        if isinstance(each, str) and len(each) > 1:
            texts = (each[:at] + each[at + 1 :] for at in range(len(each)))
            yield from ([*given[:i], text, *given[i + 1 :]] for text in texts)
        elif isinstance(each, list | tuple):
            yield from ([*given[:i], smaller, *given[i + 1 :]] for smaller in smaller_inputs(list(each)))
        elif not _is_plain(each):
            plain: tuple[object, ...] = ("a", "b", 0, 1) if isinstance(each, str) else (0, 1)
            yield from ([*given[:i], atom, *given[i + 1 :]] for atom in plain)


def smaller_programs(graph: Graph) -> Iterator[Graph]:
    """Yield programs with one output less, with an inner value as the result, or with a node less."""
    if len(graph.outputs) > 1:
        for name in graph.outputs:
            yield with_outputs(graph, {name: graph.outputs[name]})
        for name in graph.outputs:
            yield with_outputs(graph, {other: node for other, node in graph.outputs.items() if other != name})
    for node in graph.nodes:
        if node.type is not SELECTOR and node not in graph.outputs.values():
            yield with_outputs(graph, {"out": node})
    for node in reversed(graph.nodes):
        for instead in substitutes(graph, node):
            try:
                yield replaced(graph, node, instead)
            except GraphError:  # no types fit
                continue


def with_outputs(graph: Graph, outputs: dict[str, Node]) -> Graph:
    """Return ``graph`` with other outputs."""
    return Graph(outputs, graph.inputs.values(), graph.functions)


def substitutes(graph: Graph, node: Node) -> Iterator[Node]:
    """Yield what could stand in the place of ``node``: its operands, the operands of those, and simple values."""
    if not node.operands:
        plain = _is_plain(node["value"]) if node.operation.name == "const" else True
        yield from () if plain else (build("const", value=value) for value in (0, 1))
        return
    near = dict.fromkeys((*node.operands, *(inner for operand in node.operands for inner in operand.operands)))
    yield from (other for other in near if (other.type is SELECTOR) == (node.type is SELECTOR))
    if node.type is SELECTOR:
        indices = build("indices")
        one = build("const", value=1)
        yield from (build("select.eq", one, one), build("select.eq", indices, indices))
        if node.operands != (indices, indices):
            yield from (build("select.lt", indices, indices), build("select.le", indices, indices))
    else:
        yield from (build("const", value=value) for value in (0, 1, True, False))


def replaced(graph: Graph, node: Node, instead: Node) -> Graph:
    """Return ``graph`` with ``instead`` in the place of ``node``, and all types inferred anew."""
    new: dict[Node, Node] = {}
    for old in graph.nodes:
        if old is node:
            new[old] = new.get(instead, instead)
        else:
            attributes = {name: old[name] for name, _ in old.operation.attributes}
            new[old] = build(old.operation.name, *(new[operand] for operand in old.operands), **attributes)
    outputs = {name: new[output] for name, output in graph.outputs.items()}
    return Graph(outputs, graph.inputs.values(), graph.functions)
