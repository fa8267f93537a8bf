"""The sources of Tracr's dialect: the input, positions, their number, and fixed values."""

from __future__ import annotations

from collections.abc import Iterable

from raspir.frontends.expressions import expression, unlocated
from raspir.frontends.programs import ProgramExpression
from raspir.frontends.source import mistake
from raspir.frontends.tracr.expressions import atom, constant, made_of
from raspir.frontends.tracr.sops import SOp
from raspir.ir import Atom, read_sequence
from raspir.ir.errors import InputError
from raspir.ir.tracebacks import public_methods

Value = Atom
"""The values of a sequence, apart from tuples of them: ``None``, numbers, booleans and strings."""


@public_methods
class TokensType(SOp):
    """The class of ``tokens``."""

    __slots__ = ()
    _default_name = "tokens"

    def __init__(self) -> None:
        made_of(self, (), (), "input", attributes=("tokens", None))
        self.title = "tokens"

    @property
    def label(self) -> str:
        """Its name."""
        return self.name


@public_methods
class IndicesType(SOp):
    """The class of ``indices``."""

    __slots__ = ()
    _default_name = "indices"

    def __init__(self) -> None:
        made_of(self, (), (), "indices")
        self.title = "indices"

    @property
    def label(self) -> str:
        """Its name."""
        return self.name


@public_methods
class LengthType(SOp):
    """The class of ``length``, which counts all positions, also where selectors are masked."""

    __slots__ = ()
    _default_name = "length"
    _looks_ahead = (
        "rasp.length is the number of all positions, which no causal program computes; rasp.SelectorWidth(rasp.Select("
        "rasp.tokens, rasp.tokens, rasp.Comparison.TRUE)) counts those so far"
    )

    def __init__(self) -> None:
        one = constant(1)
        everything = expression(ProgramExpression, "select.eq", (one, one))
        made_of(self, (), (), "sum", (everything, one), (0,))
        self.title = "length"

    @property
    def label(self) -> str:
        """Its name."""
        return self.name


@public_methods
class Full(SOp):
    """The same value at each position.

    Raises:
        ProgramError: if it is not a value.
    """

    __slots__ = ()
    _default_name = "full"

    def __init__(self, fill: Value) -> None:
        held = atom(fill, "rasp.Full")
        made_of(self, (), (held,), "const", attributes=(held,))

    @property
    def fill(self) -> Value:
        """The value."""
        held: Value = self.given[0]
        return held


@public_methods
class ConstantSOp(SOp):
    """A fixed sequence.

    Args:
        value: the values, by position.
        check_length: whether an input of another length is an error. Otherwise further values are left out, and
            positions without a value have ``None``.

    Raises:
        ProgramError: if the values are no sequence of values.
    """

    __slots__ = ()
    _default_name = "constant_sop"

    def __init__(self, value: Iterable[Value], check_length: bool = True) -> None:
        try:
            held = tuple(read_sequence(value))
        except InputError as error:
            mistake(f"rasp.ConstantSOp: {error.message}")
        given = (held, bool(check_length))
        if check_length:
            made_of(self, (), given, "raw", attributes=(held,))
        else:
            positions = expression(ProgramExpression, "indices")
            made_of(self, (), given, "lookup", (positions,), (None, tuple(range(len(held))), held))

    @property
    def value(self) -> list[Value]:
        """The values."""
        return list(self.given[0])

    @property
    def check_length(self) -> bool:
        """Whether an input of another length is an error."""
        return bool(self.given[1])


def _source(source: SOp) -> SOp:
    return unlocated(source)  # it would be the line of the first import


tokens = _source(TokensType())
"""The input."""
indices = _source(IndicesType())
"""The positions 0 … n-1."""
length = _source(LengthType())
"""The number of positions."""
