"""Taking a graph out of a search: the fewest layers, and a value as written wherever it may be as late as that."""

from __future__ import annotations

from collections.abc import Callable

from raspir.ir import Graph, Location, Node, Role
from raspir.ir.text.describe import Describer
from raspir.passes.base import Remark
from raspir.passes.depth.search import Search
from raspir.rewriting.graphs import replaced


def extracted(
    graph: Graph, search: Search, progress: Callable[[int, int], None] | None = None
) -> tuple[Graph, list[Remark]]:
    """Return ``graph`` with as few layers as ``search`` finds, and what was done for that."""
    for done, node in enumerate(graph.nodes):
        search.shallowest(node)
        if progress is not None:
            progress(done + 1, len(graph))
    deepest = max(search.layer(search.shallowest(node)) for node in graph.outputs.values())
    choice = _Choice(search)
    for node in graph.outputs.values():
        choice.need(node, deepest)
    found = replaced(graph, choice.made())
    if found.stats().layers > deepest:  # a value as written would have needed what was found for its operands
        found = replaced(graph, {node: search.shallowest(node) for node in graph})
    return _with_length(found, search), _remarks(graph, found, search)


def _with_length(graph: Graph, search: Search) -> Graph:
    """Return ``graph`` with the name ``length`` for what is the length, if the author named neither that nor it."""
    length = search.algebra.length
    taken = any("length" in names for names in graph.names.values())
    if taken or length in graph.names or length not in graph.layering.layer:
        return graph
    names = {**graph.names, length: ("length",)}
    inputs = graph.inputs.values()
    return Graph(graph.outputs, inputs, graph.functions, names, graph.locations, graph.max_length)


class _Choice:
    """Chooses for each value between what was written and what was found, by the layer that it is needed in."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._due: dict[Node, int] = {}
        self._order = {node: place for place, node in enumerate(search.results)}

    def need(self, node: Node, layer: int) -> None:
        """Ask for ``node`` by ``layer``."""
        self._due[node] = min(layer, self._due.get(node, layer))

    def made(self) -> dict[Node, Node]:
        """Return the node that stands for each value that is needed."""
        sources: dict[Node, tuple[Node, bool]] = {}
        # Whatever a value is made of was settled before it, so in reverse all who need it are asked first.
        for node in sorted(self._order, key=self._order.__getitem__, reverse=True):
            if node in self._due:
                sources[node] = self._source(node)
        made: dict[Node, Node] = {}
        for node in reversed(list(sources)):
            source, rewritten = sources[node]
            if rewritten:
                made[node] = made.get(source, self._search.shallowest(source))
            else:
                operands = [made.get(operand, operand) for operand in node.operands]
                made[node] = self._search.algebra.rebuilt(node, operands)
        return made

    def _source(self, node: Node) -> tuple[Node, bool]:
        """Return what ``node`` is made of: itself on its operands, or what a rule proposed."""
        due = self._due[node]
        step = self._search.steps.get(node)
        if step is not None and self._search.layer(step.plain) > due:
            self.need(step.candidate, due)
            return step.candidate, True
        below = due - (node.operation.role is Role.AGGREGATE)
        for operand in node.operands:
            self.need(operand, below)
        return node, False


def _remarks(graph: Graph, found: Graph, search: Search) -> list[Remark]:
    """Return a remark for each value whose shallower form is part of what was found, with its author's line."""
    describer = Describer(graph)
    used = set(found.nodes)
    remarks = []
    for node in graph:
        step = search.steps.get(node)
        if step is None or search.shallowest(node) not in used:
            continue
        before, after = graph.layering.layer[node], search.layer(search.shallowest(node))
        if search.layer(step.plain) == after:
            continue
        place: Location | None = graph.locations.get(node)
        subject = describer.name(node) or describer(node)
        remarks.append(Remark(step.rule.name, subject, f"layer {before} → {after}", place))
    return remarks
