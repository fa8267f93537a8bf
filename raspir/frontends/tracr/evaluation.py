"""Evaluation of expressions of Tracr's dialect, plain and causal, as lists."""

from __future__ import annotations

from typing import Any

from raspir.frontends.expressions import Expression, copied
from raspir.frontends.programs import ProgramExpression, SelectorExpression
from raspir.frontends.source import mistake
from raspir.frontends.tracr.expressions import constant
from raspir.frontends.tracr.sources import LengthType
from raspir.ir import read_sequence
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public
from raspir.ir.walks import computed

Evaluable = ProgramExpression | SelectorExpression


@public
def evaluate(expr: Expression, xs: Any) -> list[Any]:
    """Return the values of a program on an input, or the rows of a selector, as a list.

    Args:
        expr: a program or a selector.
        xs: the input: the characters of a ``str``, or the items of any other sequence.

    Raises:
        ProgramError: if ``expr`` is neither.
        InputError: if ``xs`` is not a sequence of values.
        EvaluationError: if an operation fails; the message names the source line, the position and the values.
    """
    return list(_expression(expr)._run(xs))


@public
def evaluate_causally(expr: Expression, xs: Any) -> list[Any]:
    """Return the values as :func:`evaluate`, with each selector confined to the keys up to the query's own position.

    ``length`` remains the number of all positions.

    Raises:
        ProgramError, InputError, EvaluationError: as for :func:`evaluate`.
    """
    counted = _with_length(_expression(expr), len(read_sequence(xs)))
    return list(counted._run(xs, causal=True))


def _expression(expr: object) -> Evaluable:
    if not isinstance(expr, ProgramExpression | SelectorExpression):
        mistake(f"only a program or a selector is evaluated, not {show(expr)}")
    return expr


def _with_length(root: Evaluable, n: int) -> Evaluable:
    """Return ``root`` with ``length`` replaced by the constant ``n``."""
    made: dict[Expression, Expression] = {}

    def rebuilt(each: Expression) -> Expression:
        if isinstance(each, LengthType):
            return constant(n)
        operands = tuple(made[operand] for operand in each.operands)
        if all(new is old for new, old in zip(operands, each.operands, strict=True)):
            return each
        copy = copied(each)
        copy.operands = operands
        return copy

    whole = computed(root, lambda each: each.operands, rebuilt, made)
    assert isinstance(whole, ProgramExpression | SelectorExpression)
    return whole
