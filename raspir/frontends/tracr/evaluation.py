"""Evaluation of expressions of Tracr's dialect, plain and causal, as lists."""

from __future__ import annotations

from typing import Any

from raspir.frontends.expressions import Expression, copied, expression
from raspir.frontends.programs import ProgramExpression, SelectorExpression
from raspir.frontends.source import mistake
from raspir.frontends.tracr.expressions import constant
from raspir.frontends.tracr.sources import LengthType
from raspir.ir import read_sequence
from raspir.ir.atoms import show
from raspir.ir.operations import Role
from raspir.ir.tracebacks import public
from raspir.ir.walks import computed


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
    masked = _masked(_expression(expr), len(read_sequence(xs)))
    return list(masked._run(xs))


def _expression(expr: object) -> ProgramExpression | SelectorExpression:
    if not isinstance(expr, ProgramExpression | SelectorExpression):
        mistake(f"only a program or a selector is evaluated, not {show(expr)}")
    return expr


def _masked(root: Any, n: int) -> Any:
    """Return ``root`` with the causal mask on the selector of each aggregate, and ``length`` replaced by ``n``."""
    positions = expression(ProgramExpression, "indices")
    mask = expression(SelectorExpression, "select.le", (positions, positions))
    made: dict[Expression, Expression] = {}

    def rebuilt(each: Expression) -> Expression:
        if isinstance(each, LengthType):
            return constant(n)
        operands = [made[operand] for operand in each.operands]
        if each.operation.role is Role.AGGREGATE:
            operands[0] = expression(SelectorExpression, "selector.and", (operands[0], mask))
        copy = copied(each)
        copy.operands = tuple(operands)
        return copy

    whole = computed(root, lambda each: each.operands, rebuilt, made)
    if isinstance(whole, SelectorExpression):
        return expression(SelectorExpression, "selector.and", (whole, mask))
    return whole
