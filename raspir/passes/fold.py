"""The pass fold: constants, identities, decided comparisons, and tables in place of opaque functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from raspir.analysis import Analysis
from raspir.ir import Graph, Node, ProgramError
from raspir.ir.atoms import show
from raspir.ir.describe import Describer
from raspir.passes.algebra import Algebra
from raspir.passes.base import PassContext, Remark
from raspir.passes.rewrite import translated

_ROUNDS = 20  # one or two are the rule; each makes the graph no larger


@dataclass(frozen=True)
class Fold:
    """Applies the algebra of :mod:`raspir.passes.algebra` everywhere, until nothing changes."""

    name: ClassVar[str] = "fold"
    summary: ClassVar[str] = (
        "constants, identities, comparisons that domains decide, and tables for functions of few atoms"
    )

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` folded.

        Raises:
            ProgramError: if an opaque function fails on an atom of the promised vocabulary.
        """
        _hold_vocabulary(graph)
        before = graph
        for _ in range(_ROUNDS):
            folded = fold(graph)
            if folded == graph:
                break
            graph = folded
        context.remarks.extend(_remarks(before, graph))
        return graph


def _remarks(before: Graph, after: Graph) -> list[Remark]:
    """Return a remark for each opaque function that is none any more, and one for nodes that are gone."""
    describer = Describer(before)
    left = {node["function"] for node in after if node.operation.name == "map"}
    remarks = []
    for node in before:
        if node.operation.name == "map" and node["function"] not in left:
            subject, place = describer.name(node) or describer(node), before.locations.get(node)
            remarks.append(Remark("table", subject, f"@{node['function']} needs no Python", place))
    layers = before.stats().layers, after.stats().layers
    gained = [f"layers {layers[0]} → {layers[1]}"] if layers[0] != layers[1] else []
    if len(after) < len(before):
        gained.append(f"{len(before)} → {len(after)} nodes")
        remarks.append(Remark("fold", "the whole program", ", ".join(gained)))
    return remarks


def fold(graph: Graph) -> Graph:
    """Return ``graph`` with each node folded once, operands first."""
    algebra = Algebra(Analysis.of(graph))
    return translated(graph, lambda node, operands: algebra.rebuilt(node, operands))


def _hold_vocabulary(graph: Graph) -> None:
    """Check that functions of the input take each atom that it is promised to hold.

    Raises:
        ProgramError: naming the atom and the author's line.
    """
    for node in graph:
        if node.operation.name == "map" and node.operands[0].operation.name == "input":
            function = graph.functions.get(str(node["function"]))
            vocab = node.operands[0]["vocab"]
            for atom in vocab if function is not None and isinstance(vocab, tuple) else ():
                _hold_atom(graph, node, atom)


def _hold_atom(graph: Graph, node: Node, atom: object) -> None:
    symbol = str(node["function"])
    try:
        graph.functions[symbol](atom)
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        what = f"the vocabulary holds {show(atom)}, on which map({symbol}) fails: {reason}"
        raise ProgramError(what, graph.locations.get(node)) from error
