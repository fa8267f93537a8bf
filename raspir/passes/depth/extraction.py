"""Extraction of a graph from a search: fewest layers, and each value as written wherever it need not be shallower."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from raspir.ir import Graph, Node
from raspir.ir.layers import layer_of
from raspir.ir.node import operands_of
from raspir.ir.text.describe import Describer
from raspir.ir.views import Aggregate
from raspir.ir.walks import postorder
from raspir.passes.base import Remark
from raspir.passes.depth.search import Search
from raspir.rewriting.graphs import replaced


def extracted(
    graph: Graph, search: Search, progress: Callable[[int, int], None] | None = None
) -> tuple[Graph, list[Remark]]:
    """Return ``graph`` with the fewest layers that ``search`` finds, and a remark for each rewrite used."""
    deepest = _deepest(graph, search, progress)
    choice = _Choice(search)
    for node in graph.outputs.values():
        choice.need(node, deepest)
    made = choice.made()
    found = replaced(graph, made)
    if found.stats().layers > deepest:  # the value as written would have needed the rewritten forms of its operands
        made = {node: search.shallowest(node) for node in graph}
        found = replaced(graph, made)
    return _with_length(found, search), _remarks(graph, found, made, search)


def _deepest(graph: Graph, search: Search, progress: Callable[[int, int], None] | None) -> int:
    """Return the fewest layers of ``graph``, after the search of the outputs that determine them, the deepest first.

    An output that as written needs no more layers than another one at best is kept as written, so it is not searched.
    """
    deepest = 0
    visited: dict[Node, None] = {}
    for output in sorted(graph.outputs.values(), key=search.layer, reverse=True):
        if search.layer(output) <= deepest:
            break
        for node in postorder(output, operands_of, visited):
            visited[node] = None
            search.budget.grant(len(visited))
            search.shallowest(node)
            if progress is not None:
                progress(len(visited), len(graph))
        deepest = max(deepest, search.layer(search.shallowest(output)))
    for node in graph:
        search.keep(node)
    if progress is not None:
        progress(len(graph), len(graph))
    return deepest


def _with_length(graph: Graph, search: Search) -> Graph:
    """Return ``graph`` with the length named ``length``, unless the author used the name or named the length."""
    length = search.algebra.length
    taken = any("length" in names for names in graph.names.values())
    if taken or length in graph.names or length not in graph.layering.layer:
        return graph
    return graph.derived(names={**graph.names, length: ("length",)})


class _Choice:
    """A choice between the written and the rewritten form of each value, by the layer in which it is needed."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._due: dict[Node, int] = {}
        self._order = {node: place for place, node in enumerate(search.results)}

    def need(self, node: Node, layer: int) -> None:
        """Require ``node`` by ``layer``."""
        self._due[node] = min(layer, self._due.get(node, layer))

    def made(self) -> dict[Node, Node]:
        """Return the replacement of each required value."""
        sources: dict[Node, tuple[Node, bool]] = {}
        # Operands were settled before their users, so in reverse order all users are visited before their operands.
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
        """Return the node to rebuild for ``node``: itself on its operands, or the candidate of a rule."""
        due = self._due[node]
        step = self._search.steps.get(node)
        if step is not None and self._search.layer(step.plain) > due:
            self.need(step.candidate, due)
            return step.candidate, True
        operands = [self._search.layer(self._search.shallowest(operand)) for operand in node.operands]
        if layer_of(node.operation, operands) > due:  # it is shallower by folding
            return node, True
        below = due - isinstance(node, Aggregate)
        for operand in node.operands:
            self.need(operand, below)
        return node, False


def _remarks(graph: Graph, found: Graph, made: Mapping[Node, Node], search: Search) -> list[Remark]:
    """Return a remark, with source line, for each value whose shallower form is used.

    The operands of that form may be as written in ``made``, where the search has shallower ones.
    """
    describer = Describer(graph)
    used = set(found.nodes)
    remarks = []
    for node in graph:
        step = search.steps.get(node)
        new = next((form for form in (search.shallowest(node), made.get(node)) if form in used), None)
        if step is None or new is None or search.layer(new) >= search.layer(step.plain):
            continue
        gain = f"layer {graph.layering.layer[node]} → {search.layer(new)}"
        remarks.append(Remark(step.rule.name, describer.subject(node), gain, graph.locations.get(node)))
    return remarks
