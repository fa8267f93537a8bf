"""Graph reconstruction, shared by all passes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from raspir.ir import Graph, Location, Node, Role, make
from raspir.ir.types import NOTHING
from raspir.ir.walks import preorder

T = TypeVar("T")


def translated(graph: Graph, new: Callable[[Node, list[Node]], Node]) -> Graph:
    """Return ``graph`` with each node replaced by ``new`` of it and of its operands' replacements.

    Names and locations are preserved, and nodes that ``new`` adds inherit the location of the original.
    """
    return replaced(graph, made_of(graph, new))


def made_of(graph: Graph, new: Callable[[Node, list[Node]], Node]) -> dict[Node, Node]:
    """Return the result of ``new`` for each node of ``graph``, given its operands' replacements, in post-order."""
    made: dict[Node, Node] = {}
    for node in graph:
        made[node] = new(node, [made[operand] for operand in node.operands])
    return made


def replaced(graph: Graph, made: dict[Node, Node]) -> Graph:
    """Return ``graph`` with its outputs, names and locations moved to the replacement nodes."""
    outputs = {name: made[node] for name, node in graph.outputs.items()}
    if all(outputs[name] is node for name, node in graph.outputs.items()):
        return graph
    names: dict[Node, tuple[str, ...]] = {}
    locations: dict[Node, Location] = {}
    kept = set(graph.nodes)
    for node in graph:
        if node not in made:
            continue
        new = made[node]
        given = graph.names.get(node, ())
        if given and not (new.operation.role is Role.SOURCE and new is not node):
            names[new] = tuple(dict.fromkeys((*names.get(new, ()), *given)))
        place = graph.locations.get(node)
        if place is not None:
            _locate(new, place, locations, kept)
    inputs = [made.get(node, node) for node in graph.inputs.values()]
    return graph.derived(outputs=outputs, inputs=inputs, names=names, locations=locations)


def _locate(root: Node, place: Location, locations: dict[Node, Location], kept: set[Node]) -> None:
    """Set the location of ``root`` and of the new nodes below it to ``place``."""

    def is_new(node: Node) -> bool:
        return node not in locations and node.operation.role is not Role.SOURCE and (node is root or node not in kept)

    for node in preorder([root] if is_new(root) else [], lambda node: filter(is_new, node.operands)):
        locations[node] = place


def on_operands(node: Node, operands: list[Node]) -> Node | None:
    """Return ``node`` rebuilt on ``operands``, or ``None`` if that is ill-typed."""
    if all(new is old for new, old in zip(operands, node.operands, strict=True)):
        return node
    result = node.operation.infer(tuple(operand.type for operand in operands), node.attributes)
    return make(node.operation, operands, node.attributes, result) if result is not NOTHING else None


def rebuilt(node: Node, operands: list[Node]) -> Node:
    """Return ``node`` on replacements of its operands whose types may be narrower: it keeps its own."""
    same = all(old is new for old, new in zip(node.operands, operands, strict=True))
    return node if same else make(node.operation, operands, node.attributes, node.type)


def all_or_none(items: Iterable[T | None]) -> list[T] | None:
    """Return all of ``items``, or ``None`` if one of them is ``None``."""
    found = list(items)
    known = [item for item in found if item is not None]
    return known if len(known) == len(found) else None


def uses_in(graph: Graph) -> Counter[Node]:
    """Return the use count of each node of ``graph``, as an operand or an output."""
    uses = Counter(graph.outputs.values())
    for node in graph:
        uses.update(node.operands)
    return uses


def readers_of(graph: Graph) -> dict[Node, list[Node]]:
    """Return the nodes of ``graph`` that read each of its nodes."""
    readers: dict[Node, list[Node]] = {node: [] for node in graph}
    for node in graph:
        for operand in dict.fromkeys(node.operands):
            readers[operand].append(node)
    return readers


def cost(graph: Graph) -> tuple[int, int, int, int]:
    """Return the cost of a graph, compared lexicographically: layers, heads, values, and nodes of any kind."""
    stats = graph.stats()
    return (stats.layers, stats.heads, stats.values, len(graph))


def gain(before: Graph, after: Graph) -> str | None:
    """Return in words the first figure of :func:`cost` that differs, or ``None`` if ``after`` does not cost less."""
    for what, old, new in zip(_FIGURES, cost(before), cost(after), strict=True):
        if old != new:
            return f"{what} {old} → {new}" if new < old else None
    return None


_FIGURES = ("layers", "heads", "values", "nodes")
