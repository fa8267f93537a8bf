"""The values of s-ops and selectors on one input, each computed once: checked at every definition, and shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from raspir.backends.base import runner
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
    worded,
)
from raspir.frontends.rasp.making import CONTAINERS
from raspir.frontends.rasp.memo import Memo
from raspir.frontends.rasp.values import Operand, Sequence, Value, described, is_atom, items_of, listed, plainly
from raspir.ir import Atom, Graph, Node, build, make
from raspir.ir.errors import EvaluationError, MixedTypesError, NoAverageError
from raspir.ir.operations import Role
from raspir.ir.types import SELECTOR
from raspir.ir.walks import postorder
from raspir.runtime.reference import step, trace

_TOKENS = build("input", name="tokens")
_CONTEXT = Graph({"out": _TOKENS}, (_TOKENS,))
"""A graph without functions, names and locations, of which no operation of the language has need."""


_ELEMENTWISE = (Role.SOURCE, Role.ELEMENTWISE)
_ORDERS = ("select.lt", "select.le", "select.gt", "select.ge")

LONG = 48
"""The length of an input from which NumPy is faster."""

TOO_LONG = 4096
"""The length of an input from which NumPy is faster for elementwise work, too, and steps of attention take too long."""


class Evaluation:
    """The values of expressions on one input.

    Attributes:
        given: the input.
    """

    def __init__(self, given: Value) -> None:
        self.given = given
        self._items = items_of(given)
        self._is_long = self._items is not None and len(self._items) >= LONG and all(map(is_atom, self._items))
        self._steps: Memo[tuple[Node, Any]] = Memo()
        self._known: Memo[list[Atom]] = Memo()

    @property
    def items(self) -> list[Value]:
        """The items of the input: characters, items or keys.

        Raises:
            RefusedError: if there are none.
        """
        if self._items is None:
            raise no_input(plainly(self.given))
        return self._items

    @property
    def size(self) -> int:
        """The number of items of the input."""
        return len(self._items or ())

    def check(self, operand: Operand) -> None:
        """Compute an s-op or selector, which costs no time if it was computed before.

        Raises:
            StatementError: if it fails on the input.
        """
        if isinstance(operand, Sequence):
            self.of(operand)
        elif self.items and self._is_long:
            self._check_long(operand)
        else:
            self._in_steps(operand)

    def _check_long(self, operand: Operand) -> None:
        """Check the comparisons of a selector, without comparing all keys with all queries.

        Only orders fail, and only between a string and a number.
        """
        for expression in self._pending(operand.expression):
            if expression.function is not None:
                self._at_once(operand)
            elif expression.operation.name in _ORDERS:
                keys, queries = (self._in_steps(operand, part) for part in expression.operands)
                if len({isinstance(atom, str) for atom in (*keys, *queries)}) > 1:
                    self._in_steps(operand)

    def of(self, operand: Operand) -> Any:
        """Return the atoms of an s-op, or the rows of a selector.

        Raises:
            StatementError: if it fails on the input.
        """
        is_sequence = isinstance(operand, Sequence)
        values = self._at_once(operand) if self.items and self._is_long and is_sequence else self._in_steps(operand)
        if isinstance(operand, Sequence) and operand.alternatives is not None and None in values:
            raise illegal_types(listed(self._alternatives(operand), "()"))
        return values

    def _in_steps(self, operand: Operand, part: Expression | None = None) -> Any:
        """Compute an operand, or only a part of it, expression by expression by the definition of the language."""
        inputs = {"tokens": self.items}
        root = operand.expression if part is None else part
        for expression in postorder(root, self._unknown_operands, self._steps):
            if self._is_input(expression):
                self._steps[expression] = _TOKENS, self._known[expression]
                continue
            try:
                if expression.function is not None:
                    self._steps[expression] = self._opaque(expression)
                    continue
                parts = [self._steps[each] for each in expression.operands]
                node = make(expression.operation, [part for part, _ in parts], expression.attributes, expression.type)
                self._steps[expression] = node, step(_CONTEXT, node, inputs, [value for _, value in parts])
            except EvaluationError as error:
                raise self._failed(error, expression, operand) from error
        return self._steps[root][1]

    def _opaque(self, expression: Expression) -> tuple[Node, Any]:
        """Return the node and the value of an expression with a Python function, as programs of Python may have.

        It is lowered with all that it needs, which adapts functions of tuples.
        """
        kind, program = pictured(expression)
        graph = lower(program)
        (output,) = graph.outputs.values()
        node = output.operands[0] if kind == "selector" else output
        return node, trace(graph, self.items)[node]

    def _at_once(self, operand: Operand) -> list[Atom]:
        """Compute an s-op, or the width of a selector, from what is known: NumPy compares no key with each query.

        If it fails, the values are computed in steps instead, which finds the part at fault. Elementwise work alone
        takes less time in steps than to prepare for NumPy.
        """
        root: Expression = operand.expression
        known = self._known.get(root)
        if known is None:
            is_elementwise = all(each.operation.role in _ELEMENTWISE for each in self._pending(root))
            in_steps = is_elementwise and len(self.items) < TOO_LONG
            known = self._in_steps(operand) if in_steps else self._run(operand)
            self._known[root] = known
        return known

    def _run(self, operand: Operand) -> list[Atom]:
        """Return the result of the program of an s-op, or of the width of a selector, on NumPy."""
        try:
            return self._program(operand.expression)
        except EvaluationError as error:
            raise self._failure(operand, error) from error

    def _program(self, expression: Expression) -> list[Atom]:
        graph, inputs = self._from_known(expression)
        return list(runner("numpy").compile(graph)(inputs))

    def _failure(self, operand: Operand, error: EvaluationError) -> StatementError:
        """Return the error of the part at fault: all parts are computed until one fails, and that one in steps.

        An aggregate of too long an input is not: its steps compare all keys with all queries.
        """
        for part in self._pending(operand.expression):
            if part.type is SELECTOR:
                continue
            try:
                self._known[part] = self._program(part)
            except EvaluationError as found:
                if part.operation.role in _ELEMENTWISE or len(self.items) < TOO_LONG:
                    self._in_steps(operand, part)
                if part.operation.name == "average":
                    return _no_average(self._in_steps(operand, part.operands[1]))
                return FailedError(found.message)
        return FailedError(error.message)

    def _pending(self, root: Expression) -> list[Expression]:
        """Return the expressions that ``root`` needs and that are not known, in post-order."""
        pending: dict[Expression, None] = {}
        for expression in postorder(root, self._unknown_operands, pending):
            pending[expression] = None
        return [each for each in pending if not self._is_input(each)]

    def _from_known(self, root: Expression) -> tuple[Graph, dict[str, list[Atom]]]:
        """Return a graph of ``root`` that has the s-ops that are known as inputs, and these inputs.

        If a Python function comes up, nothing is taken from what is known.
        """
        nodes: dict[Expression, Node] = {}
        inputs = {"tokens": (_TOKENS, self.items)}
        for expression in postorder(root, self._unknown_operands, nodes):
            if self._is_input(expression):
                name = f"known {len(nodes)}"
                inputs[name] = build("input", name=name), self._known[expression]
                nodes[expression] = inputs[name][0]
            elif expression.function is not None:
                return lower(pictured(root)[1]), {"tokens": self.items}
            else:
                operands = [nodes[each] for each in expression.operands]
                types = tuple(each.type for each in operands)
                inferred = expression.operation.infer(types, expression.attributes)
                nodes[expression] = make(expression.operation, operands, expression.attributes, inferred)
        output = nodes[root]
        if output.type is SELECTOR:
            output = build("sum", output, build("const", value=1), default=0)
        graph = Graph({"out": output}, tuple(node for node, _ in inputs.values()))
        return graph, {name: values for name, (_, values) in inputs.items()}

    def _unknown_operands(self, expression: Expression) -> tuple[Expression, ...]:
        """Return the operands of an expression that is computed from them."""
        return () if expression.function is not None or self._is_input(expression) else expression.operands

    def _is_input(self, expression: Expression) -> bool:
        return expression.type is not SELECTOR and expression in self._known

    def _failed(self, error: EvaluationError, expression: Expression, operand: Operand) -> StatementError:
        """Return the error of the language for one of the IR, which ``expression`` raised."""
        cause = error.__cause__
        if isinstance(cause, MixedTypesError):
            return self._mixed(list(cause.values), expression, operand)
        if isinstance(cause, NoAverageError):
            return _no_average(cause.values)
        if expression.operation.name == "item" and isinstance(cause, KeyError):
            return _missing(cause.args[0], expression)
        if expression.operation.name == "and" and expression in CONTAINERS:
            return FailedError(f"index into {CONTAINERS[expression]} has to be an integer at every position")
        return FailedError((worded(cause) if cause is not None else "") or error.message)

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
        chosen = self._in_steps(Sequence(operand.alternatives.chosen, ""))
        return [operand.alternatives.choose(atom) for atom in chosen]


def _no_average(values: Iterable[Value]) -> FailedError:
    return FailedError(f"asked to average multiple values, but they are non-numbers: {listed(values, '[]')}")


def _missing(key: Atom, lookup: Expression) -> RefusedError:
    """Return the error of a key that a list or string, whose keys are its indices from both ends, or a dict lacks."""
    keys = lookup.attributes[0]
    assert isinstance(keys, tuple)
    kind = CONTAINERS.get(lookup)
    if kind is None or kind == "dict":
        return RefusedError(f"index [ {described(key)} ] not in dict.")
    return RefusedError(f"index {described(key)} out of range for {kind} of length {len(keys) // 2}")
