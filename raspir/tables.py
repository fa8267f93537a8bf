"""Tables for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from raspir.ir import Graph, Head, Stats
from raspir.ir.describe import Describer
from raspir.registry import Member, Registry


def layer_table(graph: Graph, title: str) -> Table:
    """Return a table of the layers of ``graph``: whom each head attends to, what it reads, and the work after it."""
    describer = Describer(graph)
    table = Table(title=Text(title), title_justify="left", show_lines=True)
    table.add_column("layer", justify="right")
    table.add_column("attends to")
    table.add_column("reads → result")
    table.add_column("feed-forward work")
    if graph.layering.mlp(0):
        table.add_row("0", "", "", _work(graph, describer, 0))
    for number, heads in enumerate(graph.layering.heads, start=1):
        attends = "\n".join(_told(describer, head) for head in heads)
        reads = "\n".join(_reads(describer, head) for head in heads)
        table.add_row(str(number), Text(attends), Text(reads), _work(graph, describer, number))
    return table


def _told(describer: Describer, head: Head) -> str:
    told = describer(head.selector)
    name = describer.name(head.selector)
    lines = f"{name}: {told}" if name else told
    return lines + "\n" * (len(head.aggregates) - 1)


def _reads(describer: Describer, head: Head) -> str:
    lines = []
    for node in head.aggregates:
        mean = "mean of " if node.operation.name == "mean" else ""
        lines.append(f"{mean}{describer.part(node.operands[1])} → {describer.label(node)}")
    return "\n".join(lines)


def _work(graph: Graph, describer: Describer, layer: int) -> Text:
    """Say how many operations the feed-forward block has, and what the author calls their results."""
    mlp = next((mlp for mlp in graph.layering.mlps if mlp.layer == layer), None)
    if mlp is None:
        return Text("")
    nodes = mlp.nodes
    named = [describer.label(node) for node in nodes if describer.name(node)]
    count = "1 operation" if len(nodes) == 1 else f"{len(nodes)} operations"
    results = named or [describer(node) for node in mlp.outputs]
    return Text(f"{count} → {', '.join(results)}")


def totals(stats: Stats) -> str:
    """Return the figures of ``stats`` in one line."""
    parts = [
        (stats.layers, "layer"),
        (stats.heads, "head"),
        (stats.values, "value"),
        (stats.mlps, "feed-forward block"),
        (stats.blocks, "transformer block"),
    ]
    return ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for count, what in parts)


def member_table(registry: Registry[Member]) -> Table:
    """Return a table of the names in ``registry``, what each does, and why one cannot be used."""
    table = Table(show_header=True)
    table.add_column(registry.what)
    table.add_column("what it does")
    for name in registry.names():
        table.add_row(Text(name), Text(registry.describe(name)))
    return table


def console() -> Console:
    """Return a console on standard output that keeps lines whole where it is not a terminal."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=120)
