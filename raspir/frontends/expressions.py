"""Expressions: what the embedded language's operators build, before it is lowered to a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar

from raspir.frontends.source import caller, mistake
from raspir.ir import Function, Graph, Location
from raspir.ir.layers import layer_of
from raspir.ir.node import impossible
from raspir.ir.operations import OPERATIONS, Operation
from raspir.ir.rules import Attribute
from raspir.ir.types import NOTHING, Type

E = TypeVar("E", bound="Expression")

_ARITHMETIC = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
    "divmod": "divmod", "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^",
}  # fmt: skip
_UNARY = {"neg": "-", "pos": "+", "invert": "~", "abs": "abs", "round": "round"}
_METHODS = ("value", "mean", "best", "width", "map", "round", "has")  # each belongs to programs or to selectors alone
_ORDER = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


class Unfit:
    """Python operations that are mistakes on the objects of the language, each told in one line.

    A subclass defines the operators that it has; the others say :attr:`_advice`.
    """

    __slots__ = ()

    _what = "this"
    _advice = "this has no such operator"

    # NumPy's arrays and scalars must leave `array + program` to the program, which can say what is wrong with it.
    __array_ufunc__ = None

    def __bool__(self) -> NoReturn:
        mistake(
            f"{self._what} is neither true nor false until it runs on an input: use `where`, `&`, `|` and `~` in "
            "place of `if`, `and`, `or`, `not` and chained comparisons"
        )

    def __len__(self) -> NoReturn:
        mistake(f"{self._what} has no length until it runs on an input; (key(1) == query(1)).value(1) computes it")

    def __iter__(self) -> NoReturn:
        mistake(f"{self._what} cannot be iterated over: it holds nothing until it runs on an input")

    def __getitem__(self, index: object) -> NoReturn:
        mistake(f"{self._what} cannot be indexed: select a position with (key(indices) == query(…)).value(…)")

    def __contains__(self, item: object) -> NoReturn:
        mistake(f"`in` does not look into {self._what}: use .has(values) for membership position by position")

    def __int__(self) -> NoReturn:
        mistake(f"{self._what} is not a number: use .map(int) to convert position by position")

    def __float__(self) -> NoReturn:
        mistake(f"{self._what} is not a number: use .map(float) to convert position by position")

    # Equality makes programs and selectors, so objects are hashed, and found in sets and dicts, by identity.
    __hash__ = object.__hash__


def _refuse(symbol: str) -> Any:
    def method(self: Unfit, *others: object) -> NoReturn:
        mistake(f"`{symbol}`: {self._advice}")

    return method


for _name in _METHODS:
    setattr(Unfit, _name, _refuse(f".{_name}"))
for _name, _symbol in {**_ARITHMETIC, **_UNARY, **_ORDER}.items():
    setattr(Unfit, f"__{_name}__", _refuse(_symbol))
for _name, _symbol in _ARITHMETIC.items():
    setattr(Unfit, f"__r{_name}__", _refuse(_symbol))


class Expression(Unfit):
    """A program or selector under construction: an operation on expressions, and where its author wrote it.

    Attributes:
        operation: what is done.
        operands: to what.
        attributes: the operation's attributes; an opaque function's symbol is given when lowering.
        function: the opaque Python function of a ``map`` or ``select.by``.
        type: the type of the result.
        layer: the attention layer of the result, as written.
        location: the author's line, if it has one.
        title: the author's name for it.
    """

    __slots__ = ("_graph", "attributes", "function", "layer", "location", "operands", "operation", "title", "type")

    operation: Operation
    operands: tuple[Expression, ...]
    attributes: tuple[Attribute, ...]
    function: Function | None
    type: Type
    layer: int
    location: Location | None
    title: str | None
    _graph: Graph | None


def apply(
    cls: type[E],
    operation_name: str,
    operands: Sequence[Expression] = (),
    attributes: tuple[Attribute, ...] = (),
    function: Function | None = None,
) -> E:
    """Return the expression of class ``cls`` that applies an operation to ``operands`` at the user's line.

    Raises:
        ProgramError: if the operands' types are impossible.
    """
    operation = OPERATIONS[operation_name]
    types = tuple(operand.type for operand in operands)
    result = operation.infer(types, attributes)
    if result is NOTHING:
        mistake(f"`{operation.symbol}`: {impossible(operation, types)}")
    expression = cls.__new__(cls)
    expression.operation = operation
    expression.operands = tuple(operands)
    expression.attributes = attributes
    expression.function = function
    expression.type = result
    expression.layer = layer_of(operation, [operand.layer for operand in operands])
    expression.location = caller()
    expression.title = None
    expression._graph = None
    return expression


def named(expression: E, title: str) -> E:
    """Return ``expression`` under the name ``title``."""
    if type(title) is not str or not title:
        mistake("a name must be a str with something in it")
    copy = expression.__class__.__new__(expression.__class__)
    for slot in Expression.__slots__:
        setattr(copy, slot, getattr(expression, slot))
    copy.title = title
    copy._graph = None
    return copy
