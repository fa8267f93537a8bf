"""The values of s-ops and selectors on one input, each computed once: checked at every definition, and shown."""

from __future__ import annotations

import weakref
from typing import Any

from raspir.frontends.expressions import Expression
from raspir.frontends.lowering import lower
from raspir.frontends.programs import pictured
from raspir.frontends.rasp.faults import (
    FailedError,
    RefusedError,
    StatementError,
    different_types,
    illegal_types,
    no_input,
)
from raspir.frontends.rasp.values import Operand, Sequence, Value, described, is_atom, items_of, listed, plainly
from raspir.ir import Atom, Graph, Node, build, make
from raspir.ir.errors import EvaluationError, MixedTypesError, NoAverageError
from raspir.ir.walks import postorder
from raspir.runtime.reference import step, trace

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
        values = self._value(operand)
        if isinstance(operand, Sequence) and operand.alternatives is not None and None in values:
            raise illegal_types(listed(self._alternatives(operand), "()"))
        return values

    def _value(self, operand: Operand) -> Any:
        """Return the value of an s-op or selector, computing all that it needs."""
        inputs = {"tokens": self.items}
        root: Expression = operand.expression
        for expression in postorder(root, _known_operands, self._memo):
            try:
                if expression.function is not None:
                    self._memo[expression] = self._opaque(expression)
                    continue
                parts = [self._memo[each] for each in expression.operands]
                node = make(expression.operation, [part for part, _ in parts], expression.attributes, expression.type)
                self._memo[expression] = node, step(_CONTEXT, node, inputs, [value for _, value in parts])
            except EvaluationError as error:
                raise self._failed(error, expression, operand) from error
        return self._memo[root][1]

    def _opaque(self, expression: Expression) -> tuple[Node, Any]:
        """Return the node and the value of an expression with a Python function, as programs of Python may have.

        It is lowered with all that it needs, which adapts functions of tuples.
        """
        kind, program = pictured(expression)
        graph = lower(program)
        (output,) = graph.outputs.values()
        node = output.operands[0] if kind == "selector" else output
        return node, trace(graph, self.items)[node]

    def _failed(self, error: EvaluationError, expression: Expression, operand: Operand) -> StatementError:
        """Return the error of the language for one of the IR, which ``expression`` raised."""
        cause = error.__cause__
        if isinstance(cause, MixedTypesError):
            return self._mixed(list(cause.values), expression, operand)
        if isinstance(cause, NoAverageError):
            shown = listed(cause.values, "[]")
            return FailedError(f"asked to average multiple values, but they are non-numbers: {shown}")
        if expression.operation.name == "item" and isinstance(cause, KeyError):
            return _missing(cause.args[0], expression)
        return FailedError(str(cause) if cause is not None and str(cause) else error.message)

    def _mixed(self, values: list[Value], expression: Expression, operand: Operand) -> StatementError:
        """Return the error of a sequence of several types, which ``expression`` checks."""
        brackets = "()"
        if expression.operands[0].operation.name == "input":
            brackets = "[]"
        elif expression is operand.expression and isinstance(operand, Sequence) and operand.alternatives is not None:
            values = self._alternatives(operand)
        are_atoms = all(map(is_atom, values))
        return (different_types if are_atoms else illegal_types)(listed(values, brackets))

    def _alternatives(self, operand: Sequence) -> list[Value]:
        """Return what an s-op holds at each position, with the values that are no atoms."""
        assert operand.alternatives is not None
        chosen = self._value(Sequence(operand.alternatives.chosen, ""))
        values = map(operand.alternatives.choose, chosen)
        return [
            self.of(value)[position]
            if isinstance(value, Sequence) and value in operand.alternatives.branches
            else value
            for position, value in enumerate(values)
        ]


def _missing(key: Atom, lookup: Expression) -> RefusedError:
    """Return the error of a key that a list or string, whose keys are its indices from both ends, or a dict lacks."""
    keys = lookup.attributes[0]
    assert isinstance(keys, tuple)
    size = len(keys) // 2
    if keys == tuple(range(-size, size)):
        return RefusedError(f"index {described(key)} out of range for list of length {size}")
    return RefusedError(f"index [ {described(key)} ] not in dict.")


def _known_operands(expression: Expression) -> tuple[Expression, ...]:
    """Return the operands that are computed on their own."""
    return expression.operands if expression.function is None else ()


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
