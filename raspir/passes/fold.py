"""The pass fold: constants, identities, decided comparisons, and tables in place of opaque functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from raspir.analysis import Analysis
from raspir.analysis.domains import TooLargeError, applied
from raspir.ir import Atom, Graph, Node, ProgramError, Role
from raspir.ir.atoms import show
from raspir.ir.describe import Describer
from raspir.ir.scalar import checked, function_of
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


_MOST_HELD = 1024  # atoms of a vocabulary that opaque functions are held against


def _hold_vocabulary(graph: Graph) -> None:
    """Check that opaque functions take what elementwise maps make of each atom that an input is promised to hold.

    Raises:
        ProgramError: naming the atom and the author's line.
    """
    for source in graph.inputs.values():
        vocab = source["vocab"]
        if isinstance(vocab, tuple) and len(vocab) <= _MOST_HELD:
            _hold_input(graph, source, vocab)


def _hold_input(graph: Graph, source: Node, vocab: tuple[Atom, ...]) -> None:
    """Check the functions of what depends on one input alone, at one position."""
    made: dict[Node, Sequence[Atom | None]] = {source: vocab}
    for node in graph:
        name = node.operation.name
        if name == "const":
            value = node["value"]
            assert not isinstance(value, tuple | None)
            made[node] = (value,) * len(vocab)
        elif node.operands and all(operand in made for operand in node.operands):
            rows = list(zip(*(made[operand] for operand in node.operands), strict=True))
            if name in ("map", "select.by"):
                _hold_function(graph, node, vocab, rows)
            function = function_of(node, graph.functions) if node.operation.role is Role.ELEMENTWISE else None
            if function is not None:
                made[node] = [_applied(node, function, row) for row in rows]


def _hold_function(graph: Graph, node: Node, vocab: tuple[Atom, ...], rows: Sequence[tuple[Atom | None, ...]]) -> None:
    """Check that an opaque function of ``node`` takes each of ``rows``, which the atoms of the vocabulary make."""
    symbol = str(node["function"])
    function = graph.functions.get(symbol)
    for atom, row in zip(vocab, rows, strict=True) if function is not None else ():
        if None in row:
            continue
        try:
            result = function(*row) if function is not None else None
            if node.operation.name == "map":
                checked(result)
        except (Exception, SystemExit) as error:  # a user's function may raise anything
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            made = "" if all(value is atom for value in row) else f", which makes it {' and '.join(map(show, row))}"
            held = f"the vocabulary holds {show(atom)}{made}"
            what = f"{held}, on which {node.operation.symbol}({symbol}) fails: {reason}"
            raise ProgramError(what, graph.locations.get(node)) from error


def _applied(node: Node, function: Callable[..., Any], row: Sequence[Atom | None]) -> Atom | None:
    known = [atom for atom in row if atom is not None]
    try:
        return applied(node.operation.name, function, known) if len(known) == len(row) else None
    except TooLargeError:
        return None
