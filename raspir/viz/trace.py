"""Traces: the values of a program on one input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from raspir.ir import Atom, Graph, Node, RaspirError
from raspir.ir.evaluation import function_of
from raspir.ir.layers import selector_parts
from raspir.ir.lazy import cached_property
from raspir.ir.types import SELECTOR
from raspir.ir.views import Aggregate, Select


def is_selector(node: Node) -> bool:
    """Return whether ``node`` is a selector, which has entries instead of values."""
    return node.type is SELECTOR


@dataclass(frozen=True)
class Failure:
    """Where a program fails on an input.

    Attributes:
        layer: the layer that fails.
        node: the node that fails; ``None`` if only the layer is known.
        error: the reason.
    """

    layer: int
    node: Node | None
    error: RaspirError

    @property
    def message(self) -> str:
        """The reason in one line."""
        return str(self.error)


@dataclass(frozen=True)
class Trace:
    """The sequences of a graph on one input, up to the failure if it fails.

    Attributes:
        graph: the program.
        inputs: the atoms of each input, by its name.
        n: the number of positions.
        values: the atoms of each sequence that is known.
        failure: where the program fails; ``None`` if it does not.
    """

    graph: Graph
    inputs: Mapping[str, list[Atom]]
    n: int
    values: Mapping[Node, list[Atom]]
    failure: Failure | None = None

    def known(self, node: Node) -> bool:
        """Return whether the values of a sequence, or the entries of a selector, are known; a predicate may fail."""
        if not is_selector(node):
            return node in self.values
        if self.failure is not None and self.failure.node is None:  # it may be a selector that fails
            return any(isinstance(each, Aggregate) and each.selector is node for each in self.values)
        failing = None if self.failure is None else self.failure.node
        return all(
            part is not failing and all(is_selector(operand) or operand in self.values for operand in part.operands)
            for part in selector_parts(node)
        )

    @cached_property
    def _parts(self) -> dict[Node, tuple[Node, ...]]:
        """The parts of each selector whose entries were needed."""
        return {}

    def entry(self, selector: Node, row: int, column: int) -> bool:
        """Return whether the query at position ``row`` selects the key at position ``column``."""
        if selector not in self._parts:
            self._parts[selector] = selector_parts(selector)
        found: dict[Node, bool] = {}
        for part in self._parts[selector]:
            found[part] = self._entry(part, row, column, found)
        return found[selector]

    def _entry(self, part: Node, row: int, column: int, found: Mapping[Node, bool]) -> bool:
        if isinstance(part, Select):
            predicate = function_of(part, self.graph.functions)
            assert predicate is not None, part
            return bool(predicate(self.values[part.key][column], self.values[part.query][row]))
        entries = [found[operand] for operand in part.operands]
        if part.operation.name == "selector.not":
            return not entries[0]
        return all(entries) if part.operation.name == "selector.and" else any(entries)

    def matrix(self, selector: Node, rows: Iterable[int], columns: Iterable[int]) -> list[list[bool]]:
        """Return the entries of a selector at some rows (queries) and columns (keys)."""
        shown = list(columns)
        return [[self.entry(selector, row, column) for column in shown] for row in rows]

    def selected(self, selector: Node, row: int) -> list[int]:
        """Return the positions that the query at position ``row`` selects."""
        return [column for column in range(self.n) if self.entry(selector, row, column)]
