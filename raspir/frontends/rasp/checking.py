"""The values of s-ops and selectors on one input, each computed once: for the check at every definition, and to show."""

from __future__ import annotations

import weakref
from typing import Any

from raspir.frontends.expressions import Expression
from raspir.frontends.rasp.faults import FailedError, StatementError, different_types, illegal_types, no_input
from raspir.frontends.rasp.values import Operand, Sequence, Value, is_atom, items_of, listed, plainly
from raspir.ir import Graph, Node, build, make
from raspir.ir.errors import EvaluationError, MixedTypesError, NoAverageError
from raspir.ir.walks import postorder
from raspir.runtime.reference import step

_TOKENS = build("input", name="tokens")
_CONTEXT = Graph({"out": _TOKENS}, (_TOKENS,))
"""A graph without functions, names and locations, of which no operation of the language has need."""


class Evaluation:
    """The values of expressions on one input.

    Attributes:
        given: the input.
    """

    def __init__(self, given: Value) -> None:
        self.given = given
        self._items = items_of(given)
        self._memo = _Memo()

    @property
    def items(self) -> list[Value]:
        """The items of the input: characters, items or keys.

        Raises:
            RefusedError: if there are none.
        """
        if self._items is None:
            raise no_input(plainly(self.given))
        return self._items

    def of(self, operand: Operand) -> Any:
        """Return the atoms of an s-op, or the rows of a selector.

        Raises:
            StatementError: if it fails on the input.
        """
        items = self.items
        try:
            values = self._value(operand.expression, items)
        except EvaluationError as error:
            raise self._fault(error, operand) from error
        if isinstance(operand, Sequence) and operand.alternatives is not None and None in values:
            raise illegal_types(listed(self._alternatives(operand), "()"))
        return values

    def _value(self, root: Expression, items: list[Value]) -> Any:
        for expression in postorder(root, lambda each: each.operands, self._memo):
            parts = [self._memo[operand] for operand in expression.operands]
            nodes = [node for node, _ in parts]
            node = make(expression.operation, nodes, expression.attributes, expression.type)
            value = step(_CONTEXT, node, {"tokens": items}, [value for _, value in parts])
            self._memo[expression] = node, value
        return self._memo[root][1]

    def _fault(self, error: EvaluationError, operand: Operand) -> StatementError:
        """Return the error of the language for one of the IR."""
        cause = error.__cause__
        if isinstance(cause, MixedTypesError):
            return self._mixed(list(cause.values), operand)
        if isinstance(cause, NoAverageError):
            shown = listed(cause.values, "[]")
            return FailedError(f"asked to average multiple values, but they are non-numbers: {shown}")
        return FailedError(str(cause) if cause is not None and str(cause) else error.message)

    def _mixed(self, values: list[Value], operand: Operand) -> StatementError:
        brackets = "()"
        if values == self._items and all(one is other for one, other in zip(values, self._items, strict=True)):
            brackets = "[]"  # the tokens as they are
        elif isinstance(operand, Sequence) and operand.alternatives is not None:
            values = self._alternatives(operand)
        are_atoms = all(map(is_atom, values))
        return (different_types if are_atoms else illegal_types)(listed(values, brackets))

    def _alternatives(self, operand: Sequence) -> list[Value]:
        """Return what an s-op holds at each position, with the values that are no atoms."""
        assert operand.alternatives is not None
        chosen = self._value(operand.alternatives.chosen, self.items)
        values = map(operand.alternatives.choose, chosen)
        return [
            self.of(value)[position]
            if isinstance(value, Sequence) and value in operand.alternatives.branches
            else value
            for position, value in enumerate(values)
        ]


class _Memo:
    """Nodes and values by expression: an entry goes when the expression does, which no dict of weak references does.

    Those compare their keys by ``==``, of which a program makes a program.
    """

    def __init__(self) -> None:
        self._entries: dict[int, tuple[weakref.ref[Expression], tuple[Node, Any]]] = {}

    def __contains__(self, expression: object) -> bool:
        return id(expression) in self._entries

    def __getitem__(self, expression: Expression) -> tuple[Node, Any]:
        return self._entries[id(expression)][1]

    def __setitem__(self, expression: Expression, entry: tuple[Node, Any]) -> None:
        key, entries = id(expression), self._entries
        self._entries[key] = weakref.ref(expression, lambda _: entries.pop(key, None) and None), entry
