"""The pass ``recognize``: Python functions that consist of operations of the IR become these operations.

A function of one value of few known atoms is left alone: the pass ``fold`` makes a table of it, one operation.

A function is read (:mod:`~raspir.passes.recognize.purity`), run on operands that record what is done with them
(``recording``), written as an expression that fails where the function fails (``failures``, ``expressions``) or as a
selector (``selectors``), and compared with the function on atoms of every kind (``samples``) before it is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from raspir.analysis.domains import LIMIT
from raspir.ir import Graph, GraphError, Node
from raspir.ir.functions import of_atoms
from raspir.ir.packing import Packing
from raspir.ir.text.describe import Describer
from raspir.ir.views import Map, SelectBy
from raspir.passes.base import PassContext, Remark
from raspir.passes.fold import check_vocabulary
from raspir.passes.recognize.applications import Recorded
from raspir.passes.recognize.conversions import OPERATIONS as CONVERSIONS
from raspir.passes.recognize.expressions import reached, substituted
from raspir.passes.recognize.purity import OpaqueError
from raspir.passes.recognize.tuples import Predicate, taken_apart
from raspir.rewriting.algebra import Algebra
from raspir.rewriting.graphs import made_of, on_operands, replaced
from raspir.rewriting.rules.numbers import table

__all__ = ["Recognize"]


@dataclass(frozen=True)
class Recognize:
    """The replacement of Python functions by the operations of which they consist.

    Names that a function refers to have the values that they have now.

    Attributes:
        recognize: whether functions are replaced at all.
        max_table: the maximum number of rows of a table in place of a function.
    """

    name: ClassVar[str] = "recognize"
    summary: ClassVar[str] = "replaces Python functions that consist of operators and conditions by operations"

    recognize: bool = True
    max_table: int = LIMIT

    def run(self, graph: Graph, context: PassContext) -> Graph:
        """Return ``graph`` without the functions that are understood, and remark on every function."""
        if not self.recognize or not graph.functions:
            return graph
        check_vocabulary(graph, context.warned)
        functions = _Functions(graph, Algebra(context.analysis(graph), graph, self.max_table))
        made = made_of(graph, functions.replacement)
        if functions.always_fail:
            return graph
        context.remarks.extend(functions.remarks)
        return context.kept_causal(replaced(graph, made))


class _Functions:
    """The functions of a graph, and what becomes of them.

    Attributes:
        remarks: a remark on each application.
        always_fail: whether an operation turns out to fail on all that a function returns, and the program with it.
    """

    def __init__(self, graph: Graph, algebra: Algebra) -> None:
        self.remarks: list[Remark] = []
        self.always_fail = False
        self._graph, self._algebra = graph, algebra
        self._describer = Describer(graph)
        self._recorded: dict[tuple[str, ...], Recorded | OpaqueError] = {}

    def replacement(self, node: Node, operands: list[Node]) -> Node:
        """Return the operations of an application, or else ``node`` on ``operands``."""
        on_replacements = on_operands(node, operands)
        self.always_fail |= on_replacements is None
        rebuilt = on_replacements or node
        if not isinstance(node, Map | SelectBy) or node.function not in self._graph.functions:
            return rebuilt
        if self._is_table(rebuilt):
            return rebuilt
        try:
            new, form = self._form(node, operands)
        except (OpaqueError, GraphError) as error:
            why = "it always fails" if isinstance(error, GraphError) else error
            self._remark("opaque", node, f"@{node.function}: {why}")
            return rebuilt
        self._remark("recognized", node, f"@{node.function} is {_described(form)}")
        return new

    def _is_table(self, node: Node) -> bool:
        """Return whether ``node`` is a table of one value of known atoms or a constant, as ``fold`` finds.

        Of a range of integers, such as the positions, operations say more than a table.
        """
        found = table(self._algebra, node) if isinstance(node, Map) else None
        if found is None or len(found.operands) > 1:
            return False
        return all(self._algebra.facts[operand].domain.atoms is not None for operand in found.operands)

    def _form(self, node: Map | SelectBy, operands: list[Node]) -> tuple[Node, Node]:
        """Return what an application computes, and the same in terms of the parameters of the recorded function.

        Raises:
            OpaqueError: if the function is not understood.
            GraphError: if it always fails.
        """
        taken = Predicate(self._graph.functions[node.function], tuple(operands), 1, (node.function,))
        if isinstance(node, SelectBy):
            taken = taken_apart(node.function, operands, self._graph.functions)
        recorded = self._record(taken)
        kinds = [self._algebra.facts[operand].domain.kinds for operand in taken.operands]
        if isinstance(node, Map):
            form = recorded.mapped(kinds, str(node.none))
            self._require_total(node, operands, form)
        else:
            form = recorded.selected(kinds, taken.keys)
        return substituted(form, dict(zip(recorded.parameters, taken.operands, strict=True))), form

    def _require_total(self, node: Map, operands: list[Node], form: Node) -> None:
        """Check that a function that converts atoms does not fail on a known one.

        It then still fails when the program runs, where a table of the operations may hold anything.

        Raises:
            OpaqueError: if it does.
        """
        if not any(each.operation.name in CONVERSIONS for each in reached([form])):
            return
        domains = [self._algebra.facts[operand].domain for operand in operands]
        known = [domain.atoms for domain in domains if domain.atoms is not None]
        tried = self._algebra.facts.outcomes(node, domains) if len(known) == len(domains) else None
        if tried is not None and len(tried[0]) < prod(map(len, known)):
            raise OpaqueError("it fails on an atom that its operand may have")

    def _record(self, taken: Predicate) -> Recorded:
        if taken.symbols not in self._recorded:
            try:
                function = taken.function
                made = function.function if isinstance(function, Packing) else function  # it may make no tuples
                self._recorded[taken.symbols] = Recorded.of(of_atoms(made), len(taken.operands))
            except OpaqueError as error:
                self._recorded[taken.symbols] = error
        found = self._recorded[taken.symbols]
        if isinstance(found, OpaqueError):
            raise found
        return found

    def _remark(self, rule: str, node: Node, what: str) -> None:
        self.remarks.append(Remark(rule, self._describer.subject(node), what, self._graph.locations.get(node)))


def _described(form: Node) -> str:
    """Return a recognized function in source notation, in terms of its parameters."""
    return Describer(Graph({"form": form}))(form)
