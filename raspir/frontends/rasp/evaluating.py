"""Evaluation of expressions: every s-op and selector that comes up is checked on the example at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from raspir.frontends.rasp import syntax
from raspir.frontends.rasp.checking import Evaluation
from raspir.frontends.rasp.faults import FailedError, NotCallableError, RefusedError, StatementError, worded
from raspir.frontends.rasp.making import Maker
from raspir.frontends.rasp.scopes import Defined, Scope
from raspir.frontends.rasp.values import (
    BuiltIn,
    Function,
    Operand,
    Selection,
    Sequence,
    Value,
    call_label,
    described,
    is_atom,
    plainly,
    short,
)
from raspir.ir.atoms import Atom

Run = Callable[[Iterable[syntax.Statement], Scope], None]
"""Runs the statements of a body in a scope, without showing anything."""

_UNFINISHED = "evaluate unfinished"
"""The name of an application in the message on the number of its arguments."""


@dataclass(frozen=True, slots=True, eq=False)
class Applied:
    """An s-op or selector applied to an input: a statement shows it; a part of an expression is the list of it.

    Attributes:
        operand: the s-op or selector.
        on: its values on the input.
    """

    operand: Operand
    on: Evaluation

    def listed(self) -> list[Value]:
        """Return the atoms of the s-op, or the rows of the selector."""
        return [list(row) if isinstance(row, list) else row for row in self.on.of(self.operand)]


class Evaluator:
    """Evaluates expressions in scopes.

    Attributes:
        maker: makes the s-ops and selectors.
        example: the evaluation on the example of s-ops, on which everything is checked.
        run: runs the body of a function.
    """

    def __init__(self, maker: Maker, example: Evaluation, run: Run) -> None:
        self.maker, self.run = maker, run
        self._last: Evaluation | None = None
        self.set_example(example)
        self.restart()

    def restart(self) -> None:
        """Forget the calls and inputs of a statement that was interrupted."""
        self._depth = 0
        self.set_example(self.example)

    def set_example(self, example: Evaluation) -> None:
        """Check s-ops and selectors on ``example`` from here on."""
        self.example = self._on = example
        self.maker.size = example.size

    def value(self, expression: syntax.Expr, scope: Scope) -> Value:
        """Return the value of an expression.

        Raises:
            StatementError: if it has none; the location is that of the part at fault.
        """
        result = self.result(expression, scope)
        return self.maker.bounded(result.listed()) if isinstance(result, Applied) else result

    def result(self, expression: syntax.Expr, scope: Scope) -> Value | Applied:
        """Return the value of an expression, or what it applies to an input.

        Raises:
            StatementError: as :meth:`value`.
        """
        try:
            result = _HANDLERS[type(expression)](self, expression, scope)
            if isinstance(result, Operand):
                self._check(result)
        except StatementError as fault:
            if fault.location is None:
                fault.location = expression.place
            raise
        if not isinstance(result, Applied):
            scope.out = result
        return result

    def _check(self, operand: Operand) -> None:
        try:
            self._on.check(operand)
        except StatementError as fault:
            fault.on_example = self._on is self.example
            raise

    def values(self, expressions: Iterable[syntax.Expr], scope: Scope) -> list[Value]:
        """Return the values of expressions, from left to right."""
        return [self.value(each, scope) for each in expressions]

    def evaluation_on(self, given: Value) -> Evaluation:
        """Return the evaluation on an input: that of the example or of the last application, if it is the same."""
        for known in (self.example, self._last):
            if known is not None and _is_same(known.given, given):
                return known
        self._last = Evaluation(given)
        return self._last

    def _literal(self, expression: syntax.Literal, scope: Scope) -> Value:
        return expression.value

    def _name(self, expression: syntax.Name, scope: Scope) -> Value:
        return scope.lookup(expression.name)

    def _list(self, expression: syntax.ListOf, scope: Scope) -> Value:
        return self.maker.bounded(self.values(expression.items, scope))

    def _dict(self, expression: syntax.DictOf, scope: Scope) -> Value:
        made: dict[Atom, Value] = {}
        for each, value in expression.pairs:
            key = self._key(each, scope)
            made[key] = self.value(value, scope)
        return self.maker.bounded(made)

    def _key(self, expression: syntax.Expr, scope: Scope) -> Atom:
        key = self.value(expression, scope)
        if not is_atom(key):
            raise RefusedError(
                f"dictionary keys can only be atoms, but instead got: {described(key)}", expression.place
            )
        atom: Atom = key
        return atom

    def _list_comprehension(self, expression: syntax.ListComprehension, scope: Scope) -> Value:
        inner = self._inside(scope)
        rounds = self._rounds(expression.iterable, expression.names, scope, inner, "list")
        made: list[Value] = []
        size = 0
        for _ in rounds:
            made.append(self.value(expression.item, inner))
            size = self.maker.size_of(made[-1], size + 1)
        return self.maker.bounded(made)

    def _dict_comprehension(self, expression: syntax.DictComprehension, scope: Scope) -> Value:
        inner = self._inside(scope)
        made: dict[Atom, Value] = {}
        size = 0
        for _ in self._rounds(expression.iterable, expression.names, scope, inner, "dict"):
            key = self._key(expression.key, inner)
            made[key] = self.value(expression.value, inner)
            size = self.maker.size_of(made[key], size + 1)
        return self.maker.bounded(made)

    def _inside(self, scope: Scope) -> Scope:
        return Scope(scope.creator, scope)

    def _rounds(
        self, iterable: syntax.Expr, names: tuple[str, ...], scope: Scope, inner: Scope, kind: str
    ) -> Iterator[None]:
        items = self.value(iterable, scope)
        if not isinstance(items, list | dict):
            what = f"{kind} comprehension should have got a list or dict to loop over, but got"
            raise RefusedError(f"{what}: {plainly(items)}", iterable.place)
        return self.bound_each(names, items, inner)

    def bound_each(self, names: tuple[str, ...], items: Iterable[Value], scope: Scope) -> Iterator[None]:
        """Bind ``names`` to each of ``items`` in turn.

        Raises:
            RefusedError: if an item cannot be unpacked to several names.
        """
        for item in items:
            if len(names) == 1:
                scope.bind(names, [item])
            elif not isinstance(item, list | dict | str):
                raise RefusedError(
                    f"iterating with multiple iterator names, but got single iterator value: {plainly(item)}"
                )
            elif len(item) != len(names):
                shown = plainly(item)
                raise RefusedError(f"iterating with {len(names)} names but got {len(item)} values ( {shown} )")
            else:
                scope.bind(names, item)
            yield

    # Operators

    def _unary(self, expression: syntax.Unary, scope: Scope) -> Value:
        operand = self.value(expression.operand, scope)
        self.maker.place = expression.place
        return self.maker.unary(expression.operator, operand)

    def _binary(self, expression: syntax.Binary, scope: Scope) -> Value:
        """Return the value of a chain of binary operators: iterative, as chains of ``+`` can be long."""
        chain = [expression]
        while isinstance(chain[-1].left, syntax.Binary):
            chain.append(chain[-1].left)
        value = self.value(chain[-1].left, scope)
        for each in reversed(chain):
            right = self.value(each.right, scope)
            self.maker.place = each.place
            if each.operator == "in":
                name = each.right.name if isinstance(each.right, syntax.Name) else None
                value = self.maker.contains(value, right, name)
            else:
                value = self.maker.binary(each.operator, value, right)
            scope.out = value
            if isinstance(value, Operand) and each is not expression:
                self._check(value)
        return value

    def _ternary(self, expression: syntax.Ternary, scope: Scope) -> Value:
        condition = self.value(expression.condition, scope)
        if not isinstance(condition, Operand):
            return self.value(expression.value if condition else expression.otherwise, scope)
        value, otherwise = self.value(expression.value, scope), self.value(expression.otherwise, scope)
        self.maker.place = expression.place
        return self.maker.choice(condition, value, otherwise)

    def _index(self, expression: syntax.Index, scope: Scope) -> Value:
        container = self.value(expression.container, scope)
        index = self.value(expression.index, scope)
        self.maker.place = expression.place
        label = f"{_named(expression.container)}[{_named(expression.index)}]"
        if isinstance(container, list | str):
            return self._item(container, index, label)
        if isinstance(container, dict):
            return self._entry(container, index, label)
        if isinstance(container, Sequence):
            if not isinstance(index, int):
                raise RefusedError(f"index into sequence has to be integer, got: {described(index)}")
            return self.maker.at(container, index, f"{_named(expression.container)}[{described(index)}]")
        what = described(container)
        raise RefusedError(f"can only index into a list, dict, string,or sequence, but instead got: {what}")

    def _item(self, container: list[Value] | str, index: Value, label: str) -> Value:
        kind = "list" if isinstance(container, list) else "string"
        if isinstance(index, Sequence):
            return self.maker.looked_up(container, index, label)
        if not isinstance(index, int):
            raise RefusedError(f"index into {kind} has to be s-op or integer, got: {described(index)}")
        if not -len(container) <= index < len(container):
            raise RefusedError(f"index {described(index)} out of range for {kind} of length {len(container)}")
        return container[index]

    def _entry(self, container: dict[Atom, Value], index: Value, label: str) -> Value:
        if isinstance(index, Sequence):
            return self.maker.looked_up(container, index, label)
        if not is_atom(index):
            what = "index into dict has to be s-op or atom (i.e., string, int, float, bool)"
            raise RefusedError(f"{what}, got: {described(index)}")
        if index not in container:
            raise RefusedError(f"index [ {described(index)} ] not in dict.")
        return container[index]

    # Calls

    def value_on(self, expression: syntax.Expr, given: Value, scope: Scope) -> tuple[Value, Evaluation]:
        """Return the value of an expression that is checked on an input, and its evaluation there.

        Raises:
            StatementError: as :meth:`value`.
        """
        evaluation = self.evaluation_on(given)
        with self._checking_on(evaluation):
            return self.value(expression, scope), evaluation

    def _call(self, expression: syntax.Call, scope: Scope) -> Value | Applied:
        if len(expression.arguments) == 1:
            arguments = [self.value(expression.arguments[0], scope)]
            callee, _ = self.value_on(expression.callee, arguments[0], scope)
        else:
            callee = self.value(expression.callee, scope)
            if isinstance(callee, Operand):
                _require_count(_UNFINISHED, 1, expression.arguments)
            arguments = self.values(expression.arguments, scope) if isinstance(callee, Function) else []
        self.maker.place = expression.place
        if isinstance(callee, Function):
            return self.called(callee, arguments)
        if isinstance(callee, Operand):
            return Applied(callee, self.evaluation_on(arguments[0]))
        raise NotCallableError(described(callee), expression.place)

    @contextmanager
    def _checking_on(self, evaluation: Evaluation) -> Iterator[None]:
        """Check s-ops and selectors on an input other than the example."""
        before = self._on
        try:
            self._on, self.maker.size = evaluation, evaluation.size
            yield
        finally:
            self._on, self.maker.size = before, before.size

    def called(self, function: Function, arguments: list[Value]) -> Value:
        """Return the result of a call.

        Raises:
            StatementError: if the number of arguments is wrong, or the body fails.
        """
        _require_count(function.name, len(function.parameters), arguments)
        if isinstance(function, BuiltIn):
            with self._checking_on(self.example):  # as the bodies of all functions are, even within an application
                result = function.make(*arguments)
                if isinstance(result, Operand):
                    self._on.check(result)
        else:
            assert isinstance(function, Defined)
            result = self._body(function, arguments)
        if isinstance(result, Operand):  # the call names it, whatever the body has called it
            long = "sel" if isinstance(result, Selection) else "s-op"
            return replace(result, label=short(call_label(function.name, arguments), long))
        return result

    def _body(self, function: Defined, arguments: list[Value]) -> Value:
        if self._depth >= self.maker.limits.calls:
            raise FailedError(f"more than {self.maker.limits.calls} nested calls, the last of {function.name}")
        scope = Scope(f"{function.creator}'", function.scope, is_call=True)
        scope.bind(function.parameters, arguments)
        self._depth += 1
        try:
            with self._checking_on(self.example):
                self.run(function.definition.body, scope)
                results = self.values(function.definition.results, scope)
        finally:
            self._depth -= 1
        return results[0] if len(results) == 1 else self.maker.bounded(results)

    # Functions of the grammar

    def _range(self, expression: syntax.Range, scope: Scope) -> Value:
        bounds = self.values(expression.arguments, scope)
        if not all(isinstance(bound, int) for bound in bounds):
            raise RefusedError(f"range expects all integer inputs, but got: {described(bounds)}")
        if len(bounds) > 3:
            raise RefusedError(f"wrong number of inputs to range, expected: 1, 2, or 3, got: {len(bounds)}")
        try:
            made = range(*map(int, bounds))
            size = len(made)
        except (ValueError, OverflowError) as error:
            raise FailedError(worded(error)) from error
        most = self.maker.limits.items
        if size > most:
            raise FailedError(f"a range of {size} items exceeds the limit of {most}")
        return list(made)

    def _zip(self, expression: syntax.Zip, scope: Scope) -> Value:
        lists = self.values(expression.arguments, scope)
        for number, each in enumerate(lists, start=1):
            if not isinstance(each, list):
                raise RefusedError(f"attempting to zip lists, but {number} -th element is not list: {described(each)}")
        first = len(lists[0])
        for number, each in enumerate(lists, start=1):
            if len(each) != first:
                what = f"but {number} -th list has length {len(each)}"
                raise RefusedError(f"attempting to zip lists of length {first} , {what}")
        most = self.maker.limits.items
        if first * (len(lists) + 1) > most:
            raise FailedError(f"a zip of {len(lists)} lists of {first} items exceeds the limit of {most}")
        return self.maker.bounded([list(items) for items in zip(*lists, strict=True)])

    def _len(self, expression: syntax.Len, scope: Scope) -> Value:
        items = self.value(expression.argument, scope)
        if not isinstance(items, list):
            raise RefusedError(f"attempting to compute length of non-list: {described(items)}")
        return len(items)

    def _aggregate(self, expression: syntax.Aggregate, scope: Scope) -> Value:
        selector, value = self.value(expression.selector, scope), self.value(expression.value, scope)
        default = 0 if expression.default is None else self.value(expression.default, scope)
        self.maker.place = expression.place
        return self.maker.aggregate(selector, value, default)

    def _select(self, expression: syntax.Select, scope: Scope) -> Value:
        keys, queries = self.value(expression.keys, scope), self.value(expression.queries, scope)
        self.maker.place = expression.place
        return self.maker.select(keys, queries, expression.operator)


def _named(expression: syntax.Expr) -> str:
    return expression.name if isinstance(expression, syntax.Name) else "out"


def _is_same(a: Value, b: Value) -> bool:
    """Return whether two inputs are equal, types included."""
    return type(a) is type(b) and (a is b or (isinstance(a, str | list | dict) and a == b and repr(a) == repr(b)))


def _require_count(name: str, expected: int, arguments: Sized) -> None:
    if len(arguments) != expected:
        raise RefusedError(f"wrong number of args for {name}- expected: {expected}, got: {len(arguments)}.")


_HANDLERS: dict[type[syntax.Expr], Callable[[Evaluator, Any, Scope], Value | Applied]] = {
    syntax.Literal: Evaluator._literal,
    syntax.Name: Evaluator._name,
    syntax.ListOf: Evaluator._list,
    syntax.DictOf: Evaluator._dict,
    syntax.ListComprehension: Evaluator._list_comprehension,
    syntax.DictComprehension: Evaluator._dict_comprehension,
    syntax.Unary: Evaluator._unary,
    syntax.Binary: Evaluator._binary,
    syntax.Ternary: Evaluator._ternary,
    syntax.Index: Evaluator._index,
    syntax.Call: Evaluator._call,
    syntax.Range: Evaluator._range,
    syntax.Zip: Evaluator._zip,
    syntax.Len: Evaluator._len,
    syntax.Aggregate: Evaluator._aggregate,
    syntax.Select: Evaluator._select,
}
