"""A graph for networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from raspir.ir.text.printer import identifiers

if TYPE_CHECKING:
    import networkx

    from raspir.ir.graph import Graph


def to_networkx(graph: Graph) -> networkx.MultiDiGraph:
    """Return ``graph`` for networkx; see :meth:`raspir.ir.graph.Graph.to_networkx`."""
    import networkx  # slow to import, and most users never need it

    named = identifiers(graph, every=True)
    exported = networkx.MultiDiGraph(
        inputs={name: named[node] for name, node in graph.inputs.items()},
        outputs={name: named[node] for name, node in graph.outputs.items()},
    )
    for node in graph:
        attributes = {name: value for (name, _), value in zip(node.operation.attributes, node.attributes, strict=True)}
        exported.add_node(
            named[node],
            operation=node.operation.name,
            type=str(node.type),
            layer=graph.layering.layer[node],
            **attributes,
        )
        if node in graph.names:
            exported.nodes[named[node]]["names"] = graph.names[node]
        if node in graph.locations:
            exported.nodes[named[node]]["location"] = str(graph.locations[node])
        for position, operand in enumerate(node.operands):
            exported.add_edge(named[operand], named[node], key=position, operand=node.operation.operands[position])
    return exported
