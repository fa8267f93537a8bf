"""Sums of multiples of two programs of Tracr's dialect."""

from __future__ import annotations

from functools import partial

from raspir.frontends.expressions import expression
from raspir.frontends.programs import ProgramExpression
from raspir.frontends.source import mistake
from raspir.frontends.tracr.expressions import atom, constant, made_of, program
from raspir.frontends.tracr.operators import linear
from raspir.frontends.tracr.sops import SequenceMap, skipping
from raspir.ir import Function
from raspir.ir.atoms import show
from raspir.ir.tracebacks import public_methods


@public_methods
class LinearSequenceMap(SequenceMap):
    """The sum of multiples of two programs.

    Args:
        fst: the first program.
        snd: the second program.
        fst_fac: the factor of the first.
        snd_fac: the factor of the second.

    Raises:
        ProgramError: if an argument is unsuitable.
    """

    __slots__ = ()
    _default_name = "linear_sequence_map"

    def __init__(self, fst: ProgramExpression, snd: ProgramExpression, fst_fac: float, snd_fac: float) -> None:
        role = "rasp.LinearSequenceMap"
        parts = program(fst, role), program(snd, role)
        factors = atom(fst_fac, f"{role}: fst_fac"), atom(snd_fac, f"{role}: snd_fac")
        for factor in factors:
            if not isinstance(factor, int | float):
                mistake(f"{role}: a factor must be a number, not {show(factor)}")
        products = [
            expression(ProgramExpression, "mul", (constant(factor), part), skipping((part,)))
            for factor, part in zip(factors, parts, strict=True)
        ]
        made_of(self, parts, factors, "add", products, skipping(products))

    @property
    def f(self) -> Function:
        """The function of two values."""
        return partial(linear, *self.given)

    @property
    def fst_fac(self) -> float:
        """The factor of the first program."""
        factor: float = self.given[0]
        return factor

    @property
    def snd_fac(self) -> float:
        """The factor of the second program."""
        factor: float = self.given[1]
        return factor
