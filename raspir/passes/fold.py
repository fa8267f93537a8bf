"""The pass fold: constants, identities, decided comparisons, and tables in place of opaque functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from raspir.analysis.domains import TooLargeError, applied
from raspir.ir import Atom, Graph, Node, Role
from raspir.ir.atoms import show
from raspir.ir.errors import VocabularyWarning, reason, warn
from raspir.ir.evaluation import checked, function_of
from raspir.ir.text.describe import Describer
from raspir.passes.base import PassContext, Remark
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import cost, made_of, on_operands, replaced

_ROUNDS = 20  # one or two are the rule; each makes the graph no larger


@dataclass(frozen=True)
class Fold:
    """Applies the algebra of :mod:`raspir.rewriting.algebra` everywhere, until nothing changes."""

    name: ClassVar[str] = "fold"
    summary: ClassVar[str] = (
        "constants, identities, comparisons that domains decide, and tables for functions of few atoms"
    )

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` folded, and warn of opaque functions that fail on an atom of the vocabulary."""
        _hold_vocabulary(graph, context.warned)
        before = graph
        remarks: list[Remark] = []
        for number in range(_ROUNDS):
            algebra = Algebra(context.analysis(graph), graph)
            made = fold(graph, algebra)
            folded = replaced(graph, made)
            if len(folded) > len(graph) and cost(folded) > cost(graph):
                algebra = Algebra(context.analysis(graph), graph)
                made = fold_in_place(graph, algebra)
                folded = replaced(graph, made)
                if cost(folded) > cost(graph):  # types can keep what is replaced elsewhere, so that both are there
                    break
            if number == 0:
                remarks = _remarks(graph, made, algebra)
            if folded == graph:
                break
            graph = folded
        if len(graph) < len(before):
            remarks.append(Remark("fold", "the whole program", f"{len(before)} → {len(graph)} nodes"))
        context.remarks.extend(remarks)
        return graph


def _remarks(graph: Graph, made: Mapping[Node, Node], algebra: Algebra) -> list[Remark]:
    """Return a remark for each opaque function that became a table, and for each aggregate that became shallower."""
    describer = Describer(graph)
    remarks = []
    for node in graph:
        if made[node] is node:
            continue
        before, after = graph.layering.layer[node], algebra.facts[made[node]].layer
        if node.operation.role is Role.AGGREGATE and after < before:
            rule, gain = "fold", f"layer {before} → {after}"
        elif node.operation.name == "map" and made[node].operation.name != "map":
            rule, gain = "table", f"@{node['function']} needs no Python"
        else:
            continue
        subject = describer.name(node) or describer(node)
        remarks.append(Remark(rule, subject, gain, graph.locations.get(node)))
    return remarks


def fold(graph: Graph, algebra: Algebra) -> dict[Node, Node]:
    """Return what each node of ``graph`` becomes when it is folded once, operands first."""

    def folded(node: Node, operands: list[Node]) -> Node:
        new = algebra.rebuilt(node, operands)
        algebra.replaces(node, new)
        return new

    return made_of(graph, folded)


def fold_in_place(graph: Graph, algebra: Algebra) -> dict[Node, Node]:
    """Return what each node of ``graph`` becomes when no rule may put several new nodes in the place of one.

    So there are no more nodes than before, which what is used more than once can make of rules that copy a part.
    """
    standing: set[Node] = set()

    def folded(node: Node, operands: list[Node]) -> Node:
        new = algebra.rebuilt(node, operands)
        if any(operand not in standing for operand in new.operands):
            new = on_operands(node, operands) or node
        standing.add(new)
        algebra.replaces(node, new)
        return new

    return made_of(graph, folded)


_MOST_HELD = 250_000  # applications of operations to atoms of the vocabulary that opaque functions are held against


def _hold_vocabulary(graph: Graph, warned: set[str]) -> None:
    """Warn of opaque functions that fail on what elementwise maps make of an atom that an input may hold.

    Such a function stays, and fails when it is run on such an input.

    Args:
        graph: the program.
        warned: the warnings that there were before, which do not come again.
    """
    for source in graph.inputs.values():
        vocab = source["vocab"]
        if isinstance(vocab, tuple) and graph.max_length != 0:
            _hold_input(graph, source, vocab, warned)


def _hold_input(graph: Graph, source: Node, vocab: tuple[Atom, ...], warned: set[str]) -> None:
    """Try the functions of what depends on one input alone, at one position."""
    made: dict[Node, Sequence[Atom | None]] = {source: vocab}
    left = _MOST_HELD
    for node in graph:
        name = node.operation.name
        left -= len(vocab)
        if left < 0 and node.operands != (source,):
            continue
        if name == "const":
            value = node.atom("value")
            made[node] = (value,) * len(vocab)
        elif node.operands and all(operand in made for operand in node.operands):
            rows = list(zip(*(made[operand] for operand in node.operands), strict=True))
            if name in ("map", "select.by"):
                _hold_function(graph, node, vocab, rows, warned)
            function = function_of(node, graph.functions) if node.operation.role is Role.ELEMENTWISE else None
            if function is not None:
                made[node] = [_applied(node, function, row) for row in rows]


def _hold_function(
    graph: Graph, node: Node, vocab: tuple[Atom, ...], rows: Sequence[tuple[Atom | None, ...]], warned: set[str]
) -> None:
    """Warn if an opaque function of ``node`` fails on one of ``rows``, which the atoms of the vocabulary make."""
    symbol = str(node["function"])
    function = graph.functions.get(symbol)
    if function is None:
        return
    failures = []
    for atom, row in zip(vocab, rows, strict=True):
        known = [value for value in row if value is not None]
        why = _failure(node, function, known) if len(known) == len(row) else None
        if why is not None:
            made = "" if all(value is atom for value in row) else f", which makes it {' and '.join(map(show, row))}"
            failures.append((f"{show(atom)}{made}", why))
    if failures:
        first, why = failures[0]
        more = "" if len(failures) == 1 else f"; so it does on {len(failures) - 1} more of its atoms"
        what = f"the vocabulary holds {first}, on which {node.operation.symbol}({symbol}) fails: {why}{more}"
        warning = VocabularyWarning(what, graph.locations.get(node))
        if str(warning) not in warned:
            warned.add(str(warning))
            warn(warning)


def _failure(node: Node, function: Callable[..., Any], atoms: Sequence[Atom]) -> str | None:
    """Return why an opaque function fails on ``atoms``, or ``None`` where it does not."""
    try:
        result = function(*atoms)
        if node.operation.name == "map":
            checked(result)
        else:
            bool(result)
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        return reason(error)
    return None


def _applied(node: Node, function: Callable[..., Any], row: Sequence[Atom | None]) -> Atom | None:
    known = [atom for atom in row if atom is not None]
    try:
        return applied(node.operation.name, function, known) if len(known) == len(row) else None
    except TooLargeError:
        return None
