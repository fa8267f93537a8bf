"""The pass fold: constants, identities, decided comparisons, and tables for opaque functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from raspir.analysis.domains import LIMIT, TooLargeError
from raspir.ir import Atom, Graph, Node
from raspir.ir.atoms import FAILED, Failed, atom_key, show
from raspir.ir.errors import VocabularyWarning, reason, warn
from raspir.ir.evaluation import checked, function_of
from raspir.ir.text.describe import Describer
from raspir.ir.views import Aggregate, Const, Elementwise, Input, Map, SelectBy
from raspir.passes.base import PassContext, Remark
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.columns import all_or_failed, apply
from raspir.rewriting.graphs import cost, made_of, on_operands, replaced

_ROUNDS = 20  # one or two usually suffice; none makes the graph larger


@dataclass(frozen=True)
class Fold:
    """A rewrite to fixed point by the algebra of :mod:`raspir.rewriting.algebra`.

    Attributes:
        max_table: the maximum number of rows of a table in place of an opaque function.
    """

    max_table: int = LIMIT

    name: ClassVar[str] = "fold"
    summary: ClassVar[str] = (
        "folds constants, identities and decided comparisons, and tabulates opaque functions of few atoms"
    )

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` folded, and warn of opaque functions that fail on an atom of the vocabulary."""
        check_vocabulary(graph, context.warned)
        before = graph
        remarks: list[Remark] = []
        for number in range(_ROUNDS):
            algebra = Algebra(context.analysis(graph), graph, self.max_table)
            made = fold(graph, algebra)
            folded = replaced(graph, made)
            if len(folded) > len(graph) and cost(folded) > cost(graph):
                algebra = Algebra(context.analysis(graph), graph, self.max_table)
                made = fold_in_place(graph, algebra)
                folded = replaced(graph, made)
                if cost(folded) > cost(graph):  # a type can keep the original alive beside its replacement
                    break
            if number == 0:
                remarks = _remarks(graph, made, algebra)
            if folded == graph:
                break
            graph = folded
        if len(graph) < len(before):
            remarks.append(Remark("fold", "the whole program", f"{len(before)} → {len(graph)} nodes"))
        context.remarks.extend(remarks)
        return context.kept_causal(graph)


def _remarks(graph: Graph, made: Mapping[Node, Node], algebra: Algebra) -> list[Remark]:
    """Return a remark for each opaque function that became a table, and each aggregate that became shallower."""
    describer = Describer(graph)
    remarks = []
    for node in graph:
        if made[node] is node:
            continue
        before, after = graph.layering.layer[node], algebra.facts[made[node]].layer
        if isinstance(node, Aggregate) and after < before:
            rule, gain = "fold", f"layer {before} → {after}"
        elif isinstance(node, Map) and not isinstance(made[node], Map):
            rule, gain = "table", f"@{node.function} is no longer called"
        else:
            continue
        remarks.append(Remark(rule, describer.subject(node), gain, graph.locations.get(node)))
    return remarks


def fold(graph: Graph, algebra: Algebra) -> dict[Node, Node]:
    """Return the replacement of each node of ``graph`` after one round of folding, in post-order."""

    def folded(node: Node, operands: list[Node]) -> Node:
        new = _constant(algebra, algebra.rebuilt(node, operands))
        algebra.replaces(node, new)
        return new

    return made_of(graph, folded)


def _constant(algebra: Algebra, node: Node) -> Node:
    """Return ``node``, or a constant if its values for all atoms of the one value on which it depends are the same."""
    algebra.columns.visit(node)
    if node not in algebra.columns.roots:
        return node
    values = {atom_key(value): value for _, value in algebra.columns.of(node)}
    return node if len(values) > 1 else algebra.const(next(iter(values.values())))


def fold_in_place(graph: Graph, algebra: Algebra) -> dict[Node, Node]:
    """Return the replacement of each node, by rules that put at most one new node in the place of one.

    So the graph does not grow, as it can by rules that copy part of a value with several uses.
    """
    standing: set[Node] = set()

    def folded(node: Node, operands: list[Node]) -> Node:
        new = _constant(algebra, algebra.rebuilt(node, operands))
        if any(operand not in standing for operand in new.operands):
            new = on_operands(node, operands) or node
        standing.add(new)
        algebra.replaces(node, new)
        return new

    return made_of(graph, folded)


_MOST_CHECKED = 250_000  # maximum evaluations on atoms of the vocabulary, to check opaque functions


def check_vocabulary(graph: Graph, warned: set[str]) -> None:
    """Warn, once each, of opaque functions that fail on a value computed elementwise from an atom of the vocabulary."""
    for source in graph.inputs.values():
        if source.vocabulary is not None and graph.max_length != 0:
            _check_input(graph, source, source.vocabulary, warned)


def _check_input(graph: Graph, source: Input, vocab: tuple[Atom, ...], warned: set[str]) -> None:
    """Evaluate functions that depend on one input alone, at a single position."""
    made: dict[Node, Sequence[Atom | Failed]] = {source: vocab}
    left = _MOST_CHECKED
    for node in graph:
        left -= len(vocab)
        if left < 0 and node.operands != (source,):
            continue
        if isinstance(node, Const):
            made[node] = (node.value,) * len(vocab)
        elif node.operands and all(operand in made for operand in node.operands):
            rows = list(zip(*(made[operand] for operand in node.operands), strict=True))
            if isinstance(node, Map | SelectBy):
                _check_function(graph, node, vocab, rows, warned)
            function = function_of(node, graph.functions) if isinstance(node, Elementwise) else None
            if function is not None:
                made[node] = [_applied(node, function, row) for row in rows]


def _check_function(
    graph: Graph,
    node: Map | SelectBy,
    vocab: tuple[Atom, ...],
    rows: Sequence[tuple[Atom | Failed, ...]],
    warned: set[str],
) -> None:
    """Warn if an opaque function of ``node`` fails on one of ``rows``, which are computed from the vocabulary."""
    function = function_of(node, graph.functions)
    if function is None:
        return
    failures = []
    for atom, row in zip(vocab, rows, strict=True):
        known = all_or_failed(row)
        why = None if known is FAILED else _failure(node, function, known)
        if why is not None:
            made = "" if all(value is atom for value in row) else f", which makes it {' and '.join(map(show, row))}"
            failures.append((f"{show(atom)}{made}", why))
    if failures:
        first, why = failures[0]
        more = "" if len(failures) == 1 else f"; it also fails on {len(failures) - 1} more of its atoms"
        what = f"the vocabulary holds {first}, on which {node.operation.symbol}({node.function}) fails: {why}{more}"
        warning = VocabularyWarning(what, graph.locations.get(node))
        if str(warning) not in warned:
            warned.add(str(warning))
            warn(warning)


def _failure(node: Node, function: Callable[..., Any], atoms: Sequence[Atom]) -> str | None:
    """Return why an opaque function fails on ``atoms``, or ``None`` if it succeeds."""
    try:
        result = function(*atoms)
        if isinstance(node, Map):
            checked(result)
        else:
            bool(result)
    except (Exception, SystemExit) as error:  # a user's function may raise anything
        return reason(error)
    return None


def _applied(node: Node, function: Callable[..., Any], row: Sequence[Atom | Failed]) -> Atom | Failed:
    try:
        return apply(node, function, row)
    except TooLargeError:
        return FAILED
