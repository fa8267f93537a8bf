"""Combinations of the predicates of selectors in Tracr's dialect, as lists of steps."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import partial
from typing import Any

from raspir.frontends.expressions import Expression
from raspir.frontends.tracr.expressions import RASPExpr
from raspir.frontends.tracr.predicates import Comparison, Predicate
from raspir.frontends.tracr.sources import Full
from raspir.ir.types import NONE


def always(key: Any, query: Any) -> bool:
    """Return that the query selects the key."""
    return True


def never(key: Any, query: Any) -> bool:
    """Return that the query does not select the key."""
    return False


Step = tuple[str, Any]
"""A step of a combination, on the value so far: its name and what it takes.

``ask`` takes a predicate, and a value in place of the key and of the query, each in a tuple that is otherwise empty;
``not`` takes nothing; ``and`` and ``or`` take the number of the steps after it that they pass over if the value is
false, or true.
"""


def combined(steps: Sequence[Step], key: Any, query: Any) -> Any:
    """Return what a combination of predicates is for a key and a query, as Python's ``and``, ``or`` and ``not`` do.

    The combination is a list of steps, not a tree of functions, so that it can be long. It is an argument of a
    :class:`functools.partial` of this function, so that programs can be pickled and the optimizer can read it.
    """
    value: Any = None
    passed = 0
    for name, given in steps:
        if passed:
            passed = passed - 1
        elif name == "ask":
            predicate, keys, queries = given
            value = predicate(keys[0] if keys else key, queries[0] if queries else query)
        elif name == "not":
            value = not value
        elif name == "or":
            passed = given if value else 0
        else:
            passed = 0 if value else given
    return value


_Given = tuple[Any, ...]
"""The value that a predicate takes in place of a key or a query, if any."""


def steps_of(select: RASPExpr, sides: tuple[Expression, ...] | None = None) -> tuple[Step, ...]:
    """Return the predicate of a selector as steps; fixed values replace sides other than ``sides``, its own if omitted.

    Args:
        select: the selector: one that holds its predicate, or a combination of the IR of others, which may be deep.
        sides: the keys and the queries of the combination that the steps become part of.
    """
    found: list[Step] = []  # from the last to the first, since a step that passes over others has their number
    waiting: list[tuple[str, int] | tuple[RASPExpr, tuple[Expression, ...], tuple[_Given, ...]]]
    waiting = [(select, select.parts if sides is None else sides, ((), ()))]
    while waiting:
        each = waiting.pop()
        if len(each) == 2:
            name, start = each
            found.append((name, len(found) - start))
            continue
        inner, around, above = each
        fixed = tuple(map(_fill, inner.parts, around, above))
        if inner.given:
            steps = reversed(_own_steps(inner))
            found += (_fixed(step, fixed) for step in steps) if any(fixed) else steps
            continue
        operands = [each for each in inner.operands if isinstance(each, RASPExpr)]
        name = inner.operation.name.removeprefix("selector.")
        if name == "not":
            found.append((name, None))
        waiting.append((operands[0], inner.parts, fixed))
        if name != "not":
            waiting += [(name, len(found)), (operands[1], inner.parts, fixed)]
    return tuple(reversed(found))


def _fill(side: Expression, around: Expression, above: _Given) -> _Given:
    """Return the value in place of one side of a selector within a combination that has ``around`` on this side."""
    return (side.fill,) if isinstance(side, Full) and side is not around else above


def _fixed(step: Step, fixed: tuple[_Given, ...]) -> Step:
    """Return a step that takes fixed values, unless it has its own."""
    if step[0] != "ask":
        return step
    predicate, *own = step[1]
    return "ask", (predicate, *(mine or other for mine, other in zip(own, fixed, strict=True)))


def _own_steps(select: RASPExpr) -> tuple[Step, ...]:
    """Return the steps of a selector that holds its predicate."""
    predicate = select.given[0]
    if isinstance(predicate, partial) and predicate.func is combined:
        steps: tuple[Step, ...] = predicate.args[0]
        return steps
    return (("ask", (_plain(select), (), ())),)


def _plain(select: RASPExpr) -> Predicate:
    """Return the predicate of a selector; for a comparison that cannot fail on ``None``, a plain function."""
    predicate: Predicate = select.given[0]
    if predicate is Comparison.TRUE or predicate is Comparison.FALSE:
        return always if predicate is Comparison.TRUE else never
    if not isinstance(predicate, Comparison) or any(NONE in side.type for side in select.parts):
        return predicate
    function: Predicate = getattr(operator, str(predicate.operation))
    return function
