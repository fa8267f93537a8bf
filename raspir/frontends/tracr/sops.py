"""The maps of Tracr's dialect, and the operators of programs, which are maps as well.

A map of ``None`` is ``None``. A map directly on a map is one map of the composed function, whose outer part does see a
``None`` that the inner one returns. An operation of the IR never returns ``None`` of other atoms, so what follows one
need not be composed with it: the program keeps the operations that the optimizer understands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from raspir.frontends.expressions import MISSING, UNSUPPORTED, Expression, RefusedOperations, refuse
from raspir.frontends.functions import check_arity, is_function
from raspir.frontends.programs import ProgramExpression
from raspir.frontends.source import mistake
from raspir.frontends.tracr.expressions import OfTwo, RASPExpr, atom, constant, made_of, program, treating_none
from raspir.frontends.tracr.operators import BINARY, is_closed, negated, with_value
from raspir.ir import Function
from raspir.ir.atoms import is_atom, show
from raspir.ir.composition import Chain, chain
from raspir.ir.functions import require_picklable
from raspir.ir.operations import COMPARISONS, OPERATIONS
from raspir.ir.tracebacks import public, public_methods
from raspir.ir.types import BOOL, NONE
from raspir.ir.typing import Attribute

S = TypeVar("S", bound="SOp")


def skipping(operands: Sequence[Expression]) -> tuple[Attribute, ...]:
    """Return the attribute of an operation whose result is ``None`` where an operand is."""
    return treating_none("skip", operands)


def _operator(name: str, reflected: bool = False) -> Callable[[SOp, object], SOp]:
    """Return the method that applies an operator, with the program as the right operand if ``reflected``."""

    def method(self: SOp, other: object) -> SOp:
        return _applied(name, self, other, reflected)

    method.__name__ = f"__{'r' if reflected else ''}{name}__"
    method.__qualname__ = f"SOp.{method.__name__}"
    return method


@public_methods
class SOp(RASPExpr, ProgramExpression):
    """A program of Tracr's dialect: it computes one value for each position of its input."""

    __slots__ = ()

    _default_name = "sop"
    _advice = (
        "a program has no such operation; rasp.Map(f, program) applies a function to each value, and "
        "rasp.Aggregate(selector, program) aggregates"
    )
    _formatted = (
        "it has no values until it runs on an input; rasp.Map(lambda value: format(value, {}), program) formats them"
    )
    _made_by = "build programs from rasp.tokens and rasp.indices, as in rasp.tokens == 1"

    def __call__(self, *given: object, **named: object) -> list[Any]:
        """Return the values on an input, as a list: a string's characters, or the items of any other sequence.

        Raises:
            InputError: if the input is not a sequence of values.
            EvaluationError: if an operation fails; the message names the source line, the position and the values.
        """
        return list(self._run(only(self, given, named)))

    __add__, __radd__ = _operator("add"), _operator("add", reflected=True)
    __sub__, __rsub__ = _operator("sub"), _operator("sub", reflected=True)
    __mul__, __rmul__ = _operator("mul"), _operator("mul", reflected=True)
    __truediv__, __rtruediv__ = _operator("truediv"), _operator("truediv", reflected=True)
    __and__, __rand__ = _operator("and"), _operator("and", reflected=True)
    __or__ = __ror__ = _operator("or")  # Tracr, too, computes `value | program` as `program | value`

    def __eq__(self, other: object) -> SOp:  # type: ignore[override]  # equality position by position
        return _applied("eq", self, other)

    def __ne__(self, other: object) -> SOp:  # type: ignore[override]  # likewise
        return _applied("ne", self, other)

    __lt__ = _operator("lt")
    __le__ = _operator("le")
    __gt__ = _operator("gt")
    __ge__ = _operator("ge")

    def __invert__(self) -> SOp:
        return sop_not(self)

    __hash__ = RefusedOperations.__hash__


def own_program(value: S, role: str) -> S:
    """Return ``value``, which must be a program of this dialect.

    Raises:
        ProgramError: if it is not, naming the ``role`` that takes it.
    """
    if not isinstance(value, SOp):
        other = f"{show(value)} of another dialect" if isinstance(value, ProgramExpression) else show(value)
        mistake(f"{role} takes a program of Tracr's dialect, not {other}")
    return value


def only(called: Expression, given: tuple[object, ...], named: dict[str, object]) -> object:
    """Return the input of a call, which Tracr calls ``xs``.

    Raises:
        ProgramError: if it is not the only argument.
    """
    if not given and named.keys() == {"xs"}:
        return named["xs"]
    return called._input(given[0] if given else MISSING, given[1:], named)


@public_methods
class Map(SOp):
    """A function of the value at each position.

    Args:
        f: a function of one value, or any other object that can be called on one. It is not called on ``None``.
        inner: the program that computes the values.
        simplify: whether a map on a map is one map, whose function also takes a ``None`` that the inner one returns.

    Raises:
        ProgramError: if an argument is unsuitable.
    """

    __slots__ = ()
    _default_name = "map"
    _stored = tuple(slot for slot in SOp._stored if slot != "function")

    def __init__(self, f: Callable[[Any], Any], inner: ProgramExpression, simplify: bool = True) -> None:
        if not is_function(f):
            mistake(f"rasp.Map takes a function of one value first, not {show(f)}")
        operands: tuple[Expression, ...] = (program(inner, "rasp.Map"),)
        check_arity(f, 1)
        joined, function = bool(simplify) and isinstance(inner, Map), f
        if joined and inner.function is not None:
            operands, function = inner.operands, Chain(f, inner.function)
        made_of(self, (inner,), (f, joined), "map", operands, ("function", *skipping(operands)), function)

    @property
    def f(self) -> Function:
        """The function, composed with those of the maps that are joined with it."""
        return chain(*(each.given[0] for each in self._joined()))

    @property
    def inner(self) -> Expression:
        """The program that computes the values which the composed function takes."""
        return self._joined()[-1].parts[0]

    def _joined(self) -> list[Map]:
        """Return this map and those joined with it, the outer one first."""
        found = [self]
        while found[-1].given[1]:
            inner = found[-1].parts[0]
            assert isinstance(inner, Map)
            found.append(inner)
        return found

    def _require_picklable(self) -> None:
        require_picklable(self.given[0], self.operation.symbol, self.location)

    def _complete(self) -> None:
        (inner,), (function, joined) = self.parts, self.given
        opaque = self.operation.name == "map"
        above = inner.function if joined else None
        self.function = None if not opaque else function if above is None else Chain(function, above)


def _applied(name: str, sop: SOp, other: object, reflected: bool = False) -> SOp:
    """Return an operator applied to a program and another one or a value; the other one comes first if reflected.

    Raises:
        ProgramError: if the other one is neither, or compared with the program.
    """
    if isinstance(other, ProgramExpression):
        if name in COMPARISONS:
            _refuse_comparison(name)
        return _of_two(name, *((other, sop) if reflected else (sop, other)))
    symbol = f"`{OPERATIONS[name].symbol}`"
    if isinstance(other, RefusedOperations):
        mistake(f"{symbol} takes a program or a value, not {show(other)}")
    held = other if type(other) is tuple else atom(other, symbol)
    function = with_value(name, held, reflected)
    is_open = isinstance(sop, Map) and sop.function is not None  # it may return None, which the function sees
    if is_open or held is None or not is_atom(held):
        return Map(function, sop)
    value = constant(held)
    if not is_closed(name, sop.type, value.type):
        return Map(function, sop)
    return _closed(function, sop, name, (value, sop) if reflected else (sop, value))


def _closed(function: Function, inner: ProgramExpression, name: str, operands: tuple[ProgramExpression, ...]) -> Map:
    """Return the map that is an operation of the IR, of ``inner`` and constants."""
    made = Map.__new__(Map)
    return made_of(made, (inner,), (function, isinstance(inner, Map)), name, operands, skipping(operands))


def _refuse_comparison(name: str) -> None:
    symbol = OPERATIONS[name].symbol
    mistake(
        f"`{symbol}` compares a program with a value; between two programs it would compare each value with the other "
        f"program itself: write rasp.SequenceMap(lambda x, y: x {symbol} y, a, b)"
    )


@public
def sop_not(sop: ProgramExpression) -> SOp:
    """Return Python's ``not`` of the value at each position.

    Raises:
        ProgramError: if ``sop`` is not a program.
    """
    sop = program(sop, "rasp.sop_not")
    is_open = isinstance(sop, Map) and sop.function is not None
    if not is_open and sop.type in BOOL | NONE:
        return _closed(negated, sop, "not", (sop,))
    return Map(negated, sop)


@public_methods
class SequenceMap(OfTwo, SOp):
    """A function of the values of two programs at each position.

    Args:
        f: a function of two values. It is not called if one of them is ``None``; the result is then ``None``.
        fst: the program that computes the first values.
        snd: the program that computes the second values.

    Raises:
        ProgramError: if an argument is unsuitable.
    """

    __slots__ = ()
    _default_name = "sequence_map"

    def __init__(self, f: Callable[[Any, Any], Any], fst: ProgramExpression, snd: ProgramExpression) -> None:
        if not is_function(f):
            mistake(f"rasp.SequenceMap takes a function of two values first, not {show(f)}")
        operands = program(fst, "rasp.SequenceMap"), program(snd, "rasp.SequenceMap")
        check_arity(f, 2)
        made_of(self, operands, (f,), "map", operands, ("function", *skipping(operands)), f)

    @property
    def f(self) -> Function:
        """The function."""
        function: Function = self.given[0]
        return function


def _of_two(name: str, fst: ProgramExpression, snd: ProgramExpression) -> SequenceMap:
    """Return an operator applied to two programs."""
    function = BINARY[name]
    if not is_closed(name, fst.type, snd.type):
        return SequenceMap(function, fst, snd)
    made = SequenceMap.__new__(SequenceMap)
    return made_of(made, (fst, snd), (function,), name, (fst, snd), skipping((fst, snd)))


for _operator_name in ("floordiv", "mod", "pow", "divmod", "matmul", "lshift", "rshift", "xor"):
    _symbol = UNSUPPORTED.get(_operator_name) or OPERATIONS[_operator_name].symbol
    for _name in (f"__{_operator_name}__", f"__r{_operator_name}__"):
        refuse(
            SOp,
            _name,
            f"`{_symbol}` is no operator of Tracr's programs: write rasp.Map(lambda x: …, a) or "
            "rasp.SequenceMap(lambda x, y: …, a, b)",
        )
