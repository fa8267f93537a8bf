"""The aggregates of Tracr's dialect: means of selected values, and counts of them."""

from __future__ import annotations

from raspir.frontends.expressions import Expression
from raspir.frontends.programs import ProgramExpression, SelectorExpression
from raspir.frontends.source import mistake
from raspir.frontends.tracr.expressions import atom, constant, made_of, program
from raspir.frontends.tracr.sops import SOp
from raspir.frontends.tracr.sources import Value
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public_methods


@public_methods
class Aggregate(SOp):
    """The mean of the selected values: a single one as it is, and ``default`` where there is none.

    Args:
        selector: which positions each position selects.
        sop: the program that computes the values.
        default: the value where nothing is selected.

    Raises:
        ProgramError: if an argument is unsuitable.
    """

    __slots__ = ()
    _default_name = "aggregate"

    def __init__(self, selector: SelectorExpression, sop: ProgramExpression, default: Value = None) -> None:
        if not isinstance(selector, SelectorExpression):
            swapped = "; here they are swapped" if isinstance(sop, SelectorExpression) else ""
            mistake(f"rasp.Aggregate takes a selector first and then a program, not {show(selector)}{swapped}")
        parts = selector, program(sop, "rasp.Aggregate")
        held = atom(default, "rasp.Aggregate: the default")
        made_of(self, parts, (held,), "mean", parts, (held,))

    @property
    def selector(self) -> Expression:
        """The selector."""
        return self.parts[0]

    @property
    def sop(self) -> Expression:
        """The program that computes the values."""
        return self.parts[1]

    @property
    def default(self) -> Value:
        """The value where nothing is selected."""
        held: Value = self.given[0]
        return held


@public_methods
class SelectorWidth(SOp):
    """The number of positions that each position selects.

    Raises:
        ProgramError: if ``selector`` is no selector.
    """

    __slots__ = ()
    _default_name = "selector_width"

    def __init__(self, selector: SelectorExpression) -> None:
        if not isinstance(selector, SelectorExpression):
            mistake(f"rasp.SelectorWidth takes a selector, not {show(selector)}")
        made_of(self, (selector,), (), "sum", (selector, constant(1)), (0,))

    @property
    def selector(self) -> Expression:
        """The selector."""
        return self.parts[0]
