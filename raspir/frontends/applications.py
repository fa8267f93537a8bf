"""Functions of sequences that may hold tuples: which functions are composed, and which of them pack their results.

A function that takes apart the tuples of another is composed with it, so that only atoms are left, which the optimizer
understands. Everywhere else, an atom stands for each tuple (:mod:`raspir.ir.packing`): functions that make tuples
pack them, those that take them unpack them, and so do operators and comparisons, which become functions.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from raspir.frontends.expressions import Expression
from raspir.ir.composition import Composed, Part
from raspir.ir.functions import Function, identity
from raspir.ir.nesting import nesting
from raspir.ir.operations import COMPARISONS, Role
from raspir.ir.packing import Packing, canonical, unpack

_CONCATENATING = ("add", "mul")
_FUNCTIONS = ("map", "select.by")
_EQUATING = ("eq", "ne", "select.eq", "select.ne")


@dataclass(frozen=True)
class Application:
    """A function and its operands.

    Attributes:
        operation: ``map`` or ``select.by``.
        function: the function, which takes and makes tuples as they are.
        operands: the expressions to whose atoms it is applied.
        none: how it treats ``None`` among them.
        packs: whether the results may be tuples.
    """

    operation: str
    function: Function
    operands: tuple[Expression, ...]
    none: str
    packs: bool

    @property
    def of_atoms(self) -> Function:
        """The function from atoms to atoms."""
        return Packing(self.function) if self.packs else self.function


class Applications:
    """The functions that expressions apply, and how deeply the tuples in their values may be nested."""

    def __init__(self) -> None:
        self._depths: dict[Expression, int] = {}
        self._made: dict[Expression, Application] = {}
        self._nesting: dict[tuple[object, ...], int] = {}

    def of(self, expression: Expression) -> Application | None:
        """Return the application that ``expression`` is or becomes, if any; call it on the operands first."""
        depths = [self._depths[operand] for operand in expression.operands]
        self._depths[expression] = self._depth(expression, depths)
        name, attributes = expression.operation.name, expression.attributes
        if expression.function is not None:
            none = str(attributes[1]) if name == "map" else "value"
            made = self._applied(name, expression, expression.function, none, depths)
        elif any(depths) and _takes_apart(expression):
            assert expression.operation.evaluate is not None
            name = "map" if expression.operation.role is Role.ELEMENTWISE else "select.by"
            none = str(attributes[-1]) if name == "map" and attributes else "error"
            made = self._applied(name, expression, expression.operation.evaluate, none, depths)
        else:
            return None
        self._made[expression] = made
        return made

    def adapted(self, expression: Expression, number: int) -> Application | None:
        """Return the application that replaces an operand of an operation, or ``None`` to leave the operand alone.

        Only an operand that may hold tuples is replaced. Equal tuples can be different atoms, so both sides of an
        equality are made canonical. A condition becomes a truth value, since the empty tuple is false. Scores must not
        be tuples, which only shows at run time.
        """
        operand, name = expression.operands[number], expression.operation.name
        if not self._depths[operand]:
            return None
        if name in _EQUATING and all(self._depths[each] for each in expression.operands):
            return Application("map", _unpacking(canonical), (operand,), "skip", True)
        function = {("where", 0): operator.truth, ("best", 2): score}.get((name, number))
        if function is not None:
            return Application("map", _unpacking(function), (operand,), "skip", False)
        return None

    def _depth(self, expression: Expression, depths: Sequence[int]) -> int:
        """Return how deeply the tuples in the value of ``expression`` may be nested, given those of its operands."""
        operation = expression.operation
        if operation.name == "map":
            assert expression.function is not None
            key = (*depths, identity(expression.function))
            if key not in self._nesting:
                self._nesting[key] = nesting(expression.function, depths)
            return self._nesting[key]
        if operation.role is Role.AGGREGATE:
            return depths[1]
        if operation.name == "where":
            return max(depths[1:])
        if operation.name == "one_type":
            return depths[0]
        return max(depths) if operation.name in _CONCATENATING else 0

    def _applied(
        self, operation: str, expression: Expression, function: Function, none: str, depths: Sequence[int]
    ) -> Application:
        """Return the application of a function to the operands of ``expression``, of these depths."""
        parts: list[Part] = []
        operands: list[Expression] = []
        for operand, depth in zip(expression.operands, depths, strict=True):
            inner = self._made.get(operand)
            if depth and inner is not None and inner.packs and _is_composable(expression, inner, none):
                parts.append(Part(inner.function, len(inner.operands), inner.none))
                operands += inner.operands
            else:
                parts.append(Part(unpack if depth else None, 1, none))
                operands.append(operand)
        packs = self._depths[expression] > 0
        if all(part.function is None for part in parts):
            return Application(operation, function, expression.operands, none, packs)
        whole = parts[0].none if none == "skip" else none  # `None` that a part skips is `None` for the whole, too
        return Application(operation, Composed(function, tuple(parts), none), tuple(operands), whole, packs)


def score(value: Any) -> Any:
    """Return a score as it is.

    Raises:
        ValueError: if it is a tuple.
    """
    if type(value) is tuple:
        raise ValueError("a score of `best` cannot be a tuple: use a number, such as one of its parts")
    return value


def _unpacking(function: Function) -> Function:
    """Return ``function``, applied to the tuple that an atom stands for, if any; ``None`` is skipped."""
    return Composed(function, (Part(unpack, 1, "skip"),), "skip")


def _takes_apart(expression: Expression) -> bool:
    """Return whether an operation on tuples depends on more than which of them are equal."""
    operation = expression.operation
    if operation.evaluate is None or operation.name in (*_EQUATING, "where", "one_type"):
        return False
    return operation.role in (Role.ELEMENTWISE, Role.SELECT)


def _is_composable(outer: Expression, inner: Application, none: str) -> bool:
    """Return whether ``outer`` may take the operands of ``inner`` in place of its result.

    A selector compares one atom of the key with one of the query. If one operand of several skips ``None``, all must.
    Arithmetic is left to itself: it rarely takes tuples, and its error then names them.
    """
    if outer.function is None and outer.operation.name.removeprefix("select.") not in COMPARISONS:
        return False
    if outer.operation.role is Role.SELECT:
        return len(inner.operands) == 1
    return none in ("error", inner.none) or len(outer.operands) == 1
